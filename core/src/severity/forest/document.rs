//! A model as XGBoost 1.7 and 2.x save it, in JSON or UBJSON; parts that scoring has no use for are
//! not read.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Document {
    pub learner: Learner,
    pub version: Vec<u32>,
}

#[derive(Deserialize)]
pub struct Learner {
    #[serde(default)]
    pub feature_names: Vec<String>,
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
    pub tree_info: Vec<i64>,
    pub trees: Vec<Tree>,
}

#[derive(Deserialize)]
pub struct BoosterParameters {
    pub num_trees: String,
}

/// Node by node; `split_conditions` of a leaf is its value.
#[derive(Deserialize)]
pub struct Tree {
    pub tree_param: TreeParameters,
    pub left_children: Vec<i64>,
    pub right_children: Vec<i64>,
    pub split_indices: Vec<i64>,
    pub split_conditions: Vec<f32>,
    pub default_left: Vec<u8>,
    pub sum_hessian: Vec<f32>,
    pub loss_changes: Vec<f32>,
    /// 1 where a split asks for membership in a set of categories.
    #[serde(default)]
    pub split_type: Vec<i64>,
    #[serde(default)]
    pub categories: Vec<i64>,
    #[serde(default)]
    pub categories_nodes: Vec<i64>,
    #[serde(default)]
    pub categories_segments: Vec<i64>,
    #[serde(default)]
    pub categories_sizes: Vec<i64>,
}

#[derive(Deserialize)]
pub struct TreeParameters {
    pub num_nodes: String,
    #[serde(default)]
    pub size_leaf_vector: Option<String>,
}
