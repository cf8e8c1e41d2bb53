//! Stored rows beside the log: each is what the last entry about it says, and its hash follows from
//! its columns. Rows are compared as they stream by, so that memory does not grow with them.

use std::pin::pin;

use futures_util::StreamExt;
use ntsb_schema::hash::{ENCODING_VERSION, content_hash};
use ntsb_schema::tables::{TABLES, Table};
use serde_json::Value;
use tokio_postgres::{Row, Transaction};

use super::Problems;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Returns how many rows there are.
pub async fn verify(
    transaction: &Transaction<'_>,
    terminal: &Terminal,
    problems: &mut Problems,
) -> Result<u64, Failure> {
    let mut count = 0;
    for table in TABLES {
        let _step = terminal.step(format!("verifying the rows of {}", table.name));
        let sql = compare(table);
        let mut rows = pin!(transaction.query_raw::<_, &str, [&str; 0]>(&sql, []).await?);
        while let Some(row) = rows.next().await {
            let row = row?;
            count += 1;
            if let Some(problem) = problem(&row, table)? {
                let key: &str = row.try_get(0)?;
                problems.add("rows", row.try_get(1)?, format!("{} {key}: {problem}", table.name));
            }
        }
    }
    Ok(count)
}

/// Every stored row and the last entry about it; rows of archived events are elsewhere.
fn compare(table: &Table) -> String {
    let name = table.name;
    let key = table.key.iter().map(|part| format!("t.\"{part}\"")).collect::<Vec<_>>();
    let key = match key.is_empty() {
        true => "pg_catalog.encode(t.content_hash, 'hex')".to_owned(),
        false => format!("pg_catalog.concat_ws('/', {})", key.join(", ")),
    };
    format!(
        "WITH last AS (
             SELECT DISTINCT ON (row_key) row_key, seq, ev_id, action, coalesce(new_hash, old_hash) AS hash
             FROM ntsb.change_log WHERE table_name = '{name}' ORDER BY row_key, seq DESC),
         stored AS (
             SELECT {key} AS row_key, t.content_hash, t.hash_version, t.withdrawn_batch IS NOT NULL AS is_withdrawn,
                    pg_catalog.to_jsonb(t)::pg_catalog.text AS content
             FROM ntsb.{name} t)
         SELECT coalesce(s.row_key, l.row_key), l.seq, l.action, l.hash, s.content_hash, s.hash_version,
                s.is_withdrawn, s.content
         FROM stored s FULL JOIN last l ON l.row_key = s.row_key
         WHERE s.row_key IS NOT NULL
            OR NOT EXISTS (SELECT FROM ntsb.archived_event a WHERE a.ev_id = l.ev_id)"
    )
}

fn problem(row: &Row, table: &Table) -> Result<Option<&'static str>, Failure> {
    let Some(stored) = row.try_get::<_, Option<&[u8]>>(4)? else {
        return Ok(Some("in the log, but not stored"));
    };
    let Some(action) = row.try_get::<_, Option<&str>>(2)? else {
        return Ok(Some("stored, but not in the log"));
    };
    if row.try_get::<_, Option<&[u8]>>(3)? != Some(stored) {
        return Ok(Some("stored with another content_hash than this entry has"));
    }
    if row.try_get::<_, bool>(6)? != (action == "withdraw") {
        return Ok(Some("withdrawn here and not in the log, or the other way round"));
    }
    let version: i16 = row.try_get(5)?;
    if version == ENCODING_VERSION && hash_of(row.try_get(7)?, table)? != stored {
        return Ok(Some("its content_hash does not follow from its columns"));
    }
    Ok(None)
}

fn hash_of(content: &str, table: &Table) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error| Failure::Other(format!("a row of {} is not readable: {error}", table.name));
    let mut content: Value = serde_json::from_str(content).map_err(unreadable)?;
    if let Some(columns) = content.as_object_mut() {
        let is_hashed = |name: &str| table.columns.iter().any(|c| c.name == name && c.hashed());
        columns.retain(|name, _| is_hashed(name));
    }
    Ok(content_hash(&content).to_vec())
}
