//! CSV files in the format of `mdb-export`: text, dates and memos are quoted, numbers are not, and null
//! is empty.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use ntsb_schema::tables::{Access, Table};
use ntsb_testdata::{EventData, Rows, ntsb_names, tables};

use super::io_failure;
use crate::failure::Failure;

/// Size of the write buffer of each of the 20 files.
const BUFFER_BYTES: usize = 1 << 18;

/// One file per table, in the order of the tables.
pub struct CsvFiles(Vec<CsvFile>);

struct CsvFile {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// Whether each column is quoted.
    is_quoted: Vec<bool>,
}

impl CsvFiles {
    pub fn create(folder: &Path) -> Result<CsvFiles, Failure> {
        let files = tables().iter().map(|table| CsvFile::create(folder, table));
        files.collect::<Result<_, _>>().map(CsvFiles)
    }

    pub fn write(&mut self, data: &EventData) -> Result<(), Failure> {
        for (file, rows) in self.0.iter_mut().zip(data.tables()) {
            file.write(rows)?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), Failure> {
        self.0.iter_mut().try_for_each(CsvFile::flush)
    }
}

impl CsvFile {
    fn create(folder: &Path, table: &'static Table) -> Result<CsvFile, Failure> {
        let path = folder.join(format!("{}.csv", ntsb_names::table_name(table)));
        let file = File::create(&path).map_err(|e| io_failure("create", &path, &e))?;
        let is_text = |access| matches!(access, Access::Text(_) | Access::Memo | Access::DateTime);
        let is_quoted = table.columns.iter().map(|column| is_text(column.access)).collect();
        let names: Vec<_> = ntsb_names::column_names(table).collect();
        let buffer = format!("{}\n", names.join(",")).into_bytes();
        Ok(CsvFile { path, file, buffer, is_quoted })
    }

    fn write(&mut self, rows: &Rows) -> Result<(), Failure> {
        for row in 0..rows.count() {
            for (index, (cell, is_quoted)) in rows.row(row).zip(&self.is_quoted).enumerate() {
                if index > 0 {
                    self.buffer.push(b',');
                }
                match (cell, is_quoted) {
                    (None, _) => {}
                    (Some(text), false) => self.buffer.extend_from_slice(text.as_bytes()),
                    (Some(text), true) => push_quoted(&mut self.buffer, text),
                }
            }
            self.buffer.push(b'\n');
        }
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.file.write_all(&self.buffer).map_err(|e| io_failure("write", &self.path, &e))?;
        self.buffer.clear();
        Ok(())
    }
}

fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    // Few texts contain a quote, and searching for one is faster than copying byte by byte.
    if text.contains('"') {
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        let mut out = Vec::new();
        push_quoted(&mut out, "the \"Bird\"");
        assert_eq!(out, b"\"the \"\"Bird\"\"\"");
    }
}
