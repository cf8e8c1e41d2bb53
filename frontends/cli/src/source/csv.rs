//! Reads comma-separated values strictly.
//!
//! The usual readers forgive broken quoting, which shifts values into other columns, and do not
//! tell `,,` from `,"",`. Here the first is an error with its line, and the second is the
//! difference between null and empty text.

use std::io::{self, BufRead};

/// No row of an NTSB file comes near this size; an unclosed quote does.
const MAX_RECORD: usize = 16 << 20;

#[derive(Debug)]
pub enum CsvError {
    Io(io::Error),
    Quoting { line: u64, detail: String },
}

/// One row, its buffers kept from row to row.
#[derive(Debug, Default)]
pub struct Record {
    bytes: Vec<u8>,
    fields: Vec<Field>,
    /// The line on which the row starts.
    pub line: u64,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    end: usize,
    quoted: bool,
}

impl Record {
    pub fn width(&self) -> usize {
        self.fields.len()
    }

    /// The bytes of a field: `None` where the file has nothing, not even quotes.
    pub fn field(&self, index: usize) -> Option<&[u8]> {
        let field = self.fields.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.fields.get(before)?.end,
            None => 0,
        };
        let bytes = self.bytes.get(start..field.end)?;
        (field.quoted || !bytes.is_empty()).then_some(bytes)
    }

    /// Whether the row is an empty line.
    pub fn is_blank(&self) -> bool {
        self.fields.len() == 1 && self.field(0).is_none()
    }

    fn clear(&mut self, line: u64) {
        self.bytes.clear();
        self.fields.clear();
        self.line = line;
    }

    fn end_field(&mut self, quoted: bool) {
        self.fields.push(Field { end: self.bytes.len(), quoted });
    }

    fn start_of_field(&self) -> usize {
        self.fields.last().map_or(0, |field| field.end)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    /// Behind a quote within a quoted field: its end, or the first half of a doubled one.
    QuoteSeen,
    /// Behind a carriage return that follows a closing quote.
    ReturnSeen,
}

pub struct CsvReader<R> {
    input: R,
    line: u64,
    /// The line on which the open quote stands, for messages.
    quote_line: u64,
    state: State,
}

impl<R: BufRead> CsvReader<R> {
    pub fn new(input: R) -> CsvReader<R> {
        CsvReader { input, line: 1, quote_line: 1, state: State::FieldStart }
    }

    /// Reads the next row into `record`; false at the end of the file.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, CsvError> {
        record.clear(self.line);
        self.state = State::FieldStart;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(CsvError::Io(e)),
            };
            if buffer.is_empty() {
                return self.at_end(record);
            }
            let (mut used, mut whole) = (0, false);
            let (mut state, mut line, mut quote_line) = (self.state, self.line, self.quote_line);
            for &byte in buffer {
                used += 1;
                if byte == b'"' && state == State::FieldStart {
                    quote_line = line;
                }
                let next = step(state, byte, record).map_err(|d| quoting(line, d))?;
                line += u64::from(byte == b'\n');
                match next {
                    Some(next) => state = next,
                    None => {
                        whole = true;
                        break;
                    }
                }
            }
            self.input.consume(used);
            (self.state, self.line, self.quote_line) = (state, line, quote_line);
            if whole {
                return Ok(true);
            }
            if record.bytes.len() > MAX_RECORD {
                return Err(self.too_long(record));
            }
        }
    }

    fn at_end(&mut self, record: &mut Record) -> Result<bool, CsvError> {
        match self.state {
            State::Quoted => Err(self.unclosed()),
            State::FieldStart if record.fields.is_empty() => Ok(false),
            State::QuoteSeen | State::ReturnSeen => {
                record.end_field(true);
                Ok(true)
            }
            State::FieldStart | State::Unquoted => {
                record.end_field(false);
                Ok(true)
            }
        }
    }

    fn too_long(&self, record: &Record) -> CsvError {
        let quote = match self.state {
            State::Quoted => format!("; is the quote of line {} closed?", self.quote_line),
            _ => String::new(),
        };
        let detail = format!("a row of more than {} MiB{quote}", MAX_RECORD >> 20);
        CsvError::Quoting { line: record.line, detail }
    }

    fn unclosed(&self) -> CsvError {
        quoting(self.quote_line, "the quote that opens on this line is never closed")
    }
}

fn quoting(line: u64, detail: &str) -> CsvError {
    CsvError::Quoting { line, detail: detail.to_owned() }
}

/// Takes one byte: the next state, or `None` at the end of the row.
fn step(state: State, byte: u8, record: &mut Record) -> Result<Option<State>, &'static str> {
    Ok(Some(match (state, byte) {
        (State::FieldStart, b'"') => State::Quoted,
        (State::FieldStart | State::Unquoted, b',') => {
            record.end_field(false);
            State::FieldStart
        }
        (State::FieldStart | State::Unquoted, b'\n') => {
            drop_return(record);
            record.end_field(false);
            return Ok(None);
        }
        (State::Unquoted, b'"') => {
            return Err("a quote within a value that does not start with one");
        }
        (State::FieldStart | State::Unquoted, _) => {
            record.bytes.push(byte);
            State::Unquoted
        }
        (State::Quoted, b'"') => State::QuoteSeen,
        (State::Quoted, _) => {
            record.bytes.push(byte);
            State::Quoted
        }
        (State::QuoteSeen, b'"') => {
            record.bytes.push(b'"');
            State::Quoted
        }
        (State::QuoteSeen, b',') => {
            record.end_field(true);
            State::FieldStart
        }
        (State::QuoteSeen, b'\r') => State::ReturnSeen,
        (State::QuoteSeen | State::ReturnSeen, b'\n') => {
            record.end_field(true);
            return Ok(None);
        }
        (State::QuoteSeen | State::ReturnSeen, _) => {
            return Err("something follows a closing quote; a quote within a value is doubled");
        }
    }))
}

/// Lines may end as on Windows.
fn drop_return(record: &mut Record) {
    if record.bytes.len() > record.start_of_field() && record.bytes.last() == Some(&b'\r') {
        record.bytes.pop();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    type Row = Vec<Option<String>>;

    fn rows(text: &str) -> Result<Vec<Row>, String> {
        // A buffer of three bytes makes every state cross a refill.
        let mut reader = CsvReader::new(io::BufReader::with_capacity(3, text.as_bytes()));
        let (mut record, mut rows) = (Record::default(), Vec::new());
        loop {
            match reader.read(&mut record) {
                Ok(true) => rows.push(
                    (0..record.width())
                        .map(|i| record.field(i).map(|b| String::from_utf8(b.to_vec()).unwrap()))
                        .collect(),
                ),
                Ok(false) => return Ok(rows),
                Err(CsvError::Quoting { line, detail }) => return Err(format!("{line}: {detail}")),
                Err(CsvError::Io(e)) => panic!("{e}"),
            }
        }
    }

    fn row(values: &[Option<&str>]) -> Row {
        values.iter().map(|v| v.map(str::to_owned)).collect()
    }

    #[test]
    fn nothing_is_null_and_quotes_are_empty_text() {
        assert_eq!(rows("a,,\"\",b\n").unwrap(), [row(&[Some("a"), None, Some(""), Some("b")])]);
        assert_eq!(rows("a,").unwrap(), [row(&[Some("a"), None])]);
        assert_eq!(rows(",\"\"").unwrap(), [row(&[None, Some("")])]);
        assert_eq!(rows("").unwrap(), [] as [Row; 0]);
    }

    #[test]
    fn quoted_values_hold_quotes_commas_and_lines() {
        let expected = [row(&[Some("say \"hi\", he said\r\nand left"), Some("2")])];
        assert_eq!(rows("\"say \"\"hi\"\", he said\r\nand left\",2\r\n").unwrap(), expected);
    }

    #[test]
    fn blanks_and_returns_stay_where_they_are_part_of_a_value() {
        assert_eq!(rows(" a ,b\rc\r\n").unwrap(), [row(&[Some(" a "), Some("b\rc")])]);
        assert_eq!(rows("\"a\"\r\n\"b\"").unwrap(), [row(&[Some("a")]), row(&[Some("b")])]);
        assert_eq!(rows("a,\r\n").unwrap(), [row(&[Some("a"), None])]);
    }

    #[test]
    fn wrong_quoting_names_its_line() {
        let error = |text| rows(text).unwrap_err();
        assert!(error("a,b\nc,d\"e\n").starts_with("2: a quote within"));
        assert!(error("a\n\"b\"c\n").starts_with("2: something follows"));
        assert!(error("a\nb\n\"c\nd\ne").starts_with("3: the quote that opens"));
    }
}
