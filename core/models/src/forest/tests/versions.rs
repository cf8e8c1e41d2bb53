//! Models of each version of XGBoost; `golden/versions/make.py` writes them.

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
fn models_of_each_version_are_read_in_both_formats_and_answer_alike() {
    let cases = cases();
    assert_eq!(cases.len(), 18);
    let mut with_nan = 0;
    for case in &cases {
        let bytes = golden(&case.model);
        with_nan += usize::from(bytes.windows(3).any(|w| w == b"NaN"));
        let forest = Forest::read(&bytes).unwrap_or_else(|e| panic!("{}: {e}", case.model));
        let canonical = forest.to_ubj().unwrap();
        let again =
            [Forest::read(&canonical).unwrap(), Forest::read(&forest.to_json().unwrap()).unwrap()];
        assert!(again.iter().all(|again| again == &forest), "{}", case.model);
        for (row, expected) in case.rows.iter().zip(&case.margins) {
            for (ours, theirs) in margins(&forest, row).iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-6, "{}: {ours} {theirs}", case.model);
            }
        }
    }
    assert_eq!(with_nan, 6, "1.7 and 2.1 write NaN where a split is by categories");
}

/// The same trees in JSON and UBJSON are one canonical artifact.
#[test]
fn both_formats_of_a_model_become_the_same_bytes() {
    for case in cases().iter().filter(|case| case.model.ends_with(".json")) {
        let canonical = |name: &str| Forest::read(&golden(name)).unwrap().to_ubj().unwrap();
        let ubj = case.model.replace(".json", ".ubj");
        assert_eq!(canonical(&case.model), canonical(&ubj), "{ubj}");
    }
}

/// NaN stands for nothing where a split compares with a number.
#[test]
fn nan_is_refused_where_a_number_is_needed() {
    let text = String::from_utf8(golden("2.1.4_two.json")).unwrap();
    let at = text.find("\"split_conditions\":[").unwrap();
    let (head, tail) = text.split_at(at);
    let altered = format!("{head}{}", tail.replacen(':', ":[NaN],\"was\":", 1));
    assert!(matches!(Forest::read(altered.as_bytes()), Err(ForestError::Tree { .. })));
    for list in ["sum_hessian", "loss_changes", "base_weights"] {
        let start = text.find(&format!("\"{list}\":[")).unwrap() + list.len() + 4;
        let end = start + text[start..].find([',', ']']).unwrap();
        for word in ["NaN", "-Infinity"] {
            let altered = format!("{}{word}{}", &text[..start], &text[end..]);
            let refusal = Forest::read(altered.as_bytes()).unwrap_err();
            assert!(matches!(refusal, ForestError::Tree { .. }), "{refusal}");
        }
    }
}
