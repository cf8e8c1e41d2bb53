//! Test files, and helpers that read them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use ntsb_cli::source::{Limits, RowSink, Source, SourceError, archive};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

pub type Row = Vec<Option<String>>;

/// The path of a file in tests/fixtures.
pub fn fixture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// The Access file in a zip in tests/fixtures.
pub fn unpack_fixture(name: &str) -> Vec<u8> {
    let path = fixture_path(name);
    let mut file = archive::unpack(&path, File::open(&path).unwrap(), Limits::default()).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    bytes
}

/// A temporary folder.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn new() -> Scratch {
        Scratch(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a zip with these entries (name and content).
    pub fn zip(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let path = self.path().join(name);
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        path
    }
}

pub fn open(path: &Path) -> Result<Source, SourceError> {
    Source::open(path, Limits::default())
}

/// Reads all rows and returns the message of the first error.
pub fn read_error(path: &Path) -> String {
    match open(path).and_then(|mut source| read_all(&mut source)) {
        Ok(_) => panic!("{} was read without an error", path.display()),
        Err(error) => error.to_string(),
    }
}

/// Reads the rows of every table.
pub fn read_all(source: &mut Source) -> Result<Vec<(&'static str, Vec<Row>)>, SourceError> {
    let mut tables = Vec::new();
    for index in 0..source.tables.len() {
        let mut rows = Rows::default();
        let count = source.read(index, &mut rows)?;
        assert_eq!(count, rows.rows.len() as u64);
        tables.push((source.tables[index].table.name, rows.rows));
    }
    Ok(tables)
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    row: Row,
}

impl RowSink for Rows {
    fn value(&mut self, value: Option<&str>) {
        self.row.push(value.map(str::to_owned));
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.rows.push(std::mem::take(&mut self.row));
        Ok(())
    }
}
