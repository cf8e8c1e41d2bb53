//! The way of a file into the database: one transaction, so that a load that is killed at any
//! moment has not happened.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Transaction};

use crate::args::LoadArgs;
use crate::connect::connect;
use crate::copy::copy_table;
use crate::failure::{Failure, lost};
use crate::report::{Mode, Report, TableCounts};
use crate::source::{Limits, Source, SourceError};
use crate::terminal::Terminal;

/// A wait for the ingest lock that is worth a word.
const LONG_WAIT: Duration = Duration::from_secs(2);

/// Loads the files one after another, up to the first that fails.
pub async fn run(args: &LoadArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let mut client = None;
    for (number, path) in args.files.iter().enumerate() {
        if let Err(failure) = load(path, args, dsn, &mut client, terminal).await {
            let rest = args.files.get(number + 1..).unwrap_or_default();
            if !rest.is_empty() {
                let names: Vec<_> = rest.iter().map(|path| path.display().to_string()).collect();
                terminal.line(&format!("not tried after the failure: {}", names.join(", ")));
            }
            return Err(failure);
        }
    }
    Ok(())
}

/// Loads one file. The connection is made when a readable file is at hand, and kept.
async fn load(
    path: &Path,
    args: &LoadArgs,
    dsn: Option<&str>,
    client: &mut Option<Client>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let start = Instant::now();
    let (source, digest) = open(path, args, terminal).await?;
    let name = base_name(path);
    let mode = choose_mode(path, args, &name, terminal);
    let client = match client {
        Some(client) => client,
        None => client.insert(connect(dsn, terminal).await?),
    };
    let batch = Batch { name, mode, digest, args, terminal };
    let mut report = batch.run(client, source).await?;
    report.seconds = start.elapsed().as_secs_f64();
    if args.json { terminal.result(&report.json()?) } else { terminal.result(&report.table()) }?;
    if !(args.dry_run || args.no_refresh) {
        refresh(client, terminal).await;
    }
    Ok(())
}

/// Brings what is derived from the data up to date, in a transaction of its own: whatever becomes
/// of it, the file is loaded.
async fn refresh(client: &Client, terminal: &Terminal) {
    let _step = terminal.step("refreshing what is derived");
    if let Err(error) = client.batch_execute("CALL ntsb_refresh()").await {
        terminal.warning(&format!(
            "the file is loaded, but the star schema and the views still show what was before it: {}\n\
             Once the cause is mended: psql -c 'CALL ntsb_refresh()'",
            Failure::from(error)
        ));
    }
}

/// Opens a file and takes its digest, off the thread that talks to the database.
async fn open(
    path: &Path,
    args: &LoadArgs,
    terminal: &Terminal,
) -> Result<(Source, String), Failure> {
    let _step = terminal.step(format!("opening {}", path.display()));
    let limits = Limits { unpacked: args.max_unpacked << 30 };
    let path = path.to_owned();
    let open = move || {
        let source = Source::open(&path, limits)?;
        let digest = source.digest()?;
        Ok((source, digest))
    };
    tokio::task::spawn_blocking(open)
        .await
        .map_err(|e| Failure::Other(format!("the reader of the file failed: {e}")))?
}

/// What is to be done with one file.
struct Batch<'a> {
    name: String,
    mode: Mode,
    digest: String,
    args: &'a LoadArgs,
    terminal: &'a Terminal,
}

impl Batch<'_> {
    async fn run(&self, client: &mut Client, source: Source) -> Result<Report, Failure> {
        let transaction = client.transaction().await?;
        let (batch_id, source) = match self.repeated(&transaction).await? {
            Some(batch_id) => (batch_id, source),
            None => self.merge(&transaction, source).await?,
        };
        let tables = counts(&transaction, batch_id).await?;
        if self.args.dry_run {
            transaction.rollback().await?;
        } else {
            transaction.commit().await.map_err(uncertain)?;
        }
        Ok(Report {
            source: self.name.clone(),
            mode: self.mode,
            batch_id,
            dry_run: self.args.dry_run,
            seconds: 0.0,
            tables,
            warnings: source.warnings,
        })
    }

    /// The batch of a file that was loaded before, where nothing has changed since.
    async fn repeated(&self, transaction: &Transaction<'_>) -> Result<Option<i64>, Failure> {
        if self.args.recheck || self.args.force {
            return Ok(None);
        }
        let batch_id: Option<i64> = self.ask(transaction, "ntsb_repeat_batch").await?;
        if batch_id.is_some() {
            self.terminal.line(&format!(
                "{} was loaded before and nothing has changed since: its rows were not compared \
                 again (--recheck does)",
                self.name
            ));
        }
        Ok(batch_id)
    }

    async fn merge(
        &self,
        transaction: &Transaction<'_>,
        source: Source,
    ) -> Result<(i64, Source), Failure> {
        let batch_id = self.ask(transaction, "ntsb_begin_batch").await?;
        let source = self.stage(transaction, source).await?;
        if source.is_of_cases() {
            adopt(transaction, batch_id).await?;
        }
        self.ingest(transaction, batch_id).await?;
        Ok((batch_id, source))
    }

    /// Asks one of the functions that open a batch, which wait for another load to finish; says so
    /// if that takes long.
    async fn ask<T>(&self, transaction: &Transaction<'_>, function: &str) -> Result<T, Failure>
    where
        T: for<'a> FromSql<'a>,
    {
        let question =
            format!("SELECT {function}(source => $1::text, mode => $2::text, digest => $3::text)");
        let mode = self.mode.as_str();
        let parameters: [&(dyn ToSql + Sync); 3] = [&self.name, &mode, &self.digest];
        let mut answer = std::pin::pin!(transaction.query_one(&question, &parameters));
        let row = match tokio::time::timeout(LONG_WAIT, &mut answer).await {
            Ok(row) => row?,
            Err(_) => {
                self.terminal.line("waiting for another load to finish...");
                answer.await?
            }
        };
        Ok(row.try_get(0)?)
    }

    async fn stage(
        &self,
        transaction: &Transaction<'_>,
        mut source: Source,
    ) -> Result<Source, Failure> {
        let mut rows = 0;
        for index in 0..source.tables.len() {
            let copied;
            (source, copied) = copy_table(transaction, source, index, self.terminal).await?;
            rows += copied;
        }
        for warning in &source.warnings {
            self.terminal.warning(&format!("{}: {warning}", self.name));
        }
        if rows == 0 {
            return Err(SourceError::NoRows { path: source.path }.into());
        }
        Ok(source)
    }

    async fn ingest(&self, transaction: &Transaction<'_>, batch_id: i64) -> Result<(), Failure> {
        const INGEST: &str = "CALL ntsb_ingest(batch_id => $1::bigint, force => $2::boolean)";
        let _step = self.terminal.step("checking and merging");
        transaction.execute(INGEST, &[&batch_id, &self.args.force]).await?;
        Ok(())
    }
}

/// Lets cases take the place of events that are stored already.
async fn adopt(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), Failure> {
    const ADOPT: &str = "SELECT ntsb_adopt_cases(batch_id => $1::bigint)";
    transaction.query_one(ADOPT, &[&batch_id]).await?;
    Ok(())
}

async fn counts(transaction: &Transaction<'_>, batch_id: i64) -> Result<Vec<TableCounts>, Failure> {
    const COUNTS: &str = "SELECT table_name, staged, inserted, updated, unchanged, stale, \
         withdrawn, duplicates, rejected FROM ntsb.batch_table WHERE batch_id = $1 ORDER BY position";
    let rows = transaction.query(COUNTS, &[&batch_id]).await?;
    rows.iter().map(|row| TableCounts::from_row(row).map_err(Failure::from)).collect()
}

/// A connection that breaks during COMMIT leaves open whether the server did it.
fn uncertain(error: tokio_postgres::Error) -> Failure {
    if lost(&error) {
        return Failure::Unreachable(
            "the connection broke while the load was being committed, so it may or may not be \
             there: see `ntsb status`; loading the file again does no harm"
                .to_owned(),
        );
    }
    error.into()
}

/// The mode asked for, or the one that the name of the file tells.
fn choose_mode(path: &Path, args: &LoadArgs, name: &str, terminal: &Terminal) -> Mode {
    if args.full {
        return Mode::Full;
    }
    if args.increment {
        return Mode::Increment;
    }
    mode_of(path).unwrap_or_else(|| {
        terminal.line(&format!(
            "note: {name} is taken as an increment; --full would also mark events that are \
             missing from it as withdrawn"
        ));
        Mode::Increment
    })
}

/// NTSB's own names: avall, Pre2008 and PRE1982 are complete, upDDMON is a week's changes. JSON
/// comes in pages, so it holds some cases and not all.
fn mode_of(path: &Path) -> Option<Mode> {
    const FULL: [&str; 3] = ["avall", "pre2008", "pre1982"];
    const JSON: [&str; 3] = ["json", "jsonl", "ndjson"];
    let extension = path.extension().unwrap_or_default();
    if JSON.iter().any(|json| extension.eq_ignore_ascii_case(json)) {
        return Some(Mode::Increment);
    }
    let stem = path.file_stem()?.to_string_lossy().to_lowercase();
    if FULL.iter().any(|name| stem.starts_with(name)) {
        Some(Mode::Full)
    } else if stem.starts_with("up") {
        Some(Mode::Increment)
    } else {
        None
    }
}

/// The name of the file or folder without the way to it; `.` is called by its real name.
fn base_name(path: &Path) -> String {
    let named = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let real = || Some(path.canonicalize().ok()?.file_name()?.to_string_lossy().into_owned());
    named.or_else(real).unwrap_or_else(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_follows_from_ntsbs_names() {
        let cases = [
            ("/data/avall.zip", Some(Mode::Full)),
            ("AVALL.MDB", Some(Mode::Full)),
            ("avall-2025-11.mdb", Some(Mode::Full)),
            ("Pre2008.zip", Some(Mode::Full)),
            ("PRE1982.MDB", Some(Mode::Full)),
            ("up22APR.zip", Some(Mode::Increment)),
            ("UP01JAN.mdb", Some(Mode::Increment)),
            ("csv/avall/", Some(Mode::Full)),
            ("cases.json", Some(Mode::Increment)),
            ("avall.NDJSON", Some(Mode::Increment)),
            ("sample.zip", None),
            ("my-avall.mdb", None),
        ];
        for (path, mode) in cases {
            assert_eq!(mode_of(Path::new(path)), mode, "{path}");
        }
    }

    #[test]
    fn a_batch_is_called_by_the_name_of_its_file() {
        assert_eq!(base_name(Path::new("/data/avall.zip")), "avall.zip");
        assert_eq!(base_name(Path::new("csv/avall/")), "avall");
        assert!(!base_name(Path::new(".")).contains('.'));
    }
}
