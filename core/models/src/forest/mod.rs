//! Gradient-boosted trees as XGBoost saves them: read, walked and explained without its library, which
//! starts threads and cannot hear a cancel.
//!
//! Sums are made in the order and the width of XGBoost's, so margins agree to the bit. What a model
//! holds beyond what is known here is refused by name, and never guessed.

mod bounded;
mod build;
mod document;
mod error;
mod importance;
mod json;
mod json_out;
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
use tree::{Block, Grown, Node, Sets, spread};

/// The longest model that is read or written.
pub const MOST_BYTES: usize = 256 << 20;

/// Bounds of a model: far above what helps with accidents, and low enough that a forged one cannot
/// hold up a backend.
const MOST_FEATURES: usize = 10_000;
const MOST_TREES: usize = 1_000_000;
const MOST_NODES: usize = 4_000_000;

/// What the margins mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// One margin: the log odds of the second of two classes.
    #[default]
    Logistic,
    /// A margin for each class.
    Softprob { classes: usize },
}

#[derive(Debug, Clone, PartialEq)]
struct Planted {
    root: u32,
    depth: u32,
    class: usize,
    has_sets: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    features: usize,
    feature_names: Vec<String>,
    feature_types: Vec<String>,
    objective: Objective,
    /// As the model has it.
    base_score: f32,
    /// What each margin begins with.
    base: f32,
    /// Trees of each round and class.
    parallel: usize,
    nodes: Vec<Node>,
    grown: Vec<Grown>,
    sets: Sets,
    planted: Vec<Planted>,
    blocks: Vec<Block>,
}

impl Forest {
    /// Reads what `Booster.save_raw("ubj")` or `save_model("….ubj")` wrote.
    pub fn from_ubj(bytes: &[u8]) -> Result<Forest, ForestError> {
        within_bounds(bytes)?;
        let mut reader = ubjson::Reader::new(bytes);
        let document = Document::deserialize(&mut reader)?;
        reader.end()?;
        Forest::build(document)
    }

    /// Reads what `save_model("….json")` wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Forest, ForestError> {
        within_bounds(bytes)?;
        let document = serde_json::from_slice(&json::without_nan(bytes));
        Forest::build(document.map_err(|e| ForestError::Json(e.to_string()))?)
    }

    /// Reads either format: an object of both begins with a brace, and only JSON goes on with a
    /// quote.
    pub fn read(bytes: &[u8]) -> Result<Forest, ForestError> {
        let mut first = bytes.iter().filter(|b| !b.is_ascii_whitespace());
        if (first.next(), first.next()) == (Some(&b'{'), Some(&b'"')) {
            return Forest::from_json(bytes);
        }
        Forest::from_ubj(bytes)
    }

    /// How many values a row has.
    pub fn features(&self) -> usize {
        self.features
    }

    /// As the model has them; empty where it has none.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Two where the margins are one.
    pub fn classes(&self) -> usize {
        match self.objective {
            Objective::Logistic => 2,
            Objective::Softprob { classes } => classes,
        }
    }

    /// How many margins a row has.
    pub fn margin_count(&self) -> usize {
        match self.objective {
            Objective::Logistic => 1,
            Objective::Softprob { classes } => classes,
        }
    }

    pub fn trees(&self) -> usize {
        self.planted.len()
    }

    /// Writes the margins of a row, in which NaN is a missing value; values that a short row lacks are
    /// missing, too. Infinite values are compared as numbers, where XGBoost refuses them.
    pub fn margins(&self, row: &[f32], margins: &mut [f32]) {
        let row = spread(row, self.features);
        margins.fill(self.base);
        let mut trees = self.planted.iter();
        for block in &self.blocks {
            let leaves = block.walk(&self.nodes, &self.sets, &row);
            for (leaf, tree) in leaves.iter().zip(trees.by_ref().take(block.trees)) {
                let value = self.nodes.get(*leaf as usize).map_or(0.0, |node| node.value());
                if let Some(margin) = margins.get_mut(tree.class) {
                    *margin += value;
                }
            }
        }
    }

    /// The probability of each class, as the objective has it, before calibration.
    pub fn probabilities(&self, row: &[f32]) -> Vec<f64> {
        let mut margins = vec![0.0; self.margin_count()];
        self.margins(row, &mut margins);
        self.objective.probabilities(&margins)
    }
}

impl Objective {
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

/// Exponentials in proportion.
pub(super) fn softmax(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    let mut shares: Vec<f64> = values.map(|v| (v - most).exp()).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

fn within_bounds(bytes: &[u8]) -> Result<(), ForestError> {
    if bytes.len() <= MOST_BYTES {
        return Ok(());
    }
    Err(ForestError::TooLarge { what: "the number of bytes", found: bytes.len(), most: MOST_BYTES })
}
