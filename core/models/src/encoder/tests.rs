#![allow(clippy::unwrap_used)]

use super::super::features::{Stage, of_stage};
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn facts(json: serde_json::Value) -> Facts {
    Facts::from_json(&json).unwrap()
}

fn classes() -> Vec<String> {
    vec!["NONFATAL".into(), "FATL".into()]
}

/// Airplanes of two makers: those of Grim are fatal nine times in ten, those of Glad never.
fn history() -> Vec<(Facts, usize)> {
    let event = |n: usize| {
        let grim = n.is_multiple_of(2);
        let (make, model) = if grim { ("Grim", "R") } else { ("Glad", "S") };
        let told = json!({"acft_category": "AIR", "acft_make": make, "acft_model": model,
            "wx_cond_basic": if n.is_multiple_of(3) { "IMC" } else { "VMC" },
            "far_part": if n.is_multiple_of(10) { "137" } else { "091" }, "lat": n as f64 / 10.0});
        (facts(told), usize::from(grim && !n.is_multiple_of(20)))
    };
    (0..400).map(event).collect()
}

fn fitted(history: &[(Facts, usize)]) -> Fitted {
    let rows: Vec<_> =
        history.iter().map(|(facts, class)| Example { facts, class: *class }).collect();
    let features: Vec<_> = of_stage(Stage::PreEvent).collect();
    Fitted::fit(&features, &rows, &classes(), &|| {})
}

fn value(encoder: &Encoder, told: serde_json::Value, column: &str) -> f32 {
    let at = encoder.columns().iter().position(|c| c.name == column).unwrap();
    encoder.encode(&facts(told))[at]
}

#[test]
fn a_code_becomes_the_share_that_followed_it() {
    let encoder = fitted(&history()).encoder;
    let grim = value(&encoder, json!({"acft_make": "Grim"}), "acft_make:FATL");
    let glad = value(&encoder, json!({"acft_make": "Glad"}), "acft_make:FATL");
    assert!((0.8..0.9).contains(&grim), "{grim}: drawn from .9 to the overall .45");
    assert!((0.01..0.06).contains(&glad), "{glad}");
}

#[test]
fn an_unknown_model_is_left_to_its_maker_and_an_unknown_maker_to_the_category() {
    let encoder = fitted(&history()).encoder;
    let known = value(&encoder, json!({"acft_make": "Grim", "acft_model": "R"}), "acft_model:FATL");
    let model = value(&encoder, json!({"acft_make": "Grim", "acft_model": "X"}), "acft_model:FATL");
    let make = value(&encoder, json!({"acft_make": "Grim"}), "acft_make:FATL");
    assert_eq!(model, make);
    assert!(known > make, "the model says more than its maker");
    let told = json!({"acft_make": "Unheard", "acft_model": "X", "acft_category": "AIR"});
    let category = value(&encoder, told, "acft_model:FATL");
    assert!((0.4..0.5).contains(&category), "{category}");
    let nothing = value(&encoder, json!({"acft_make": "Unheard"}), "acft_model:FATL");
    assert!(nothing.is_nan());
}

#[test]
fn missing_is_missing_but_in_a_column_that_is_filled_late() {
    let encoder = fitted(&history()).encoder;
    assert!(value(&encoder, json!({}), "lat").is_nan());
    assert!(value(&encoder, json!({}), "wx_cond_basic:FATL").is_nan());
    assert!(value(&encoder, json!({"wx_cond_basic": "XXX"}), "wx_cond_basic:FATL").is_nan());
    let missing = value(&encoder, json!({}), "far_part:FATL");
    assert_eq!(missing, value(&encoder, json!({"far_part": "091"}), "far_part:FATL"));
    assert_ne!(missing, value(&encoder, json!({"far_part": "137"}), "far_part:FATL"));
}

/// Models that occur once: their own outcome must not shine through.
#[test]
fn a_training_row_is_encoded_without_itself() {
    let event = |n: usize| {
        let told = json!({"acft_make": format!("M{}", n / 4), "acft_model": "X"});
        (facts(told), usize::from(n.is_multiple_of(4)))
    };
    let history: Vec<_> = (0..400).map(event).collect();
    let fitted = fitted(&history);
    let at = fitted.encoder.columns().iter().position(|c| c.name == "acft_make:FATL").unwrap();
    for (row, (facts, class)) in history.iter().enumerate() {
        let mut values = Vec::new();
        fitted.encode_training(row, facts, &mut values);
        let share = values[at];
        // Of four rows one is left out, and with it three rows are too few.
        assert!(share.is_nan(), "row {row} of class {class} is encoded as {share}");
    }
}

#[test]
fn what_was_learned_survives_json_to_the_bit() {
    let history = history();
    let encoder = fitted(&history).encoder;
    let json = serde_json::to_string(&encoder).unwrap();
    let again: Encoder = serde_json::from_str(&json).unwrap();
    assert_eq!(again, encoder);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::from_value::<Encoder>(value).unwrap(), encoder);
    assert_eq!(unknown_feature(&encoder), None);
    assert_eq!(
        unknown_feature(&serde_json::from_str(&json.replace("wx_cond_basic", "gone")).unwrap()),
        Some("gone")
    );
}

#[test]
fn the_same_history_teaches_the_same() {
    let history = history();
    assert_eq!(fitted(&history).encoder, fitted(&history).encoder);
}

proptest! {
    #[test]
    fn a_row_has_as_many_values_as_columns(
        make in "[A-Z]{0,3}", model in "[A-Z/]{0,3}", lat in proptest::option::of(-90.0..90.0),
    ) {
        let encoder = fitted(&history()).encoder;
        let told = json!({"acft_make": make, "acft_model": model, "lat": lat});
        let values = encoder.encode(&facts(told));
        prop_assert_eq!(values.len(), encoder.columns().len());
        prop_assert!(values.iter().all(|v| v.is_nan() || v.is_finite()));
    }
}
