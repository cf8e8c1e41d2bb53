use super::{
    CLOSED_CODES, PredictionInput, PredictionInputError, RANGES, SYNONYMS, UPPER_CASE_CODES,
    is_fact,
};
use serde_json::json;

fn error_message(json: serde_json::Value) -> String {
    PredictionInput::from_json(&json).unwrap_err().to_string()
}

#[test]
fn tables_name_only_facts_of_the_catalogue() {
    let names = SYNONYMS.iter().map(|s| s.1).chain(RANGES.iter().map(|r| r.fact));
    let names = names.chain(CLOSED_CODES.iter().map(|c| c.0));
    for fact in names.chain(UPPER_CASE_CODES.iter().copied()) {
        assert!(is_fact(fact), "{fact}");
    }
}

#[test]
fn column_names_and_catalogue_names_give_the_same_facts() {
    let by_column = json!({"dec_latitude": 61.2, "pilot_tot_time": "120",
        "wx_temp": -5, "acft_make": "CESSNA AIRCRAFT CO", "acft_model": "172n", "wx_cond_basic": "imc"});
    let by_fact = json!({"lat": 61.2, "pilot_total_hours": 120, "wx_temp_c": -5,
        "acft_make": "Cessna", "acft_model": "172N", "wx_cond_basic": "IMC"});
    let read = |json| PredictionInput::from_json(&json).unwrap().facts().clone();
    let (by_column, by_fact) = (read(by_column), read(by_fact));
    assert_eq!(by_column, by_fact);
    assert_eq!(by_fact.text("acft_make"), Some("Cessna"));
}

#[test]
fn setters_give_the_same_facts_as_json() {
    let mut input = PredictionInput::default();
    input.set_number("dec_latitude", Some(61.2));
    input.set_text("wx_cond_basic", Some(" vmc "));
    input.set_date("ev_date", Some(18_262));
    input.set_text("acft_make", Some("PIPER"));
    input.set_number("vis_sm", None);
    let json =
        json!({"lat": 61.2, "wx_cond_basic": "VMC", "ev_date": "2020-01-01", "acft_make": "Piper"});
    let expected = PredictionInput::from_json(&json).unwrap();
    assert_eq!(input.validate().unwrap().facts(), expected.facts());
}

#[test]
fn is_domestic_follows_from_the_country() {
    let domestic = |json| {
        let input = PredictionInput::from_json(&json).unwrap();
        input.facts().text("is_domestic").map(str::to_owned)
    };
    assert_eq!(domestic(json!({"ev_country": "usa"})).as_deref(), Some("Y"));
    assert_eq!(domestic(json!({"ev_country": "CA"})).as_deref(), Some("N"));
    assert_eq!(domestic(json!({"ev_country": "CA", "is_domestic": "y"})).as_deref(), Some("Y"));
    assert_eq!(domestic(json!({"ev_country": "UNK"})), None);
    assert_eq!(domestic(json!({"ev_id": "20080115X00050", "ev_country": "CA"})), None);
}

#[test]
fn invalid_values_are_rejected_with_the_allowed_ones() {
    assert_eq!(
        error_message(json!({"dec_latitude": 91})),
        "lat must be between -90 and 90 (degrees north), got 91"
    );
    assert_eq!(
        error_message(json!({"wx_temp": 72})),
        "wx_temp_c must be between -70 and 60 (degrees Celsius), got 72"
    );
    assert_eq!(
        error_message(json!({"damage": "BAD"})),
        "damage must be one of NONE, MINR, SUBS, DEST, got \"BAD\""
    );
    assert!(error_message(json!({"inj_tot_f": 1})).contains("unknown fact \"inj_tot_f\""));
    assert!(error_message(json!({"pilot_age": "old"})).contains("pilot_age"));
    assert!(matches!(PredictionInput::from_json(&json!([])), Err(PredictionInputError::Facts(_))));
}

#[test]
fn unknown_becomes_null_and_none_stays_a_code() {
    let facts =
        PredictionInput::from_json(&json!({"wx_cond_basic": "Unk", "damage": "none"})).unwrap();
    assert_eq!(facts.facts().text("wx_cond_basic"), None);
    assert_eq!(facts.facts().text("damage"), Some("NONE"));
}

#[test]
fn type_history_is_missing_unless_it_is_passed() {
    let missing = |json| {
        let input = PredictionInput::from_json(&json).unwrap();
        input
            .missing_type_history()
            .map(|(make, model, day)| (make.to_owned(), model.map(str::to_owned), day))
    };
    let (make, day) = ("Cessna".to_owned(), 18_262);
    assert_eq!(
        missing(json!({"ev_date": "2020-01-01", "acft_make": "cessna"})),
        Some((make.clone(), None, day))
    );
    assert_eq!(
        missing(json!({"ev_date": "2020-01-01", "acft_make": "cessna", "acft_model": "152"})),
        Some((make, Some("152".to_owned()), day))
    );
    assert_eq!(missing(json!({"acft_make": "cessna"})), None);
    assert_eq!(
        missing(json!({"ev_date": "2020-01-01", "acft_make": "cessna", "type_events": null})),
        None
    );
}

/// Prediction accepts every row that training read from the warehouse.
#[test]
fn a_warehouse_row_is_used_unchanged() {
    let row = json!({"ev_id": "20200101X00001", "ev_date": "2020-01-01", "acft_make": "cessna", "pilot_age": 130});
    let input = PredictionInput::from_json(&row).unwrap();
    assert_eq!(input.facts().text("acft_make"), Some("cessna"));
    assert_eq!(input.facts().number("pilot_age"), Some(130.0));
    assert_eq!(input.missing_type_history(), None);
}

#[test]
fn place_history_is_missing_unless_it_is_passed() {
    let missing = |json| PredictionInput::from_json(&json).unwrap().missing_place_history();
    let place = json!({"ev_date": "2020-01-01", "dec_latitude": 61.2, "dec_longitude": -149.9});
    assert_eq!(missing(place), Some((61.2, -149.9, 18_262)));
    assert_eq!(missing(json!({"ev_date": "2020-01-01", "lat": 61.2})), None);
    assert_eq!(missing(json!({"lat": 61.2, "lon": -149.9})), None);
    let with_history =
        json!({"ev_date": "2020-01-01", "lat": 61.2, "lon": -149.9, "place_events": 3});
    assert_eq!(missing(with_history), None);
    let row = json!({"ev_id": "x", "ev_date": "2020-01-01", "lat": 61.2, "lon": -149.9});
    assert_eq!(missing(row), None);
}
