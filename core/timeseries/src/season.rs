//! Seasonal decomposition, and the strength and indices of a season.

use super::{StatsError, check_length, variance};

/// A decomposed series. Season, trend and remainder add up to the values.
#[derive(Debug, Clone)]
pub struct Decomposition {
    /// The seasonal component.
    pub season: Vec<f64>,
    /// The trend.
    pub trend: Vec<f64>,
    /// The remainder.
    pub remainder: Vec<f64>,
    /// The seasonally adjusted series: the values minus the season.
    pub adjusted: Vec<f64>,
}

/// Decomposes a series by loess (STL, Cleveland et al. 1990) with a constant season. A season that may
/// change from year to year would fit noise, which forecasts would repeat. A period below 2 means no
/// season.
pub fn decompose(values: &[f64], period: usize) -> Result<Decomposition, StatsError> {
    if period < 2 {
        let zeros = vec![0.0; values.len()];
        let adjusted = values.to_vec();
        return Ok(Decomposition {
            season: zeros.clone(),
            trend: adjusted.clone(),
            remainder: zeros,
            adjusted,
        });
    }
    check_length("a seasonal decomposition", values.len(), 2 * period, usize::MAX)?;
    let mut smoother = stlrs::params();
    // A window longer than the series and degree 0 give the mean of each phase.
    smoother.seasonal_length(10 * values.len() + 1).seasonal_degree(0);
    // The smallest odd number above the period, as in the paper. The default of the crate differs.
    smoother.low_pass_length(period + 1 + period % 2);
    let fit = smoother.fit(values, period).map_err(|e| StatsError::NoFit(e.to_string()))?;
    let (season, trend, remainder, _) = fit.into_parts();
    let adjusted = values.iter().zip(&season).map(|(v, s)| v - s).collect();
    Ok(Decomposition { season, trend, remainder, adjusted })
}

/// The strength of the season, 0 to 1: 1 - Var(R) / Var(S + R) for season S and remainder R (Wang, Smith
/// and Hyndman 2006).
pub fn seasonal_strength(parts: &Decomposition) -> f64 {
    let detrended: Vec<f64> =
        parts.season.iter().zip(&parts.remainder).map(|(s, r)| s + r).collect();
    let all = variance(&detrended);
    if all > 0.0 { (1.0 - variance(&parts.remainder) / all).max(0.0) } else { 0.0 }
}

/// The seasonal index of each phase, 1 on average: the mean ratio of a value to the moving average over
/// one period around it (classical decomposition). It is NaN for a phase without a moving average above
/// zero. `first` is the phase of the first value.
pub fn seasonal_indices(
    values: &[f64],
    period: usize,
    first: usize,
) -> Result<Vec<f64>, StatsError> {
    check_length("a seasonal decomposition", values.len(), 2 * period.max(1), usize::MAX)?;
    let mut sums = vec![(0.0, 0_u32); period];
    for (index, average) in moving_averages(values, period) {
        let phase = (index + first) % period.max(1);
        if let (Some(value), Some((sum, count))) = (values.get(index), sums.get_mut(phase))
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

/// The index of each value with a complete period around it, and the average over that period. For an
/// even period, both ends have half weight.
fn moving_averages(values: &[f64], period: usize) -> impl Iterator<Item = (usize, f64)> {
    let half = period / 2;
    values.windows(2 * half + 1).enumerate().map(move |(start, window)| {
        let sum: f64 = window.iter().sum();
        let ends = match (window.first(), window.last()) {
            (Some(first), Some(last)) if period.is_multiple_of(2) => (first + last) / 2.0,
            _ => 0.0,
        };
        (start + half, (sum - ends) / period as f64)
    })
}
