//! Generates random forests in the JSON of XGBoost.

use proptest::prelude::*;
use serde_json::{Value, json};

pub const FEATURES: usize = 6;
/// Which features are categorical.
pub const CATEGORICAL: [bool; FEATURES] = [false, true, false, true, false, false];

#[derive(Debug, Clone)]
pub enum Branch {
    Leaf(f32),
    Split {
        feature: usize,
        threshold: f32,
        set: Vec<u32>,
        missing_left: bool,
        share: f32,
        below: Box<[Branch; 2]>,
    },
}

pub fn branch() -> impl Strategy<Value = Branch> {
    let leaf = (-2.0_f32..2.0).prop_map(Branch::Leaf);
    leaf.prop_recursive(6, 60, 2, |inner| {
        let set = proptest::collection::btree_set(0_u32..70, 1..12);
        let split = (0..FEATURES, (-4_i8..=4).prop_map(|n| f32::from(n) / 2.0), set);
        (split, any::<bool>(), 0.05_f32..0.95, inner.clone(), inner).prop_map(
            |((feature, threshold, set), missing_left, share, left, right)| Branch::Split {
                feature,
                threshold,
                set: set.into_iter().collect(),
                missing_left,
                share,
                below: Box::new([left, right]),
            },
        )
    })
}

/// A row of values that hit thresholds and categories, or are missing.
pub fn row() -> impl Strategy<Value = Vec<f32>> {
    let value = |categorical: bool| {
        if categorical {
            prop_oneof![1 => Just(f32::NAN), 4 => (0_u8..80).prop_map(f32::from)].boxed()
        } else {
            let halves = (-5_i8..=5).prop_map(|n| f32::from(n) / 2.0);
            prop_oneof![1 => Just(f32::NAN), 2 => halves, 2 => -3.0_f32..3.0].boxed()
        }
    };
    CATEGORICAL.map(value).to_vec()
}

#[derive(Default)]
struct Lists {
    left: Vec<i64>,
    right: Vec<i64>,
    feature: Vec<i64>,
    condition: Vec<f32>,
    missing_left: Vec<u8>,
    kind: Vec<u8>,
    cover: Vec<f32>,
    parents: Vec<i64>,
    sets: Vec<(usize, Vec<u32>)>,
}

impl Lists {
    /// Reserves adjacent nodes, because XGBoost expects the children of a node to be adjacent.
    fn reserve(&mut self, nodes: usize) -> usize {
        let at = self.left.len();
        let end = at + nodes;
        self.left.resize(end, -1);
        self.right.resize(end, -1);
        self.feature.resize(end, 0);
        self.condition.resize(end, 0.0);
        self.missing_left.resize(end, 0);
        self.kind.resize(end, 0);
        self.cover.resize(end, 0.0);
        self.parents.resize(end, i64::from(i32::MAX));
        at
    }

    fn set_branch(&mut self, at: usize, branch: &Branch, cover: f32) {
        self.cover[at] = cover;
        match branch {
            Branch::Leaf(value) => self.condition[at] = *value,
            Branch::Split { feature, threshold, set, missing_left, share, below } => {
                self.feature[at] = *feature as i64;
                self.condition[at] = *threshold;
                self.missing_left[at] = (*missing_left).into();
                if CATEGORICAL[*feature] {
                    self.kind[at] = 1;
                    self.sets.push((at, set.clone()));
                }
                let left = self.reserve(2);
                (self.left[at], self.right[at]) = (left as i64, left as i64 + 1);
                (self.parents[left], self.parents[left + 1]) = (at as i64, at as i64);
                self.set_branch(left, &below[0], cover * share);
                self.set_branch(left + 1, &below[1], cover * (1.0 - share));
            }
        }
    }

    fn json(mut self, id: usize) -> Value {
        self.sets.sort();
        let nodes = self.left.len();
        let sizes: Vec<usize> = self.sets.iter().map(|s| s.1.len()).collect();
        let segments: Vec<usize> =
            (0..sizes.len()).map(|i| sizes.iter().take(i).sum::<usize>()).collect();
        json!({
            "tree_param": {"num_deleted": "0", "num_feature": FEATURES.to_string(),
                           "num_nodes": nodes.to_string(), "size_leaf_vector": "0"},
            "id": id, "left_children": self.left, "right_children": self.right,
            "parents": self.parents, "split_indices": self.feature,
            "split_conditions": self.condition, "split_type": self.kind,
            "default_left": self.missing_left, "sum_hessian": self.cover,
            "loss_changes": vec![1.0_f32; nodes], "base_weights": vec![0.0_f32; nodes],
            "categories": self.sets.iter().flat_map(|s| s.1.clone()).collect::<Vec<_>>(),
            "categories_nodes": self.sets.iter().map(|s| s.0).collect::<Vec<_>>(),
            "categories_segments": segments, "categories_sizes": sizes,
        })
    }
}

fn tree(id: usize, branch: &Branch) -> Value {
    let mut lists = Lists::default();
    let root = lists.reserve(1);
    lists.set_branch(root, branch, 100.0);
    lists.json(id)
}

/// A model with an objective for the number of classes, where 0 means binary:logistic.
pub fn model(trees: &[Branch], classes: usize, base: &str) -> Value {
    let objective = if classes == 0 { "binary:logistic" } else { "multi:softprob" };
    let parameters = if classes == 0 {
        json!({"name": objective, "reg_loss_param": {"scale_pos_weight": "1"}})
    } else {
        json!({"name": objective, "softmax_multiclass_param": {"num_class": classes.to_string()}})
    };
    let info: Vec<usize> = (0..trees.len()).map(|i| i % classes.max(1)).collect();
    json!({
        "version": [1, 7, 4],
        "learner": {
            "attributes": {}, "feature_names": [], "feature_types": [],
            "learner_model_param": {"base_score": base, "boost_from_average": "1",
                "num_class": classes.to_string(), "num_feature": FEATURES.to_string(), "num_target": "1"},
            "objective": parameters,
            "gradient_booster": {"name": "gbtree", "model": {
                "gbtree_model_param": {"num_parallel_tree": "1",
                    "num_trees": trees.len().to_string(), "size_leaf_vector": "0"},
                "tree_info": info,
                "trees": trees.iter().enumerate().map(|(i, t)| tree(i, t)).collect::<Vec<_>>(),
            }},
        },
    })
}
