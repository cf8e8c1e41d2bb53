//! Matches the tables and columns that a file has with those that an NTSB file is known to have.

use std::path::Path;

use ntsb_core::source::{Column, TABLES, Table, normal_name};

use super::SourceError;

/// A known table as a file has it.
#[derive(Debug)]
pub struct Incoming {
    pub table: &'static Table,
    /// The known columns in the order of the file, each with its position there.
    pub columns: Vec<(usize, &'static Column)>,
    /// Rows that the file says it holds, where it says so.
    pub expected: Option<u64>,
    /// Where the reader that found the table keeps it.
    pub(super) place: usize,
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Layout {
    tables: Vec<Incoming>,
    unknown: Vec<String>,
    warnings: Vec<String>,
}

impl Layout {
    /// Notes a table by the name and the column names that the file gives it.
    pub fn add<'a>(
        &mut self,
        path: &Path,
        name: &str,
        columns: impl IntoIterator<Item = &'a str>,
        expected: Option<u64>,
        place: usize,
    ) -> Result<(), SourceError> {
        let Some(table) = Table::find(&normal_name(name)) else {
            self.unknown.push(name.to_owned());
            return Ok(());
        };
        if self.tables.iter().any(|t| t.table.name == table.name) {
            return Err(twice(path, "the table", table.name));
        }
        let columns = self.known_columns(path, table, columns)?;
        if columns.is_empty() {
            self.warnings.push(format!("{}: no column of it is known; left out", table.name));
            return Ok(());
        }
        self.tables.push(Incoming { table, columns, expected, place });
        Ok(())
    }

    /// Whether a table of this name would be known.
    pub fn knows(name: &str) -> bool {
        Table::find(&normal_name(name)).is_some()
    }

    fn known_columns<'a>(
        &mut self,
        path: &Path,
        table: &'static Table,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<(usize, &'static Column)>, SourceError> {
        let mut known: Vec<(usize, &'static Column)> = Vec::new();
        for (position, name) in names.into_iter().enumerate() {
            let Some(column) = table.column(&normal_name(name)) else {
                self.warnings.push(format!("{}: column {name} is not known; left out", table.name));
                continue;
            };
            if known.iter().any(|(_, c)| c.name == column.name) {
                return Err(twice(path, "the column", &format!("{}.{}", table.name, column.name)));
            }
            known.push((position, column));
        }
        missing_key(path, table, &known).map_or(Ok(known), Err)
    }

    /// The tables in loading order and the warnings, or why this is not an NTSB file.
    pub fn finish(mut self, path: &Path) -> Result<(Vec<Incoming>, Vec<String>), SourceError> {
        if !self.has("events") {
            return Err(self.no_events(path));
        }
        for name in &self.unknown {
            self.warnings.push(format!("table {name} is not known; left out"));
        }
        for table in TABLES {
            if !self.has(table.name) {
                self.warnings.push(format!("the file has no table {}", table.name));
            }
        }
        self.tables.sort_by_key(|t| TABLES.iter().position(|k| k.name == t.table.name));
        Ok((self.tables, self.warnings))
    }

    fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|t| t.table.name == name)
    }

    fn no_events(&self, path: &Path) -> SourceError {
        let path = path.to_owned();
        if self.unknown.iter().any(|n| n.eq_ignore_ascii_case("tblFirstHalf")) {
            return SourceError::Pre1982 { path };
        }
        let names = self.tables.iter().map(|t| t.table.name);
        let names: Vec<_> = names.chain(self.unknown.iter().map(String::as_str)).collect();
        SourceError::NoEvents { path, found: some_of(&names) }
    }
}

fn missing_key(
    path: &Path,
    table: &Table,
    known: &[(usize, &'static Column)],
) -> Option<SourceError> {
    let missing = table.key.iter().find(|key| !known.iter().any(|(_, c)| c.name == **key))?;
    Some(SourceError::MissingKey {
        path: path.to_owned(),
        table: table.name.to_owned(),
        column: (*missing).to_owned(),
    })
}

fn twice(path: &Path, what: &'static str, name: &str) -> SourceError {
    SourceError::Twice { path: path.to_owned(), what, name: name.to_owned() }
}

/// The first few of `names`, for a message.
pub(super) fn some_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        _ if names.len() <= 5 => names.join(", "),
        _ => format!("{}, and {} more", names[..5].join(", "), names.len() - 5),
    }
}
