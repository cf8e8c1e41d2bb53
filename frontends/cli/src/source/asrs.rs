//! Voluntary reports: the CSV export of NASA's ASRS Database Online, plain or gzip-compressed.
//!
//! Two header rows name a value: its group (`Aircraft 1`) and its field (`Make Model Name`). Each row becomes
//! a JSON object of its values that are not empty. The database decides what they mean.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::csv::{CsvReader, Record};
use super::folder::{TextDecoder, csv_error};
use super::table_file::{list_titles, open_plain};
use super::{RowSink, SourceError};

/// Columns of the staging table.
pub const COLUMNS: [&str; 2] = ["line", "fields"];

const EXPECTED: &str =
    "reports of ASRS; use the CSV that ASRS Database Online exports, with its two header rows";
/// All reports since 1988 take less than 2 GiB.
const MAX_BYTES: u64 = 4 << 30;
/// Names of the columns without which a file is no export of reports.
const REQUIRED: [&str; 3] = ["ACN", "Time.Date", "Report 1.Narrative"];

/// An open file whose header rows have been read.
pub struct AsrsFile {
    path: PathBuf,
    reader: CsvReader<BufReader<Box<dyn Read + Send>>>,
    /// Names of the columns, such as `Aircraft 1.Make Model Name`; empty for a column without a name.
    names: Vec<String>,
    decoder: TextDecoder,
}

impl AsrsFile {
    pub fn open(path: &Path) -> Result<AsrsFile, SourceError> {
        let mut reader = CsvReader::new(open_plain(path, MAX_BYTES)?);
        let mut decoder = TextDecoder::default();
        let mut rows = Vec::new();
        let mut record = Record::default();
        for _ in 0..2 {
            if reader.read(&mut record).map_err(|e| csv_error(path, e))? {
                let titles = (0..record.width()).map(|i| title(&mut decoder, &record, i));
                rows.push(titles.collect::<Vec<_>>());
            }
        }
        let [groups, fields] = rows.as_slice() else {
            return match rows.first() {
                None => Err(SourceError::Empty { path: path.to_owned() }),
                Some(titles) => Err(other_table(path, titles)),
            };
        };
        let names = join_titles(groups, fields);
        if groups.len() != fields.len()
            || !REQUIRED.iter().all(|name| names.iter().any(|n| n == name))
        {
            return Err(other_table(path, groups));
        }
        check_names(path, &names)?;
        Ok(AsrsFile { path: path.to_owned(), reader, names, decoder })
    }

    /// Streams the rows into `sink` as line and JSON object. Returns their number.
    pub fn read(&mut self, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let mut record = Record::default();
        let mut count = 0;
        while self.reader.read(&mut record).map_err(|e| csv_error(&self.path, e))? {
            if record.is_blank() {
                continue;
            }
            if record.width() != self.names.len() {
                let expected = self.names.len();
                let detail =
                    format!("the row has {} values, the header {expected}", record.width());
                return Err(self.row_error(record.line, detail));
            }
            let row = self.write_json(&record);
            sink.value(Some(&record.line.to_string()));
            sink.value(Some(&row));
            sink.end_row()?;
            count += 1;
        }
        if count == 0 {
            return Err(self.row_error(record.line, "no reports follow the header rows".into()));
        }
        Ok(count)
    }

    fn write_json(&mut self, record: &Record) -> String {
        let mut row = Map::new();
        for (index, name) in self.names.iter().enumerate() {
            let text = self.decoder.decode(record.field(index).unwrap_or_default());
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let name = match name.as_str() {
                "" => format!("column {}", index + 1),
                name => name.to_owned(),
            };
            row.insert(name, text.into());
        }
        Value::Object(row).to_string()
    }

    fn row_error(&self, line: u64, detail: String) -> SourceError {
        SourceError::Csv { path: self.path.clone(), line, detail }
    }
}

fn title(decoder: &mut TextDecoder, record: &Record, index: usize) -> String {
    let text = decoder.decode(record.field(index).unwrap_or_default());
    text.trim_start_matches('\u{FEFF}').trim().to_owned()
}

/// `Aircraft 1` and `Crew Size` become `Aircraft 1.Crew Size`.
fn join_titles(groups: &[String], fields: &[String]) -> Vec<String> {
    let join = |(group, field): (&String, &String)| match (group.as_str(), field.as_str()) {
        ("", field) => field.to_owned(),
        (group, "") => group.to_owned(),
        (group, field) => format!("{group}.{field}"),
    };
    groups.iter().zip(fields).map(join).collect()
}

fn check_names(path: &Path, names: &[String]) -> Result<(), SourceError> {
    let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(SourceError::Csv {
            path: path.to_owned(),
            line: 2,
            detail: format!("two columns have the name {:?}", pair.first().map_or("", |n| n)),
        }),
        None => Ok(()),
    }
}

fn other_table(path: &Path, titles: &[String]) -> SourceError {
    SourceError::OtherTable {
        path: path.to_owned(),
        expected: EXPECTED,
        found: list_titles(titles),
    }
}
