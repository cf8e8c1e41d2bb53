//! Map tiles: Mapbox Vector Tiles of the usual pyramid (Web Mercator, 256 pixels).
//!
//! A tile of the whole country must not draw each event. Up to [`LAST_OF_CELLS`] the events of four
//! pixels are one feature, up to [`LAST_COUNTED`] from cells that a refresh has counted.

use super::{points, wanted};
use crate::error::Error;
use crate::json_argument::PlainJsonArgument;
use crate::search::{condition, parameters};
use ntsb_filter::{Literal, Rendered};
use ntsb_search::columns::SOURCE;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The last zoom whose cells ntsb.mv_map_cells has, or parts of them.
const LAST_COUNTED: i32 = 4;
/// The last zoom at which a feature is a cell; then it is an event.
const LAST_OF_CELLS: i32 = 7;
const LAST_ZOOM: i32 = 22;
/// The width of the map in metres, as Web Mercator has it.
const ROUND_M: f64 = 2.0 * 20_037_508.342_789_244;
/// Cells across a tile.
const CELLS: i32 = 64;

/// The signature is the one by which martin and pg_tileserv find functions that make tiles. martin passes the
/// whole query of the URL, so that what is unknown in it is left alone.
#[pg_extern(stable, parallel_safe)]
fn ntsb_tile(
    z: Option<i32>,
    x: Option<i32>,
    y: Option<i32>,
    query: default!(Option<PlainJsonArgument>, "NULL"),
) -> Result<Option<Vec<u8>>, ErrorReport> {
    let (Some(z), Some(x), Some(y)) = (z, x, y) else { return Ok(None) };
    let across = if (0..=LAST_ZOOM).contains(&z) { 1 << z } else { 0 };
    if !(0..across).contains(&x) || !(0..across).contains(&y) {
        return Err(Error::NoSuchTile { z, x, y }.into());
    }
    let tile = Tile { z, x, y };
    let filter = query.and_then(filter_of);
    Ok(Spi::connect(|client| -> Result<_, Error> {
        let gis = points::postgis(client)?;
        if !points::has(client, "ntsb.mv_map_cells")? {
            return Err(Error::NoWarehouse);
        }
        let (sql, values) = match filter.as_deref().filter(|f| !f.trim().is_empty()) {
            None => (tile.sql(&gis, &tile.counted()), Vec::new()),
            Some(filter) => tile.filtered(&gis, filter)?,
        };
        Ok(client.select(&sql, Some(1), &parameters(&values))?.first().get_one()?)
    })?)
}

fn filter_of(PlainJsonArgument(query): PlainJsonArgument) -> Option<String> {
    match query.get("filter")? {
        serde_json::Value::Null => None,
        serde_json::Value::String(filter) => Some(filter.clone()),
        other => Some(other.to_string()),
    }
}

#[derive(Clone, Copy)]
struct Tile {
    z: i32,
    x: i32,
    y: i32,
}

impl Tile {
    /// Where its sides are: west and east in degrees, north and south as the Mercator projection
    /// has them; a sixty-fourth more on all sides, as symbols overlap the edge.
    fn bounds(self) -> [f64; 4] {
        let (across, margin) = (f64::from(1 << self.z), 1.0 / f64::from(CELLS));
        let lon = |x: f64| 360.0 * x / across - 180.0;
        let lat =
            |y: f64| (std::f64::consts::PI * (1.0 - 2.0 * y / across)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let south = if self.y + 1 == 1 << self.z { -90.0 } else { lat(y + 1.0 + margin) };
        let north = if self.y == 0 { 90.0 } else { lat(y - margin) };
        [lon(x - margin), lon(x + 1.0 + margin), south, north]
    }

    fn within(self, row: &str) -> String {
        let [west, east, south, north] = self.bounds();
        format!(
            "{row}.lat BETWEEN {south:?} AND {north:?} AND {row}.lon BETWEEN {west:?} AND {east:?}"
        )
    }

    /// Events of the star, or counts of them, as rows.
    fn counted(self) -> String {
        if self.z <= LAST_COUNTED {
            let within = self.within("c");
            return format!(
                "SELECT c.lat, c.lon, c.events, c.fatal_events, c.fatalities, c.fatal_events_without_count FROM ntsb.mv_map_cells c WHERE {within}"
            );
        }
        format!(
            "SELECT f.lat, f.lon, f.ev_id, f.ev_date, f.severity, f.fatalities,
                    1 AS events, (f.severity = 'FATL')::integer AS fatal_events,
                    (f.severity = 'FATL' AND f.fatalities IS NULL)::integer AS fatal_events_without_count
             FROM ntsb.fact_accidents f WHERE {}",
            self.within("f")
        )
    }

    fn filtered(self, gis: &str, filter: &str) -> Result<(String, Vec<Literal>), Error> {
        let Rendered { sql, values } = condition(wanted(Some(filter)), 1)?;
        let rows = format!(
            "SELECT e.lat, e.lon, e.ev_id, e.ev_date, e.severity, e.fatalities,
                    1 AS events, (e.severity = 'FATL')::integer AS fatal_events,
                    (e.severity = 'FATL' AND e.fatalities IS NULL)::integer AS fatal_events_without_count
             FROM {SOURCE} WHERE ({sql}) AND {}",
            self.within("e"),
        );
        Ok((self.sql(gis, &rows), values))
    }

    /// One row with the tile. The projection is two lines, and a library's takes longer to start than
    /// a tile may take.
    fn sql(self, gis: &str, rows: &str) -> String {
        let (z, x, y) = (self.z, self.x, self.y);
        let (features, properties) = if z <= LAST_OF_CELLS {
            (cells(rows, z), "f.events, f.fatal_events, f.fatalities, f.fatal_events_without_count")
        } else {
            (projected(rows), "f.ev_id, f.ev_date::text, f.severity, f.fatalities")
        };
        format!(
            "SELECT {gis}.ST_AsMVT(t.*, 'accidents', 4096, 'geom')
             FROM (SELECT {gis}.ST_AsMVTGeom(
                              {gis}.ST_MakePoint((f.u - 0.5) * {ROUND_M:?}, (0.5 - f.v) * {ROUND_M:?}),
                              {gis}.ST_SetSRID({gis}.ST_TileEnvelope({z}, {x}, {y}), 0),
                              4096, 64, true) AS geom, {properties}
                   FROM ({features}) f) t
             WHERE t.geom IS NOT NULL"
        )
    }
}

/// Rows with their place on a map of the world: u from 0 in the west to 1 in the east, v from 0 at
/// 85.0511° north to 1 at 85.0511° south.
fn projected(rows: &str) -> String {
    format!(
        "SELECT r.*, (r.lon + 180) / 360 AS u, 0.5 - ln(tan(pi() / 4 + radians(r.lat) / 2)) / (2 * pi()) AS v
         FROM ({rows}) r WHERE r.lat BETWEEN -85.0511 AND 85.0511"
    )
}

/// Events of a cell, at their mean place.
fn cells(rows: &str, z: i32) -> String {
    let across = f64::from(CELLS) * f64::from(1 << z);
    format!(
        "SELECT sum(p.u * p.events) / sum(p.events) AS u, sum(p.v * p.events) / sum(p.events) AS v,
                sum(p.events)::integer AS events, sum(p.fatal_events)::integer AS fatal_events,
                sum(p.fatalities)::integer AS fatalities,
                sum(p.fatal_events_without_count)::integer AS fatal_events_without_count
         FROM ({}) p GROUP BY floor(p.u * {across:?}), floor(p.v * {across:?})",
        projected(rows)
    )
}
