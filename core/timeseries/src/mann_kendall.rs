//! The Mann–Kendall test for a trend, and Sen's slope, with seasons kept apart.
//!
//! Sources: Mann (1945), Kendall (1975) with the correction for ties; Hirsch, Slack and Smith (1982)
//! for seasons; Sen (1968) for the slope and its interval.

use statrs::distribution::{ContinuousCDF, Normal};

/// What the test says. Slopes are per season, or per step where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Pairs that rise minus pairs that fall.
    pub s: f64,
    pub variance: f64,
    pub z: f64,
    pub p_value: f64,
    /// s over the number of pairs: Kendall's tau without regard to ties.
    pub tau: f64,
    pub slope: f64,
    pub lower: f64,
    pub upper: f64,
}

/// Compares each value with the later ones of its season, which comes again after `season` steps (1:
/// all). `None` where no season has two values.
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
        s += compare(&group, &mut slopes, poll);
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

/// The sum of the signs of all later minus earlier values; adds their slopes.
fn compare(group: &[f64], slopes: &mut Vec<f64>, poll: &dyn Fn()) -> f64 {
    let mut s = 0.0;
    for (at, earlier) in group.iter().enumerate() {
        poll();
        for (distance, later) in (1..).zip(group.iter().skip(at + 1)) {
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

/// Sen's interval: the slopes as many places from the median as s may stray.
fn interval(slopes: &[f64], variance: f64, z: f64) -> (f64, f64) {
    let (count, stray) = (slopes.len() as f64, z * variance.max(0.0).sqrt());
    let last = count - 1.0;
    let upper = ((count + stray) / 2.0).round_ties_even().min(last);
    let lower = (((count - stray) / 2.0).round_ties_even() - 1.0).max(0.0);
    let at = |place: f64| slopes.get(place as usize).copied().unwrap_or(f64::NAN);
    (at(lower), at(upper))
}
