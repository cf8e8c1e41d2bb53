//! `ntsb_ingest`: loads one batch of staged rows into the warehouse, in the caller's transaction.
//!
//! For each table, parents first: clean every staged row, compare it with the stored row, write new and
//! changed rows, and log the changes. Set operations are SQL ([`compare`], [`merge`]); row operations are
//! Rust (`ntsb_internal.clean_row`). This file defines the order of the steps.

mod archived;
pub mod change_log;
pub mod clean;
pub mod clean_row;
mod client;
mod compare;
mod error;
pub mod hash;
mod limit;
mod log;
mod merge;
mod statements;
mod statistics;
mod withdraw;

use crate::error::require_argument;
use crate::rules;
use crate::spi::{check_owner, extension_schema, require_table};
use client::{IngestClient, select_value};
use error::IngestError;
use limit::WithdrawalLimit;
use log::ChangeLog;
use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{quote_identifier, quote_literal};
use statements::StatementBuilder;

/// The SET clauses make the result independent of the session's settings.
#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_ingest(batch_id bigint, force boolean DEFAULT false,
    allow_withdraw bigint DEFAULT NULL)
LANGUAGE c
SET standard_conforming_strings = on
SET extra_float_digits = 1
SET datestyle = 'ISO'
AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_ingest(bigint, boolean, bigint) IS
'Loads the staged rows of a batch (see ntsb_begin_batch) into the warehouse: cleans them, compares each with the stored row by key and hash, inserts, updates and withdraws rows, and logs every change. All or nothing, in the caller''s transaction. A row older than the stored row is skipped unless force is true. allow_withdraw: the maximum number of events that may be withdrawn or lose rows; null: 1 % of the events in the period of the file, at least 19, and no table of a full file may be more than 1 % shorter than in the last full file. Withdrawn events raise an alert of kind withdrawal. Counts are in ntsb.batch_table. Errors: P0002 no such batch, 55000 nothing staged, already ingested, or too many withdrawals (nothing is stored), 22023 allow_withdraw below 0, 3F000 no warehouse.';
"#)]
fn ntsb_ingest(
    batch_id: Option<i64>,
    force: Option<bool>,
    allow_withdraw: Option<i64>,
) -> Result<(), ErrorReport> {
    let batch_id = require_argument(batch_id, "batch_id")?;
    let force = require_argument(force, "force")?;
    let ingested: Result<(), IngestError> = Spi::connect_mut(|spi| {
        let client = &mut IngestClient::new(spi)?;
        let mut batch = Batch::open(client, batch_id, force, allow_withdraw)?;
        // Code lists first: the rules for events look up codes in them.
        for table in TABLES.iter().filter(|t| t.kind == Kind::Reference) {
            batch.ingest_table(client, table)?;
        }
        batch.clean_args = build_clean_args(client, batch_id)?;
        for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
            batch.ingest_table(client, table)?;
        }
        if batch.is_full || batch.moves_events {
            withdraw::withdraw_events(client, &mut batch)?;
        }
        batch.close(client)
    });
    Ok(ingested?)
}

/// A batch that is being ingested.
struct Batch {
    id: i64,
    is_full: bool,
    /// True if events of this shard move to another one.
    moves_events: bool,
    /// True if an older row may overwrite a newer one.
    force: bool,
    limit: WithdrawalLimit,
    /// True if any event is archived.
    has_archive: bool,
    /// Quoted schema of this extension's functions.
    functions: String,
    /// Arguments of `ntsb_internal.clean_row` that are the same for all rows.
    clean_args: String,
    log: ChangeLog,
    counts: Vec<TableCounts>,
}

/// Counts of the staged rows of one table by outcome.
struct TableCounts {
    table: &'static Table,
    staged: i64,
    inserted: i64,
    updated: i64,
    unchanged: i64,
    stale: i64,
    duplicates: i64,
    rejected: i64,
    withdrawn: i64,
}

impl Batch {
    fn open(
        client: &mut IngestClient,
        id: i64,
        force: bool,
        allow_withdraw: Option<i64>,
    ) -> Result<Batch, IngestError> {
        let limit = WithdrawalLimit::new(allow_withdraw)?;
        require_table(client.spi(), "ntsb.batch")?;
        check_owner(client.spi())?;
        let functions = quote_identifier(extension_schema(client.spi(), "pg_ntsb")?);
        client.update("SELECT ntsb_internal.lock_ingest()", None, &[])?;
        client.update(statements::LOWER_STATISTICS_TARGET, None, &[])?;
        let select = |what: &str| format!("SELECT {what} FROM ntsb.batch WHERE batch_id = {id}");
        match select_value::<bool>(client, &select("finished_at IS NOT NULL"))? {
            None => return Err(IngestError::NoSuchBatch(id)),
            Some(true) => return Err(IngestError::BatchFinished(id)),
            Some(false) => {}
        }
        let is_full = select_value(client, &select("mode = 'full'"))?.unwrap_or(false);
        let moves_events = select_value(client, &statements::any_event_moved(id))?.unwrap_or(false);
        if !moves_events
            && !select_value::<bool>(client, &statements::any_row_staged(id))?.unwrap_or(false)
        {
            return Err(IngestError::NothingStaged(id));
        }
        // A shard holds only a part of the file; the load has set the date of the whole.
        if !client.is_prepared() {
            client.update(&statements::set_as_of(&functions, id), None, &[])?;
        }
        client.update(&statements::record_allow_withdraw(id, allow_withdraw), None, &[])?;
        Ok(Batch {
            id,
            is_full,
            moves_events,
            force,
            limit,
            has_archive: select_value(client, archived::ANY_ARCHIVED)?.unwrap_or(false),
            functions,
            clean_args: build_clean_args(client, id)?,
            log: ChangeLog::open(client, id)?,
            counts: Vec::new(),
        })
    }

    fn ingest_table(
        &mut self,
        client: &mut IngestClient,
        table: &'static Table,
    ) -> Result<(), IngestError> {
        let (batch, force, has_archive) = (self.id, self.force, self.has_archive);
        let sql = StatementBuilder { table, batch, force, has_archive };
        let stored = format!("SELECT EXISTS (SELECT FROM ntsb.{})", table.name);
        let is_empty = !select_value::<bool>(client, &stored)?.unwrap_or(true);
        client.update(&sql.clean_rows(&self.clean_args, is_empty), None, &[])?;
        client.update(&sql.find_duplicates(), None, &[])?;
        if table.name == "events" {
            client.update(&sql.create_batch_events(), None, &[])?;
            if self.is_full {
                withdraw::find_missing_events(client, batch, force, &mut self.limit)?;
            }
            if self.moves_events {
                withdraw::add_moved_events(client, batch, self.is_full)?;
            }
        }
        client.update(&sql.decide_verdicts(), None, &[])?;
        if !is_empty {
            client.update(&sql.clean_full_rows(&self.clean_args), None, &[])?;
        }
        if sql.may_be_archived() && sql.is_events() {
            archived::report_archived_events(client)?;
        }
        let mut counts = TableCounts::read(client, table)?;
        self.limit.check_length(client, table, counts.staged)?;
        if counts.rejected > 0 {
            client.update(&sql.insert_quarantine(), None, &[])?;
        }
        if counts.inserted + counts.updated > 0 {
            // The log reads the old values, so it is written before they change.
            self.log.append(client, table, &sql.select_changes())?;
            self.store_rows(client, &sql, &counts)?;
        }
        if select_value::<bool>(client, compare::ANY_TOUCHED)?.unwrap_or(false) {
            for statement in sql.touch_rows() {
                client.update(&statement, None, &[])?;
            }
        }
        if table.name != "events" && counts.staged > 0 && !is_empty {
            counts.withdrawn = withdraw::withdraw_missing_rows(client, self, &sql)?;
            self.limit.check_rows(client, self.id, self.is_full, &counts)?;
        }
        client.update(&compare::drop_temp_tables(is_empty), None, &[])?;
        self.counts.push(counts);
        Ok(())
    }

    fn store_rows(
        &self,
        client: &mut IngestClient,
        sql: &StatementBuilder,
        counts: &TableCounts,
    ) -> Result<(), IngestError> {
        if counts.updated > 0 {
            for statement in sql.update_rows() {
                client.update(&statement, None, &[])?;
            }
        }
        if counts.inserted > 0 {
            for statement in sql.insert_rows() {
                client.update(&statement, None, &[])?;
            }
        }
        client.update(&sql.replace_defects(), None, &[])?;
        statistics::flag_outliers(client, sql)?;
        if sql.table.name == "events" && counts.inserted > 0 {
            statistics::flag_months(client, self.id)?;
        }
        if sql.table.name == "narratives" {
            // Otherwise every search has to scan the pending list of the index.
            client.update(statements::FLUSH_WORDS_INDEX, None, &[])?;
        }
        if counts.inserted > 1000 {
            client.update(&statements::analyze(sql.table), None, &[])?;
        }
        Ok(())
    }

    fn close(self, client: &mut IngestClient) -> Result<(), IngestError> {
        for counts in &self.counts {
            counts.record(client, self.id)?;
        }
        self.log.close(client)?;
        client.update(&statements::locate_events(&self.functions, self.id), None, &[])?;
        for statement in statements::finish_batch(&self.functions, self.id) {
            client.update(&statement, None, &[])?;
        }
        for table in TABLES {
            client.update(&statements::empty_staging(table, self.id), None, &[])?;
        }
        client.update(&statements::check_shard(self.id), None, &[])?;
        // A prepared transaction cannot notify: `ntsb load --shards` does after COMMIT PREPARED.
        if !client.is_prepared() {
            client.update(&statements::notify_listeners(self.id), None, &[])?;
        }
        for statement in statements::raise_alerts(self.id) {
            client.update(&statement, None, &[])?;
        }
        client.update(statements::RESTORE_STATISTICS_TARGET, None, &[])?;
        Ok(())
    }
}

impl TableCounts {
    fn read(client: &IngestClient, table: &'static Table) -> Result<TableCounts, IngestError> {
        let row = client.select(compare::COUNT_VERDICTS, Some(1), &[])?.first();
        let count = |column: usize| Ok::<i64, IngestError>(row.get::<i64>(column)?.unwrap_or(0));
        Ok(TableCounts {
            table,
            staged: count(1)?,
            inserted: count(2)?,
            updated: count(3)?,
            unchanged: count(4)?,
            stale: count(5)?,
            duplicates: count(6)?,
            rejected: count(7)?,
            withdrawn: 0,
        })
    }

    fn record(&self, client: &mut IngestClient, batch: i64) -> Result<(), IngestError> {
        let position = TABLES.iter().position(|t| t.name == self.table.name).unwrap_or(0);
        client.update(
            "INSERT INTO ntsb.batch_table (batch_id, position, table_name, staged,
                 inserted, updated, unchanged, stale, withdrawn, duplicates, rejected)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            None,
            &[
                batch.into(),
                i16::try_from(position + 1).unwrap_or(i16::MAX).into(),
                self.table.name.into(),
                self.staged.into(),
                self.inserted.into(),
                self.updated.into(),
                self.unchanged.into(),
                self.stale.into(),
                self.withdrawn.into(),
                self.duplicates.into(),
                self.rejected.into(),
            ],
        )?;
        Ok(())
    }
}

/// Returns the current date, the rules and the codes as SQL arguments. They are literals, so that
/// PostgreSQL passes them to each parallel worker only once.
fn build_clean_args(client: &IngestClient, batch: i64) -> Result<String, IngestError> {
    let settings = select_value::<String>(client, &rules::select_batch_settings(batch))?;
    let settings = settings.unwrap_or_default();
    let vocabulary = select_value::<String>(client, rules::VOCABULARY)?.unwrap_or_default();
    Ok(format!("current_date, {}, {}", quote_literal(settings), quote_literal(vocabulary)))
}
