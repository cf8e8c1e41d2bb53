//! CSV as `ntsb` and the service write it (docs/csv.md): RFC 4180, null as nothing, empty text as
//! `""`, and text that a spreadsheet would run as a formula marked by an apostrophe.

/// A spreadsheet takes a cell that begins with one of these for a formula. It strips a tab or
/// carriage return first, so that these count as well; the last four are the full-width forms.
const FORMULA_STARTS: [char; 10] =
    ['=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];

/// Put before text that would be a formula.
const MARK: char = '\'';

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Null,
    /// Of a column that holds text.
    Text(&'a str),
    /// Of a number, date, boolean or JSON, as PostgreSQL writes it: -28.5 stays a number.
    Value(&'a str),
}

impl<'a> Cell<'a> {
    /// Of a column that holds text or not; null where there is no value.
    pub fn of(value: Option<&'a str>, is_text: bool) -> Cell<'a> {
        match value {
            None => Cell::Null,
            Some(value) if is_text => Cell::Text(value),
            Some(value) => Cell::Value(value),
        }
    }
}

/// Types whose values are never formulas, however they begin.
const VALUE_TYPES: [&str; 19] = [
    "bool",
    "bytea",
    "date",
    "float4",
    "float8",
    "geography",
    "geometry",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "oid",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
];

/// Whether a column of this type, as PostgreSQL's catalogue names it, holds text.
pub fn is_text_type(name: &str) -> bool {
    !VALUE_TYPES.contains(&name)
}

/// Whether text that would be a formula is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formulas {
    #[default]
    Marked,
    /// Every text is written exactly as it is stored.
    Exact,
}

impl Formulas {
    /// As `--exact-text` and `?exact_text=true` say it.
    pub fn of(exact_text: bool) -> Formulas {
        if exact_text { Formulas::Exact } else { Formulas::Marked }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// For files and pipes.
    Lf,
    /// For HTTP, as RFC 4180 has it.
    CrLf,
}

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub formulas: Formulas,
    pub line_end: LineEnd,
}

impl Format {
    /// Appends one line.
    pub fn write_line<'a>(self, cells: impl IntoIterator<Item = Cell<'a>>, out: &mut Vec<u8>) {
        for (nth, cell) in cells.into_iter().enumerate() {
            if nth > 0 {
                out.push(b',');
            }
            self.write_cell(cell, out);
        }
        out.extend_from_slice(match self.line_end {
            LineEnd::Lf => b"\n",
            LineEnd::CrLf => b"\r\n",
        });
    }

    /// Appends the line of column names.
    pub fn write_header<'a>(self, names: impl IntoIterator<Item = &'a str>, out: &mut Vec<u8>) {
        self.write_line(names.into_iter().map(Cell::Text), out);
    }

    fn write_cell(self, cell: Cell, out: &mut Vec<u8>) {
        match cell {
            Cell::Null => {}
            Cell::Value(text) => write_quoted(text, false, out),
            Cell::Text(text) => {
                write_quoted(text, self.formulas == Formulas::Marked && is_formula(text), out);
            }
        }
    }
}

/// Whether a spreadsheet may run this text.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA_STARTS)
}

fn write_quoted(text: &str, is_marked: bool, out: &mut Vec<u8>) {
    let needs_quotes = is_marked || text.is_empty() || text.contains(['"', ',', '\n', '\r']);
    if !needs_quotes {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    if is_marked {
        out.push(MARK as u8);
    }
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn line(formulas: Formulas, cells: &[Cell]) -> String {
        let mut out = Vec::new();
        Format { formulas, line_end: LineEnd::Lf }.write_line(cells.iter().copied(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_that_would_be_a_formula_is_marked() {
        let cells = ["=1+1", "+1", "-28", "@x", "\tx", "\rx", "＝1", "a=b", "'x", "x"];
        let cells: Vec<_> = cells.into_iter().map(Cell::Text).collect();
        assert_eq!(
            line(Formulas::Marked, &cells),
            "\"'=1+1\",\"'+1\",\"'-28\",\"'@x\",\"'\tx\",\"'\rx\",\"'＝1\",a=b,'x,x\n"
        );
        assert_eq!(line(Formulas::Exact, &cells), "=1+1,+1,-28,@x,\tx,\"\rx\",＝1,a=b,'x,x\n");
    }

    #[test]
    fn numbers_stay_numbers() {
        let cells = [Cell::Value("-28.5"), Cell::Value("-Infinity"), Cell::Value("[\"-a\"]")];
        assert_eq!(line(Formulas::Marked, &cells), "-28.5,-Infinity,\"[\"\"-a\"\"]\"\n");
    }

    #[test]
    fn null_and_empty_text_differ() {
        assert_eq!(line(Formulas::Marked, &[Cell::Null, Cell::Text(""), Cell::Null]), ",\"\",\n");
    }

    #[test]
    fn what_needs_quotes_has_them() {
        let cells = [Cell::Text("a \"b\", c"), Cell::Text("1\n2")];
        assert_eq!(line(Formulas::Marked, &cells), "\"a \"\"b\"\", c\",\"1\n2\"\n");
    }

    #[test]
    fn numbers_and_dates_hold_no_text() {
        assert!(is_text_type("text") && is_text_type("varchar") && is_text_type("citext"));
        assert!(!is_text_type("float8") && !is_text_type("date") && !is_text_type("numeric"));
    }

    #[test]
    fn the_header_is_a_line_of_its_own() {
        let mut out = Vec::new();
        let format = Format { formulas: Formulas::Marked, line_end: LineEnd::CrLf };
        format.write_header(["a", "b"], &mut out);
        assert_eq!(out, b"a,b\r\n");
    }
}
