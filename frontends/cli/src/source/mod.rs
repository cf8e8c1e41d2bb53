//! Reads the files that NTSB publishes: an Access file or cases as JSON, plain or zipped, or a folder of
//! CSV files.
//!
//! Every kind of source is read as rows of unchanged text values, one row at a time. Memory use does not
//! depend on the size of the file, and the database makes all decisions.

pub mod access;
pub mod airports;
pub mod archive;
pub mod asrs;
pub mod cases;
pub mod csv;
pub mod digest;
mod error;
pub mod exposure;
mod flat;
pub mod folder;
mod layout;
pub mod metar;
mod pre1982;
pub mod recommendations;
pub mod registry;
pub mod runways;
pub mod table_file;
mod workbook;

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use error::SourceError;
pub use layout::{Layout, SourceTable};
use pre1982::LegacyTables;

/// Limits that protect against zip bombs.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of bytes that are unpacked from a zip.
    pub unpacked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { unpacked: 4 << 30 }
    }
}

/// Receives the rows of a table, value by value. `None` is null.
pub trait RowSink {
    fn value(&mut self, value: Option<&str>);
    fn end_row(&mut self) -> Result<(), SourceError>;
}

/// Sends the rows that `produce` creates to the sink and counts them. After an error of the sink, the
/// remaining rows are dropped.
fn send_rows<'a>(
    sink: &mut dyn RowSink,
    count: &mut u64,
    produce: impl FnOnce(&mut dyn FnMut(&[Option<Cow<'a, str>>])),
) -> Result<(), SourceError> {
    let mut result = Ok(());
    produce(&mut |cells| {
        if result.is_ok() {
            cells.iter().for_each(|cell| sink.value(cell.as_deref()));
            result = sink.end_row();
            *count += 1;
        }
    });
    result
}

/// An open file or folder. Its tables are known; its rows have not been read yet.
pub struct Source {
    pub path: PathBuf,
    /// The known tables of the file, parents before children.
    pub tables: Vec<SourceTable>,
    /// Anomalies that do not prevent loading.
    pub warnings: Vec<String>,
    reader: Reader,
    /// For PRE1982.MDB: converts its rows to rows of `tables`.
    legacy: Option<LegacyTables>,
}

enum Reader {
    Access(Box<access::AccessFile>),
    Folder(folder::Folder),
    Cases(cases::CaseFile),
}

impl Reader {
    fn read(
        &mut self,
        table: &SourceTable,
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
    /// Opens a file or folder. The format is detected by content, not by name.
    pub fn open(path: &Path, limits: Limits) -> Result<Source, SourceError> {
        let metadata = std::fs::metadata(path).map_err(|e| SourceError::open(path, e))?;
        let (reader, layout) = if metadata.is_dir() {
            let (folder, layout) = folder::Folder::open(path)?;
            (Reader::Folder(folder), layout)
        } else {
            let mut file = File::open(path).map_err(|e| SourceError::open(path, e))?;
            let mut format = detect_format(path, &mut file)?;
            if let Format::Zip = format {
                file = archive::unpack(path, file, limits)?;
                format = detect_format(path, &mut file)?;
            }
            match format {
                Format::Json => return Source::open_cases(path, file),
                Format::Access => open_access(path, file)?,
                Format::Zip => return Err(SourceError::NotAccess { path: path.to_owned() }),
            }
        };
        let (mut tables, warnings) = layout.finish(path).map_err(|error| match &reader {
            Reader::Folder(folder) => flat::explain_missing_events(error, folder.files()),
            _ => error,
        })?;
        let legacy = LegacyTables::detect(&mut tables);
        Ok(Source { path: path.to_owned(), tables, warnings, reader, legacy })
    }

    fn open_cases(path: &Path, file: File) -> Result<Source, SourceError> {
        let (file, tables) = cases::CaseFile::open(path, file)?;
        let (reader, warnings) = (Reader::Cases(file), Vec::new());
        Ok(Source { path: path.to_owned(), tables, warnings, reader, legacy: None })
    }

    /// Whether the source contains cases, which describe only a part of an event and have no ev_id.
    pub fn has_cases(&self) -> bool {
        matches!(self.reader, Reader::Cases(_))
    }

    /// Streams the rows of `self.tables[index]` into `sink`. Returns their number.
    pub fn read(&mut self, index: usize, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let Some(table) = self.tables.get(index) else { return Ok(0) };
        let (reader, warnings) = (&mut self.reader, &mut self.warnings);
        match &mut self.legacy {
            Some(legacy) => legacy.read(table, reader, sink, warnings),
            None => reader.read(table, sink, warnings),
        }
    }

    /// The SHA-256 that identifies the file of a batch.
    pub fn digest(&self) -> Result<String, SourceError> {
        match &self.reader {
            Reader::Access(_) | Reader::Cases(_) => digest::hash_files([self.path.as_path()]),
            Reader::Folder(folder) => digest::hash_files(folder.files()),
        }
    }
}

fn open_access(path: &Path, file: File) -> Result<(Reader, Layout), SourceError> {
    let (access, layout) = access::AccessFile::open(path, file)?;
    Ok((Reader::Access(Box::new(access)), layout))
}

enum Format {
    Zip,
    Access,
    Json,
}

/// Detects the format of a file by its first bytes.
fn detect_format(path: &Path, file: &mut File) -> Result<Format, SourceError> {
    let start = read_start(path, file)?;
    if start.is_empty() {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Format::Zip);
    }
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    if access::is_access(&start) {
        return Ok(Format::Access);
    }
    if cases::looks_like_json(&start) {
        return Ok(Format::Json);
    }
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return Err(flat::explain_csv_file(path));
    }
    Err(SourceError::NotAccess { path: path.to_owned() })
}

/// Reads the first bytes of a file and rewinds it.
fn read_start(path: &Path, file: &mut File) -> Result<Vec<u8>, SourceError> {
    let mut start = Vec::with_capacity(64);
    file.take(64).read_to_end(&mut start).map_err(|e| SourceError::io(path, e))?;
    std::io::Seek::rewind(file).map_err(|e| SourceError::io(path, e))?;
    Ok(start)
}

/// Replaces NUL, which PostgreSQL cannot store, and counts the changed values.
#[derive(Default)]
struct NulReplacer {
    changed: u64,
}

impl NulReplacer {
    fn replace<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        if !text.contains('\0') {
            return text;
        }
        self.changed += 1;
        Cow::Owned(text.replace('\0', "\u{FFFD}"))
    }

    fn report(&self, table: &str, warnings: &mut Vec<String>) {
        if self.changed > 0 {
            warnings.push(format!(
                "{table}: NUL, which PostgreSQL cannot store, was replaced by U+FFFD in {}",
                count_values(self.changed)
            ));
        }
    }
}

/// "1 value", "3 values".
fn count_values(count: u64) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}
