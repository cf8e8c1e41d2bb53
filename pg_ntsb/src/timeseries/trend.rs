//! `ntsb_trend`, `ntsb_change_points` and `ntsb_seasonality`.

use super::known;
use super::series::Series;
use crate::cancel::poll;
use crate::epoch::date;
use crate::error::Error;
use ntsb_schema::calendar::MONTHS;
use ntsb_schema::calendar::civil;
use ntsb_timeseries::change::{penalty, stretches};
use ntsb_timeseries::season::{decompose, indices, strength};
use ntsb_timeseries::series::{Point, values};
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
    let found = trend::trend(&values(fitted), series.bucket, level.unwrap_or(0.95), &poll);
    let trend::Trend { line, rank, verdict } = found.map_err(Error::from)?;
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
        date(fitted.first().map_or(0, |p| p.start)),
        series.fitted_to(),
        i32::try_from(fitted.len()).unwrap_or(i32::MAX),
        series.left_out(),
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
    check_range("strictness", strictness, 0.0, 1000.0).map_err(Error::from)?;
    let (fitted, season) = (series.usable(), series.bucket.season());
    let found = decompose(&values(fitted), season).and_then(|parts| {
        let price = strictness * penalty(&parts.adjusted);
        stretches(&parts.adjusted, season.max(3), price, &poll)
    });
    let found = found.map_err(Error::from)?;
    let pairs = found.iter().zip(found.iter().skip(1));
    let row = |(before, after): (&ntsb_timeseries::change::Stretch, &_)| {
        let ntsb_timeseries::change::Stretch { start, mean, .. } = after;
        let start = fitted.get(*start).map_or(0, |p| p.start);
        let change = 100.0 * (mean / before.mean - 1.0);
        (date(start), before.mean, *mean, known(change), series.fitted_to())
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
        "month" => ("month", &MONTHS),
        "weekday" => ("day", &WEEKDAYS),
        other => return Err(Error::NoSuchSeason(other.to_owned()).into()),
    };
    let series = Series::read(measure, bucket, filter, min_completeness)?;
    let fitted = series.usable();
    let phase = |p: &Point| match bucket {
        "month" => civil(p.start).1 as usize - 1,
        // 1970-01-01 was a Thursday.
        _ => (p.start + 3).rem_euclid(7) as usize,
    };
    let (counts, first) = (values(fitted), fitted.first().map_or(0, phase));
    let strong = strength(&decompose(&counts, names.len()).map_err(Error::from)?);
    let indices = indices(&counts, names.len(), first).map_err(Error::from)?;
    let total = |at: usize| fitted.iter().filter(|p| phase(p) == at).filter_map(|p| p.value).sum();
    let row = |((position, name), index): ((i32, &&'static str), &f64)| {
        let total: i64 = total(position as usize - 1);
        (position, *name, known(*index), total, strong, series.fitted_to())
    };
    let rows = (1..).zip(names).zip(&indices).map(row).collect::<Vec<_>>();
    Ok(TableIterator::new(rows))
}
