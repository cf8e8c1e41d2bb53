//! Rows that a newer file no longer holds are marked, not deleted, and come back if they return.

use super::Batch;
use super::compare::LATER_FILE;
use super::limit::Limit;
use super::statements::{For, unless};
use crate::error::Error;
use crate::spi::one;
use ntsb_schema::pre1982::SERIES;
use ntsb_schema::tables::{Kind, TABLES, Table};
use pgrx::spi::SpiClient;

/// Withdraws the stored rows of a table that the file, though it holds their event, lacks.
/// A code list is always whole in a file, so there any row that it lacks is gone. What a newer
/// file brought or changed stays.
pub fn missing_rows(client: &mut SpiClient, batch: &mut Batch, say: &For) -> Result<i64, Error> {
    let absent =
        format!("NOT EXISTS (SELECT FROM pg_temp.ntsb_clean c WHERE {})", say.on_key("c", "t"));
    let of_file = match say.table.kind {
        Kind::Reference => "true".to_owned(),
        Kind::Case => format!(
            "EXISTS (SELECT FROM pg_temp.ntsb_batch_event e
                 WHERE e.ev_id = t.ev_id AND NOT e.outdated AND NOT e.rejected AND NOT {})",
            say.unless_forced(&say.older("e", "t"))
        ),
    };
    let from_later_file = say.unless_forced(&format!(
        "EXISTS (SELECT FROM ntsb.batch b, {} WHERE b.batch_id = {} AND {LATER_FILE})",
        say.stored_from(),
        batch.id
    ));
    withdraw(client, batch, say, &format!("{of_file} AND {absent} AND NOT {from_later_file}"))
}

/// The years that a full file holds whole, of each series: from the first to the last year of which
/// it holds a tenth of the stored events. What was refused tells nothing, and neither does a date
/// that lies by itself decades before the others.
fn period(batch: i64) -> String {
    format!(
        "CREATE TEMP TABLE ntsb_period ON COMMIT DROP AS
         WITH held AS (
             SELECT {series_n} AS legacy, extract(year FROM n.ev_date) AS year,
                    count(*) AS events, min(n.ev_date) AS since, max(n.ev_date) AS until
             FROM pg_temp.ntsb_batch_event n
             WHERE NOT n.rejected AND n.ev_date IS NOT NULL
             GROUP BY 1, 2
         ), stored AS (
             SELECT {series_t} AS legacy, extract(year FROM t.ev_date) AS year, count(*) AS events
             FROM ntsb.events t
             WHERE t.withdrawn_batch IS NULL
               AND t.ev_date BETWEEN (SELECT min(since) FROM held) AND (SELECT max(until) FROM held)
             GROUP BY 1, 2
         )
         SELECT h.legacy, min(h.since) AS since, max(h.until) AS until, sum(h.events) AS events
         FROM held h LEFT JOIN stored s USING (legacy, year)
         WHERE h.events * 10 >= coalesce(s.events, 0)
         GROUP BY h.legacy;
         UPDATE ntsb.batch SET (period, legacy) =
             (SELECT daterange(since, until, '[]'), legacy FROM pg_temp.ntsb_period
              ORDER BY events DESC LIMIT 1)
         WHERE batch_id = {batch}",
        series_n = of_legacy_series("n"),
        series_t = of_legacy_series("t"),
    )
}

/// Finds the events of the file's period that a full file no longer holds, and stops the load if
/// they are too many. The period ends when the file was made, whatever dates its events have.
pub fn find_missing_events(
    client: &mut SpiClient,
    batch: i64,
    force: bool,
    limit: &mut Limit,
) -> Result<(), Error> {
    let newer_stays = unless(force, &format!("k.lchg_date > b.as_of OR {LATER_FILE}"));
    client.update(&period(batch), None, &[])?;
    client.update(
        &format!(
            "CREATE TEMP TABLE ntsb_missing_event ON COMMIT DROP AS
             SELECT t.ev_id, t.ev_date,
                    t.ntsb_no IN (SELECT btrim(s.ntsb_no) FROM ntsb_staging.events s
                                  WHERE s.batch_id = {batch} AND s.ntsb_no IS NOT NULL) AS renamed
             FROM ntsb.events t
             JOIN ntsb.event_key k USING (ev_id)
             JOIN ntsb.batch b ON b.batch_id = {batch}
             LEFT JOIN ntsb.batch l ON l.batch_id = k.lchg_batch
             JOIN pg_temp.ntsb_period p ON p.legacy = {series}
             WHERE t.ev_date BETWEEN p.since AND least(p.until, b.as_of::date)
               AND t.withdrawn_batch IS NULL
               AND NOT coalesce({newer_stays}, false)
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_batch_event e WHERE e.ev_id = t.ev_id)",
            series = of_legacy_series("t"),
        ),
        None,
        &[],
    )?;
    limit.check_events(client)?;
    limit.compare_with_last(client, batch)
}

/// Withdraws the events that a full file no longer holds, with all that belongs to them.
pub fn events(client: &mut SpiClient, batch: &mut Batch) -> Result<(), Error> {
    if one::<bool>(client, "SELECT EXISTS (SELECT FROM pg_temp.ntsb_missing_event)")?
        .unwrap_or(false)
    {
        for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
            let count = with_event(client, batch, table)?;
            for counts in batch.counts.iter_mut().filter(|c| c.table.name == table.name) {
                counts.withdrawn += count;
            }
        }
    }
    client.update("DROP TABLE pg_temp.ntsb_missing_event, pg_temp.ntsb_period", None, &[])?;
    Ok(())
}

/// The events of 1962 to 1981 are a series of their own, told by a letter: a later file that holds a
/// few older events says nothing of them.
pub fn of_legacy_series(alias: &str) -> String {
    format!("(substr({alias}.ev_id, 9, 1) = '{SERIES}')")
}

fn with_event(
    client: &mut SpiClient,
    batch: &mut Batch,
    table: &'static Table,
) -> Result<i64, Error> {
    let say = For { table, batch: batch.id, force: batch.force, archive: false };
    withdraw(client, batch, &say, "t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_missing_event)")
}

fn withdraw(
    client: &mut SpiClient,
    batch: &mut Batch,
    say: &For,
    condition: &str,
) -> Result<i64, Error> {
    let (name, id) = (say.table.name, batch.id);
    let with = format!(
        "WITH gone AS (
             UPDATE ntsb.{name} t SET withdrawn_batch = {id}, last_batch = {id}
             WHERE t.withdrawn_batch IS NULL AND {condition}
             RETURNING {} AS row_key, {} AS ev_id, t.content_hash AS old_hash)",
        say.row_key("t"),
        say.ev_id("t"),
    );
    let changes = "SELECT row_key, ev_id, 'withdraw' AS action, old_hash, NULL::bytea AS new_hash,
                          NULL::jsonb AS changes
                   FROM gone ORDER BY row_key";
    batch.log.write_with(client, say.table, &with, changes)
}
