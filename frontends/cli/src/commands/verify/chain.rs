//! Recomputes the hash chain from its first entry and compares it with exported heads.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::StreamExt;
use ntsb_schema::chain::{Entry, GENESIS};
use ntsb_schema::hash::hex;
use tokio_postgres::{Row, Transaction};

use super::Problems;
use crate::commands::log_heads::LogHead;
use crate::failure::Failure;

const ENTRIES: &str = "
    SELECT seq, batch_id, (extract(epoch FROM changed_at) * 1000000)::pg_catalog.int8, table_name, row_key,
           ev_id, action, old_hash, new_hash, changes::pg_catalog.text, entry_hash
    FROM ntsb.change_log ORDER BY seq";

/// Returns the number of entries.
pub async fn verify_chain(
    transaction: &Transaction<'_>,
    heads: &[LogHead],
    problems: &mut Problems,
) -> Result<i64, Failure> {
    let mut expected: BTreeMap<i64, Vec<&LogHead>> = BTreeMap::new();
    for head in heads {
        expected.entry(head.seq).or_default().push(head);
    }
    let mut rows = pin!(transaction.query_raw::<_, &str, [&str; 0]>(ENTRIES, []).await?);
    let (mut count, mut last, mut previous) = (0, 0, GENESIS.to_vec());
    while let Some(row) = rows.next().await {
        let row = row?;
        let (seq, stored): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(10)?);
        if seq != last + 1 {
            problems.add(
                "chain",
                Some(seq),
                format!("{} entries before this one are missing", seq - last - 1),
            );
        }
        if compute_hash(&row, &previous)? != stored {
            problems.add("chain", Some(seq), "this entry or the previous one was altered");
        }
        for head in expected.remove(&seq).unwrap_or_default() {
            if head.entry_hash != hex(&stored) {
                let problem = format!("the entry differs from the head of batch {}", head.batch_id);
                problems.add("heads", Some(seq), problem);
            }
        }
        (count, last, previous) = (count + 1, seq, stored);
    }
    for head in expected.into_values().flatten() {
        let problem = format!("the last entry of batch {} is missing", head.batch_id);
        problems.add("heads", Some(head.seq), problem);
    }
    Ok(count)
}

fn compute_hash(row: &Row, previous: &[u8]) -> Result<Vec<u8>, Failure> {
    let invalid =
        |error| Failure::Other(format!("the changes of a log entry are not valid JSON: {error}"));
    let changes: Option<&str> = row.try_get(9)?;
    let entry = Entry {
        batch_id: row.try_get(1)?,
        changed_at: row.try_get(2)?,
        table_name: row.try_get(3)?,
        row_key: row.try_get(4)?,
        ev_id: row.try_get(5)?,
        action: row.try_get(6)?,
        old_hash: row.try_get(7)?,
        new_hash: row.try_get(8)?,
        changes: changes.map(serde_json::from_str).transpose().map_err(invalid)?,
    };
    Ok(entry.hash(previous).to_vec())
}
