//! The content hash, for use in users' SQL.

use crate::json_argument::JsonArgument;
use crate::schema::unknown_table;
use ntsb_schema::hash;
use ntsb_schema::tables::{BOOKKEEPING, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// Returns the SHA-256 of a JSON value in hexadecimal, as Python's
/// `hashlib.sha256(json.dumps(json.loads(value), sort_keys=True).encode()).hexdigest()` does.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_content_hash(value: JsonArgument) -> String {
    hash::hex(&hash::content_hash(&value.0))
}

/// Lists the columns of a warehouse table that its content hash excludes: NTSB's bookkeeping, columns
/// that cleaning adds, and columns that change tracking adds.
/// `ntsb_content_hash(to_jsonb(row) - ntsb_unhashed_columns(table))` is the content hash of a row.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_unhashed_columns(table_name: &str) -> Result<Vec<&'static str>, ErrorReport> {
    const TRACKING: &[&str] = &[
        "geog",
        "words",
        "content_hash",
        "hash_version",
        "first_batch",
        "last_batch",
        "withdrawn_batch",
    ];
    let table = Table::find(table_name).ok_or_else(|| unknown_table("table_name", table_name))?;
    let derived = table.derived.iter().map(|c| c.name);
    Ok(BOOKKEEPING.iter().copied().chain(derived).chain(TRACKING.iter().copied()).collect())
}
