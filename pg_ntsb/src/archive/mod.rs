//! Rows to Parquet files of the server, and back: exports, and the archive of a decade.
//!
//! [`cursor`] reads rows as bytes, [`export`] writes them into a [`folder`], [`restore`] checks files
//! and copies them back. What a file is, the core says.

mod cursor;
mod decade;
mod error;
mod export;
mod folder;
mod restore;

pub use decade::init;
pub use error::Failure;

use std::path::Path;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier};

use crate::error::Error;
use crate::spi::{extension_schema, need, one};
use export::{export, relation};
use folder::Folder;

/// Writes the rows of a table or view of schema ntsb as Parquet.
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
    let files: Result<_, Error> = Spi::connect(|client| {
        need(client, "ntsb.events")?;
        may_write(client)?;
        let relation = relation(client, what)?;
        let postgis = postgis(client)?;
        let folder = Folder::begin(Path::new(path), overwrite)?;
        let manifest = export(&relation, &postgis, "true", &folder, "")?;
        folder.finish()?;
        Ok(manifest.files)
    });
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(TableIterator::new(
        files?.into_iter().map(move |f| (f.path, f.year, number(f.rows), number(f.bytes))),
    ))
}

/// What COPY asks of whoever writes a file of the server.
fn may_write(client: &SpiClient) -> Result<(), Error> {
    may(client, "pg_write_server_files")
}

fn may(client: &SpiClient, role: &'static str) -> Result<(), Error> {
    let asked = format!("SELECT pg_catalog.pg_has_role(current_user, '{role}', 'USAGE')");
    match one::<bool>(client, &asked)? {
        Some(true) => Ok(()),
        _ => Err(Failure::NotAllowed(role).into()),
    }
}

fn postgis(client: &SpiClient) -> Result<String, Error> {
    Ok(quote_identifier(extension_schema(client, "postgis")?))
}
