//! Models and prediction inputs from untrusted callers.

use ntsb_models::features::Facts;
use ntsb_models::forest::Forest;
use ntsb_models::input::PredictionInput;
use ntsb_models::options::Options;

/// The maximum number of features, and of input bytes for a model that is explained.
const MAX_SIZE: usize = 1 << 14;

/// The maximum number of features times classes for a model that is explained.
const MAX_CONTRIBUTIONS: usize = 1 << 20;

/// Models of several XGBoost versions, in both formats.
const VALID_MODELS: [&[u8]; 4] = [
    include_bytes!("../../core/models/src/forest/golden/versions/2.1.4_two.json"),
    include_bytes!("../../core/models/src/forest/golden/versions/1.7.6_three.ubj"),
    include_bytes!("../../core/models/src/forest/golden/versions/3.2.0_three.ubj"),
    include_bytes!("../../core/models/src/forest/golden/versions/3.2.0_one_hot.json"),
];

/// Reads a model in UBJSON and in JSON, and scores and explains with it. Contributions need not add up to
/// the margin, because a synthetic model may have inconsistent covers.
pub fn fuzz_forest(data: &[u8]) {
    let read = [Forest::from_ubj(data), Forest::from_json(data)];
    for forest in read.into_iter().flatten().filter(|forest| forest.feature_count() < MAX_SIZE) {
        check(&forest, data.len() < MAX_SIZE);
    }
}

/// Reads a valid model to which changes were applied. The first byte selects the model.
pub fn fuzz_model(data: &[u8]) {
    let [which, changes @ ..] = data else { return };
    let bytes = apply_changes(VALID_MODELS[usize::from(*which) % VALID_MODELS.len()], changes);
    match Forest::from_bytes(&bytes) {
        Ok(forest) if forest.feature_count() < MAX_SIZE => check(&forest, true),
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Applies changes to a file. A change is an offset (two bytes), a length (one byte) and the bytes.
pub fn apply_changes(valid: &[u8], mut changes: &[u8]) -> Vec<u8> {
    let mut file = valid.to_vec();
    while let [a, b, length, rest @ ..] = changes {
        let at = usize::from(u16::from_le_bytes([*a, *b])) % file.len();
        let (bytes, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        changes = rest;
    }
    file
}

/// Exports and imports a model in both formats. The forest and its scores must not change.
fn check(forest: &Forest, explain: bool) {
    let explain = explain && forest.feature_count() * forest.margin_count() < MAX_CONTRIBUTIONS;
    let (ubj, json) = (forest.to_ubj().unwrap(), forest.to_json().unwrap());
    let again = [Forest::from_bytes(&ubj).unwrap(), Forest::from_bytes(&json).unwrap()];
    for other in &again {
        assert!(other == forest);
        assert!(other.to_ubj().unwrap() == ubj && other.to_json().unwrap() == json);
    }
    for value in [f32::NAN, 0.0, 1.0, -1e9, f32::MAX] {
        let row = vec![value; forest.feature_count()];
        let margins = score(forest, &row, explain);
        assert!(again.iter().all(|other| score(other, &row, false) == margins));
    }
    score(forest, &[], false);
}

fn score(forest: &Forest, row: &[f32], explain: bool) -> Vec<f32> {
    let mut margins = vec![0.0; forest.margin_count()];
    forest.margins(row, &mut margins);
    assert!(margins.iter().all(|m| m.is_finite()), "{margins:?}");
    let probabilities = forest.probabilities(row);
    assert_eq!(probabilities.len(), forest.class_count());
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{probabilities:?}");
    if explain {
        let contributions = forest.contributions(row, &|| ());
        assert_eq!(contributions.len(), margins.len());
        assert!(contributions.iter().all(|of| of.by_feature.len() == forest.feature_count()));
    }
    margins
}

/// Parses JSON as the facts of a prediction and as training options.
pub fn fuzz_facts(data: &[u8]) {
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    if let Err(error) = PredictionInput::from_json(&json) {
        assert!(!error.to_string().is_empty());
    }
    if let Ok(facts) = Facts::from_json(&json) {
        assert_eq!(Facts::from_json(&facts.to_json()).as_ref(), Ok(&facts));
    }
    if let Err(error) = Options::from_json(json) {
        assert!(!error.to_string().is_empty());
    }
}
