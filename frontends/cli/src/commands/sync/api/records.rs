//! A file of full records, one per line.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde_json::Value;

use super::super::Sync;
use super::super::cache::io_failure;
use super::summary::member;
use crate::failure::Failure;

/// Maximum size of a file. A month has about 3 MB.
const MAX_FILE_BYTES: usize = 1 << 30;

pub struct RecordFile {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
    bytes: usize,
    count: usize,
    keys: HashSet<u64>,
}

impl RecordFile {
    pub fn create(sync: &Sync<'_>, name: &str) -> Result<RecordFile, Failure> {
        let (path, part) = (sync.cache.path(name), sync.cache.path(&format!("{name}.part")));
        let file = File::create(&part).map_err(|e| io_failure("write", &part, &e))?;
        let file = BufWriter::new(file);
        Ok(RecordFile { path, part, file, bytes: 0, count: 0, keys: HashSet::new() })
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn has(&self, mkey: u64) -> bool {
        self.keys.contains(&mkey)
    }

    /// Appends a record, unless it was written before: pages may overlap. Fails for a value that is not
    /// the record of a case.
    pub fn write(&mut self, record: &Value, url: &str) -> Result<(), Failure> {
        let key = member(record, "mKey").and_then(Value::as_u64);
        if key.is_none() && member(record, "ntsbNumber").is_none() {
            let start: String = record.to_string().chars().take(80).collect();
            return Err(Failure::Other(format!(
                "{url}: an entry is not a case: {start}\nhint: Check that --api-url is the URL of NTSB's API."
            )));
        }
        if key.is_some_and(|key| !self.keys.insert(key)) {
            return Ok(());
        }
        let line = record.to_string();
        self.bytes += line.len() + 1;
        if self.bytes > MAX_FILE_BYTES {
            return Err(Failure::Other(format!(
                "{url}: the records have more than {MAX_FILE_BYTES} bytes\nhint: Check that --api-url is the \
                 URL of NTSB's API."
            )));
        }
        self.count += 1;
        writeln!(self.file, "{line}").map_err(|e| io_failure("write", &self.part, &e))
    }

    /// Renames the file to its final name.
    pub fn finish(mut self) -> Result<PathBuf, Failure> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        let renamed = synced.and_then(|()| fs::rename(&self.part, &self.path));
        renamed.map_err(|e| io_failure("write", &self.path, &e))?;
        Ok(self.path)
    }

    pub fn discard(self) -> Result<(), Failure> {
        fs::remove_file(&self.part).map_err(|e| io_failure("remove", &self.part, &e))
    }
}
