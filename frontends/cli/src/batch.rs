//! One attempt to load a file: one transaction, so that a load that breaks off at any moment has
//! not happened.

use std::time::Duration;

use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Transaction};

use crate::args::LoadArgs;
use crate::copy::copy_table;
use crate::failure::{Failure, lost};
use crate::report::{Mode, Report, TableCounts};
use crate::source::{Source, SourceError};
use crate::terminal::Terminal;

/// A wait for the ingest lock that is worth a word.
const LONG_WAIT: Duration = Duration::from_secs(2);

/// A server that is at work for a client who has gone notices within 10 s: a later attempt may have
/// to wait for the end of an earlier one.
const WAIT_FOR_OURSELVES: Duration = Duration::from_secs(30);

/// What is to be done with one file.
pub struct Batch<'a> {
    pub name: String,
    pub mode: Mode,
    /// The mode is what the name of the file tells.
    pub guessed: bool,
    pub digest: String,
    pub args: &'a LoadArgs,
    pub terminal: &'a Terminal,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The batch of which the server was told COMMIT, and has not answered.
    pub committing: Option<i64>,
}

impl Batch<'_> {
    pub async fn run(&mut self, client: &mut Client, source: Source) -> Result<Report, Failure> {
        let transaction = client.transaction().await?;
        self.lock(&transaction).await?;
        if let Some(earlier) = self.committed(&transaction).await? {
            self.terminal.line("the attempt before was stored, only its answer was lost");
            return self.report(&transaction, earlier, Vec::new()).await;
        }
        let (batch_id, source) = match self.repeated(&transaction).await? {
            Some(batch_id) => (batch_id, source),
            None => self.merge(&transaction, source).await?,
        };
        let report = self.report(&transaction, batch_id, source.warnings).await?;
        if self.args.dry_run {
            transaction.rollback().await?;
        } else {
            self.committing = Some(batch_id);
            transaction.commit().await?;
        }
        Ok(report)
    }

    /// The batch of the attempt before, if its COMMIT was heard. Its session has ended, as this one
    /// has the lock.
    async fn committed(&mut self, transaction: &Transaction<'_>) -> Result<Option<i64>, Failure> {
        const STORED: &str = "SELECT batch_id FROM ntsb.batch \
             WHERE batch_id = $1 AND digest = $2 AND finished_at IS NOT NULL";
        let Some(batch_id) = self.committing else { return Ok(None) };
        let stored = transaction.query_opt(STORED, &[&batch_id, &self.digest]).await?;
        self.committing = None;
        Ok(stored.map(|row| row.try_get(0)).transpose()?)
    }

    async fn report(
        &self,
        transaction: &Transaction<'_>,
        batch_id: i64,
        warnings: Vec<String>,
    ) -> Result<Report, Failure> {
        Ok(Report {
            source: self.name.clone(),
            mode: self.mode,
            batch_id,
            dry_run: self.args.dry_run,
            seconds: 0.0,
            tables: counts(transaction, batch_id).await?,
            warnings,
        })
    }

    /// What is to be said of a failure: that it undid everything, or that nobody knows.
    pub fn undone(&self, failure: Failure) -> Failure {
        match &failure {
            Failure::Database(error) if self.committing.is_some() && lost(error) => uncertain(),
            Failure::Unreachable(why) if self.committing.is_some() => {
                Failure::Unreachable(format!("{why}\n{}", uncertain()))
            }
            Failure::Source(_) => failure,
            _ => Failure::Undone {
                file: self.name.clone(),
                attempts: self.attempt,
                cause: Box::new(failure),
            },
        }
    }

    /// The longest wait for another load, if there is a limit.
    fn longest_wait(&self) -> Option<Duration> {
        let asked = if self.args.no_wait { Some(0) } else { self.args.wait };
        // PostgreSQL takes 0 for no limit.
        let limit = Duration::from_secs(asked?.into()).max(Duration::from_millis(1));
        Some(if self.attempt > 1 { limit.max(WAIT_FOR_OURSELVES) } else { limit })
    }

    /// Waits for another load to finish; says so if that takes long.
    async fn lock(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let limit = self.longest_wait();
        if let Some(limit) = limit {
            let set = format!("SET LOCAL lock_timeout = {}", limit.as_millis());
            transaction.batch_execute(&set).await?;
        }
        let mut locked =
            std::pin::pin!(transaction.batch_execute("SELECT ntsb_internal.lock_ingest()"));
        match tokio::time::timeout(LONG_WAIT, &mut locked).await {
            Ok(done) => done?,
            Err(_) => {
                self.terminal.line("waiting for another load to finish...");
                locked.await?;
            }
        }
        if limit.is_some() {
            // Of other locks the limit says nothing.
            transaction.batch_execute("SET LOCAL lock_timeout TO DEFAULT").await?;
        }
        Ok(())
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
        &mut self,
        transaction: &Transaction<'_>,
        source: Source,
    ) -> Result<(i64, Source), Failure> {
        let batch_id = self.ask(transaction, "ntsb_begin_batch").await?;
        let source = self.stage(transaction, source).await?;
        if self.guessed && self.mode == Mode::Full {
            self.check_mode(transaction, batch_id).await?;
        }
        if source.is_of_cases() {
            adopt(transaction, batch_id).await?;
        }
        self.ingest(transaction, batch_id).await?;
        Ok((batch_id, source))
    }

    /// A file that has the name of a full one and holds few events is none.
    async fn check_mode(
        &mut self,
        transaction: &Transaction<'_>,
        batch_id: i64,
    ) -> Result<(), Failure> {
        const CHOOSE: &str = "SELECT ntsb_internal.choose_mode(batch_id => $1::bigint)";
        let chosen: String = transaction.query_one(CHOOSE, &[&batch_id]).await?.try_get(0)?;
        if chosen != Mode::Full.as_str() {
            self.mode = Mode::Increment;
            self.terminal.line(&format!(
                "note: {} is taken as an increment, whatever its name: it lacks many of the events \
                 that are stored of its years; --full would also mark those as withdrawn",
                self.name
            ));
        }
        Ok(())
    }

    /// Asks one of the functions that open a batch.
    async fn ask<T>(&self, transaction: &Transaction<'_>, function: &str) -> Result<T, Failure>
    where
        T: for<'a> FromSql<'a>,
    {
        let question =
            format!("SELECT {function}(source => $1::text, mode => $2::text, digest => $3::text)");
        let mode = self.mode.as_str();
        let parameters: [&(dyn ToSql + Sync); 3] = [&self.name, &mode, &self.digest];
        Ok(transaction.query_one(&question, &parameters).await?.try_get(0)?)
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
        const INGEST: &str = "CALL ntsb_ingest(batch_id => $1::bigint, force => $2::boolean, \
             allow_withdraw => $3::bigint)";
        let _step = self.terminal.step("checking and merging");
        let allowed = self.args.allow_withdraw.map(i64::from);
        transaction.execute(INGEST, &[&batch_id, &self.args.force, &allowed]).await?;
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
fn uncertain() -> Failure {
    Failure::Unreachable(
        "the connection broke while the load was being committed, so it may or may not be there: \
         see `ntsb status`; loading the file again does no harm"
            .to_owned(),
    )
}
