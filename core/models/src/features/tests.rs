#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

#[test]
fn each_name_stands_once_and_is_described() {
    for (place, feature) in CATALOGUE.iter().enumerate() {
        assert_eq!(position(feature.name), Some(place), "{}", feature.name);
        assert!(!feature.source.is_empty() && !feature.description.is_empty(), "{}", feature.name);
    }
    assert_eq!(position("inj_tot_f"), None);
}

#[test]
fn a_model_before_the_event_sees_nothing_of_the_scene() {
    let seen: Vec<_> = of_stage(Stage::PreEvent).map(|f| f.name).collect();
    for scene in ["damage", "acft_fire", "acft_expl", "evacuation", "phase_code", "defining_event"]
    {
        assert!(!seen.contains(&scene), "{scene}");
        assert!(of_stage(Stage::Scene).any(|f| f.name == scene), "{scene}");
    }
    assert!(!seen.contains(&"ev_date"), "the date itself is no feature");
}

#[test]
fn facts_come_back_as_they_were_told() {
    let told = json!({"ev_date": "2016-07-04", "lat": 40.5, "acft_make": " Cessna ", "num_eng": "1",
        "is_domestic": true, "wx_cond_basic": null, "phase_code": 552});
    let facts = Facts::from_json(&told).unwrap();
    assert_eq!(facts.number("lat"), Some(40.5));
    assert_eq!(facts.text("acft_make"), Some("Cessna"));
    assert_eq!(facts.text("is_domestic"), Some("Y"));
    assert_eq!(facts.text("phase_code"), Some("552"));
    assert_eq!(facts.text("wx_cond_basic"), None, "missing stays missing");
    let again = Facts::from_json(&facts.to_json()).unwrap();
    assert_eq!(again, facts);
    assert_eq!(again.to_json()["day_of_week"], json!(1.0), "2016-07-04 was a Monday");
}

#[test]
fn formulas_need_all_of_their_facts() {
    let feature = |facts: &Json, name: &str| {
        let facts = Facts::from_json(facts).unwrap();
        match facts.feature(position(name).unwrap()) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    };
    let noon = json!({"ev_date": "2016-06-21", "ev_time": 1200, "lat": 23.45});
    assert!(feature(&noon, "sun_elevation").unwrap() > 89.0);
    let night = json!({"ev_date": "2016-06-21", "ev_time": 0, "lat": 23.45});
    assert!(feature(&night, "sun_elevation").unwrap() < -40.0);
    assert_eq!(feature(&json!({"ev_time": 1200, "lat": 23.45}), "sun_elevation"), None);
    let midwinter = json!({"ev_date": "2015-12-22", "lat": 50});
    assert!(feature(&midwinter, "season_cos").unwrap() > 0.99);
    assert!(feature(&json!({"ev_date": "2015-12-22", "lat": -50}), "season_cos").unwrap() < -0.99);
    assert_eq!(feature(&json!({"ev_time": 2575}), "local_hour"), None);
    assert_eq!(feature(&json!({"total_hp": 180, "cert_max_gr_wt": 0}), "hp_per_lb"), None);
    let later = json!({"ev_date": "2015-01-01", "medical_date": "2015-02-01"});
    assert_eq!(feature(&later, "days_since_medical"), None, "an examination after the event");
}

#[test]
fn what_is_no_fact_is_refused() {
    let refused = |json: Json| Facts::from_json(&json).unwrap_err().to_string();
    assert_eq!(refused(json!([1])), "facts are a JSON object of names and values");
    assert_eq!(refused(json!({"colour": "red"})), "there is no fact \"colour\"");
    assert_eq!(refused(json!({"lat": "north"})), "lat must be a number, got \"north\"");
    for date in ["04/07/16", "20075-1-24", "2007-1--24", "+007-01-24"] {
        assert!(refused(json!({ "ev_date": date })).contains("must be a date"), "{date}");
    }
    assert!(refused(json!({"acft_make": {"a": 1}})).contains("must be a text"));
}

use serde_json::Value as Json;
