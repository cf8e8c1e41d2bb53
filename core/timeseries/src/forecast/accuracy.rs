//! Measures the accuracy of forecasts by a rolling origin: it repeats the forecast from earlier ends of
//! the series and compares it with the values that followed. The baseline is the seasonal naive
//! forecast, which repeats the value of one season ago.

use super::{ForecastPoint, forecast, latest_values, min_points};
use crate::series::Bucket;
use crate::{StatsError, check_length, check_range};
use statrs::distribution::{ContinuousCDF, Normal};

/// The accuracy of a forecast method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Name of the method.
    pub method: &'static str,
    /// Number of compared buckets, over all origins.
    pub compared: usize,
    /// Symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993).
    pub smape: f64,
    /// Mean absolute scaled error: relative to one-step seasonal naive forecasts within the series
    /// (Hyndman and Koehler 2006). Below 1 is better than those. NaN if they have no error.
    pub mase: f64,
    /// Share of the buckets within the prediction interval.
    pub coverage: f64,
}

/// Maximum number of origins.
pub const MAX_ORIGINS: usize = 100;

/// Measures the accuracy of forecasts of `horizon` buckets from `origins` ends of the series. The ends
/// are a quarter of the horizon apart. Returns the model and the baseline.
pub fn measure_accuracy(
    values: &[f64],
    bucket: Bucket,
    horizon: usize,
    level: f64,
    origins: usize,
    poll: &dyn Fn(),
) -> Result<[Accuracy; 2], StatsError> {
    check_range("horizon", horizon as f64, 1.0, super::MAX_HORIZON as f64)?;
    check_range("origins", origins as f64, 1.0, MAX_ORIGINS as f64)?;
    let min_points = min_points(bucket);
    check_length("a forecast evaluation", values.len(), min_points + horizon, usize::MAX)?;
    let (mut model, mut naive) = (Errors::default(), Errors::default());
    let spacing = horizon.div_ceil(4);
    for origin in (0..origins).map_while(|k| (values.len() - horizon).checked_sub(k * spacing)) {
        if origin < min_points {
            break;
        }
        poll();
        let (before, after) = values.split_at(origin);
        let scale = seasonal_error(before, bucket.season_length());
        model.add(&forecast(before, bucket, horizon, level)?, after, scale);
        naive.add(&seasonal_naive(before, bucket, horizon, level), after, scale);
    }
    Ok([model.accuracy("ets"), naive.accuracy("seasonal naive")])
}

/// Repeats the last season. The interval follows from the errors of such forecasts and widens with each
/// season.
fn seasonal_naive(
    values: &[f64],
    bucket: Bucket,
    horizon: usize,
    level: f64,
) -> Vec<ForecastPoint> {
    let season = bucket.season_length();
    let values = latest_values(values, bucket);
    let squares: Vec<f64> = differences(values, season).map(|d| d * d).collect();
    let deviation = crate::mean(&squares).sqrt();
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let last_season = values.get(values.len().saturating_sub(season)..).unwrap_or_default();
    let point = |(index, value): (usize, &f64)| {
        let margin = z * deviation * ((index / season + 1) as f64).sqrt();
        ForecastPoint { value: *value, lower: (value - margin).max(0.0), upper: value + margin }
    };
    last_season.iter().cycle().take(horizon).enumerate().map(point).collect()
}

fn differences(values: &[f64], season: usize) -> impl Iterator<Item = f64> {
    values.iter().zip(values.iter().skip(season)).map(|(earlier, later)| later - earlier)
}

fn seasonal_error(values: &[f64], season: usize) -> f64 {
    let errors: Vec<f64> = differences(values, season).map(f64::abs).collect();
    crate::mean(&errors)
}

/// Sums of the errors of a method.
#[derive(Default)]
struct Errors {
    compared: usize,
    percent: f64,
    scaled: f64,
    covered: usize,
}

impl Errors {
    fn add(&mut self, forecast: &[ForecastPoint], actual: &[f64], scale: f64) {
        for (point, actual) in forecast.iter().zip(actual) {
            let (error, sum) = ((actual - point.value).abs(), actual + point.value);
            self.compared += 1;
            self.percent += if sum > 0.0 { 200.0 * error / sum } else { 0.0 };
            self.scaled += if scale > 0.0 { error / scale } else { f64::NAN };
            // Counts are integers, so the bounds are rounded outwards.
            let is_covered = point.lower.floor() <= *actual && *actual <= point.upper.ceil();
            self.covered += usize::from(is_covered);
        }
    }

    fn accuracy(&self, method: &'static str) -> Accuracy {
        let n = self.compared as f64;
        Accuracy {
            method,
            compared: self.compared,
            smape: self.percent / n,
            mase: self.scaled / n,
            coverage: self.covered as f64 / n,
        }
    }
}
