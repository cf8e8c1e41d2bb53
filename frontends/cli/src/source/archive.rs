//! Takes the Access file out of a zip.
//!
//! Access needs random access, so the file is unpacked to disk: into a file that has no name
//! from the start, which the system frees however this process ends. What a zip says about
//! itself is not believed; the bytes are counted as they come.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::layout::some_of;
use super::{Limits, SourceError};

/// An Access file packs to about a sixth; one of mostly empty pages to a fiftieth.
const MAX_RATIO: u64 = 200;
/// Below this size a high ratio harms nobody.
const RATIO_MATTERS_FROM: u64 = 64 << 20;

/// Unpacks the one `.mdb` of the zip into a nameless temporary file.
pub fn unpack(path: &Path, zip: File, limits: Limits) -> Result<File, SourceError> {
    let mut archive = ZipArchive::new(zip).map_err(|e| bad_zip(path, e))?;
    let index = find_mdb(path, &archive)?;
    let mut entry = archive.by_index(index).map_err(|e| bad_zip(path, e))?;
    let allowance = Allowance::of(&entry, limits).map_err(|e| bad_zip(path, e))?;
    let mut unpacked = temporary_file()?;
    copy(path, &mut entry, &mut unpacked, &allowance)?;
    unpacked.rewind().map_err(temporary)?;
    Ok(unpacked)
}

/// The position of the only `.mdb`; what macOS adds beside a file does not count.
fn find_mdb(path: &Path, archive: &ZipArchive<File>) -> Result<usize, SourceError> {
    let names: Vec<_> =
        archive.file_names().collect::<Result<_, _>>().map_err(|e| bad_zip(path, e))?;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let mdb: Vec<&str> = names.iter().copied().filter(|name| is_mdb(name)).collect();
    match mdb[..] {
        [one] => archive.index_for_name(one).ok_or_else(|| SourceError::BadZip {
            path: path.to_owned(),
            detail: format!("its entry {one} is not where its list says"),
        }),
        [] => Err(SourceError::ZipWithoutMdb { path: path.to_owned(), found: some_of(&names) }),
        _ => Err(SourceError::ZipWithSeveralMdb { path: path.to_owned(), found: some_of(&mdb) }),
    }
}

fn is_mdb(name: &str) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    !base.starts_with("._")
        && extension.is_some_and(|e| ["mdb", "accdb"].iter().any(|own| e.eq_ignore_ascii_case(own)))
}

/// How many bytes an entry may give, and which rule it breaks beyond.
struct Allowance {
    name: String,
    size: u64,
    by_ratio: u64,
}

impl Allowance {
    fn of<R: Read + ?Sized>(entry: &ZipFile<'_, R>, limits: Limits) -> Result<Allowance, ZipError> {
        let by_ratio = entry.compressed_size().saturating_mul(MAX_RATIO);
        Ok(Allowance {
            name: entry.name()?.into_owned(),
            size: limits.unpacked,
            by_ratio: by_ratio.max(RATIO_MATTERS_FROM),
        })
    }

    fn check(&self, path: &Path, bytes: u64) -> Result<(), SourceError> {
        let (path, name) = (path.to_owned(), self.name.clone());
        if bytes > self.size {
            return Err(SourceError::TooLarge { path, name, limit: self.size });
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
) -> Result<(), SourceError> {
    allowance.check(path, entry.size())?;
    let mut buffer = vec![0; 1 << 16];
    let mut total = 0u64;
    loop {
        let n = entry.read(&mut buffer).map_err(|e| unpacking(path, e))?;
        if n == 0 {
            return Ok(());
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
