//! Downloaded files and their metadata: FILE and FILE.json, or FILE.part and FILE.part.json during a
//! download.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The metadata of a file. It is stored as JSON, so the names of the fields must not change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileInfo {
    pub url: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub length: u64,
    pub sha256: String,
    pub loaded: bool,
}

impl FileInfo {
    /// The Last-Modified time in seconds since 1970.
    pub fn published_at(&self) -> Option<i64> {
        super::download::parse_http_date(self.last_modified.as_deref()?)
    }

    /// The validator for If-Range. A weak ETag does not guarantee identical bytes.
    pub fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

pub struct Cache {
    folder: PathBuf,
    /// Keeps two processes from writing the same file.
    _lock: File,
}

impl Cache {
    pub fn open(folder: &Path) -> Result<Cache, Failure> {
        fs::create_dir_all(folder).map_err(|e| io_failure("create", folder, &e))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(|e| io_failure("create", &path, &e))?;
        match lock.try_lock() {
            Ok(()) => Ok(Cache { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::Other(format!(
                "another ntsb sync is using {}\nhint: Wait for it, or use another --folder.",
                folder.display()
            ))),
            Err(TryLockError::Error(e)) => Err(io_failure("lock", &path, &e)),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The metadata of a file. Returns `None` if the file or its metadata is missing or damaged, so
    /// that it is downloaded again.
    pub fn info(&self, name: &str) -> Result<Option<FileInfo>, Failure> {
        let (path, info_path) = (self.path(name), self.path(&format!("{name}.json")));
        let Ok(text) = fs::read(&info_path) else { return Ok(None) };
        let Ok(info) = serde_json::from_slice::<FileInfo>(&text) else { return Ok(None) };
        let length = fs::metadata(&path).map(|m| m.len()).ok();
        let is_complete = length == Some(info.length) || name.ends_with(".part");
        Ok(Some(info).filter(|_| is_complete && length.is_some()))
    }

    /// Replaces the metadata atomically.
    pub fn write_info(&self, name: &str, info: &FileInfo) -> Result<(), Failure> {
        let (new, path) =
            (self.path(&format!("{name}.json.new")), self.path(&format!("{name}.json")));
        let text = serde_json::to_vec_pretty(info).unwrap_or_default();
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&new, &path)).map_err(|e| io_failure("write", &path, &e))
    }

    /// Renames the partial file to the final name. The old metadata is removed first: a file without
    /// metadata is downloaded again, but a file with metadata of another one would be trusted.
    pub fn complete_part(&self, name: &str, info: &FileInfo) -> Result<(), Failure> {
        let part = self.path(&format!("{name}.part"));
        let _ = fs::remove_file(self.path(&format!("{name}.json")));
        let path = self.path(name);
        let synced = File::open(&part).and_then(|file| file.sync_all());
        synced
            .and_then(|()| fs::rename(&part, &path))
            .map_err(|e| io_failure("write", &path, &e))?;
        let _ = fs::remove_file(self.path(&format!("{name}.part.json")));
        self.write_info(name, info)
    }

    pub fn discard_part(&self, name: &str) {
        let _ = fs::remove_file(self.path(&format!("{name}.part")));
        let _ = fs::remove_file(self.path(&format!("{name}.part.json")));
    }
}

pub fn io_failure(action: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot {action} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_invalid_metadata_or_another_length_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let info = FileInfo { length: 3, sha256: "x".into(), ..FileInfo::default() };
        fs::write(cache.path("a.zip.part"), b"abc").unwrap();
        cache.complete_part("a.zip", &info).unwrap();
        assert_eq!(cache.info("a.zip").unwrap(), Some(info));
        fs::write(cache.path("a.zip"), b"ab").unwrap();
        assert_eq!(cache.info("a.zip").unwrap(), None);
        fs::write(cache.path("a.zip.json"), b"{").unwrap();
        assert_eq!(cache.info("a.zip").unwrap(), None);
    }

    #[test]
    fn a_second_process_cannot_open_the_cache() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Cache::open(folder.path()).unwrap();
        let second = Cache::open(folder.path()).err().unwrap().to_string();
        assert!(second.contains("another ntsb sync"), "{second}");
    }

    #[test]
    fn a_weak_etag_is_no_validator() {
        let weak = FileInfo { etag: Some("W/\"1\"".into()), ..FileInfo::default() };
        assert_eq!(weak.validator(), None);
        let strong = FileInfo { etag: Some("\"1\"".into()), ..FileInfo::default() };
        assert_eq!(strong.validator(), Some("\"1\""));
    }
}
