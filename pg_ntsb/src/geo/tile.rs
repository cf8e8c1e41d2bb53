//! `ntsb_tile`: Mapbox Vector Tiles in the standard scheme (Web Mercator, 256 pixels).
//!
//! Tiles at low zooms aggregate events. Up to [`MAX_CELL_ZOOM`] a feature is a cell of 4 by 4 pixels. Up to
//! [`MAX_PRECOMPUTED_ZOOM`] the cells are read from a materialized view.

use super::error::GeoError;
use super::points::postgis_schema;
use crate::json_argument::PlainJsonArgument;
use crate::search::{compile_filter, to_arguments};
use crate::spi::require_table;
use ntsb_filter::{Literal, SqlCondition};
use ntsb_search::columns::SOURCE;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The highest zoom whose cells can be built from ntsb.mv_map_cells.
const MAX_PRECOMPUTED_ZOOM: i32 = 4;
/// The highest zoom at which a feature is a cell. At higher zooms a feature is an event.
const MAX_CELL_ZOOM: i32 = 7;
const MAX_ZOOM: i32 = 22;
/// The width of the Web Mercator map in metres.
const MAP_WIDTH_M: f64 = 2.0 * 20_037_508.342_789_244;
/// Cells along each side of a tile.
const CELLS_PER_SIDE: i32 = 64;

/// martin and pg_tileserv find tile functions by this signature. martin passes all query parameters of the
/// URL, so unknown ones are ignored.
#[pg_extern(stable, parallel_safe)]
fn ntsb_tile(
    z: Option<i32>,
    x: Option<i32>,
    y: Option<i32>,
    query: default!(Option<PlainJsonArgument>, "NULL"),
) -> Result<Option<Vec<u8>>, ErrorReport> {
    let (Some(z), Some(x), Some(y)) = (z, x, y) else { return Ok(None) };
    let tiles_per_side = if (0..=MAX_ZOOM).contains(&z) { 1 << z } else { 0 };
    if !(0..tiles_per_side).contains(&x) || !(0..tiles_per_side).contains(&y) {
        return Err(GeoError::NoSuchTile { z, x, y }.into());
    }
    let tile = Tile { z, x, y };
    let filter = query.and_then(read_filter);
    Ok(Spi::connect(|client| -> Result<_, GeoError> {
        let gis = postgis_schema(client)?;
        require_table(client, "ntsb.mv_map_cells")?;
        let (sql, values) = match filter.as_deref().filter(|f| !f.trim().is_empty()) {
            None => (tile.build_query(&gis, &tile.select_all()), Vec::new()),
            Some(filter) => tile.build_filtered_query(&gis, filter)?,
        };
        Ok(client.select(&sql, Some(1), &to_arguments(&values))?.first().get_one()?)
    })?)
}

fn read_filter(PlainJsonArgument(query): PlainJsonArgument) -> Option<String> {
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
    /// Returns west, east, south and north in degrees, with a margin of one cell on each side, because
    /// symbols overlap the edge.
    fn bounds(self) -> [f64; 4] {
        let (tiles, margin) = (f64::from(1 << self.z), 1.0 / f64::from(CELLS_PER_SIDE));
        let lon = |x: f64| 360.0 * x / tiles - 180.0;
        let lat =
            |y: f64| (std::f64::consts::PI * (1.0 - 2.0 * y / tiles)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let south = if self.y + 1 == 1 << self.z { -90.0 } else { lat(y + 1.0 + margin) };
        let north = if self.y == 0 { 90.0 } else { lat(y - margin) };
        [lon(x - margin), lon(x + 1.0 + margin), south, north]
    }

    fn bounds_condition(self, row: &str) -> String {
        let [west, east, south, north] = self.bounds();
        format!(
            "{row}.lat BETWEEN {south:?} AND {north:?} AND {row}.lon BETWEEN {west:?} AND {east:?}"
        )
    }

    /// Selects all events in the tile, or their precomputed counts.
    fn select_all(self) -> String {
        if self.z <= MAX_PRECOMPUTED_ZOOM {
            let in_bounds = self.bounds_condition("c");
            return format!(
                "SELECT c.lat, c.lon, c.events, c.fatal_events, c.fatalities, c.fatal_events_without_count FROM ntsb.mv_map_cells c WHERE {in_bounds}"
            );
        }
        format!(
            "SELECT f.lat, f.lon, f.ev_id, f.ev_date, f.severity, f.fatalities,
                    1 AS events, (f.severity = 'FATL')::integer AS fatal_events,
                    (f.severity = 'FATL' AND f.fatalities IS NULL)::integer AS fatal_events_without_count
             FROM ntsb.fact_accidents f WHERE {}",
            self.bounds_condition("f")
        )
    }

    fn build_filtered_query(
        self,
        gis: &str,
        filter: &str,
    ) -> Result<(String, Vec<Literal>), GeoError> {
        let SqlCondition { sql, values } = compile_filter(filter, 1)?;
        let rows = format!(
            "SELECT e.lat, e.lon, e.ev_id, e.ev_date, e.severity, e.fatalities,
                    1 AS events, (e.severity = 'FATL')::integer AS fatal_events,
                    (e.severity = 'FATL' AND e.fatalities IS NULL)::integer AS fatal_events_without_count
             FROM {SOURCE} WHERE ({sql}) AND {}",
            self.bounds_condition("e"),
        );
        Ok((self.build_query(gis, &rows), values))
    }

    /// Builds the query that returns the tile. It projects coordinates itself, because loading a
    /// projection library takes longer than building a tile may take.
    fn build_query(self, gis: &str, rows: &str) -> String {
        let (z, x, y) = (self.z, self.x, self.y);
        let (features, properties) = if z <= MAX_CELL_ZOOM {
            (
                aggregate_cells(rows, z),
                "f.events, f.fatal_events, f.fatalities, f.fatal_events_without_count",
            )
        } else {
            (project_rows(rows), "f.ev_id, f.ev_date::text, f.severity, f.fatalities")
        };
        format!(
            "SELECT {gis}.ST_AsMVT(t.*, 'accidents', 4096, 'geom')
             FROM (SELECT {gis}.ST_AsMVTGeom(
                              {gis}.ST_MakePoint((f.u - 0.5) * {MAP_WIDTH_M:?}, (0.5 - f.v) * {MAP_WIDTH_M:?}),
                              {gis}.ST_SetSRID({gis}.ST_TileEnvelope({z}, {x}, {y}), 0),
                              4096, 64, true) AS geom, {properties}
                   FROM ({features}) f) t
             WHERE t.geom IS NOT NULL"
        )
    }
}

/// Adds Web Mercator coordinates to rows: u from 0 in the west to 1 in the east, v from 0 at 85.0511° north
/// to 1 at 85.0511° south.
fn project_rows(rows: &str) -> String {
    format!(
        "SELECT r.*, (r.lon + 180) / 360 AS u, 0.5 - ln(tan(pi() / 4 + radians(r.lat) / 2)) / (2 * pi()) AS v
         FROM ({rows}) r WHERE r.lat BETWEEN -85.0511 AND 85.0511"
    )
}

/// Aggregates the events of each cell at their mean position.
fn aggregate_cells(rows: &str, z: i32) -> String {
    let cells = f64::from(CELLS_PER_SIDE) * f64::from(1 << z);
    format!(
        "SELECT sum(p.u * p.events) / sum(p.events) AS u, sum(p.v * p.events) / sum(p.events) AS v,
                sum(p.events)::integer AS events, sum(p.fatal_events)::integer AS fatal_events,
                sum(p.fatalities)::integer AS fatalities,
                sum(p.fatal_events_without_count)::integer AS fatal_events_without_count
         FROM ({}) p GROUP BY floor(p.u * {cells:?}), floor(p.v * {cells:?})",
        project_rows(rows)
    )
}
