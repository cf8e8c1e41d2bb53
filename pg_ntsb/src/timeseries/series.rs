//! `ntsb_time_series`: a measure per time bucket, with gaps filled.

use super::error::TimeSeriesError;
use super::measures::Measure;
use crate::epoch::date_from_days;
use crate::error::InvalidArgument;
use crate::search::{compile_filter, to_arguments};
use crate::spi::{require_table, select_value};
use ntsb_filter::{Literal, SqlCondition};
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::check_range;
use ntsb_timeseries::series::{
    BUCKETS, Bucket, BucketCount, DataExtent, SeriesPoint, fill_gaps, usable_points,
};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

/// Minimum completeness of a recent year, relative to the usual completeness.
const DEFAULT_MIN_COMPLETENESS: f64 = 0.5;

#[pg_extern(stable, parallel_safe)]
fn ntsb_time_series(
    measure: default!(Option<&str>, "'events'"),
    bucket: default!(Option<&str>, "'month'"),
    filter: default!(Option<&str>, "NULL"),
    min_completeness: default!(Option<f64>, 0.5),
) -> Result<
    TableIterator<
        'static,
        (name!(bucket_start, Date), name!(value, Option<i64>), name!(status, &'static str)),
    >,
    ErrorReport,
> {
    let series = Series::read(measure, bucket.unwrap_or("month"), filter, min_completeness)?;
    let row = |p: &SeriesPoint| (date_from_days(p.start), p.value, p.status.name());
    Ok(TableIterator::new(series.points.iter().map(row).collect::<Vec<_>>()))
}

/// Lists the measures.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_time_measures() -> SetOfIterator<'static, &'static str> {
    SetOfIterator::new(super::measures::MEASURES.iter().map(|m| m.name))
}

pub struct Series {
    pub bucket: Bucket,
    pub points: Vec<SeriesPoint>,
}

impl Series {
    pub fn read(
        measure: Option<&str>,
        bucket: &str,
        filter: Option<&str>,
        min_completeness: Option<f64>,
    ) -> Result<Series, TimeSeriesError> {
        let measure = Measure::find(measure.unwrap_or("events"))?;
        let found = Bucket::parse(bucket);
        let bucket = found.ok_or_else(|| {
            let names: Vec<_> = BUCKETS.iter().map(|(name, _)| *name).collect();
            InvalidArgument::new("bucket", format!("one of {}", names.join(", ")), bucket)
        })?;
        let min_completeness = min_completeness.unwrap_or(DEFAULT_MIN_COMPLETENESS);
        check_range("min_completeness", min_completeness, 0.0, 1.0)?;
        let filter = Filter::new(filter)?;
        Spi::connect(|client| {
            require_table(client, "ntsb.fact_accidents")?;
            let counts = select_counts(client, measure, bucket, &filter)?;
            let Some((first_day, extent)) = select_extent(client)? else {
                return Ok(Series { bucket, points: Vec::new() });
            };
            let ends = match (counts.first(), counts.last()) {
                (Some(first), Some(last)) if filter.selects_time() => (first.start, last.start),
                (None, _) if filter.selects_time() => (0, -1),
                _ => (first_day, extent.last_day),
            };
            let min_completeness = min_completeness * usual_completeness(&extent);
            Ok(Series {
                bucket,
                points: fill_gaps(bucket, &counts, ends, &extent, min_completeness),
            })
        })
    }

    /// Returns the latest run of complete points, to which models are fitted.
    pub fn usable(&self) -> &[SeriesPoint] {
        usable_points(&self.points)
    }

    /// Returns the last bucket of the usable points.
    pub fn fitted_to(&self) -> Date {
        date_from_days(self.usable().last().map_or(0, |p| p.start))
    }

    /// Returns the number of points that are not usable.
    pub fn unused_count(&self) -> i32 {
        i32::try_from(self.points.len() - self.usable().len()).unwrap_or(i32::MAX)
    }
}

/// An optional filter over accidents.
pub struct Filter(Option<SqlCondition>);

impl Filter {
    pub fn new(text: Option<&str>) -> Result<Filter, TimeSeriesError> {
        Filter::with_first_parameter(text, 1)
    }

    /// Numbers the parameters from `first_parameter`.
    pub fn with_first_parameter(
        text: Option<&str>,
        first_parameter: usize,
    ) -> Result<Filter, TimeSeriesError> {
        let text = text.filter(|t| !t.trim().is_empty());
        Ok(Filter(text.map(|t| compile_filter(t, first_parameter)).transpose()?))
    }

    /// Returns a SQL condition over [`SOURCE`].
    pub fn sql(&self) -> &str {
        self.0.as_ref().map_or("TRUE", |condition| &condition.sql)
    }

    pub fn values(&self) -> &[Literal] {
        self.0.as_ref().map_or(&[], |condition| &condition.values)
    }

    /// Returns true if the filter uses a date column. Then buckets before and after the events found are
    /// outside the series, rather than zero. Constants are parameters, so these names can only be columns.
    fn selects_time(&self) -> bool {
        let uses_date = |condition: &SqlCondition| {
            ["e.ev_date", "e.ev_year", "e.local_date"].iter().any(|c| condition.sql.contains(c))
        };
        self.0.as_ref().is_some_and(uses_date)
    }
}

/// Selects the buckets that contain events, in order. SQL groups by day, and Rust by bucket: sorting days
/// is faster than computing the bucket of each event.
fn select_counts(
    client: &SpiClient,
    measure: &Measure,
    bucket: Bucket,
    filter: &Filter,
) -> Result<Vec<BucketCount>, TimeSeriesError> {
    // Events without a date have a year.
    let by_year = bucket == Bucket::Year;
    let day = if by_year { "make_date(e.ev_year, 1, 1)" } else { "e.ev_date" };
    let group = if by_year { "e.ev_year" } else { "e.ev_date" };
    let sql = format!(
        "SELECT {day} - date '1970-01-01', ({})::bigint, ({})::bigint,
                count(*) FILTER (WHERE e.severity = 'FATL')
         FROM {SOURCE} WHERE {group} IS NOT NULL AND ({}) GROUP BY {group} ORDER BY {group}",
        measure.sql,
        measure.missing,
        filter.sql(),
    );
    let mut counts: Vec<BucketCount> = Vec::new();
    for row in client.select(&sql, None, &to_arguments(filter.values()))? {
        let Some(day) = row.get::<i32>(1)? else { continue };
        let (missing, fatal) = (row.get(3)?.unwrap_or(0), row.get(4)?.unwrap_or(0));
        let count = BucketCount { start: bucket.start_of(day), value: row.get(2)?, missing, fatal };
        match counts.last_mut() {
            Some(last) if last.start == count.start => last.add(&count),
            _ => counts.push(count),
        }
    }
    Ok(counts)
}

/// Selects the first day with an event, and the extent of the data; `None` if there are no events.
fn select_extent(client: &SpiClient) -> Result<Option<(i32, DataExtent)>, TimeSeriesError> {
    let end = |which: &str| {
        format!("SELECT {which}(ev_date) - date '1970-01-01' FROM ntsb.fact_accidents")
    };
    let ends =
        (select_value::<i32>(client, &end("min"))?, select_value::<i32>(client, &end("max"))?);
    let (Some(first_day), Some(last_day)) = ends else { return Ok(None) };
    let sql = "SELECT ev_year::integer, completeness::double precision
               FROM ntsb.year_completeness ORDER BY ev_year";
    let mut years = Vec::new();
    for row in client.select(sql, None, &[])? {
        years.push((row.get(1)?.unwrap_or(0), row.get(2)?.unwrap_or(0.0)));
    }
    Ok(Some((first_day, DataExtent { last_day, years })))
}

/// Below this usual completeness the loaded files contain hardly any findings (they are from before 1982, or
/// contain only some tables), and a year without findings is not incomplete.
const MIN_USUAL_COMPLETENESS: f64 = 0.2;

/// Returns the share of a year's events that NTSB finally completes: the median over all years.
fn usual_completeness(extent: &DataExtent) -> f64 {
    let mut shares: Vec<f64> = extent.years.iter().map(|(_, share)| *share).collect();
    shares.sort_unstable_by(f64::total_cmp);
    shares.get(shares.len() / 2).copied().filter(|s| *s >= MIN_USUAL_COMPLETENESS).unwrap_or(0.0)
}
