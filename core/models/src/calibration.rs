//! Probabilities that mean what they say: of the answers given with 0.8, four in five come true.
//!
//! Temperature scaling (Guo et al. 2017) divides the log probabilities by one number and changes no
//! order; [`Shift`] adds an offset for each class; isotonic regression (Zadrozny and Elkan 2002) bends the probabilities of each class by a rising
//! line through what came true, and brings them back to a sum of 1.

mod shift;

use super::forest::softmax;
use super::scored::Scored;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    Temperature,
    Shifted,
    Isotonic,
}

pub use shift::Shift;

/// How the probabilities of a model are set right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Calibration {
    /// Left as they are.
    #[default]
    None,
    /// What log probabilities are divided by.
    Temperature(f64),
    Shifted(Shift),
    /// A curve for each class; of two classes one, that of the second.
    Isotonic(Vec<Curve>),
}

/// A line that never falls, straight between its knots and level beyond them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub from: Vec<f64>,
    pub to: Vec<f64>,
}

/// Below this a probability counts as this, so that it has a logarithm.
const LEAST: f64 = 1e-15;

/// Between these a temperature is sought.
const COLDEST: f64 = 0.05;
const HOTTEST: f64 = 20.0;

impl Calibration {
    /// Learns from rows that the model has not seen.
    pub fn fit(method: Method, scored: &Scored) -> Calibration {
        match method {
            Method::Temperature => Calibration::Temperature(temperature(scored)),
            Method::Shifted => Calibration::Shifted(Shift::fit(scored)),
            Method::Isotonic => {
                let curves = match scored.classes() {
                    2 => 1..2,
                    classes => 0..classes,
                };
                Calibration::Isotonic(curves.map(|c| Curve::fit(scored.of_class(c))).collect())
            }
        }
    }

    /// Sets the probabilities of one row right. They add up to 1 afterwards.
    pub fn apply(&self, probabilities: &mut [f64]) {
        match self {
            Calibration::None => {}
            Calibration::Temperature(temperature) => {
                let set_right = tempered(probabilities, 1.0 / temperature);
                probabilities.copy_from_slice(&set_right);
            }
            Calibration::Shifted(shift) => shift.apply(probabilities),
            Calibration::Isotonic(curves) => bend(curves, probabilities),
        }
    }

    /// What was read from a table may be anything: true if it can serve that many classes.
    pub fn serves(&self, classes: usize) -> bool {
        match self {
            Calibration::None => true,
            Calibration::Temperature(temperature) => temperature.is_finite() && *temperature > 0.0,
            Calibration::Shifted(shift) => shift.serves(classes),
            Calibration::Isotonic(curves) => {
                let expected = if classes == 2 { 1 } else { classes };
                curves.len() == expected && curves.iter().all(Curve::is_sound)
            }
        }
    }
}

fn tempered(probabilities: &[f64], cold: f64) -> Vec<f64> {
    softmax(probabilities.iter().map(|p| p.max(LEAST).ln() * cold))
}

fn bend(curves: &[Curve], probabilities: &mut [f64]) {
    if let ([curve], [first, second]) = (curves, &mut *probabilities) {
        *second = curve.at(*second);
        *first = 1.0 - *second;
        return;
    }
    for (p, curve) in probabilities.iter_mut().zip(curves) {
        *p = curve.at(*p);
    }
    let sum: f64 = probabilities.iter().sum();
    let level = 1.0 / probabilities.len().max(1) as f64;
    for p in probabilities {
        *p = if sum > 0.0 { *p / sum } else { level };
    }
}

/// The temperature of the least log loss. The slope of the loss rises with 1/temperature, so halving
/// finds where it is zero.
fn temperature(scored: &Scored) -> f64 {
    const HALVINGS: usize = 60;
    let (mut hot, mut cold) = (1.0 / HOTTEST, 1.0 / COLDEST);
    for _ in 0..HALVINGS {
        let middle = (hot + cold) / 2.0;
        if slope(scored, middle) < 0.0 { hot = middle } else { cold = middle }
    }
    2.0 / (hot + cold)
}

/// The slope of the log loss over 1/temperature.
fn slope(scored: &Scored, cold: f64) -> f64 {
    let of_row = |(row, label): (&[f64], usize)| {
        let shares = tempered(row, cold);
        let logs = row.iter().map(|p| p.max(LEAST).ln());
        let expected: f64 = shares.iter().zip(logs).map(|(share, log)| share * log).sum();
        expected - row.get(label).map_or(0.0, |p| p.max(LEAST).ln())
    };
    scored.rows().map(of_row).sum()
}

/// Rows that share a level.
#[derive(Clone, Copy)]
struct Pool {
    rows: f64,
    hits: f64,
    first: f64,
    last: f64,
}

impl Pool {
    fn level(&self) -> f64 {
        self.hits / self.rows
    }
}

impl Curve {
    /// The rising line nearest to what came true, in squares (pool adjacent violators). No level is 0
    /// or 1: so many rows cannot tell.
    fn fit(answers: impl Iterator<Item = (f64, bool)>) -> Curve {
        let mut answers: Vec<(f64, bool)> = answers.collect();
        answers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let least = 1.0 / (answers.len() as f64 + 2.0);
        let mut curve = Curve { from: Vec::new(), to: Vec::new() };
        for pool in pooled(&answers) {
            let level = pool.level().clamp(least, 1.0 - least);
            curve.knot(pool.first, level);
            if pool.last > pool.first {
                curve.knot(pool.last, level);
            }
        }
        curve
    }

    fn knot(&mut self, from: f64, to: f64) {
        self.from.push(from);
        self.to.push(to);
    }

    pub fn at(&self, p: f64) -> f64 {
        let after = self.from.partition_point(|from| *from < p);
        let knot = |i: usize| Some((*self.from.get(i)?, *self.to.get(i)?));
        match (after.checked_sub(1).and_then(knot), knot(after)) {
            (Some((x, y)), Some((next_x, next_y))) => y + (next_y - y) * (p - x) / (next_x - x),
            (Some((_, level)), None) | (None, Some((_, level))) => level,
            (None, None) => p,
        }
    }

    fn is_sound(&self) -> bool {
        let rises = self.from.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let levels = self.to.iter().all(|to| (0.0..=1.0).contains(to));
        rises && levels && self.from.len() == self.to.len() && !self.from.is_empty()
    }
}

/// Neighbours of which the later is lower become one, until none is.
fn pooled(sorted: &[(f64, bool)]) -> Vec<Pool> {
    let mut pools: Vec<Pool> = Vec::new();
    for equals in sorted.chunk_by(|a, b| a.0 == b.0) {
        let at = equals.first().map_or(0.0, |e| e.0);
        let hits = equals.iter().filter(|e| e.1).count() as f64;
        let mut pool = Pool { rows: equals.len() as f64, hits, first: at, last: at };
        while let Some(before) = pools.pop_if(|before| before.level() >= pool.level()) {
            pool.rows += before.rows;
            pool.hits += before.hits;
            pool.first = before.first;
        }
        pools.push(pool);
    }
    pools
}

#[cfg(test)]
mod tests;
