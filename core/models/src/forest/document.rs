//! A model as saved by XGBoost 1.7 to 3.3 in JSON or UBJSON. Only the parts that scoring needs are read.
//!
//! The length of each list and the total size of all trees are limited while reading, so that no file
//! takes more memory than the largest accepted model.

use super::bounded::{list, trees};
use super::{MAX_FEATURES, MAX_NODES, MAX_TREES};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Document {
    pub learner: Learner,
    #[serde(deserialize_with = "list::<_, _, 3>")]
    pub version: Vec<u32>,
}

#[derive(Deserialize)]
pub struct Learner {
    #[serde(default, deserialize_with = "list::<_, _, MAX_FEATURES>")]
    pub feature_names: Vec<String>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_FEATURES>")]
    pub feature_types: Vec<String>,
    pub gradient_booster: Booster,
    pub learner_model_param: LearnerParameters,
    pub objective: Objective,
}

/// Numbers, which XGBoost writes as strings.
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
    /// Missing for boosters other than gbtree.
    pub model: Option<BoostedTrees>,
}

#[derive(Deserialize)]
pub struct BoostedTrees {
    pub gbtree_model_param: BoosterParameters,
    /// For each tree, the class to whose margin it adds.
    #[serde(deserialize_with = "list::<_, _, MAX_TREES>")]
    pub tree_info: Vec<i32>,
    #[serde(deserialize_with = "trees")]
    pub trees: Vec<Tree>,
}

#[derive(Deserialize)]
pub struct BoosterParameters {
    pub num_trees: String,
    pub num_parallel_tree: Option<String>,
}

/// A tree as parallel lists with one element per node. The `split_conditions` of a leaf is its value.
#[derive(Deserialize)]
pub struct Tree {
    pub tree_param: TreeParameters,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub left_children: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub right_children: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub split_indices: Vec<i32>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub split_conditions: Vec<f32>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub default_left: Vec<u8>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub sum_hessian: Vec<f32>,
    #[serde(deserialize_with = "list::<_, _, MAX_NODES>")]
    pub loss_changes: Vec<f32>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub base_weights: Vec<f32>,
    /// 1 if the split tests membership in a set of categories.
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub split_type: Vec<u8>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub categories: Vec<i32>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub categories_nodes: Vec<i32>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub categories_segments: Vec<i64>,
    #[serde(default, deserialize_with = "list::<_, _, MAX_NODES>")]
    pub categories_sizes: Vec<i64>,
}

#[derive(Deserialize)]
pub struct TreeParameters {
    pub num_nodes: String,
    #[serde(default)]
    pub size_leaf_vector: Option<String>,
}

impl Tree {
    /// The number of elements of all lists. Optional lists count too, because they are always written.
    pub fn element_count(&self) -> usize {
        9 * self.left_children.len() + self.categories.len() + 3 * self.categories_nodes.len()
    }
}
