//! Standard spelling of codes, by the built-in code lists and the loaded data.

use super::error::{InvalidFilter, SearchError, unknown_column};
use ntsb_search::columns::Column;
use ntsb_search::standard_spelling;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// Finds a code in the loaded code lists, by code or meaning, or in the loaded events. Called for columns
/// that have no built-in code list.
pub fn find_loaded_code(column: &'static Column, text: &str) -> Option<String> {
    let text = text.trim();
    let kind = column.name.trim_start_matches("ev_");
    let sql = format!(
        "SELECT CASE WHEN pg_catalog.to_regclass('ntsb.fact_accidents') IS NOT NULL THEN coalesce(
             (SELECT m.code FROM ntsb.code_meaning m WHERE m.kind IN ($1, $2) AND m.code = pg_catalog.upper($3) LIMIT 1),
             (SELECT m.code FROM ntsb.code_meaning m
              WHERE m.kind IN ($1, $2) AND pg_catalog.lower(m.meaning) = pg_catalog.lower($3)
              ORDER BY m.code LIMIT 1),
             (SELECT e.{name} FROM ntsb.fact_accidents e WHERE e.{name} = pg_catalog.upper($3) LIMIT 1),
             (SELECT e.{name} FROM ntsb.fact_accidents e WHERE e.{name} = $3 LIMIT 1)) END",
        name = column.name
    );
    let arguments = [kind.into(), column.name.into(), text.into()];
    Spi::connect(|client| client.select(&sql, Some(1), &arguments)?.first().get_one::<String>())
        .ok()
        .flatten()
}

#[pg_extern(stable, strict, parallel_safe)]
fn ntsb_standard_code(column_name: &str, value: &str) -> Result<String, ErrorReport> {
    Ok(standardize_code(column_name, value)?)
}

/// Returns a value of a column of accidents in the column's standard spelling.
pub fn standardize_code(column_name: &str, value: &str) -> Result<String, SearchError> {
    let found = Column::find(column_name).map(|(_, column)| column);
    let column = found.ok_or_else(|| unknown_column("column_name", column_name))?;
    Ok(standard_spelling(column, value, &find_loaded_code).map_err(InvalidFilter::from)?)
}

/// Returns the values in their standard spelling, without nulls.
pub fn standardize_codes(
    column_name: &str,
    values: Vec<Option<String>>,
) -> Result<Vec<String>, SearchError> {
    values.into_iter().flatten().map(|value| standardize_code(column_name, &value)).collect()
}
