#![allow(clippy::unwrap_used)]

use super::super::calibration::Calibration;
use super::super::encoder::{Example, Fitted};
use super::super::features::{Facts, find};
use super::super::forest::Forest;
use super::{Model, ModelError, Parts};
use serde_json::json;

/// Three features and four classes: the encoder learns from eight rows, the trees are made by hand.
fn parts() -> Parts {
    let classes: Vec<String> = ["NONE", "MINR", "SERS", "FATL"].map(str::to_owned).to_vec();
    let facts: Vec<Facts> = (0..8).map(|n| facts(60.0 + f64::from(n), "IMC")).collect();
    let rows: Vec<Example> =
        facts.iter().enumerate().map(|(n, facts)| Example { facts, class: n % 4 }).collect();
    let features: Vec<_> =
        ["lat", "wx_cond_basic", "pilot_age"].iter().filter_map(|name| find(name)).collect();
    let encoder = Fitted::fit(&features, &rows, &classes, &|| ()).encoder;
    let columns = encoder.columns().len();
    let calibration = Calibration::Temperature(2.0);
    Parts { encoder, forest: forest(columns), calibration, classes, decide_at: 0.4 }
}

fn facts(lat: f64, weather: &str) -> Facts {
    Facts::from_json(&json!({"lat": lat, "wx_cond_basic": weather})).unwrap()
}

/// A stump a class: north of 62 degrees it adds to the last.
fn forest(columns: usize) -> Forest {
    let stump = |id: i32, north: f32| {
        json!({"tree_param": {"num_nodes": "3", "num_feature": columns.to_string(), "size_leaf_vector": "0"},
            "id": id, "left_children": [1, -1, -1], "right_children": [2, -1, -1],
            "split_indices": [0, 0, 0], "split_conditions": [62.0, 0.0, north],
            "default_left": [1, 0, 0], "sum_hessian": [4.0, 3.0, 1.0], "loss_changes": [2.0, 0.0, 0.0]})
    };
    let model = json!({"version": [1, 7, 4], "learner": {
        "learner_model_param": {"base_score": "5E-1", "num_class": "4", "num_feature": columns.to_string()},
        "objective": {"name": "multi:softprob"},
        "gradient_booster": {"name": "gbtree", "model": {
            "gbtree_model_param": {"num_trees": "4"}, "tree_info": [0, 1, 2, 3],
            "trees": [stump(0, 0.0), stump(1, 0.0), stump(2, 0.0), stump(3, 2.0)]}}}});
    Forest::from_json(model.to_string().as_bytes()).unwrap()
}

#[test]
fn facts_become_calibrated_probabilities() {
    let model = Model::new(parts()).unwrap();
    let north = model.predict(&facts(65.0, "IMC")).unwrap();
    // Margins 0.5 but for the last, 2.5; halved by the temperature.
    let expected = 1.0_f64.exp() / (1.0_f64.exp() + 3.0);
    assert_eq!((north.class, north.decided), (3, true));
    assert!((north.confidence - expected).abs() < 1e-9, "{north:?}");
    assert!((north.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let south = model.predict(&facts(30.0, "IMC")).unwrap();
    assert_eq!((south.confidence, south.decided), (0.25, false));
}

#[test]
fn explanations_add_up_to_the_margin() {
    let model = Model::new(parts()).unwrap();
    let told = model.explain(&facts(65.0, "IMC"), "FATL", &|| ()).unwrap();
    let sum = told.base + told.shares.iter().map(|s| s.contribution).sum::<f64>();
    assert!((sum - told.margin).abs() < 1e-9, "{told:?}");
    // Base: 0.5, and 2 for one row in four; place tells the rest, and other features nothing.
    assert!((told.base - 1.0).abs() < 1e-9);
    let first = told.shares.first().unwrap();
    assert_eq!(first.feature, "lat");
    assert!((first.contribution - 1.5).abs() < 1e-9, "{first:?}");
    assert_eq!(told.shares.len(), 3);
    let refused = model.explain(&facts(65.0, "IMC"), "DEAD", &|| ()).unwrap_err();
    assert_eq!(refused, ModelError::NoSuchClass("DEAD".into()));
}

#[test]
fn importance_is_told_by_feature() {
    let found = Model::new(parts()).unwrap().importance();
    let (feature, of) = found.first().unwrap();
    assert_eq!((feature.as_str(), of.splits, of.gain, of.cover), ("lat", 4, 8.0, 16.0));
    assert_eq!(found.iter().map(|f| f.1.splits).sum::<u64>(), 4);
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let refusal = |parts| Model::new(parts).unwrap_err();
    let columns = parts().encoder.columns().len();
    let narrow = Parts { forest: forest(columns - 1), ..parts() };
    assert_eq!(refusal(narrow), ModelError::Columns { trees: columns - 1, encoder: columns });
    let unnamed = Parts { classes: vec!["NONE".into()], ..parts() };
    assert_eq!(refusal(unnamed), ModelError::Classes { trees: 4, named: 1 });
    let bent = Parts { calibration: Calibration::Isotonic(Vec::new()), ..parts() };
    assert_eq!(refusal(bent), ModelError::Calibration(4));
    assert!(matches!(refusal(Parts { decide_at: f64::NAN, ..parts() }), ModelError::DecideAt(_)));
    let model = Model::new(parts()).unwrap();
    assert_eq!(model.score(&[1.0]), Err(ModelError::Row { found: 1, expected: columns }));
}
