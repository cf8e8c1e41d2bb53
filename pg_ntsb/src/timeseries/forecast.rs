//! `ntsb_forecast` and how good such forecasts were.

use super::known;
use super::series::Series;
use crate::cancel::poll;
use crate::epoch::date;
use crate::error::Error;
use ntsb_timeseries::StatsError;
use ntsb_timeseries::forecast::{self, Accuracy};
use ntsb_timeseries::series::{Bucket, Point, values};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

const HORIZON: i32 = 12;
const LEVEL: f64 = 0.95;

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
    let fitted = remembered(series.usable(), series.bucket);
    let steps = forecast::forecast(
        &values(fitted),
        series.bucket,
        whole("horizon", horizon.unwrap_or(HORIZON), forecast::FARTHEST)?,
        level.unwrap_or(LEVEL),
    )
    .map_err(Error::from)?;
    let (Some(first), Some(last)) = (fitted.first(), fitted.last()) else {
        return Ok(TableIterator::new(Vec::new()));
    };
    let buckets = i32::try_from(fitted.len()).unwrap_or(i32::MAX);
    let starts = std::iter::successors(Some(last.start), |s| Some(series.bucket.next(*s))).skip(1);
    let row = |(start, step): (i32, forecast::Step)| {
        let (from, to) = (date(first.start), date(last.start));
        (date(start), step.value, step.lower, step.upper, from, to, buckets)
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
    let level = level.unwrap_or(LEVEL);
    let found = forecast::accuracy(
        &values(series.usable()),
        series.bucket,
        whole("horizon", horizon.unwrap_or(HORIZON), forecast::FARTHEST)?,
        level,
        whole("origins", origins.unwrap_or(20), forecast::MOST_ORIGINS)?,
        &poll,
    )
    .map_err(Error::from)?;
    let row = |a: Accuracy| {
        let compared = i64::try_from(a.compared).unwrap_or(i64::MAX);
        (a.method, a.smape, known(a.mase), a.coverage, level, compared, series.fitted_to())
    };
    Ok(TableIterator::new(found.map(row)))
}

fn remembered(points: &[Point], bucket: Bucket) -> &[Point] {
    let start = points.len().saturating_sub(forecast::memory(bucket));
    points.get(start..).unwrap_or_default()
}

/// A number that counts something.
pub fn whole(what: &'static str, value: i32, most: usize) -> Result<usize, Error> {
    let (low, high) = (1.0, most as f64);
    let refused = StatsError::OutOfRange { what, value: value.into(), low, high };
    usize::try_from(value).ok().filter(|n| (1..=most).contains(n)).ok_or(refused.into())
}
