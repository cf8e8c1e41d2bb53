use super::super::features::{Stage, list_features};
use super::*;
use proptest::prelude::*;
use serde_json::json;

fn facts(json: serde_json::Value) -> Facts {
    Facts::from_json(&json).unwrap()
}

fn classes() -> Vec<String> {
    vec!["NONFATAL".into(), "FATL".into()]
}

/// Events of two makers: 90% of those with Grim are fatal, none of those with Glad.
fn history() -> Vec<(Facts, usize)> {
    let event = |n: usize| {
        let grim = n.is_multiple_of(2);
        let (make, model) = if grim { ("Grim", "R") } else { ("Glad", "S") };
        let json = json!({"acft_category": "AIR", "acft_make": make, "acft_model": model,
            "wx_cond_basic": if n.is_multiple_of(3) { "IMC" } else { "VMC" },
            "far_part": if n.is_multiple_of(10) { "137" } else { "091" }, "lat": n as f64 / 10.0});
        (facts(json), usize::from(grim && !n.is_multiple_of(20)))
    };
    (0..400).map(event).collect()
}

fn fit(history: &[(Facts, usize)]) -> FittedEncoder {
    let rows: Vec<_> =
        history.iter().map(|(facts, class)| TrainingRow { facts, class: *class }).collect();
    let features: Vec<_> = list_features(Stage::PreEvent).collect();
    FittedEncoder::fit(&features, &rows, &classes(), &|| {})
}

fn value(encoder: &Encoder, json: serde_json::Value, column: &str) -> f32 {
    let at = encoder.columns().iter().position(|c| c.name == column).unwrap();
    encoder.encode(&facts(json))[at]
}

#[test]
fn a_level_is_encoded_as_its_shrunk_class_share() {
    let encoder = fit(&history()).encoder;
    let grim = value(&encoder, json!({"acft_make": "Grim"}), "acft_make:FATL");
    let glad = value(&encoder, json!({"acft_make": "Glad"}), "acft_make:FATL");
    assert!((0.8..0.9).contains(&grim), "{grim}: shrunk from 0.9 towards the overall 0.45");
    assert!((0.01..0.06).contains(&glad), "{glad}");
}

#[test]
fn an_unknown_model_is_encoded_as_its_maker_and_an_unknown_maker_as_the_category() {
    let encoder = fit(&history()).encoder;
    let known = value(&encoder, json!({"acft_make": "Grim", "acft_model": "R"}), "acft_model:FATL");
    let model = value(&encoder, json!({"acft_make": "Grim", "acft_model": "X"}), "acft_model:FATL");
    let make = value(&encoder, json!({"acft_make": "Grim"}), "acft_make:FATL");
    assert_eq!(model, make);
    assert!(known > make, "the model is more specific than its maker");
    let unknown = json!({"acft_make": "Unheard", "acft_model": "X", "acft_category": "AIR"});
    let category = value(&encoder, unknown, "acft_model:FATL");
    assert!((0.4..0.5).contains(&category), "{category}");
    let missing = value(&encoder, json!({"acft_make": "Unheard"}), "acft_model:FATL");
    assert!(missing.is_nan());
}

#[test]
fn missing_values_are_nan_except_in_late_columns() {
    let encoder = fit(&history()).encoder;
    assert!(value(&encoder, json!({}), "lat").is_nan());
    assert!(value(&encoder, json!({}), "wx_cond_basic:FATL").is_nan());
    assert!(value(&encoder, json!({"wx_cond_basic": "XXX"}), "wx_cond_basic:FATL").is_nan());
    let missing = value(&encoder, json!({}), "far_part:FATL");
    assert_eq!(missing, value(&encoder, json!({"far_part": "091"}), "far_part:FATL"));
    assert_ne!(missing, value(&encoder, json!({"far_part": "137"}), "far_part:FATL"));
}

/// The encoding of a rare maker must not contain the outcome of the row itself.
#[test]
fn a_training_row_is_encoded_without_itself() {
    let event = |n: usize| {
        let json = json!({"acft_make": format!("M{}", n / 4), "acft_model": "X"});
        (facts(json), usize::from(n.is_multiple_of(4)))
    };
    let history: Vec<_> = (0..400).map(event).collect();
    let fitted = fit(&history);
    let at = fitted.encoder.columns().iter().position(|c| c.name == "acft_make:FATL").unwrap();
    for (row, (facts, class)) in history.iter().enumerate() {
        let mut values = Vec::new();
        fitted.encode_training(row, facts, &mut values);
        let share = values[at];
        // Without the row itself, the maker has three rows, which is below the minimum.
        assert!(share.is_nan(), "row {row} of class {class} is encoded as {share}");
    }
}

#[test]
fn an_encoder_survives_json_bit_for_bit() {
    let history = history();
    let encoder = fit(&history).encoder;
    let json = serde_json::to_string(&encoder).unwrap();
    let read: Encoder = serde_json::from_str(&json).unwrap();
    assert_eq!(read, encoder);
    assert!(json.starts_with(r#"{"told":["FATL"],"learned":["#), "the stored field names");
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::from_value::<Encoder>(value).unwrap(), encoder);
    assert_eq!(unknown_feature(&encoder), None);
    assert_eq!(
        unknown_feature(&serde_json::from_str(&json.replace("wx_cond_basic", "gone")).unwrap()),
        Some("gone")
    );
}

#[test]
fn fitting_is_deterministic() {
    let history = history();
    assert_eq!(fit(&history).encoder, fit(&history).encoder);
}

proptest! {
    #[test]
    fn a_row_has_as_many_values_as_columns(
        make in "[A-Z]{0,3}", model in "[A-Z/]{0,3}", lat in proptest::option::of(-90.0..90.0),
    ) {
        let encoder = fit(&history()).encoder;
        let json = json!({"acft_make": make, "acft_model": model, "lat": lat});
        let values = encoder.encode(&facts(json));
        prop_assert_eq!(values.len(), encoder.columns().len());
        prop_assert!(values.iter().all(|v| v.is_nan() || v.is_finite()));
    }
}
