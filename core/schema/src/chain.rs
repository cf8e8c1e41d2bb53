//! The hash chain of the change log: the hash of each entry covers the hash of the previous entry.
//!
//! The extension writes the chain. `ntsb verify` recomputes it from the entries alone.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::hash::{Hash, canonical_json, hex};

/// The previous hash of the first entry.
pub const GENESIS: Hash = [0; 32];

/// An entry of `ntsb.change_log`, without its entry hash.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The batch that made the change.
    pub batch_id: i64,
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    pub changed_at: i64,
    /// The table of the changed row.
    pub table_name: &'a str,
    /// The primary key of the changed row, as text.
    pub row_key: &'a str,
    /// The event of the changed row.
    pub ev_id: Option<&'a str>,
    /// The kind of change.
    pub action: &'a str,
    /// The content hash before the change.
    pub old_hash: Option<&'a [u8]>,
    /// The content hash after the change.
    pub new_hash: Option<&'a [u8]>,
    /// The changed columns with their old and new values.
    pub changes: Option<Json>,
}

impl Entry<'_> {
    /// Computes the entry hash: SHA-256 over the previous entry hash and this entry as canonical JSON,
    /// with hashes in hexadecimal.
    pub fn hash(self, previous: &[u8]) -> Hash {
        let entry = json!({
            "batch_id": self.batch_id,
            "changed_at": self.changed_at,
            "table_name": self.table_name,
            "row_key": self.row_key,
            "ev_id": self.ev_id,
            "action": self.action,
            "old_hash": self.old_hash.map(hex),
            "new_hash": self.new_hash.map(hex),
            "changes": self.changes,
        });
        let mut digest = Sha256::new();
        digest.update(previous);
        digest.update(canonical_json(&entry));
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed in Python: hashlib.sha256(bytes(32) + json.dumps(entry, sort_keys=True).encode()).
    #[test]
    fn hash_equals_the_hash_in_python() {
        let changes = json!({"ev_city": {"old": "Ålen", "new": null}});
        let entry = Entry {
            batch_id: 7,
            changed_at: 1_577_836_800_123_456,
            table_name: "events",
            row_key: "20200101X00001",
            ev_id: Some("20200101X00001"),
            action: "update",
            old_hash: Some(&[0x0a, 0xff]),
            new_hash: None,
            changes: Some(changes),
        };
        assert_eq!(
            hex(&entry.hash(&GENESIS)),
            "3951fbef039a11f68c4abc9268fe503a61fdcf03480eb2591904ebc97060daa3"
        );
    }
}
