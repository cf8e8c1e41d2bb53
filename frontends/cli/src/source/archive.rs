//! Unpacks the Access file, or the cases as JSON, from a zip.
//!
//! Access files need random access, and cases are read once per table, so the content is unpacked to
//! disk. The temporary file has no name, so the system frees it however this process ends. The sizes
//! that a zip claims are not trusted; bytes are counted while unpacking.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::layout::list_names;
use super::{Limits, SourceError};

const ACCESS_EXTENSIONS: [&str; 2] = ["mdb", "accdb"];
const JSON_EXTENSIONS: [&str; 3] = ["json", "jsonl", "ndjson"];

/// The ratio of a typical Access file is about 6, that of a mostly empty one about 50.
const MAX_RATIO: u64 = 200;
/// Below this size, any ratio is accepted.
const MIN_BYTES_FOR_RATIO: u64 = 64 << 20;

/// Unpacks the only `.mdb` file of the zip, or all its cases one after another, into an unnamed
/// temporary file.
pub fn unpack(path: &Path, zip: File, limits: Limits) -> Result<File, SourceError> {
    let mut archive = ZipArchive::new(zip).map_err(|e| bad_zip(path, e))?;
    let mut unpacked = temporary_file()?;
    let mut total = 0;
    for index in find_entries(path, &archive)? {
        let mut entry = archive.by_index(index).map_err(|e| bad_zip(path, e))?;
        let limit = EntryLimit::new(&entry, limits, total).map_err(|e| bad_zip(path, e))?;
        total += copy_entry(path, &mut entry, &mut unpacked, &limit)?;
        // Separates JSON files that do not end with a line break.
        if !has_extension(&limit.name, &ACCESS_EXTENSIONS) {
            unpacked.write_all(b"\n").map_err(temporary_error)?;
        }
    }
    unpacked.rewind().map_err(temporary_error)?;
    Ok(unpacked)
}

/// Unpacks one entry of a zip into an unnamed temporary file.
pub fn unpack_entry(
    path: &Path,
    archive: &mut ZipArchive<File>,
    name: &str,
    limits: Limits,
) -> Result<File, SourceError> {
    let mut entry = archive.by_name(name).map_err(|e| bad_zip(path, e))?;
    let limit = EntryLimit::new(&entry, limits, 0).map_err(|e| bad_zip(path, e))?;
    let mut unpacked = temporary_file()?;
    copy_entry(path, &mut entry, &mut unpacked, &limit)?;
    unpacked.rewind().map_err(temporary_error)?;
    Ok(unpacked)
}

/// The index of the only `.mdb` file or, without one, the indexes of all cases. The metadata files of
/// macOS are ignored.
fn find_entries(path: &Path, archive: &ZipArchive<File>) -> Result<Vec<usize>, SourceError> {
    let names: Vec<_> =
        archive.file_names().collect::<Result<_, _>>().map_err(|e| bad_zip(path, e))?;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let with_extension = |extensions: &[&str]| -> Vec<&str> {
        names.iter().copied().filter(|name| has_extension(name, extensions)).collect()
    };
    let (mdb, json) = (with_extension(&ACCESS_EXTENSIONS), with_extension(&JSON_EXTENSIONS));
    let csv = with_extension(&["csv"]);
    let (path, found) = (path.to_owned(), list_names(&names));
    let entries = match (&mdb[..], &json[..], &csv[..]) {
        ([_], ..) => mdb,
        ([], [_, ..], _) => json,
        ([], [], [_, ..]) => return Err(SourceError::ZipOfCsv { path, found }),
        ([], [], []) => return Err(SourceError::ZipWithoutMdb { path, found }),
        _ => return Err(SourceError::ZipWithSeveralMdb { path, found: list_names(&mdb) }),
    };
    let index = |name: &str| {
        archive.index_for_name(name).ok_or_else(|| SourceError::BadZip {
            path: path.clone(),
            detail: format!("entry {name} is not in the central directory"),
        })
    };
    entries.into_iter().map(index).collect()
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    !base.starts_with("._")
        && extension.is_some_and(|e| extensions.iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// The limits for the unpacked size of an entry.
struct EntryLimit {
    name: String,
    /// The limit for all entries, for the error message.
    total_bytes: u64,
    /// What is left of `total_bytes`.
    remaining_bytes: u64,
    bytes_by_ratio: u64,
}

impl EntryLimit {
    fn new<R: Read + ?Sized>(
        entry: &ZipFile<'_, R>,
        limits: Limits,
        unpacked: u64,
    ) -> Result<EntryLimit, ZipError> {
        let bytes_by_ratio = entry.compressed_size().saturating_mul(MAX_RATIO);
        Ok(EntryLimit {
            name: entry.name()?.into_owned(),
            total_bytes: limits.unpacked,
            remaining_bytes: limits.unpacked.saturating_sub(unpacked),
            bytes_by_ratio: bytes_by_ratio.max(MIN_BYTES_FOR_RATIO),
        })
    }

    fn check(&self, path: &Path, bytes: u64) -> Result<(), SourceError> {
        let (path, name) = (path.to_owned(), self.name.clone());
        if bytes > self.remaining_bytes {
            return Err(SourceError::TooLarge { path, name, limit: self.total_bytes });
        }
        if bytes > self.bytes_by_ratio {
            return Err(SourceError::ImplausibleRatio { path, name, ratio: MAX_RATIO });
        }
        Ok(())
    }
}

fn copy_entry<R: Read + ?Sized>(
    path: &Path,
    entry: &mut ZipFile<'_, R>,
    target: &mut File,
    limit: &EntryLimit,
) -> Result<u64, SourceError> {
    limit.check(path, entry.size())?;
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0u64;
    loop {
        let n = entry.read(&mut buffer).map_err(|e| unpack_error(path, e))?;
        if n == 0 {
            return Ok(total);
        }
        total += n as u64;
        limit.check(path, total)?;
        target.write_all(&buffer[..n]).map_err(temporary_error)?;
    }
}

fn temporary_file() -> Result<File, SourceError> {
    tempfile::tempfile().map_err(temporary_error)
}

fn temporary_error(error: io::Error) -> SourceError {
    SourceError::Temporary { folder: std::env::temp_dir(), error }
}

fn unpack_error(path: &Path, error: io::Error) -> SourceError {
    SourceError::BadZip { path: path.to_owned(), detail: error.to_string() }
}

fn bad_zip(path: &Path, error: ZipError) -> SourceError {
    SourceError::BadZip { path: path.to_owned(), detail: error.to_string() }
}
