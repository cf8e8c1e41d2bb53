//! Files for the tests, and what a reader makes of them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use ntsb_cli::source::{Limits, RowSink, Source, SourceError, archive};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

pub type Row = Vec<Option<String>>;

/// A file that the repository brings along.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// The Access file in a zip of the repository.
pub fn unpacked(name: &str) -> Vec<u8> {
    let path = fixture(name);
    let mut file = archive::unpack(&path, File::open(&path).unwrap(), Limits::default()).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    bytes
}

/// A folder that is gone with the test.
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

    /// A zip of entries of these names and contents.
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

/// Reads everything and gives the first error as the user sees it.
pub fn error(path: &Path) -> String {
    match open(path).and_then(|mut source| read_all(&mut source)) {
        Ok(_) => panic!("{} was taken", path.display()),
        Err(error) => error.to_string(),
    }
}

/// The rows of every table under its name.
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
