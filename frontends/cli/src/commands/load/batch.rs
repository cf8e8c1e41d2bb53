//! One attempt to load a file. It runs in one transaction, so an interrupted load leaves no trace.

use std::time::Duration;

use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Transaction};

use super::report::{Mode, Report, TableCounts};
use crate::args::LoadArgs;
use crate::database::copy_table;
use crate::failure::{Failure, is_connection_lost};
use crate::output::Terminal;
use crate::source::{Source, SourceError};

/// A wait for the ingest lock that is longer than this is reported.
const REPORTED_WAIT: Duration = Duration::from_secs(2);

/// Minimum lock timeout of a retry. The server notices within 10 s that a client is gone, so a retry
/// may have to wait for the previous attempt to end.
const RETRY_LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// The load of one file.
pub struct Batch<'a> {
    pub name: String,
    pub mode: Mode,
    /// Whether the mode was guessed from the file name.
    pub mode_is_guessed: bool,
    pub digest: String,
    pub args: &'a LoadArgs,
    pub terminal: &'a Terminal,
    /// The current attempt, from 1.
    pub attempt: u32,
    /// The batch whose COMMIT was sent and not confirmed by the server.
    pub unconfirmed_batch_id: Option<i64>,
}

impl Batch<'_> {
    pub async fn run(&mut self, client: &mut Client, source: Source) -> Result<Report, Failure> {
        let transaction = client.transaction().await?;
        self.lock(&transaction).await?;
        if let Some(batch_id) = self.find_committed_batch(&transaction).await? {
            self.terminal.message("the previous attempt was committed; only its response was lost");
            return self.report(&transaction, batch_id, Vec::new()).await;
        }
        let (batch_id, source) = match self.find_repeated_batch(&transaction).await? {
            Some(batch_id) => (batch_id, source),
            None => self.merge(&transaction, source).await?,
        };
        let report = self.report(&transaction, batch_id, source.warnings).await?;
        if self.args.dry_run {
            transaction.rollback().await?;
        } else {
            self.unconfirmed_batch_id = Some(batch_id);
            transaction.commit().await?;
        }
        Ok(report)
    }

    /// The batch of the previous attempt, if the server committed it. The session of that attempt has
    /// ended because this one holds the lock.
    async fn find_committed_batch(
        &mut self,
        transaction: &Transaction<'_>,
    ) -> Result<Option<i64>, Failure> {
        const COMMITTED: &str = "SELECT batch_id FROM ntsb.batch \
             WHERE batch_id = $1 AND digest = $2 AND finished_at IS NOT NULL";
        let Some(batch_id) = self.unconfirmed_batch_id else { return Ok(None) };
        let row = transaction.query_opt(COMMITTED, &[&batch_id, &self.digest]).await?;
        self.unconfirmed_batch_id = None;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    pub async fn report(
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
            tables: fetch_counts(transaction, batch_id).await?,
            warnings,
        })
    }

    /// Adds to a failure that the load was rolled back, or that its outcome is unknown.
    pub fn describe_rollback(&self, failure: Failure) -> Failure {
        let may_be_committed = self.unconfirmed_batch_id.is_some();
        match &failure {
            Failure::Database(error) if may_be_committed && is_connection_lost(error) => {
                unknown_outcome()
            }
            Failure::Unreachable(reason) if may_be_committed => {
                Failure::Unreachable(format!("{reason}\n{}", unknown_outcome()))
            }
            Failure::Source(_) => failure,
            _ => Failure::RolledBack {
                what: self.name.clone(),
                attempts: self.attempt,
                cause: Box::new(failure),
            },
        }
    }

    /// The lock timeout, if there is one.
    fn lock_timeout(&self) -> Option<Duration> {
        let seconds = if self.args.no_wait { Some(0) } else { self.args.wait };
        // In PostgreSQL, 0 means no timeout.
        let timeout = Duration::from_secs(seconds?.into()).max(Duration::from_millis(1));
        Some(if self.attempt > 1 { timeout.max(RETRY_LOCK_TIMEOUT) } else { timeout })
    }

    /// Waits for another load to finish, and reports a long wait.
    async fn lock(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let timeout = self.lock_timeout();
        if let Some(timeout) = timeout {
            let set = format!("SET LOCAL lock_timeout = {}", timeout.as_millis());
            transaction.batch_execute(&set).await?;
        }
        let mut lock =
            std::pin::pin!(transaction.batch_execute("SELECT ntsb_internal.lock_ingest()"));
        match tokio::time::timeout(REPORTED_WAIT, &mut lock).await {
            Ok(result) => result?,
            Err(_) => {
                self.terminal.message("waiting for another load to finish...");
                lock.await?;
            }
        }
        if timeout.is_some() {
            // The timeout applies to the ingest lock only.
            transaction.batch_execute("SET LOCAL lock_timeout TO DEFAULT").await?;
        }
        Ok(())
    }

    /// The batch of an earlier load of the same file, if nothing has changed since.
    async fn find_repeated_batch(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<Option<i64>, Failure> {
        if self.args.recheck || self.args.force {
            return Ok(None);
        }
        let batch_id: Option<i64> =
            self.call_batch_function(transaction, "ntsb_repeat_batch").await?;
        if batch_id.is_some() {
            self.terminal.message(&format!(
                "{} was loaded before and nothing has changed since: its rows were not compared \
                 again (use --recheck to compare them)",
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
        let (batch_id, source) = self.stage(transaction, source).await?;
        self.settle_mode(transaction, batch_id).await?;
        if source.has_cases() {
            adopt_cases(transaction, batch_id).await?;
        }
        self.ingest(transaction, batch_id).await?;
        Ok((batch_id, source))
    }

    /// Opens a batch and copies the rows of the file.
    pub async fn stage(
        &self,
        transaction: &Transaction<'_>,
        source: Source,
    ) -> Result<(i64, Source), Failure> {
        let batch_id = self.call_batch_function(transaction, "ntsb_begin_batch").await?;
        Ok((batch_id, self.stage_tables(transaction, source).await?))
    }

    /// Checks a guess that the file is complete, now that its rows are staged.
    pub async fn settle_mode(
        &mut self,
        transaction: &Transaction<'_>,
        batch_id: i64,
    ) -> Result<(), Failure> {
        if self.mode_is_guessed && self.mode == Mode::Full {
            self.verify_full_mode(transaction, batch_id).await?;
        }
        Ok(())
    }

    /// Falls back to increment if a file that is named like a full one contains few events.
    async fn verify_full_mode(
        &mut self,
        transaction: &Transaction<'_>,
        batch_id: i64,
    ) -> Result<(), Failure> {
        const CHOOSE_MODE: &str = "SELECT ntsb_internal.choose_mode(batch_id => $1::bigint)";
        let chosen: String = transaction.query_one(CHOOSE_MODE, &[&batch_id]).await?.try_get(0)?;
        if chosen != Mode::Full.as_str() {
            self.mode = Mode::Increment;
            self.terminal.message(&format!(
                "note: {} is loaded as an increment despite its name because many stored events of \
                 its years are missing from it; use --full to withdraw those",
                self.name
            ));
        }
        Ok(())
    }

    /// Calls one of the functions that open a batch.
    async fn call_batch_function<T>(
        &self,
        transaction: &Transaction<'_>,
        function: &str,
    ) -> Result<T, Failure>
    where
        T: for<'a> FromSql<'a>,
    {
        let sql =
            format!("SELECT {function}(source => $1::text, mode => $2::text, digest => $3::text)");
        let mode = self.mode.as_str();
        let parameters: [&(dyn ToSql + Sync); 3] = [&self.name, &mode, &self.digest];
        Ok(transaction.query_one(&sql, &parameters).await?.try_get(0)?)
    }

    async fn stage_tables(
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
            self.terminal.warn(&format!("{}: {warning}", self.name));
        }
        if rows == 0 {
            return Err(SourceError::NoRows { path: source.path }.into());
        }
        Ok(source)
    }

    pub async fn ingest(
        &self,
        transaction: &Transaction<'_>,
        batch_id: i64,
    ) -> Result<(), Failure> {
        const INGEST: &str = "CALL ntsb_ingest(batch_id => $1::bigint, force => $2::boolean, \
             allow_withdraw => $3::bigint)";
        let _step = self.terminal.start_step("checking and merging");
        let allow_withdraw = self.args.allow_withdraw.map(i64::from);
        transaction.execute(INGEST, &[&batch_id, &self.args.force, &allow_withdraw]).await?;
        Ok(())
    }
}

/// Maps cases to the events that are stored already.
async fn adopt_cases(transaction: &Transaction<'_>, batch_id: i64) -> Result<(), Failure> {
    const ADOPT: &str = "SELECT ntsb_adopt_cases(batch_id => $1::bigint)";
    transaction.query_one(ADOPT, &[&batch_id]).await?;
    Ok(())
}

async fn fetch_counts(
    transaction: &Transaction<'_>,
    batch_id: i64,
) -> Result<Vec<TableCounts>, Failure> {
    const COUNTS: &str = "SELECT table_name, staged, inserted, updated, unchanged, stale, \
         withdrawn, duplicates, rejected FROM ntsb.batch_table WHERE batch_id = $1 ORDER BY position";
    let rows = transaction.query(COUNTS, &[&batch_id]).await?;
    rows.iter().map(|row| TableCounts::from_row(row).map_err(Failure::from)).collect()
}

/// The failure for a connection that breaks during COMMIT.
fn unknown_outcome() -> Failure {
    Failure::Unreachable(
        "the connection broke during COMMIT, so the load may or may not be stored\n\
         hint: Check with ntsb status; loading the file again is safe."
            .to_owned(),
    )
}
