use super::super::calibration::Calibration;
use super::super::encoder::{FittedEncoder, TrainingRow};
use super::super::features::{Facts, find_feature};
use super::super::forest::Forest;
use super::{Model, ModelError, ModelParts};
use serde_json::json;

/// Three features and four classes. The encoder is fitted to eight rows, the trees are written by hand.
fn parts() -> ModelParts {
    let classes: Vec<String> = ["NONE", "MINR", "SERS", "FATL"].map(str::to_owned).to_vec();
    let facts: Vec<Facts> = (0..8).map(|n| facts(60.0 + f64::from(n), "IMC")).collect();
    let rows: Vec<TrainingRow> =
        facts.iter().enumerate().map(|(n, facts)| TrainingRow { facts, class: n % 4 }).collect();
    let features: Vec<_> = ["lat", "wx_cond_basic", "pilot_age"]
        .iter()
        .filter_map(|name| find_feature(name))
        .collect();
    let encoder = FittedEncoder::fit(&features, &rows, &classes, &|| ()).encoder;
    let columns = encoder.columns().len();
    let calibration = Calibration::Temperature(2.0);
    ModelParts { encoder, forest: forest(columns), calibration, classes, decide_at: 0.4 }
}

fn facts(lat: f64, weather: &str) -> Facts {
    Facts::from_json(&json!({"lat": lat, "wx_cond_basic": weather})).unwrap()
}

/// One stump per class. North of 62 degrees, the last one adds 2 to the last class.
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
fn predictions_are_calibrated_probabilities() {
    let model = Model::new(parts()).unwrap();
    let north = model.predict(&facts(65.0, "IMC")).unwrap();
    // The margins are 0.5, and 2.5 for the last class. The temperature halves them.
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
    let explained = model.explain(&facts(65.0, "IMC"), "FATL", &|| ()).unwrap();
    let contributions = &explained.contributions;
    let sum = explained.base + contributions.iter().map(|c| c.contribution).sum::<f64>();
    assert!((sum - explained.margin).abs() < 1e-9, "{explained:?}");
    // The base is 0.5, plus 2 for one row in four. The latitude adds the rest.
    assert!((explained.base - 1.0).abs() < 1e-9);
    let first = contributions.first().unwrap();
    assert_eq!(first.feature, "lat");
    assert!((first.contribution - 1.5).abs() < 1e-9, "{first:?}");
    assert_eq!(contributions.len(), 3);
    let error = model.explain(&facts(65.0, "IMC"), "DEAD", &|| ()).unwrap_err();
    assert_eq!(error, ModelError::NoSuchClass("DEAD".into()));
}

#[test]
fn importance_is_summed_by_feature() {
    let importance = Model::new(parts()).unwrap().importance();
    let (feature, lat) = importance.first().unwrap();
    assert_eq!((feature.as_str(), lat.splits, lat.gain, lat.cover), ("lat", 4, 8.0, 16.0));
    assert_eq!(importance.iter().map(|f| f.1.splits).sum::<u64>(), 4);
}

#[test]
fn parts_that_do_not_match_are_rejected() {
    let error = |parts| Model::new(parts).unwrap_err();
    let columns = parts().encoder.columns().len();
    let narrow = ModelParts { forest: forest(columns - 1), ..parts() };
    assert_eq!(error(narrow), ModelError::Columns { trees: columns - 1, encoder: columns });
    let unnamed = ModelParts { classes: vec!["NONE".into()], ..parts() };
    assert_eq!(error(unnamed), ModelError::Classes { trees: 4, named: 1 });
    let malformed = ModelParts { calibration: Calibration::Isotonic(Vec::new()), ..parts() };
    assert_eq!(error(malformed), ModelError::Calibration(4));
    assert!(matches!(
        error(ModelParts { decide_at: f64::NAN, ..parts() }),
        ModelError::DecideAt(_)
    ));
    let model = Model::new(parts()).unwrap();
    assert_eq!(model.score(&[1.0]), Err(ModelError::Row { found: 1, expected: columns }));
}
