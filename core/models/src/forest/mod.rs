//! Reads, scores and explains gradient-boosted trees saved by XGBoost, without its library. The library
//! starts threads and cannot be cancelled.
//!
//! Sums have the order and precision of XGBoost, so margins are equal bit for bit. A model with
//! unsupported features is an error that names them.

mod bounded;
mod build;
mod document;
mod error;
mod importance;
mod json;
mod json_out;
mod parameters;
mod shap;
mod tree;
mod ubjson;
mod ubjson_out;
mod write;

#[cfg(test)]
mod tests;

pub use error::ForestError;
pub use importance::Importance;
pub use shap::Contributions;

use document::Document;
use serde::Deserialize;
use tree::{Block, CategorySets, Node, NodeStats, expand_row};

/// The maximum size of a model that is read or written.
pub const MAX_BYTES: usize = 256 << 20;

/// Limits of a model. They are far above what predicting accidents needs, and low enough that a
/// malicious model cannot block a backend.
const MAX_FEATURES: usize = 10_000;
const MAX_TREES: usize = 1_000_000;
const MAX_NODES: usize = 4_000_000;

/// The objective of a forest, which says what its margins mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// One margin: the log odds of the second of two classes.
    #[default]
    Logistic,
    /// One margin per class.
    Softprob {
        /// Number of classes.
        classes: usize,
    },
}

#[derive(Debug, Clone, PartialEq)]
struct TreeInfo {
    root: u32,
    depth: u32,
    class: usize,
    has_sets: bool,
}

/// The trees of a model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    features: usize,
    feature_names: Vec<String>,
    feature_types: Vec<String>,
    objective: Objective,
    /// The base score as stored in the model.
    base_score: f32,
    /// The initial value of each margin.
    base_margin: f32,
    /// Number of trees per round and class.
    parallel_trees: usize,
    nodes: Vec<Node>,
    stats: Vec<NodeStats>,
    sets: CategorySets,
    trees: Vec<TreeInfo>,
    blocks: Vec<Block>,
}

impl Forest {
    /// Reads a model written by `Booster.save_raw("ubj")` or `save_model("….ubj")`.
    pub fn from_ubj(bytes: &[u8]) -> Result<Forest, ForestError> {
        check_size(bytes)?;
        let mut reader = ubjson::Reader::new(bytes);
        let document = Document::deserialize(&mut reader)?;
        reader.expect_end()?;
        Forest::build(document)
    }

    /// Reads a model written by `save_model("….json")`.
    pub fn from_json(bytes: &[u8]) -> Result<Forest, ForestError> {
        check_size(bytes)?;
        let document = serde_json::from_slice(&json::replace_non_finite(bytes));
        Forest::build(document.map_err(|e| ForestError::Json(e.to_string()))?)
    }

    /// Reads a model in either format. Both begin with a brace, but only in JSON a quote follows.
    pub fn from_bytes(bytes: &[u8]) -> Result<Forest, ForestError> {
        let mut first = bytes.iter().filter(|b| !b.is_ascii_whitespace());
        if (first.next(), first.next()) == (Some(&b'{'), Some(&b'"')) {
            return Forest::from_json(bytes);
        }
        Forest::from_ubj(bytes)
    }

    /// The number of values of a row.
    pub fn feature_count(&self) -> usize {
        self.features
    }

    /// The feature names stored in the model. Empty if it has none.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// The objective.
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// The number of classes, which is two for a single margin.
    pub fn class_count(&self) -> usize {
        match self.objective {
            Objective::Logistic => 2,
            Objective::Softprob { classes } => classes,
        }
    }

    /// The number of margins of a row.
    pub fn margin_count(&self) -> usize {
        match self.objective {
            Objective::Logistic => 1,
            Objective::Softprob { classes } => classes,
        }
    }

    /// The number of trees.
    pub fn tree_count(&self) -> usize {
        self.trees.len()
    }

    /// Computes the margins of a row. NaN is a missing value, and so is any value beyond the end of a
    /// short row. Infinite values are compared as numbers, whereas XGBoost rejects them.
    pub fn margins(&self, row: &[f32], margins: &mut [f32]) {
        let row = expand_row(row, self.features);
        margins.fill(self.base_margin);
        let mut trees = self.trees.iter();
        for block in &self.blocks {
            let leaves = block.find_leaves(&self.nodes, &self.sets, &row);
            for (leaf, tree) in leaves.iter().zip(trees.by_ref().take(block.tree_count)) {
                let value = self.nodes.get(*leaf as usize).map_or(0.0, |node| node.value());
                if let Some(margin) = margins.get_mut(tree.class) {
                    *margin += value;
                }
            }
        }
    }

    /// The probability of each class before calibration.
    pub fn probabilities(&self, row: &[f32]) -> Vec<f64> {
        let mut margins = vec![0.0; self.margin_count()];
        self.margins(row, &mut margins);
        self.objective.probabilities(&margins)
    }
}

impl Objective {
    /// The probability of each class for the margins of a row.
    pub fn probabilities(self, margins: &[f32]) -> Vec<f64> {
        match (self, margins) {
            (Objective::Logistic, [margin, ..]) => {
                let second = 1.0 / (1.0 + (-f64::from(*margin)).exp());
                vec![1.0 - second, second]
            }
            _ => softmax(margins.iter().map(|m| f64::from(*m))),
        }
    }
}

/// Exponentials, normalised to a sum of 1.
pub(super) fn softmax(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let max = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let mut exponentials: Vec<f64> = values.map(|v| (v - max).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.iter_mut().for_each(|e| *e /= sum);
    exponentials
}

fn check_size(bytes: &[u8]) -> Result<(), ForestError> {
    if bytes.len() <= MAX_BYTES {
        return Ok(());
    }
    Err(ForestError::TooLarge { what: "the number of bytes", found: bytes.len(), max: MAX_BYTES })
}
