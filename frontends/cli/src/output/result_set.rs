//! The rows of a query, printed as a table, as JSON or as CSV.

use console::{Style, truncate_str};
use ntsb_csv::{Cell, Format, Formulas, LineEnd, is_text_type};
use serde_json::{Map, Value};
use tokio_postgres::types::Type;

use super::terminal::{Terminal, one_line, stdout_width, write_stdout};
use super::text_table::align_columns;
use crate::args::{Output, OutputArgs};
use crate::failure::Failure;

/// The column with the page cursor of the next page.
const NEXT_PAGE: &str = "next_page";

/// Texts in a table are cut to this width because one narrative would widen all rows.
const MAX_CELL_WIDTH: usize = 60;

/// Rows as JSON objects written by PostgreSQL, which keep the order of the columns.
pub struct ResultSet {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<String>,
}

pub struct Column {
    name: String,
    kind: ColumnKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Number,
    Text,
    /// Dates, booleans, lists and JSON.
    Other,
}

impl Column {
    pub fn new(name: &str, kind: ColumnKind) -> Column {
        Column { name: name.to_owned(), kind }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn from_postgres(column: &tokio_postgres::Column) -> Column {
        let numbers =
            [Type::INT2, Type::INT4, Type::INT8, Type::FLOAT4, Type::FLOAT8, Type::NUMERIC];
        let kind = match column.type_() {
            number if numbers.contains(number) => ColumnKind::Number,
            other if is_text_type(other.name()) => ColumnKind::Text,
            _ => ColumnKind::Other,
        };
        Column::new(column.name(), kind)
    }
}

impl ResultSet {
    /// Creates a result set from rows in JSON.
    pub fn new(columns: Vec<Column>, rows: Vec<String>) -> ResultSet {
        ResultSet { columns, rows }
    }

    /// Creates a result set of text columns from rows in JSON.
    pub fn with_text_columns(columns: &[&str], rows: Vec<String>) -> ResultSet {
        let columns = columns.iter().map(|name| Column::new(name, ColumnKind::Text));
        ResultSet::new(columns.collect(), rows)
    }

    /// Keeps only these columns in tables and CSV.
    #[must_use]
    pub fn select_columns(mut self, names: &[&str]) -> ResultSet {
        self.columns.retain(|column| names.contains(&column.name.as_str()));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Prints the rows in the requested format.
    pub fn print(&self, output: OutputArgs, terminal: &Terminal) -> Result<(), Failure> {
        match output.output {
            Output::Json => terminal.print(&self.to_json()),
            Output::Csv => terminal.print(&self.to_csv(output.csv_format())?),
            Output::Table => self.print_table(terminal),
        }
    }

    /// Prints a table, followed by the page cursor of the next page if there is one.
    pub fn print_table(&self, terminal: &Terminal) -> Result<(), Failure> {
        let objects = self.parse_rows()?;
        let table = self.to_table(&objects, stdout_width());
        let Some(page) = next_page(&objects) else { return terminal.print(&table) };
        // If stdout is closed, the next page is of no interest either.
        write_stdout(table.as_bytes())?;
        terminal.message(&format!("More results: add --page '{page}'"));
        Ok(())
    }

    pub fn parse_rows(&self) -> Result<Vec<Map<String, Value>>, Failure> {
        self.rows.iter().map(|row| parse_row(row)).collect()
    }

    /// A JSON array with one object per line.
    fn to_json(&self) -> String {
        if self.rows.is_empty() {
            return "[]\n".to_owned();
        }
        format!("[\n{}\n]\n", self.rows.join(",\n"))
    }

    fn to_csv(&self, format: Format) -> Result<String, Failure> {
        let mut text = self.csv_header(format);
        for object in self.parse_rows()? {
            text += &self.csv_row(format, &object);
        }
        Ok(text)
    }

    pub(super) fn csv_header(&self, format: Format) -> String {
        let mut line = Vec::new();
        format.write_header(self.columns.iter().map(Column::name), &mut line);
        String::from_utf8_lossy(&line).into_owned()
    }

    pub(super) fn csv_row(&self, format: Format, object: &Map<String, Value>) -> String {
        let value = |column: &Column| match object.get(&column.name) {
            None | Some(Value::Null) => None,
            some => Some(to_text(some)),
        };
        let values: Vec<_> = self.columns.iter().map(value).collect();
        let cells = values.iter().zip(&self.columns);
        let cells =
            cells.map(|(v, column)| Cell::new(v.as_deref(), column.kind == ColumnKind::Text));
        let mut line = Vec::new();
        format.write_row(cells, &mut line);
        String::from_utf8_lossy(&line).into_owned()
    }

    fn to_table(&self, objects: &[Map<String, Value>], width: Option<usize>) -> String {
        if objects.is_empty() {
            return "No results.\n".to_owned();
        }
        let columns = || self.columns.iter().filter(|column| column.name != NEXT_PAGE);
        let mut rows = vec![columns().map(|column| column.name.clone()).collect::<Vec<_>>()];
        for object in objects {
            rows.push(columns().map(|column| format_value(object.get(&column.name))).collect());
        }
        let is_right: Vec<bool> =
            columns().map(|column| column.kind == ColumnKind::Number).collect();
        let bold = Style::new().bold();
        let mut text = String::new();
        for (number, line) in align_columns(&rows, &is_right).lines().enumerate() {
            let line = width.map_or(line.into(), |w| truncate_str(line, w, "…"));
            text += &if number == 0 { bold.apply_to(line).to_string() } else { line.into_owned() };
            text.push('\n');
        }
        text
    }
}

pub(super) fn parse_row(row: &str) -> Result<Map<String, Value>, Failure> {
    let unexpected =
        |e| Failure::Other(format!("unexpected response from the database (invalid JSON): {e}"));
    serde_json::from_str(row).map_err(unexpected)
}

impl OutputArgs {
    /// The format of CSV on stdout.
    pub fn csv_format(self) -> Format {
        let formulas = Formulas::from_exact_text(self.exact_text);
        Format { formulas, line_end: LineEnd::Lf }
    }
}

fn next_page(objects: &[Map<String, Value>]) -> Option<&str> {
    objects.last()?.get(NEXT_PAGE)?.as_str()
}

/// A value with all its digits; null is empty.
fn to_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A value for a table: numbers are rounded, lists have no quotes, long texts are cut.
pub fn format_value(value: Option<&Value>) -> String {
    match value {
        Some(Value::Number(number)) => round_number(&number.to_string()),
        Some(Value::Array(items)) => {
            shorten(&items.iter().map(|v| to_text(Some(v))).collect::<Vec<_>>().join("; "))
        }
        other => shorten(&to_text(other)),
    }
}

fn shorten(text: &str) -> String {
    truncate_str(&one_line(text), MAX_CELL_WIDTH, "…").into_owned()
}

/// Rounds to three decimals, or to three significant digits below 0.01.
fn round_number(number: &str) -> String {
    let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
    if fraction.len() <= 3 && !number.contains(['e', 'E']) {
        return number.to_owned();
    }
    match number.parse::<f64>() {
        Ok(value) if value != 0.0 && value.abs() < 0.01 => format!("{value:.2e}"),
        Ok(value) => format!("{value:.3}"),
        Err(_) => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result_set(rows: &[&str]) -> ResultSet {
        ResultSet {
            columns: vec![
                Column::new("place", ColumnKind::Text),
                Column::new("km", ColumnKind::Number),
                Column::new("words", ColumnKind::Other),
                Column::new("next_page", ColumnKind::Text),
            ],
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
        }
    }

    const ROW: &str =
        r#"{"place":"Elko, \"NV\"","km":12.34567,"words":["ice","fog"],"next_page":"x1"}"#;

    #[test]
    fn a_table_right_aligns_rounded_numbers_and_omits_the_cursor() {
        let result = result_set(&[ROW, r#"{"place":null,"km":3,"words":null,"next_page":null}"#]);
        let text = result.to_table(&result.parse_rows().unwrap(), None);
        let expected =
            "place           km  words\nElko, \"NV\"  12.346  ice; fog\n                 3\n";
        assert_eq!(console::strip_ansi_codes(&text), expected);
    }

    #[test]
    fn a_table_has_no_control_characters_and_fits_the_screen() {
        let row = r#"{"place":"\u001b[2J\nx","km":1,"words":null,"next_page":null}"#;
        let result = result_set(&[row]);
        let text = result.to_table(&result.parse_rows().unwrap(), Some(10));
        let text = console::strip_ansi_codes(&text).into_owned();
        assert!(!text.contains('\u{1B}') && text.lines().count() == 2, "{text}");
        assert!(text.lines().all(|line| console::measure_text_width(line) <= 10), "{text}");
    }

    #[test]
    fn csv_and_json_have_every_digit_and_the_cursor() {
        let result = result_set(&[ROW]);
        let csv = result.to_csv(format(false)).unwrap();
        assert_eq!(
            csv,
            "place,km,words,next_page\n\"Elko, \"\"NV\"\"\",12.34567,\"[\"\"ice\"\",\"\"fog\"\"]\",x1\n"
        );
        let json: Value = serde_json::from_str(&result.to_json()).unwrap();
        assert_eq!(json[0]["km"].to_string(), "12.34567");
        assert_eq!(serde_json::from_str::<Value>("[]").unwrap(), Value::Array(vec![]));
    }

    fn format(exact_text: bool) -> Format {
        OutputArgs { output: Output::Csv, exact_text }.csv_format()
    }

    #[test]
    fn formulas_are_marked_unless_exact_text_is_requested() {
        let row = r#"{"place":"=1+1","km":-28.5,"words":["-a"],"next_page":null}"#;
        let result = result_set(&[row]);
        let line = |exact| {
            let csv = result.to_csv(format(exact)).unwrap();
            csv.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(line(false), r#""'=1+1",-28.5,"[""-a""]","#);
        assert_eq!(line(true), r#"=1+1,-28.5,"[""-a""]","#);
    }

    #[test]
    fn csv_without_rows_has_a_header() {
        assert_eq!(result_set(&[]).to_csv(format(false)).unwrap(), "place,km,words,next_page\n");
    }

    #[test]
    fn small_numbers_keep_their_significant_digits() {
        assert_eq!(round_number("0.00001234"), "1.23e-5");
        assert_eq!(round_number("1234567"), "1234567");
        assert_eq!(round_number("-2.50"), "-2.50");
        assert_eq!(round_number("0.98765"), "0.988");
    }
}
