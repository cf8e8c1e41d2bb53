//! The output folder of an export. Files are written under a temporary name in the same parent folder and
//! renamed when all of them are on disk.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ntsb_archive::MANIFEST_NAME;
use pgrx::pg_guard;
use pgrx::pg_sys::{Datum, on_proc_exit};

use super::error::{ArchiveError, invalid_path};

/// Readable by all, like files that COPY writes.
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;

/// A folder, or a single file if its name ends in `.parquet`. Removed when dropped, unless it is finished.
/// If the server is killed, the folder remains under a name that begins with a dot.
pub struct OutputFolder {
    path: PathBuf,
    temp_path: PathBuf,
    pub is_file: bool,
    overwrite: bool,
    is_finished: bool,
}

thread_local! {
    /// Unfinished folders of this session. They are removed when the process exits, because PostgreSQL does
    /// not run Rust destructors then.
    static UNFINISHED: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    static CALLBACK_REGISTERED: Once = const { Once::new() };
}

fn remove_at_exit(temp_path: &Path) {
    let register = || {
        // SAFETY: the callback uses only the thread-local list and can run at any time during exit.
        unsafe { on_proc_exit(Some(remove_unfinished), 0.into()) }
    };
    CALLBACK_REGISTERED.with(|once| once.call_once(register));
    UNFINISHED.with_borrow_mut(|paths| paths.push(temp_path.to_owned()));
}

#[pg_guard]
extern "C-unwind" fn remove_unfinished(_code: i32, _argument: Datum) {
    // The list may be borrowed or destroyed already, which must not panic during exit.
    let paths =
        UNFINISHED.try_with(|paths| paths.try_borrow().map(|p| p.clone()).unwrap_or_default());
    paths.unwrap_or_default().iter().for_each(|path| remove(path));
}

impl OutputFolder {
    pub fn create(path: &Path, overwrite: bool) -> Result<OutputFolder, ArchiveError> {
        let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| invalid_path(path))?;
        if !path.is_absolute() {
            return Err(invalid_path(path).into());
        }
        let is_file = path.extension().is_some_and(|e| e == "parquet");
        check_not_exists(path, is_file, overwrite)?;
        let temp_path = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        // A killed process with the same process ID may have left it behind.
        remove(&temp_path);
        remove_at_exit(&temp_path);
        if !is_file {
            create_folder(&temp_path)?;
        }
        Ok(OutputFolder {
            path: path.to_owned(),
            temp_path,
            is_file,
            overwrite,
            is_finished: false,
        })
    }

    /// Creates a file in the folder, with its parent folders.
    pub fn create_file(&self, name: &str) -> Result<(File, PathBuf), ArchiveError> {
        let temp_path = &self.temp_path;
        let path = if self.is_file { temp_path.clone() } else { temp_path.join(name) };
        if let Some(parent) = path.parent().filter(|p| p.starts_with(temp_path) && !p.exists()) {
            parent.strip_prefix(temp_path).unwrap_or(parent).iter().try_fold(
                temp_path.clone(),
                |folder, name| {
                    let folder = folder.join(name);
                    if folder.exists() {
                        Ok(folder)
                    } else {
                        create_folder(&folder).map(|()| folder)
                    }
                },
            )?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(ArchiveError::from_io(&path))?;
        file.set_permissions(Permissions::from_mode(FILE_MODE))
            .map_err(ArchiveError::from_io(&path))?;
        Ok((file, path))
    }

    pub fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let (mut file, path) = self.create_file(name)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(ArchiveError::from_io(&path))
    }

    /// The temporary path, where the files written so far can be verified.
    pub fn temp_path(&self) -> &Path {
        &self.temp_path
    }

    /// Renames the folder to its final path.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        if !self.is_file {
            sync_folders(&self.temp_path)?;
        }
        check_not_exists(&self.path, self.is_file, self.overwrite)?;
        let old = self.temp_path.with_extension("old");
        if !self.is_file && self.path.exists() {
            fs::rename(&self.path, &old).map_err(ArchiveError::from_io(&self.path))?;
        }
        if let Err(error) = fs::rename(&self.temp_path, &self.path) {
            // Restores the old folder.
            let _ = fs::rename(&old, &self.path);
            return Err(ArchiveError::Io(self.path.clone(), error));
        }
        self.is_finished = true;
        remove(&old);
        self.path.parent().map_or(Ok(()), sync)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.is_finished {
            remove(&self.temp_path);
        }
        UNFINISHED.with_borrow_mut(|paths| paths.retain(|path| *path != self.temp_path));
    }
}

/// Fails if the path exists, unless it is an empty folder or an export to be overwritten.
fn check_not_exists(path: &Path, is_file: bool, overwrite: bool) -> Result<(), ArchiveError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let is_empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    match (is_file, found.is_dir()) {
        (false, true) if is_empty() => Ok(()),
        _ if !overwrite => Err(ArchiveError::Exists(path.to_owned())),
        (true, false) if found.is_file() => Ok(()),
        (false, true) if path.join(MANIFEST_NAME).is_file() => Ok(()),
        _ => Err(ArchiveError::NotAnExport(path.to_owned())),
    }
}

fn create_folder(path: &Path) -> Result<(), ArchiveError> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE)))
        .map_err(ArchiveError::from_io(path))
}

/// Removes a file or folder. Failures are ignored, because a leftover does no harm.
fn remove(path: &Path) {
    let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
}

fn sync_folders(path: &Path) -> Result<(), ArchiveError> {
    for entry in fs::read_dir(path).map_err(ArchiveError::from_io(path))? {
        let entry = entry.map_err(ArchiveError::from_io(path))?.path();
        if entry.is_dir() {
            sync_folders(&entry)?;
        }
    }
    sync(path)
}

fn sync(folder: &Path) -> Result<(), ArchiveError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(ArchiveError::from_io(folder))
}
