//! Reads the sheets of an Excel workbook (.xlsx) as text, with bounded memory.
//!
//! calamine unpacks entries into memory, and a sheet may name a cell far outside its table. So the
//! unpacked size is counted before calamine opens the file, cells are read one by one, and their
//! positions and lengths are limited.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use ntsb_schema::yearly::Rows;
use zip::ZipArchive;

use super::SourceError;

/// NTSB's workbook of yearly statistics has less than 1 MiB.
const MAX_PACKED_BYTES: u64 = 32 << 20;
const MAX_UNPACKED_BYTES: u64 = 64 << 20;
const MAX_ENTRIES: usize = 1_000;
const MAX_SHEETS: usize = 100;
const MAX_ROWS: usize = 2_000;
const MAX_COLUMNS: usize = 300;
const MAX_CELL_CHARS: usize = 400;

/// A sheet: its name and rows.
pub struct Sheet {
    pub name: String,
    pub rows: Rows,
}

pub fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04")
}

/// Reads all sheets.
pub fn read_sheets(path: &Path, mut file: File) -> Result<Vec<Sheet>, SourceError> {
    check_sizes(path, &mut file)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|e| damaged(path, e))?;
    let names = workbook.sheet_names();
    if names.len() > MAX_SHEETS {
        return Err(damaged(path, format!("it has more than {MAX_SHEETS} sheets")));
    }
    let mut sheets = Vec::new();
    for name in names {
        match read_rows(path, &mut workbook, &name) {
            Ok(rows) => sheets.push(Sheet { name, rows }),
            Err(ReadError::NoWorksheet) => {}
            Err(ReadError::Source(error)) => return Err(error),
        }
    }
    Ok(sheets)
}

enum ReadError {
    /// A sheet with a chart only.
    NoWorksheet,
    Source(SourceError),
}

fn read_rows<R: Read + Seek>(
    path: &Path,
    workbook: &mut Xlsx<R>,
    name: &str,
) -> Result<Rows, ReadError> {
    let damage = |e: XlsxError| match e {
        XlsxError::NotAWorksheet(_) => ReadError::NoWorksheet,
        other => ReadError::Source(damaged(path, other)),
    };
    let mut cells = workbook.worksheet_cells_reader(name).map_err(damage)?;
    let mut rows = Rows::new();
    while let Some(cell) = cells.next_cell().map_err(damage)? {
        let Some(text) = cell_text(cell.get_value()) else { continue };
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            let detail = format!(
                "sheet {name:?} has a value in row {}, column {}, but at most {MAX_ROWS} rows and \
                 {MAX_COLUMNS} columns are read",
                row + 1,
                column + 1
            );
            return Err(ReadError::Source(damaged(path, detail)));
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if let Some(cells) = rows.get_mut(row) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(cell) = cells.get_mut(column) {
                *cell = text;
            }
        }
    }
    Ok(rows)
}

/// The text of a cell. None if it is empty.
fn cell_text(value: &DataRef<'_>) -> Option<String> {
    let text: String = match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.chars().take(MAX_CELL_CHARS).collect(),
        DataRef::SharedString(text) => text.chars().take(MAX_CELL_CHARS).collect(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::Empty => return None,
    };
    // Titles may have line breaks.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Counts the unpacked bytes. The sizes that a zip claims are not trusted.
fn check_sizes(path: &Path, file: &mut File) -> Result<(), SourceError> {
    let packed = file.metadata().map_err(|e| SourceError::io(path, e))?.len();
    if packed > MAX_PACKED_BYTES {
        return Err(damaged(path, format!("it has more than {} MiB", MAX_PACKED_BYTES >> 20)));
    }
    let mut archive = ZipArchive::new(&*file).map_err(|e| damaged(path, e))?;
    if archive.len() > MAX_ENTRIES {
        return Err(damaged(path, format!("it has more than {MAX_ENTRIES} parts")));
    }
    let mut remaining = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| damaged(path, e))?;
        let unpacked = io::copy(&mut entry.take(remaining + 1), &mut io::sink());
        let unpacked = unpacked.map_err(|e| damaged(path, e))?;
        remaining = remaining.checked_sub(unpacked).ok_or_else(|| {
            damaged(path, format!("it unpacks to more than {} MiB", MAX_UNPACKED_BYTES >> 20))
        })?;
    }
    drop(archive);
    file.rewind().map_err(|e| SourceError::io(path, e))
}

fn damaged(path: &Path, detail: impl std::fmt::Display) -> SourceError {
    let detail = detail.to_string().chars().take(300).collect();
    SourceError::Workbook { path: path.to_owned(), detail }
}
