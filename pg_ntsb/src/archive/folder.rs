//! Where files are written: under another name beside the final one, until all is on disk.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ntsb_archive::MANIFEST;
use pgrx::pg_guard;
use pgrx::pg_sys::{Datum, on_proc_exit};

use super::error::Failure;

/// As files that COPY writes: others may read them.
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;

/// A folder, or a file if its name ends in `.parquet`. What was written is removed unless it was
/// finished; whoever kills the server finds it under a name that begins with a dot.
pub struct Folder {
    path: PathBuf,
    part: PathBuf,
    pub is_file: bool,
    overwrite: bool,
    finished: bool,
}

thread_local! {
    /// What is under way in this session, to be removed where it is ended in the midst: PostgreSQL then
    /// ends the process without a drop.
    static UNDER_WAY: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    static WATCHED: Once = const { Once::new() };
}

fn watch(part: &Path) {
    // SAFETY: the callback needs nothing but this session's list.
    WATCHED.with(|once| once.call_once(|| unsafe { on_proc_exit(Some(remove_all), 0.into()) }));
    UNDER_WAY.with_borrow_mut(|parts| parts.push(part.to_owned()));
}

#[pg_guard]
extern "C-unwind" fn remove_all(_code: i32, _argument: Datum) {
    // Whatever is held at this moment, the process is ending.
    let parts =
        UNDER_WAY.try_with(|parts| parts.try_borrow().map(|p| p.clone()).unwrap_or_default());
    parts.unwrap_or_default().iter().for_each(|part| remove(part));
}

impl Folder {
    pub fn begin(path: &Path, overwrite: bool) -> Result<Folder, Failure> {
        let bad = || Failure::BadPath(path.display().to_string());
        let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(bad)?;
        if !path.is_absolute() {
            return Err(bad());
        }
        let is_file = path.extension().is_some_and(|e| e == "parquet");
        check_free(path, is_file, overwrite)?;
        let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        // Of a process of the same number that was killed.
        remove(&part);
        watch(&part);
        if !is_file {
            create_folder(&part)?;
        }
        Ok(Folder { path: path.to_owned(), part, is_file, overwrite, finished: false })
    }

    /// A new file of it, in a folder that is made where it is missing.
    pub fn create(&self, name: &str) -> Result<(File, PathBuf), Failure> {
        let path = if self.is_file { self.part.clone() } else { self.part.join(name) };
        if let Some(parent) = path.parent().filter(|p| p.starts_with(&self.part) && !p.exists()) {
            parent.strip_prefix(&self.part).unwrap_or(parent).iter().try_fold(
                self.part.clone(),
                |at, step| {
                    let at = at.join(step);
                    if at.exists() { Ok(at) } else { create_folder(&at).map(|()| at) }
                },
            )?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(Failure::at(&path))?;
        file.set_permissions(Permissions::from_mode(FILE_MODE)).map_err(Failure::at(&path))?;
        Ok((file, path))
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let (mut file, path) = self.create(name)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Failure::at(&path))
    }

    /// The files so far, for checking.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// Gives it its final name.
    pub fn finish(mut self) -> Result<(), Failure> {
        if !self.is_file {
            sync_folders(&self.part)?;
        }
        check_free(&self.path, self.is_file, self.overwrite)?;
        let old = self.part.with_extension("old");
        if !self.is_file && self.path.exists() {
            fs::rename(&self.path, &old).map_err(Failure::at(&self.path))?;
        }
        if let Err(error) = fs::rename(&self.part, &self.path) {
            // Better the old one than none.
            let _ = fs::rename(&old, &self.path);
            return Err(Failure::Io(self.path.clone(), error));
        }
        self.finished = true;
        remove(&old);
        self.path.parent().map_or(Ok(()), sync)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished {
            remove(&self.part);
        }
        UNDER_WAY.with_borrow_mut(|parts| parts.retain(|part| *part != self.part));
    }
}

fn check_free(path: &Path, is_file: bool, overwrite: bool) -> Result<(), Failure> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    match (is_file, found.is_dir()) {
        (false, true) if empty() => Ok(()),
        _ if !overwrite => Err(Failure::Exists(path.to_owned())),
        (true, false) if found.is_file() => Ok(()),
        (false, true) if path.join(MANIFEST).is_file() => Ok(()),
        _ => Err(Failure::NotOurs(path.to_owned())),
    }
}

fn create_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE)))
        .map_err(Failure::at(path))
}

/// What is in the way of nobody may stay where it cannot be removed.
fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
}

fn sync_folders(path: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(path).map_err(Failure::at(path))? {
        let entry = entry.map_err(Failure::at(path))?.path();
        if entry.is_dir() {
            sync_folders(&entry)?;
        }
    }
    sync(path)
}

fn sync(folder: &Path) -> Result<(), Failure> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(Failure::at(folder))
}
