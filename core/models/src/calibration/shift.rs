//! Bias-corrected temperature scaling: a temperature and an offset per class (Alexandari, Kundaje and
//! Shrikumar 2020). It corrects for classes that became rarer or more common after the training.

use super::MIN_PROBABILITY;
use crate::forest::softmax;
use crate::scored_rows::ScoredRows;
use serde::{Deserialize, Serialize};

/// Maps log probabilities to slope * log + offset of the class, followed by softmax. The offset of the
/// first class is always 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// Factor of the log probabilities, which is 1 / temperature.
    pub slope: f64,
    /// One offset per class.
    pub offsets: Vec<f64>,
}

/// Coordinate descent stops after this number of sweeps, or when no parameter moves further than
/// `TOLERANCE`.
const MAX_SWEEPS: usize = 500;
const MAX_HALVINGS: usize = 40;
const TOLERANCE: f64 = 1e-9;

/// Regularisation of slope and offsets, with the weight of one row. It matters when there are few rows.
const REGULARISATION: f64 = 1.0;

struct Row {
    logs: Vec<f64>,
    label: usize,
}

impl Shift {
    /// Fits slope and offsets to the lowest regularised log loss.
    pub fn fit(scored: &ScoredRows) -> Shift {
        let logs = |p: &[f64]| p.iter().map(|p| p.max(MIN_PROBABILITY).ln()).collect();
        let rows: Vec<Row> = scored.rows().map(|(p, label)| Row { logs: logs(p), label }).collect();
        let mut shift = Shift { slope: 1.0, offsets: vec![0.0; scored.classes()] };
        for _ in 0..MAX_SWEEPS {
            if shift.sweep(&rows) < TOLERANCE {
                break;
            }
        }
        shift
    }

    /// Optimises each parameter once and returns the longest step.
    fn sweep(&mut self, rows: &[Row]) -> f64 {
        let step = self.slope_step(rows);
        let mut longest = self.take_step(rows, step, |shift, step| shift.slope -= step);
        for class in 1..self.offsets.len() {
            let step = self.offset_step(rows, class);
            let taken = self.take_step(rows, step, |shift, step| {
                shift.offsets.iter_mut().skip(class).take(1).for_each(|offset| *offset -= step);
            });
            longest = longest.max(taken);
        }
        longest
    }

    /// Takes a step, halved until the loss does not increase, and returns its length.
    fn take_step(&mut self, rows: &[Row], mut step: f64, update: impl Fn(&mut Shift, f64)) -> f64 {
        let before = self.loss(rows);
        for _ in 0..MAX_HALVINGS {
            let mut candidate = self.clone();
            update(&mut candidate, step);
            if candidate.loss(rows) <= before {
                *self = candidate;
                return step.abs();
            }
            step /= 2.0;
        }
        0.0
    }

    fn loss(&self, rows: &[Row]) -> f64 {
        let penalty = (self.slope - 1.0).powi(2) + self.offsets.iter().map(|o| o * o).sum::<f64>();
        let row_loss = |row: &Row| {
            let probabilities = self.transform(&row.logs);
            -probabilities.get(row.label).map_or(0.0, |p| p.max(MIN_PROBABILITY).ln())
        };
        rows.iter().map(row_loss).sum::<f64>() + REGULARISATION * penalty / 2.0
    }

    /// The Newton step of the slope: gradient / curvature.
    fn slope_step(&self, rows: &[Row]) -> f64 {
        let (mut gradient, mut curvature) = (REGULARISATION * (self.slope - 1.0), REGULARISATION);
        for row in rows {
            let probabilities = self.transform(&row.logs);
            let mean: f64 = probabilities.iter().zip(&row.logs).map(|(p, log)| p * log).sum();
            let squares: f64 =
                probabilities.iter().zip(&row.logs).map(|(p, log)| p * log * log).sum();
            gradient += mean - row.logs.get(row.label).copied().unwrap_or_default();
            curvature += squares - mean * mean;
        }
        gradient / curvature
    }

    /// The Newton step of an offset.
    fn offset_step(&self, rows: &[Row], class: usize) -> f64 {
        let offset = self.offsets.get(class).copied().unwrap_or_default();
        let (mut gradient, mut curvature) = (REGULARISATION * offset, REGULARISATION);
        for row in rows {
            let p = self.transform(&row.logs).get(class).copied().unwrap_or_default();
            gradient += p - f64::from(row.label == class);
            curvature += p * (1.0 - p);
        }
        gradient / curvature
    }

    /// Calibrated probabilities of log probabilities.
    fn transform(&self, logs: &[f64]) -> Vec<f64> {
        softmax(logs.iter().zip(&self.offsets).map(|(log, offset)| log * self.slope + offset))
    }

    /// Calibrates the probabilities of one row.
    pub fn apply(&self, probabilities: &mut [f64]) {
        let logs: Vec<f64> = probabilities.iter().map(|p| p.max(MIN_PROBABILITY).ln()).collect();
        probabilities.iter_mut().zip(self.transform(&logs)).for_each(|(p, new)| *p = new);
    }

    /// True if it is well-formed and fits that number of classes.
    pub fn is_valid_for(&self, classes: usize) -> bool {
        let valid_slope = self.slope.is_finite() && self.slope > 0.0;
        valid_slope && self.offsets.len() == classes && self.offsets.iter().all(|o| o.is_finite())
    }
}
