//! Restores rows from files: verifies the files against their manifest and copies their rows into a table.

use std::cell::RefCell;
use std::ffi::{CString, c_int, c_void};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ntsb_archive::{COPY_HEADER, COPY_TRAILER, Column, Manifest, ManifestFile, RowReader};
use ntsb_schema::hash::hex;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

use super::error::{ArchiveError, unknown_relation};

/// Reads a manifest and verifies its digest.
pub fn read_manifest(path: &Path, digest: &str) -> Result<Manifest, ArchiveError> {
    let bytes = fs::read(path).map_err(ArchiveError::from_io(path))?;
    if hex(&Sha256::digest(&bytes)) != digest {
        let what = "its SHA-256 differs from the one in ntsb.archive";
        return Err(ArchiveError::Damaged { path: path.to_owned(), what });
    }
    Ok(serde_json::from_slice(&bytes)?)
}

/// Reads all files of a manifest completely, and verifies their digests, row counts and row digests.
pub fn verify_files(
    folder: &Path,
    manifest: &Manifest,
    columns: &[Column],
) -> Result<(), ArchiveError> {
    for file in &manifest.files {
        let path = folder.join(&file.path);
        check_digest(&path, file)?;
        let mut rows = open_file(&path, columns)?;
        let mut row = Vec::new();
        while rows.read_row(&mut row).map_err(ArchiveError::from_file(&path))? {
            pgrx::check_for_interrupts!();
            row.clear();
        }
        check_rows(&path, file, &rows)?;
    }
    Ok(())
}

fn check_digest(path: &Path, file: &ManifestFile) -> Result<(), ArchiveError> {
    let mut source = fs::File::open(path).map_err(ArchiveError::from_io(path))?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        pgrx::check_for_interrupts!();
        let count = source.read(&mut buffer).map_err(ArchiveError::from_io(path))?;
        if count == 0 {
            break;
        }
        digest.update(buffer.get(..count).unwrap_or_default());
    }
    if hex(&digest.finalize()) == file.sha256 {
        return Ok(());
    }
    let what = "its SHA-256 differs from the manifest";
    Err(ArchiveError::Damaged { path: path.to_owned(), what })
}

fn check_rows(path: &Path, file: &ManifestFile, rows: &RowReader) -> Result<(), ArchiveError> {
    if rows.rows == file.rows && rows.digest() == file.rows_sha256 {
        return Ok(());
    }
    let what = "its rows differ from the manifest";
    Err(ArchiveError::Damaged { path: path.to_owned(), what })
}

fn open_file(path: &Path, columns: &[Column]) -> Result<RowReader, ArchiveError> {
    let file = fs::File::open(path).map_err(ArchiveError::from_io(path))?;
    RowReader::open(file, columns).map_err(ArchiveError::from_file(path))
}

/// Copies the rows of all files into a table of schema ntsb, as COPY does: with defaults, constraints,
/// partition routing and triggers. Returns the number of rows.
pub fn copy_rows(
    folder: &Path,
    manifest: &Manifest,
    columns: &[Column],
) -> Result<u64, ArchiveError> {
    let paths = manifest.files.iter().rev().map(|f| folder.join(&f.path)).collect();
    let source = CopySource {
        paths,
        columns: columns.to_vec(),
        rows: None,
        buffer: COPY_HEADER.to_vec(),
        position: 0,
        is_finished: false,
    };
    SOURCE.with_borrow_mut(|slot| *slot = Some(source));
    let copied = copy_from(&manifest.what, columns);
    SOURCE.with_borrow_mut(|slot| *slot = None);
    copied
}

thread_local! {
    /// The source of the running COPY. It is global, because the callback of COPY has no user argument.
    static SOURCE: RefCell<Option<CopySource>> = const { RefCell::new(None) };
}

/// Streams the rows of files in COPY's binary format.
struct CopySource {
    /// Remaining files in reverse order.
    paths: Vec<PathBuf>,
    columns: Vec<Column>,
    rows: Option<(PathBuf, RowReader)>,
    buffer: Vec<u8>,
    /// Number of bytes of the buffer that were read.
    position: usize,
    is_finished: bool,
}

impl CopySource {
    /// Reads into `out`, and returns the number of bytes; 0 at the end.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ArchiveError> {
        while self.position == self.buffer.len() && !self.is_finished {
            self.buffer.clear();
            self.position = 0;
            self.read_next_row()?;
        }
        let rest = self.buffer.get(self.position..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.position += count;
        Ok(count)
    }

    fn read_next_row(&mut self) -> Result<(), ArchiveError> {
        if let Some((path, rows)) = &mut self.rows {
            if rows.read_row(&mut self.buffer).map_err(ArchiveError::from_file(path))? {
                return Ok(());
            }
            self.rows = None;
        }
        match self.paths.pop() {
            Some(path) => self.rows = Some((path.clone(), open_file(&path, &self.columns)?)),
            None => {
                self.is_finished = true;
                self.buffer.extend_from_slice(COPY_TRAILER);
            }
        }
        Ok(())
    }
}

/// The callback of COPY. Errors are raised here, because it cannot return them.
#[pg_guard]
unsafe extern "C-unwind" fn read_source(out: *mut c_void, _min: c_int, max: c_int) -> c_int {
    // SAFETY: PostgreSQL passes a buffer of `max` bytes.
    let out = unsafe {
        std::slice::from_raw_parts_mut(out.cast::<u8>(), usize::try_from(max).unwrap_or(0))
    };
    let read = SOURCE.with_borrow_mut(|slot| slot.as_mut().map_or(Ok(0), |s| s.read(out)));
    match read {
        Ok(count) => c_int::try_from(count).unwrap_or(0),
        Err(error) => {
            ErrorReport::from(error).report(PgLogLevel::ERROR);
            0
        }
    }
}

fn copy_from(table: &str, columns: &[Column]) -> Result<u64, ArchiveError> {
    let text = |s: &str| CString::new(s).map_err(|_| unknown_relation(table));
    let (schema, name) = (text("ntsb")?, text(table)?);
    let names = columns.iter().map(|c| text(&c.name)).collect::<Result<Vec<_>, _>>()?;
    // SAFETY: this makes the same calls as the table synchronization worker of logical replication. pstrdup
    // copies the names into the current memory context.
    unsafe {
        let duplicate = |s: &CString| pg_sys::pstrdup(s.as_ptr());
        let range = pg_sys::makeRangeVar(duplicate(&schema), duplicate(&name), -1);
        let relation = pg_sys::table_openrv(range, pg_sys::RowExclusiveLock as i32);
        let state = pg_sys::make_parsestate(std::ptr::null_mut());
        let lock = pg_sys::RowExclusiveLock as i32;
        pg_sys::addRangeTableEntryForRelation(
            state,
            relation,
            lock,
            std::ptr::null_mut(),
            false,
            false,
        );
        let mut list: *mut pg_sys::List = std::ptr::null_mut();
        for name in &names {
            list = pg_sys::lappend(list, pg_sys::makeString(duplicate(name)).cast());
        }
        let binary = pg_sys::makeString(pg_sys::pstrdup(c"binary".as_ptr()));
        let format = pg_sys::makeDefElem(pg_sys::pstrdup(c"format".as_ptr()), binary.cast(), -1);
        let options = pg_sys::lappend(std::ptr::null_mut(), format.cast());
        let copy = pg_sys::BeginCopyFrom(
            state,
            relation,
            std::ptr::null_mut(),
            std::ptr::null(),
            false,
            Some(read_source),
            list,
            options,
        );
        let rows = pg_sys::CopyFrom(copy);
        pg_sys::EndCopyFrom(copy);
        pg_sys::free_parsestate(state);
        pg_sys::CommandCounterIncrement();
        pg_sys::table_close(relation, pg_sys::NoLock as i32);
        Ok(rows)
    }
}
