//! Data drift between a reference window and a current window.
//!
//! For each feature, a test gives the p-value of the difference: the two-sample Kolmogorov–Smirnov test
//! for numbers, the chi-squared test for codes. The population stability index (PSI) and the
//! Jensen–Shannon divergence give its size. A feature has drifted if the difference is significant,
//! corrected for the number of features (Holm 1979), and also large. With many rows, every difference is
//! significant. With few rows, every difference is large.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

/// Number of bins for numbers, each with the same number of reference rows.
const BINS: usize = 10;
/// Codes with a lower expected count are merged, because the chi-squared test needs at least this.
const MIN_EXPECTED_COUNT: f64 = 5.0;
/// Pseudocount of each bin in the PSI, so that an empty bin has a logarithm.
const PSEUDOCOUNT: f64 = 0.5;

/// The test of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftTest {
    /// Two-sample Kolmogorov–Smirnov test, for numbers.
    KolmogorovSmirnov,
    /// Chi-squared test, for codes.
    ChiSquared,
}

impl DriftTest {
    /// The name that users see.
    pub fn name(self) -> &'static str {
        match self {
            DriftTest::KolmogorovSmirnov => "kolmogorov_smirnov",
            DriftTest::ChiSquared => "chi_squared",
        }
    }
}

/// The difference of a feature between two windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The test.
    pub test: DriftTest,
    /// Its statistic.
    pub statistic: f64,
    /// Its p-value.
    pub p_value: f64,
    /// Population stability index: below 0.1 is small, 0.25 or more is large.
    pub psi: f64,
    /// Jensen–Shannon divergence in bits, 0 to 1.
    pub jensen_shannon: f64,
}

/// The thresholds above which a feature has drifted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Maximum false-alarm rate of a report, for all its features together.
    pub alarm_rate: f64,
    /// Minimum population stability index.
    pub min_psi: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { alarm_rate: 0.05, min_psi: 0.1 }
    }
}

impl Drift {
    /// Compares numbers. A missing value counts as a value below all others. Returns `None` if a window
    /// is empty.
    pub fn between_numbers(reference: &[Option<f64>], current: &[Option<f64>]) -> Option<Drift> {
        let (reference, current) = (sort_numbers(reference), sort_numbers(current));
        if reference.is_empty() || current.is_empty() {
            return None;
        }
        let statistic = max_cdf_gap(&reference, &current);
        let (n, m) = (reference.len() as f64, current.len() as f64);
        let bins = Bins::new(&reference);
        let counts = [bins.count(&reference), bins.count(&current)];
        Some(Drift {
            test: DriftTest::KolmogorovSmirnov,
            statistic,
            p_value: kolmogorov_p_value(statistic, n * m / (n + m)),
            psi: stability_index(&counts),
            jensen_shannon: jensen_shannon(&counts),
        })
    }

    /// Compares codes. A missing value counts as a code of its own. Returns `None` if a window is empty.
    pub fn between_codes<T: Ord>(reference: &[Option<T>], current: &[Option<T>]) -> Option<Drift> {
        if reference.is_empty() || current.is_empty() {
            return None;
        }
        let counts = merge_rare_codes(count_codes(reference, current));
        let (statistic, p_value) = chi_squared(&counts);
        Some(Drift {
            test: DriftTest::ChiSquared,
            statistic,
            p_value,
            psi: stability_index(&counts),
            jensen_shannon: jensen_shannon(&counts),
        })
    }
}

/// For each feature of a report, given as (p-value, PSI), returns whether it has drifted.
pub fn find_drifted(features: &[(f64, f64)], limits: Limits) -> Vec<bool> {
    let mut by_p_value: Vec<(usize, &(f64, f64))> = features.iter().enumerate().collect();
    by_p_value.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0));
    let mut drifted = vec![false; features.len()];
    for (rank, (index, (p_value, psi))) in by_p_value.into_iter().enumerate() {
        if *p_value > limits.alarm_rate / (features.len() - rank) as f64 {
            break;
        }
        if let Some(drifted) = drifted.get_mut(index) {
            *drifted = *psi >= limits.min_psi;
        }
    }
    drifted
}

fn sort_numbers(values: &[Option<f64>]) -> Vec<f64> {
    let to_number = |v: &Option<f64>| v.filter(|v| !v.is_nan()).unwrap_or(f64::NEG_INFINITY);
    let mut sorted: Vec<f64> = values.iter().map(to_number).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The maximum difference of the empirical distribution functions.
fn max_cdf_gap(reference: &[f64], current: &[f64]) -> f64 {
    let cdf = |rows: &[f64], value: f64| {
        rows.partition_point(|row| *row <= value) as f64 / rows.len() as f64
    };
    let gap = |value: &f64| (cdf(reference, *value) - cdf(current, *value)).abs();
    reference.iter().chain(current).map(gap).fold(0.0, f64::max)
}

/// The p-value of a gap for an effective sample size of `rows`, by Kolmogorov's limit with the correction
/// of Stephens (1970) for small samples.
fn kolmogorov_p_value(gap: f64, rows: f64) -> f64 {
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

/// Bins with the same number of reference rows each, except that equal values stay in one bin.
struct Bins {
    /// The lower edge of each bin after the first.
    edges: Vec<f64>,
}

impl Bins {
    fn new(reference: &[f64]) -> Bins {
        let missing = reference.partition_point(|v| *v == f64::NEG_INFINITY);
        let known = reference.get(missing..).unwrap_or_default();
        // The first bin is for missing values and may be empty.
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

fn count_codes<T: Ord>(reference: &[Option<T>], current: &[Option<T>]) -> Vec<[f64; 2]> {
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

/// The counts of each window, after merging the codes that are too rare in either window.
fn merge_rare_codes(codes: Vec<[f64; 2]>) -> [Vec<f64>; 2] {
    let total = |window: usize| codes.iter().filter_map(|c| c.get(window)).sum::<f64>();
    let (n, m) = (total(0), total(1));
    let smaller_share = n.min(m) / (n + m);
    let (common, rare): (Vec<_>, Vec<_>) =
        codes.into_iter().partition(|[a, b]| (a + b) * smaller_share >= MIN_EXPECTED_COUNT);
    let merged = rare.iter().fold([0.0, 0.0], |sum, [a, b]| [sum[0] + a, sum[1] + b]);
    let merged = (!rare.is_empty()).then_some(merged);
    common.into_iter().chain(merged).fold([Vec::new(), Vec::new()], |[mut n, mut m], [a, b]| {
        n.push(a);
        m.push(b);
        [n, m]
    })
}

fn shares(counts: &[f64], pseudocount: f64) -> impl Iterator<Item = f64> + '_ {
    let total: f64 = counts.iter().sum::<f64>() + pseudocount * counts.len() as f64;
    counts.iter().map(move |c| (c + pseudocount) / total)
}

fn stability_index([reference, current]: &[Vec<f64>; 2]) -> f64 {
    let pairs = shares(reference, PSEUDOCOUNT).zip(shares(current, PSEUDOCOUNT));
    pairs.map(|(p, q)| (q - p) * (q / p).ln()).sum()
}

fn jensen_shannon([reference, current]: &[Vec<f64>; 2]) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * (2.0 * p / (p + q)).log2() } else { 0.0 };
    let pairs = shares(reference, 0.0).zip(shares(current, 0.0));
    pairs.map(|(p, q)| (part(p, q) + part(q, p)) / 2.0).sum::<f64>().clamp(0.0, 1.0)
}

/// The statistic and its p-value.
fn chi_squared([reference, current]: &[Vec<f64>; 2]) -> (f64, f64) {
    let (n, m): (f64, f64) = (reference.iter().sum(), current.iter().sum());
    let term = |(a, b): (&f64, &f64)| {
        let expected = [(a + b) * n / (n + m), (a + b) * m / (n + m)];
        (a - expected[0]).powi(2) / expected[0] + (b - expected[1]).powi(2) / expected[1]
    };
    let statistic: f64 = reference.iter().zip(current).map(term).sum();
    let freedom = reference.len().saturating_sub(1);
    let p_value = ChiSquared::new(freedom as f64).map_or(1.0, |d| d.sf(statistic));
    (statistic, p_value)
}

#[cfg(test)]
mod tests;
