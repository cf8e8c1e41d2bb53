//! How much a load may take away without being told to: a file that is cut off, or taken for what it
//! is not, would otherwise withdraw decades. A load that would take more is an error, so that nothing
//! of it is stored.

use super::Counts;
use super::withdraw::of_legacy_series;
use crate::error::Error;
use crate::spi::one;
use ntsb_schema::tables::{Kind, Table};
use pgrx::spi::SpiClient;

/// Fewer are withdrawn without a question.
const LEAST: i64 = 20;

/// The share of what is stored that may go, as one in so many: 1 %.
const ONE_IN: i64 = 100;

/// Code lists change more, and are small: 25 %.
const ONE_CODE_IN: i64 = 4;

/// What a batch may take away, and what it has found so far.
pub struct Limit {
    /// The largest number of events that may be withdrawn or lose rows; the caller's.
    allowed: Option<i64>,
    /// Events that will be withdrawn.
    events: i64,
    /// The full file of the same period that was loaded last.
    last: Option<i64>,
}

/// Why a load stops.
#[derive(Debug, thiserror::Error)]
pub enum Excess {
    #[error("the load would withdraw {missing} of the {live} events between {since} and {until}")]
    Events { missing: i64, live: i64, since: String, until: String, years: String },
    #[error("the load would withdraw {rows} of {live} rows of {table}, which the file lacks")]
    Rows { table: &'static str, rows: i64, live: i64, events: i64 },
    #[error("the load would withdraw {rows} of {live} codes of {table}, which the file lacks")]
    Codes { table: &'static str, rows: i64, live: i64 },
    #[error("the file is short: it has {rows} rows of {table}, {last} had {before}")]
    Short { table: &'static str, rows: i64, before: i64, last: String },
}

impl Excess {
    pub fn detail(&self) -> String {
        match self {
            Excess::Events { years, .. } => format!("By year: {years}."),
            Excess::Rows { events, .. } => format!("They belong to {events} events."),
            Excess::Codes { .. } => "A file holds the whole of a code list.".to_owned(),
            Excess::Short { .. } => {
                "That file was the last complete one of the same period.".to_owned()
            }
        }
    }

    pub fn hint(&self) -> String {
        let least = match self {
            Excess::Events { missing, .. } => *missing,
            Excess::Rows { events, .. } => *events,
            Excess::Codes { .. } | Excess::Short { .. } => 0,
        };
        format!(
            "If the file is whole and right, allow it: ntsb load --allow-withdraw {least}, or \
             CALL ntsb_ingest(batch, allow_withdraw => {least}). If it holds only some events, load \
             it as an increment; if it is cut off, fetch it again."
        )
    }
}

impl Limit {
    pub fn new(allowed: Option<i64>) -> Result<Limit, Error> {
        match allowed {
            Some(below) if below < 0 => Err(Error::Allowance(below)),
            allowed => Ok(Limit { allowed, events: 0, last: None }),
        }
    }

    /// Stops where a full file would withdraw too many events. Those that it has under another ev_id
    /// are not lost.
    pub fn check_events(&mut self, client: &SpiClient) -> Result<(), Error> {
        let row = client.select(&missing(), Some(1), &[])?.first();
        let number = |at| Ok::<i64, Error>(row.get::<i64>(at)?.unwrap_or(0));
        let (missing, live) = (number(1)?, number(2)?);
        self.events = missing;
        if missing <= self.allowed.unwrap_or_else(|| allowance(live, ONE_IN)) {
            return Ok(());
        }
        let text = |at| Ok::<String, Error>(row.get::<String>(at)?.unwrap_or_default());
        let (since, until, years) = (text(3)?, text(4)?, text(5)?);
        Err(Excess::Events { missing, live, since, until, years }.into())
    }

    /// Looks for the full file that this one is compared with: the last one of nearly the same years.
    pub fn compare_with_last(&mut self, client: &SpiClient, batch: i64) -> Result<(), Error> {
        self.last = one(
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

    /// Stops where a table is shorter than that of the last full file.
    pub fn check_length(
        &self,
        client: &SpiClient,
        table: &'static Table,
        rows: i64,
    ) -> Result<(), Error> {
        let (Some(last), Kind::Case, None) = (self.last, table.kind, self.allowed) else {
            return Ok(());
        };
        let of_last = format!(
            "FROM ntsb.batch_table t JOIN ntsb.batch b USING (batch_id)
             WHERE t.batch_id = {last} AND t.table_name = '{}'",
            table.name
        );
        let before: i64 = one(client, &format!("SELECT t.staged {of_last}"))?.unwrap_or(0);
        if before - rows <= allowance(before, ONE_IN) {
            return Ok(());
        }
        let last = one(client, &format!("SELECT b.source {of_last}"))?.unwrap_or_default();
        Err(Excess::Short { table: table.name, rows, before, last }.into())
    }

    /// Stops where a table of the file lacks too many rows of events that the file holds.
    pub fn check_rows(
        &self,
        client: &SpiClient,
        batch: i64,
        full: bool,
        counts: &Counts,
    ) -> Result<(), Error> {
        let (table, rows) = (counts.table.name, counts.withdrawn);
        if rows < LEAST {
            return Ok(());
        }
        let mut live = counts.updated + counts.unchanged + counts.stale + rows;
        if counts.table.kind == Kind::Reference {
            return match rows > allowance(live, ONE_CODE_IN) && self.allowed.is_none() {
                true => Err(Excess::Codes { table, rows, live }.into()),
                false => Ok(()),
            };
        }
        // A week's changes may take a good part of the rows of the few events that they are of.
        if !full {
            let stored = format!("SELECT count(*) FROM ntsb.{table} WHERE withdrawn_batch IS NULL");
            live = one::<i64>(client, &stored)?.unwrap_or(0) + rows;
        }
        let events = format!(
            "SELECT count(DISTINCT ev_id) FROM ntsb.change_log
             WHERE batch_id = {batch} AND table_name = '{table}' AND action = 'withdraw'"
        );
        let events = one::<i64>(client, &events)?.unwrap_or(0);
        let within = match self.allowed {
            Some(allowed) => self.events + events <= allowed,
            None => rows <= allowance(live, ONE_IN),
        };
        if within { Ok(()) } else { Err(Excess::Rows { table, rows, live, events }.into()) }
    }
}

/// How many may go of so many.
fn allowance(live: i64, one_in: i64) -> i64 {
    (live / one_in).max(LEAST - 1)
}

/// Events that would be withdrawn, events that stand in the period, its bounds, and the former by
/// year, of which the first dozen are named.
fn missing() -> String {
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
        series = of_legacy_series("t"),
    )
}
