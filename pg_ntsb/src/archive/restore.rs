//! Files back into rows: checked against their manifest, copied into a table, and compared.

use std::cell::RefCell;
use std::ffi::{CString, c_int, c_void};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ntsb_archive::{Column, File, HEADER, Manifest, Rows, TRAILER};
use ntsb_schema::hash::hex;
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

use super::error::Failure;
use crate::error::Error;

/// Reads a manifest, of which the digest is known.
pub fn manifest(path: &Path, digest: &str) -> Result<Manifest, Error> {
    let bytes = fs::read(path).map_err(Failure::at(path))?;
    if hex(&Sha256::digest(&bytes)) != digest {
        let what = "its SHA-256 is another than that in ntsb.archive";
        return Err(Failure::Damaged { path: path.to_owned(), what }.into());
    }
    Ok(serde_json::from_slice(&bytes)?)
}

/// Reads every file of a manifest to its end: its digest, its rows and theirs must be as written.
pub fn verify(folder: &Path, manifest: &Manifest, columns: &[Column]) -> Result<(), Error> {
    for file in &manifest.files {
        let path = folder.join(&file.path);
        check_digest(&path, file)?;
        let mut rows = open(&path, columns)?;
        let mut row = Vec::new();
        while rows.next(&mut row).map_err(Failure::in_file(&path))? {
            pgrx::check_for_interrupts!();
            row.clear();
        }
        check_rows(&path, file, &rows)?;
    }
    Ok(())
}

fn check_digest(path: &Path, file: &File) -> Result<(), Error> {
    let mut source = fs::File::open(path).map_err(Failure::at(path))?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        pgrx::check_for_interrupts!();
        let count = source.read(&mut buffer).map_err(Failure::at(path))?;
        if count == 0 {
            break;
        }
        digest.update(buffer.get(..count).unwrap_or_default());
    }
    if hex(&digest.finalize()) == file.sha256 {
        return Ok(());
    }
    Err(Failure::Damaged { path: path.to_owned(), what: "its SHA-256 is another" }.into())
}

fn check_rows(path: &Path, file: &File, rows: &Rows) -> Result<(), Error> {
    if rows.rows == file.rows && rows.digest() == file.rows_sha256 {
        return Ok(());
    }
    Err(Failure::Damaged { path: path.to_owned(), what: "its rows are others" }.into())
}

fn open(path: &Path, columns: &[Column]) -> Result<Rows, Error> {
    let file = fs::File::open(path).map_err(Failure::at(path))?;
    Ok(Rows::open(file, columns).map_err(Failure::in_file(path))?)
}

/// Copies the rows of all files into a table of schema ntsb, as COPY does: with defaults, keys,
/// partitions and triggers. Returns how many.
pub fn copy_in(folder: &Path, manifest: &Manifest, columns: &[Column]) -> Result<u64, Error> {
    let paths = manifest.files.iter().rev().map(|f| folder.join(&f.path)).collect();
    let source = Source {
        paths,
        columns: columns.to_vec(),
        rows: None,
        pending: HEADER.to_vec(),
        at: 0,
        ended: false,
    };
    SOURCE.with_borrow_mut(|slot| *slot = Some(source));
    let copied = copy_from(&manifest.what, columns);
    SOURCE.with_borrow_mut(|slot| *slot = None);
    copied
}

thread_local! {
    /// What the COPY under way reads: its callback is given nothing to tell it by.
    static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
}

/// The rows of some files as a stream in COPY's binary format.
struct Source {
    /// The next one last.
    paths: Vec<PathBuf>,
    columns: Vec<Column>,
    rows: Option<(PathBuf, Rows)>,
    pending: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Source {
    /// Fills a buffer; zero at the end.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        while self.at == self.pending.len() && !self.ended {
            self.pending.clear();
            self.at = 0;
            self.next_row()?;
        }
        let left = self.pending.get(self.at..).unwrap_or_default();
        let count = left.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }

    fn next_row(&mut self) -> Result<(), Error> {
        if let Some((path, rows)) = &mut self.rows {
            if rows.next(&mut self.pending).map_err(Failure::in_file(path))? {
                return Ok(());
            }
            self.rows = None;
        }
        match self.paths.pop() {
            Some(path) => self.rows = Some((path.clone(), open(&path, &self.columns)?)),
            None => {
                self.ended = true;
                self.pending.extend_from_slice(TRAILER);
            }
        }
        Ok(())
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn read_source(out: *mut c_void, _least: c_int, most: c_int) -> c_int {
    // SAFETY: PostgreSQL gives room for `most` bytes.
    let out = unsafe {
        std::slice::from_raw_parts_mut(out.cast::<u8>(), usize::try_from(most).unwrap_or(0))
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

fn copy_from(table: &str, columns: &[Column]) -> Result<u64, Error> {
    let text = |s: &str| CString::new(s).map_err(|_| Failure::NoSuchRelation(table.to_owned()));
    let (schema, name) = (text("ntsb")?, text(table)?);
    let names = columns.iter().map(|c| text(&c.name)).collect::<Result<Vec<_>, _>>()?;
    // SAFETY: as a worker of logical replication copies a table; names are copied by palloc.
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
