//! The points that a question is about, and what is measured at them.

use super::memory::Need;
use super::wanted;
use crate::error::Error;
use crate::search::{condition, parameters};
use crate::spi::{need, one};
use ntsb_filter::{Literal, Rendered, Type};
use ntsb_geo::Place;
use ntsb_search::columns::{Column, SOURCE};
use pgrx::prelude::*;
use pgrx::spi::SpiClient;

/// Bytes for each point that is read: coordinates and value as PostgreSQL hands them over and as
/// they are kept, and the identifier.
const READING: u64 = 140;

/// What no identifier holds.
const SEPARATOR: char = '\u{1F}';

/// Points in the order of their ev_id.
#[derive(Debug, Default)]
pub struct Points {
    ids: String,
    ends: Vec<u32>,
    pub places: Vec<Place>,
    pub values: Vec<f64>,
}

impl Points {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn id(&self, at: usize) -> Option<String> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.ids.get(start.map_or(0, |s| *s as usize)..end).map(str::to_owned)
    }

    /// Takes up points as they were found, and sorts them: PostgreSQL would sort whole rows.
    fn sorted(joined: &str, places: &[Place], values: &[f64]) -> Points {
        let found = joined.split(SEPARATOR).zip(places).zip(values);
        let mut found: Vec<_> = found.map(|((id, place), value)| (id, *place, *value)).collect();
        found.sort_unstable_by(|a, b| a.0.cmp(b.0));
        let mut points = Points::default();
        points.ids.reserve(joined.len());
        for (id, place, value) in found {
            points.ids.push_str(id);
            points.ends.push(points.ids.len() as u32);
            points.places.push(place);
            points.values.push(value);
        }
        points
    }
}

/// What is measured: 1 for each event, a number of it, or whether a condition holds (1 or 0).
fn measured(measure: &str, first: usize) -> Result<Rendered, Error> {
    let plain = |sql: &str| Rendered { sql: sql.to_owned(), values: Vec::new() };
    let number = |c: &Column| matches!(c.kind, Type::Int | Type::Real | Type::Double);
    match Column::find(measure) {
        Some((_, column)) if number(column) => return Ok(plain(column.sql)),
        _ if measure == "events" => return Ok(plain("1")),
        _ => {}
    }
    let holds = if measure == "fatal" { "severity = 'FATL'" } else { measure };
    let Rendered { sql, values } = condition(holds, first)?;
    Ok(Rendered { sql: format!("CASE WHEN {sql} THEN 1 ELSE 0 END"), values })
}

/// Reads the points of events for which a condition holds, that have coordinates and a value.
pub fn read(
    filter: Option<&str>,
    measure: &str,
    what: &'static str,
    mut needed: Need,
) -> Result<Points, Error> {
    needed.per_point += READING;
    let Rendered { sql: filter, mut values } = condition(wanted(filter), 1)?;
    let measure = measured(measure, values.len() + 1)?;
    values.extend(measure.values);
    let from = format!(
        "(SELECT e.ev_id, e.lat, e.lon, ({})::double precision AS value FROM {SOURCE}
          WHERE ({filter}) AND e.lat BETWEEN -90 AND 90 AND e.lon BETWEEN -180 AND 180) p
         WHERE p.value > '-Infinity' AND p.value < 'Infinity'",
        measure.sql
    );
    Spi::connect(|client| {
        need(client, "ntsb.fact_accidents")?;
        let most = needed.most_points();
        let points = select(client, &from, &values, most)?;
        if points.len() as u64 > most {
            let sql = format!("SELECT count(*) FROM {from}");
            let all =
                client.select(&sql, Some(1), &parameters(&values))?.first().get_one::<i64>()?;
            return Err(needed.refuse(what, u64::try_from(all.unwrap_or(0)).unwrap_or(0)));
        }
        Ok(points)
    })
}

/// One more than the most, so that too many can be told.
fn select(client: &SpiClient, from: &str, values: &[Literal], most: u64) -> Result<Points, Error> {
    let limit = most.saturating_add(1).min(u64::from(u32::MAX));
    let sql = format!(
        "SELECT string_agg(s.ev_id, E'\\x1F'), array_agg(s.lat), array_agg(s.lon), array_agg(s.value)
         FROM (SELECT p.* FROM {from} LIMIT {limit}) s"
    );
    let rows = client.select(&sql, Some(1), &parameters(values))?;
    let row = rows.first();
    let Some(ids) = row.get::<&str>(1)? else { return Ok(Points::default()) };
    let (lats, lons) = (row.get::<Vec<f64>>(2)?, row.get::<Vec<f64>>(3)?);
    let both = lats.into_iter().flatten().zip(lons.into_iter().flatten());
    let places: Vec<Place> = both.filter_map(|(lat, lon)| Place::new(lat, lon)).collect();
    Ok(Points::sorted(ids, &places, &row.get::<Vec<f64>>(4)?.unwrap_or_default()))
}

/// The schema of PostGIS, quoted, and its presence.
pub fn postgis(client: &SpiClient) -> Result<String, Error> {
    need(client, "ntsb.fact_accidents")?;
    let schema = crate::spi::extension_schema(client, "postgis")?;
    Ok(pgrx::spi::quote_identifier(schema))
}

/// Whether a table of a newer warehouse is there.
pub fn has(client: &SpiClient, table: &str) -> Result<bool, Error> {
    Ok(one::<bool>(client, &format!("SELECT to_regclass('{table}') IS NOT NULL"))? == Some(true))
}
