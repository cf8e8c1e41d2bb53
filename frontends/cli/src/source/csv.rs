//! A strict CSV reader.
//!
//! Common readers accept broken quoting, which shifts values into other columns, and do not distinguish
//! `,,` from `,"",`. This reader reports broken quoting with its line, and reads the former as null and
//! the latter as empty text.

use std::io::{self, BufRead};

/// Real rows are much smaller. A larger row means an unclosed quote.
const MAX_RECORD_BYTES: usize = 16 << 20;

#[derive(Debug)]
pub enum CsvError {
    Io(io::Error),
    Quoting { line: u64, detail: String },
}

/// One row. Its buffers are reused for the next row.
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
    is_quoted: bool,
}

impl Record {
    pub fn width(&self) -> usize {
        self.fields.len()
    }

    /// The bytes of a field, or `None` if it is empty and not quoted.
    pub fn field(&self, index: usize) -> Option<&[u8]> {
        let field = self.fields.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.fields.get(before)?.end,
            None => 0,
        };
        let bytes = self.bytes.get(start..field.end)?;
        (field.is_quoted || !bytes.is_empty()).then_some(bytes)
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

    fn end_field(&mut self, is_quoted: bool) {
        self.fields.push(Field { end: self.bytes.len(), is_quoted });
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
    /// After a quote in a quoted field: the closing quote or the first of a doubled quote.
    QuoteSeen,
    /// After a carriage return that follows a closing quote.
    ReturnSeen,
}

pub struct CsvReader<R> {
    input: R,
    line: u64,
    /// The line of the opening quote, for messages.
    quote_line: u64,
    state: State,
}

impl<R: BufRead> CsvReader<R> {
    pub fn new(input: R) -> CsvReader<R> {
        CsvReader { input, line: 1, quote_line: 1, state: State::FieldStart }
    }

    /// Reads the next row into `record`. Returns false at the end of the file.
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
                return self.finish(record);
            }
            let (mut used, mut is_complete) = (0, false);
            let (mut state, mut line, mut quote_line) = (self.state, self.line, self.quote_line);
            for &byte in buffer {
                used += 1;
                if byte == b'"' && state == State::FieldStart {
                    quote_line = line;
                }
                let next =
                    step(state, byte, record).map_err(|detail| quoting_error(line, detail))?;
                line += u64::from(byte == b'\n');
                match next {
                    Some(next) => state = next,
                    None => {
                        is_complete = true;
                        break;
                    }
                }
            }
            self.input.consume(used);
            (self.state, self.line, self.quote_line) = (state, line, quote_line);
            if is_complete {
                return Ok(true);
            }
            if record.bytes.len() > MAX_RECORD_BYTES {
                return Err(self.record_too_long(record));
            }
        }
    }

    /// Ends the last row at the end of the file.
    fn finish(&mut self, record: &mut Record) -> Result<bool, CsvError> {
        match self.state {
            State::Quoted => Err(self.unclosed_quote()),
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

    fn record_too_long(&self, record: &Record) -> CsvError {
        let quote = match self.state {
            State::Quoted => {
                format!("; the quote on line {} may not be closed", self.quote_line)
            }
            _ => String::new(),
        };
        let detail = format!("the row has more than {} MiB{quote}", MAX_RECORD_BYTES >> 20);
        CsvError::Quoting { line: record.line, detail }
    }

    fn unclosed_quote(&self) -> CsvError {
        quoting_error(self.quote_line, "the quote that opens on this line is not closed")
    }
}

fn quoting_error(line: u64, detail: &str) -> CsvError {
    CsvError::Quoting { line, detail: detail.to_owned() }
}

/// Processes one byte. Returns the next state, or `None` at the end of the row.
fn step(state: State, byte: u8, record: &mut Record) -> Result<Option<State>, &'static str> {
    Ok(Some(match (state, byte) {
        (State::FieldStart, b'"') => State::Quoted,
        (State::FieldStart | State::Unquoted, b',') => {
            record.end_field(false);
            State::FieldStart
        }
        (State::FieldStart | State::Unquoted, b'\n') => {
            remove_carriage_return(record);
            record.end_field(false);
            return Ok(None);
        }
        (State::Unquoted, b'"') => {
            return Err("quote in an unquoted value");
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
            return Err("text after a closing quote; quotes in a value must be doubled");
        }
    }))
}

/// Lines may end with CRLF.
fn remove_carriage_return(record: &mut Record) {
    if record.bytes.len() > record.start_of_field() && record.bytes.last() == Some(&b'\r') {
        record.bytes.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = Vec<Option<String>>;

    fn rows(text: &str) -> Result<Vec<Row>, String> {
        // With a buffer of three bytes, every state spans a refill.
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
    fn an_empty_field_is_null_and_a_quoted_empty_field_is_text() {
        assert_eq!(rows("a,,\"\",b\n").unwrap(), [row(&[Some("a"), None, Some(""), Some("b")])]);
        assert_eq!(rows("a,").unwrap(), [row(&[Some("a"), None])]);
        assert_eq!(rows(",\"\"").unwrap(), [row(&[None, Some("")])]);
        assert_eq!(rows("").unwrap(), [] as [Row; 0]);
    }

    #[test]
    fn quoted_values_may_contain_quotes_commas_and_line_breaks() {
        let expected = [row(&[Some("say \"hi\", he said\r\nand left"), Some("2")])];
        assert_eq!(rows("\"say \"\"hi\"\", he said\r\nand left\",2\r\n").unwrap(), expected);
    }

    #[test]
    fn blanks_and_carriage_returns_in_values_are_kept() {
        assert_eq!(rows(" a ,b\rc\r\n").unwrap(), [row(&[Some(" a "), Some("b\rc")])]);
        assert_eq!(rows("\"a\"\r\n\"b\"").unwrap(), [row(&[Some("a")]), row(&[Some("b")])]);
        assert_eq!(rows("a,\r\n").unwrap(), [row(&[Some("a"), None])]);
    }

    #[test]
    fn quoting_errors_have_a_line_number() {
        let error = |text| rows(text).unwrap_err();
        assert!(error("a,b\nc,d\"e\n").starts_with("2: quote in an unquoted value"));
        assert!(error("a\n\"b\"c\n").starts_with("2: text after a closing quote"));
        assert!(error("a\nb\n\"c\nd\ne").starts_with("3: the quote that opens"));
    }
}
