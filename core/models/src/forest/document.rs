//! A model as XGBoost 1.7 to 3.2 save it, in JSON or UBJSON; parts that scoring has no use for are not
//! read.
//!
//! Lists are bounded as they are read, each by itself and those of all trees together, so that no
//! file takes more memory than the largest model that is accepted.

use super::bounded::{list, trees};
use super::{MOST_FEATURES, MOST_NODES, MOST_TREES};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Document {
    pub learner: Learner,
    #[serde(deserialize_with = "list::<_, _, 3>")]
    pub version: Vec<u32>,
}

#[derive(Deserialize)]
pub struct Learner {
    #[serde(default, deserialize_with = "list::<_, _, MOST_FEATURES>")]
    pub feature_names: Vec<String>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_FEATURES>")]
    pub feature_types: Vec<String>,
    pub gradient_booster: Booster,
    pub learner_model_param: LearnerParameters,
    pub objective: Objective,
}

/// Numbers that XGBoost writes as texts.
#[derive(Deserialize)]
pub struct LearnerParameters {
    pub base_score: String,
    pub num_class: String,
    pub num_feature: String,
    pub num_target: Option<String>,
}

#[derive(Deserialize)]
pub struct Objective {
    pub name: String,
}

#[derive(Deserialize)]
pub struct Booster {
    pub name: String,
    /// Missing for boosters other than gbtree, whose names say so.
    pub model: Option<BoostedTrees>,
}

#[derive(Deserialize)]
pub struct BoostedTrees {
    pub gbtree_model_param: BoosterParameters,
    /// Of each tree: the class to whose margin it adds.
    #[serde(deserialize_with = "list::<_, _, MOST_TREES>")]
    pub tree_info: Vec<i32>,
    #[serde(deserialize_with = "trees")]
    pub trees: Vec<Tree>,
}

#[derive(Deserialize)]
pub struct BoosterParameters {
    pub num_trees: String,
    pub num_parallel_tree: Option<String>,
}

/// Node by node; `split_conditions` of a leaf is its value.
#[derive(Deserialize)]
pub struct Tree {
    pub tree_param: TreeParameters,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub left_children: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub right_children: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub split_indices: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub split_conditions: Vec<f32>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub default_left: Vec<u8>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub sum_hessian: Vec<f32>,
    #[serde(deserialize_with = "list::<_, _, MOST_NODES>")]
    pub loss_changes: Vec<f32>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub base_weights: Vec<f32>,
    /// 1 where a split asks for membership in a set of categories.
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub split_type: Vec<u8>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub categories: Vec<i32>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub categories_nodes: Vec<i32>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub categories_segments: Vec<i64>,
    #[serde(default, deserialize_with = "list::<_, _, MOST_NODES>")]
    pub categories_sizes: Vec<i64>,
}

#[derive(Deserialize)]
pub struct TreeParameters {
    pub num_nodes: String,
    #[serde(default)]
    pub size_leaf_vector: Option<String>,
}

impl Tree {
    /// Elements of all lists, with those that may be left out and are written all the same.
    pub fn elements(&self) -> usize {
        9 * self.left_children.len() + self.categories.len() + 3 * self.categories_nodes.len()
    }
}
