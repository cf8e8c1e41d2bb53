//! How good forecasts would have been: made again from earlier and earlier ends of the series, and
//! compared with what came. Beside them the seasonal naive forecast, which says that each bucket will
//! be as it was a season ago; a model that is no better is not worth its trouble.

use super::{Step, fewest, forecast, remembered};
use crate::series::Bucket;
use crate::{StatsError, check_length, check_range};
use statrs::distribution::{ContinuousCDF, Normal};

/// Forecasts of one method against what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub method: &'static str,
    /// Buckets forecast, over all origins.
    pub compared: usize,
    /// Symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993).
    pub smape: f64,
    /// Mean absolute error over that of seasonal naive forecasts one step ahead within the series
    /// (Hyndman and Koehler 2006): below 1 is better than those. NaN where they never err.
    pub mase: f64,
    /// Share of the buckets within the bounds.
    pub coverage: f64,
}

/// Most series ends that a forecast is made from.
pub const MOST_ORIGINS: usize = 100;

/// Compares forecasts of `horizon` buckets from `origins` ends of the series, a quarter of the horizon
/// apart, with the buckets that followed.
pub fn accuracy(
    values: &[f64],
    bucket: Bucket,
    horizon: usize,
    level: f64,
    origins: usize,
    poll: &dyn Fn(),
) -> Result<[Accuracy; 2], StatsError> {
    check_range("horizon", horizon as f64, 1.0, super::FARTHEST as f64)?;
    check_range("origins", origins as f64, 1.0, MOST_ORIGINS as f64)?;
    let least = fewest(bucket);
    check_length("a comparison of forecasts", values.len(), least + horizon, usize::MAX)?;
    let (mut model, mut naive) = (Tally::default(), Tally::default());
    let apart = horizon.div_ceil(4);
    for origin in (0..origins).map_while(|k| (values.len() - horizon).checked_sub(k * apart)) {
        if origin < least {
            break;
        }
        poll();
        let (before, after) = values.split_at(origin);
        let scale = seasonal_error(before, bucket.season());
        model.add(&forecast(before, bucket, horizon, level)?, after, scale);
        naive.add(&seasonal_naive(before, bucket, horizon, level), after, scale);
    }
    Ok([model.sum("ets"), naive.sum("seasonal naive")])
}

/// As a season ago; bounds as wide as such forecasts erred, growing with each season.
fn seasonal_naive(values: &[f64], bucket: Bucket, horizon: usize, level: f64) -> Vec<Step> {
    let season = bucket.season();
    let values = remembered(values, bucket);
    let squares: Vec<f64> = differences(values, season).map(|d| d * d).collect();
    let spread = crate::mean(&squares).sqrt();
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let last = values.get(values.len().saturating_sub(season)..).unwrap_or_default();
    let step = |(at, value): (usize, &f64)| {
        let reach = z * spread * ((at / season + 1) as f64).sqrt();
        Step { value: *value, lower: (value - reach).max(0.0), upper: value + reach }
    };
    last.iter().cycle().take(horizon).enumerate().map(step).collect()
}

fn differences(values: &[f64], season: usize) -> impl Iterator<Item = f64> {
    values.iter().zip(values.iter().skip(season)).map(|(before, now)| now - before)
}

fn seasonal_error(values: &[f64], season: usize) -> f64 {
    let errors: Vec<f64> = differences(values, season).map(f64::abs).collect();
    crate::mean(&errors)
}

#[derive(Default)]
struct Tally {
    compared: usize,
    percent: f64,
    scaled: f64,
    held: usize,
}

impl Tally {
    fn add(&mut self, steps: &[Step], came: &[f64], scale: f64) {
        for (step, came) in steps.iter().zip(came) {
            let (error, both) = ((came - step.value).abs(), came + step.value);
            self.compared += 1;
            self.percent += if both > 0.0 { 200.0 * error / both } else { 0.0 };
            self.scaled += if scale > 0.0 { error / scale } else { f64::NAN };
            // A bound of counts is met by the count next to it.
            self.held += usize::from(step.lower.floor() <= *came && *came <= step.upper.ceil());
        }
    }

    fn sum(&self, method: &'static str) -> Accuracy {
        let n = self.compared as f64;
        Accuracy {
            method,
            compared: self.compared,
            smape: self.percent / n,
            mase: self.scaled / n,
            coverage: self.held as f64 / n,
        }
    }
}
