//! Synthetic predictions with the results of scikit-learn, written by `make.py`.

use super::scored_rows::ScoredRows;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Case {
    pub classes: usize,
    pub probabilities: Vec<f64>,
    pub labels: Vec<usize>,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub weighted_f1: f64,
    pub auc: f64,
    pub log_loss: f64,
    pub brier: f64,
    pub confusion: Vec<Vec<u64>>,
    pub temperature: f64,
    /// Slope, and offsets of all classes but the first.
    pub shifted: Vec<f64>,
    pub isotonic: Vec<f64>,
}

impl Case {
    pub fn scored(&self) -> ScoredRows<'_> {
        ScoredRows::new(&self.probabilities, &self.labels, self.classes).unwrap()
    }
}

pub fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("answers.json")).unwrap()
}
