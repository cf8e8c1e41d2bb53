//! Reads lists of airports: OurAirports' `airports.csv` and that of the Python package airportsdata,
//! as they are published or compressed by gzip, told apart by their headers.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::csv::{CsvReader, Record};
use super::folder::refuse;
use super::{RowSink, SourceError};

/// The columns of `ntsb_staging.airport`, in the order in which [`AirportList::read`] gives them.
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

/// What each list calls [`COLUMNS`]; where two names are given, the first that a row fills counts.
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

/// No list comes near this size, however well it is compressed.
const MOST: u64 = 256 << 20;

/// An open list whose form is known.
pub struct AirportList {
    path: PathBuf,
    reader: CsvReader<BufReader<Box<dyn Read + Send>>>,
    /// For each of [`COLUMNS`], its places in a row.
    places: Vec<Vec<usize>>,
    width: usize,
}

impl AirportList {
    pub fn open(path: &Path) -> Result<AirportList, SourceError> {
        let mut reader = CsvReader::new(plain(path)?);
        let mut record = Record::default();
        if !reader.read(&mut record).map_err(|e| refuse(path, e))? {
            return Err(SourceError::Empty { path: path.to_owned() });
        }
        let header: Vec<String> = (0..record.width()).map(|at| text(&record, at)).collect();
        let names = [OUR_AIRPORTS, AIRPORTSDATA].into_iter().find(|names| fits(names, &header));
        let names = names.ok_or_else(|| SourceError::NoAirports { path: path.to_owned() })?;
        let place = |name: &&str| header.iter().position(|column| column == name);
        let places = names.iter().map(|names| names.iter().filter_map(place).collect()).collect();
        Ok(AirportList { path: path.to_owned(), reader, places, width: header.len() })
    }

    /// Streams the rows into `sink` and returns their number.
    pub fn read(&mut self, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let mut record = Record::default();
        let mut count = 0;
        while self.reader.read(&mut record).map_err(|e| refuse(&self.path, e))? {
            if record.is_blank() {
                continue;
            }
            if record.width() != self.width {
                let detail =
                    format!("{} values, where the header has {}", record.width(), self.width);
                let (path, line) = (self.path.clone(), record.line);
                return Err(SourceError::Csv { path, line, detail });
            }
            for (column, places) in COLUMNS.iter().zip(&self.places) {
                let value = places.iter().map(|at| text(&record, *at)).find(|v| !v.is_empty());
                // OurAirports writes a state as US-CA.
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

/// Whether a header has what no list does without: an identifier, a name and a place.
fn fits(names: &Names, header: &[String]) -> bool {
    let needed = [0, 4, 10, 11].into_iter().filter_map(|at| names.get(at));
    needed.into_iter().all(|any| any.iter().any(|name| header.iter().any(|h| h == name)))
}

fn text(record: &Record, at: usize) -> String {
    let bytes = record.field(at).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').trim().replace('\0', "")
}

fn plain(path: &Path) -> Result<BufReader<Box<dyn Read + Send>>, SourceError> {
    let file = File::open(path).map_err(|e| SourceError::open(path, e))?;
    let mut input = BufReader::new(file);
    let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
    let unpacked: Box<dyn Read + Send> = match start.starts_with(b"\x1F\x8B") {
        true => Box::new(MultiGzDecoder::new(input)),
        false => Box::new(input),
    };
    Ok(BufReader::new(Box::new(unpacked.take(MOST))))
}
