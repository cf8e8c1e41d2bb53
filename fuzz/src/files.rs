//! The readers: a file gives rows or is refused, the same each time it is read.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ntsb_cli::source::csv::{CsvError, CsvReader, Record};
use ntsb_cli::source::{Limits, RowSink, Source, SourceError, archive};
use tempfile::TempDir;

/// Between the parts of an input that goes to several files.
const BETWEEN: &[u8] = b"\n---\n";
const PAGE: usize = 4096;

/// Any bytes as CSV: how much is read at once makes no difference, and what was read, written
/// anew, reads as the same.
pub fn csv(data: &[u8]) {
    let whole = csv_rows(data, data.len().max(1));
    assert_eq!(whole, csv_rows(data, 1));
    assert_eq!(whole, csv_rows(data, 7));
    if let Ok(rows) = whole {
        let again = csv_rows(&written(&rows), 64);
        assert_eq!(again.as_ref(), Ok(&rows));
    }
}

type CsvRow = Vec<Option<Vec<u8>>>;

fn csv_rows(data: &[u8], buffer: usize) -> Result<Vec<CsvRow>, String> {
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

fn written(rows: &[CsvRow]) -> Vec<u8> {
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

/// Events and aircraft as CSV files.
pub fn folder(data: &[u8]) {
    take_folder("folder", &["events.csv", "aircraft.csv"], data);
}

/// The wide tables of 1962 to 1981 as CSV files.
pub fn legacy(data: &[u8]) {
    take_folder("legacy", &["tblFirstHalf.csv", "tblSecondHalf.csv", "ct_Pre1982.csv"], data);
}

/// A file of cases as JSON.
pub fn cases(data: &[u8]) {
    let path = scratch("cases.json");
    fs::write(&path, data).unwrap();
    take(&path);
}

/// An Access file with bytes changed: the input is places and what is written there, each as page
/// (two bytes), offset (two), length (one) and bytes. Behind `raw:` it is the whole file.
pub fn access(data: &[u8]) {
    let path = scratch("up.mdb");
    match data.strip_prefix(b"raw:") {
        Some(bytes) => fs::write(&path, bytes).unwrap(),
        None => fs::write(&path, changed(data)).unwrap(),
    }
    // Once will do: the reader keeps nothing from one table to the next, and it takes long.
    assert!(read(&path).err().is_none_or(|message| !message.is_empty()));
}

fn changed(mut changes: &[u8]) -> Vec<u8> {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    let mut file = GOOD.get_or_init(good).clone();
    let pages = file.len() / PAGE;
    while let [a, b, c, d, length, rest @ ..] = changes {
        let page = usize::from(u16::from_le_bytes([*a, *b])) % pages;
        let offset = usize::from(u16::from_le_bytes([*c, *d])) % PAGE;
        let (bytes, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        let at = page * PAGE + offset;
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        changes = rest;
    }
    file
}

/// The Access file that the repository brings along.
fn good() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("tests/fixtures/up08NOV.zip"));
    let path = path.into_iter().find(|path| path.exists()).expect("the fixture");
    let zip = File::open(&path).unwrap();
    let mut bytes = Vec::new();
    archive::unpack(&path, zip, Limits::default()).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A path in a folder that this process keeps to itself.
pub fn scratch(name: &str) -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path().join(name)
}

/// Files of these names, of which those beyond the parts of the input are missing.
fn take_folder(folder: &str, names: &[&str], data: &[u8]) {
    let folder = scratch(folder);
    fs::create_dir_all(&folder).unwrap();
    let mut rest = Some(data);
    for name in names {
        let path = folder.join(name);
        let Some(bytes) = rest else {
            let _ = fs::remove_file(path);
            continue;
        };
        let end = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        fs::write(path, &bytes[..end.unwrap_or(bytes.len())]).unwrap();
        rest = end.map(|end| &bytes[end + BETWEEN.len()..]);
    }
    take(&folder);
}

/// Reads all of it twice: the same both times. A refusal must say something.
fn take(path: &Path) {
    let (first, second) = (read(path), read(path));
    assert_eq!(first, second);
    assert!(first.err().is_none_or(|message| !message.is_empty()));
}

/// Rows and warnings, or the message of a refusal.
fn read(path: &Path) -> Result<(Vec<Rows>, Vec<String>), String> {
    let told = |error: SourceError| error.to_string();
    let mut source = Source::open(path, Limits::default()).map_err(told)?;
    let mut tables = Vec::new();
    for index in 0..source.tables.len() {
        let mut rows = Rows::of_width(source.tables[index].columns.len());
        let count = source.read(index, &mut rows).map_err(told)?;
        assert_eq!(count, rows.ends.len() as u64);
        tables.push(rows);
    }
    Ok((tables, source.warnings))
}

/// What a taker is given must be what PostgreSQL can store: whole rows, without NUL.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    width: usize,
    values: Vec<Option<String>>,
    ends: Vec<usize>,
}

impl Rows {
    pub fn of_width(width: usize) -> Rows {
        Rows { width, ..Rows::default() }
    }
}

impl RowSink for Rows {
    fn value(&mut self, value: Option<&str>) {
        assert!(value.is_none_or(|text| !text.contains('\0')), "NUL in {value:?}");
        self.values.push(value.map(str::to_owned));
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        let start = self.ends.last().copied().unwrap_or(0);
        assert_eq!(self.values.len() - start, self.width, "a row of another width");
        self.ends.push(self.values.len());
        Ok(())
    }
}
