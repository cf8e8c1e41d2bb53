use super::*;
use serde_json::json;

#[test]
fn each_name_is_unique_and_described() {
    for (index, feature) in CATALOGUE.iter().enumerate() {
        assert_eq!(feature_index(feature.name), Some(index), "{}", feature.name);
        assert!(!feature.source.is_empty() && !feature.description.is_empty(), "{}", feature.name);
    }
    assert_eq!(feature_index("inj_tot_f"), None);
}

#[test]
fn a_pre_event_model_uses_no_scene_features() {
    let names: Vec<_> = list_features(Stage::PreEvent).map(|f| f.name).collect();
    for scene in ["damage", "acft_fire", "acft_expl", "evacuation", "phase_code", "defining_event"]
    {
        assert!(!names.contains(&scene), "{scene}");
        assert!(list_features(Stage::Scene).any(|f| f.name == scene), "{scene}");
    }
    assert!(!names.contains(&"ev_date"), "the date itself is not a feature");
}

#[test]
fn facts_survive_json() {
    let json = json!({"ev_date": "2016-07-04", "lat": 40.5, "acft_make": " Cessna ", "num_eng": "1",
        "is_domestic": true, "wx_cond_basic": null, "phase_code": 552});
    let facts = Facts::from_json(&json).unwrap();
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
fn derived_features_need_all_of_their_facts() {
    let derived = |facts: &Json, name: &str| {
        let facts = Facts::from_json(facts).unwrap();
        match facts.feature_value(feature_index(name).unwrap()) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    };
    let noon = json!({"ev_date": "2016-06-21", "ev_time": 1200, "lat": 23.45});
    assert!(derived(&noon, "sun_elevation").unwrap() > 89.0);
    let night = json!({"ev_date": "2016-06-21", "ev_time": 0, "lat": 23.45});
    assert!(derived(&night, "sun_elevation").unwrap() < -40.0);
    assert_eq!(derived(&json!({"ev_time": 1200, "lat": 23.45}), "sun_elevation"), None);
    let midwinter = json!({"ev_date": "2015-12-22", "lat": 50});
    assert!(derived(&midwinter, "season_cos").unwrap() > 0.99);
    assert!(derived(&json!({"ev_date": "2015-12-22", "lat": -50}), "season_cos").unwrap() < -0.99);
    assert_eq!(derived(&json!({"ev_time": 2575}), "local_hour"), None);
    assert_eq!(derived(&json!({"total_hp": 180, "cert_max_gr_wt": 0}), "hp_per_lb"), None);
    let later = json!({"ev_date": "2015-01-01", "medical_date": "2015-02-01"});
    assert_eq!(derived(&later, "days_since_medical"), None, "an examination after the event");
}

#[test]
fn invalid_facts_are_rejected() {
    let message = |json: Json| Facts::from_json(&json).unwrap_err().to_string();
    assert_eq!(message(json!([1])), "facts must be a JSON object of names and values");
    assert_eq!(message(json!({"colour": "red"})), "unknown fact \"colour\"");
    assert_eq!(message(json!({"lat": "north"})), "lat must be a number, got \"north\"");
    for date in ["04/07/16", "20075-1-24", "2007-1--24", "+007-01-24"] {
        assert!(message(json!({ "ev_date": date })).contains("must be a date"), "{date}");
    }
    assert!(message(json!({"acft_make": {"a": 1}})).contains("must be a text"));
}

use serde_json::Value as Json;

#[test]
fn facts_are_encoded_in_the_order_of_the_catalogue() {
    let mut facts = Facts::default();
    facts.set(258, Value::Date(-1));
    facts.set(1, Value::Text("ab".into()));
    facts.set(0, Value::Number(1.0));
    let mut bytes = Vec::new();
    facts.encode(&mut bytes);
    let expected = [
        &[0, 0, b'n', 0, 0, 0, 0, 0, 0, 0xF0, 0x3F][..],
        &[1, 0, b't', 2, 0, 0, 0, 0, 0, 0, 0, b'a', b'b'],
        &[2, 1, b'd', 0xFF, 0xFF, 0xFF, 0xFF],
    ];
    assert_eq!(bytes, expected.concat());
}
