//! A row of `ntsb.staging_quarantine`.

use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;

use crate::failure::Failure;

/// The fetched columns. Timestamps are ISO 8601 text for both output formats.
pub const COLUMNS: &str = "
    q.quarantine_id, q.status, q.batch_id, b.source, q.table_name, q.row_key, q.ev_id, q.rule_id,
    q.column_name, q.value, q.reason, to_json(q.quarantined_at) #>> '{}' AS quarantined_at,
    to_json(q.decided_at) #>> '{}' AS decided_at, q.decided_by, q.decision::text AS decision";

/// The FROM clause that [`COLUMNS`] needs.
pub const FROM: &str = "ntsb.staging_quarantine q LEFT JOIN ntsb.batch b USING (batch_id)";

#[derive(Debug, Clone, Default, Serialize)]
pub struct QuarantinedRow {
    pub quarantine_id: i64,
    pub status: String,
    pub batch_id: i64,
    pub source: Option<String>,
    pub table: String,
    pub row_key: Option<String>,
    pub ev_id: Option<String>,
    pub rule_id: String,
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
    pub quarantined_at: Option<String>,
    pub decided_at: Option<String>,
    pub decided_by: Option<String>,
    pub decision: Option<Value>,
}

impl QuarantinedRow {
    pub fn from_row(row: &Row) -> Result<QuarantinedRow, Failure> {
        Ok(QuarantinedRow {
            quarantine_id: row.try_get("quarantine_id")?,
            status: row.try_get("status")?,
            batch_id: row.try_get("batch_id")?,
            source: row.try_get("source")?,
            table: row.try_get("table_name")?,
            row_key: row.try_get("row_key")?,
            ev_id: row.try_get("ev_id")?,
            rule_id: row.try_get("rule_id")?,
            column: row.try_get("column_name")?,
            value: row.try_get("value")?,
            reason: row.try_get("reason")?,
            quarantined_at: row.try_get("quarantined_at")?,
            decided_at: row.try_get("decided_at")?,
            decided_by: row.try_get("decided_by")?,
            decision: parse_json(row.try_get("decision")?)?,
        })
    }
}

/// Parses JSON from the database.
pub fn parse_json(text: Option<String>) -> Result<Option<Value>, Failure> {
    let unexpected =
        |e| Failure::Other(format!("unexpected response from the database (invalid JSON): {e}"));
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(unexpected)
}
