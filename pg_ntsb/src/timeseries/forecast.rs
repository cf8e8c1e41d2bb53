//! `ntsb_forecast` and `ntsb_forecast_accuracy`.

use super::error::TimeSeriesError;
use super::finite_or_null;
use super::series::Series;
use crate::cancel::poll;
use crate::epoch::date_from_days;
use crate::error::InvalidArgument;

use ntsb_timeseries::forecast::{self, Accuracy};
use ntsb_timeseries::series::{Bucket, SeriesPoint, point_values};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

const DEFAULT_HORIZON: i32 = 12;
const DEFAULT_LEVEL: f64 = 0.95;
const DEFAULT_ORIGINS: i32 = 20;

#[pg_extern(stable, parallel_safe)]
fn ntsb_forecast(
    measure: default!(Option<&str>, "'events'"),
    bucket: default!(Option<&str>, "'month'"),
    horizon: default!(Option<i32>, 12),
    level: default!(Option<f64>, 0.95),
    filter: default!(Option<&str>, "NULL"),
    min_completeness: default!(Option<f64>, 0.5),
) -> Result<
    TableIterator<
        'static,
        (
            name!(bucket_start, Date),
            name!(forecast, f64),
            name!(lower, f64),
            name!(upper, f64),
            name!(fitted_from, Date),
            name!(fitted_to, Date),
            name!(fitted_buckets, i32),
        ),
    >,
    ErrorReport,
> {
    let series = Series::read(measure, bucket.unwrap_or("month"), filter, min_completeness)?;
    let fitted = last_points(series.usable(), series.bucket);
    let steps = forecast::forecast(
        &point_values(fitted),
        series.bucket,
        check_count("horizon", horizon.unwrap_or(DEFAULT_HORIZON), forecast::MAX_HORIZON)?,
        level.unwrap_or(DEFAULT_LEVEL),
    )
    .map_err(TimeSeriesError::from)?;
    let (Some(first), Some(last)) = (fitted.first(), fitted.last()) else {
        return Ok(TableIterator::new(Vec::new()));
    };
    let buckets = i32::try_from(fitted.len()).unwrap_or(i32::MAX);
    let starts =
        std::iter::successors(Some(last.start), |s| Some(series.bucket.next_start(*s))).skip(1);
    let (from, to) = (date_from_days(first.start), date_from_days(last.start));
    let row = |(start, step): (i32, forecast::ForecastPoint)| {
        (date_from_days(start), step.value, step.lower, step.upper, from, to, buckets)
    };
    Ok(TableIterator::new(starts.zip(steps).map(row).collect::<Vec<_>>()))
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_forecast_accuracy(
    measure: default!(Option<&str>, "'events'"),
    bucket: default!(Option<&str>, "'month'"),
    horizon: default!(Option<i32>, 12),
    level: default!(Option<f64>, 0.95),
    filter: default!(Option<&str>, "NULL"),
    min_completeness: default!(Option<f64>, 0.5),
    origins: default!(Option<i32>, 20),
) -> Result<
    TableIterator<
        'static,
        (
            name!(method, &'static str),
            name!(smape, f64),
            name!(mase, Option<f64>),
            name!(coverage, f64),
            name!(level, f64),
            name!(compared, i64),
            name!(fitted_to, Date),
        ),
    >,
    ErrorReport,
> {
    let series = Series::read(measure, bucket.unwrap_or("month"), filter, min_completeness)?;
    let level = level.unwrap_or(DEFAULT_LEVEL);
    let found = forecast::measure_accuracy(
        &point_values(series.usable()),
        series.bucket,
        check_count("horizon", horizon.unwrap_or(DEFAULT_HORIZON), forecast::MAX_HORIZON)?,
        level,
        check_count("origins", origins.unwrap_or(DEFAULT_ORIGINS), forecast::MAX_ORIGINS)?,
        &poll,
    )
    .map_err(TimeSeriesError::from)?;
    let row = |a: Accuracy| {
        let compared = i64::try_from(a.compared).unwrap_or(i64::MAX);
        (a.method, a.smape, finite_or_null(a.mase), a.coverage, level, compared, series.fitted_to())
    };
    Ok(TableIterator::new(found.map(row)))
}

/// Returns the points to which a forecast is fitted.
fn last_points(points: &[SeriesPoint], bucket: Bucket) -> &[SeriesPoint] {
    let start = points.len().saturating_sub(forecast::max_points(bucket));
    points.get(start..).unwrap_or_default()
}

/// Checks that an argument is between 1 and `max`.
pub fn check_count(name: &'static str, value: i32, max: usize) -> Result<usize, InvalidArgument> {
    usize::try_from(value).ok().filter(|n| (1..=max).contains(n)).ok_or_else(|| {
        InvalidArgument::new(name, format!("between 1 and {max}"), value)
            .with_hint("Pass a value within the range, or omit the argument to use its default.")
    })
}
