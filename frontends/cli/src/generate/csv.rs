//! CSV files as `mdb-export` writes them: text, dates and memos in quotes, numbers without, null as
//! nothing.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use ntsb_schema::tables::{Access, Table};
use ntsb_testdata::{Case, Rows, spelling, tables};

use super::{cannot, path_of};
use crate::failure::Failure;

/// Bytes that are gathered before they go to the file: few calls, little memory for 20 files.
const FULL: usize = 1 << 18;

/// One file for each table, in the order of the tables.
pub struct Files(Vec<CsvFile>);

struct CsvFile {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// Which columns are written in quotes.
    quoted: Vec<bool>,
}

impl Files {
    pub fn create(folder: &Path) -> Result<Files, Failure> {
        let files = tables().iter().map(|table| CsvFile::create(folder, table));
        files.collect::<Result<_, _>>().map(Files)
    }

    pub fn write(&mut self, case: &Case) -> Result<(), Failure> {
        for (file, rows) in self.0.iter_mut().zip(case.tables()) {
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
        let path = path_of(folder, &format!("{}.csv", spelling::table(table)));
        let file = File::create(&path).map_err(|e| cannot("create", &path, &e))?;
        let is_text = |access| matches!(access, Access::Text(_) | Access::Memo | Access::DateTime);
        let quoted = table.columns.iter().map(|column| is_text(column.access)).collect();
        let names: Vec<_> = spelling::columns(table).collect();
        let buffer = format!("{}\n", names.join(",")).into_bytes();
        Ok(CsvFile { path, file, buffer, quoted })
    }

    fn write(&mut self, rows: &Rows) -> Result<(), Failure> {
        for row in 0..rows.count() {
            for (at, (cell, quoted)) in rows.row(row).zip(&self.quoted).enumerate() {
                if at > 0 {
                    self.buffer.push(b',');
                }
                match (cell, quoted) {
                    (None, _) => {}
                    (Some(text), false) => self.buffer.extend_from_slice(text.as_bytes()),
                    (Some(text), true) => push_quoted(&mut self.buffer, text),
                }
            }
            self.buffer.push(b'\n');
        }
        if self.buffer.len() >= FULL { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.file.write_all(&self.buffer).map_err(|e| cannot("write", &self.path, &e))?;
        self.buffer.clear();
        Ok(())
    }
}

fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    // Hardly any text holds one, and looking for it is faster than going through byte by byte.
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
