//! `ntsb_trend`, `ntsb_change_points` and `ntsb_seasonality`.

use super::error::TimeSeriesError;
use super::finite_or_null;
use super::series::Series;
use crate::cancel::poll;
use crate::epoch::date_from_days;
use crate::error::InvalidArgument;
use ntsb_schema::calendar::MONTH_NAMES;
use ntsb_schema::calendar::days_to_date;
use ntsb_timeseries::change_points::{bic_penalty, find_segments};
use ntsb_timeseries::season::{decompose, seasonal_indices, seasonal_strength};
use ntsb_timeseries::series::{SeriesPoint, point_values};
use ntsb_timeseries::{check_range, trend};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

#[pg_extern(stable, parallel_safe)]
fn ntsb_trend(
    measure: default!(Option<&str>, "'events'"),
    bucket: default!(Option<&str>, "'year'"),
    filter: default!(Option<&str>, "NULL"),
    level: default!(Option<f64>, 0.95),
    min_completeness: default!(Option<f64>, 0.5),
) -> Result<
    TableIterator<
        'static,
        (
            name!(verdict, &'static str),
            name!(p_value, f64),
            name!(tau, f64),
            name!(mann_kendall_s, i64),
            name!(sen_slope, f64),
            name!(sen_lower, f64),
            name!(sen_upper, f64),
            name!(slope, f64),
            name!(slope_lower, f64),
            name!(slope_upper, f64),
            name!(slope_p_value, f64),
            name!(fitted_from, Date),
            name!(fitted_to, Date),
            name!(fitted_buckets, i32),
            name!(left_out, i32),
        ),
    >,
    ErrorReport,
> {
    let series = Series::read(measure, bucket.unwrap_or("year"), filter, min_completeness)?;
    let fitted = series.usable();
    let found =
        trend::find_trend(&point_values(fitted), series.bucket, level.unwrap_or(0.95), &poll);
    let trend::Trend { line, rank, verdict } = found.map_err(TimeSeriesError::from)?;
    Ok(TableIterator::once((
        verdict,
        rank.p_value,
        rank.tau,
        rank.s as i64,
        rank.slope,
        rank.lower,
        rank.upper,
        line.slope,
        line.lower,
        line.upper,
        line.p_value,
        date_from_days(fitted.first().map_or(0, |p| p.start)),
        series.fitted_to(),
        i32::try_from(fitted.len()).unwrap_or(i32::MAX),
        series.unused_count(),
    )))
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_change_points(
    measure: default!(Option<&str>, "'events'"),
    bucket: default!(Option<&str>, "'year'"),
    filter: default!(Option<&str>, "NULL"),
    strictness: default!(Option<f64>, 1.0),
    min_completeness: default!(Option<f64>, 0.5),
) -> Result<
    TableIterator<
        'static,
        (
            name!(bucket_start, Date),
            name!(level_before, f64),
            name!(level_after, f64),
            name!(change_percent, Option<f64>),
            name!(fitted_to, Date),
        ),
    >,
    ErrorReport,
> {
    let series = Series::read(measure, bucket.unwrap_or("year"), filter, min_completeness)?;
    let strictness = strictness.unwrap_or(1.0);
    check_range("strictness", strictness, 0.0, 1000.0).map_err(TimeSeriesError::from)?;
    let (fitted, season) = (series.usable(), series.bucket.season_length());
    let found = decompose(&point_values(fitted), season).and_then(|parts| {
        let penalty = strictness * bic_penalty(&parts.adjusted);
        find_segments(&parts.adjusted, season.max(3), penalty, &poll)
    });
    let found = found.map_err(TimeSeriesError::from)?;
    let pairs = found.iter().zip(found.iter().skip(1));
    let row = |(before, after): (&ntsb_timeseries::change_points::Segment, &_)| {
        let ntsb_timeseries::change_points::Segment { start, mean, .. } = after;
        let start = fitted.get(*start).map_or(0, |p| p.start);
        let change = 100.0 * (mean / before.mean - 1.0);
        (date_from_days(start), before.mean, *mean, finite_or_null(change), series.fitted_to())
    };
    Ok(TableIterator::new(pairs.map(row).collect::<Vec<_>>()))
}

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[pg_extern(stable, parallel_safe)]
fn ntsb_seasonality(
    measure: default!(Option<&str>, "'events'"),
    by: default!(Option<&str>, "'month'"),
    filter: default!(Option<&str>, "NULL"),
    min_completeness: default!(Option<f64>, 0.5),
) -> Result<
    TableIterator<
        'static,
        (
            name!(position, i32),
            name!(name, &'static str),
            name!(index, Option<f64>),
            name!(total, i64),
            name!(strength, f64),
            name!(fitted_to, Date),
        ),
    >,
    ErrorReport,
> {
    let (bucket, names): (_, &[&'static str]) = match by.unwrap_or("month") {
        "month" => ("month", &MONTH_NAMES),
        "weekday" => ("day", &WEEKDAYS),
        other => return Err(InvalidArgument::new("by", "month or weekday", other).into()),
    };
    let series = Series::read(measure, bucket, filter, min_completeness)?;
    let fitted = series.usable();
    let phase = |p: &SeriesPoint| match bucket {
        "month" => days_to_date(p.start).1 as usize - 1,
        // 1970-01-01 was a Thursday.
        _ => (p.start + 3).rem_euclid(7) as usize,
    };
    let (counts, first) = (point_values(fitted), fitted.first().map_or(0, phase));
    let strong =
        seasonal_strength(&decompose(&counts, names.len()).map_err(TimeSeriesError::from)?);
    let indices = seasonal_indices(&counts, names.len(), first).map_err(TimeSeriesError::from)?;
    let total = |at: usize| fitted.iter().filter(|p| phase(p) == at).filter_map(|p| p.value).sum();
    let row = |((position, name), index): ((i32, &&'static str), &f64)| {
        let total: i64 = total(position as usize - 1);
        (position, *name, finite_or_null(*index), total, strong, series.fitted_to())
    };
    let rows = (1..).zip(names).zip(&indices).map(row).collect::<Vec<_>>();
    Ok(TableIterator::new(rows))
}
