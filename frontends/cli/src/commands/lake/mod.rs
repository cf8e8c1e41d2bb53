//! `ntsb lake`: writes a table as a Delta Lake table, partitioned by year.
//!
//! The folder can be read as a Delta table and as plain Parquet with Hive partitions: files that a version replaces
//! are deleted after it is committed, and all other files have names that engines ignore.

mod delta;
mod files;

use std::collections::BTreeMap;
use std::fs;
use std::pin::pin;

use futures_util::StreamExt;
use ntsb_archive::{ArchiveError, CopyReader, FileSummary, ParquetWriter, Relation, ValueType};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio_postgres::Transaction;

use super::export::{describe_relation, find_postgis};
use crate::args::LakeArgs;
use crate::database::{ActiveSession, connect, run_until_signal};
use crate::failure::Failure;
use crate::output::{Terminal, group_digits};
use delta::{Commit, TableManifest, YearFile};
use files::TableFolder;

const PARTITION: &str = "ev_year";

pub async fn run(args: &LakeArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    run_until_signal(&ActiveSession::default(), terminal, write_table(args, dsn, terminal)).await
}

async fn write_table(
    args: &LakeArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let folder = TableFolder::open(&args.output)?;
    let last = folder.read_last_version()?;
    let mut client = connect(dsn, terminal).await?;
    // All years are read as of one moment.
    let transaction = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let relation = partition_relation(&transaction, &args.what).await?;
    let mut table = TableManifest::new(&relation, read_data_version(&transaction).await?);
    let last = last.as_ref();
    if let Some(other) = last.filter(|last| last.what != table.what) {
        return Err(Failure::Usage(format!(
            "{} holds the table {}, not {}\nhint: Use a folder per table.",
            args.output.display(),
            other.what,
            table.what
        )));
    }
    table.version = last.map_or(0, |last| last.version + 1);
    let previous = last.filter(|last| last.columns == table.columns);
    let writer = YearWriter {
        transaction: &transaction,
        postgis: find_postgis(&transaction).await?,
        relation: &relation,
        folder: &folder,
        version: table.version,
        previous,
    };
    let step = terminal.start_step(format!("writing {}", args.what));
    let mut parts = Vec::new();
    for year in list_years(&transaction, &args.what).await? {
        let (file, part) = writer.write_year(year).await?;
        parts.extend(part.map(|part| (file.path.clone(), part)));
        table.files.insert(file.path.clone(), file);
    }
    drop(step);
    let written = parts.len();
    // Without a change there is no new version.
    if previous.is_some_and(|previous| previous.files == table.files) {
        table.version = previous.map_or(0, |previous| previous.version);
    } else {
        folder.publish(parts)?;
        folder.commit(&Commit { table: &table, previous: last })?;
    }
    folder.remove_unlisted(&table)?;
    print_summary(args, &table, written, terminal)
}

/// The table or view without its partition column. Delta Lake has no time of day: such columns are text.
async fn partition_relation(
    transaction: &Transaction<'_>,
    what: &str,
) -> Result<Relation, Failure> {
    let (mut relation, _) = describe_relation(transaction.client(), what).await?;
    let count = relation.columns.len();
    relation.columns.retain(|column| column.name != PARTITION);
    if relation.columns.len() == count {
        return Err(Failure::Usage(format!(
            "ntsb.{what} has no column {PARTITION}, by which the files are divided\nhint: accidents, events and \
             fact_accidents have it."
        )));
    }
    for column in &mut relation.columns {
        if column.value_type == ValueType::Time {
            column.value_type = ValueType::Text;
        }
    }
    Ok(relation)
}

/// The last entry of the change log that the derived data include.
async fn read_data_version(transaction: &Transaction<'_>) -> Result<i64, Failure> {
    const VERSION: &str =
        "SELECT coalesce((SELECT last_seq FROM ntsb.refresh_state WHERE what = 'star'), 0)";
    Ok(transaction.query_one(VERSION, &[]).await?.try_get(0)?)
}

async fn list_years(
    transaction: &Transaction<'_>,
    what: &str,
) -> Result<Vec<Option<i32>>, Failure> {
    let name = what.replace('"', "\"\"");
    let sql = format!("SELECT DISTINCT {PARTITION}::integer FROM ntsb.\"{name}\" ORDER BY 1");
    let rows = transaction.query(&sql, &[]).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Writes the files of the years.
struct YearWriter<'a> {
    transaction: &'a Transaction<'a>,
    postgis: String,
    relation: &'a Relation,
    folder: &'a TableFolder,
    version: u64,
    previous: Option<&'a TableManifest>,
}

impl YearWriter<'_> {
    /// Writes the rows of a year. Without a part if the previous version has the same rows.
    async fn write_year(
        &self,
        year: Option<i32>,
    ) -> Result<(YearFile, Option<NamedTempFile>), Failure> {
        let condition = match year {
            Some(year) => format!("t.{PARTITION} = {year}"),
            None => format!("t.{PARTITION} IS NULL"),
        };
        let query = self.relation.select_columns(&self.postgis, &condition);
        let copy = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
        let part = self.folder.create_part()?;
        let (part, summary) = self.stream_rows(&copy, part).await?;
        let same = self.previous.and_then(|previous| {
            previous.files.values().find(|f| f.year == year && f.rows_sha256 == summary.rows_sha256)
        });
        if let Some(file) = same {
            return Ok((file.clone(), None));
        }
        Ok((YearFile::new(year, self.version, &summary), Some(part)))
    }

    async fn stream_rows(
        &self,
        copy: &str,
        part: NamedTempFile,
    ) -> Result<(NamedTempFile, FileSummary), Failure> {
        let mut writer = ParquetWriter::new(&self.relation.columns, part).map_err(encoding)?;
        let mut reader = CopyReader::default();
        let mut rows = pin!(self.transaction.copy_out(copy).await?);
        while let Some(bytes) = rows.next().await {
            reader.push(&bytes?, |row| writer.write_row(row)).map_err(encoding)?;
        }
        reader.finish().map_err(encoding)?;
        writer.finish().map_err(encoding)
    }
}

fn encoding(error: ArchiveError) -> Failure {
    Failure::Other(error.to_string())
}

fn print_summary(
    args: &LakeArgs,
    table: &TableManifest,
    written: usize,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (rows, bytes) = table.totals();
    if args.json {
        let summary = json!({
            "what": table.what, "version": table.version, "data_version": table.data_version,
            "rows": rows, "bytes": bytes, "files": table.files.len(), "files_written": written,
        });
        return terminal.print(&format!("{summary}\n"));
    }
    let format = |n: u64| group_digits(i64::try_from(n).unwrap_or(i64::MAX));
    let years: BTreeMap<_, _> = table.files.values().map(|file| (file.year, ())).collect();
    terminal.print(&format!(
        "{}: version {}, {} rows of {} years, {} bytes; {written} files written\n",
        args.output.display(),
        table.version,
        format(rows),
        years.len(),
        format(bytes)
    ))
}

/// Reads a file if it exists.
fn read_if_exists(path: &std::path::Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Other(format!("cannot read {}: {error}", path.display()))),
    }
}
