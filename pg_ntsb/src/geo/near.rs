//! Accidents near a place, or in an area.

use super::{points, wanted};
use crate::error::Error;
use crate::search::{condition, page_size, parameters};
use ntsb_filter::Rendered;
use ntsb_geo::HALF_ROUND_KM;
use ntsb_search::columns::SOURCE;
use pgrx::AnyElement;
use pgrx::datum::{Date, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

type Found = (
    Option<String>,
    Option<Date>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i32>,
    f64,
    f64,
    Option<f64>,
);

type Rows = TableIterator<
    'static,
    (
        name!(ev_id, Option<String>),
        name!(ev_date, Option<Date>),
        name!(place, Option<String>),
        name!(aircraft, Option<String>),
        name!(severity, Option<String>),
        name!(fatalities, Option<i32>),
        name!(lat, f64),
        name!(lon, f64),
        name!(km, Option<f64>),
    ),
>;

#[pg_extern(stable, parallel_safe)]
fn ntsb_accidents_near(
    lat: Option<f64>,
    lon: Option<f64>,
    km: Option<f64>,
    max_rows: default!(Option<i32>, 100),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, Option<String>),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(fatalities, Option<i32>),
            name!(lat, f64),
            name!(lon, f64),
            name!(km, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let (Some(lat), Some(lon), Some(km)) = (lat, lon, km) else {
        return Ok(TableIterator::empty());
    };
    within(&[("lat", lat, -90.0, 90.0), ("lon", lon, -180.0, 180.0), ("km", km, 0.0, f64::MAX)])?;
    // No place on Earth is further away.
    let km = km.min(HALF_ROUND_KM + 1.0);
    let rows = page_size(max_rows.unwrap_or(100))?;
    let search = |gis: &str| {
        let here = format!("{gis}.geography({gis}.ST_SetSRID({gis}.ST_MakePoint($2, $1), 4326))");
        Search {
            holds: format!("{gis}.ST_DWithin(e.geog, {here}, $3::float8 * 1000, false)"),
            km: format!("{gis}.ST_Distance(e.geog, {here}, false) / 1000"),
            order: "x.km",
        }
    };
    Ok(found(search, vec![lat.into(), lon.into(), km.into()], filter, rows)?)
}

#[pg_extern(stable, parallel_safe)]
fn ntsb_accidents_in(
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
    max_rows: default!(Option<i32>, 1000),
    filter: default!(Option<&str>, "NULL"),
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, Option<String>),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(fatalities, Option<i32>),
            name!(lat, f64),
            name!(lon, f64),
            name!(km, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let (Some(west), Some(south), Some(east), Some(north)) = (west, south, east, north) else {
        return Ok(TableIterator::empty());
    };
    within(&[
        ("west", west, -180.0, 180.0),
        ("south", south, -90.0, 90.0),
        ("east", east, -180.0, 180.0),
        ("north", north, south, 90.0),
    ])?;
    let rows = page_size(max_rows.unwrap_or(1000))?;
    let across = if west > east { "OR" } else { "AND" };
    let search = |_: &str| Search {
        holds: format!(
            "e.lat BETWEEN $2::float8 AND $4::float8 AND (e.lon >= $1::float8 {across} e.lon <= $3::float8)"
        ),
        km: "NULL::float8".into(),
        order: "x.ev_date DESC",
    };
    let values = vec![west.into(), south.into(), east.into(), north.into()];
    Ok(found(search, values, filter, rows)?)
}

#[pg_extern(sql = r#"
CREATE FUNCTION ntsb_accidents_in(area geometry, max_rows integer DEFAULT 1000, filter text DEFAULT NULL)
RETURNS TABLE (ev_id text, ev_date date, place text, aircraft text, severity text, fatalities integer,
               lat double precision, lon double precision, km double precision)
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
"#)]
fn ntsb_accidents_in_area(
    area: Option<AnyElement>,
    max_rows: Option<i32>,
    filter: Option<&str>,
) -> Result<
    TableIterator<
        'static,
        (
            name!(ev_id, Option<String>),
            name!(ev_date, Option<Date>),
            name!(place, Option<String>),
            name!(aircraft, Option<String>),
            name!(severity, Option<String>),
            name!(fatalities, Option<i32>),
            name!(lat, f64),
            name!(lon, f64),
            name!(km, Option<f64>),
        ),
    >,
    ErrorReport,
> {
    let Some(area) = area else { return Ok(TableIterator::empty()) };
    let rows = page_size(max_rows.unwrap_or(1000))?;
    // SAFETY: the declaration takes a geometry and nothing else.
    let value = unsafe { DatumWithOid::new(area.datum(), area.oid()) };
    // What has no SRID is taken for degrees.
    let search = |gis: &str| {
        let area = format!(
            "(CASE WHEN {gis}.ST_SRID($1) = 0 THEN {gis}.ST_SetSRID($1, 4326) ELSE {gis}.ST_Transform($1, 4326) END)"
        );
        Search {
            // Its box leaves few points to look at closely.
            holds: format!(
                "e.lon BETWEEN {gis}.ST_XMin({area}) AND {gis}.ST_XMax({area})
                 AND e.lat BETWEEN {gis}.ST_YMin({area}) AND {gis}.ST_YMax({area})
                 AND {gis}.ST_Intersects({area}, {gis}.ST_SetSRID({gis}.ST_MakePoint(e.lon, e.lat), 4326))"
            ),
            km: "NULL::float8".into(),
            order: "x.ev_date DESC",
        }
    };
    Ok(found(search, vec![value], filter, rows)?)
}

/// SQL over the columns of an event, named `e`.
struct Search {
    holds: String,
    km: String,
    order: &'static str,
}

fn found(
    search: impl FnOnce(&str) -> Search,
    given: Vec<DatumWithOid<'_>>,
    filter: Option<&str>,
    rows: i64,
) -> Result<Rows, Error> {
    let Rendered { sql: condition, values } = condition(wanted(filter), given.len() + 1)?;
    let sql = |search: Search| {
        format!(
            "SELECT x.ev_id, x.ev_date, x.place, x.aircraft, x.severity, x.fatalities, x.lat, x.lon, x.km
             FROM (SELECT e.ev_id, e.ev_date, e.place, e.aircraft, e.severity, e.fatalities, e.lat, e.lon,
                          {km} AS km
                   FROM {SOURCE} WHERE e.lat IS NOT NULL AND {holds} AND ({condition})) x
             ORDER BY {order} NULLS LAST, x.ev_id COLLATE \"C\" LIMIT {rows}",
            km = search.km,
            holds = search.holds,
            order = search.order,
        )
    };
    let mut all = Vec::from_iter(given);
    all.extend(parameters(&values));
    Spi::connect(|client| {
        let sql = sql(search(&points::postgis(client)?));
        let mut found: Vec<Found> = Vec::new();
        for row in client.select(&sql, None, &all)? {
            found.push((
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?.unwrap_or(f64::NAN),
                row.get(8)?.unwrap_or(f64::NAN),
                row.get(9)?,
            ));
        }
        Ok(TableIterator::new(found))
    })
}

fn within(limits: &[(&'static str, f64, f64, f64)]) -> Result<(), Error> {
    let outside = limits.iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
    outside.map_or(Ok(()), |(name, value, least, most)| {
        Err(Error::OutOfRange { name, value: *value, least: *least, most: *most })
    })
}
