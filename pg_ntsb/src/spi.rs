//! Questions to the database that have one answer.

use crate::error::Error;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_literal};

/// The one value of a query; `None` where it is null or there is no row.
pub fn one<T: FromDatum + IntoDatum>(client: &SpiClient, sql: &str) -> Result<Option<T>, Error> {
    let rows = client.select(sql, Some(1), &[])?;
    if rows.is_empty() { Ok(None) } else { Ok(rows.first().get_one()?) }
}

/// Refuses where a table, given with its schema, is missing: there is no warehouse, or one of an older
/// release.
pub fn need(client: &SpiClient, table: &str) -> Result<(), Error> {
    let found = format!("SELECT to_regclass({}) IS NOT NULL", quote_literal(table));
    if one::<bool>(client, &found)? == Some(true) { Ok(()) } else { Err(Error::NoWarehouse) }
}

/// The schema that an extension's functions live in.
pub fn extension_schema(client: &SpiClient, extension: &str) -> Result<String, Error> {
    let sql = format!(
        "SELECT n.nspname::text FROM pg_catalog.pg_extension e
         JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = {}",
        quote_literal(extension)
    );
    one(client, &sql)?.ok_or_else(|| Error::NoExtension(extension.to_owned()))
}
