//! The folder of a table: parts, versions and the manifest.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::NamedTempFile;

use super::delta::{Commit, MANIFEST_KEY, TableManifest};
use super::{PARTITION, read_if_exists};
use crate::failure::Failure;

const LOG: &str = "_delta_log";
/// A name that Spark and DuckDB do not take for a data file.
const MANIFEST: &str = "_manifest.json";

pub struct TableFolder {
    path: PathBuf,
}

impl TableFolder {
    /// Creates the folder. Fails if it holds anything but a table.
    pub fn open(path: &Path) -> Result<TableFolder, Failure> {
        let log = path.join(LOG);
        if path.is_dir()
            && !log.is_dir()
            && fs::read_dir(path).map_err(|e| failed(path, &e))?.next().is_some()
        {
            return Err(Failure::Usage(format!(
                "{} is neither empty nor a table that ntsb lake wrote\nhint: Name a new folder.",
                path.display()
            )));
        }
        fs::create_dir_all(&log).map_err(|e| failed(path, &e))?;
        Ok(TableFolder { path: path.to_owned() })
    }

    /// The manifest in the last version of the log.
    pub fn read_last_version(&self) -> Result<Option<TableManifest>, Failure> {
        let mut version = None;
        while self.version_path(version.map_or(0, |v: u64| v + 1)).is_file() {
            version = Some(version.map_or(0, |v| v + 1));
        }
        let Some(version) = version else { return Ok(None) };
        let path = self.version_path(version);
        let text = read_if_exists(&path)?.unwrap_or_default();
        let manifest = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find_map(|action| action.get("commitInfo")?.get(MANIFEST_KEY).cloned())
            .and_then(|value| serde_json::from_value::<TableManifest>(value).ok())
            .filter(|manifest| manifest.version == version);
        manifest.map(Some).ok_or_else(|| {
            Failure::Usage(format!(
                "{} was not written by ntsb lake, or is damaged\nhint: Name a new folder.",
                path.display()
            ))
        })
    }

    fn version_path(&self, version: u64) -> PathBuf {
        self.path.join(LOG).join(format!("{version:020}.json"))
    }

    /// A file that engines ignore until it gets its name.
    pub fn create_part(&self) -> Result<NamedTempFile, Failure> {
        tempfile::Builder::new()
            .prefix(".part-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .tempfile_in(&self.path)
            .map_err(|e| failed(&self.path, &e))
    }

    /// Gives the parts their names.
    pub fn publish(&self, parts: Vec<(String, NamedTempFile)>) -> Result<(), Failure> {
        for (name, part) in parts {
            let path = self.path.join(name);
            let folder = path.parent().unwrap_or(&self.path);
            fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
            part.as_file().sync_all().map_err(|e| failed(&path, &e))?;
            part.persist(&path).map_err(|e| failed(&path, &e.error))?;
            sync_folder(folder)?;
        }
        Ok(())
    }

    /// Writes the version. From here on, the table holds the new files.
    pub fn commit(&self, commit: &Commit) -> Result<(), Failure> {
        let path = self.version_path(commit.table.version);
        let mut part = self.create_part()?;
        part.write_all(commit.to_lines().as_bytes()).map_err(|e| failed(&path, &e))?;
        part.as_file().sync_all().map_err(|e| failed(&path, &e))?;
        part.persist_noclobber(&path).map_err(|e| match e.error.kind() {
            ErrorKind::AlreadyExists => Failure::Other(format!(
                "another process wrote version {} of {} at the same time\nhint: Run ntsb lake again.",
                commit.table.version,
                self.path.display()
            )),
            _ => failed(&path, &e.error),
        })?;
        sync_folder(&self.path.join(LOG))
    }

    /// Deletes the data files that the last version does not list, and writes its manifest.
    pub fn remove_unlisted(&self, table: &TableManifest) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(table).unwrap_or_default() + "\n";
        let mut part = self.create_part()?;
        part.write_all(text.as_bytes()).map_err(|e| failed(&self.path, &e))?;
        part.persist(self.path.join(MANIFEST)).map_err(|e| failed(&self.path, &e.error))?;
        for folder in list(&self.path)? {
            let name = file_name(&folder);
            if !name.starts_with(&format!("{PARTITION}=")) || !folder.is_dir() {
                continue;
            }
            for file in list(&folder)? {
                let relative = format!("{name}/{}", file_name(&file));
                if file_name(&file).starts_with("part-") && !table.files.contains_key(&relative) {
                    fs::remove_file(&file).map_err(|e| failed(&file, &e))?;
                }
            }
        }
        Ok(())
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|e| failed(folder, &e))?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn sync_folder(folder: &Path) -> Result<(), Failure> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| failed(folder, &e))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Other(format!("cannot write {}: {error}", path.display()))
}
