//! CSV files with a single table, plain or gzip-compressed, of sources other than NTSB: the header
//! identifies the layout.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::csv::{CsvReader, Record};
use super::folder::csv_error;
use super::{RowSink, SourceError};

/// A layout of a table: the columns of its staging table and their titles in the file.
pub struct FileLayout {
    pub name: &'static str,
    pub columns: &'static [FileColumn],
}

/// A column of a staging table, in the order in which [`TableFile::read`] writes them.
pub struct FileColumn {
    pub name: &'static str,
    /// Titles in the header. If there are several, the first value that is not empty is used.
    titles: &'static [&'static str],
    is_required: bool,
}

/// A column that identifies the layout.
pub const fn required(name: &'static str, titles: &'static [&'static str]) -> FileColumn {
    FileColumn { name, titles, is_required: true }
}

/// A column that a file may lack.
pub const fn optional(name: &'static str, titles: &'static [&'static str]) -> FileColumn {
    FileColumn { name, titles, is_required: false }
}

impl FileLayout {
    pub fn column_names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    fn matches(&self, header: &[String]) -> bool {
        let mut required = self.columns.iter().filter(|column| column.is_required);
        required.all(|column| column.titles.iter().any(|title| header.iter().any(|h| h == title)))
    }
}

/// What [`TableFile::open`] accepts.
pub struct FileKind {
    /// What the file should be, for the error message: "a list of airports; use airports.csv of …".
    pub expected: &'static str,
    pub layouts: &'static [FileLayout],
    /// Maximum unpacked size in bytes.
    pub max_bytes: u64,
    /// Lines that start with `#` are skipped.
    pub has_comments: bool,
}

/// An open file whose layout is known.
pub struct TableFile {
    path: PathBuf,
    reader: CsvReader<BufReader<Box<dyn Read + Send>>>,
    layout: &'static FileLayout,
    /// For each column of the layout, its positions in a row.
    positions: Vec<Vec<usize>>,
    width: usize,
    /// Whether a value that is not UTF-8 is an error. Otherwise its invalid bytes become U+FFFD.
    is_utf8_required: bool,
    has_comments: bool,
}

impl TableFile {
    pub fn open(path: &Path, kind: &'static FileKind) -> Result<TableFile, SourceError> {
        TableFile::from_reader(path, open_plain(path, kind.max_bytes)?, kind)
    }

    /// Reads a table from `input`. `path` is for messages.
    pub fn from_reader(
        path: &Path,
        mut input: BufReader<Box<dyn Read + Send>>,
        kind: &'static FileKind,
    ) -> Result<TableFile, SourceError> {
        if kind.has_comments {
            skip_comments(&mut input).map_err(|e| SourceError::io(path, e))?;
        }
        let mut reader = CsvReader::new(input);
        let mut record = Record::default();
        if !reader.read(&mut record).map_err(|e| csv_error(path, e))? {
            return Err(SourceError::Empty { path: path.to_owned() });
        }
        let header: Vec<String> = (0..record.width()).map(|i| field_text(&record, i)).collect();
        let layout = kind.layouts.iter().find(|layout| layout.matches(&header));
        let layout = layout.ok_or_else(|| SourceError::OtherTable {
            path: path.to_owned(),
            expected: kind.expected,
            found: list_titles(&header),
        })?;
        let position = |title: &&str| header.iter().position(|column| column == title);
        let positions = layout.columns.iter();
        let positions = positions.map(|c| c.titles.iter().filter_map(position).collect()).collect();
        let (path, width, has_comments) = (path.to_owned(), header.len(), kind.has_comments);
        Ok(TableFile {
            path,
            reader,
            layout,
            positions,
            width,
            is_utf8_required: false,
            has_comments,
        })
    }

    pub fn layout(&self) -> &'static FileLayout {
        self.layout
    }

    /// Makes a value that is not UTF-8 an error, in the columns that are read.
    pub fn require_utf8(&mut self) {
        self.is_utf8_required = true;
    }

    fn check_utf8(&self, record: &Record) -> Result<(), SourceError> {
        for (column, positions) in self.layout.columns.iter().zip(&self.positions) {
            let is_utf8 =
                |i: &usize| std::str::from_utf8(record.field(*i).unwrap_or_default()).is_ok();
            if !positions.iter().all(is_utf8) {
                let detail = format!("the value of {} is not UTF-8", column.titles.join(" or "));
                return Err(SourceError::Csv {
                    path: self.path.clone(),
                    line: record.line,
                    detail,
                });
            }
        }
        Ok(())
    }

    /// Streams the rows into `sink`. Returns their number.
    pub fn read(&mut self, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let mut record = Record::default();
        let mut count = 0;
        while self.reader.read(&mut record).map_err(|e| csv_error(&self.path, e))? {
            let is_comment = self.has_comments && starts_with_hash(&record);
            if record.is_blank() || is_comment {
                continue;
            }
            if record.width() != self.width {
                let detail =
                    format!("the row has {} values, the header {}", record.width(), self.width);
                let (path, line) = (self.path.clone(), record.line);
                return Err(SourceError::Csv { path, line, detail });
            }
            if self.is_utf8_required {
                self.check_utf8(&record)?;
            }
            for positions in &self.positions {
                let mut values = positions.iter().map(|i| field_text(&record, *i));
                sink.value(values.find(|value| !value.is_empty()).as_deref());
            }
            sink.end_row()?;
            count += 1;
        }
        Ok(count)
    }
}

/// The first titles of a header, for a message.
pub(super) fn list_titles(header: &[String]) -> String {
    const MAX_TITLES: usize = 8;
    let titles: Vec<&str> = header.iter().take(MAX_TITLES).map(String::as_str).collect();
    let more = if header.len() > MAX_TITLES { ", …" } else { "" };
    let mut titles = format!("{}{more}", titles.join(", "));
    if let Some((end, _)) = titles.char_indices().nth(200) {
        titles.truncate(end);
    }
    titles
}

fn skip_comments(input: &mut impl BufRead) -> std::io::Result<()> {
    while input.fill_buf()?.first() == Some(&b'#') {
        input.skip_until(b'\n')?;
    }
    Ok(())
}

fn starts_with_hash(record: &Record) -> bool {
    record.field(0).is_some_and(|field| field.starts_with(b"#"))
}

fn field_text(record: &Record, index: usize) -> String {
    let bytes = record.field(index).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').trim().replace('\0', "")
}

/// Opens a file and decompresses it if it is gzip-compressed.
pub fn open_plain(
    path: &Path,
    max_bytes: u64,
) -> Result<BufReader<Box<dyn Read + Send>>, SourceError> {
    let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    let mut input = BufReader::new(file);
    let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    let unpacked: Box<dyn Read + Send> = match start.starts_with(b"\x1F\x8B") {
        true => Box::new(MultiGzDecoder::new(input)),
        false => Box::new(input),
    };
    Ok(BufReader::new(Box::new(LimitedReader { input: unpacked, max_bytes, remaining: max_bytes })))
}

/// Fails when the input has more than `max_bytes`, instead of cutting it off.
struct LimitedReader {
    input: Box<dyn Read + Send>,
    max_bytes: u64,
    remaining: u64,
}

impl Read for LimitedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.remaining = self.remaining.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("it unpacks to more than {} bytes", self.max_bytes))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_an_error_and_not_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
        let read = |max_bytes| {
            let mut text = String::new();
            open_plain(&path, max_bytes).unwrap().read_to_string(&mut text).map(|_| text)
        };
        assert_eq!(read(12).unwrap(), "a,b\n1,2\n3,4\n");
        let error = read(8).unwrap_err().to_string();
        assert_eq!(error, "it unpacks to more than 8 bytes");
    }
}
