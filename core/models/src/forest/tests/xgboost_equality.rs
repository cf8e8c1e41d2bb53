//! Compares results for random forests and rows with libxgboost.

use super::super::Forest;
use super::random_forests::{Branch, CATEGORICAL, FEATURES, branch, model, row};
use proptest::prelude::*;
use serde_json::Value;
use xgb::{Booster, DMatrix};

fn any_model() -> impl Strategy<Value = (Value, usize)> {
    let trees = proptest::collection::vec(branch(), 0..20);
    let classes = prop_oneof![Just(0_usize), 2_usize..5];
    let base = prop_oneof![Just("5E-1"), Just("2.5E-1"), Just("0.871")];
    (trees, classes, base).prop_map(|(trees, classes, base): (Vec<Branch>, usize, &str)| {
        // XGBoost predicts only complete rounds, with one tree per class.
        let whole = trees.len() - trees.len() % classes.max(1);
        (model(&trees[..whole], classes, base), classes.max(1))
    })
}

fn matrix(rows: &[Vec<f32>]) -> DMatrix {
    let mut matrix = DMatrix::from_dense(&rows.concat(), rows.len()).unwrap();
    let types = CATEGORICAL.map(|categorical| if categorical { "c" } else { "float" });
    matrix.set_feature_types(&types).unwrap();
    matrix
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn results_match_libxgboost(
        (model, margin_count) in any_model(),
        rows in proptest::collection::vec(row(), 1..20),
    ) {
        let text = model.to_string();
        let mut library = Booster::load_buffer(text.as_bytes()).unwrap();
        library.set_param("nthread", "1").unwrap();
        let forest = Forest::from_ubj(&library.save_buffer(true).unwrap()).unwrap();
        prop_assert_eq!(&forest, &Forest::from_json(text.as_bytes()).unwrap());
        prop_assert_eq!(forest.margin_count(), margin_count);

        // Writing and reading gives the same forest in both formats, and libxgboost reads both.
        let (ubj, json) = (forest.to_ubj().unwrap(), forest.to_json().unwrap());
        prop_assert_eq!(&forest, &Forest::from_bytes(&ubj).unwrap());
        prop_assert_eq!(&forest, &Forest::from_bytes(&json).unwrap());
        prop_assert_eq!(&ubj, &Forest::from_bytes(&json).unwrap().to_ubj().unwrap());
        let written = [Booster::load_buffer(&ubj).unwrap(), Booster::load_buffer(&json).unwrap()];

        let matrix = matrix(&rows);
        let theirs = library.predict_margin(&matrix).unwrap();
        for mut written in written {
            written.set_param("nthread", "1").unwrap();
            prop_assert_eq!(&theirs, &written.predict_margin(&matrix).unwrap());
            prop_assert_eq!(
                library.predict_contributions(&matrix).unwrap().0,
                written.predict_contributions(&matrix).unwrap().0
            );
        }
        let theirs = theirs.chunks(margin_count);
        let probabilities = library.predict(&matrix).unwrap();
        let explained = library.predict_contributions(&matrix).unwrap().0;
        let explained = explained.chunks((FEATURES + 1) * margin_count);
        prop_assert_eq!(theirs.len(), rows.len());
        for (((row, theirs), p), explained) in
            rows.iter().zip(theirs).zip(probabilities.chunks(margin_count)).zip(explained)
        {
            let mut ours = vec![0.0; margin_count];
            forest.margins(row, &mut ours);
            for (ours, theirs) in ours.iter().zip(theirs) {
                prop_assert!((ours - theirs).abs() <= 1e-6, "{} {}", ours, theirs);
            }
            let probabilities = forest.probabilities(row);
            let comparable =
                if margin_count == 1 { &probabilities[1..] } else { &probabilities[..] };
            for (ours, theirs) in comparable.iter().zip(p) {
                prop_assert!((ours - f64::from(*theirs)).abs() <= 1e-6);
            }
            let contributions = forest.contributions(row, &|| ());
            for (found, (theirs, margin)) in
                contributions.iter().zip(explained.chunks(FEATURES + 1).zip(&ours))
            {
                let sum = found.by_feature.iter().sum::<f64>() + found.base;
                prop_assert!((sum - f64::from(*margin)).abs() < 1e-5, "{} {}", sum, margin);
                for (ours, theirs) in found.by_feature.iter().chain([&found.base]).zip(theirs) {
                    let difference = (ours - f64::from(*theirs)).abs();
                    prop_assert!(difference < 1e-5, "{:?} {:?}", found, theirs);
                }
            }
        }
    }
}
