//! The CSV format of `ntsb` and the service (docs/csv.md): RFC 4180, null as nothing, empty text as `""`, and an
//! apostrophe before text that a spreadsheet would run as a formula.
//!
//! The crate `csv` cannot write this format: it chooses the quotes itself, so null and empty text would be the same.

#![forbid(unsafe_code)]

/// A spreadsheet runs a cell that starts with one of these as a formula. It strips a leading tab or carriage return,
/// so these count as well. The last four are the full-width forms.
const FORMULA_STARTS: [char; 10] =
    ['=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];

/// Written before text that would be a formula.
const MARK: u8 = b'\'';

/// The value of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    Null,
    /// A value of a text column.
    Text(&'a str),
    /// A number, date, boolean or JSON, as PostgreSQL writes it. It is never marked, so that -28.5 stays a number.
    Value(&'a str),
}

impl<'a> Cell<'a> {
    /// `is_text` says whether the column holds text.
    pub fn new(value: Option<&'a str>, is_text: bool) -> Cell<'a> {
        match value {
            None => Cell::Null,
            Some(value) if is_text => Cell::Text(value),
            Some(value) => Cell::Value(value),
        }
    }
}

/// Types whose values are never formulas.
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

/// Whether a column of this type holds text. The name is that of pg_type.
pub fn is_text_type(name: &str) -> bool {
    !VALUE_TYPES.contains(&name)
}

/// How text that would be a formula is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formulas {
    /// With an apostrophe before it.
    #[default]
    Marked,
    /// Exactly as it is stored.
    Exact,
}

impl Formulas {
    /// The meaning of `--exact-text` and `?exact_text=true`.
    pub fn from_exact_text(exact_text: bool) -> Formulas {
        if exact_text { Formulas::Exact } else { Formulas::Marked }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// For files and pipes.
    Lf,
    /// For HTTP, as RFC 4180 requires.
    CrLf,
}

/// The variant of the format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub formulas: Formulas,
    pub line_end: LineEnd,
}

impl Format {
    /// Appends one row.
    pub fn write_row<'a>(self, cells: impl IntoIterator<Item = Cell<'a>>, out: &mut Vec<u8>) {
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

    /// Appends the row of column names.
    pub fn write_header<'a>(self, names: impl IntoIterator<Item = &'a str>, out: &mut Vec<u8>) {
        self.write_row(names.into_iter().map(Cell::Text), out);
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

/// Whether a spreadsheet could run this text.
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
        out.push(MARK);
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
    use super::*;

    fn row(formulas: Formulas, cells: &[Cell]) -> String {
        let mut out = Vec::new();
        Format { formulas, line_end: LineEnd::Lf }.write_row(cells.iter().copied(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_marked_unless_exact() {
        let cells = ["=1+1", "+1", "-28", "@x", "\tx", "\rx", "＝1", "a=b", "'x", "x"];
        let cells: Vec<_> = cells.into_iter().map(Cell::Text).collect();
        assert_eq!(
            row(Formulas::Marked, &cells),
            "\"'=1+1\",\"'+1\",\"'-28\",\"'@x\",\"'\tx\",\"'\rx\",\"'＝1\",a=b,'x,x\n"
        );
        assert_eq!(row(Formulas::Exact, &cells), "=1+1,+1,-28,@x,\tx,\"\rx\",＝1,a=b,'x,x\n");
    }

    #[test]
    fn numbers_stay_numbers() {
        let cells = [Cell::Value("-28.5"), Cell::Value("-Infinity"), Cell::Value("[\"-a\"]")];
        assert_eq!(row(Formulas::Marked, &cells), "-28.5,-Infinity,\"[\"\"-a\"\"]\"\n");
    }

    #[test]
    fn null_and_empty_text_differ() {
        assert_eq!(row(Formulas::Marked, &[Cell::Null, Cell::Text(""), Cell::Null]), ",\"\",\n");
    }

    #[test]
    fn special_characters_are_quoted() {
        let cells = [Cell::Text("a \"b\", c"), Cell::Text("1\n2")];
        assert_eq!(row(Formulas::Marked, &cells), "\"a \"\"b\"\", c\",\"1\n2\"\n");
    }

    #[test]
    fn numbers_and_dates_are_not_text() {
        assert!(is_text_type("text") && is_text_type("varchar") && is_text_type("citext"));
        assert!(!is_text_type("float8") && !is_text_type("date") && !is_text_type("numeric"));
    }

    #[test]
    fn the_header_is_a_row_of_names() {
        let mut out = Vec::new();
        let format = Format { formulas: Formulas::Marked, line_end: LineEnd::CrLf };
        format.write_header(["a", "b"], &mut out);
        assert_eq!(out, b"a,b\r\n");
    }
}
