//! Trained models, as somebody may send them.

use ntsb_core::severity::forest::Forest;

/// Trees of so many nodes are small enough to be explained here.
const SMALL: usize = 1 << 14;

/// A model in UBJSON, or in JSON: refused, or it tells as many margins as it has classes, and explains each. Whether
/// explanations add up to the margin is a matter of covers, which a made-up model need not have.
pub fn forest(data: &[u8]) {
    let read = [Forest::from_ubj(data), Forest::from_json(data)];
    for forest in read.into_iter().flatten().filter(|forest| forest.features() < SMALL) {
        let rows = [f32::NAN, 0.0, 1.0, -1e9, f32::MAX];
        rows.iter()
            .for_each(|value| tell(&forest, &vec![*value; forest.features()], data.len() < SMALL));
        tell(&forest, &[], false);
    }
}

fn tell(forest: &Forest, row: &[f32], explain: bool) {
    let mut margins = vec![0.0; forest.margin_count()];
    forest.margins(row, &mut margins);
    let probabilities = forest.probabilities(row);
    assert_eq!(probabilities.len(), forest.classes());
    if margins.iter().all(|m| m.is_finite()) {
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{probabilities:?}");
    }
    if explain {
        let told = forest.contributions(row, &|| ());
        assert_eq!(told.len(), margins.len());
        assert!(told.iter().all(|margin| margin.of_features.len() == forest.features()));
    }
}
