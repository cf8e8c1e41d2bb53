//! Reads models of each version of XGBoost, which `golden/versions/make.py` writes.

use super::super::{Forest, ForestError};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    model: String,
    rows: Vec<Vec<Option<f32>>>,
    margins: Vec<Vec<f32>>,
}

fn golden(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/forest/golden/versions");
    std::fs::read(folder.join(name)).unwrap()
}

fn cases() -> Vec<Case> {
    serde_json::from_slice(&golden("cases.json")).unwrap()
}

fn margins(forest: &Forest, row: &[Option<f32>]) -> Vec<f32> {
    let row: Vec<f32> = row.iter().map(|v| v.unwrap_or(f32::NAN)).collect();
    let mut margins = vec![0.0; forest.margin_count()];
    forest.margins(&row, &mut margins);
    margins
}

#[test]
fn models_of_each_version_give_the_same_margins_in_both_formats() {
    let cases = cases();
    assert_eq!(cases.len(), 18);
    let mut with_nan = 0;
    for case in &cases {
        let bytes = golden(&case.model);
        with_nan += usize::from(bytes.windows(3).any(|w| w == b"NaN"));
        let forest = Forest::from_bytes(&bytes).unwrap_or_else(|e| panic!("{}: {e}", case.model));
        let canonical = forest.to_ubj().unwrap();
        let again = [
            Forest::from_bytes(&canonical).unwrap(),
            Forest::from_bytes(&forest.to_json().unwrap()).unwrap(),
        ];
        assert!(again.iter().all(|again| again == &forest), "{}", case.model);
        for (row, expected) in case.rows.iter().zip(&case.margins) {
            for (ours, theirs) in margins(&forest, row).iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-6, "{}: {ours} {theirs}", case.model);
            }
        }
    }
    assert_eq!(with_nan, 6, "1.7 and 2.1 write NaN for splits by categories");
}

/// The same trees in JSON and UBJSON have one canonical form.
#[test]
fn both_formats_of_a_model_have_the_same_canonical_form() {
    for case in cases().iter().filter(|case| case.model.ends_with(".json")) {
        let canonical = |name: &str| Forest::from_bytes(&golden(name)).unwrap().to_ubj().unwrap();
        let ubj = case.model.replace(".json", ".ubj");
        assert_eq!(canonical(&case.model), canonical(&ubj), "{ubj}");
    }
}

/// NaN is allowed only for splits by categories.
#[test]
fn nan_is_rejected_where_a_number_is_needed() {
    let text = String::from_utf8(golden("2.1.4_two.json")).unwrap();
    let at = text.find("\"split_conditions\":[").unwrap();
    let (head, tail) = text.split_at(at);
    let altered = format!("{head}{}", tail.replacen(':', ":[NaN],\"was\":", 1));
    assert!(matches!(Forest::from_bytes(altered.as_bytes()), Err(ForestError::Tree { .. })));
    for list in ["sum_hessian", "loss_changes", "base_weights"] {
        let start = text.find(&format!("\"{list}\":[")).unwrap() + list.len() + 4;
        let end = start + text[start..].find([',', ']']).unwrap();
        for word in ["NaN", "-Infinity"] {
            let altered = format!("{}{word}{}", &text[..start], &text[end..]);
            let error = Forest::from_bytes(altered.as_bytes()).unwrap_err();
            assert!(matches!(error, ForestError::Tree { .. }), "{error}");
        }
    }
}
