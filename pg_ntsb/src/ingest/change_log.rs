//! The hash chain of the change log: the hash of each entry covers the previous entry.

use crate::epoch;
use crate::error::require_argument;
use crate::json_argument::JsonArgument;
use ntsb_schema::chain::{Entry, GENESIS};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

/// Returns the hash of an entry of `ntsb.change_log`: SHA-256 over `previous` (32 bytes, zeros for the
/// first entry) and the entry as canonical JSON (see `ntsb_content_hash`). Hashes are hexadecimal,
/// `changed_at` is in microseconds since 1970.
#[pg_extern(immutable, parallel_safe, schema = "ntsb_internal", name = "chain_hash_step")]
#[allow(clippy::too_many_arguments)]
fn ntsb_chain_hash_step(
    state: Option<&[u8]>,
    previous: Option<&[u8]>,
    batch_id: Option<i64>,
    changed_at: Option<TimestampWithTimeZone>,
    table_name: Option<&str>,
    row_key: Option<&str>,
    ev_id: Option<&str>,
    action: Option<&str>,
    old_hash: Option<&[u8]>,
    new_hash: Option<&[u8]>,
    changes: Option<JsonArgument>,
) -> Result<Vec<u8>, ErrorReport> {
    let entry = Entry {
        batch_id: require_argument(batch_id, "batch_id")?,
        changed_at: i64::from(require_argument(changed_at, "changed_at")?)
            .saturating_add(epoch::OFFSET_MICROSECONDS),
        table_name: require_argument(table_name, "table_name")?,
        row_key: require_argument(row_key, "row_key")?,
        ev_id,
        action: require_argument(action, "action")?,
        old_hash,
        new_hash,
        changes: changes.map(|c| c.0),
    };
    Ok(entry.hash(state.or(previous).unwrap_or(&GENESIS)).to_vec())
}

extension_sql!(
    r#"
CREATE AGGREGATE ntsb_internal.chain_hash(
    previous bytea, batch_id bigint, changed_at timestamptz, table_name text, row_key text,
    ev_id text, action text, old_hash bytea, new_hash bytea, changes jsonb
) (SFUNC = ntsb_internal.chain_hash_step, STYPE = bytea, PARALLEL = UNSAFE);
"#,
    name = "chain_hash",
    requires = [ntsb_chain_hash_step]
);
