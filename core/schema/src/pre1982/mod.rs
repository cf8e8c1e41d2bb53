//! Converts the accidents of 1962 to 1981 to rows of the tables of later files.
//!
//! `PRE1982.MDB` has one wide row per record, split into two tables because it has too many columns. A
//! record is one aircraft of one event. Each record becomes its own event, because nothing in it
//! identifies the other records of the same event. Values with a certain meaning are stored in
//! `events`, `aircraft`, `injury` and so on. All others are stored unchanged in `legacy_event`.
//!
//! The input is a row of texts by column name. The output is a row of texts in the order of
//! [`Target::columns`], which is cleaned and checked like the rows of any other file.

mod causes;
mod codes;
mod crew;
mod event;
mod id;
mod injuries;
mod location;
mod wide;

#[cfg(test)]
mod tests;

use crate::tables::{Column, Table, normalize_name};
use std::borrow::Cow;
use std::collections::HashMap;

pub use id::{EV_ID_SERIES, derive_ev_id};
pub use wide::{FIRST_HALF, SECOND_HALF};

/// The table of code lists, which is loaded without conversion.
pub const CODES: &str = "ct_pre1982";

/// Returns the text of a column of a raw row, by its name in lower case.
pub type Lookup<'r, 'a> = &'r dyn Fn(&str) -> Option<&'a str>;

/// Receives a converted row, with one cell for each of the target's columns.
pub type EmitRow<'p, 'a> = &'p mut dyn FnMut(&[Cell<'a>]);

/// A cell of a converted row.
pub type Cell<'a> = Option<Cow<'a, str>>;

/// A table to which rows of `PRE1982.MDB` are converted.
#[derive(Debug)]
pub struct Target {
    /// Name of the table.
    pub table: &'static str,
    /// The table from which its rows are converted.
    pub source: &'static Table,
    /// The columns of the converted rows.
    pub columns: &'static [&'static str],
    convert: for<'r, 'p, 'a> fn(Lookup<'r, 'a>, &FileIndex, EmitRow<'p, 'a>),
}

/// All targets, parents before children. `ct_Pre1982` is loaded without conversion.
pub const TARGETS: &[Target] = &[
    Target {
        table: "events",
        source: &FIRST_HALF,
        columns: event::COLUMNS,
        convert: event::convert,
    },
    Target {
        table: "aircraft",
        source: &FIRST_HALF,
        columns: event::AIRCRAFT_COLUMNS,
        convert: event::convert_aircraft,
    },
    Target {
        table: "injury",
        source: &FIRST_HALF,
        columns: injuries::COLUMNS,
        convert: injuries::convert,
    },
    Target {
        table: "narratives",
        source: &SECOND_HALF,
        columns: event::NARRATIVE_COLUMNS,
        convert: event::convert_narrative,
    },
    Target {
        table: "flight_crew",
        source: &FIRST_HALF,
        columns: crew::COLUMNS,
        convert: crew::convert,
    },
    Target {
        table: "flight_time",
        source: &FIRST_HALF,
        columns: crew::HOURS_COLUMNS,
        convert: crew::convert_hours,
    },
    Target {
        table: "legacy_event",
        source: &FIRST_HALF,
        columns: wide::LEGACY_EVENT_COLUMNS,
        convert: wide::convert,
    },
    Target {
        table: "legacy_cause",
        source: &FIRST_HALF,
        columns: causes::COLUMNS,
        convert: causes::convert,
    },
];

impl Target {
    /// Converts a row of [`Target::source`] and emits the resulting rows.
    pub fn convert_row<'a>(&self, row: Lookup<'_, 'a>, index: &FileIndex, emit: EmitRow<'_, 'a>) {
        (self.convert)(row, index, emit);
    }

    /// The columns as the table describes them.
    pub fn table_columns(&self) -> impl Iterator<Item = &'static Column> {
        let table = Table::find(self.table);
        self.columns.iter().filter_map(move |name| table?.column(name))
    }
}

/// Finds a table of `PRE1982.MDB` that is a source of conversion.
pub fn find_source_table(name: &str) -> Option<&'static Table> {
    let name = normalize_name(name);
    [&FIRST_HALF, &SECOND_HALF].into_iter().find(|table| table.name == name)
}

/// Facts from other rows of the file that conversion needs.
#[derive(Debug, Default)]
pub struct FileIndex {
    /// Derived ev_id by RecNum, for the second half, which has no date.
    ids: HashMap<String, String>,
    /// Texts of causes by their code.
    causes: HashMap<String, String>,
}

impl FileIndex {
    /// Adds a row of the first half.
    pub fn add_record(&mut self, row: Lookup<'_, '_>) {
        if let (Some(number), Some(id)) = (non_blank(row, "recnum"), id::row_ev_id(row)) {
            self.ids.insert(number.to_owned(), id);
        }
    }

    /// Adds a row of `ct_Pre1982`.
    pub fn add_cause_code(&mut self, row: Lookup<'_, '_>) {
        let list = non_blank(row, "name").unwrap_or_default().to_ascii_uppercase();
        if !list.starts_with("CAUSE_FACTOR") {
            return;
        }
        if let (Some(code), Some(text)) = (non_blank(row, "code"), non_blank(row, "meang")) {
            self.causes.entry(code.to_owned()).or_insert_with(|| text.to_owned());
        }
    }
}

/// Returns the trimmed text of a column, or `None` if it is blank.
fn non_blank<'a>(row: Lookup<'_, 'a>, column: &str) -> Option<&'a str> {
    row(column).map(str::trim).filter(|text| !text.is_empty())
}

/// The derived ev_id of a row. If it cannot be derived, the RecNum, which the gates will reject.
fn ev_id_cell<'a>(row: Lookup<'_, 'a>) -> Cell<'a> {
    id::row_ev_id(row).map(Cow::Owned).or_else(|| row("recnum").map(Cow::Borrowed))
}

fn text_cell(text: &'static str) -> Cell<'static> {
    Some(Cow::Borrowed(text))
}
