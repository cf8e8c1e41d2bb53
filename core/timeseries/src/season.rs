//! What comes again every year or week, taken apart from the rest.

use super::{StatsError, check_length, variance};

/// A series as season plus the rest.
#[derive(Debug, Clone)]
pub struct Parts {
    pub season: Vec<f64>,
    pub trend: Vec<f64>,
    pub remainder: Vec<f64>,
    /// The series without its season.
    pub adjusted: Vec<f64>,
}

/// Splits a series by loess (STL, Cleveland et al. 1990) with a season that is the same each time: one
/// that may change from year to year would take up chance, and forecasts would take chance for it.
pub fn decompose(values: &[f64], period: usize) -> Result<Parts, StatsError> {
    if period < 2 {
        let zeros = vec![0.0; values.len()];
        let adjusted = values.to_vec();
        return Ok(Parts {
            season: zeros.clone(),
            trend: adjusted.clone(),
            remainder: zeros,
            adjusted,
        });
    }
    check_length("a season", values.len(), 2 * period, usize::MAX)?;
    let mut smoother = stlrs::params();
    // Longer than the series, with no slope: the mean of each phase.
    smoother.seasonal_length(10 * values.len() + 1).seasonal_degree(0);
    // The smallest odd number above the period, as in the paper; the crate may take the period.
    smoother.low_pass_length(period + 1 + period % 2);
    let fit = smoother.fit(values, period).map_err(|e| StatsError::NoFit(e.to_string()))?;
    let (season, trend, remainder, _) = fit.into_parts();
    let adjusted = values.iter().zip(&season).map(|(v, s)| v - s).collect();
    Ok(Parts { season, trend, remainder, adjusted })
}

/// How much of what the trend leaves is season, 0 to 1: 1 - Var(R) / Var(S + R) (Wang, Smith and
/// Hyndman 2006).
pub fn strength(parts: &Parts) -> f64 {
    let detrended: Vec<f64> =
        parts.season.iter().zip(&parts.remainder).map(|(s, r)| s + r).collect();
    let all = variance(&detrended);
    if all > 0.0 { (1.0 - variance(&parts.remainder) / all).max(0.0) } else { 0.0 }
}

/// The index of each phase, 1 on average: the mean ratio of a value to the moving average over one
/// period around it (the classical decomposition). NaN for a phase that never has such an average
/// above zero. `first` is the phase of the first value.
pub fn indices(values: &[f64], period: usize, first: usize) -> Result<Vec<f64>, StatsError> {
    check_length("a season", values.len(), 2 * period.max(1), usize::MAX)?;
    let mut sums = vec![(0.0, 0_u32); period];
    for (at, average) in moving_averages(values, period) {
        let phase = (at + first) % period.max(1);
        if let (Some(value), Some((sum, count))) = (values.get(at), sums.get_mut(phase))
            && average > 0.0
        {
            *sum += value / average;
            *count += 1;
        }
    }
    let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / f64::from(*count)).collect();
    let known: Vec<f64> = means.iter().copied().filter(|m| m.is_finite()).collect();
    let overall = super::mean(&known);
    Ok(means.iter().map(|m| m / overall).collect())
}

/// The average over a period around each place that has all of it; an even period is centred by
/// giving half weight to both ends.
fn moving_averages(values: &[f64], period: usize) -> impl Iterator<Item = (usize, f64)> {
    let half = period / 2;
    values.windows(2 * half + 1).enumerate().map(move |(at, window)| {
        let sum: f64 = window.iter().sum();
        let ends = match (window.first(), window.last()) {
            (Some(first), Some(last)) if period.is_multiple_of(2) => (first + last) / 2.0,
            _ => 0.0,
        };
        (at + half, (sum - ends) / period as f64)
    })
}
