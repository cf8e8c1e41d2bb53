//! `ntsb_time_series`: a measure for each bucket of time, without gaps.

use super::measures::Measure;
use crate::epoch::date;
use crate::error::Error;
use crate::search::{condition, parameters};
use crate::spi::{need, one};
use ntsb_filter::{Literal, Rendered};
use ntsb_search::columns::SOURCE;
use ntsb_timeseries::check_range;
use ntsb_timeseries::series::{Bucket, Count, Extent, Point, fill, usable};
use pgrx::datum::Date;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

/// What a recent year must at least have, as a share of what is usual, where nobody says otherwise.
pub const MIN_COMPLETENESS: f64 = 0.5;

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
    let row = |p: &Point| (date(p.start), p.value, p.status.name());
    Ok(TableIterator::new(series.points.iter().map(row).collect::<Vec<_>>()))
}

/// What can be counted.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_time_measures() -> SetOfIterator<'static, &'static str> {
    SetOfIterator::new(super::measures::MEASURES.iter().map(|m| m.name))
}

/// The counts that a question is about.
pub struct Series {
    pub bucket: Bucket,
    pub points: Vec<Point>,
}

impl Series {
    pub fn read(
        measure: Option<&str>,
        bucket: &str,
        filter: Option<&str>,
        min_completeness: Option<f64>,
    ) -> Result<Series, Error> {
        let measure = Measure::find(measure.unwrap_or("events"))?;
        let found = Bucket::find(bucket);
        let bucket = found.ok_or_else(|| Error::NoSuchBucket(bucket.to_owned()))?;
        let least = min_completeness.unwrap_or(MIN_COMPLETENESS);
        check_range("min_completeness", least, 0.0, 1.0)?;
        let filter = Filter::new(filter)?;
        Spi::connect(|client| {
            need(client, "ntsb.fact_accidents")?;
            let counts = counts(client, measure, bucket, &filter)?;
            let Some((first_day, extent)) = extent(client)? else {
                return Ok(Series { bucket, points: Vec::new() });
            };
            let ends = match (counts.first(), counts.last()) {
                (Some(first), Some(last)) if filter.is_about_time() => (first.start, last.start),
                (None, _) if filter.is_about_time() => (0, -1),
                _ => (first_day, extent.last_day),
            };
            let least = least * usual(&extent);
            Ok(Series { bucket, points: fill(bucket, &counts, ends, &extent, least) })
        })
    }

    /// The latest run of complete points, to which models are fitted.
    pub fn usable(&self) -> &[Point] {
        usable(&self.points)
    }

    /// The last bucket of that run.
    pub fn fitted_to(&self) -> Date {
        date(self.usable().last().map_or(0, |p| p.start))
    }

    /// Points after or before that run.
    pub fn left_out(&self) -> i32 {
        i32::try_from(self.points.len() - self.usable().len()).unwrap_or(i32::MAX)
    }
}

/// A condition over accidents, or none.
pub struct Filter(Option<Rendered>);

impl Filter {
    pub fn new(text: Option<&str>) -> Result<Filter, Error> {
        Filter::after(text, 1)
    }

    /// Its parameters are numbered from `first`.
    pub fn after(text: Option<&str>, first: usize) -> Result<Filter, Error> {
        let text = text.filter(|t| !t.trim().is_empty());
        Ok(Filter(text.map(|t| condition(t, first)).transpose()?))
    }

    /// What holds for the wanted rows of [`SOURCE`].
    pub fn sql(&self) -> &str {
        self.0.as_ref().map_or("TRUE", |rendered| &rendered.sql)
    }

    pub fn values(&self) -> &[Literal] {
        self.0.as_ref().map_or(&[], |r| &r.values)
    }

    /// It names a time, so that nothing before or after what it finds is a zero. Constants are
    /// parameters: these words can only be columns.
    fn is_about_time(&self) -> bool {
        let named = |r: &Rendered| {
            ["e.ev_date", "e.ev_year", "e.local_date"].iter().any(|c| r.sql.contains(c))
        };
        self.0.as_ref().is_some_and(named)
    }
}

/// Buckets that have an event, in order. Days are counted first: there are fewer of them to be sorted
/// into buckets than events.
fn counts(
    client: &SpiClient,
    measure: &Measure,
    bucket: Bucket,
    filter: &Filter,
) -> Result<Vec<Count>, Error> {
    // An event without a date still has a year.
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
    let mut counts: Vec<Count> = Vec::new();
    for row in client.select(&sql, None, &parameters(filter.values()))? {
        let Some(day) = row.get::<i32>(1)? else { continue };
        let (missing, fatal) = (row.get(3)?.unwrap_or(0), row.get(4)?.unwrap_or(0));
        let count = Count { start: bucket.start(day), value: row.get(2)?, missing, fatal };
        match counts.last_mut() {
            Some(last) if last.start == count.start => last.add(&count),
            _ => counts.push(count),
        }
    }
    Ok(counts)
}

/// The first day that has an event, and how far the data go; `None` where there is none.
fn extent(client: &SpiClient) -> Result<Option<(i32, Extent)>, Error> {
    let end = |which: &str| {
        format!("SELECT {which}(ev_date) - date '1970-01-01' FROM ntsb.fact_accidents")
    };
    let ends = (one::<i32>(client, &end("min"))?, one::<i32>(client, &end("max"))?);
    let (Some(first_day), Some(last_day)) = ends else { return Ok(None) };
    let sql = "SELECT ev_year::integer, completeness::double precision
               FROM ntsb.year_completeness ORDER BY ev_year";
    let mut years = Vec::new();
    for row in client.select(sql, None, &[])? {
        years.push((row.get(1)?.unwrap_or(0), row.get(2)?.unwrap_or(0.0)));
    }
    Ok(Some((first_day, Extent { last_day, years })))
}

/// Where the usual share is below this, the loaded files have hardly any findings (those of before
/// 1982, or some tables only), and a year without them says nothing.
const MEANINGFUL: f64 = 0.2;

/// The share of a year that NTSB finishes in the end: the median over all years.
fn usual(extent: &Extent) -> f64 {
    let mut shares: Vec<f64> = extent.years.iter().map(|(_, share)| *share).collect();
    shares.sort_unstable_by(f64::total_cmp);
    shares.get(shares.len() / 2).copied().filter(|s| *s >= MEANINGFUL).unwrap_or(0.0)
}
