//! `ntsb_ingest`: one batch of staged rows into the warehouse, in the caller's transaction.
//!
//! For each table, parents first: clean every staged row, compare it with what is stored, write
//! what is new or changed, log it. Set logic is SQL ([`compare`], [`merge`]), row logic is Rust
//! (`ntsb_internal.clean_row`); this file holds the order of things.

mod archived;
pub mod change_log;
pub mod clean;
pub mod clean_row;
mod compare;
pub mod hash;
mod limit;
mod log;
mod merge;
mod statements;
mod statistics;
mod withdraw;

use crate::error::{Error, required};
use crate::rules;
use crate::spi::{check_owner, extension_schema, need, one};
pub use limit::Excess;
use limit::Limit;
use log::Log;
use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, quote_identifier, quote_literal};

/// Takes the staged rows of a batch into the warehouse: cleans, compares, stores, logs. All or
/// nothing, in the caller's transaction. What a session has set does not change what is stored.
#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_ingest(batch_id bigint, force boolean DEFAULT false,
    allow_withdraw bigint DEFAULT NULL)
LANGUAGE c
SET standard_conforming_strings = on
SET extra_float_digits = 1
SET datestyle = 'ISO'
AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_ingest(bigint, boolean, bigint) IS
'Takes the rows that a batch (see ntsb_begin_batch) has staged into the warehouse: cleans them, compares each with what is stored by key and hash, inserts, updates, withdraws, and logs every change. All or nothing, in the caller''s transaction. A row older than the stored one is left alone unless force. allow_withdraw: the largest number of events that may be withdrawn or lose rows; null: 1 % of those in the period of the file, or 19, and a full file must not be shorter than the last one by more than 1 % in any table. Withdrawn events raise an alert of kind withdrawal. Counts are in ntsb.batch_table. Errors: P0002 no such batch, 55000 nothing staged, ingested already, or too much to withdraw (nothing is stored), 22023 allow_withdraw below 0, 3F000 no warehouse.';
"#)]
fn ntsb_ingest(
    batch_id: Option<i64>,
    force: Option<bool>,
    allow_withdraw: Option<i64>,
) -> Result<(), ErrorReport> {
    let (batch_id, force) = (required(batch_id, "batch_id")?, required(force, "force")?);
    let ingested: Result<(), Error> = Spi::connect_mut(|client| {
        let mut batch = Batch::open(client, batch_id, force, allow_withdraw)?;
        // Code lists first: the rules for events look codes up in them.
        for table in TABLES.iter().filter(|t| t.kind == Kind::Reference) {
            batch.take(client, table)?;
        }
        batch.gates = arguments(client, batch_id)?;
        for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
            batch.take(client, table)?;
        }
        if batch.full {
            withdraw::events(client, &mut batch)?;
        }
        batch.close(client)
    });
    Ok(ingested?)
}

/// A batch under way.
struct Batch {
    id: i64,
    full: bool,
    /// An older row may overwrite a newer one.
    force: bool,
    /// What may be withdrawn.
    limit: Limit,
    /// Some events are archived.
    archive: bool,
    /// The schema of this extension's functions, quoted.
    functions: String,
    /// Arguments of `ntsb_internal.clean_row`: the day, the rules and the codes.
    gates: String,
    log: Log,
    counts: Vec<Counts>,
}

/// What became of the staged rows of one table.
struct Counts {
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
        client: &mut SpiClient,
        id: i64,
        force: bool,
        allow_withdraw: Option<i64>,
    ) -> Result<Batch, Error> {
        let limit = Limit::new(allow_withdraw)?;
        need(client, "ntsb.batch")?;
        check_owner(client)?;
        let functions = quote_identifier(extension_schema(client, "pg_ntsb")?);
        client.update(&format!("SELECT ntsb_internal.lock_ingest()"), None, &[])?;
        client.update(statements::ROUGH_STATISTICS, None, &[])?;
        let of_batch = |what: &str| format!("SELECT {what} FROM ntsb.batch WHERE batch_id = {id}");
        match one::<bool>(client, &of_batch("finished_at IS NOT NULL"))? {
            None => return Err(Error::NoSuchBatch(id)),
            Some(true) => return Err(Error::BatchFinished(id)),
            Some(false) => {}
        }
        let full = one(client, &of_batch("mode = 'full'"))?.unwrap_or(false);
        if !one::<bool>(client, &statements::anything_staged(id))?.unwrap_or(false) {
            return Err(Error::NothingStaged(id));
        }
        client.update(&statements::set_as_of(&functions, id), None, &[])?;
        client.update(&statements::note_allowance(id, allow_withdraw), None, &[])?;
        let log = Log::open(client, id)?;
        let gates = arguments(client, id)?;
        let archive = one(client, archived::ANY)?.unwrap_or(false);
        Ok(Batch { id, full, force, limit, archive, functions, gates, log, counts: Vec::new() })
    }

    /// Takes one table from staging into the warehouse.
    fn take(&mut self, client: &mut SpiClient, table: &'static Table) -> Result<(), Error> {
        let (batch, force, archive) = (self.id, self.force, self.archive);
        let say = statements::For { table, batch, force, archive };
        let cleaning = compare::Cleaning { gates: &self.gates };
        let stored = format!("SELECT EXISTS (SELECT FROM ntsb.{})", table.name);
        let first = !one::<bool>(client, &stored)?.unwrap_or(true);
        client.update(&say.clean(cleaning, first), None, &[])?;
        client.update(&say.duplicates(), None, &[])?;
        if table.name == "events" {
            client.update(&say.batch_events(), None, &[])?;
            if self.full {
                withdraw::find_missing_events(client, batch, force, &mut self.limit)?;
            }
        }
        client.update(&say.compare(), None, &[])?;
        if !first {
            client.update(&say.full(cleaning), None, &[])?;
        }
        if say.of_archive() && say.is_events() {
            archived::tell(client)?;
        }
        let mut counts = Counts::of(client, table)?;
        self.limit.check_length(client, table, counts.staged)?;
        if counts.rejected > 0 {
            client.update(&say.quarantine(), None, &[])?;
        }
        if counts.inserted + counts.updated > 0 {
            // The log reads the old values, so it comes before the change.
            self.log.write(client, table, &say.changes())?;
            self.store(client, &say, &counts)?;
        }
        if one::<bool>(client, compare::ANY_TOUCHED)?.unwrap_or(false) {
            for touch in say.touch() {
                client.update(&touch, None, &[])?;
            }
        }
        if table.name != "events" && counts.staged > 0 && !first {
            counts.withdrawn = withdraw::missing_rows(client, self, &say)?;
            self.limit.check_rows(client, self.id, self.full, &counts)?;
        }
        client.update(&compare::drop_temporary(first), None, &[])?;
        self.counts.push(counts);
        Ok(())
    }

    fn store(
        &self,
        client: &mut SpiClient,
        say: &statements::For,
        counts: &Counts,
    ) -> Result<(), Error> {
        if counts.updated > 0 {
            for update in say.update() {
                client.update(&update, None, &[])?;
            }
        }
        if counts.inserted > 0 {
            for insert in say.insert() {
                client.update(&insert, None, &[])?;
            }
        }
        client.update(&say.defects(), None, &[])?;
        statistics::bounds(client, say)?;
        if say.table.name == "events" && counts.inserted > 0 {
            statistics::months(client, self.id)?;
        }
        if say.table.name == "narratives" {
            // Words wait in a list that every search would have to read through.
            client.update(statements::FILE_WORDS, None, &[])?;
        }
        if counts.inserted > 1000 {
            client.update(&statements::analyze(say.table), None, &[])?;
        }
        Ok(())
    }

    fn close(mut self, client: &mut SpiClient) -> Result<(), Error> {
        for counts in &self.counts {
            counts.record(client, self.id)?;
        }
        self.log.close(client)?;
        client.update(&statements::place(&self.functions, self.id), None, &[])?;
        for statement in statements::finish(&self.functions, self.id) {
            client.update(&statement, None, &[])?;
        }
        for table in TABLES {
            client.update(&statements::empty_staging(table, self.id), None, &[])?;
        }
        client.update(&statements::notify(self.id), None, &[])?;
        for alert in statements::alerts(self.id) {
            client.update(&alert, None, &[])?;
        }
        client.update(statements::USUAL_STATISTICS, None, &[])?;
        Ok(())
    }
}

impl Counts {
    fn of(client: &SpiClient, table: &'static Table) -> Result<Counts, Error> {
        let rows = client.select(compare::COUNT_VERDICTS, Some(1), &[])?.first();
        let at = |n: usize| Ok::<i64, Error>(rows.get::<i64>(n)?.unwrap_or(0));
        Ok(Counts {
            table,
            staged: at(1)?,
            inserted: at(2)?,
            updated: at(3)?,
            unchanged: at(4)?,
            stale: at(5)?,
            duplicates: at(6)?,
            rejected: at(7)?,
            withdrawn: 0,
        })
    }

    fn record(&self, client: &mut SpiClient, batch: i64) -> Result<(), Error> {
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

/// The day, the rules and the codes, as literals: PostgreSQL hands them to each worker once.
fn arguments(client: &SpiClient, batch: i64) -> Result<String, Error> {
    let settings = one::<String>(client, &rules::settings_of_batch(batch))?.unwrap_or_default();
    let vocabulary = one::<String>(client, rules::VOCABULARY)?.unwrap_or_default();
    Ok(format!("current_date, {}, {}", quote_literal(settings), quote_literal(vocabulary)))
}
