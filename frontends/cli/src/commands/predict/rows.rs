//! Reads rows of facts from a file or stdin while earlier rows are predicted.

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

/// Maximum number of rows that are read ahead.
const MAX_QUEUED_ROWS: usize = 256;

/// A row, or the error of this row. The outer error ends the input.
pub type InputRow = Result<Result<Value, String>, SourceError>;

/// Starts a thread that reads the rows. It ends with the command.
pub fn start_reading(
    path: &Path,
    format: Option<InputFormat>,
) -> Result<Receiver<InputRow>, Failure> {
    let input: Box<dyn Read + Send> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).map_err(|e| SourceError::open(path, e))?)
    };
    let (sender, receiver) = channel(MAX_QUEUED_ROWS);
    let reader = Reader { path: path.to_owned(), sender };
    let work = move || reader.run(BufReader::new(input), format);
    thread::Builder::new()
        .name("reader".to_owned())
        .spawn(work)
        .map_err(|e| Failure::Other(format!("cannot start a thread: {e}")))?;
    Ok(receiver)
}

struct Reader {
    path: PathBuf,
    sender: Sender<InputRow>,
}

impl Reader {
    fn run(&self, input: impl BufRead, format: Option<InputFormat>) {
        if let Err(error) = self.read(input, format) {
            // Sending fails if the command has ended early.
            let _ = self.sender.blocking_send(Err(error));
        }
    }

    fn read(
        &self,
        mut input: impl BufRead,
        format: Option<InputFormat>,
    ) -> Result<(), SourceError> {
        let first = skip_to_value(&mut input).map_err(|e| self.io_error(e))?;
        let Some(first) = first else { return Ok(()) };
        let by_content =
            || if b"[{".contains(&first) { InputFormat::Json } else { InputFormat::Csv };
        match format.or_else(|| format_by_name(&self.path)).unwrap_or_else(by_content) {
            InputFormat::Csv => self.read_csv(input),
            InputFormat::Json if first == b'[' => self.read_json_array(input),
            InputFormat::Json => self.read_json_lines(input),
        }
    }

    fn send(&self, row: Result<Value, String>) -> Result<(), SourceError> {
        self.sender.blocking_send(Ok(row)).map_err(|_| SourceError::Stopped)
    }

    fn read_json_array(&self, input: impl BufRead) -> Result<(), SourceError> {
        let mut json = serde_json::Deserializer::from_reader(input);
        let result = json.deserialize_seq(ArrayVisitor(self)).and_then(|()| json.end());
        result.map_err(|e| match e.is_io() {
            true => self.io_error(e.into()),
            false => self.format_error(e.to_string()),
        })
    }

    fn read_json_lines(&self, mut input: impl BufRead) -> Result<(), SourceError> {
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).map_err(|e| self.io_error(e))? > 0 {
            if !line.trim_ascii().is_empty() {
                let row = serde_json::from_slice(&line);
                self.send(row.map_err(|e| format!("the line is not JSON: {e}")))?;
            }
            line.clear();
        }
        Ok(())
    }

    fn read_csv(&self, input: impl BufRead) -> Result<(), SourceError> {
        let mut reader = csv::Reader::from_reader(input);
        let header = reader.headers().map_err(|e| self.format_error(e.to_string()))?;
        let names = self.parse_header(header)?;
        for record in reader.records() {
            match record {
                Ok(record) => self.send(Ok(record_to_facts(&names, &record)))?,
                Err(e) if e.is_io_error() => return Err(self.format_error(e.to_string())),
                Err(e) => self.send(Err(e.to_string()))?,
            }
        }
        Ok(())
    }

    fn parse_header(&self, header: &csv::StringRecord) -> Result<Vec<String>, SourceError> {
        let names: Vec<_> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            None => Ok(names),
            Some(name) => {
                let path = self.path.clone();
                Err(SourceError::Duplicate { path, what: "column", name: name.clone() })
            }
        }
    }

    fn io_error(&self, error: io::Error) -> SourceError {
        SourceError::io(&self.path, error)
    }

    fn format_error(&self, detail: String) -> SourceError {
        SourceError::NotFacts { path: self.path.clone(), detail }
    }
}

/// Empty cells are unknown facts.
fn record_to_facts(names: &[String], record: &csv::StringRecord) -> Value {
    let cells = names.iter().zip(record).filter(|(_, cell)| !cell.trim().is_empty());
    Value::Object(cells.map(|(name, cell)| (name.clone(), cell.into())).collect::<Map<_, _>>())
}

/// Skips whitespace and a byte order mark. Returns the next byte, or `None` at the end.
fn skip_to_value(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let buffer = input.fill_buf()?;
        let Some(first) = buffer.first().copied() else { return Ok(None) };
        let has_bom = buffer.starts_with(b"\xEF\xBB\xBF");
        if !has_bom && !first.is_ascii_whitespace() {
            return Ok(Some(first));
        }
        input.consume(if has_bom { 3 } else { 1 });
    }
}

fn format_by_name(path: &Path) -> Option<InputFormat> {
    let extension = path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
    match extension.as_str() {
        "json" | "jsonl" | "ndjson" => Some(InputFormat::Json),
        "csv" => Some(InputFormat::Csv),
        _ => None,
    }
}

/// Sends the elements of an array while it is parsed.
struct ArrayVisitor<'r>(&'r Reader);

impl<'de> Visitor<'de> for ArrayVisitor<'_> {
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
    use super::*;
    use serde_json::json;

    /// The rows of a file with this name and content, with errors as text.
    fn rows(name: &str, text: &'static [u8]) -> Vec<Result<Value, String>> {
        let (sender, mut receiver) = channel(100);
        let reader = Reader { path: name.into(), sender };
        reader.run(text, None);
        drop(reader);
        let mut rows = Vec::new();
        while let Some(row) = receiver.blocking_recv() {
            rows.push(row.unwrap_or_else(|e| Err(format!("END {e}"))));
        }
        rows
    }

    #[test]
    fn json_arrays_json_lines_and_csv_give_the_same_rows() {
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
    fn an_invalid_row_does_not_end_the_input() {
        let lines = rows("a.jsonl", b"{\"lat\": 1}\n{\"lat\": \n{\"lat\": 3}");
        assert!(lines[1].as_ref().unwrap_err().contains("not JSON"), "{lines:?}");
        assert_eq!(lines[2], Ok(json!({"lat": 3})));
        let records = rows("a.csv", b"lat,lon\n1,2\n3\n5,6\n\xFF,1\n7,8\n");
        assert!(records[1].as_ref().unwrap_err().contains("1 fields"), "{records:?}");
        assert!(records[3].as_ref().unwrap_err().contains("UTF-8"), "{records:?}");
        assert_eq!(records[4], Ok(json!({"lat": "7", "lon": "8"})));
    }

    #[test]
    fn a_truncated_file_gives_its_rows_before_the_error() {
        let read = rows("a.json", b"[{\"lat\": 1}, {\"lat\"");
        assert_eq!(read[0], Ok(json!({"lat": 1})));
        assert!(read[1].as_ref().unwrap_err().starts_with("END a.json: EOF"), "{read:?}");
    }

    #[test]
    fn a_duplicate_column_is_rejected() {
        let read = rows("a.csv", b"lat,LAT\n1,2\n");
        assert!(read[0].as_ref().unwrap_err().contains("duplicate column lat"), "{read:?}");
    }
}
