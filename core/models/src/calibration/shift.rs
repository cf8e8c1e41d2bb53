//! A temperature and an offset for each class (bias-corrected temperature scaling, Alexandari, Kundaje and
//! Shrikumar 2020): classes that became rarer or commoner since the training are told as often as they come.

use super::LEAST;
use crate::forest::softmax;
use crate::scored::Scored;
use serde::{Deserialize, Serialize};

/// Log probabilities times the slope, plus the offset of their class; the first class has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    pub slope: f64,
    pub offsets: Vec<f64>,
}

/// Each number is brought to its best in turn, so often at most, or until none moves so far.
const SWEEPS: usize = 500;
const HALVINGS: usize = 40;
const STILL: f64 = 1e-9;

/// What holds slope and offsets back where few rows speak: as much as one row would.
const HOLD: f64 = 1.0;

struct Row {
    logs: Vec<f64>,
    label: usize,
}

impl Shift {
    /// Of the least log loss.
    pub fn fit(scored: &Scored) -> Shift {
        let logs = |p: &[f64]| p.iter().map(|p| p.max(LEAST).ln()).collect();
        let rows: Vec<Row> = scored.rows().map(|(p, label)| Row { logs: logs(p), label }).collect();
        let mut shift = Shift { slope: 1.0, offsets: vec![0.0; scored.classes()] };
        for _ in 0..SWEEPS {
            if shift.sweep(&rows) < STILL {
                break;
            }
        }
        shift
    }

    /// The longest of the steps.
    fn sweep(&mut self, rows: &[Row]) -> f64 {
        let step = self.step_of_slope(rows);
        let mut longest = self.go(rows, step, |shift, step| shift.slope -= step);
        for class in 1..self.offsets.len() {
            let step = self.step_of_offset(rows, class);
            let gone = self.go(rows, step, |shift, step| {
                shift.offsets.iter_mut().skip(class).take(1).for_each(|offset| *offset -= step);
            });
            longest = longest.max(gone);
        }
        longest
    }

    /// So far, or half of it, until less is lost.
    fn go(&mut self, rows: &[Row], mut step: f64, by: impl Fn(&mut Shift, f64)) -> f64 {
        let before = self.loss(rows);
        for _ in 0..HALVINGS {
            let mut tried = self.clone();
            by(&mut tried, step);
            if tried.loss(rows) <= before {
                *self = tried;
                return step.abs();
            }
            step /= 2.0;
        }
        0.0
    }

    fn loss(&self, rows: &[Row]) -> f64 {
        let held = (self.slope - 1.0).powi(2) + self.offsets.iter().map(|o| o * o).sum::<f64>();
        let of_row =
            |row: &Row| -self.of_logs(&row.logs).get(row.label).map_or(0.0, |p| p.max(LEAST).ln());
        rows.iter().map(of_row).sum::<f64>() + HOLD * held / 2.0
    }

    /// Newton's: the gradient over the curvature.
    fn step_of_slope(&self, rows: &[Row]) -> f64 {
        let (mut gradient, mut curvature) = (HOLD * (self.slope - 1.0), HOLD);
        for row in rows {
            let shares = self.of_logs(&row.logs);
            let mean: f64 = shares.iter().zip(&row.logs).map(|(share, log)| share * log).sum();
            let squares: f64 =
                shares.iter().zip(&row.logs).map(|(share, log)| share * log * log).sum();
            gradient += mean - row.logs.get(row.label).copied().unwrap_or_default();
            curvature += squares - mean * mean;
        }
        gradient / curvature
    }

    fn step_of_offset(&self, rows: &[Row], class: usize) -> f64 {
        let offset = self.offsets.get(class).copied().unwrap_or_default();
        let (mut gradient, mut curvature) = (HOLD * offset, HOLD);
        for row in rows {
            let share = self.of_logs(&row.logs).get(class).copied().unwrap_or_default();
            gradient += share - f64::from(row.label == class);
            curvature += share * (1.0 - share);
        }
        gradient / curvature
    }

    fn of_logs(&self, logs: &[f64]) -> Vec<f64> {
        softmax(logs.iter().zip(&self.offsets).map(|(log, offset)| log * self.slope + offset))
    }

    pub fn apply(&self, probabilities: &mut [f64]) {
        let logs: Vec<f64> = probabilities.iter().map(|p| p.max(LEAST).ln()).collect();
        probabilities.iter_mut().zip(self.of_logs(&logs)).for_each(|(p, share)| *p = share);
    }

    pub fn serves(&self, classes: usize) -> bool {
        let sound = self.slope.is_finite() && self.slope > 0.0;
        sound && self.offsets.len() == classes && self.offsets.iter().all(|o| o.is_finite())
    }
}
