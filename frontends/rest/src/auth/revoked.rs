//! API keys whose tokens are no longer valid. The list is a copy of the database's. It is read again every few
//! seconds and on every notification: notifications can be forged, and get lost behind a connection pooler.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use tokio::sync::watch;

pub struct RevokedKeys {
    keys: RwLock<HashSet<i64>>,
    /// Counts the changes, so that open WebSockets check their key again.
    changes: watch::Sender<u64>,
}

impl Default for RevokedKeys {
    fn default() -> RevokedKeys {
        RevokedKeys { keys: RwLock::default(), changes: watch::Sender::new(0) }
    }
}

impl RevokedKeys {
    pub fn contains(&self, key: i64) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).contains(&key)
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Replaces the list. The database lists a key for as long as its tokens could be valid.
    pub fn replace(&self, keys: HashSet<i64>) {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if *current != keys {
            *current = keys;
            drop(current);
            self.changes.send_modify(|count| *count += 1);
        }
    }
}
