//! The chain of the change log: each entry's hash covers the entry before.

use crate::epoch;
use crate::json_argument::JsonArgument;
use ntsb_core::hash::{Hash, canonical_json, hex};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

/// Hash of an entry of `ntsb.change_log`: SHA-256 over `previous` (32 bytes, zeros before the
/// first entry) and the entry as canonical JSON (see `ntsb_content_hash`; hashes in hexadecimal,
/// `changed_at` in microseconds since 1970).
#[pg_extern(immutable, parallel_safe)]
#[allow(clippy::too_many_arguments)]
fn ntsb_chain_step(
    state: Option<&[u8]>,
    previous: Option<&[u8]>,
    batch_id: i64,
    changed_at: TimestampWithTimeZone,
    table_name: &str,
    row_key: &str,
    ev_id: Option<&str>,
    action: &str,
    old_hash: Option<&[u8]>,
    new_hash: Option<&[u8]>,
    changes: Option<JsonArgument>,
) -> Vec<u8> {
    let genesis: Hash = [0; 32];
    let entry = json!({
        "batch_id": batch_id,
        "changed_at": i64::from(changed_at) + epoch::MICROSECONDS,
        "table_name": table_name,
        "row_key": row_key,
        "ev_id": ev_id,
        "action": action,
        "old_hash": old_hash.map(hex),
        "new_hash": new_hash.map(hex),
        "changes": changes.map(|c| c.0),
    });
    let mut digest = Sha256::new();
    digest.update(state.or(previous).unwrap_or(&genesis));
    digest.update(canonical_json(&entry));
    digest.finalize().to_vec()
}

extension_sql!(
    r#"
CREATE AGGREGATE ntsb_chain(
    previous bytea, batch_id bigint, changed_at timestamptz, table_name text, row_key text,
    ev_id text, action text, old_hash bytea, new_hash bytea, changes jsonb
) (SFUNC = ntsb_chain_step, STYPE = bytea, PARALLEL = UNSAFE);
"#,
    name = "chain",
    requires = [ntsb_chain_step]
);
