//! Trained models, as somebody may send them.

use ntsb_models::features::Facts;
use ntsb_models::forest::Forest;
use ntsb_models::options::Options;
use ntsb_models::question::Question;

/// Trees of so many nodes are small enough to be explained here.
const SMALL: usize = 1 << 14;

/// Features times classes of what is explained here.
const MOST_SHARES: usize = 1 << 20;

/// Models of each version of XGBoost, in both formats.
const GOOD: [&[u8]; 4] = [
    include_bytes!("../../core/models/src/forest/golden/versions/2.1.4_two.json"),
    include_bytes!("../../core/models/src/forest/golden/versions/1.7.6_three.ubj"),
    include_bytes!("../../core/models/src/forest/golden/versions/3.2.0_three.ubj"),
    include_bytes!("../../core/models/src/forest/golden/versions/3.2.0_one_hot.json"),
];

/// A model in UBJSON, or in JSON: refused, or it has as many margins as classes and explains each. Whether
/// explanations add up to the margin is a matter of covers, which a made-up model need not have.
pub fn forest(data: &[u8]) {
    let read = [Forest::from_ubj(data), Forest::from_json(data)];
    for forest in read.into_iter().flatten().filter(|forest| forest.features() < SMALL) {
        check(&forest, data.len() < SMALL);
    }
}

/// A good model with bytes changed: the first says which model, then come changes, each as place (two
/// bytes), length (one) and bytes.
pub fn model(data: &[u8]) {
    let [which, changes @ ..] = data else { return };
    let bytes = changed(GOOD[usize::from(*which) % GOOD.len()], changes);
    match Forest::read(&bytes) {
        Ok(forest) if forest.features() < SMALL => check(&forest, true),
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub fn changed(good: &[u8], mut changes: &[u8]) -> Vec<u8> {
    let mut file = good.to_vec();
    while let [a, b, length, rest @ ..] = changes {
        let at = usize::from(u16::from_le_bytes([*a, *b])) % file.len();
        let (bytes, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        changes = rest;
    }
    file
}

/// Import, canonical form, export, import: the same forest each time, and so the same scores.
fn check(forest: &Forest, explain: bool) {
    let explain = explain && forest.features() * forest.margin_count() < MOST_SHARES;
    let (ubj, json) = (forest.to_ubj().unwrap(), forest.to_json().unwrap());
    let again = [Forest::read(&ubj).unwrap(), Forest::read(&json).unwrap()];
    for other in &again {
        assert!(other == forest);
        assert!(other.to_ubj().unwrap() == ubj && other.to_json().unwrap() == json);
    }
    for value in [f32::NAN, 0.0, 1.0, -1e9, f32::MAX] {
        let row = vec![value; forest.features()];
        let margins = tell(forest, &row, explain);
        assert!(again.iter().all(|other| tell(other, &row, false) == margins));
    }
    tell(forest, &[], false);
}

fn tell(forest: &Forest, row: &[f32], explain: bool) -> Vec<f32> {
    let mut margins = vec![0.0; forest.margin_count()];
    forest.margins(row, &mut margins);
    assert!(margins.iter().all(|m| m.is_finite()), "{margins:?}");
    let probabilities = forest.probabilities(row);
    assert_eq!(probabilities.len(), forest.classes());
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{probabilities:?}");
    if explain {
        let contributions = forest.contributions(row, &|| ());
        assert_eq!(contributions.len(), margins.len());
        assert!(contributions.iter().all(|of| of.of_features.len() == forest.features()));
    }
    margins
}

/// JSON of a caller: facts to predict from, or options of a training.
pub fn facts(data: &[u8]) {
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    if let Err(error) = Question::from_json(&json) {
        assert!(!error.to_string().is_empty());
    }
    if let Ok(facts) = Facts::from_json(&json) {
        assert_eq!(Facts::from_json(&facts.to_json()).as_ref(), Ok(&facts));
    }
    if let Err(error) = Options::read(json) {
        assert!(!error.to_string().is_empty());
    }
}
