//! Cached responses, by what was asked: as many as fit into so many bytes, those read last.

use std::collections::{BTreeMap, HashMap};

use axum::http::HeaderMap;
use bytes::Bytes;

use crate::auth::Role;

#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub path: String,
    pub accept: String,
    pub role: Role,
}

#[derive(Clone)]
pub struct CachedResponse {
    pub headers: HeaderMap,
    pub body: Bytes,
}

struct Entry {
    response: CachedResponse,
    bytes: usize,
    /// Grows with each reading.
    read: u64,
}

#[derive(Default)]
pub struct Store {
    entries: HashMap<Key, Entry>,
    by_reading: BTreeMap<u64, Key>,
    next: u64,
    bytes: usize,
}

/// Of an entry beside what it holds, roughly.
const OVERHEAD: usize = 512;

impl CachedResponse {
    fn bytes(&self) -> usize {
        let headers = self.headers.iter().map(|(name, v)| name.as_str().len() + v.len() + 64);
        self.body.len() + headers.sum::<usize>()
    }
}

impl Store {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn clear(&mut self) {
        *self = Store { next: self.next, ..Store::default() };
    }

    pub fn get(&mut self, key: &Key) -> Option<CachedResponse> {
        let entry = self.entries.get_mut(key)?;
        self.by_reading.remove(&entry.read);
        entry.read = self.next;
        self.by_reading.insert(self.next, key.clone());
        self.next += 1;
        Some(entry.response.clone())
    }

    pub fn insert(&mut self, key: Key, response: CachedResponse, most: usize) {
        self.remove(&key);
        let bytes = response.bytes() + 2 * (key.path.len() + key.accept.len()) + OVERHEAD;
        if bytes > most {
            return;
        }
        while self.bytes + bytes > most {
            let Some((_, oldest)) = self.by_reading.pop_first() else { break };
            self.remove(&oldest);
        }
        self.by_reading.insert(self.next, key.clone());
        self.entries.insert(key, Entry { response, bytes, read: self.next });
        self.next += 1;
        self.bytes += bytes;
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_reading.remove(&entry.read);
            self.bytes = self.bytes.saturating_sub(entry.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str) -> Key {
        Key { path: path.into(), accept: String::new(), role: Role::Viewer }
    }

    #[test]
    fn what_was_read_last_stays_within_the_bytes() {
        let mut store = Store::default();
        let response = CachedResponse { headers: HeaderMap::new(), body: vec![0; 1000].into() };
        for path in ["/a", "/b", "/c"] {
            store.insert(key(path), response.clone(), 5_000);
        }
        assert_eq!(store.len(), 3);
        assert!(store.get(&key("/a")).is_some());
        store.insert(key("/d"), response.clone(), 5_000);
        assert!(store.get(&key("/b")).is_none() && store.get(&key("/a")).is_some());
        assert!(store.bytes() <= 5_000);
        store.insert(key("/e"), response, 100);
        assert!(store.get(&key("/e")).is_none());
        store.clear();
        assert_eq!((store.len(), store.bytes(), store.by_reading.len()), (0, 0, 0));
    }
}
