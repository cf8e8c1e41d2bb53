//! The chain of the change log: the hash of each entry covers the hash of the entry before it.
//!
//! The extension writes it and `ntsb verify` recomputes it, without asking the database for more than
//! the entries.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::hash::{Hash, canonical_json, hex};

/// What the first entry is chained to.
pub const GENESIS: Hash = [0; 32];

/// An entry of `ntsb.change_log`, without what it is chained by.
#[derive(Debug)]
pub struct Entry<'a> {
    pub batch_id: i64,
    /// Microseconds since 1970.
    pub changed_at: i64,
    pub table_name: &'a str,
    pub row_key: &'a str,
    pub ev_id: Option<&'a str>,
    pub action: &'a str,
    pub old_hash: Option<&'a [u8]>,
    pub new_hash: Option<&'a [u8]>,
    pub changes: Option<Json>,
}

impl Entry<'_> {
    /// SHA-256 over the hash of the entry before and this entry as canonical JSON, with hashes in
    /// hexadecimal.
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

    /// By Python: hashlib.sha256(bytes(32) + json.dumps(entry, sort_keys=True).encode()).
    #[test]
    fn the_hash_is_that_of_python() {
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
