//! Rows of an answer that are printed as they come.

use super::{Answer, Column, object};
use crate::args::{Output, OutputArgs};
use crate::failure::Failure;
use crate::terminal::{Terminal, write_stdout};

/// JSON and CSV go out row by row. A table has to know the widths of all rows, and waits for the last.
pub struct Stream<'t> {
    output: OutputArgs,
    answer: Answer,
    begun: bool,
    terminal: &'t Terminal,
}

impl<'t> Stream<'t> {
    pub fn new(columns: Vec<Column>, output: OutputArgs, terminal: &'t Terminal) -> Stream<'t> {
        Stream { output, answer: Answer::of(columns, Vec::new()), begun: false, terminal }
    }

    pub fn columns(&self) -> &[Column] {
        &self.answer.columns
    }

    /// Takes a row as JSON.
    pub fn push(&mut self, row: String) -> Result<(), Failure> {
        let text = match self.output.output {
            Output::Table => {
                self.answer.rows.push(row);
                return Ok(());
            }
            Output::Json => format!("{}{row}", if self.begun { ",\n" } else { "[\n" }),
            Output::Csv => {
                let line = self.answer.csv_row(self.output.csv_format(), &object(&row)?);
                format!("{}{line}", self.header())
            }
        };
        self.begun = true;
        write_stdout(text.as_bytes())
    }

    /// The names of the columns, once.
    fn header(&self) -> String {
        if self.begun {
            return String::new();
        }
        self.answer.csv_header(self.output.csv_format())
    }

    /// After the last row; a table leaves out the columns that are `hidden`.
    pub fn end(mut self, hidden: &[&str]) -> Result<(), Failure> {
        match self.output.output {
            Output::Json if self.begun => self.terminal.result("\n]\n"),
            Output::Json => self.terminal.result("[]\n"),
            Output::Csv => self.terminal.result(&self.header()),
            Output::Table => {
                self.answer.columns.retain(|column| !hidden.contains(&column.name.as_str()));
                self.answer.show_table(self.terminal)
            }
        }
    }
}
