//! Downloaded files and what is known of each: beside FILE lies FILE.json, while it is under way FILE.part
//! and FILE.part.json.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What the server said of a file, and what was done with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    pub url: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub length: u64,
    pub sha256: String,
    pub loaded: bool,
    /// The day up to which the API was asked for cases.
    pub until: Option<String>,
}

impl Known {
    /// When it was published, in seconds since 1970, as far as the server says.
    pub fn published(&self) -> Option<i64> {
        super::download::seconds(self.last_modified.as_deref()?)
    }

    /// What tells this content from another, for If-Range. A weak tag does not promise the same bytes.
    pub fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

pub struct Cache {
    folder: PathBuf,
    /// Held as long as the cache: two at once would write into the same file.
    _lock: File,
}

impl Cache {
    pub fn open(folder: &Path) -> Result<Cache, Failure> {
        fs::create_dir_all(folder).map_err(|e| cannot("create", folder, &e))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(|e| cannot("create", &path, &e))?;
        match lock.try_lock() {
            Ok(()) => Ok(Cache { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::Other(format!(
                "another ntsb sync works in {}\nhint: Wait for it, or name another --folder.",
                folder.display()
            ))),
            Err(TryLockError::Error(e)) => Err(cannot("lock", &path, &e)),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Nothing where the file, or what is known of it, is missing or damaged: it is downloaded anew.
    pub fn known(&self, name: &str) -> Result<Option<Known>, Failure> {
        let (path, facts) = (self.path(name), self.path(&format!("{name}.json")));
        let Ok(text) = fs::read(&facts) else { return Ok(None) };
        let Ok(known) = serde_json::from_slice::<Known>(&text) else { return Ok(None) };
        let length = fs::metadata(&path).map(|m| m.len()).ok();
        let whole = length == Some(known.length) || name.ends_with(".part");
        Ok(Some(known).filter(|_| whole && length.is_some()))
    }

    /// Written anew beside the old, so that there is always one or the other.
    pub fn note(&self, name: &str, known: &Known) -> Result<(), Failure> {
        let (new, path) =
            (self.path(&format!("{name}.json.new")), self.path(&format!("{name}.json")));
        let text = serde_json::to_vec_pretty(known).unwrap_or_default();
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&new, &path)).map_err(|e| cannot("write", &path, &e))
    }

    /// The part becomes the file. What was known of the old is forgotten first: a file without is
    /// downloaded again, one with another's facts would be believed.
    pub fn adopt(&self, name: &str, known: &Known) -> Result<(), Failure> {
        let part = self.path(&format!("{name}.part"));
        let _ = fs::remove_file(self.path(&format!("{name}.json")));
        let path = self.path(name);
        let synced = File::open(&part).and_then(|file| file.sync_all());
        synced.and_then(|()| fs::rename(&part, &path)).map_err(|e| cannot("write", &path, &e))?;
        let _ = fs::remove_file(self.path(&format!("{name}.part.json")));
        self.note(name, known)
    }

    pub fn discard_part(&self, name: &str) {
        let _ = fs::remove_file(self.path(&format!("{name}.part")));
        let _ = fs::remove_file(self.path(&format!("{name}.part.json")));
    }
}

pub fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_without_its_facts_or_of_another_length_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let known = Known { length: 3, sha256: "x".into(), ..Known::default() };
        fs::write(cache.path("a.zip.part"), b"abc").unwrap();
        cache.adopt("a.zip", &known).unwrap();
        assert_eq!(cache.known("a.zip").unwrap(), Some(known));
        fs::write(cache.path("a.zip"), b"ab").unwrap();
        assert_eq!(cache.known("a.zip").unwrap(), None);
        fs::write(cache.path("a.zip.json"), b"{").unwrap();
        assert_eq!(cache.known("a.zip").unwrap(), None);
    }

    #[test]
    fn two_at_once_do_not_write_into_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Cache::open(folder.path()).unwrap();
        let second = Cache::open(folder.path()).err().unwrap().to_string();
        assert!(second.contains("another ntsb sync"), "{second}");
    }

    #[test]
    fn a_weak_tag_does_not_let_a_download_go_on() {
        let known = Known { etag: Some("W/\"1\"".into()), ..Known::default() };
        assert_eq!(known.validator(), None);
        let strong = Known { etag: Some("\"1\"".into()), ..Known::default() };
        assert_eq!(strong.validator(), Some("\"1\""));
    }
}
