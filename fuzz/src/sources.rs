//! Source files: reading one gives the same rows or the same error each time.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ntsb_cli::source::airports::AIRPORTS;
use ntsb_cli::source::csv::{CsvError, CsvReader, Record};
use ntsb_cli::source::table_file::TableFile;
use ntsb_cli::source::{Limits, RowSink, Source, SourceError, archive};
use tempfile::TempDir;

/// Separates the files in an input.
const SEPARATOR: &[u8] = b"\n---\n";
const PAGE_SIZE: usize = 4096;

/// Reads CSV. The buffer size must not matter, and rows must round-trip.
pub fn fuzz_csv(data: &[u8]) {
    let rows = read_csv(data, data.len().max(1));
    assert_eq!(rows, read_csv(data, 1));
    assert_eq!(rows, read_csv(data, 7));
    if let Ok(rows) = rows {
        let again = read_csv(&write_csv(&rows), 64);
        assert_eq!(again.as_ref(), Ok(&rows));
    }
}

type CsvRow = Vec<Option<Vec<u8>>>;

fn read_csv(data: &[u8], buffer: usize) -> Result<Vec<CsvRow>, String> {
    let mut reader = CsvReader::new(BufReader::with_capacity(buffer, data));
    let (mut record, mut rows) = (Record::default(), Vec::new());
    loop {
        match reader.read(&mut record) {
            Ok(true) => rows
                .push((0..record.width()).map(|i| record.field(i).map(<[u8]>::to_vec)).collect()),
            Ok(false) => return Ok(rows),
            Err(CsvError::Quoting { line, detail }) => return Err(format!("{line}: {detail}")),
            Err(CsvError::Io(error)) => panic!("{error}"),
        }
    }
}

fn write_csv(rows: &[CsvRow]) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows {
        for (at, value) in row.iter().enumerate() {
            text.extend((at > 0).then_some(b','));
            let Some(bytes) = value else { continue };
            text.push(b'"');
            bytes.iter().for_each(|b| text.extend([*b].repeat(1 + usize::from(*b == b'"'))));
            text.push(b'"');
        }
        text.push(b'\n');
    }
    text
}

/// Reads a folder with the CSV files of events and aircraft.
pub fn fuzz_folder(data: &[u8]) {
    check_folder("folder", &["events.csv", "aircraft.csv"], data);
}

/// Reads a folder with the CSV files of 1962 to 1981.
pub fn fuzz_legacy(data: &[u8]) {
    check_folder("legacy", &["tblFirstHalf.csv", "tblSecondHalf.csv", "ct_Pre1982.csv"], data);
}

/// Reads a JSON file of cases.
pub fn fuzz_cases(data: &[u8]) {
    let path = scratch_path("cases.json");
    fs::write(&path, data).unwrap();
    check_source(&path);
}

/// Reads an airport list.
pub fn fuzz_airports(data: &[u8]) {
    let path = scratch_path("airports.csv");
    fs::write(&path, data).unwrap();
    if let Ok(mut list) = TableFile::open(&path, &AIRPORTS) {
        let mut rows = CheckedRows::new(list.layout().columns.len());
        let _ = list.read(&mut rows);
    }
}

/// Reads an Access file to which changes were applied, or the whole file after `raw:`. A change is a
/// page (two bytes), an offset (two bytes), a length (one byte) and the bytes.
pub fn fuzz_access(data: &[u8]) {
    let path = scratch_path("up.mdb");
    match data.strip_prefix(b"raw:") {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::write(&path, apply_page_changes(data)).unwrap(),
    }
    // Read only once, because it is slow and the reader has no state between tables.
    assert!(read_source(&path).err().is_none_or(|message| !message.is_empty()));
}

fn apply_page_changes(mut changes: &[u8]) -> Vec<u8> {
    static VALID: OnceLock<Vec<u8>> = OnceLock::new();
    let mut file = VALID.get_or_init(valid_access_file).clone();
    let pages = file.len() / PAGE_SIZE;
    while let [a, b, c, d, length, rest @ ..] = changes {
        let page = usize::from(u16::from_le_bytes([*a, *b])) % pages;
        let offset = usize::from(u16::from_le_bytes([*c, *d])) % PAGE_SIZE;
        let (bytes, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        let at = page * PAGE_SIZE + offset;
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        changes = rest;
    }
    file
}

/// The Access file in the repository's fixtures.
fn valid_access_file() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("tests/fixtures/up08NOV.zip"));
    let path = path.into_iter().find(|path| path.exists()).expect("the fixture");
    let zip = File::open(&path).unwrap();
    let mut bytes = Vec::new();
    archive::unpack(&path, zip, Limits::default()).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A path in a temporary folder of this process.
pub fn scratch_path(name: &str) -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path().join(name)
}

/// Writes the parts of the input to the named files and reads the folder. If the input has fewer
/// parts, the remaining files are missing.
fn check_folder(folder: &str, names: &[&str], data: &[u8]) {
    let folder = scratch_path(folder);
    fs::create_dir_all(&folder).unwrap();
    let mut rest = Some(data);
    for name in names {
        let path = folder.join(name);
        let Some(bytes) = rest else {
            let _ = fs::remove_file(path);
            continue;
        };
        let end = bytes.windows(SEPARATOR.len()).position(|window| window == SEPARATOR);
        fs::write(path, &bytes[..end.unwrap_or(bytes.len())]).unwrap();
        rest = end.map(|end| &bytes[end + SEPARATOR.len()..]);
    }
    check_source(&folder);
}

/// Reads a source twice with the same result. An error must have a message.
fn check_source(path: &Path) {
    let (first, second) = (read_source(path), read_source(path));
    assert_eq!(first, second);
    assert!(first.err().is_none_or(|message| !message.is_empty()));
}

/// Returns rows and warnings, or the error message.
fn read_source(path: &Path) -> Result<(Vec<CheckedRows>, Vec<String>), String> {
    let message = |error: SourceError| error.to_string();
    let mut source = Source::open(path, Limits::default()).map_err(message)?;
    let mut tables = Vec::new();
    for index in 0..source.tables.len() {
        let mut rows = CheckedRows::new(source.tables[index].columns.len());
        let count = source.read(index, &mut rows).map_err(message)?;
        assert_eq!(count, rows.ends.len() as u64);
        tables.push(rows);
    }
    Ok((tables, source.warnings))
}

/// Collects rows and asserts that PostgreSQL can store them: all of the same width, without NUL.
#[derive(Debug, Default, PartialEq)]
struct CheckedRows {
    width: usize,
    values: Vec<Option<String>>,
    ends: Vec<usize>,
}

impl CheckedRows {
    fn new(width: usize) -> CheckedRows {
        CheckedRows { width, ..CheckedRows::default() }
    }
}

impl RowSink for CheckedRows {
    fn value(&mut self, value: Option<&str>) {
        assert!(value.is_none_or(|text| !text.contains('\0')), "NUL in {value:?}");
        self.values.push(value.map(str::to_owned));
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        let start = self.ends.last().copied().unwrap_or(0);
        assert_eq!(self.values.len() - start, self.width, "the row has the wrong width");
        self.ends.push(self.values.len());
        Ok(())
    }
}
