//! Counts the changes of the data. Whatever is derived from the data is cached under the version that it was
//! computed from, and so is never found again after a change.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[derive(Default)]
pub struct DataVersion {
    number: AtomicU64,
    is_listening: AtomicBool,
}

impl DataVersion {
    /// The current version. None while the service does not listen to the database, when a change could go
    /// unnoticed and nothing may be cached.
    pub fn current(&self) -> Option<u64> {
        let is_listening = self.is_listening.load(Ordering::SeqCst);
        is_listening.then(|| self.number.load(Ordering::SeqCst))
    }

    /// Records a change of the data.
    pub fn advance(&self) {
        self.number.fetch_add(1, Ordering::SeqCst);
    }

    /// Records whether notifications arrive. Changes before that may have been missed.
    pub fn set_listening(&self, is_listening: bool) {
        self.is_listening.store(is_listening, Ordering::SeqCst);
        self.advance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_version_while_nobody_listens() {
        let version = DataVersion::default();
        assert_eq!(version.current(), None);
        version.set_listening(true);
        let first = version.current();
        version.advance();
        assert!(first.is_some() && version.current() > first);
        version.set_listening(false);
        assert_eq!(version.current(), None);
    }
}
