//! Rows of facts out of a file or stdin, read while the ones before are asked about.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::thread;

use serde::Deserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::{Map, Value};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::args::InputFormat;
use crate::failure::Failure;
use crate::source::SourceError;

/// How many rows may be read ahead.
const AHEAD: usize = 256;

/// A row, or why this one is none; an error where nothing more can be read.
pub type Incoming = Result<Result<Value, String>, SourceError>;

/// Begins to read, on a thread that ends with the command.
pub fn read(path: &Path, format: Option<InputFormat>) -> Result<Receiver<Incoming>, Failure> {
    let input: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|e| SourceError::open(path, e))?)
    };
    let (rows, incoming) = channel(AHEAD);
    let reader = Reader { path: path.to_owned(), rows };
    let work = move || reader.run(BufReader::new(input), format);
    thread::Builder::new()
        .name("reader".to_owned())
        .spawn(work)
        .map_err(|e| Failure::Other(format!("cannot start a thread: {e}")))?;
    Ok(incoming)
}

struct Reader {
    path: PathBuf,
    rows: Sender<Incoming>,
}

impl Reader {
    fn run(&self, input: impl BufRead, format: Option<InputFormat>) {
        if let Err(error) = self.pass(input, format) {
            // Nobody listens any more where the command ends early.
            let _ = self.rows.blocking_send(Err(error));
        }
    }

    fn pass(
        &self,
        mut input: impl BufRead,
        format: Option<InputFormat>,
    ) -> Result<(), SourceError> {
        let Some(first) = at_value(&mut input).map_err(|e| self.io(e))? else { return Ok(()) };
        let is_json = || if b"[{".contains(&first) { InputFormat::Json } else { InputFormat::Csv };
        match format.or_else(|| by_name(&self.path)).unwrap_or_else(is_json) {
            InputFormat::Csv => self.csv(input),
            InputFormat::Json if first == b'[' => self.array(input),
            InputFormat::Json => self.lines(input),
        }
    }

    fn send(&self, row: Result<Value, String>) -> Result<(), SourceError> {
        self.rows.blocking_send(Ok(row)).map_err(|_| SourceError::Stopped)
    }

    fn array(&self, input: impl BufRead) -> Result<(), SourceError> {
        let mut json = serde_json::Deserializer::from_reader(input);
        let read = json.deserialize_seq(Elements(self)).and_then(|()| json.end());
        read.map_err(|e| match e.is_io() {
            true => self.io(e.into()),
            false => self.refused(e.to_string()),
        })
    }

    fn lines(&self, mut input: impl BufRead) -> Result<(), SourceError> {
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).map_err(|e| self.io(e))? > 0 {
            if !line.trim_ascii().is_empty() {
                let row = serde_json::from_slice(&line);
                self.send(row.map_err(|e| format!("the line is not JSON: {e}")))?;
            }
            line.clear();
        }
        Ok(())
    }

    fn csv(&self, input: impl BufRead) -> Result<(), SourceError> {
        let mut reader = csv::Reader::from_reader(input);
        let names = self.names(reader.headers().map_err(|e| self.refused(e.to_string()))?)?;
        for record in reader.records() {
            match record {
                Ok(record) => self.send(Ok(row(&names, &record)))?,
                Err(e) if e.is_io_error() => return Err(self.refused(e.to_string())),
                Err(e) => self.send(Err(e.to_string()))?,
            }
        }
        Ok(())
    }

    fn names(&self, head: &csv::StringRecord) -> Result<Vec<String>, SourceError> {
        let names: Vec<_> = head.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            None => Ok(names),
            Some(name) => {
                let path = self.path.clone();
                Err(SourceError::Twice { path, what: "the column", name: name.clone() })
            }
        }
    }

    fn io(&self, error: io::Error) -> SourceError {
        SourceError::io(&self.path, error)
    }

    fn refused(&self, detail: String) -> SourceError {
        SourceError::NotFacts { path: self.path.clone(), detail }
    }
}

/// What is empty is not known.
fn row(names: &[String], record: &csv::StringRecord) -> Value {
    let cells = names.iter().zip(record).filter(|(_, cell)| !cell.trim().is_empty());
    Value::Object(cells.map(|(name, cell)| (name.clone(), cell.into())).collect::<Map<_, _>>())
}

/// Skips blanks and a byte order mark; the first byte of what is there, none at the end.
fn at_value(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = input.fill_buf()?;
        let Some(first) = buffer.first().copied() else { return Ok(None) };
        let mark = buffer.starts_with(b"\xEF\xBB\xBF");
        if !mark && !first.is_ascii_whitespace() {
            return Ok(Some(first));
        }
        input.consume(if mark { 3 } else { 1 });
    }
}

fn by_name(path: &Path) -> Option<InputFormat> {
    let extension = path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
    match extension.as_str() {
        "json" | "jsonl" | "ndjson" => Some(InputFormat::Json),
        "csv" => Some(InputFormat::Csv),
        _ => None,
    }
}

/// Passes on the elements of an array while it is read.
struct Elements<'r>(&'r Reader);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<Value>()? {
            self.0.send(Ok(element)).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    /// What a file of that name and content gives, errors as texts.
    fn rows(name: &str, text: &'static [u8]) -> Vec<Result<Value, String>> {
        let (sender, mut incoming) = channel(100);
        let reader = Reader { path: name.into(), rows: sender };
        reader.run(text, None);
        drop(reader);
        let mut rows = Vec::new();
        while let Some(row) = incoming.blocking_recv() {
            rows.push(row.unwrap_or_else(|e| Err(format!("END {e}"))));
        }
        rows
    }

    #[test]
    fn arrays_lines_and_csv_say_the_same() {
        let texts: [(&str, &[u8]); 5] = [
            ("a.json", b"[{\"lat\": \"61\"}, {\"acft_make\": \"Piper\"}]"),
            ("a.ndjson", b"{\"lat\": \"61\"}\n\n{\"acft_make\": \"Piper\"}"),
            ("-", b"  {\"lat\": \"61\"}\n{\"acft_make\": \"Piper\"}\n"),
            ("a.csv", b"\xEF\xBB\xBFLat, acft_make\n61,\n,Piper\n"),
            ("-", b"lat,acft_make\r\n61,\r\n,Piper\r\n"),
        ];
        let expected = [Ok(json!({"lat": "61"})), Ok(json!({"acft_make": "Piper"}))];
        for (name, text) in texts {
            assert_eq!(rows(name, text), expected, "{name}");
        }
        assert!(rows("a.json", b" \n").is_empty());
    }

    #[test]
    fn a_bad_row_is_no_reason_to_stop() {
        let lines = rows("a.jsonl", b"{\"lat\": 1}\n{\"lat\": \n{\"lat\": 3}");
        assert!(lines[1].as_ref().unwrap_err().contains("not JSON"), "{lines:?}");
        assert_eq!(lines[2], Ok(json!({"lat": 3})));
        let records = rows("a.csv", b"lat,lon\n1,2\n3\n5,6\n\xFF,1\n7,8\n");
        assert!(records[1].as_ref().unwrap_err().contains("1 fields"), "{records:?}");
        assert!(records[3].as_ref().unwrap_err().contains("UTF-8"), "{records:?}");
        assert_eq!(records[4], Ok(json!({"lat": "7", "lon": "8"})));
    }

    #[test]
    fn what_ends_too_soon_is_said_after_what_was_read() {
        let read = rows("a.json", b"[{\"lat\": 1}, {\"lat\"");
        assert_eq!(read[0], Ok(json!({"lat": 1})));
        assert!(read[1].as_ref().unwrap_err().starts_with("END a.json: EOF"), "{read:?}");
        let twice = rows("a.csv", b"lat,LAT\n1,2\n");
        assert!(twice[0].as_ref().unwrap_err().contains("the column lat twice"), "{twice:?}");
    }
}
