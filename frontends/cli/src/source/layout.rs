//! Matches the tables and columns that a file has with those that an NTSB file is known to have.

use std::path::Path;

use ntsb_schema::pre1982;
use ntsb_schema::tables::{Column, TABLES, Table, normal_name};

use super::SourceError;

/// A known table as a file has it.
#[derive(Debug, Clone)]
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
        let Some(table) = find(name) else {
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
        find(name).is_some()
    }

    fn known_columns<'a>(
        &mut self,
        path: &Path,
        table: &'static Table,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<(usize, &'static Column)>, SourceError> {
        let mut known: Vec<(usize, &'static Column)> = Vec::new();
        let mut unknown = Vec::new();
        for (position, name) in names.into_iter().enumerate() {
            let Some(column) = table.column(&normal_name(name)) else {
                unknown.push(name);
                continue;
            };
            if known.iter().any(|(_, c)| c.name == column.name) {
                return Err(twice(path, "the column", &format!("{}.{}", table.name, column.name)));
            }
            known.push((position, column));
        }
        self.warn_of_columns(table, &unknown);
        missing_key(path, table, &known, &unknown).map_or(Ok(known), Err)
    }

    /// Half of PRE1982.MDB has some 200 columns of which nothing is known: one word for them all.
    fn warn_of_columns(&mut self, table: &Table, unknown: &[&str]) {
        let name = table.name;
        if unknown.len() > 5 && pre1982::source_table(name).is_some() {
            let some = some_of(unknown);
            self.warnings.push(format!("{name}: columns {some} are not known; left out"));
            return;
        }
        for column in unknown {
            self.warnings.push(format!("{name}: column {column} is not known; left out"));
        }
    }

    /// The tables in loading order and the warnings, or why this is not an NTSB file.
    pub fn finish(mut self, path: &Path) -> Result<(Vec<Incoming>, Vec<String>), SourceError> {
        let legacy = self.has(pre1982::FIRST_HALF.name) && !self.has("events");
        if !legacy && !self.has("events") {
            return Err(self.no_events(path));
        }
        for name in &self.unknown {
            self.warnings.push(format!("table {name} is not known; left out"));
        }
        if !legacy {
            self.leave_out_halves();
        }
        for name in if legacy { legacy_tables() } else { tables_of_avall() } {
            if !self.has(name) {
                self.warnings.push(format!("the file has no table {name}"));
            }
        }
        self.tables.sort_by_key(|t| TABLES.iter().position(|k| k.name == t.table.name));
        Ok((self.tables, self.warnings))
    }

    /// A file with events needs nobody to make events out of something else.
    fn leave_out_halves(&mut self) {
        let is_half = |t: &Incoming| pre1982::source_table(t.table.name).is_some();
        for half in self.tables.iter().filter(|t| is_half(t)) {
            self.warnings.push(format!("table {} beside events; left out", half.table.name));
        }
        self.tables.retain(|t| !is_half(t));
    }

    fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|t| t.table.name == name)
    }

    fn no_events(&self, path: &Path) -> SourceError {
        let path = path.to_owned();
        let names = self.tables.iter().map(|t| t.table.name);
        let names: Vec<_> = names.chain(self.unknown.iter().map(String::as_str)).collect();
        SourceError::NoEvents { path, found: some_of(&names) }
    }
}

/// A table to load, or one of PRE1982.MDB that rows are made from.
fn find(name: &str) -> Option<&'static Table> {
    Table::find(&normal_name(name)).or_else(|| pre1982::source_table(name))
}

fn tables_of_avall() -> Vec<&'static str> {
    TABLES.iter().filter(|t| !t.is_legacy()).map(|t| t.name).collect()
}

fn legacy_tables() -> Vec<&'static str> {
    vec![pre1982::FIRST_HALF.name, pre1982::SECOND_HALF.name, pre1982::CODES]
}

fn missing_key(
    path: &Path,
    table: &Table,
    known: &[(usize, &'static Column)],
    unknown: &[&str],
) -> Option<SourceError> {
    let missing = table.key.iter().find(|key| !known.iter().any(|(_, c)| c.name == **key))?;
    let names: Vec<&str> =
        known.iter().map(|(_, c)| c.name).chain(unknown.iter().copied()).collect();
    Some(SourceError::MissingKey {
        path: path.to_owned(),
        table: table.name.to_owned(),
        column: (*missing).to_owned(),
        found: some_of(&names),
    })
}

fn twice(path: &Path, what: &'static str, name: &str) -> SourceError {
    SourceError::Twice { path: path.to_owned(), what, name: name.to_owned() }
}

/// The first few of `names`, for a message. What is no name at all may be long.
pub(super) fn some_of(names: &[&str]) -> String {
    const SOME: usize = 5;
    let cut = |name: &&str| match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => (*name).to_owned(),
    };
    let some = names.iter().take(SOME).map(cut).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "nothing".to_owned(),
        1..=SOME => some,
        many => format!("{some}, and {} more", many - SOME),
    }
}
