//! Exports of tables to Parquet files on the server, and archives of decades.
//!
//! [`cursor`] reads rows as bytes, [`export`] writes them into an [`output`] folder, [`restore`] verifies
//! files and copies their rows back. `ntsb_archive` defines the file format.

mod cursor;
mod decade;
mod error;
mod export;
mod output;
mod restore;

pub use decade::define_settings;

use std::path::Path;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier};

use crate::spi::{extension_schema, require_table, select_value};
use error::ArchiveError;
use export::{export_relation, find_relation};
use output::OutputFolder;

/// Exports the rows of a table or view of schema ntsb as Parquet.
#[pg_extern(strict, parallel_unsafe)]
fn ntsb_export_parquet(
    what: &str,
    path: &str,
    overwrite: default!(bool, false),
) -> Result<
    TableIterator<
        'static,
        (name!(file, String), name!(year, Option<i32>), name!(rows, i64), name!(bytes, i64)),
    >,
    ErrorReport,
> {
    let files: Result<_, ArchiveError> = Spi::connect(|client| {
        require_table(client, "ntsb.events")?;
        require_write_privilege(client)?;
        let relation = find_relation(client, what)?;
        let postgis = quote_identifier(extension_schema(client, "postgis")?);
        let folder = OutputFolder::create(Path::new(path), overwrite)?;
        let manifest = export_relation(&relation, &postgis, "true", &folder, "")?;
        folder.finish()?;
        Ok(manifest.files)
    });
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(TableIterator::new(
        files?.into_iter().map(move |f| (f.path, f.year, number(f.rows), number(f.bytes))),
    ))
}

/// Requires the same privilege as COPY to a file on the server.
fn require_write_privilege(client: &SpiClient) -> Result<(), ArchiveError> {
    require_role(client, "pg_write_server_files")
}

fn require_role(client: &SpiClient, role: &'static str) -> Result<(), ArchiveError> {
    let has_role = format!("SELECT pg_catalog.pg_has_role(current_user, '{role}', 'USAGE')");
    match select_value::<bool>(client, &has_role)? {
        Some(true) => Ok(()),
        _ => Err(ArchiveError::MissingRole(role)),
    }
}
