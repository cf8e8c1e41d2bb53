//! `ntsb_geojson`: accidents as GeoJSON (RFC 7946).

use super::MAX_FEATURES;
use super::error::GeoError;
use crate::error::InvalidArgument;
use crate::search::{compile_filter, filter_or_true, to_arguments};
use crate::spi::require_table;
use ntsb_filter::{Literal, SqlCondition};
use ntsb_search::columns::SOURCE;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

// Returns json as text, because PostgreSQL stores json as text and has built this value itself.
#[pg_extern(sql = r#"
CREATE FUNCTION ntsb_geojson(filter text DEFAULT NULL, max_rows integer DEFAULT 1000) RETURNS json
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
"#)]
fn ntsb_geojson(
    filter: Option<&str>,
    max_rows: Option<i32>,
) -> Result<Option<String>, ErrorReport> {
    let rows = max_rows.unwrap_or(1000);
    if !(1..=MAX_FEATURES).contains(&rows) {
        return Err(InvalidArgument::new("max_rows", "between 1 and 100,000", rows)
            .with_hint("Pass a filter, or use ntsb_tile for a map of all accidents.")
            .into());
    }
    let mut condition = compile_filter(filter_or_true(filter), 1)?;
    let sql = build_query(&mut condition, rows);
    let text = Spi::connect(|client| -> Result<_, GeoError> {
        require_table(client, "ntsb.fact_accidents")?;
        Ok(client.select(&sql, Some(1), &to_arguments(&condition.values))?.first().get_one()?)
    })?;
    Ok(text)
}

/// Builds the query, newest events first, and adds the parameter of its limit to `condition`.
fn build_query(condition: &mut SqlCondition, max_rows: i32) -> String {
    let filter = std::mem::take(&mut condition.sql);
    condition.values.push(Literal::Int(max_rows.into()));
    format!(
        "SELECT json_build_object('type', 'FeatureCollection', 'features',
                    coalesce(json_agg(json_build_object('type', 'Feature', 'id', f.ev_id,
                        'geometry', json_build_object('type', 'Point',
                            'coordinates', json_build_array(f.lon, f.lat)),
                        'properties', json_build_object('ev_date', f.ev_date, 'place', f.place,
                            'aircraft', f.aircraft, 'severity', f.severity,
                            'fatalities', f.fatalities))), '[]'))::text
         FROM (SELECT e.ev_id, e.ev_date, round(e.lat::numeric, 6) AS lat, round(e.lon::numeric, 6) AS lon,
                      e.place, e.aircraft, e.severity, e.fatalities
               FROM {SOURCE}
               WHERE ({filter}) AND e.lat BETWEEN -90 AND 90 AND e.lon BETWEEN -180 AND 180
               ORDER BY e.ev_date DESC NULLS LAST, e.ev_id COLLATE \"C\" LIMIT ${limit}) f",
        limit = condition.values.len(),
    )
}
