//! Safety recommendations in the JSON of NTSB's API: a list, an object with a list named `data`, or one
//! object per line, plain or gzip-compressed.
//!
//! Each record is passed on unchanged. The database decides what its members mean.

use std::cell::RefCell;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::table_file::open_plain;
use super::{RowSink, SourceError};

/// Columns of the staging table.
pub const COLUMNS: [&str; 2] = ["line", "record"];

/// All recommendations since 1967 take less than 64 MiB.
const MAX_BYTES: u64 = 256 << 20;
/// The names under which a page lists its records.
const LIST_NAMES: [&str; 4] = ["data", "results", "items", "safetyRecommendations"];

/// An open file.
pub struct RecommendationFile {
    path: PathBuf,
    input: BufReader<Box<dyn Read + Send>>,
}

impl RecommendationFile {
    /// Opens a file and checks that it starts like JSON.
    pub fn open(path: &Path) -> Result<RecommendationFile, SourceError> {
        let mut input = open_plain(path, MAX_BYTES)?;
        let start = input.fill_buf().map_err(|e| SourceError::io(path, e))?;
        if start.is_empty() {
            return Err(SourceError::Empty { path: path.to_owned() });
        }
        if start.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        Ok(RecommendationFile { path: path.to_owned(), input })
    }

    /// Streams the records into `sink` as number and JSON. Returns their number.
    pub fn read(self, sink: &mut dyn RowSink) -> Result<u64, SourceError> {
        let RecommendationFile { path, input } = self;
        let state = RefCell::new(State { sink, count: 0, error: None });
        let mut json = serde_json::Deserializer::from_reader(input);
        loop {
            if let Err(error) = RecordVisitor(&state).deserialize(&mut json) {
                let sink_error = state.into_inner().error;
                return Err(sink_error.unwrap_or_else(|| json_error(path, error)));
            }
            if json.end().is_ok() {
                return Ok(state.into_inner().count);
            }
        }
    }
}

fn json_error(path: PathBuf, error: serde_json::Error) -> SourceError {
    if error.is_io() {
        return SourceError::io(&path, error.into());
    }
    SourceError::NotRecommendations { path, detail: error.to_string() }
}

struct State<'s> {
    sink: &'s mut dyn RowSink,
    count: u64,
    /// The error of the sink.
    error: Option<SourceError>,
}

impl State<'_> {
    fn send<E: serde::de::Error>(&mut self, record: &Value) -> Result<(), E> {
        if !record.is_object() {
            return Err(E::custom("a record is not an object"));
        }
        self.count += 1;
        self.sink.value(Some(&self.count.to_string()));
        self.sink.value(Some(&record.to_string()));
        self.sink.end_row().map_err(|error| {
            self.error = Some(error);
            E::custom("stopped")
        })
    }
}

/// Visits the records of a JSON value, which is a record, a list of records or a page with a list.
#[derive(Clone, Copy)]
struct RecordVisitor<'r, 's>(&'r RefCell<State<'s>>);

impl<'de> DeserializeSeed<'de> for RecordVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RecordVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a recommendation, a list of recommendations or a page with a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Value>()? {
            self.0.borrow_mut().send(&record)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut object, mut is_page) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if LIST_NAMES.iter().any(|list| list.eq_ignore_ascii_case(&name)) {
                members.next_value_seed(self)?;
                is_page = true;
            } else {
                object.insert(name, members.next_value()?);
            }
        }
        if is_page { Ok(()) } else { self.0.borrow_mut().send(&Value::Object(object)) }
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        // A page without records may contain null instead of a list.
        Ok(())
    }
}
