//! How good a model is, always beside how good it is to name the commonest class.
//!
//! Definitions are scikit-learn's, to whose figures a test holds them.

use super::scored::{Scored, likeliest};
use serde::{Deserialize, Serialize};

/// Bins of confidence, of one width, of the calibration error.
const BINS: usize = 15;

/// At which shares of the rows, those of the highest confidence first, accuracy is told.
const COVERAGES: [f64; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// A probability of 0 has no logarithm.
const LEAST: f64 = f64::EPSILON;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    pub rows: usize,
    pub accuracy: f64,
    /// The commonest class, and the accuracy of naming it always.
    pub majority_class: usize,
    pub majority_accuracy: f64,
    /// The mean F1 of the classes that occur or are answered, and the mean by their rows.
    pub macro_f1: f64,
    pub weighted_f1: f64,
    /// Area under the ROC curve: of the second of two classes, of more the mean of each against the
    /// rest. None where all rows are of one class.
    pub auc: Option<f64>,
    pub log_loss: f64,
    /// Mean squared error of the probabilities: of the second of two classes, of more their sum.
    pub brier: f64,
    /// Expected calibration error: by how much confidence misses accuracy, over 15 bins.
    pub ece: f64,
    /// Rows by true class, columns by answer.
    pub confusion: Vec<Vec<u64>>,
    pub coverage: Vec<Coverage>,
}

/// Answering only where confident.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The share of rows that are answered,
    pub coverage: f64,
    /// which are those of at least this confidence,
    pub confidence: f64,
    /// and how many of these answers are right.
    pub accuracy: f64,
}

/// An answer.
struct Answer {
    class: usize,
    confidence: f64,
    label: usize,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.class == self.label
    }
}

impl Metrics {
    pub fn of(scored: &Scored) -> Metrics {
        let mut answers: Vec<Answer> = scored.rows().map(answer).collect();
        answers.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let confusion = confusion(&answers, scored.classes());
        let (majority_class, majority) = majority(&confusion);
        let rows = scored.len() as f64;
        let (macro_f1, weighted_f1) = f1(&confusion);
        Metrics {
            rows: scored.len(),
            accuracy: share_right(&answers),
            majority_class,
            majority_accuracy: majority as f64 / rows,
            macro_f1,
            weighted_f1,
            auc: auc(scored),
            log_loss: log_loss(scored),
            brier: brier(scored),
            ece: calibration_error(&answers),
            confusion,
            coverage: coverage(&answers),
        }
    }
}

/// The least confidence from which on answers are right as often as asked for, and the share of rows
/// that it leaves; none where even the most confident are not.
pub fn decide_at(scored: &Scored, accuracy: f64) -> Option<Coverage> {
    let mut answers: Vec<Answer> = scored.rows().map(answer).collect();
    answers.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let (mut best, mut right, mut seen) = (None, 0, 0);
    for equals in answers.chunk_by(|a, b| a.confidence == b.confidence) {
        seen += equals.len();
        right += equals.iter().filter(|a| a.is_right()).count();
        let reached = right as f64 / seen as f64;
        if reached >= accuracy {
            let coverage = seen as f64 / answers.len() as f64;
            let confidence = equals.first().map_or(1.0, |a| a.confidence);
            best = Some(Coverage { coverage, confidence, accuracy: reached });
        }
    }
    best
}

fn answer((row, label): (&[f64], usize)) -> Answer {
    let (class, confidence) = likeliest(row);
    Answer { class, confidence, label }
}

fn share_right(answers: &[Answer]) -> f64 {
    let right = answers.iter().filter(|a| a.is_right()).count();
    right as f64 / answers.len().max(1) as f64
}

fn confusion(answers: &[Answer], classes: usize) -> Vec<Vec<u64>> {
    let mut confusion = vec![vec![0; classes]; classes];
    for answer in answers {
        let row = confusion.get_mut(answer.label);
        if let Some(cell) = row.and_then(|r| r.get_mut(answer.class)) {
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
        let truly = row.iter().sum::<u64>() as f64;
        let answered = confusion.iter().filter_map(|r| r.get(class)).sum::<u64>() as f64;
        rows += truly;
        if truly + answered > 0.0 {
            let of_class = 2.0 * hits / (truly + answered);
            sum += of_class;
            present += 1.0;
            weighted += of_class * truly;
        }
    }
    (sum / present, weighted / rows)
}

fn auc(scored: &Scored) -> Option<f64> {
    let classes = if scored.classes() == 2 { 1..2 } else { 0..scored.classes() };
    let areas: Vec<f64> = classes.filter_map(|class| area(scored.of_class(class))).collect();
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
}

/// How often a row of the class has more than one of another, ties by half (Mann and Whitney).
fn area(answers: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut answers: Vec<(f64, bool)> = answers.collect();
    answers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut hits, mut won) = (0.0, 0.0, 0.0);
    for equals in answers.chunk_by(|a, b| a.0 == b.0) {
        let of_class = equals.iter().filter(|e| e.1).count() as f64;
        let others = equals.len() as f64 - of_class;
        won += of_class * (below + others / 2.0);
        hits += of_class;
        below += others;
    }
    (hits > 0.0 && below > 0.0).then(|| won / (hits * below))
}

fn log_loss(scored: &Scored) -> f64 {
    let of_row = |(row, label): (&[f64], usize)| {
        let p = row.get(label).copied().unwrap_or(0.0);
        -p.clamp(LEAST, 1.0 - LEAST).ln()
    };
    scored.rows().map(of_row).sum::<f64>() / scored.len() as f64
}

fn brier(scored: &Scored) -> f64 {
    let of_row = |(row, label): (&[f64], usize)| {
        let miss = |(class, p): (usize, &f64)| (p - f64::from(u8::from(class == label))).powi(2);
        row.iter().enumerate().map(miss).sum::<f64>()
    };
    let sum: f64 = scored.rows().map(of_row).sum();
    let columns = if scored.classes() == 2 { 2.0 } else { 1.0 };
    sum / columns / scored.len() as f64
}

fn calibration_error(answers: &[Answer]) -> f64 {
    let mut bins = [(0.0, 0.0); BINS];
    for answer in answers {
        // A bin includes its upper edge.
        let bin = (answer.confidence * BINS as f64).ceil() as usize;
        if let Some((confidence, right)) = bins.get_mut(bin.saturating_sub(1).min(BINS - 1)) {
            *confidence += answer.confidence;
            *right += f64::from(u8::from(answer.is_right()));
        }
    }
    let missed: f64 = bins.iter().map(|(confidence, right)| (confidence - right).abs()).sum();
    missed / answers.len().max(1) as f64
}

/// `answers` with the most confident first; those of equal confidence stay together.
fn coverage(answers: &[Answer]) -> Vec<Coverage> {
    let at = |share: f64| {
        let last = ((share * answers.len() as f64).ceil() as usize).max(1) - 1;
        let confidence = answers.get(last).map_or(0.0, |a| a.confidence);
        let covered = answers.partition_point(|a| a.confidence >= confidence);
        let accuracy = share_right(answers.get(..covered).unwrap_or(answers));
        Coverage { coverage: covered as f64 / answers.len() as f64, confidence, accuracy }
    };
    COVERAGES.map(at).to_vec()
}

#[cfg(test)]
mod tests;
