//! Reads an Access file row by row.
//!
//! The crate jetdb skips rows that it cannot read and returns null for values that it cannot read. To the
//! database, both would look like a withdrawal, so both are detected here and reported as errors: rows
//! with the row count of the table definition, values with the null mask of the row. jetdb also returns
//! deleted rows (see `moved_rows`); remaining surplus rows are an error, too.

mod moved_rows;
mod page;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};

use jetdb::timestamp::timestamp_to_parts;
use jetdb::{FileError, FormatError, ObjectType, PageReader, TableDef, TableRow, TableRows, Value};

use moved_rows::MovedRows;
use page::PageCache;

use super::{Layout, NulReplacer, RowSink, SourceError, SourceTable, read_start};

pub struct AccessFile {
    path: PathBuf,
    pages: PageReader,
    definitions: Vec<TableDef>,
}

impl AccessFile {
    /// Reads the definitions of all tables. `path` is the name of the file in messages.
    pub fn open(path: &Path, mut file: File) -> Result<(AccessFile, Layout), SourceError> {
        // jetdb would interpret an arbitrary byte as the version.
        if !is_access(&read_start(path, &mut file)?) {
            return Err(SourceError::NotAccess { path: path.to_owned() });
        }
        let length = file.metadata().map_err(|e| SourceError::io(path, e))?.len();
        let pages = PageReader::open_reader(file).map_err(|e| access_error(path, e))?;
        check_page_count(path, length, pages.format().page_size as u64)?;
        let mut access = AccessFile { path: path.to_owned(), pages, definitions: Vec::new() };
        let layout = access.read_definitions().map_err(|e| match e {
            DefinitionError::File(error) => access_error(path, error),
            DefinitionError::Source(error) => error,
        })?;
        Ok((access, layout))
    }

    fn read_definitions(&mut self) -> Result<Layout, DefinitionError> {
        let mut layout = Layout::default();
        for entry in jetdb::read_catalog(&mut self.pages)? {
            if entry.object_type != ObjectType::Table || entry.is_system_or_hidden() {
                continue;
            }
            if !Layout::is_known_table(&entry.name) {
                layout.add(&self.path, &entry.name, [], None, 0)?;
                continue;
            }
            let definition = jetdb::read_table_def(&mut self.pages, &entry.name, entry.table_page)?;
            let columns = definition.columns.iter().map(|c| c.name.as_str());
            let rows = Some(u64::from(definition.num_rows));
            layout.add(&self.path, &entry.name, columns, rows, self.definitions.len())?;
            self.definitions.push(definition);
        }
        Ok(layout)
    }

    /// Streams the rows of `table` into `sink`. Returns their number.
    pub fn read(
        &mut self,
        table: &SourceTable,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let Some(definition) = self.definitions.get(table.reader_index) else { return Ok(0) };
        let columns: Vec<usize> = table.columns.iter().map(|(position, _)| *position).collect();
        let no_calculated_columns = HashMap::new();
        let mut rows = TableRows::new(definition, &no_calculated_columns).with_columns(&columns);
        let (mut page_cache, mut moved_rows) = (PageCache::default(), MovedRows::default());
        let mut formatter = ValueFormatter::default();
        let mut count = 0;
        let failed = |e| access_error(&self.path, e);
        while let Some(row) = rows.next_row(&mut self.pages).map_err(failed)? {
            let number = definition.data_pages.get(row.position.page as usize).copied();
            let slot = (number.unwrap_or(0), row.position.row);
            let page = page_cache.read(&mut self.pages, slot.0).map_err(failed)?;
            let is_row = moved_rows.is_row(&mut self.pages, definition, page, slot);
            if !is_row.map_err(failed)? {
                continue;
            }
            count += 1;
            check_nulls(&self.pages, definition, &row, &columns, (page, slot))
                .map_err(|column| self.value_lost(table, column, count))?;
            for &position in &columns {
                sink.value(formatter.format(row.values.get(position).unwrap_or(&Value::Null)));
            }
            sink.end_row()?;
        }
        self.check_row_count(table, count)?;
        formatter.nul.report(table.table.name, warnings);
        Ok(count)
    }

    fn check_row_count(&self, table: &SourceTable, read: u64) -> Result<(), SourceError> {
        let expected = table.expected.unwrap_or(read);
        if read == expected {
            return Ok(());
        }
        let (path, table) = (self.path.clone(), table.table.name.to_owned());
        Err(match read < expected {
            true => SourceError::RowsLost { path, table, expected, read },
            false => SourceError::RowsSurplus { path, table, expected, read },
        })
    }

    fn value_lost(&self, table: &SourceTable, column: String, row: u64) -> SourceError {
        let (path, table) = (self.path.clone(), table.table.name.to_owned());
        SourceError::ValueLost { path, table, column, row }
    }
}

/// Checks that every null is null in the file, too. Fails with the name of a column whose value could
/// not be read.
fn check_nulls(
    pages: &PageReader,
    definition: &TableDef,
    row: &TableRow,
    columns: &[usize],
    (page, slot): (&[u8], (u32, u16)),
) -> Result<(), String> {
    let mut mask = None;
    for &position in columns {
        if !matches!(row.values.get(position), Some(Value::Null)) {
            continue;
        }
        let Some(column) = definition.columns.get(position) else { continue };
        let mask = mask.get_or_insert_with(|| null_mask(pages, page, slot).unwrap_or_default());
        let byte: u8 = mask.get(usize::from(column.col_num) / 8).copied().unwrap_or(0);
        if byte & (1 << (column.col_num % 8)) != 0 {
            return Err(column.name.clone());
        }
    }
    Ok(())
}

/// The null mask in the last bytes of a row, with one bit per column. A set bit means not null.
fn null_mask<'p>(pages: &PageReader, page: &'p [u8], slot: (u32, u16)) -> Option<&'p [u8]> {
    let (start, size) = jetdb::find_row(pages.format(), page, slot.0, slot.1).ok()?;
    let data = page.get(start..start + size)?;
    let columns = if pages.header().version.is_jet3() {
        usize::from(*data.first()?)
    } else {
        usize::from(u16::from_le_bytes([*data.first()?, *data.get(1)?]))
    };
    data.get(size.checked_sub(columns.div_ceil(8))?..)
}

/// Formats values as text. The buffer is reused to avoid an allocation per value.
#[derive(Default)]
struct ValueFormatter {
    buffer: String,
    nul: NulReplacer,
}

impl ValueFormatter {
    fn format<'a>(&'a mut self, value: &'a Value) -> Option<&'a str> {
        self.buffer.clear();
        let b = &mut self.buffer;
        // Writing to a String cannot fail.
        let _ = match value {
            Value::Null => return None,
            Value::Text(text) => return Some(self.replace_nul(text)),
            Value::Money(text)
            | Value::Numeric(text)
            | Value::Guid(text)
            | Value::DateTimeExtended(text) => return Some(text),
            Value::Bool(v) => write!(b, "{}", u8::from(*v)),
            Value::Byte(v) => write!(b, "{v}"),
            Value::Int(v) => write!(b, "{v}"),
            Value::Long(v) => write!(b, "{v}"),
            Value::BigInt(v) => write!(b, "{v}"),
            Value::Float(v) if is_plain_notation(f64::from(*v)) => write!(b, "{v}"),
            Value::Float(v) => write!(b, "{v:e}"),
            Value::Double(v) if is_plain_notation(*v) => write!(b, "{v}"),
            Value::Double(v) => write!(b, "{v:e}"),
            Value::Timestamp(days) => write_timestamp(b, *days),
            Value::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(b, "{byte:02x}")),
            // A type of a future jetdb: its debug form is not a valid value, so cleaning reports it.
            other => write!(b, "{other:?}"),
        };
        Some(&self.buffer)
    }

    fn replace_nul<'a>(&'a mut self, text: &'a str) -> &'a str {
        match self.nul.replace(Cow::Borrowed(text)) {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                self.buffer = text;
                &self.buffer
            }
        }
    }
}

/// Whether the number is written without an exponent.
fn is_plain_notation(value: f64) -> bool {
    value == 0.0 || (1e-5..1e16).contains(&value.abs())
}

/// Writes days since 1899-12-30 as `YYYY-MM-DD HH:MM:SS`. Outside of Access's range, writes the number
/// itself, which the gates reject.
fn write_timestamp(buffer: &mut String, days: f64) -> std::fmt::Result {
    const YEAR_100: f64 = -657_434.0;
    const LAST_SECOND_OF_9999: f64 = 2_958_465.0 + 86_399.0 / 86_400.0;
    if !(YEAR_100..=LAST_SECOND_OF_9999).contains(&days) {
        return write!(buffer, "{days}");
    }
    let (year, month, day, hour, minute, second) = timestamp_to_parts(days);
    write!(buffer, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

enum DefinitionError {
    File(FileError),
    Source(SourceError),
}

impl From<FileError> for DefinitionError {
    fn from(error: FileError) -> DefinitionError {
        DefinitionError::File(error)
    }
}

impl From<SourceError> for DefinitionError {
    fn from(error: SourceError) -> DefinitionError {
        DefinitionError::Source(error)
    }
}

/// Whether the first bytes of a file have the signature of an Access file.
pub fn is_access(start: &[u8]) -> bool {
    let signature = start.get(4..19);
    signature == Some(b"Standard Jet DB") || signature == Some(b"Standard ACE DB")
}

/// Detects incomplete downloads: they rarely end at the end of a page.
fn check_page_count(path: &Path, length: u64, page: u64) -> Result<(), SourceError> {
    if length.is_multiple_of(page) {
        return Ok(());
    }
    let detail = format!("{length} bytes is not a multiple of the page size of {page} bytes");
    Err(SourceError::Truncated { path: path.to_owned(), detail })
}

fn access_error(path: &Path, error: FileError) -> SourceError {
    let path = path.to_owned();
    match error {
        FileError::Format(FormatError::InvalidSignature) => SourceError::NotAccess { path },
        FileError::Format(FormatError::UnknownVersion(version)) => {
            SourceError::Version { path, version }
        }
        FileError::PasswordRequired | FileError::InvalidPassword => SourceError::Password { path },
        FileError::FileTooSmall { expected, actual } => SourceError::Truncated {
            path,
            detail: format!("it has {actual} bytes, expected at least {expected}"),
        },
        FileError::PageOutOfRange { page, max_page } => SourceError::Truncated {
            path,
            detail: format!("page {page} is missing, the last page is {max_page}"),
        },
        FileError::Io(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            SourceError::Truncated { path, detail: "the last page is incomplete".to_owned() }
        }
        FileError::Io(error) => SourceError::Io { path, error },
        other => SourceError::Damaged { path, detail: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: Value) -> Option<String> {
        ValueFormatter::default().format(&value).map(str::to_owned)
    }

    #[test]
    fn values_are_formatted_unchanged() {
        let cases = [
            (Value::Null, None),
            (Value::Text("  PLT ".into()), Some("  PLT ")),
            (Value::Text(String::new()), Some("")),
            (Value::Bool(true), Some("1")),
            (Value::Bool(false), Some("0")),
            (Value::Byte(7), Some("7")),
            (Value::Int(-825), Some("-825")),
            (Value::Long(20001), Some("20001")),
            (Value::Float(30.1), Some("30.1")),
            (Value::Float(29.92), Some("29.92")),
            (Value::Float(-0.0), Some("-0")),
            (Value::Double(-97.641387), Some("-97.641387")),
            (Value::Double(41370104.0), Some("41370104")),
            (Value::Double(1e300), Some("1e300")),
            (Value::Double(f64::NAN), Some("NaN")),
        ];
        for (value, expected) in cases {
            assert_eq!(text(value.clone()).as_deref(), expected, "{value:?}");
        }
    }

    #[test]
    fn dates_are_rounded_to_the_second() {
        let cases = [
            (0.0, "1899-12-30 00:00:00"),
            (39448.0, "2008-01-01 00:00:00"),
            (39448.5, "2008-01-01 12:00:00"),
            (39448.999999, "2008-01-02 00:00:00"),
            (-1.25, "1899-12-29 06:00:00"),
            (1e9, "1000000000"),
        ];
        for (days, expected) in cases {
            assert_eq!(text(Value::Timestamp(days)).as_deref(), Some(expected));
        }
        assert_eq!(text(Value::Timestamp(f64::NAN)).as_deref(), Some("NaN"));
    }

    #[test]
    fn nul_is_replaced_and_counted() {
        let mut formatter = ValueFormatter::default();
        assert_eq!(formatter.format(&Value::Text("a\0b".into())), Some("a\u{FFFD}b"));
        assert_eq!(formatter.format(&Value::Text("ab".into())), Some("ab"));
        assert_eq!(formatter.nul.changed, 1);
    }
}
