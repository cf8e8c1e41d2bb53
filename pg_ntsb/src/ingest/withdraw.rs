//! Rows that a newer file no longer holds are marked, not deleted, and come back if they return.

use super::Batch;
use super::compare::LATER_FILE;
use super::statements::{For, unless};
use crate::error::Error;
use crate::spi::one;
use ntsb_core::legacy::SERIES;
use ntsb_core::source::{Kind, TABLES, Table};
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

/// Withdraws the events of the file's period that a full file no longer holds, with all that
/// belongs to them. The period ends when the file was made, whatever dates its events have.
pub fn events(client: &mut SpiClient, batch: &mut Batch) -> Result<(), Error> {
    let newer_stays = unless(batch.force, &format!("k.lchg_date > b.as_of OR {LATER_FILE}"));
    client.update(
        &format!(
            "CREATE TEMP TABLE ntsb_gone_event ON COMMIT DROP AS
             SELECT t.ev_id
             FROM ntsb.events t
             JOIN ntsb.event_key k USING (ev_id)
             JOIN ntsb.batch b ON b.batch_id = {}
             LEFT JOIN ntsb.batch l ON l.batch_id = k.lchg_batch
             CROSS JOIN (SELECT min(ev_date) AS since, max(ev_date) AS until,
                                bool_or({}) AS legacy
                         FROM pg_temp.ntsb_batch_event n) p
             WHERE t.ev_date BETWEEN p.since AND least(p.until, b.as_of::date)
               AND {} = p.legacy
               AND t.withdrawn_batch IS NULL
               AND NOT coalesce({newer_stays}, false)
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_batch_event e WHERE e.ev_id = t.ev_id)",
            batch.id,
            of_legacy_series("n"),
            of_legacy_series("t"),
        ),
        None,
        &[],
    )?;
    if one::<bool>(client, "SELECT EXISTS (SELECT FROM pg_temp.ntsb_gone_event)")?.unwrap_or(false)
    {
        for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
            let count = with_event(client, batch, table)?;
            for counts in batch.counts.iter_mut().filter(|c| c.table.name == table.name) {
                counts.withdrawn += count;
            }
        }
    }
    client.update("DROP TABLE pg_temp.ntsb_gone_event", None, &[])?;
    Ok(())
}

/// The events of 1962 to 1981 are a series of their own, told by a letter: a later file that holds a
/// few older events says nothing of them.
fn of_legacy_series(alias: &str) -> String {
    format!("(substr({alias}.ev_id, 9, 1) = '{SERIES}')")
}

fn with_event(
    client: &mut SpiClient,
    batch: &mut Batch,
    table: &'static Table,
) -> Result<i64, Error> {
    let say = For { table, batch: batch.id, force: batch.force, archive: false };
    withdraw(client, batch, &say, "t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_gone_event)")
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
