#![allow(clippy::unwrap_used)]

use super::{CAPITALS, CODES, Question, QuestionError, RANGES, SYNONYMS, is_fact};
use serde_json::json;

fn refusal(json: serde_json::Value) -> String {
    Question::from_json(&json).unwrap_err().to_string()
}

#[test]
fn tables_speak_of_facts() {
    let named = SYNONYMS.iter().map(|s| s.1).chain(RANGES.iter().map(|r| r.fact));
    for fact in named.chain(CODES.iter().map(|c| c.0)).chain(CAPITALS.iter().copied()) {
        assert!(is_fact(fact), "{fact}");
    }
}

#[test]
fn names_of_columns_and_of_the_catalogue_say_the_same() {
    let by_column = json!({"dec_latitude": 61.2, "pilot_tot_time": "120",
        "wx_temp": -5, "acft_make": "CESSNA AIRCRAFT CO", "acft_model": "172n", "wx_cond_basic": "imc"});
    let by_fact = json!({"lat": 61.2, "pilot_total_hours": 120, "wx_temp_c": -5,
        "acft_make": "Cessna", "acft_model": "172N", "wx_cond_basic": "IMC"});
    let read = |json| Question::from_json(&json).unwrap().facts().clone();
    let (by_column, by_fact) = (read(by_column), read(by_fact));
    assert_eq!(by_column, by_fact);
    assert_eq!(by_fact.text("acft_make"), Some("Cessna"));
}

#[test]
fn named_values_are_those_of_json() {
    let mut question = Question::default();
    question.number("dec_latitude", Some(61.2));
    question.text("wx_cond_basic", Some(" vmc "));
    question.date("ev_date", Some(18_262));
    question.text("acft_make", Some("PIPER"));
    question.number("vis_sm", None);
    let json =
        json!({"lat": 61.2, "wx_cond_basic": "VMC", "ev_date": "2020-01-01", "acft_make": "Piper"});
    let expected = Question::from_json(&json).unwrap();
    assert_eq!(question.checked().unwrap().facts(), expected.facts());
}

#[test]
fn a_country_says_whether_it_is_the_united_states() {
    let domestic = |json| {
        let question = Question::from_json(&json).unwrap();
        question.facts().text("is_domestic").map(str::to_owned)
    };
    assert_eq!(domestic(json!({"ev_country": "usa"})).as_deref(), Some("Y"));
    assert_eq!(domestic(json!({"ev_country": "CA"})).as_deref(), Some("N"));
    assert_eq!(domestic(json!({"ev_country": "CA", "is_domestic": "y"})).as_deref(), Some("Y"));
    assert_eq!(domestic(json!({"ev_country": "UNK"})), None);
    assert_eq!(domestic(json!({"ev_id": "20080115X00050", "ev_country": "CA"})), None);
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    assert_eq!(
        refusal(json!({"dec_latitude": 91})),
        "lat must be between -90 and 90 (degrees north), got 91"
    );
    assert_eq!(
        refusal(json!({"wx_temp": 72})),
        "wx_temp_c must be between -70 and 60 (degrees Celsius), got 72"
    );
    assert_eq!(
        refusal(json!({"damage": "BAD"})),
        "damage is \"BAD\", which is none of NONE, MINR, SUBS, DEST"
    );
    assert!(refusal(json!({"inj_tot_f": 1})).contains("no fact \"inj_tot_f\""));
    assert!(refusal(json!({"pilot_age": "old"})).contains("pilot_age"));
    assert!(matches!(Question::from_json(&json!([])), Err(QuestionError::Facts(_))));
}

#[test]
fn unknown_is_null_and_none_is_a_code() {
    let facts = Question::from_json(&json!({"wx_cond_basic": "Unk", "damage": "none"})).unwrap();
    assert_eq!(facts.facts().text("wx_cond_basic"), None);
    assert_eq!(facts.facts().text("damage"), Some("NONE"));
}

#[test]
fn history_is_missing_where_nobody_speaks_of_it() {
    let lacks = |json| {
        let question = Question::from_json(&json).unwrap();
        question
            .lacks_history()
            .map(|(make, model, day)| (make.to_owned(), model.map(str::to_owned), day))
    };
    let (make, day) = ("Cessna".to_owned(), 18_262);
    assert_eq!(
        lacks(json!({"ev_date": "2020-01-01", "acft_make": "cessna"})),
        Some((make.clone(), None, day))
    );
    assert_eq!(
        lacks(json!({"ev_date": "2020-01-01", "acft_make": "cessna", "acft_model": "152"})),
        Some((make, Some("152".to_owned()), day))
    );
    assert_eq!(lacks(json!({"acft_make": "cessna"})), None);
    assert_eq!(
        lacks(json!({"ev_date": "2020-01-01", "acft_make": "cessna", "type_events": null})),
        None
    );
}

/// What training took from the warehouse, prediction takes as well.
#[test]
fn a_row_of_the_warehouse_is_taken_as_it_is() {
    let row = json!({"ev_id": "20200101X00001", "ev_date": "2020-01-01", "acft_make": "cessna", "pilot_age": 130});
    let question = Question::from_json(&row).unwrap();
    assert_eq!(question.facts().text("acft_make"), Some("cessna"));
    assert_eq!(question.facts().number("pilot_age"), Some(130.0));
    assert_eq!(question.lacks_history(), None);
}

#[test]
fn the_history_of_a_place_is_missing_where_nobody_tells_it() {
    let lacks = |json| Question::from_json(&json).unwrap().lacks_place();
    let place = json!({"ev_date": "2020-01-01", "dec_latitude": 61.2, "dec_longitude": -149.9});
    assert_eq!(lacks(place), Some((61.2, -149.9, 18_262)));
    assert_eq!(lacks(json!({"ev_date": "2020-01-01", "lat": 61.2})), None);
    assert_eq!(lacks(json!({"lat": 61.2, "lon": -149.9})), None);
    let told = json!({"ev_date": "2020-01-01", "lat": 61.2, "lon": -149.9, "place_events": 3});
    assert_eq!(lacks(told), None);
    let row = json!({"ev_id": "x", "ev_date": "2020-01-01", "lat": 61.2, "lon": -149.9});
    assert_eq!(lacks(row), None);
}
