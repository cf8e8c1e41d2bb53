//! Limits how much a load may withdraw without permission. A truncated file, or one loaded in the wrong
//! mode, could otherwise withdraw decades of events. A load that exceeds the limit fails, so nothing of it
//! is stored.

use super::TableCounts;
use super::client::{IngestClient, select_value};
use super::error::IngestError;
use super::withdraw::is_legacy_series;
use crate::error::{ErrorContext, InvalidArgument, SqlError};
use ntsb_schema::tables::{Kind, Table};
use pgrx::PgSqlErrorCode;

/// Fewer rows or events are always allowed.
const MIN_LIMIT: i64 = 20;

/// Default limit: one in 100 stored rows or events (1 %).
const ROW_DIVISOR: i64 = 100;

/// Limit for code lists, which are small and change more: one in 4 codes (25 %).
const CODE_DIVISOR: i64 = 4;

pub struct WithdrawalLimit {
    /// The caller's maximum number of events that may be withdrawn or lose rows.
    allow_withdraw: Option<i64>,
    /// Number of events that will be withdrawn.
    withdrawn_events: i64,
    /// Batch of the last full file of the same period.
    last_full_batch: Option<i64>,
}

/// A load would withdraw more than the limit.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawalError {
    #[error("the load would withdraw {missing} of the {live} events between {since} and {until}")]
    Events { missing: i64, live: i64, since: String, until: String, years: String },
    #[error(
        "the load would withdraw {rows} of {live} rows of {table}, which are missing in the file"
    )]
    Rows { table: &'static str, rows: i64, live: i64, events: i64 },
    #[error(
        "the load would withdraw {rows} of {live} codes of {table}, which are missing in the file"
    )]
    Codes { table: &'static str, rows: i64, live: i64 },
    #[error("the file is short: it has {rows} rows of {table}, {last} had {before}")]
    Short { table: &'static str, rows: i64, before: i64, last: String },
}

impl SqlError for WithdrawalError {
    fn context(&self) -> ErrorContext {
        let (detail, needed) = match self {
            WithdrawalError::Events { years, missing, .. } => {
                (format!("By year: {years}."), *missing)
            }
            WithdrawalError::Rows { events, .. } => {
                (format!("They belong to {events} events."), *events)
            }
            WithdrawalError::Codes { .. } => {
                ("Every file contains complete code lists.".to_owned(), 0)
            }
            WithdrawalError::Short { .. } => {
                ("That file was the last full file of the same period.".to_owned(), 0)
            }
        };
        ErrorContext::new(PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
            .with_detail(detail)
            .with_hint(format!(
                "If the file is complete and correct, allow it: ntsb load --allow-withdraw {needed}, \
                 or CALL ntsb_ingest(batch, allow_withdraw => {needed}). If it contains only some \
                 events, load it as an increment. If it is truncated, download it again."
            ))
    }
}

impl WithdrawalLimit {
    pub fn new(allowed: Option<i64>) -> Result<WithdrawalLimit, IngestError> {
        match allowed {
            Some(events) if events < 0 => {
                Err(InvalidArgument::new("allow_withdraw", "0 or more", events)
                    .with_hint(
                        "Pass the largest number of events that the load may withdraw, or omit it.",
                    )
                    .into())
            }
            allow_withdraw => {
                Ok(WithdrawalLimit { allow_withdraw, withdrawn_events: 0, last_full_batch: None })
            }
        }
    }

    /// Fails if a full file would withdraw too many events. Events that the file contains under another
    /// ev_id do not count.
    pub fn check_events(&mut self, client: &IngestClient) -> Result<(), IngestError> {
        let row = client.select(&summarize_missing_events(), Some(1), &[])?.first();
        let number = |column| Ok::<i64, IngestError>(row.get::<i64>(column)?.unwrap_or(0));
        let (missing, live) = (number(1)?, number(2)?);
        self.withdrawn_events = missing;
        if missing <= self.allow_withdraw.unwrap_or_else(|| default_limit(live, ROW_DIVISOR)) {
            return Ok(());
        }
        let text =
            |column| Ok::<String, IngestError>(row.get::<String>(column)?.unwrap_or_default());
        let (since, until, years) = (text(3)?, text(4)?, text(5)?);
        Err(WithdrawalError::Events { missing, live, since, until, years }.into())
    }

    /// Finds the last full file of nearly the same period, with which [`Self::check_length`] compares this
    /// one.
    pub fn find_last_full_batch(
        &mut self,
        client: &IngestClient,
        batch: i64,
    ) -> Result<(), IngestError> {
        self.last_full_batch = select_value(
            client,
            &format!(
                "SELECT l.batch_id
                 FROM ntsb.batch b
                 JOIN ntsb.batch l ON l.batch_id <> b.batch_id
                     AND l.mode = 'full' AND l.finished_at IS NOT NULL AND l.legacy = b.legacy
                 CROSS JOIN LATERAL (SELECT l.period * b.period AS shared) s
                 WHERE b.batch_id = {batch}
                   AND 5 * (upper(s.shared) - lower(s.shared))
                       >= 4 * greatest(upper(b.period) - lower(b.period),
                                       upper(l.period) - lower(l.period))
                 ORDER BY l.batch_id DESC LIMIT 1"
            ),
        )?;
        Ok(())
    }

    /// Fails if a table is too much shorter than in the last full file.
    pub fn check_length(
        &self,
        client: &IngestClient,
        table: &'static Table,
        rows: i64,
    ) -> Result<(), IngestError> {
        let (Some(last), Kind::Case, None) =
            (self.last_full_batch, table.kind, self.allow_withdraw)
        else {
            return Ok(());
        };
        let from_last = format!(
            "FROM ntsb.batch_table t JOIN ntsb.batch b USING (batch_id)
             WHERE t.batch_id = {last} AND t.table_name = '{}'",
            table.name
        );
        let before: i64 =
            select_value(client, &format!("SELECT t.staged {from_last}"))?.unwrap_or(0);
        if before - rows <= default_limit(before, ROW_DIVISOR) {
            return Ok(());
        }
        let last =
            select_value(client, &format!("SELECT b.source {from_last}"))?.unwrap_or_default();
        Err(WithdrawalError::Short { table: table.name, rows, before, last }.into())
    }

    /// Fails if too many rows of a table are missing in the file although it contains their events.
    pub fn check_rows(
        &self,
        client: &IngestClient,
        batch: i64,
        is_full: bool,
        counts: &TableCounts,
    ) -> Result<(), IngestError> {
        let (table, rows) = (counts.table.name, counts.withdrawn);
        if rows < MIN_LIMIT {
            return Ok(());
        }
        let mut live = counts.updated + counts.unchanged + counts.stale + rows;
        if counts.table.kind == Kind::Reference {
            if rows > default_limit(live, CODE_DIVISOR) && self.allow_withdraw.is_none() {
                return Err(WithdrawalError::Codes { table, rows, live }.into());
            }
            return Ok(());
        }
        // An increment may withdraw a large part of the rows of its few events, so it is compared with the
        // whole table.
        if !is_full {
            let stored = format!("SELECT count(*) FROM ntsb.{table} WHERE withdrawn_batch IS NULL");
            live = select_value::<i64>(client, &stored)?.unwrap_or(0) + rows;
        }
        let events = format!(
            "SELECT count(DISTINCT ev_id) FROM ntsb.change_log
             WHERE batch_id = {batch} AND table_name = '{table}' AND action = 'withdraw'"
        );
        let events = select_value::<i64>(client, &events)?.unwrap_or(0);
        let is_allowed = match self.allow_withdraw {
            Some(max_events) => self.withdrawn_events + events <= max_events,
            None => rows <= default_limit(live, ROW_DIVISOR),
        };
        if is_allowed {
            return Ok(());
        }
        Err(WithdrawalError::Rows { table, rows, live, events }.into())
    }
}

fn default_limit(live: i64, divisor: i64) -> i64 {
    (live / divisor).max(MIN_LIMIT - 1)
}

/// Selects the number of events that would be withdrawn, the number of current events in the period, the
/// bounds of the period, and the events to be withdrawn by year (the first 12 years separately).
fn summarize_missing_events() -> String {
    format!(
        "WITH missing AS (
             SELECT extract(year FROM ev_date) AS year, count(*) AS events,
                    row_number() OVER (ORDER BY extract(year FROM ev_date)) AS place
             FROM pg_temp.ntsb_missing_event WHERE NOT coalesce(renamed, false)
             GROUP BY 1
         )
         SELECT coalesce(sum(m.events), 0)::bigint,
                (SELECT count(*) FROM ntsb.events t
                 JOIN pg_temp.ntsb_period p ON p.legacy = {series}
                 WHERE t.ev_date BETWEEN p.since AND p.until AND t.withdrawn_batch IS NULL),
                (SELECT min(since)::text FROM pg_temp.ntsb_period),
                (SELECT max(until)::text FROM pg_temp.ntsb_period),
                string_agg(format('%s: %s', m.year, m.events), ', ' ORDER BY m.year)
                    FILTER (WHERE m.place <= 12)
                || CASE WHEN max(m.place) > 12 THEN
                    format(' and %s more in the years up to %s',
                           sum(m.events) FILTER (WHERE m.place > 12), max(m.year)) ELSE '' END
         FROM missing m",
        series = is_legacy_series("t"),
    )
}
