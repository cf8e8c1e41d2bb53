//! The seasonal Mann–Kendall test for a trend, and Sen's slope.
//!
//! Sources: Mann (1945), Kendall (1975) with the correction for ties; Hirsch, Slack and Smith (1982)
//! for seasons; Sen (1968) for the slope and its interval.

use statrs::distribution::{ContinuousCDF, Normal};

/// The result of the test. Slopes are per season, or per step without a season.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Number of increasing pairs minus number of decreasing pairs.
    pub s: f64,
    /// Variance of `s`.
    pub variance: f64,
    /// z score of `s`, with continuity correction.
    pub z: f64,
    /// Two-sided p-value of `z`.
    pub p_value: f64,
    /// `s` divided by the number of pairs: Kendall's tau without correction for ties.
    pub tau: f64,
    /// Sen's slope.
    pub slope: f64,
    /// Lower bound of its confidence interval.
    pub lower: f64,
    /// Upper bound of its confidence interval.
    pub upper: f64,
}

/// Compares each value with the later values of the same phase of a season of `season` steps. With 1, it
/// compares all values. Returns `None` if no phase has two values.
pub fn mann_kendall(
    values: &[f64],
    season: usize,
    level: f64,
    poll: &dyn Fn(),
) -> Option<MannKendall> {
    let season = season.max(1);
    let mut slopes = Vec::new();
    let (mut s, mut variance) = (0.0, 0.0);
    for phase in 0..season.min(values.len()) {
        let group: Vec<f64> = values.iter().skip(phase).step_by(season).copied().collect();
        s += compare_pairs(&group, &mut slopes, poll);
        variance += variance_of_s(&group);
    }
    if slopes.is_empty() {
        return None;
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let z = if s == 0.0 || variance == 0.0 { 0.0 } else { (s - s.signum()) / variance.sqrt() };
    let normal = Normal::standard();
    let (lower, upper) = interval(&slopes, variance, -normal.inverse_cdf(0.5 - level / 2.0));
    Some(MannKendall {
        s,
        variance,
        z,
        p_value: (2.0 * normal.sf(z.abs())).min(1.0),
        tau: s / slopes.len() as f64,
        slope: median(&slopes),
        lower,
        upper,
    })
}

/// Returns the sum of the signs of all differences (later minus earlier), and appends their slopes.
fn compare_pairs(group: &[f64], slopes: &mut Vec<f64>, poll: &dyn Fn()) -> f64 {
    let mut s = 0.0;
    for (index, earlier) in group.iter().enumerate() {
        poll();
        for (distance, later) in (1..).zip(group.iter().skip(index + 1)) {
            let rise = later - earlier;
            s += if rise == 0.0 { 0.0 } else { rise.signum() };
            slopes.push(rise / f64::from(distance));
        }
    }
    s
}

fn variance_of_s(group: &[f64]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut sorted = group.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|tied| term(tied.len() as f64)).sum();
    (term(group.len() as f64) - ties) / 18.0
}

fn median(sorted: &[f64]) -> f64 {
    let (middle, half) = (sorted.len() / 2, sorted.len().saturating_sub(1) / 2);
    let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
    (at(half) + at(middle)) / 2.0
}

/// Sen's confidence interval, from the ranks of the slopes around the median.
fn interval(slopes: &[f64], variance: f64, z: f64) -> (f64, f64) {
    let (count, margin) = (slopes.len() as f64, z * variance.max(0.0).sqrt());
    let last = count - 1.0;
    let upper = ((count + margin) / 2.0).round_ties_even().min(last);
    let lower = (((count - margin) / 2.0).round_ties_even() - 1.0).max(0.0);
    let at = |rank: f64| slopes.get(rank as usize).copied().unwrap_or(f64::NAN);
    (at(lower), at(upper))
}
