//! What comes next, and within which bounds.
//!
//! Counts vary the more, the larger they are: the model sees 2 sqrt(n + 3/8), whose noise is about the
//! same everywhere (Anscombe 1948). The season is taken off ([`super::season`]), the rest goes on as
//! exponential smoothing with an additive, damped trend (ETS(A,Ad,N), Hyndman et al. 2008), and the
//! season is put on again. Bounds are those of the model: they do not know that its parameters were
//! estimated, so [`accuracy`] tells how often they held.

mod accuracy;

pub use accuracy::{Accuracy, MOST_ORIGINS, accuracy};

use super::season::decompose;
use super::series::Bucket;
use super::{StatsError, check_length, check_level, check_range};
use augurs_core::{Fit, Predict};
use augurs_ets::AutoETS;

/// The farthest that a forecast looks, in buckets.
pub const FARTHEST: usize = 1_000;

/// A forecast of one bucket; bounds that hold with the probability asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// Buckets that a forecast needs: twice the season, and ten.
pub fn fewest(bucket: Bucket) -> usize {
    (2 * bucket.season()).max(10)
}

/// The latest buckets that it looks back on: of 20 years, of 60 where a bucket is a year, of three
/// where it is a day. What lies farther back made forecasts no better.
pub fn memory(bucket: Bucket) -> usize {
    match bucket {
        Bucket::Day => 1_096,
        Bucket::Week => 1_040,
        Bucket::Month => 240,
        Bucket::Quarter => 80,
        Bucket::Year => 60,
    }
}

/// The latest of `values` that a forecast is made from.
pub fn remembered(values: &[f64], bucket: Bucket) -> &[f64] {
    values.get(values.len().saturating_sub(memory(bucket))..).unwrap_or_default()
}

/// The next `horizon` buckets after `values`, none of which is below zero.
pub fn forecast(
    values: &[f64],
    bucket: Bucket,
    horizon: usize,
    level: f64,
) -> Result<Vec<Step>, StatsError> {
    check_level(level)?;
    check_range("horizon", horizon as f64, 1.0, FARTHEST as f64)?;
    check_length("a forecast", values.len(), fewest(bucket), usize::MAX)?;
    let scaled: Vec<f64> =
        remembered(values, bucket).iter().map(|v| 2.0 * (v.max(0.0) + 0.375).sqrt()).collect();
    let season = bucket.season();
    let parts = decompose(&scaled, season)?;
    let cycle = parts.season.get(scaled.len() - season..).unwrap_or_default();
    let steps = smooth(&parts.adjusted, horizon, level)?;
    let back = |scaled: f64| (scaled.max(0.0).powi(2) / 4.0 - 0.375).max(0.0);
    let place = |(step, shift): (Step, &f64)| Step {
        value: back(step.value + shift),
        lower: back(step.lower + shift),
        upper: back(step.upper + shift),
    };
    Ok(steps.into_iter().zip(cycle.iter().cycle()).map(place).collect())
}

fn smooth(values: &[f64], horizon: usize, level: f64) -> Result<Vec<Step>, StatsError> {
    let first = values.first().copied().unwrap_or(0.0);
    // No model fits what does not vary, and none is needed.
    if values.iter().all(|v| (v - first).abs() < 1e-9) {
        return Ok(vec![Step { value: first, lower: first, upper: first }; horizon]);
    }
    let refused = |e: augurs_ets::Error| StatsError::NoFit(e.to_string());
    let model = AutoETS::new(1, "AAN").and_then(|m| m.damped(true)).map_err(refused)?;
    let ahead = model.fit(values).and_then(|m| m.predict(horizon, level)).map_err(refused)?;
    let bounds = ahead.intervals.map(|b| b.lower.into_iter().zip(b.upper));
    let bounds = bounds.ok_or_else(|| StatsError::NoFit("no bounds".into()))?;
    let steps: Vec<Step> = ahead
        .point
        .into_iter()
        .zip(bounds)
        .map(|(value, (lower, upper))| Step { value, lower, upper })
        .collect();
    match steps.iter().all(|s| s.value.is_finite() && s.lower <= s.value && s.value <= s.upper) {
        true => Ok(steps),
        false => Err(StatsError::NoFit("a forecast without bounds".into())),
    }
}
