//! Reads what NTSB hands out: an Access file or cases as JSON, each as it is or in a zip, or a folder
//! of CSV.
//!
//! Every kind of source gives the same thing, rows of text as found, one at a time, so that
//! memory stays small whatever the file and nothing is decided before the database sees it.

pub mod access;
pub mod airports;
pub mod archive;
pub mod cases;
pub mod csv;
pub mod digest;
mod error;
mod flat;
pub mod folder;
mod layout;
mod pre1982;

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use error::SourceError;
pub use layout::{Incoming, Layout};
use pre1982::Legacy;

/// Limits against a zip that unpacks to more than the disk holds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most bytes that what is taken out of a zip may unpack to.
    pub unpacked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { unpacked: 4 << 30 }
    }
}

/// Takes the rows of a table, value by value: `None` is a null.
pub trait RowSink {
    fn value(&mut self, value: Option<&str>);
    fn end_row(&mut self) -> Result<(), SourceError>;
}

/// Hands the rows that `make` puts to the sink and counts them; once the sink has refused one, the
/// others are passed over.
fn pass_rows<'a>(
    sink: &mut dyn RowSink,
    made: &mut u64,
    make: impl FnOnce(&mut dyn FnMut(&[Option<Cow<'a, str>>])),
) -> Result<(), SourceError> {
    let mut passed = Ok(());
    make(&mut |cells| {
        if passed.is_ok() {
            cells.iter().for_each(|cell| sink.value(cell.as_deref()));
            passed = sink.end_row();
            *made += 1;
        }
    });
    passed
}

/// An open file or folder whose tables are known and whose rows are not read yet.
pub struct Source {
    pub path: PathBuf,
    /// The tables of the file that this project knows, parents before children.
    pub tables: Vec<Incoming>,
    /// What was odd and did not stop the reading.
    pub warnings: Vec<String>,
    reader: Reader,
    /// For PRE1982.MDB, what makes rows of `tables` out of its own.
    legacy: Option<Legacy>,
}

enum Reader {
    Access(Box<access::AccessFile>),
    Folder(folder::Folder),
    Cases(cases::CaseFile),
}

impl Reader {
    fn read(
        &mut self,
        table: &Incoming,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        match self {
            Reader::Access(file) => file.read(table, sink, warnings),
            Reader::Folder(folder) => folder.read(table, sink, warnings),
            Reader::Cases(file) => file.read(table, sink, warnings),
        }
    }
}

impl Source {
    /// Opens `path` by what it holds, not by what it is called.
    pub fn open(path: &Path, limits: Limits) -> Result<Source, SourceError> {
        let metadata = std::fs::metadata(path).map_err(|e| SourceError::open(path, e))?;
        let (reader, layout) = if metadata.is_dir() {
            let (folder, layout) = folder::Folder::open(path)?;
            (Reader::Folder(folder), layout)
        } else {
            let mut file = File::open(path).map_err(|e| SourceError::open(path, e))?;
            let mut kind = kind_of(path, &mut file)?;
            if let Kind::Zip = kind {
                file = archive::unpack(path, file, limits)?;
                kind = kind_of(path, &mut file)?;
            }
            match kind {
                Kind::Json => return Source::of_cases(path, file),
                Kind::Access => of_access(path, file)?,
                Kind::Zip => return Err(SourceError::NotAccess { path: path.to_owned() }),
            }
        };
        let (mut tables, warnings) = layout.finish(path).map_err(|error| match &reader {
            Reader::Folder(folder) => flat::explained(error, folder.files()),
            _ => error,
        })?;
        let legacy = Legacy::take(&mut tables);
        Ok(Source { path: path.to_owned(), tables, warnings, reader, legacy })
    }

    fn of_cases(path: &Path, file: File) -> Result<Source, SourceError> {
        let (file, tables) = cases::CaseFile::open(path, file)?;
        let (reader, warnings) = (Reader::Cases(file), Vec::new());
        Ok(Source { path: path.to_owned(), tables, warnings, reader, legacy: None })
    }

    /// Whether the source says only a part of what is known of its events, and not under which
    /// ev_id.
    pub fn is_of_cases(&self) -> bool {
        matches!(self.reader, Reader::Cases(_))
    }

    /// Streams the rows of `self.tables[index]` into `sink` and returns their number.
    pub fn read(&mut self, index: usize, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let Some(table) = self.tables.get(index) else { return Ok(0) };
        let (reader, warnings) = (&mut self.reader, &mut self.warnings);
        match &mut self.legacy {
            Some(legacy) => legacy.read(table, reader, sink, warnings),
            None => reader.read(table, sink, warnings),
        }
    }

    /// The SHA-256 by which a batch remembers its file.
    pub fn digest(&self) -> Result<String, SourceError> {
        match &self.reader {
            Reader::Access(_) | Reader::Cases(_) => digest::of_files([self.path.as_path()]),
            Reader::Folder(folder) => digest::of_files(folder.files()),
        }
    }
}

fn of_access(path: &Path, file: File) -> Result<(Reader, Layout), SourceError> {
    let (access, layout) = access::AccessFile::open(path, file)?;
    Ok((Reader::Access(Box::new(access)), layout))
}

enum Kind {
    Zip,
    Access,
    Json,
}

/// Tells the kind of a file by its first bytes.
fn kind_of(path: &Path, file: &mut File) -> Result<Kind, SourceError> {
    let start = beginning(path, file)?;
    if start.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    if access::is_access(&start) {
        return Ok(Kind::Access);
    }
    if cases::looks_like_json(&start) {
        return Ok(Kind::Json);
    }
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return Err(flat::single(path));
    }
    Err(SourceError::NotAccess { path: path.to_owned() })
}

/// The first bytes of a file, which is then at its start again.
fn beginning(path: &Path, file: &mut File) -> Result<Vec<u8>, SourceError> {
    let mut start = Vec::with_capacity(64);
    file.take(64).read_to_end(&mut start).map_err(|e| SourceError::io(path, e))?;
    std::io::Seek::rewind(file).map_err(|e| SourceError::io(path, e))?;
    Ok(start)
}

/// Makes text storable, as PostgreSQL cannot hold NUL, and counts where it had to change.
#[derive(Default)]
struct WithoutNul {
    changed: u64,
}

impl WithoutNul {
    fn of<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        if !text.contains('\0') {
            return text;
        }
        self.changed += 1;
        Cow::Owned(text.replace('\0', "\u{FFFD}"))
    }

    fn report(&self, table: &str, warnings: &mut Vec<String>) {
        if self.changed > 0 {
            warnings.push(format!(
                "{table}: {} stored with U+FFFD in place of NUL, which PostgreSQL cannot hold",
                values_were(self.changed)
            ));
        }
    }
}

/// "1 value was", "3 values were".
fn values_were(count: u64) -> String {
    if count == 1 { "1 value was".to_owned() } else { format!("{count} values were") }
}
