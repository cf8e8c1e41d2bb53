//! Metrics of a classifier, beside those of always predicting the majority class.
//!
//! The definitions are those of scikit-learn. A test compares the results with it.

use super::scored_rows::{ScoredRows, most_likely_class};
use serde::{Deserialize, Serialize};

/// Number of equally wide bins of confidence for the calibration error.
const BINS: usize = 15;

/// The shares of the most confident rows for which coverage is computed.
const COVERAGES: [f64; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Lower bound of a probability in the log loss, because 0 has no logarithm.
const MIN_PROBABILITY: f64 = f64::EPSILON;

/// Metrics of a classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Number of rows.
    pub rows: usize,
    /// Share of correct predictions.
    pub accuracy: f64,
    /// The most common class.
    pub majority_class: usize,
    /// Accuracy of always predicting the most common class.
    pub majority_accuracy: f64,
    /// Mean F1 of the classes that occur as label or prediction.
    pub macro_f1: f64,
    /// Mean F1 of the classes, weighted by their rows.
    pub weighted_f1: f64,
    /// Area under the ROC curve: of the second class for two classes, else the mean of each class
    /// against the rest. `None` if all rows have one class.
    pub auc: Option<f64>,
    /// Mean negative logarithm of the probability of the label.
    pub log_loss: f64,
    /// Brier score, the mean squared error of the probabilities: of the second class for two classes,
    /// else the sum over the classes.
    pub brier: f64,
    /// Expected calibration error: mean difference of confidence and accuracy over 15 bins.
    pub ece: f64,
    /// Confusion matrix: one row per label, one column per prediction.
    pub confusion: Vec<Vec<u64>>,
    /// Accuracy on the most confident 10%, 20%, up to 100% of the rows.
    pub coverage: Vec<Coverage>,
}

/// Accuracy on the rows with the highest confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Share of the rows that are covered.
    pub coverage: f64,
    /// Lowest confidence of a covered row.
    pub confidence: f64,
    /// Accuracy on the covered rows.
    pub accuracy: f64,
}

struct Prediction {
    class: usize,
    confidence: f64,
    label: usize,
}

impl Prediction {
    fn is_correct(&self) -> bool {
        self.class == self.label
    }
}

impl Metrics {
    /// Computes the metrics of scored rows.
    pub fn compute(scored: &ScoredRows) -> Metrics {
        let predictions = rank_predictions(scored);
        let confusion = confusion(&predictions, scored.classes());
        let (majority_class, majority) = majority(&confusion);
        let rows = scored.len() as f64;
        let (macro_f1, weighted_f1) = f1(&confusion);
        Metrics {
            rows: scored.len(),
            accuracy: accuracy(&predictions),
            majority_class,
            majority_accuracy: majority as f64 / rows,
            macro_f1,
            weighted_f1,
            auc: auc(scored),
            log_loss: log_loss(scored),
            brier: brier(scored),
            ece: calibration_error(&predictions),
            confusion,
            coverage: coverage(&predictions),
        }
    }
}

/// Finds the lowest confidence threshold at which predictions reach an accuracy, with the coverage
/// that remains. `None` if even the most confident predictions do not reach it.
pub fn find_threshold(scored: &ScoredRows, accuracy: f64) -> Option<Coverage> {
    let predictions = rank_predictions(scored);
    let (mut best, mut correct, mut rows) = (None, 0, 0);
    for ties in predictions.chunk_by(|a, b| a.confidence == b.confidence) {
        rows += ties.len();
        correct += ties.iter().filter(|p| p.is_correct()).count();
        let reached = correct as f64 / rows as f64;
        if reached >= accuracy {
            let coverage = rows as f64 / predictions.len() as f64;
            let confidence = ties.first().map_or(1.0, |p| p.confidence);
            best = Some(Coverage { coverage, confidence, accuracy: reached });
        }
    }
    best
}

/// The predictions, the most confident first.
fn rank_predictions(scored: &ScoredRows) -> Vec<Prediction> {
    let predict = |(row, label): (&[f64], usize)| {
        let (class, confidence) = most_likely_class(row);
        Prediction { class, confidence, label }
    };
    let mut predictions: Vec<Prediction> = scored.rows().map(predict).collect();
    predictions.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    predictions
}

fn accuracy(predictions: &[Prediction]) -> f64 {
    let correct = predictions.iter().filter(|p| p.is_correct()).count();
    correct as f64 / predictions.len().max(1) as f64
}

fn confusion(predictions: &[Prediction], classes: usize) -> Vec<Vec<u64>> {
    let mut confusion = vec![vec![0; classes]; classes];
    for prediction in predictions {
        let row = confusion.get_mut(prediction.label);
        if let Some(cell) = row.and_then(|r| r.get_mut(prediction.class)) {
            *cell += 1;
        }
    }
    confusion
}

fn majority(confusion: &[Vec<u64>]) -> (usize, u64) {
    let mut best = (0, 0);
    for (class, row) in confusion.iter().enumerate() {
        let rows = row.iter().sum();
        if rows > best.1 {
            best = (class, rows);
        }
    }
    best
}

fn f1(confusion: &[Vec<u64>]) -> (f64, f64) {
    let (mut sum, mut present, mut weighted, mut rows) = (0.0, 0.0, 0.0, 0.0);
    for (class, row) in confusion.iter().enumerate() {
        let hits = row.get(class).copied().unwrap_or(0) as f64;
        let actual = row.iter().sum::<u64>() as f64;
        let predicted = confusion.iter().filter_map(|r| r.get(class)).sum::<u64>() as f64;
        rows += actual;
        if actual + predicted > 0.0 {
            let class_f1 = 2.0 * hits / (actual + predicted);
            sum += class_f1;
            present += 1.0;
            weighted += class_f1 * actual;
        }
    }
    (sum / present, weighted / rows)
}

fn auc(scored: &ScoredRows) -> Option<f64> {
    let classes = if scored.classes() == 2 { 1..2 } else { 0..scored.classes() };
    let aucs: Vec<f64> =
        classes.filter_map(|class| class_auc(scored.class_scores(class))).collect();
    (!aucs.is_empty()).then(|| aucs.iter().sum::<f64>() / aucs.len() as f64)
}

/// The share of pairs in which a row of the class scores higher than another row, where a tie counts
/// half (Mann and Whitney).
fn class_auc(scores: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut scores: Vec<(f64, bool)> = scores.collect();
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut hits, mut won) = (0.0, 0.0, 0.0);
    for ties in scores.chunk_by(|a, b| a.0 == b.0) {
        let members = ties.iter().filter(|t| t.1).count() as f64;
        let others = ties.len() as f64 - members;
        won += members * (below + others / 2.0);
        hits += members;
        below += others;
    }
    (hits > 0.0 && below > 0.0).then(|| won / (hits * below))
}

fn log_loss(scored: &ScoredRows) -> f64 {
    let row_loss = |(row, label): (&[f64], usize)| {
        let p = row.get(label).copied().unwrap_or(0.0);
        -p.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY).ln()
    };
    scored.rows().map(row_loss).sum::<f64>() / scored.len() as f64
}

fn brier(scored: &ScoredRows) -> f64 {
    let row_error = |(row, label): (&[f64], usize)| {
        let square = |(class, p): (usize, &f64)| (p - f64::from(u8::from(class == label))).powi(2);
        row.iter().enumerate().map(square).sum::<f64>()
    };
    let sum: f64 = scored.rows().map(row_error).sum();
    let columns = if scored.classes() == 2 { 2.0 } else { 1.0 };
    sum / columns / scored.len() as f64
}

fn calibration_error(predictions: &[Prediction]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for prediction in predictions {
        // A bin includes its upper edge.
        let bin = (prediction.confidence * BINS as f64).ceil() as usize;
        if let Some((confidence, correct)) = bins.get_mut(bin.saturating_sub(1).min(BINS - 1)) {
            *confidence += prediction.confidence;
            *correct += f64::from(u8::from(prediction.is_correct()));
        }
    }
    let gaps: f64 = bins.iter().map(|(confidence, correct)| (confidence - correct).abs()).sum();
    gaps / predictions.len().max(1) as f64
}

/// Takes predictions with the most confident first. Those of equal confidence stay together.
fn coverage(predictions: &[Prediction]) -> Vec<Coverage> {
    let cover = |share: f64| {
        let last = ((share * predictions.len() as f64).ceil() as usize).max(1) - 1;
        let confidence = predictions.get(last).map_or(0.0, |p| p.confidence);
        let covered = predictions.partition_point(|p| p.confidence >= confidence);
        let accuracy = accuracy(predictions.get(..covered).unwrap_or(predictions));
        Coverage { coverage: covered as f64 / predictions.len() as f64, confidence, accuracy }
    };
    COVERAGES.map(cover).to_vec()
}

#[cfg(test)]
mod tests;
