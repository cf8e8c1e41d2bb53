//! Withdraws rows that a newer file no longer contains. They are marked, not deleted, and become current
//! again if a later file contains them.

use super::Batch;
use super::client::{IngestClient, select_value};
use super::compare::LATER_FILE;
use super::error::IngestError;
use super::limit::WithdrawalLimit;
use super::statements::{StatementBuilder, unless};
use ntsb_schema::pre1982::EV_ID_SERIES;
use ntsb_schema::tables::{Kind, TABLES, Table};

/// Withdraws stored rows that are missing in the file although it contains their event. Code lists in a
/// file are always complete, so any of their rows that is missing is withdrawn. Rows that a newer file
/// added or changed stay.
pub fn withdraw_missing_rows(
    client: &mut IngestClient,
    batch: &mut Batch,
    sql: &StatementBuilder,
) -> Result<i64, IngestError> {
    let absent =
        format!("NOT EXISTS (SELECT FROM pg_temp.ntsb_clean c WHERE {})", sql.on_key("c", "t"));
    let in_file = match sql.table.kind {
        Kind::Reference => "true".to_owned(),
        Kind::Case => format!(
            "EXISTS (SELECT FROM pg_temp.ntsb_batch_event e
                 WHERE e.ev_id = t.ev_id AND NOT e.outdated AND NOT e.rejected AND NOT {})",
            sql.unless_forced(&sql.older("e", "t"))
        ),
    };
    let from_later_file = sql.unless_forced(&format!(
        "EXISTS (SELECT FROM ntsb.batch b, {} WHERE b.batch_id = {} AND {LATER_FILE})",
        sql.stored_file(),
        batch.id
    ));
    withdraw(client, batch, sql, &format!("{in_file} AND {absent} AND NOT {from_later_file}"))
}

/// Creates `ntsb_period`: the years that a full file covers, for each series. They range from the first to
/// the last year of which the file contains at least a tenth of the stored events, so a single date
/// decades before the others does not extend the period. Rejected rows are ignored.
fn create_period(batch: i64) -> String {
    format!(
        "CREATE TEMP TABLE ntsb_period ON COMMIT DROP AS
         WITH file AS (
             SELECT {series_n} AS legacy, extract(year FROM n.ev_date) AS year,
                    count(*) AS events, min(n.ev_date) AS since, max(n.ev_date) AS until
             FROM pg_temp.ntsb_batch_event n
             WHERE NOT n.rejected AND n.ev_date IS NOT NULL
             GROUP BY 1, 2
         ), stored AS (
             SELECT {series_t} AS legacy, extract(year FROM t.ev_date) AS year, count(*) AS events
             FROM ntsb.events t
             WHERE t.withdrawn_batch IS NULL
               AND t.ev_date BETWEEN (SELECT min(since) FROM file) AND (SELECT max(until) FROM file)
             GROUP BY 1, 2
         )
         SELECT f.legacy, min(f.since) AS since, max(f.until) AS until, sum(f.events) AS events
         FROM file f LEFT JOIN stored s USING (legacy, year)
         WHERE f.events * 10 >= coalesce(s.events, 0)
         GROUP BY f.legacy;
         UPDATE ntsb.batch SET (period, legacy) =
             (SELECT daterange(since, until, '[]'), legacy FROM pg_temp.ntsb_period
              ORDER BY events DESC LIMIT 1)
         WHERE batch_id = {batch}",
        series_n = is_legacy_series("n"),
        series_t = is_legacy_series("t"),
    )
}

/// Finds the events of the file's period that a full file no longer contains, and fails if there are too
/// many. The period ends at the date of the file, even if its events have later dates.
pub fn find_missing_events(
    client: &mut IngestClient,
    batch: i64,
    force: bool,
    limit: &mut WithdrawalLimit,
) -> Result<(), IngestError> {
    let is_newer = unless(force, &format!("k.lchg_date > b.as_of OR {LATER_FILE}"));
    client.update(&create_period(batch), None, &[])?;
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
               AND NOT coalesce({is_newer}, false)
               AND NOT EXISTS (SELECT FROM ntsb.moved_event m
                               WHERE m.batch_id = {batch} AND m.ev_id = t.ev_id)
               AND NOT EXISTS (SELECT FROM pg_temp.ntsb_batch_event e WHERE e.ev_id = t.ev_id)",
            series = is_legacy_series("t"),
        ),
        None,
        &[],
    )?;
    limit.check_events(client)?;
    limit.find_last_full_batch(client, batch)
}

/// Adds the events that the file moves to another shard. They do not count toward the limit, because they are
/// stored there.
pub fn add_moved_events(
    client: &mut IngestClient,
    batch: i64,
    is_full: bool,
) -> Result<(), IngestError> {
    let into = if is_full {
        "INSERT INTO pg_temp.ntsb_missing_event"
    } else {
        "CREATE TEMP TABLE ntsb_missing_event ON COMMIT DROP AS"
    };
    let moved = format!(
        "{into} SELECT t.ev_id, t.ev_date, true AS renamed FROM ntsb.events t
         JOIN ntsb.moved_event m ON m.batch_id = {batch} AND m.ev_id = t.ev_id
         WHERE t.withdrawn_batch IS NULL"
    );
    client.update(&moved, None, &[])?;
    Ok(())
}

/// Withdraws the events that a full file no longer contains or that moved to another shard, with all their rows.
pub fn withdraw_events(client: &mut IngestClient, batch: &mut Batch) -> Result<(), IngestError> {
    if select_value::<bool>(client, "SELECT EXISTS (SELECT FROM pg_temp.ntsb_missing_event)")?
        .unwrap_or(false)
    {
        for table in TABLES.iter().filter(|t| t.kind == Kind::Case) {
            let count = withdraw_rows_of_events(client, batch, table)?;
            for counts in batch.counts.iter_mut().filter(|c| c.table.name == table.name) {
                counts.withdrawn += count;
            }
        }
    }
    client.update("DROP TABLE pg_temp.ntsb_missing_event", None, &[])?;
    if batch.is_full {
        client.update("DROP TABLE pg_temp.ntsb_period", None, &[])?;
    }
    Ok(())
}

/// True for the events of 1962 to 1981, whose ev_id contains the letter of their series. They have files of
/// their own: a later file that contains some older events does not withdraw them.
pub fn is_legacy_series(alias: &str) -> String {
    format!("(substr({alias}.ev_id, 9, 1) = '{EV_ID_SERIES}')")
}

fn withdraw_rows_of_events(
    client: &mut IngestClient,
    batch: &mut Batch,
    table: &'static Table,
) -> Result<i64, IngestError> {
    let sql = StatementBuilder { table, batch: batch.id, force: batch.force, has_archive: false };
    withdraw(client, batch, &sql, "t.ev_id IN (SELECT ev_id FROM pg_temp.ntsb_missing_event)")
}

fn withdraw(
    client: &mut IngestClient,
    batch: &mut Batch,
    sql: &StatementBuilder,
    condition: &str,
) -> Result<i64, IngestError> {
    let (name, id) = (sql.table.name, batch.id);
    let with = format!(
        "WITH withdrawn AS (
             UPDATE ntsb.{name} t SET withdrawn_batch = {id}, last_batch = {id}
             WHERE t.withdrawn_batch IS NULL AND {condition}
             RETURNING {} AS row_key, {} AS ev_id, t.content_hash AS old_hash)",
        sql.row_key("t"),
        sql.ev_id("t"),
    );
    let changes = "SELECT row_key, ev_id, 'withdraw' AS action, old_hash, NULL::bytea AS new_hash,
                          NULL::jsonb AS changes
                   FROM withdrawn ORDER BY row_key";
    batch.log.append_with(client, sql.table, &with, changes)
}
