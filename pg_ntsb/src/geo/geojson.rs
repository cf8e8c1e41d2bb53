//! Accidents as GeoJSON (RFC 7946).

use super::{MOST_FEATURES, wanted};
use crate::error::Error;
use crate::search::{condition, parameters};
use crate::spi::need;
use ntsb_filter::{Literal, Rendered};
use ntsb_search::columns::SOURCE;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

// PostgreSQL keeps json as the text that it is, and has made this one.
#[pg_extern(sql = r#"
CREATE FUNCTION ntsb_geojson(filter text DEFAULT NULL, max_rows integer DEFAULT 1000) RETURNS json
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
"#)]
fn ntsb_geojson(
    filter: Option<&str>,
    max_rows: Option<i32>,
) -> Result<Option<String>, ErrorReport> {
    let rows = max_rows.unwrap_or(1000);
    if !(1..=MOST_FEATURES).contains(&rows) {
        return Err(Error::TooManyFeatures(rows, MOST_FEATURES).into());
    }
    let mut question = condition(wanted(filter), 1).map_err(ErrorReport::from)?;
    let sql = statement(&mut question, rows);
    let text = Spi::connect(|client| -> Result<_, Error> {
        need(client, "ntsb.fact_accidents")?;
        Ok(client.select(&sql, Some(1), &parameters(&question.values))?.first().get_one()?)
    })?;
    Ok(text)
}

/// The newest first.
fn statement(question: &mut Rendered, rows: i32) -> String {
    let condition = std::mem::take(&mut question.sql);
    question.values.push(Literal::Int(rows.into()));
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
               WHERE ({condition}) AND e.lat BETWEEN -90 AND 90 AND e.lon BETWEEN -180 AND 180
               ORDER BY e.ev_date DESC NULLS LAST, e.ev_id COLLATE \"C\" LIMIT ${limit}) f",
        limit = question.values.len(),
    )
}
