//! Takes the Access file, or the cases as JSON, out of a zip.
//!
//! Access needs random access and cases are read once a table, so the file is unpacked to disk: into a
//! file that has no name from the start, which the system frees however this process ends. What a zip
//! says about itself is not believed; the bytes are counted as they come.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::layout::some_of;
use super::{Limits, SourceError};

const MDB: [&str; 2] = ["mdb", "accdb"];
const JSON: [&str; 3] = ["json", "jsonl", "ndjson"];

/// An Access file packs to about a sixth; one of mostly empty pages to a fiftieth.
const MAX_RATIO: u64 = 200;
/// Below this size a high ratio harms nobody.
const RATIO_MATTERS_FROM: u64 = 64 << 20;

/// Unpacks the one `.mdb` of the zip, or all its cases one after another, into a nameless temporary
/// file.
pub fn unpack(path: &Path, zip: File, limits: Limits) -> Result<File, SourceError> {
    let mut archive = ZipArchive::new(zip).map_err(|e| bad_zip(path, e))?;
    let mut unpacked = temporary_file()?;
    let mut total = 0;
    for index in find(path, &archive)? {
        let mut entry = archive.by_index(index).map_err(|e| bad_zip(path, e))?;
        let allowance = Allowance::of(&entry, limits, total).map_err(|e| bad_zip(path, e))?;
        total += copy(path, &mut entry, &mut unpacked, &allowance)?;
        // JSON that ends without a line end must not touch the next.
        if !ends_in(&allowance.name, &MDB) {
            unpacked.write_all(b"\n").map_err(temporary)?;
        }
    }
    unpacked.rewind().map_err(temporary)?;
    Ok(unpacked)
}

/// The position of the only `.mdb` or, where there is none, those of all cases; what macOS adds beside
/// a file does not count.
fn find(path: &Path, archive: &ZipArchive<File>) -> Result<Vec<usize>, SourceError> {
    let names: Vec<_> =
        archive.file_names().collect::<Result<_, _>>().map_err(|e| bad_zip(path, e))?;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let of = |endings: &[&str]| -> Vec<&str> {
        names.iter().copied().filter(|name| ends_in(name, endings)).collect()
    };
    let (mdb, json, csv) = (of(&MDB), of(&JSON), of(&["csv"]));
    let (path, found) = (path.to_owned(), some_of(&names));
    let taken = match (&mdb[..], &json[..], &csv[..]) {
        ([_], ..) => mdb,
        ([], [_, ..], _) => json,
        ([], [], [_, ..]) => return Err(SourceError::ZipOfCsv { path, found }),
        ([], [], []) => return Err(SourceError::ZipWithoutMdb { path, found }),
        _ => return Err(SourceError::ZipWithSeveralMdb { path, found: some_of(&mdb) }),
    };
    let place = |name: &str| {
        archive.index_for_name(name).ok_or_else(|| SourceError::BadZip {
            path: path.clone(),
            detail: format!("its entry {name} is not where its list says"),
        })
    };
    taken.into_iter().map(place).collect()
}

fn ends_in(name: &str, endings: &[&str]) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    !base.starts_with("._")
        && extension.is_some_and(|e| endings.iter().any(|own| e.eq_ignore_ascii_case(own)))
}

/// How many bytes an entry may give, and which rule it breaks beyond.
struct Allowance {
    name: String,
    limit: u64,
    /// What is left of the limit.
    size: u64,
    by_ratio: u64,
}

impl Allowance {
    fn of<R: Read + ?Sized>(
        entry: &ZipFile<'_, R>,
        limits: Limits,
        unpacked: u64,
    ) -> Result<Allowance, ZipError> {
        let by_ratio = entry.compressed_size().saturating_mul(MAX_RATIO);
        Ok(Allowance {
            name: entry.name()?.into_owned(),
            limit: limits.unpacked,
            size: limits.unpacked.saturating_sub(unpacked),
            by_ratio: by_ratio.max(RATIO_MATTERS_FROM),
        })
    }

    fn check(&self, path: &Path, bytes: u64) -> Result<(), SourceError> {
        let (path, name) = (path.to_owned(), self.name.clone());
        if bytes > self.size {
            return Err(SourceError::TooLarge { path, name, limit: self.limit });
        }
        if bytes > self.by_ratio {
            return Err(SourceError::ImplausibleRatio { path, name, ratio: MAX_RATIO });
        }
        Ok(())
    }
}

fn copy<R: Read + ?Sized>(
    path: &Path,
    entry: &mut ZipFile<'_, R>,
    target: &mut File,
    allowance: &Allowance,
) -> Result<u64, SourceError> {
    allowance.check(path, entry.size())?;
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0u64;
    loop {
        let n = entry.read(&mut buffer).map_err(|e| unpacking(path, e))?;
        if n == 0 {
            return Ok(total);
        }
        total += n as u64;
        allowance.check(path, total)?;
        target.write_all(&buffer[..n]).map_err(temporary)?;
    }
}

fn temporary_file() -> Result<File, SourceError> {
    tempfile::tempfile().map_err(temporary)
}

fn temporary(error: io::Error) -> SourceError {
    SourceError::Temporary { folder: std::env::temp_dir(), error }
}

fn unpacking(path: &Path, error: io::Error) -> SourceError {
    SourceError::BadZip { path: path.to_owned(), detail: error.to_string() }
}

fn bad_zip(path: &Path, error: ZipError) -> SourceError {
    SourceError::BadZip { path: path.to_owned(), detail: error.to_string() }
}
