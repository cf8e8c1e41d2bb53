//! The files of an archived decade: written and read back, and the rows put where they were.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use ntsb_archive::{Column, File, MANIFEST, Manifest, Relation};
use ntsb_schema::hash::hex;
use ntsb_schema::tables::{Kind, TABLES};
use pgrx::JsonB;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::error::Failure;
use super::export::{columns, export};
use super::folder::Folder;
use super::{cursor, may, may_write, restore};
use crate::error::Error;
use crate::spi::one;

static DIRECTORY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Called when the library is loaded.
pub fn init() {
    GucRegistry::define_string_guc(
        c"ntsb.archive_directory",
        c"Folder of the server in which ntsb_archive_decade keeps what it archives.",
        c"An absolute path to a folder that exists and that the server may write. Only superusers set it.",
        &DIRECTORY,
        GucContext::Suset,
        GucFlags::empty(),
    );
}

/// Writes the rows of the events that `ntsb.archived_event` gives to an archive, and reads the files
/// back.
#[pg_extern(strict, parallel_unsafe, schema = "ntsb_internal", name = "archive_write")]
fn ntsb_archive_write(archive_id: i64, decade: i32) -> Result<JsonB, ErrorReport> {
    let written: Result<_, Error> = Spi::connect(|client| {
        may_write(client)?;
        let path = place(client, archive_id, decade)?;
        let folder = Folder::begin(&path, false)?;
        let tables = write_tables(client, archive_id, &folder)?;
        let summary = json!({ "path": path.display().to_string(), "tables": tables });
        folder.write(MANIFEST, &serde_json::to_vec_pretty(&summary)?)?;
        folder.finish()?;
        Ok(JsonB(summary))
    });
    Ok(written?)
}

/// Each database has a folder of its own, each archive a number that never comes again.
fn place(client: &SpiClient, archive_id: i64, decade: i32) -> Result<PathBuf, Error> {
    let directory = DIRECTORY.get().ok_or(Failure::NoDirectory)?;
    let directory = directory.to_str().unwrap_or_default();
    if directory.is_empty() {
        return Err(Failure::NoDirectory.into());
    }
    let database = one::<String>(client, "SELECT pg_catalog.current_database()::text")?;
    let database = database.unwrap_or_default().replace('/', "_");
    Ok(Path::new(directory).join(format!("{database}-{decade}s-{archive_id}")))
}

fn write_tables(client: &SpiClient, archive_id: i64, folder: &Folder) -> Result<Vec<Json>, Error> {
    let mut tables = Vec::new();
    for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
        let relation = stored(client, table.name)?;
        let prefix = format!("{}/", table.name);
        let manifest = export(&relation, "", &of_archive(archive_id), folder, &prefix)?;
        let below = folder.part().join(table.name);
        restore::verify(&below, &manifest, &relation.columns)?;
        let path = below.join(MANIFEST);
        let bytes = std::fs::read(&path).map_err(Failure::at(&path))?;
        tables.push(json!({
            "table": table.name, "rows": manifest.rows, "bytes": manifest.bytes(),
            "sha256": hex(&Sha256::digest(&bytes)),
        }));
    }
    Ok(tables)
}

/// The table as far as it is stored; what PostgreSQL makes itself, it makes again.
fn stored(client: &SpiClient, table: &str) -> Result<Relation, Error> {
    let (columns, key) = columns(client, table, false)?;
    if let Some(column) = columns.iter().find(|c| !c.comes_back()) {
        let (column, sql_type) = (column.name.clone(), column.sql_type.clone());
        return Err(Failure::OneWay { table: table.to_owned(), column, sql_type }.into());
    }
    Ok(Relation::new(table, columns, key))
}

fn of_archive(archive_id: i64) -> String {
    format!(
        "t.ev_id IN (SELECT a.ev_id FROM ntsb.archived_event a WHERE a.archive_id = {archive_id})"
    )
}

/// Puts the rows of an archive back and compares them with it.
#[pg_extern(strict, parallel_unsafe, schema = "ntsb_internal", name = "archive_read")]
fn ntsb_archive_read(archive_id: i64) -> Result<i64, ErrorReport> {
    let read: Result<_, Error> = Spi::connect(|client| {
        may(client, "pg_read_server_files")?;
        let summary = format!(
            "SELECT pg_catalog.jsonb_build_object('path', path, 'tables', tables)
             FROM ntsb.archive WHERE archive_id = {archive_id}"
        );
        let summary = one::<JsonB>(client, &summary)?.map_or(Json::Null, |json| json.0);
        let folder = PathBuf::from(summary["path"].as_str().unwrap_or_default());
        let mut rows = 0;
        for table in summary["tables"].as_array().into_iter().flatten() {
            let (Some(name), Some(digest)) = (table["table"].as_str(), table["sha256"].as_str())
            else {
                continue;
            };
            rows += read_table(client, archive_id, &folder.join(name), digest)?;
        }
        Ok(rows)
    });
    Ok(read?)
}

fn read_table(
    client: &SpiClient,
    archive_id: i64,
    folder: &Path,
    digest: &str,
) -> Result<i64, Error> {
    let manifest = restore::manifest(&folder.join(MANIFEST), digest)?;
    let table = &manifest.what;
    let now = stored(client, table)?;
    let columns = as_archived(&manifest, &now)?;
    let relation = Relation { columns: columns.clone(), ..now };
    restore::verify(folder, &manifest, &columns)?;
    may_insert(client, table)?;
    restore::copy_in(folder, &manifest, &columns)?;
    compare(&relation, archive_id, &manifest)?;
    Ok(i64::try_from(manifest.rows).unwrap_or(i64::MAX))
}

/// What COPY as a statement asks, and rows handed to the table do not.
fn may_insert(client: &SpiClient, table: &str) -> Result<(), Error> {
    let name = quote_literal(format!("ntsb.{}", quote_identifier(table)));
    match one::<bool>(client, &format!("SELECT pg_catalog.has_table_privilege({name}, 'INSERT')"))?
    {
        Some(true) => Ok(()),
        _ => Err(Failure::NoInsert(table.to_owned()).into()),
    }
}

/// The columns that were archived, which the table must still have.
fn as_archived(manifest: &Manifest, now: &Relation) -> Result<Vec<Column>, Error> {
    let find = |d: &ntsb_archive::Described| {
        let same = |c: &&Column| c.name == d.name && c.sql_type == d.sql_type;
        now.columns.iter().find(same).cloned().ok_or_else(|| {
            let (table, column, sql_type) =
                (manifest.what.clone(), d.name.clone(), d.sql_type.clone());
            Failure::Changed { table, column, sql_type }.into()
        })
    };
    manifest.columns.iter().map(find).collect()
}

/// The rows as the table has them now are those of the files, to the bit.
fn compare(relation: &Relation, archive_id: i64, manifest: &Manifest) -> Result<(), Error> {
    let widths: Vec<_> =
        [Some(4)].into_iter().chain(relation.columns.iter().map(Column::width)).collect();
    let mut years: Vec<(Option<i32>, ntsb_archive::RowDigest)> = Vec::new();
    cursor::rows(&relation.by_year("", &of_archive(archive_id)), &widths, |row| {
        let Some((year, row)) = row.split_first() else { return Ok(()) };
        let year = year.and_then(|y| y.try_into().ok()).map(i32::from_be_bytes);
        if years.last().is_none_or(|(last, _)| *last != year) {
            years.push((year, ntsb_archive::RowDigest::default()));
        }
        if let Some((_, digest)) = years.last_mut() {
            digest.row(row);
        }
        Ok(())
    })?;
    let found: Vec<_> = years.into_iter().map(|(year, digest)| (year, digest.finish())).collect();
    let wanted: Vec<_> =
        manifest.files.iter().map(|f: &File| (f.year, f.rows_sha256.clone())).collect();
    if found == wanted { Ok(()) } else { Err(Failure::NotRestored(relation.name.clone()).into()) }
}
