//! Reads a folder of CSV files in the format of `mdb-export`, one per table.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::csv::{CsvError, CsvReader, Record};
use super::flat::has_flat_columns;
use super::{Layout, NulReplacer, RowSink, SourceError, SourceTable, count_values};

pub struct Folder {
    /// Every CSV file, sorted by name. Files of unknown tables are part of the digest, too.
    files: Vec<CsvFile>,
}

struct CsvFile {
    path: PathBuf,
    /// The number of columns in the header.
    width: usize,
}

impl Folder {
    /// Reads the headers of all CSV files in the folder.
    pub fn open(path: &Path) -> Result<(Folder, Layout), SourceError> {
        let mut folder = Folder { files: Vec::new() };
        let mut layout = Layout::default();
        for file in csv_files(path)? {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if Layout::is_known_table(&name) {
                let header = read_header(&file)?;
                if has_flat_columns(&header) {
                    return Err(SourceError::FlatExtract { path: file });
                }
                let columns = header.iter().map(String::as_str);
                layout.add(path, &name, columns, None, folder.files.len())?;
                folder.files.push(CsvFile { path: file, width: header.len() });
            } else {
                layout.add(path, &name, [], None, 0)?;
                folder.files.push(CsvFile { path: file, width: 0 });
            }
        }
        Ok((folder, layout))
    }

    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// Streams the rows of `table` into `sink`. Returns their number.
    pub fn read(
        &self,
        table: &SourceTable,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let Some(file) = self.files.get(table.reader_index) else { return Ok(0) };
        let mut reader = open_csv(&file.path)?;
        let mut record = Record::default();
        let mut next =
            |record: &mut Record| reader.read(record).map_err(|e| csv_error(&file.path, e));
        next(&mut record)?;
        let (mut decoder, mut count) = (TextDecoder::default(), 0);
        while next(&mut record)? {
            if record.is_blank() && file.width > 1 {
                continue;
            }
            file.check_width(&record)?;
            for (position, _) in &table.columns {
                let value = record.field(*position).map(|bytes| decoder.decode(bytes));
                sink.value(value.as_deref());
            }
            sink.end_row()?;
            count += 1;
        }
        decoder.report(table.table.name, warnings);
        Ok(count)
    }
}

impl CsvFile {
    fn check_width(&self, record: &Record) -> Result<(), SourceError> {
        if record.width() == self.width {
            return Ok(());
        }
        Err(SourceError::Csv {
            path: self.path.clone(),
            line: record.line,
            detail: format!("the row has {} values, the header {}", record.width(), self.width),
        })
    }
}

/// Decodes text and counts values that are not valid UTF-8 or contain NUL.
#[derive(Default)]
pub(super) struct TextDecoder {
    not_utf8: u64,
    nul: NulReplacer,
}

impl TextDecoder {
    pub(super) fn decode<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                self.not_utf8 += 1;
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
            }
        };
        self.nul.replace(text)
    }

    fn report(&self, table: &str, warnings: &mut Vec<String>) {
        if self.not_utf8 > 0 {
            warnings.push(format!(
                "{table}: invalid UTF-8 was read as Windows-1252 in {}",
                count_values(self.not_utf8)
            ));
        }
        self.nul.report(table, warnings);
    }
}

/// The CSV files of a folder, sorted by name.
fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = Vec::new();
    let mut mdb = None;
    for entry in std::fs::read_dir(folder).map_err(|e| SourceError::io(folder, e))? {
        let path = entry.map_err(|e| SourceError::io(folder, e))?.path();
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("csv") {
            files.push(path);
        } else if extension.eq_ignore_ascii_case("mdb") || extension.eq_ignore_ascii_case("zip") {
            mdb = path.file_name().map(|name| name.to_string_lossy().into_owned());
        }
    }
    files.sort();
    match (files.is_empty(), mdb) {
        (false, _) => Ok(files),
        (true, None) => Err(SourceError::NoCsv { path: folder.to_owned() }),
        (true, Some(name)) => Err(SourceError::FolderOfMdb { path: folder.to_owned(), name }),
    }
}

/// Opens a CSV file and skips its byte order mark.
fn open_csv(path: &Path) -> Result<CsvReader<BufReader<File>>, SourceError> {
    let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    let mut input = BufReader::with_capacity(1 << 16, file);
    let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
    if is_utf16(start) {
        return Err(SourceError::Utf16 { path: path.to_owned() });
    }
    if start.starts_with(b"\xEF\xBB\xBF") {
        input.read_exact(&mut [0; 3]).map_err(|e| SourceError::io(path, e))?;
    }
    Ok(CsvReader::new(input))
}

/// Detects UTF-16 by its byte order mark or by the zero byte next to each ASCII letter of a column name.
fn is_utf16(start: &[u8]) -> bool {
    match start {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [a, b, ..] => (*a == 0) != (*b == 0),
        _ => false,
    }
}

pub(super) fn read_header(path: &Path) -> Result<Vec<String>, SourceError> {
    let mut record = Record::default();
    if !open_csv(path)?.read(&mut record).map_err(|e| csv_error(path, e))? {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let name = |i| String::from_utf8_lossy(record.field(i).unwrap_or_default()).into_owned();
    Ok((0..record.width()).map(name).collect())
}

pub fn csv_error(path: &Path, error: CsvError) -> SourceError {
    match error {
        CsvError::Io(error) => SourceError::io(path, error),
        CsvError::Quoting { line, detail } => {
            SourceError::Csv { path: path.to_owned(), line, detail }
        }
    }
}
