//! Compares results with those of XGBoost for Python, which `golden/make.py` writes.

use super::super::{Contributions, Forest};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Case {
    model: String,
    rows: Vec<Vec<Option<f32>>>,
    margins: Vec<Vec<f32>>,
    probabilities: Vec<Vec<f64>>,
    contributions: Vec<Vec<f64>>,
    gain: HashMap<String, f64>,
    cover: HashMap<String, f64>,
    splits: HashMap<String, f64>,
}

const MODELS: [(&str, &[u8]); 5] = [
    ("four_classes.ubj", include_bytes!("../golden/four_classes.ubj")),
    ("two_classes.ubj", include_bytes!("../golden/two_classes.ubj")),
    ("forests.ubj", include_bytes!("../golden/forests.ubj")),
    ("leafwise.ubj", include_bytes!("../golden/leafwise.ubj")),
    ("no_tree.ubj", include_bytes!("../golden/no_tree.ubj")),
];

fn cases() -> Vec<(Case, Forest)> {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../golden/cases.json")).unwrap();
    assert_eq!(cases.len(), MODELS.len());
    let read = |case: Case| {
        let bytes = MODELS.iter().find(|m| m.0 == case.model).unwrap().1;
        let forest = Forest::from_ubj(bytes).unwrap();
        (case, forest)
    };
    cases.into_iter().map(read).collect()
}

fn row(values: &[Option<f32>]) -> Vec<f32> {
    values.iter().map(|v| v.unwrap_or(f32::NAN)).collect()
}

#[test]
fn margins_equal_xgboost_bit_for_bit() {
    for (case, forest) in cases() {
        for (values, expected) in case.rows.iter().zip(&case.margins) {
            let mut margins = vec![0.0; forest.margin_count()];
            forest.margins(&row(values), &mut margins);
            assert_eq!(&margins, expected, "{} {values:?}", case.model);
        }
    }
}

#[test]
fn probabilities_match_xgboost() {
    for (case, forest) in cases() {
        for (values, expected) in case.rows.iter().zip(&case.probabilities) {
            let found = forest.probabilities(&row(values));
            // For two classes, XGBoost returns only the probability of the second.
            let comparable = if expected.len() == 1 { &found[1..] } else { &found };
            assert_eq!(comparable.len(), expected.len());
            for (ours, theirs) in comparable.iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-6, "{}: {found:?} {expected:?}", case.model);
            }
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn contributions_match_xgboost_and_add_up_to_the_margin() {
    for (case, forest) in cases() {
        let per_row = case.contributions.len() / case.rows.len();
        let theirs: Vec<Vec<f64>> = case.contributions.chunks(per_row).map(<[_]>::concat).collect();
        for ((values, expected), margins) in case.rows.iter().zip(&theirs).zip(&case.margins) {
            let ours = forest.contributions(&row(values), &|| ());
            let flat: Vec<f64> = ours.iter().flat_map(flatten).collect();
            assert_eq!(flat.len(), expected.len());
            for (ours, theirs) in flat.iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-5, "{}: {flat:?} {expected:?}", case.model);
            }
            for (contributions, margin) in ours.iter().zip(margins) {
                let sum = contributions.base + contributions.by_feature.iter().sum::<f64>();
                assert!((sum - f64::from(*margin)).abs() < 1e-5, "{sum} {margin}");
            }
        }
    }
}

fn flatten(contributions: &Contributions) -> impl Iterator<Item = f64> + '_ {
    contributions.by_feature.iter().copied().chain([contributions.base])
}

#[test]
fn importance_matches_xgboost() {
    for (case, forest) in cases() {
        for (feature, found) in forest.importance().into_iter().enumerate() {
            let name = format!("f{feature}");
            assert_eq!(found.splits as f64, case.splits.get(&name).copied().unwrap_or(0.0));
            for (ours, theirs) in [(found.gain, &case.gain), (found.cover, &case.cover)] {
                let theirs = theirs.get(&name).copied().unwrap_or(0.0);
                assert!((ours - theirs).abs() <= 1e-5 * theirs.abs(), "{name}: {ours} {theirs}");
            }
        }
    }
}

#[test]
fn names_and_sizes_are_read() {
    let forest = Forest::from_ubj(MODELS[0].1).unwrap();
    assert_eq!(forest.feature_names(), ["f0", "f1", "f2", "f3", "f4", "f5"]);
    assert_eq!((forest.feature_count(), forest.class_count(), forest.tree_count()), (6, 4, 24));
}

/// A truncated model is an error. A model with a changed byte is an error or can still be scored.
#[test]
fn damaged_models_are_rejected_or_can_be_scored() {
    let bytes = MODELS[3].1;
    for end in 0..bytes.len() {
        assert!(Forest::from_ubj(&bytes[..end]).is_err(), "{end}");
    }
    let mut read = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut altered = bytes.to_vec();
            altered[at] ^= flip;
            if let Ok(forest) = Forest::from_ubj(&altered) {
                let mut margins = vec![0.0; forest.margin_count()];
                forest.margins(&[0.5, f32::NAN, 3.0, -1.0, 7.0, 0.0], &mut margins);
                read += 1;
            }
        }
    }
    assert!(read > 0);
}

#[test]
fn bytes_after_a_model_are_an_error() {
    let mut bytes = MODELS[4].1.to_vec();
    bytes.push(b'N');
    assert!(Forest::from_ubj(&bytes).unwrap_err().to_string().contains("after the end"));
}

#[test]
fn the_written_form_is_canonical_and_contains_no_source_bytes() {
    for (name, bytes) in MODELS {
        let forest = Forest::from_ubj(bytes).unwrap();
        let ubj = forest.to_ubj().unwrap();
        assert_eq!(Forest::from_ubj(&ubj).unwrap(), forest, "{name}");
        assert_eq!(Forest::from_json(&forest.to_json().unwrap()).unwrap(), forest, "{name}");
        assert_eq!(Forest::from_ubj(&ubj).unwrap().to_ubj().unwrap(), ubj, "{name}");
        assert!(!ubj.windows(14).any(|w| w == b"best_iteration"), "{name}");
    }
}
