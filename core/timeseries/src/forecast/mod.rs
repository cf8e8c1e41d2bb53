//! Forecasts with prediction intervals.
//!
//! The variance of counts increases with their size. The model uses 2 sqrt(n + 3/8), which has a nearly
//! constant variance (Anscombe 1948). The season is removed ([`super::season`]), the adjusted series is
//! forecast by exponential smoothing with an additive damped trend (ETS(A,Ad,N), Hyndman et al. 2008),
//! and the season is added again. The prediction intervals ignore that the parameters of the model are
//! estimated. [`measure_accuracy`] measures their actual coverage.

mod accuracy;

pub use accuracy::{Accuracy, MAX_ORIGINS, measure_accuracy};

use super::season::decompose;
use super::series::Bucket;
use super::{StatsError, check_length, check_level, check_range};
use augurs_core::{Fit, Predict};
use augurs_ets::AutoETS;

/// Maximum horizon of a forecast, in buckets.
pub const MAX_HORIZON: usize = 1_000;

/// The forecast of one bucket, with its prediction interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForecastPoint {
    /// The forecast.
    pub value: f64,
    /// Lower bound of the interval.
    pub lower: f64,
    /// Upper bound of the interval.
    pub upper: f64,
}

/// Minimum number of buckets that a forecast needs: two seasons, but at least ten.
pub fn min_points(bucket: Bucket) -> usize {
    (2 * bucket.season_length()).max(10)
}

/// Maximum number of buckets that a forecast uses, the latest ones: 20 years, but 60 years for yearly
/// and three years for daily buckets. Earlier buckets did not improve forecasts.
pub fn max_points(bucket: Bucket) -> usize {
    match bucket {
        Bucket::Day => 1_096,
        Bucket::Week => 1_040,
        Bucket::Month => 240,
        Bucket::Quarter => 80,
        Bucket::Year => 60,
    }
}

/// The latest values, which a forecast uses.
pub fn latest_values(values: &[f64], bucket: Bucket) -> &[f64] {
    values.get(values.len().saturating_sub(max_points(bucket))..).unwrap_or_default()
}

/// Forecasts the `horizon` buckets after `values`. `level` is that of the prediction intervals. No value
/// is below zero.
pub fn forecast(
    values: &[f64],
    bucket: Bucket,
    horizon: usize,
    level: f64,
) -> Result<Vec<ForecastPoint>, StatsError> {
    check_level(level)?;
    check_range("horizon", horizon as f64, 1.0, MAX_HORIZON as f64)?;
    check_length("a forecast", values.len(), min_points(bucket), usize::MAX)?;
    let transform = |v: &f64| 2.0 * (v.max(0.0) + 0.375).sqrt();
    let transformed: Vec<f64> = latest_values(values, bucket).iter().map(transform).collect();
    let season = bucket.season_length();
    let parts = decompose(&transformed, season)?;
    let last_season = parts.season.get(transformed.len() - season..).unwrap_or_default();
    let points = forecast_adjusted(&parts.adjusted, horizon, level)?;
    let transform_back = |v: f64| (v.max(0.0).powi(2) / 4.0 - 0.375).max(0.0);
    let add_season = |(point, season): (ForecastPoint, &f64)| ForecastPoint {
        value: transform_back(point.value + season),
        lower: transform_back(point.lower + season),
        upper: transform_back(point.upper + season),
    };
    Ok(points.into_iter().zip(last_season.iter().cycle()).map(add_season).collect())
}

fn forecast_adjusted(
    values: &[f64],
    horizon: usize,
    level: f64,
) -> Result<Vec<ForecastPoint>, StatsError> {
    let first = values.first().copied().unwrap_or(0.0);
    // A constant series cannot be fitted and needs no model.
    if values.iter().all(|v| (v - first).abs() < 1e-9) {
        return Ok(vec![ForecastPoint { value: first, lower: first, upper: first }; horizon]);
    }
    let no_fit = |e: augurs_ets::Error| StatsError::NoFit(e.to_string());
    let model = AutoETS::new(1, "AAN").and_then(|m| m.damped(true)).map_err(no_fit)?;
    let forecast = model.fit(values).and_then(|m| m.predict(horizon, level)).map_err(no_fit)?;
    let bounds = forecast.intervals.map(|b| b.lower.into_iter().zip(b.upper));
    let bounds = bounds.ok_or_else(|| StatsError::NoFit("no prediction intervals".into()))?;
    let points: Vec<ForecastPoint> = forecast
        .point
        .into_iter()
        .zip(bounds)
        .map(|(value, (lower, upper))| ForecastPoint { value, lower, upper })
        .collect();
    match points.iter().all(|p| p.value.is_finite() && p.lower <= p.value && p.value <= p.upper) {
        true => Ok(points),
        false => Err(StatsError::NoFit("invalid prediction intervals".into())),
    }
}
