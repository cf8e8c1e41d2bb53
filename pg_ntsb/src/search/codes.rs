//! Codes as the lists and the loaded data have them.

use crate::error::Error;
use ntsb_search::columns::Column;
use ntsb_search::spelled;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// The code of a column that a text means, by the code lists of the loaded files or because events have it.
/// Only asked for what no list of ours has.
pub fn loaded(column: &'static Column, text: &str) -> Option<String> {
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
    Ok(standard(column_name, value)?)
}

/// A value of a column of accidents in the one spelling that the column has.
pub fn standard(column_name: &str, value: &str) -> Result<String, Error> {
    let found = Column::find(column_name).map(|(_, column)| column);
    let column = found.ok_or_else(|| Error::NoSuchColumn {
        table: "accidents",
        column: column_name.to_owned(),
    })?;
    Ok(spelled(column, value, &loaded)?)
}

/// Values of a column, each in its one spelling; without null.
pub fn all_standard(column_name: &str, values: Vec<Option<String>>) -> Result<Vec<String>, Error> {
    values.into_iter().flatten().map(|value| standard(column_name, &value)).collect()
}
