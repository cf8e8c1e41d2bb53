//! Probability calibration: of the predictions with confidence 0.8, 80% should be correct.
//!
//! - Temperature scaling (Guo et al. 2017) divides the log probabilities by one number. It does not
//!   change the order of the classes.
//! - [`Shift`] adds an offset per class.
//! - Isotonic regression (Zadrozny and Elkan 2002) maps the probability of each class through a
//!   non-decreasing curve and normalises the sum to 1.

mod shift;

use super::forest::softmax;
use super::scored_rows::ScoredRows;
use serde::{Deserialize, Serialize};

/// A calibration method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Temperature scaling.
    Temperature,
    /// Temperature scaling with an offset per class.
    Shifted,
    /// Isotonic regression per class.
    Isotonic,
}

pub use shift::Shift;

/// A fitted calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Calibration {
    /// Probabilities stay unchanged.
    #[default]
    None,
    /// The divisor of the log probabilities.
    Temperature(f64),
    /// A slope and an offset per class.
    Shifted(Shift),
    /// One curve per class. For two classes, only the curve of the second.
    Isotonic(Vec<Curve>),
}

/// A non-decreasing curve, linear between its knots and constant beyond them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Probabilities before calibration, in ascending order.
    pub from: Vec<f64>,
    /// Probabilities after calibration.
    pub to: Vec<f64>,
}

/// Lower bound of a probability, because 0 has no logarithm.
const MIN_PROBABILITY: f64 = 1e-15;

/// Range of the search for a temperature.
const MIN_TEMPERATURE: f64 = 0.05;
const MAX_TEMPERATURE: f64 = 20.0;

impl Calibration {
    /// Fits a calibration to rows that the model was not trained on.
    pub fn fit(method: Method, scored: &ScoredRows) -> Calibration {
        match method {
            Method::Temperature => Calibration::Temperature(fit_temperature(scored)),
            Method::Shifted => Calibration::Shifted(Shift::fit(scored)),
            Method::Isotonic => {
                let curves = match scored.classes() {
                    2 => 1..2,
                    classes => 0..classes,
                };
                Calibration::Isotonic(curves.map(|c| Curve::fit(scored.class_scores(c))).collect())
            }
        }
    }

    /// Calibrates the probabilities of one row. They add up to 1 afterwards.
    pub fn apply(&self, probabilities: &mut [f64]) {
        match self {
            Calibration::None => {}
            Calibration::Temperature(temperature) => {
                let scaled = scale_logs(probabilities, 1.0 / temperature);
                probabilities.copy_from_slice(&scaled);
            }
            Calibration::Shifted(shift) => shift.apply(probabilities),
            Calibration::Isotonic(curves) => apply_curves(curves, probabilities),
        }
    }

    /// True if it is well-formed and fits that number of classes. A stored calibration may be neither.
    pub fn is_valid_for(&self, classes: usize) -> bool {
        match self {
            Calibration::None => true,
            Calibration::Temperature(temperature) => temperature.is_finite() && *temperature > 0.0,
            Calibration::Shifted(shift) => shift.is_valid_for(classes),
            Calibration::Isotonic(curves) => {
                let expected = if classes == 2 { 1 } else { classes };
                curves.len() == expected && curves.iter().all(Curve::is_valid)
            }
        }
    }
}

fn scale_logs(probabilities: &[f64], factor: f64) -> Vec<f64> {
    softmax(probabilities.iter().map(|p| p.max(MIN_PROBABILITY).ln() * factor))
}

fn apply_curves(curves: &[Curve], probabilities: &mut [f64]) {
    if let ([curve], [first, second]) = (curves, &mut *probabilities) {
        *second = curve.interpolate(*second);
        *first = 1.0 - *second;
        return;
    }
    for (p, curve) in probabilities.iter_mut().zip(curves) {
        *p = curve.interpolate(*p);
    }
    let sum: f64 = probabilities.iter().sum();
    let uniform = 1.0 / probabilities.len().max(1) as f64;
    for p in probabilities {
        *p = if sum > 0.0 { *p / sum } else { uniform };
    }
}

/// The temperature with the lowest log loss. The derivative of the loss increases with
/// 1 / temperature, so bisection finds its zero.
fn fit_temperature(scored: &ScoredRows) -> f64 {
    const BISECTIONS: usize = 60;
    let (mut low, mut high) = (1.0 / MAX_TEMPERATURE, 1.0 / MIN_TEMPERATURE);
    for _ in 0..BISECTIONS {
        let middle = (low + high) / 2.0;
        if loss_derivative(scored, middle) < 0.0 { low = middle } else { high = middle }
    }
    2.0 / (low + high)
}

/// The derivative of the log loss with respect to 1 / temperature.
fn loss_derivative(scored: &ScoredRows, factor: f64) -> f64 {
    let row_derivative = |(row, label): (&[f64], usize)| {
        let probabilities = scale_logs(row, factor);
        let logs = row.iter().map(|p| p.max(MIN_PROBABILITY).ln());
        let expected: f64 = probabilities.iter().zip(logs).map(|(p, log)| p * log).sum();
        expected - row.get(label).map_or(0.0, |p| p.max(MIN_PROBABILITY).ln())
    };
    scored.rows().map(row_derivative).sum()
}

/// A block of adjacent rows with the same calibrated probability.
#[derive(Clone, Copy)]
struct Pool {
    rows: f64,
    hits: f64,
    first: f64,
    last: f64,
}

impl Pool {
    fn hit_rate(&self) -> f64 {
        self.hits / self.rows
    }
}

impl Curve {
    /// Isotonic least squares by pooling adjacent violators. Calibrated probabilities are kept away
    /// from 0 and 1, because a finite number of rows cannot justify certainty.
    fn fit(scores: impl Iterator<Item = (f64, bool)>) -> Curve {
        let mut scores: Vec<(f64, bool)> = scores.collect();
        scores.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lowest = 1.0 / (scores.len() as f64 + 2.0);
        let mut curve = Curve { from: Vec::new(), to: Vec::new() };
        for pool in pool_violators(&scores) {
            let level = pool.hit_rate().clamp(lowest, 1.0 - lowest);
            curve.add_knot(pool.first, level);
            if pool.last > pool.first {
                curve.add_knot(pool.last, level);
            }
        }
        curve
    }

    fn add_knot(&mut self, from: f64, to: f64) {
        self.from.push(from);
        self.to.push(to);
    }

    /// The calibrated probability.
    pub fn interpolate(&self, p: f64) -> f64 {
        let after = self.from.partition_point(|from| *from < p);
        let knot = |i: usize| Some((*self.from.get(i)?, *self.to.get(i)?));
        match (after.checked_sub(1).and_then(knot), knot(after)) {
            (Some((x, y)), Some((next_x, next_y))) => y + (next_y - y) * (p - x) / (next_x - x),
            (Some((_, level)), None) | (None, Some((_, level))) => level,
            (None, None) => p,
        }
    }

    fn is_valid(&self) -> bool {
        let is_ascending = self.from.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let in_range = self.to.iter().all(|to| (0.0..=1.0).contains(to));
        is_ascending && in_range && self.from.len() == self.to.len() && !self.from.is_empty()
    }
}

/// Merges adjacent pools until their hit rates increase strictly.
fn pool_violators(sorted: &[(f64, bool)]) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for ties in sorted.chunk_by(|a, b| a.0 == b.0) {
        let score = ties.first().map_or(0.0, |t| t.0);
        let hits = ties.iter().filter(|t| t.1).count() as f64;
        let mut pool = Pool { rows: ties.len() as f64, hits, first: score, last: score };
        while let Some(previous) = pools.pop_if(|p| p.hit_rate() >= pool.hit_rate()) {
            pool.rows += previous.rows;
            pool.hits += previous.hits;
            pool.first = previous.first;
        }
        pools.push(pool);
    }
    pools
}

#[cfg(test)]
mod tests;
