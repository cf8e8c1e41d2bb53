//! Whether what arrives now still looks like what a model learned from.
//!
//! For each feature a test says how likely so large a difference is by chance: Kolmogorov and Smirnov's
//! of two samples for numbers, chi-squared for codes. How large it is, the population stability index
//! and the Jensen–Shannon divergence say. A feature has drifted where the difference is neither chance,
//! in view of how many features are looked at (Holm 1979), nor small: of many rows every difference is
//! certain, of few rows every one is large.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

/// Bins of numbers, of as many reference rows each.
const BINS: usize = 10;
/// Codes rarer than this, by expectation, are one: chi-squared is no guide to fewer.
const FEWEST: f64 = 5.0;
/// What each bin is taken to hold beyond its rows, so that an empty one has a logarithm.
const BENEFIT: f64 = 0.5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    KolmogorovSmirnov,
    ChiSquared,
}

impl Test {
    pub fn name(self) -> &'static str {
        match self {
            Test::KolmogorovSmirnov => "kolmogorov_smirnov",
            Test::ChiSquared => "chi_squared",
        }
    }
}

/// How the values of one feature differ between two windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    pub test: Test,
    pub statistic: f64,
    pub p_value: f64,
    /// Population stability index: below 0.1 little, from 0.25 on much.
    pub psi: f64,
    /// Jensen–Shannon divergence in bits, 0 to 1.
    pub jensen_shannon: f64,
}

/// From when on a difference is reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// How often at most a report may raise a false alarm, whatever the number of its features.
    pub alarm_rate: f64,
    /// The least index of stability that matters.
    pub least_psi: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { alarm_rate: 0.05, least_psi: 0.1 }
    }
}

impl Drift {
    /// Numbers; none is a value of its own, below all others. Nothing where a window is empty.
    pub fn of_numbers(reference: &[Option<f64>], current: &[Option<f64>]) -> Option<Drift> {
        let (reference, current) = (sorted(reference), sorted(current));
        if reference.is_empty() || current.is_empty() {
            return None;
        }
        let statistic = largest_gap(&reference, &current);
        let (n, m) = (reference.len() as f64, current.len() as f64);
        let bins = Bins::of(&reference);
        let counts = [bins.count(&reference), bins.count(&current)];
        Some(Drift {
            test: Test::KolmogorovSmirnov,
            statistic,
            p_value: kolmogorov(statistic, n * m / (n + m)),
            psi: stability(&counts),
            jensen_shannon: divergence(&counts),
        })
    }

    /// Codes; none is a code of its own. Nothing where a window is empty.
    pub fn of_codes<T: Ord>(reference: &[Option<T>], current: &[Option<T>]) -> Option<Drift> {
        if reference.is_empty() || current.is_empty() {
            return None;
        }
        let counts = pooled(tally(reference, current));
        let (statistic, p_value) = chi_squared(&counts);
        Some(Drift {
            test: Test::ChiSquared,
            statistic,
            p_value,
            psi: stability(&counts),
            jensen_shannon: divergence(&counts),
        })
    }
}

/// Which of the features that were looked at together have drifted, by their probabilities and indices of
/// stability.
pub fn found(drifts: &[(f64, f64)], limits: Limits) -> Vec<bool> {
    let mut by_chance: Vec<(usize, &(f64, f64))> = drifts.iter().enumerate().collect();
    by_chance.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
    let mut found = vec![false; drifts.len()];
    for (rank, (place, (p_value, psi))) in by_chance.into_iter().enumerate() {
        if *p_value > limits.alarm_rate / (drifts.len() - rank) as f64 {
            break;
        }
        if let Some(found) = found.get_mut(place) {
            *found = *psi >= limits.least_psi;
        }
    }
    found
}

fn sorted(values: &[Option<f64>]) -> Vec<f64> {
    let known = |v: &Option<f64>| v.filter(|v| !v.is_nan()).unwrap_or(f64::NEG_INFINITY);
    let mut sorted: Vec<f64> = values.iter().map(known).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The largest gap between the shares of rows up to any value.
fn largest_gap(reference: &[f64], current: &[f64]) -> f64 {
    let up_to = |rows: &[f64], value: f64| {
        rows.partition_point(|row| *row <= value) as f64 / rows.len() as f64
    };
    let gap = |value: &f64| (up_to(reference, *value) - up_to(current, *value)).abs();
    reference.iter().chain(current).map(gap).fold(0.0, f64::max)
}

/// The probability of at least this gap by chance, of samples that count as `rows` together, by
/// Kolmogorov's limit with Stephens's (1970) correction for few rows.
fn kolmogorov(gap: f64, rows: f64) -> f64 {
    const TERMS: i32 = 100;
    let root = rows.sqrt();
    let x = (root + 0.12 + 0.11 / root) * gap;
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        sign * (-2.0 * f64::from(k * k) * x * x).exp()
    };
    (2.0 * (1..=TERMS).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

/// Edges between bins of as many reference rows each; equal values stay together.
struct Bins {
    /// The least value of each bin after the first.
    edges: Vec<f64>,
}

impl Bins {
    fn of(reference: &[f64]) -> Bins {
        let missing = reference.partition_point(|v| *v == f64::NEG_INFINITY);
        let known = reference.get(missing..).unwrap_or_default();
        // The first bin is that of missing values, which may be empty.
        let edge = |bin: usize| known.get(bin * known.len() / BINS).copied();
        let mut edges: Vec<f64> =
            std::iter::once(f64::MIN).chain((1..BINS).filter_map(edge)).collect();
        edges.dedup();
        Bins { edges }
    }

    fn count(&self, sorted: &[f64]) -> Vec<f64> {
        let below = |edge: &f64| sorted.partition_point(|v| v < edge);
        let ends = self.edges.iter().map(below).chain([sorted.len()]);
        let mut from = 0;
        ends.map(|end| (end - std::mem::replace(&mut from, end)) as f64).collect()
    }
}

fn tally<T: Ord>(reference: &[Option<T>], current: &[Option<T>]) -> Vec<[f64; 2]> {
    let mut counts: BTreeMap<&Option<T>, [f64; 2]> = BTreeMap::new();
    for (window, values) in [reference, current].into_iter().enumerate() {
        for value in values {
            if let Some(count) = counts.entry(value).or_default().get_mut(window) {
                *count += 1.0;
            }
        }
    }
    counts.into_values().collect()
}

/// The counts of each window, with codes that are too rare for either as one.
fn pooled(codes: Vec<[f64; 2]>) -> [Vec<f64>; 2] {
    let total = |window: usize| codes.iter().filter_map(|c| c.get(window)).sum::<f64>();
    let (n, m) = (total(0), total(1));
    let smaller = n.min(m) / (n + m);
    let (often, rare): (Vec<_>, Vec<_>) =
        codes.into_iter().partition(|[a, b]| (a + b) * smaller >= FEWEST);
    let rest = rare.iter().fold([0.0, 0.0], |sum, [a, b]| [sum[0] + a, sum[1] + b]);
    let rest = (!rare.is_empty()).then_some(rest);
    often.into_iter().chain(rest).fold([Vec::new(), Vec::new()], |[mut n, mut m], [a, b]| {
        n.push(a);
        m.push(b);
        [n, m]
    })
}

fn shares(counts: &[f64], benefit: f64) -> impl Iterator<Item = f64> + '_ {
    let total: f64 = counts.iter().sum::<f64>() + benefit * counts.len() as f64;
    counts.iter().map(move |c| (c + benefit) / total)
}

fn stability([reference, current]: &[Vec<f64>; 2]) -> f64 {
    let pairs = shares(reference, BENEFIT).zip(shares(current, BENEFIT));
    pairs.map(|(p, q)| (q - p) * (q / p).ln()).sum()
}

fn divergence([reference, current]: &[Vec<f64>; 2]) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * (2.0 * p / (p + q)).log2() } else { 0.0 };
    let pairs = shares(reference, 0.0).zip(shares(current, 0.0));
    pairs.map(|(p, q)| (part(p, q) + part(q, p)) / 2.0).sum::<f64>().clamp(0.0, 1.0)
}

/// The statistic, and how likely one as large is by chance.
fn chi_squared([reference, current]: &[Vec<f64>; 2]) -> (f64, f64) {
    let (n, m): (f64, f64) = (reference.iter().sum(), current.iter().sum());
    let miss = |(a, b): (&f64, &f64)| {
        let expected = [(a + b) * n / (n + m), (a + b) * m / (n + m)];
        (a - expected[0]).powi(2) / expected[0] + (b - expected[1]).powi(2) / expected[1]
    };
    let statistic: f64 = reference.iter().zip(current).map(miss).sum();
    let freedom = reference.len().saturating_sub(1);
    let p_value = ChiSquared::new(freedom as f64).map_or(1.0, |law| law.sf(statistic));
    (statistic, p_value)
}

#[cfg(test)]
mod tests;
