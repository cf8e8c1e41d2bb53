//! Archives of decades: writes and verifies the files of an archive, and restores its rows.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use ntsb_archive::{Column, MANIFEST_NAME, Manifest, ManifestFile, Relation};
use ntsb_schema::hash::hex;
use ntsb_schema::tables::{Kind, TABLES};
use pgrx::JsonB;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use super::export::{export_relation, list_columns};
use super::output::OutputFolder;
use super::{cursor, require_role, require_write_privilege, restore};
use crate::spi::select_value;

static DIRECTORY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Defines the settings of archives.
pub fn define_settings() {
    GucRegistry::define_string_guc(
        c"ntsb.archive_directory",
        c"Sets the folder on the server in which ntsb_archive_decade stores archives.",
        c"An absolute path of an existing folder that the server can write to. Only superusers can set it.",
        &DIRECTORY,
        GucContext::Suset,
        GucFlags::empty(),
    );
}

/// Writes the rows of the events that `ntsb.archived_event` assigns to an archive, and verifies the files.
#[pg_extern(strict, parallel_unsafe, schema = "ntsb_internal", name = "write_archive")]
fn ntsb_write_archive(archive_id: i64, decade: i32) -> Result<JsonB, ErrorReport> {
    let written: Result<_, ArchiveError> = Spi::connect(|client| {
        require_write_privilege(client)?;
        let path = archive_path(client, archive_id, decade)?;
        let folder = OutputFolder::create(&path, false)?;
        let tables = write_tables(client, archive_id, &folder)?;
        let summary = json!({ "path": path.display().to_string(), "tables": tables });
        folder.write_file(MANIFEST_NAME, &serde_json::to_vec_pretty(&summary)?)?;
        folder.finish()?;
        Ok(JsonB(summary))
    });
    Ok(written?)
}

/// Returns a path that is unique per database and archive.
fn archive_path(client: &SpiClient, archive_id: i64, decade: i32) -> Result<PathBuf, ArchiveError> {
    let directory = DIRECTORY.get().ok_or(ArchiveError::NoDirectory)?;
    let directory = directory.to_str().unwrap_or_default();
    if directory.is_empty() {
        return Err(ArchiveError::NoDirectory);
    }
    let database = select_value::<String>(client, "SELECT pg_catalog.current_database()::text")?;
    let database = database.unwrap_or_default().replace('/', "_");
    Ok(Path::new(directory).join(format!("{database}-{decade}s-{archive_id}")))
}

fn write_tables(
    client: &SpiClient,
    archive_id: i64,
    folder: &OutputFolder,
) -> Result<Vec<Json>, ArchiveError> {
    let mut tables = Vec::new();
    for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
        let relation = find_table(client, table.name)?;
        let prefix = format!("{}/", table.name);
        let condition = archive_condition(archive_id);
        let manifest = export_relation(&relation, "", &condition, folder, &prefix)?;
        let table_folder = folder.temp_path().join(table.name);
        restore::verify_files(&table_folder, &manifest, &relation.columns)?;
        let path = table_folder.join(MANIFEST_NAME);
        let bytes = std::fs::read(&path).map_err(ArchiveError::from_io(&path))?;
        tables.push(json!({
            "table": table.name, "rows": manifest.rows, "bytes": manifest.total_bytes(),
            "sha256": hex(&Sha256::digest(&bytes)),
        }));
    }
    Ok(tables)
}

/// Finds a table without its generated columns, which PostgreSQL computes again on restore.
fn find_table(client: &SpiClient, table: &str) -> Result<Relation, ArchiveError> {
    let (columns, key) = list_columns(client, table, false)?;
    if let Some(column) = columns.iter().find(|c| !c.can_restore()) {
        let (column, sql_type) = (column.name.clone(), column.sql_type.clone());
        return Err(ArchiveError::CannotRestoreType { table: table.to_owned(), column, sql_type });
    }
    Ok(Relation::new(table, columns, key))
}

fn archive_condition(archive_id: i64) -> String {
    format!(
        "t.ev_id IN (SELECT a.ev_id FROM ntsb.archived_event a WHERE a.archive_id = {archive_id})"
    )
}

/// Restores the rows of an archive and compares them with the files.
#[pg_extern(strict, parallel_unsafe, schema = "ntsb_internal", name = "read_archive")]
fn ntsb_read_archive(archive_id: i64) -> Result<i64, ErrorReport> {
    let read: Result<_, ArchiveError> = Spi::connect(|client| {
        require_role(client, "pg_read_server_files")?;
        let summary = format!(
            "SELECT pg_catalog.jsonb_build_object('path', path, 'tables', tables)
             FROM ntsb.archive WHERE archive_id = {archive_id}"
        );
        let summary = select_value::<JsonB>(client, &summary)?.map_or(Json::Null, |json| json.0);
        let folder = PathBuf::from(summary["path"].as_str().unwrap_or_default());
        let mut rows = 0;
        for table in summary["tables"].as_array().into_iter().flatten() {
            let (Some(name), Some(digest)) = (table["table"].as_str(), table["sha256"].as_str())
            else {
                continue;
            };
            rows += restore_table(client, archive_id, &folder.join(name), digest)?;
        }
        Ok(rows)
    });
    Ok(read?)
}

fn restore_table(
    client: &SpiClient,
    archive_id: i64,
    folder: &Path,
    digest: &str,
) -> Result<i64, ArchiveError> {
    let manifest = restore::read_manifest(&folder.join(MANIFEST_NAME), digest)?;
    let table = &manifest.what;
    let current = find_table(client, table)?;
    let columns = find_archived_columns(&manifest, &current)?;
    let relation = Relation { columns: columns.clone(), ..current };
    restore::verify_files(folder, &manifest, &columns)?;
    require_insert_privilege(client, table)?;
    restore::copy_rows(folder, &manifest, &columns)?;
    compare_rows(&relation, archive_id, &manifest)?;
    Ok(i64::try_from(manifest.rows).unwrap_or(i64::MAX))
}

/// Checks the privilege that the COPY statement checks, but CopyFrom does not.
fn require_insert_privilege(client: &SpiClient, table: &str) -> Result<(), ArchiveError> {
    let name = quote_literal(format!("ntsb.{}", quote_identifier(table)));
    match select_value::<bool>(
        client,
        &format!("SELECT pg_catalog.has_table_privilege({name}, 'INSERT')"),
    )? {
        Some(true) => Ok(()),
        _ => Err(ArchiveError::NoInsertPrivilege(table.to_owned())),
    }
}

/// Returns the archived columns. Fails if the table no longer has one of them.
fn find_archived_columns(
    manifest: &Manifest,
    current: &Relation,
) -> Result<Vec<Column>, ArchiveError> {
    let find = |d: &ntsb_archive::ManifestColumn| {
        let same = |c: &&Column| c.name == d.name && c.sql_type == d.sql_type;
        current.columns.iter().find(same).cloned().ok_or_else(|| {
            let (table, column, sql_type) =
                (manifest.what.clone(), d.name.clone(), d.sql_type.clone());
            ArchiveError::TableChanged { table, column, sql_type }
        })
    };
    manifest.columns.iter().map(find).collect()
}

/// Fails if the rows of the table are not identical to those of the files.
fn compare_rows(
    relation: &Relation,
    archive_id: i64,
    manifest: &Manifest,
) -> Result<(), ArchiveError> {
    let widths: Vec<_> =
        [Some(4)].into_iter().chain(relation.columns.iter().map(Column::width)).collect();
    let mut years: Vec<(Option<i32>, ntsb_archive::RowDigest)> = Vec::new();
    let sql = relation.select_by_year("", &archive_condition(archive_id));
    cursor::for_each_row(&sql, &widths, |row| {
        let Some((year, row)) = row.split_first() else { return Ok(()) };
        let year = year.and_then(|y| y.try_into().ok()).map(i32::from_be_bytes);
        if years.last().is_none_or(|(last, _)| *last != year) {
            years.push((year, ntsb_archive::RowDigest::default()));
        }
        if let Some((_, digest)) = years.last_mut() {
            digest.update(row);
        }
        Ok(())
    })?;
    let found: Vec<_> = years.into_iter().map(|(year, digest)| (year, digest.finish())).collect();
    let expected: Vec<_> =
        manifest.files.iter().map(|f: &ManifestFile| (f.year, f.rows_sha256.clone())).collect();
    if found == expected {
        return Ok(());
    }
    Err(ArchiveError::RestoredRowsDiffer(relation.name.clone()))
}
