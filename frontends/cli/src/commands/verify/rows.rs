//! Compares each stored row with its last log entry, and its hash with its columns. Rows are streamed,
//! so memory use is constant.

use std::pin::pin;

use futures_util::StreamExt;
use ntsb_schema::hash::{ENCODING_VERSION, content_hash};
use ntsb_schema::tables::{TABLES, Table};
use serde_json::Value;
use tokio_postgres::{Row, Transaction};

use super::Problems;
use crate::failure::Failure;
use crate::output::Terminal;

/// Returns the number of rows.
pub async fn verify_rows(
    transaction: &Transaction<'_>,
    terminal: &Terminal,
    problems: &mut Problems,
) -> Result<u64, Failure> {
    let mut count = 0;
    for table in TABLES {
        let _step = terminal.start_step(format!("verifying the rows of {}", table.name));
        let sql = comparison_sql(table);
        let mut rows = pin!(transaction.query_raw::<_, &str, [&str; 0]>(&sql, []).await?);
        while let Some(row) = rows.next().await {
            let row = row?;
            count += 1;
            if let Some(problem) = find_problem(&row, table)? {
                let key: &str = row.try_get(0)?;
                problems.add("rows", row.try_get(1)?, format!("{} {key}: {problem}", table.name));
            }
        }
    }
    Ok(count)
}

/// Joins every stored row with its last log entry. Rows of archived events are not in the tables.
fn comparison_sql(table: &Table) -> String {
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

fn find_problem(row: &Row, table: &Table) -> Result<Option<&'static str>, Failure> {
    let Some(stored) = row.try_get::<_, Option<&[u8]>>(4)? else {
        return Ok(Some("in the log, but not stored"));
    };
    let Some(action) = row.try_get::<_, Option<&str>>(2)? else {
        return Ok(Some("stored, but not in the log"));
    };
    if row.try_get::<_, Option<&[u8]>>(3)? != Some(stored) {
        return Ok(Some("the stored content_hash differs from that of the log entry"));
    }
    if row.try_get::<_, bool>(6)? != (action == "withdraw") {
        return Ok(Some("withdrawn in the table and not in the log, or vice versa"));
    }
    let version: i16 = row.try_get(5)?;
    if version == ENCODING_VERSION && compute_hash(row.try_get(7)?, table)? != stored {
        return Ok(Some("the content_hash does not match the columns"));
    }
    Ok(None)
}

fn compute_hash(content: &str, table: &Table) -> Result<Vec<u8>, Failure> {
    let invalid =
        |error| Failure::Other(format!("a row of {} is not valid JSON: {error}", table.name));
    let mut content: Value = serde_json::from_str(content).map_err(invalid)?;
    if let Some(columns) = content.as_object_mut() {
        let is_hashed = |name: &str| table.columns.iter().any(|c| c.name == name && c.is_hashed());
        columns.retain(|name, _| is_hashed(name));
    }
    Ok(content_hash(&content).to_vec())
}
