//! Rows of an answer that are printed as they come.

use super::{Answer, Column, object, record};
use crate::args::Output;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// JSON and CSV go out row by row. A table has to know the widths of all rows, and waits for the last.
pub struct Stream<'t> {
    output: Output,
    answer: Answer,
    begun: bool,
    terminal: &'t Terminal,
}

impl<'t> Stream<'t> {
    pub fn new(columns: Vec<Column>, output: Output, terminal: &'t Terminal) -> Stream<'t> {
        Stream { output, answer: Answer::of(columns, Vec::new()), begun: false, terminal }
    }

    pub fn columns(&self) -> &[Column] {
        &self.answer.columns
    }

    /// Takes a row as JSON; whether anybody still reads what is printed.
    pub fn push(&mut self, row: String) -> Result<bool, Failure> {
        let text = match self.output {
            Output::Table => {
                self.answer.rows.push(row);
                return Ok(true);
            }
            Output::Json => format!("{}{row}", if self.begun { ",\n" } else { "[\n" }),
            Output::Csv => format!("{}{}", self.head()?, self.answer.csv_row(&object(&row)?)?),
        };
        self.begun = true;
        self.terminal.part(&text)
    }

    /// The names of the columns, once.
    fn head(&self) -> Result<String, Failure> {
        if self.begun {
            return Ok(String::new());
        }
        record(self.answer.columns.iter().map(|column| column.name.clone()))
    }

    /// After the last row; a table leaves out the columns that are `hidden`.
    pub fn end(mut self, hidden: &[&str]) -> Result<(), Failure> {
        match self.output {
            Output::Json if self.begun => self.terminal.result("\n]\n"),
            Output::Json => self.terminal.result("[]\n"),
            Output::Csv => self.terminal.result(&self.head()?),
            Output::Table => {
                self.answer.columns.retain(|column| !hidden.contains(&column.name.as_str()));
                self.answer.show(Output::Table, self.terminal)
            }
        }
    }
}
