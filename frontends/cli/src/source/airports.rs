//! Reads lists of airports: `airports.csv` of OurAirports or of the Python package airportsdata, plain or
//! gzip-compressed. The header identifies the list.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::csv::{CsvReader, Record};
use super::folder::csv_error;
use super::{RowSink, SourceError};

/// The columns of `ntsb_staging.airport`, in the order in which [`AirportList::read`] writes them.
pub const COLUMNS: [&str; 12] = [
    "airport_id",
    "icao",
    "iata",
    "local_id",
    "name",
    "city",
    "region",
    "country",
    "kind",
    "elevation_ft",
    "lat",
    "lon",
];

/// The names of [`COLUMNS`] in a list. If a column has two names, the first non-empty value is used.
type Names = [&'static [&'static str]; 12];

const OUR_AIRPORTS: Names = [
    &["ident"],
    &["icao_code", "gps_code"],
    &["iata_code"],
    &["local_code"],
    &["name"],
    &["municipality"],
    &["iso_region"],
    &["iso_country"],
    &["type"],
    &["elevation_ft"],
    &["latitude_deg"],
    &["longitude_deg"],
];

const AIRPORTSDATA: Names = [
    &["icao", "lid"],
    &["icao"],
    &["iata"],
    &["lid"],
    &["name"],
    &["city"],
    &["subd"],
    &["country"],
    &[],
    &["elevation"],
    &["lat"],
    &["lon"],
];

/// Maximum unpacked size. Real lists are much smaller.
const MAX_BYTES: u64 = 256 << 20;

/// An open list whose format is known.
pub struct AirportList {
    path: PathBuf,
    reader: CsvReader<BufReader<Box<dyn Read + Send>>>,
    /// For each of [`COLUMNS`], its positions in a row.
    positions: Vec<Vec<usize>>,
    width: usize,
}

impl AirportList {
    pub fn open(path: &Path) -> Result<AirportList, SourceError> {
        let mut reader = CsvReader::new(open_plain(path)?);
        let mut record = Record::default();
        if !reader.read(&mut record).map_err(|e| csv_error(path, e))? {
            return Err(SourceError::Empty { path: path.to_owned() });
        }
        let header: Vec<String> = (0..record.width()).map(|i| field_text(&record, i)).collect();
        let names =
            [OUR_AIRPORTS, AIRPORTSDATA].into_iter().find(|names| has_required(names, &header));
        let names = names.ok_or_else(|| SourceError::NoAirports { path: path.to_owned() })?;
        let position = |name: &&str| header.iter().position(|column| column == name);
        let positions = names.iter().map(|names| names.iter().filter_map(position).collect());
        let positions = positions.collect();
        Ok(AirportList { path: path.to_owned(), reader, positions, width: header.len() })
    }

    /// Streams the rows into `sink`. Returns their number.
    pub fn read(&mut self, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let mut record = Record::default();
        let mut count = 0;
        while self.reader.read(&mut record).map_err(|e| csv_error(&self.path, e))? {
            if record.is_blank() {
                continue;
            }
            if record.width() != self.width {
                let detail =
                    format!("the row has {} values, the header {}", record.width(), self.width);
                let (path, line) = (self.path.clone(), record.line);
                return Err(SourceError::Csv { path, line, detail });
            }
            for (column, positions) in COLUMNS.iter().zip(&self.positions) {
                let mut values = positions.iter().map(|i| field_text(&record, *i));
                let value = values.find(|value| !value.is_empty());
                // OurAirports writes states as US-CA.
                let state = value.as_deref().and_then(|v| v.strip_prefix("US-"));
                sink.value(if *column == "region" {
                    state.or(value.as_deref())
                } else {
                    value.as_deref()
                });
            }
            sink.end_row()?;
            count += 1;
        }
        Ok(count)
    }
}

/// Whether a header has the required columns: identifier, name, latitude and longitude.
fn has_required(names: &Names, header: &[String]) -> bool {
    let mut required = [0, 4, 10, 11].into_iter().filter_map(|index| names.get(index));
    required.all(|names| names.iter().any(|name| header.iter().any(|column| column == name)))
}

fn field_text(record: &Record, index: usize) -> String {
    let bytes = record.field(index).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').trim().replace('\0', "")
}

/// Opens a file and decompresses it if it is gzip-compressed.
fn open_plain(path: &Path) -> Result<BufReader<Box<dyn Read + Send>>, SourceError> {
    let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    let mut input = BufReader::new(file);
    let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
    let unpacked: Box<dyn Read + Send> = match start.starts_with(b"\x1F\x8B") {
        true => Box::new(MultiGzDecoder::new(input)),
        false => Box::new(input),
    };
    Ok(BufReader::new(Box::new(unpacked.take(MAX_BYTES))))
}
