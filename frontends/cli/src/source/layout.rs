//! Matches the tables and columns of a file with those of NTSB's schema.

use std::path::Path;

use ntsb_schema::pre1982;
use ntsb_schema::tables::{Column, TABLES, Table, normalize_name};

use super::SourceError;

/// A known table of a file.
#[derive(Debug, Clone)]
pub struct SourceTable {
    pub table: &'static Table,
    /// The known columns in file order, with their positions in the file.
    pub columns: Vec<(usize, &'static Column)>,
    /// The row count according to the file, if it has one.
    pub expected: Option<u64>,
    /// The index of the table in its reader.
    pub(super) reader_index: usize,
}

/// The tables found so far.
#[derive(Debug, Default)]
pub struct Layout {
    tables: Vec<SourceTable>,
    unknown: Vec<String>,
    warnings: Vec<String>,
}

impl Layout {
    /// Adds a table with the names that the file uses.
    pub fn add<'a>(
        &mut self,
        path: &Path,
        name: &str,
        columns: impl IntoIterator<Item = &'a str>,
        expected: Option<u64>,
        reader_index: usize,
    ) -> Result<(), SourceError> {
        let Some(table) = find_table(name) else {
            self.unknown.push(name.to_owned());
            return Ok(());
        };
        if self.tables.iter().any(|t| t.table.name == table.name) {
            return Err(duplicate(path, "table", table.name));
        }
        let columns = self.match_columns(path, table, columns)?;
        if columns.is_empty() {
            self.warnings.push(format!("{}: has no known column; skipped", table.name));
            return Ok(());
        }
        self.tables.push(SourceTable { table, columns, expected, reader_index });
        Ok(())
    }

    /// Whether a table with this name is known.
    pub fn is_known_table(name: &str) -> bool {
        find_table(name).is_some()
    }

    fn match_columns<'a>(
        &mut self,
        path: &Path,
        table: &'static Table,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<(usize, &'static Column)>, SourceError> {
        let mut known: Vec<(usize, &'static Column)> = Vec::new();
        let mut unknown = Vec::new();
        for (position, name) in names.into_iter().enumerate() {
            let Some(column) = table.column(&normalize_name(name)) else {
                unknown.push(name);
                continue;
            };
            if known.iter().any(|(_, c)| c.name == column.name) {
                let name = format!("{}.{}", table.name, column.name);
                return Err(duplicate(path, "column", &name));
            }
            known.push((position, column));
        }
        self.warn_about_columns(table, &unknown);
        missing_key(path, table, &known, &unknown).map_or(Ok(known), Err)
    }

    /// A table of PRE1982.MDB has about 200 unknown columns, which get a single warning.
    fn warn_about_columns(&mut self, table: &Table, unknown: &[&str]) {
        let name = table.name;
        if unknown.len() > 5 && pre1982::find_source_table(name).is_some() {
            let columns = list_names(unknown);
            self.warnings.push(format!("{name}: unknown columns {columns}; skipped"));
            return;
        }
        for column in unknown {
            self.warnings.push(format!("{name}: unknown column {column}; skipped"));
        }
    }

    /// The tables in loading order and the warnings. Fails if this is not an NTSB file.
    pub fn finish(mut self, path: &Path) -> Result<(Vec<SourceTable>, Vec<String>), SourceError> {
        let is_legacy = self.has(pre1982::FIRST_HALF.name) && !self.has("events");
        if !is_legacy && !self.has("events") {
            return Err(self.no_events(path));
        }
        for name in &self.unknown {
            self.warnings.push(format!("unknown table {name}; skipped"));
        }
        if !is_legacy {
            self.remove_legacy_tables();
        }
        for name in if is_legacy { legacy_table_names() } else { avall_table_names() } {
            if !self.has(name) {
                self.warnings.push(format!("the file has no table {name}"));
            }
        }
        self.tables.sort_by_key(|t| TABLES.iter().position(|k| k.name == t.table.name));
        Ok((self.tables, self.warnings))
    }

    /// The tables of PRE1982.MDB are used only in a file without events.
    fn remove_legacy_tables(&mut self) {
        let is_legacy = |t: &SourceTable| pre1982::find_source_table(t.table.name).is_some();
        for legacy in self.tables.iter().filter(|t| is_legacy(t)) {
            self.warnings
                .push(format!("table {} skipped because the file has events", legacy.table.name));
        }
        self.tables.retain(|t| !is_legacy(t));
    }

    fn has(&self, name: &str) -> bool {
        self.tables.iter().any(|t| t.table.name == name)
    }

    fn no_events(&self, path: &Path) -> SourceError {
        let path = path.to_owned();
        let names = self.tables.iter().map(|t| t.table.name);
        let names: Vec<_> = names.chain(self.unknown.iter().map(String::as_str)).collect();
        SourceError::NoEvents { path, found: list_names(&names) }
    }
}

/// A table of the warehouse or of PRE1982.MDB.
fn find_table(name: &str) -> Option<&'static Table> {
    Table::find(&normalize_name(name)).or_else(|| pre1982::find_source_table(name))
}

fn avall_table_names() -> Vec<&'static str> {
    TABLES.iter().filter(|t| !t.is_legacy() && !t.is_api_only()).map(|t| t.name).collect()
}

fn legacy_table_names() -> Vec<&'static str> {
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
        found: list_names(&names),
    })
}

fn duplicate(path: &Path, what: &'static str, name: &str) -> SourceError {
    SourceError::Duplicate { path: path.to_owned(), what, name: name.to_owned() }
}

/// Lists the first few names for a message. Long names are cut: they may be arbitrary text.
pub(super) fn list_names(names: &[&str]) -> String {
    const MAX_NAMES: usize = 5;
    const MAX_LENGTH: usize = 60;
    let shorten = |name: &&str| match name.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => (*name).to_owned(),
    };
    let list = names.iter().take(MAX_NAMES).map(shorten).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "nothing".to_owned(),
        1..=MAX_NAMES => list,
        count => format!("{list}, and {} more", count - MAX_NAMES),
    }
}
