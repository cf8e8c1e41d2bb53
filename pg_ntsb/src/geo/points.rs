//! Reads events as points with a measured value.

use super::error::GeoError;
use super::memory::MemoryNeed;
use crate::search::{compile_filter, filter_or_true, to_arguments};
use crate::spi::require_table;
use ntsb_filter::{Literal, SqlCondition, Type};
use ntsb_geo::Point;
use ntsb_search::columns::{Column, SOURCE};
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

/// Bytes needed to read a point: coordinates and value, both in PostgreSQL's arrays and in ours, and the
/// ev_id.
const READ_BYTES_PER_POINT: u64 = 140;

/// A character that no ev_id contains.
const SEPARATOR: char = '\u{1F}';

/// Points in the order of their ev_id. All ev_ids are stored in one string.
#[derive(Debug, Default)]
pub struct Points {
    ids: String,
    ends: Vec<u32>,
    pub places: Vec<Point>,
    pub values: Vec<f64>,
}

impl Points {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn id(&self, index: usize) -> Option<String> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before));
        self.ids.get(start.map_or(0, |s| *s as usize)..end).map(str::to_owned)
    }

    /// Sorts the points here, because PostgreSQL would sort whole rows.
    fn from_unsorted(ids: &str, places: &[Point], values: &[f64]) -> Points {
        let rows = ids.split(SEPARATOR).zip(places).zip(values);
        let mut rows: Vec<_> = rows.map(|((id, place), value)| (id, *place, *value)).collect();
        rows.sort_unstable_by(|a, b| a.0.cmp(b.0));
        let mut points = Points::default();
        points.ids.reserve(ids.len());
        for (id, place, value) in rows {
            points.ids.push_str(id);
            points.ends.push(points.ids.len() as u32);
            points.places.push(place);
            points.values.push(value);
        }
        points
    }
}

/// Compiles a measure: 1 for each event, a numeric column, or 1 for events that match a filter and 0 for
/// others.
fn compile_measure(measure: &str, first_parameter: usize) -> Result<SqlCondition, GeoError> {
    let without_values = |sql: &str| SqlCondition { sql: sql.to_owned(), values: Vec::new() };
    let is_number = |c: &Column| matches!(c.kind, Type::Int | Type::Real | Type::Double);
    match Column::find(measure) {
        Some((_, column)) if is_number(column) => return Ok(without_values(column.sql)),
        _ if measure == "events" => return Ok(without_values("1")),
        _ => {}
    }
    let filter = if measure == "fatal" { "severity = 'FATL'" } else { measure };
    let SqlCondition { sql, values } = compile_filter(filter, first_parameter)?;
    Ok(SqlCondition { sql: format!("CASE WHEN {sql} THEN 1 ELSE 0 END"), values })
}

/// Reads the events that match the filter and have coordinates and a value. Fails if `operation` would
/// need more memory than ntsb.work_mem for them.
pub fn read_points(
    filter: Option<&str>,
    measure: &str,
    operation: &'static str,
    mut need: MemoryNeed,
) -> Result<Points, GeoError> {
    need.per_point += READ_BYTES_PER_POINT;
    let SqlCondition { sql: filter, mut values } = compile_filter(filter_or_true(filter), 1)?;
    let measure = compile_measure(measure, values.len() + 1)?;
    values.extend(measure.values);
    let from = format!(
        "(SELECT e.ev_id, e.lat, e.lon, ({})::double precision AS value FROM {SOURCE}
          WHERE ({filter}) AND e.lat BETWEEN -90 AND 90 AND e.lon BETWEEN -180 AND 180) p
         WHERE p.value > '-Infinity' AND p.value < 'Infinity'",
        measure.sql
    );
    Spi::connect(|client| {
        require_table(client, "ntsb.fact_accidents")?;
        let max_points = need.max_points();
        let points = select_points(client, &from, &values, max_points)?;
        if points.len() as u64 > max_points {
            let sql = format!("SELECT count(*) FROM {from}");
            let count =
                client.select(&sql, Some(1), &to_arguments(&values))?.first().get_one::<i64>()?;
            let count = u64::try_from(count.unwrap_or(0)).unwrap_or(0);
            return Err(need.exceeded(operation, count));
        }
        Ok(points)
    })
}

/// Selects at most one point more than `max_points`, which shows that there are too many.
fn select_points(
    client: &SpiClient,
    from: &str,
    values: &[Literal],
    max_points: u64,
) -> Result<Points, GeoError> {
    let limit = max_points.saturating_add(1).min(u64::from(u32::MAX));
    let sql = format!(
        "SELECT string_agg(s.ev_id, E'\\x1F'), array_agg(s.lat), array_agg(s.lon), array_agg(s.value)
         FROM (SELECT p.* FROM {from} LIMIT {limit}) s"
    );
    let rows = client.select(&sql, Some(1), &to_arguments(values))?;
    let row = rows.first();
    let Some(ids) = row.get::<&str>(1)? else { return Ok(Points::default()) };
    let (lats, lons) = (row.get::<Vec<f64>>(2)?, row.get::<Vec<f64>>(3)?);
    let both = lats.into_iter().flatten().zip(lons.into_iter().flatten());
    let places: Vec<Point> = both.filter_map(|(lat, lon)| Point::new(lat, lon)).collect();
    Ok(Points::from_unsorted(ids, &places, &row.get::<Vec<f64>>(4)?.unwrap_or_default()))
}

/// Returns the quoted schema of PostGIS. Fails if the warehouse or PostGIS is missing.
pub fn postgis_schema(client: &SpiClient) -> Result<String, GeoError> {
    require_table(client, "ntsb.fact_accidents")?;
    let schema = crate::spi::extension_schema(client, "postgis")?;
    Ok(pgrx::spi::quote_identifier(schema))
}
