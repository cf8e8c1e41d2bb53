//! `ntsb_accidents_near` and `ntsb_accidents_in`: accidents near a location or in an area.

use super::error::{GeoError, check_range};
use super::points::postgis_schema;
use crate::search::{check_max_rows, compile_filter, filter_or_true, to_arguments};
use ntsb_filter::SqlCondition;
use ntsb_geo::MAX_DISTANCE_KM;
use ntsb_search::columns::SOURCE;
use pgrx::AnyElement;
use pgrx::datum::{Date, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

const LATITUDES: (f64, f64) = (-90.0, 90.0);
const LONGITUDES: (f64, f64) = (-180.0, 180.0);

type FoundRow = (
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
    check_range("lat", lat, LATITUDES)?;
    check_range("lon", lon, LONGITUDES)?;
    check_range("km", km, (0.0, f64::MAX))?;
    // No two locations on Earth are further apart.
    let km = km.min(MAX_DISTANCE_KM + 1.0);
    let rows = check_max_rows(max_rows.unwrap_or(100))?;
    let search = |gis: &str| {
        let centre = format!("{gis}.geography({gis}.ST_SetSRID({gis}.ST_MakePoint($2, $1), 4326))");
        SpatialSearch {
            condition: format!("{gis}.ST_DWithin(e.geog, {centre}, $3::float8 * 1000, false)"),
            km: format!("{gis}.ST_Distance(e.geog, {centre}, false) / 1000"),
            order_by: "x.km",
        }
    };
    Ok(select_accidents(search, vec![lat.into(), lon.into(), km.into()], filter, rows)?)
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
    check_range("west", west, LONGITUDES)?;
    check_range("south", south, LATITUDES)?;
    check_range("east", east, LONGITUDES)?;
    check_range("north", north, (south, 90.0))?;
    let rows = check_max_rows(max_rows.unwrap_or(1000))?;
    // A box with west > east crosses the 180th meridian.
    let operator = if west > east { "OR" } else { "AND" };
    let search = |_: &str| SpatialSearch {
        condition: format!(
            "e.lat BETWEEN $2::float8 AND $4::float8 AND (e.lon >= $1::float8 {operator} e.lon <= $3::float8)"
        ),
        km: "NULL::float8".into(),
        order_by: "x.ev_date DESC",
    };
    let values = vec![west.into(), south.into(), east.into(), north.into()];
    Ok(select_accidents(search, values, filter, rows)?)
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
    let rows = check_max_rows(max_rows.unwrap_or(1000))?;
    // SAFETY: the SQL declaration accepts only a geometry, and the datum and OID are those of the argument.
    let value = unsafe { DatumWithOid::new(area.datum(), area.oid()) };
    // A geometry without an SRID is in degrees.
    let search = |gis: &str| {
        let area = format!(
            "(CASE WHEN {gis}.ST_SRID($1) = 0 THEN {gis}.ST_SetSRID($1, 4326) ELSE {gis}.ST_Transform($1, 4326) END)"
        );
        SpatialSearch {
            // The bounding box excludes most points cheaply.
            condition: format!(
                "e.lon BETWEEN {gis}.ST_XMin({area}) AND {gis}.ST_XMax({area})
                 AND e.lat BETWEEN {gis}.ST_YMin({area}) AND {gis}.ST_YMax({area})
                 AND {gis}.ST_Intersects({area}, {gis}.ST_SetSRID({gis}.ST_MakePoint(e.lon, e.lat), 4326))"
            ),
            km: "NULL::float8".into(),
            order_by: "x.ev_date DESC",
        }
    };
    Ok(select_accidents(search, vec![value], filter, rows)?)
}

/// SQL expressions over the columns of an event `e`.
struct SpatialSearch {
    condition: String,
    km: String,
    order_by: &'static str,
}

/// Selects the accidents of a search that match the filter. `search` gets the quoted schema of PostGIS, and
/// `arguments` are the parameters of its SQL.
fn select_accidents(
    search: impl FnOnce(&str) -> SpatialSearch,
    arguments: Vec<DatumWithOid<'_>>,
    filter: Option<&str>,
    max_rows: i64,
) -> Result<Rows, GeoError> {
    let SqlCondition { sql: filter, values } =
        compile_filter(filter_or_true(filter), arguments.len() + 1)?;
    let build_query = |search: SpatialSearch| {
        format!(
            "SELECT x.ev_id, x.ev_date, x.place, x.aircraft, x.severity, x.fatalities, x.lat, x.lon, x.km
             FROM (SELECT e.ev_id, e.ev_date, e.place, e.aircraft, e.severity, e.fatalities, e.lat, e.lon,
                          {km} AS km
                   FROM {SOURCE} WHERE e.lat IS NOT NULL AND {condition} AND ({filter})) x
             ORDER BY {order_by} NULLS LAST, x.ev_id COLLATE \"C\" LIMIT {max_rows}",
            km = search.km,
            condition = search.condition,
            order_by = search.order_by,
        )
    };
    // A new vector, because the values live shorter than the other arguments.
    let mut arguments = Vec::from_iter(arguments);
    arguments.extend(to_arguments(&values));
    Spi::connect(|client| {
        let sql = build_query(search(&postgis_schema(client)?));
        let mut rows: Vec<FoundRow> = Vec::new();
        for row in client.select(&sql, None, &arguments)? {
            rows.push((
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
        Ok(TableIterator::new(rows))
    })
}
