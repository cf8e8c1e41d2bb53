//! The content hash, for asking.

use crate::json_argument::JsonArgument;
use ntsb_schema::hash;
use ntsb_schema::tables::{BOOKKEEPING, Table};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::error::Error;

/// SHA-256 of a JSON value, in hexadecimal: what Python's
/// `hashlib.sha256(json.dumps(json.loads(value), sort_keys=True).encode()).hexdigest()` gives.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_content_hash(value: JsonArgument) -> String {
    hash::hex(&hash::content_hash(&value.0))
}

/// Columns of an NTSB table that its content hash leaves out, in the warehouse: bookkeeping,
/// what cleaning adds, and what change capture adds. `to_jsonb(row) - ntsb_unhashed_columns(table)`
/// is what `ntsb_content_hash` takes.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_unhashed_columns(table_name: &str) -> Result<Vec<&'static str>, ErrorReport> {
    const OURS: &[&str] = &[
        "geog",
        "words",
        "content_hash",
        "hash_version",
        "first_batch",
        "last_batch",
        "withdrawn_batch",
    ];
    let table = Table::find(table_name).ok_or_else(|| Error::NoSuchTable(table_name.into()))?;
    let derived = table.derived.iter().map(|c| c.name);
    Ok(BOOKKEEPING.iter().copied().chain(derived).chain(OURS.iter().copied()).collect())
}
