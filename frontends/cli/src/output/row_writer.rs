//! Prints rows as they arrive.

use super::result_set::{Column, ResultSet, parse_row};
use super::terminal::{Terminal, write_stdout};
use crate::args::{Output, OutputArgs};
use crate::failure::Failure;

/// Writes JSON and CSV row by row. A table is printed at the end because its column widths depend on
/// all rows.
pub struct RowWriter<'t> {
    output: OutputArgs,
    result_set: ResultSet,
    has_started: bool,
    terminal: &'t Terminal,
}

impl<'t> RowWriter<'t> {
    pub fn new(columns: Vec<Column>, output: OutputArgs, terminal: &'t Terminal) -> RowWriter<'t> {
        let result_set = ResultSet::new(columns, Vec::new());
        RowWriter { output, result_set, has_started: false, terminal }
    }

    pub fn columns(&self) -> &[Column] {
        &self.result_set.columns
    }

    /// Writes a row in JSON.
    pub fn push(&mut self, row: String) -> Result<(), Failure> {
        let text = match self.output.output {
            Output::Table => {
                self.result_set.rows.push(row);
                return Ok(());
            }
            Output::Json => format!("{}{row}", if self.has_started { ",\n" } else { "[\n" }),
            Output::Csv => {
                let line = self.result_set.csv_row(self.output.csv_format(), &parse_row(&row)?);
                format!("{}{line}", self.pending_header())
            }
        };
        self.has_started = true;
        write_stdout(text.as_bytes())
    }

    /// The CSV header, or an empty text if it has been written.
    fn pending_header(&self) -> String {
        if self.has_started {
            return String::new();
        }
        self.result_set.csv_header(self.output.csv_format())
    }

    /// Ends the output after the last row. A table omits the columns in `hidden`.
    pub fn finish(mut self, hidden: &[&str]) -> Result<(), Failure> {
        match self.output.output {
            Output::Json if self.has_started => self.terminal.print("\n]\n"),
            Output::Json => self.terminal.print("[]\n"),
            Output::Csv => self.terminal.print(&self.pending_header()),
            Output::Table => {
                self.result_set.columns.retain(|column| !hidden.contains(&column.name()));
                self.result_set.print_table(self.terminal)
            }
        }
    }
}
