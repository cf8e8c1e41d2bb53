//! What is no model of a kind that is known here.

use super::super::{Forest, ForestError};
use super::made_up::{Branch, branch, model};
use proptest::prelude::*;
use serde_json::{Value, json};

fn split() -> Branch {
    let below = Box::new([Branch::Leaf(1.0), Branch::Leaf(-1.0)]);
    Branch::Split { feature: 1, than: 0.0, set: vec![2, 5], missing_left: true, share: 0.5, below }
}

/// A model of one tree, with one thing in it put otherwise.
fn altered(pointer: &str, value: Value) -> String {
    let mut model = model(&[split()], 0, "5E-1");
    *model.pointer_mut(pointer).unwrap() = value;
    let read = Forest::from_json(model.to_string().as_bytes());
    read.map(|_| String::new()).unwrap_or_else(|e| e.to_string())
}

const LEARNER: &str = "/learner";
const TREE: &str = "/learner/gradient_booster/model/trees/0";

#[test]
fn it_reads_without_alteration() {
    assert_eq!(altered("/version", json!([1, 7, 4])), "");
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let learner = |at: &str, value: Value| altered(&format!("{LEARNER}{at}"), value);
    let said = [
        (altered("/version", json!([1, 6, 2])), "version of XGBoost of the model is \"1.6.2\""),
        (altered("/version", json!([3, 3, 0])), "version of XGBoost of the model is \"3.3.0\""),
        (altered("/version", json!([4, 0, 0])), "version of XGBoost of the model is \"4.0.0\""),
        (
            learner("/objective/name", json!("rank:pairwise")),
            "objective of the model is \"rank:pairwise\"",
        ),
        (
            learner("/objective/name", json!("multi:softprob")),
            "number of classes of the model is \"0\"",
        ),
        (learner("/gradient_booster/name", json!("dart")), "booster of the model is \"dart\""),
        (
            learner("/gradient_booster", json!({"name": "gblinear"})),
            "booster of the model is \"gblinear\"",
        ),
        (
            learner("/learner_model_param/num_target", json!("2")),
            "number of targets of the model is \"2\"",
        ),
        (
            learner("/learner_model_param/base_score", json!("[5E-1,2E-1]")),
            "base score of the model is",
        ),
        (
            learner("/learner_model_param/base_score", json!("1")),
            "base score of the model is \"1\"",
        ),
        (learner("/learner_model_param/num_feature", json!("99999999")), "more than 10000"),
        (learner("/feature_names", json!(["a"])), "number of feature names of the model is \"1\""),
        (
            learner("/feature_types", json!(vec!["float"; 5])),
            "number of feature types of the model is \"5\"",
        ),
        (learner("/feature_types", json!(vec!["x"; 6])), "type of a feature of the model is \"x\""),
        (learner("/feature_names", json!(vec!["a\n"; 6])), "name of a feature"),
        (learner("/feature_names", json!(vec!["a"; 10_001])), "longer than 10000 elements"),
        (
            learner("/gradient_booster/model/gbtree_model_param/num_parallel_tree", json!("2")),
            "no whole number of rounds",
        ),
    ];
    for (found, expected) in said {
        assert!(found.contains(expected), "{found:?} should tell {expected:?}");
    }
}

#[test]
fn what_is_wrong_with_a_tree_is_told() {
    let tree = |at: &str, value: Value| altered(&format!("{TREE}{at}"), value);
    let said = [
        (tree("/left_children", json!([0, -1, -1])), "node 0 is missing or has two parents"),
        (tree("/left_children", json!([2, -1, -1])), "node 2 is missing or has two parents"),
        (tree("/left_children", json!([7, -1, -1])), "node 7 is missing or has two parents"),
        (tree("/right_children", json!([-1, -1, -1])), "node 0 leads to -1"),
        (tree("/right_children", json!([2, -1])), "lists differ in length"),
        (tree("/split_indices", json!([6, 0, 0])), "node 0 asks for an unknown feature"),
        (tree("/split_indices", json!([-1, 0, 0])), "node 0 asks for an unknown feature"),
        (
            tree("/categories_nodes", json!([1])),
            "categories of node 1, which does not split by them",
        ),
        (tree("/categories_nodes", json!([3])), "categories of node 3"),
        (tree("/categories_nodes", json!([])), "0 nodes have categories, its lists [1, 1]"),
        (tree("/categories_sizes", json!([3])), "its nodes have 3 categories, its list 2"),
        (tree("/categories_sizes", json!([-1])), "categories of node 0 begin at 0"),
        (tree("/categories_sizes", json!([1_i64 << 62])), "its list 2"),
        (tree("/categories_segments", json!([1_i64 << 40])), "begin at 1099511627776, not at 0"),
        (tree("/split_type", json!([0, 0, 0])), "node 0, which does not split by them"),
        (tree("/left_children", json!([1_i64 << 33, -1, -1])), "invalid value"),
        (tree("/split_conditions", json!([0.0, 1e31, 0.0])), "leaf 1 is"),
        (tree("/base_weights", json!([0.0])), "lists differ in length"),
        (tree("/categories", json!([2, 99999999])), "node 0 has no list of categories"),
        (tree("/sum_hessian", json!([-1.0, 1.0, 1.0])), "node 0 was grown on -1"),
        (tree("/tree_param/size_leaf_vector", json!("3")), "leaves hold vectors"),
        (tree("/tree_param/num_nodes", json!("4")), "says otherwise"),
    ];
    for (found, expected) in said {
        assert!(found.contains(expected), "{found:?} should tell {expected:?}");
    }
}

/// An unknown kind of split; a list of categories belongs to one by categories.
#[test]
fn an_unknown_kind_of_split_is_refused() {
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
    assert!(read.unwrap_err().to_string().contains("unknown type 2"));
}

/// Text cannot be read for longer than a model may be, whatever it repeats.
#[test]
fn many_trees_and_long_lists_are_refused_while_they_are_read() {
    let model = model(&[split()], 0, "5E-1").to_string();
    let longer = |from: &str, unit: &str, times: usize| {
        let text = model.replacen(from, &format!("{from}{}", unit.repeat(times)), 1);
        assert!(text.len() > model.len());
        Forest::from_json(text.as_bytes()).unwrap_err().to_string()
    };
    for list in ["left_children", "split_conditions", "categories"] {
        let refusal = longer(&format!("\"{list}\":["), "0,", 4_000_001);
        assert!(refusal.contains("longer than 4000000 elements"), "{refusal}");
    }
    let refusal = longer("\"tree_info\":[", "0,", 1_000_001);
    assert!(refusal.contains("longer than 1000000 elements"), "{refusal}");
}

#[test]
fn a_tree_too_deep_is_refused() {
    let deep = (0..200).fold(Branch::Leaf(0.0), |below, _| Branch::Split {
        feature: 0,
        than: 0.0,
        set: Vec::new(),
        missing_left: false,
        share: 0.5,
        below: Box::new([below, Branch::Leaf(1.0)]),
    });
    let read = Forest::from_json(model(&[deep], 0, "5E-1").to_string().as_bytes());
    assert!(read.unwrap_err().to_string().contains("deeper than 128"));
}

/// Lengths that are not there, elements that take no byte, and nesting without end.
#[test]
fn hostile_binaries_end_at_once() {
    let long = |head: &[u8], tail: &[u8]| {
        let length = (1_i64 << 60).to_be_bytes();
        [b"{L\0\0\0\0\0\0\0\x07learner", head, &length, tail].concat()
    };
    let hostile = [
        long(b"[$d#L", b""),
        long(b"[$Z#L", b""),
        long(b"[#L", b"ZZZZ"),
        long(b"SL", b"short"),
        long(b"[$l", b""),
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
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Forest::from_ubj(&bytes).is_err());
        prop_assert!(Forest::from_json(&bytes).is_err());
    }

    /// Rows of another length and values that no encoder gives are answered.
    #[test]
    fn no_row_panics(
        tree in branch(),
        row in proptest::collection::vec(any::<f32>(), 0..12),
    ) {
        let forest = Forest::from_json(model(&[tree], 0, "5E-1").to_string().as_bytes()).unwrap();
        let mut margins = [0.0; 1];
        forest.margins(&row, &mut margins);
        prop_assert!(margins[0].is_finite());
        prop_assert!(forest.contributions(&row, &|| ())[0].of_features.iter().all(|c| c.is_finite()));
        forest.margins(&row, &mut []);
    }
}
