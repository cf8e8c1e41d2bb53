//! The accidents of 1962 to 1981 as rows of the tables of later files.
//!
//! `PRE1982.MDB` has one wide row a record, cut in two halves for want of columns. A record is one
//! aircraft of one event; each becomes an event of its own here, because nothing in it says for
//! certain which other record it belongs to. What has a certain meaning goes to `events`, `aircraft`,
//! `injury` and so on; everything else stays in `legacy_event` as it stood.
//!
//! A row comes in as texts by column name and goes out as texts in the order of
//! [`Target::columns`], to be cleaned and checked like those of any other file.

mod causes;
mod codes;
mod crew;
mod event;
mod id;
mod injuries;
mod place;
mod wide;

#[cfg(test)]
mod tests;

use crate::tables::{Column, Table, normal_name};
use std::borrow::Cow;
use std::collections::HashMap;

pub use id::{SERIES, ev_id};
pub use wide::{FIRST_HALF, SECOND_HALF};

/// The code lists of the file, which are loaded as they are.
pub const CODES: &str = "ct_pre1982";

/// The text of a column of a raw row, by its name in lower case.
pub type Lookup<'r, 'a> = &'r dyn Fn(&str) -> Option<&'a str>;

/// Takes one row, a cell for each of the target's columns.
pub type Put<'p, 'a> = &'p mut dyn FnMut(&[Cell<'a>]);

pub type Cell<'a> = Option<Cow<'a, str>>;

/// A table that rows of `PRE1982.MDB` are made for.
#[derive(Debug)]
pub struct Target {
    pub table: &'static str,
    /// The table that its rows are made from.
    pub from: &'static Table,
    pub columns: &'static [&'static str],
    make: for<'r, 'p, 'a> fn(Lookup<'r, 'a>, &Known, Put<'p, 'a>),
}

/// Parents before children. `ct_Pre1982` needs no making: its rows are taken as they are.
pub const TARGETS: &[Target] = &[
    Target { table: "events", from: &FIRST_HALF, columns: event::COLUMNS, make: event::rows },
    Target {
        table: "aircraft",
        from: &FIRST_HALF,
        columns: event::AIRCRAFT_COLUMNS,
        make: event::aircraft,
    },
    Target { table: "injury", from: &FIRST_HALF, columns: injuries::COLUMNS, make: injuries::rows },
    Target {
        table: "narratives",
        from: &SECOND_HALF,
        columns: event::NARRATIVE_COLUMNS,
        make: event::narrative,
    },
    Target { table: "flight_crew", from: &FIRST_HALF, columns: crew::COLUMNS, make: crew::rows },
    Target {
        table: "flight_time",
        from: &FIRST_HALF,
        columns: crew::TIME_COLUMNS,
        make: crew::times,
    },
    Target { table: "legacy_event", from: &FIRST_HALF, columns: wide::KEPT, make: wide::rows },
    Target {
        table: "legacy_cause",
        from: &FIRST_HALF,
        columns: causes::COLUMNS,
        make: causes::rows,
    },
];

impl Target {
    /// Makes the rows of this table out of one row of [`Target::from`].
    pub fn rows<'a>(&self, row: Lookup<'_, 'a>, known: &Known, put: Put<'_, 'a>) {
        (self.make)(row, known, put);
    }

    /// The columns with their description.
    pub fn described(&self) -> impl Iterator<Item = &'static Column> {
        let table = Table::find(self.table);
        self.columns.iter().filter_map(move |name| table?.column(name))
    }
}

/// The raw table of that name in `PRE1982.MDB`, if rows are made from it.
pub fn source_table(name: &str) -> Option<&'static Table> {
    let name = normal_name(name);
    [&FIRST_HALF, &SECOND_HALF].into_iter().find(|table| table.name == name)
}

/// What other rows of the file say about a row.
#[derive(Debug, Default)]
pub struct Known {
    /// Made-up ev_id by RecNum, for the second half, which has no date.
    ids: HashMap<String, String>,
    /// What causes mean, by their code.
    causes: HashMap<String, String>,
}

impl Known {
    /// Notes a row of the first half.
    pub fn note_record(&mut self, row: Lookup<'_, '_>) {
        if let (Some(number), Some(id)) = (filled(row, "recnum"), id::of(row)) {
            self.ids.insert(number.to_owned(), id);
        }
    }

    /// Notes a row of `ct_Pre1982`.
    pub fn note_code(&mut self, row: Lookup<'_, '_>) {
        let list = filled(row, "name").unwrap_or_default().to_ascii_uppercase();
        if !list.starts_with("CAUSE_FACTOR") {
            return;
        }
        if let (Some(code), Some(text)) = (filled(row, "code"), filled(row, "meang")) {
            self.causes.entry(code.to_owned()).or_insert_with(|| text.to_owned());
        }
    }
}

/// A value without the blanks around it; `None` where nothing is left.
fn filled<'a>(row: Lookup<'_, 'a>, column: &str) -> Option<&'a str> {
    row(column).map(str::trim).filter(|text| !text.is_empty())
}

/// The made-up ev_id of a row; where there can be none, RecNum as it stands, for the gates to
/// refuse with the value.
fn id_cell<'a>(row: Lookup<'_, 'a>) -> Cell<'a> {
    id::of(row).map(Cow::Owned).or_else(|| row("recnum").map(Cow::Borrowed))
}

fn code(text: &'static str) -> Cell<'static> {
    Some(Cow::Borrowed(text))
}
