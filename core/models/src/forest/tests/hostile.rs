//! Invalid, unsupported and malicious models.

use super::super::{Forest, ForestError};
use super::random_forests::{Branch, branch, model};
use proptest::prelude::*;
use serde_json::{Value, json};

fn split() -> Branch {
    let below = Box::new([Branch::Leaf(1.0), Branch::Leaf(-1.0)]);
    Branch::Split {
        feature: 1,
        threshold: 0.0,
        set: vec![2, 5],
        missing_left: true,
        share: 0.5,
        below,
    }
}

/// Reads a model of one tree with one changed value, and returns the error message or "".
fn error_after_change(pointer: &str, value: Value) -> String {
    let mut model = model(&[split()], 0, "5E-1");
    *model.pointer_mut(pointer).unwrap() = value;
    let read = Forest::from_json(model.to_string().as_bytes());
    read.map(|_| String::new()).unwrap_or_else(|e| e.to_string())
}

const LEARNER: &str = "/learner";
const TREE: &str = "/learner/gradient_booster/model/trees/0";

#[test]
fn the_unchanged_model_is_valid() {
    assert_eq!(error_after_change("/version", json!([1, 7, 4])), "");
}

#[test]
fn unsupported_properties_are_named() {
    let learner = |at: &str, value: Value| error_after_change(&format!("{LEARNER}{at}"), value);
    let cases = [
        (
            error_after_change("/version", json!([1, 6, 2])),
            "the version of XGBoost must be 1.7 to 3.3, got \"1.6.2\"",
        ),
        (
            error_after_change("/version", json!([3, 4, 0])),
            "the version of XGBoost must be 1.7 to 3.3, got \"3.4.0\"",
        ),
        (
            error_after_change("/version", json!([4, 0, 0])),
            "the version of XGBoost must be 1.7 to 3.3, got \"4.0.0\"",
        ),
        (
            learner("/objective/name", json!("rank:pairwise")),
            "objective must be multi:softprob or binary:logistic, got \"rank:pairwise\"",
        ),
        (
            learner("/objective/name", json!("multi:softprob")),
            "number of classes must be at least 2, got \"0\"",
        ),
        (learner("/gradient_booster/name", json!("dart")), "booster must be gbtree, got \"dart\""),
        (
            learner("/gradient_booster", json!({"name": "gblinear"})),
            "booster must be gbtree, got \"gblinear\"",
        ),
        (
            learner("/learner_model_param/num_target", json!("2")),
            "number of targets must be 1, got \"2\"",
        ),
        (
            learner("/learner_model_param/base_score", json!("[5E-1,2E-1]")),
            "base score must be a number in range, got",
        ),
        (
            learner("/learner_model_param/base_score", json!("1")),
            "base score must be a number in range, got \"1\"",
        ),
        (
            learner("/learner_model_param/num_feature", json!("99999999")),
            "must be at most 10000, got 99999999",
        ),
        (
            learner("/feature_names", json!(["a"])),
            "number of feature names must be the number of features, got \"1\"",
        ),
        (
            learner("/feature_types", json!(vec!["float"; 5])),
            "number of feature types must be the number of features, got \"5\"",
        ),
        (
            learner("/feature_types", json!(vec!["x"; 6])),
            "type of a feature must be float, int, i, q or c, got \"x\"",
        ),
        (learner("/feature_names", json!(vec!["a\n"; 6])), "name of a feature"),
        (learner("/feature_names", json!(vec!["a"; 10_001])), "longer than 10000 elements"),
        (
            learner("/gradient_booster/model/gbtree_model_param/num_parallel_tree", json!("2")),
            "must be a multiple of the trees per round",
        ),
    ];
    for (found, expected) in cases {
        assert!(found.contains(expected), "{found:?} should contain {expected:?}");
    }
}

#[test]
fn defects_of_a_tree_are_named() {
    let tree = |at: &str, value: Value| error_after_change(&format!("{TREE}{at}"), value);
    let cases = [
        (tree("/left_children", json!([0, -1, -1])), "node 0 is missing or has two parents"),
        (tree("/left_children", json!([2, -1, -1])), "node 2 is missing or has two parents"),
        (tree("/left_children", json!([7, -1, -1])), "node 7 is missing or has two parents"),
        (tree("/right_children", json!([-1, -1, -1])), "node 0 has child -1"),
        (tree("/right_children", json!([2, -1])), "lists must have 3 elements"),
        (tree("/split_indices", json!([6, 0, 0])), "node 0 splits by an unknown feature"),
        (tree("/split_indices", json!([-1, 0, 0])), "node 0 splits by an unknown feature"),
        (tree("/categories_nodes", json!([1])), "node 1 has categories but does not split by them"),
        (tree("/categories_nodes", json!([3])), "node 3 has categories"),
        (tree("/categories_nodes", json!([])), "must have 0 elements, got [1, 1]"),
        (tree("/categories_sizes", json!([3])), "categories must have 3 elements, got 2"),
        (tree("/categories_sizes", json!([-1])), "got 0 and -1"),
        (tree("/categories_sizes", json!([1_i64 << 62])), "elements, got 2"),
        (tree("/categories_segments", json!([1_i64 << 40])), "got 1099511627776 and 2"),
        (tree("/split_type", json!([0, 0, 0])), "node 0 has categories but does not split by them"),
        (tree("/left_children", json!([1_i64 << 33, -1, -1])), "invalid value"),
        (tree("/split_conditions", json!([0.0, 1e31, 0.0])), "leaf 1 has the invalid value"),
        (tree("/base_weights", json!([0.0])), "lists must have 3 elements"),
        (tree("/categories", json!([2, 99999999])), "invalid list of categories"),
        (tree("/sum_hessian", json!([-1.0, 1.0, 1.0])), "invalid statistics: cover -1"),
        (tree("/tree_param/size_leaf_vector", json!("3")), "leaves with vectors"),
        (tree("/tree_param/num_nodes", json!("4")), "num_nodes must be 3"),
    ];
    for (found, expected) in cases {
        assert!(found.contains(expected), "{found:?} should contain {expected:?}");
    }
}

/// The categories are removed too, because only a split by categories may have some.
#[test]
fn an_unknown_split_type_is_rejected() {
    let mut model = model(&[split()], 0, "5E-1");
    for (list, value) in [
        ("split_type", json!([2, 0, 0])),
        ("categories", json!([])),
        ("categories_nodes", json!([])),
        ("categories_segments", json!([])),
        ("categories_sizes", json!([])),
    ] {
        *model.pointer_mut(&format!("{TREE}/{list}")).unwrap() = value;
    }
    let read = Forest::from_json(model.to_string().as_bytes());
    assert!(read.unwrap_err().to_string().contains("unknown split type 2"));
}

/// Reading stops at the limit, however long the list is.
#[test]
fn too_long_lists_are_rejected_while_reading() {
    let model = model(&[split()], 0, "5E-1").to_string();
    let error_with_elements = |list: &str, element: &str, count: usize| {
        let text = model.replacen(list, &format!("{list}{}", element.repeat(count)), 1);
        assert!(text.len() > model.len());
        Forest::from_json(text.as_bytes()).unwrap_err().to_string()
    };
    for list in ["left_children", "split_conditions", "categories"] {
        let error = error_with_elements(&format!("\"{list}\":["), "0,", 4_000_001);
        assert!(error.contains("longer than 4000000 elements"), "{error}");
    }
    let error = error_with_elements("\"tree_info\":[", "0,", 1_000_001);
    assert!(error.contains("longer than 1000000 elements"), "{error}");
}

#[test]
fn a_too_deep_tree_is_rejected() {
    let deep = (0..200).fold(Branch::Leaf(0.0), |below, _| Branch::Split {
        feature: 0,
        threshold: 0.0,
        set: Vec::new(),
        missing_left: false,
        share: 0.5,
        below: Box::new([below, Branch::Leaf(1.0)]),
    });
    let read = Forest::from_json(model(&[deep], 0, "5E-1").to_string().as_bytes());
    assert!(read.unwrap_err().to_string().contains("deeper than 128"));
}

/// Lengths beyond the end, elements without bytes, and unlimited nesting.
#[test]
fn malicious_ubjson_fails_immediately() {
    let with_length = |head: &[u8], tail: &[u8]| {
        let length = (1_i64 << 60).to_be_bytes();
        [b"{L\0\0\0\0\0\0\0\x07learner", head, &length, tail].concat()
    };
    let hostile = [
        with_length(b"[$d#L", b""),
        with_length(b"[$Z#L", b""),
        with_length(b"[#L", b"ZZZZ"),
        with_length(b"SL", b"short"),
        with_length(b"[$l", b""),
        [b"{L\0\0\0\0\0\0\0\x07learner".as_slice(), &[b'['; 100_000]].concat(),
        b"{L\0\0\0\0\0\0\0\x07learner".repeat(10_000),
        b"{L\xff\xff\xff\xff\xff\xff\xff\xffx".to_vec(),
        Vec::new(),
    ];
    for bytes in hostile {
        let read = Forest::from_ubj(&bytes);
        assert!(matches!(read, Err(ForestError::Malformed { .. })), "{read:?}");
    }
    assert!(Forest::from_json(b"{\"version\": [1, 7, 4], \"learner\": 3}").is_err());
}

proptest! {
    #[test]
    fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Forest::from_ubj(&bytes).is_err());
        prop_assert!(Forest::from_json(&bytes).is_err());
    }

    /// Rows may have any length and any values.
    #[test]
    fn random_rows_do_not_panic(
        tree in branch(),
        row in proptest::collection::vec(any::<f32>(), 0..12),
    ) {
        let forest = Forest::from_json(model(&[tree], 0, "5E-1").to_string().as_bytes()).unwrap();
        let mut margins = [0.0; 1];
        forest.margins(&row, &mut margins);
        prop_assert!(margins[0].is_finite());
        prop_assert!(forest.contributions(&row, &|| ())[0].by_feature.iter().all(|c| c.is_finite()));
        forest.margins(&row, &mut []);
    }
}
