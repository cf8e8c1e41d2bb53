//! Converts the accidents of 1962 to 1981 to rows of the tables of later files.
//!
//! `ntsb_schema::pre1982` defines the conversion. The wide tables are read once for each target table to
//! limit memory use: only one ev_id per record and the meanings of the causes are kept in memory.

use std::collections::HashMap;

use ntsb_schema::pre1982::{self, FileIndex, TARGETS, Target};
use ntsb_schema::tables::Table;

use super::{Reader, RowSink, SourceError, SourceTable, send_rows};

pub struct LegacyTables {
    first_half: SourceTable,
    second_half: Option<SourceTable>,
    codes: Option<SourceTable>,
    /// Read for the first target table.
    index: Option<FileIndex>,
}

impl LegacyTables {
    /// If the file is `PRE1982.MDB`, replaces its tables in the list by the target tables.
    pub fn detect(tables: &mut Vec<SourceTable>) -> Option<LegacyTables> {
        let first_half = remove_table(tables, pre1982::FIRST_HALF.name)?;
        let second_half = remove_table(tables, pre1982::SECOND_HALF.name);
        let codes = tables.iter().find(|t| t.table.name == pre1982::CODES).cloned();
        let legacy = LegacyTables { first_half, second_half, codes, index: None };
        let targets = TARGETS.iter().filter(|target| legacy.origin(target).is_some());
        tables.splice(0..0, targets.filter_map(target_table));
        Some(legacy)
    }

    /// Streams the rows of a table, converted or unchanged. Returns their number.
    pub fn read(
        &mut self,
        table: &SourceTable,
        reader: &mut Reader,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let mut new_warnings = Vec::new();
        let result = match TARGETS.iter().find(|target| target.table == table.table.name) {
            Some(target) => self.convert(target, reader, sink, &mut new_warnings),
            None => reader.read(table, sink, &mut new_warnings),
        };
        // The wide tables are read several times and repeat their warnings.
        for warning in new_warnings {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        result
    }

    fn convert(
        &mut self,
        target: &Target,
        reader: &mut Reader,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let index = match self.index.take() {
            Some(index) => index,
            None => self.read_index(reader, warnings)?,
        };
        let Some(origin) = self.origin(target) else { return Ok(0) };
        let mut count = 0;
        for_each_row(origin, reader, warnings, &mut |row| {
            send_rows(sink, &mut count, |put| target.convert_row(row, &index, put))
        })?;
        self.index = Some(index);
        Ok(count)
    }

    /// Reads what the conversion of a row needs from other rows.
    fn read_index(
        &self,
        reader: &mut Reader,
        warnings: &mut Vec<String>,
    ) -> Result<FileIndex, SourceError> {
        let mut index = FileIndex::default();
        if self.second_half.is_some() {
            for_each_row(&self.first_half, reader, warnings, &mut |row| {
                index.add_record(row);
                Ok(())
            })?;
        }
        if let Some(codes) = &self.codes {
            for_each_row(codes, reader, warnings, &mut |row| {
                index.add_cause_code(row);
                Ok(())
            })?;
        }
        Ok(index)
    }

    /// The table of the file that a target table is converted from.
    fn origin(&self, target: &Target) -> Option<&SourceTable> {
        [Some(&self.first_half), self.second_half.as_ref()]
            .into_iter()
            .flatten()
            .find(|origin| origin.table.name == target.source.name)
    }
}

fn remove_table(tables: &mut Vec<SourceTable>, name: &str) -> Option<SourceTable> {
    let index = tables.iter().position(|t| t.table.name == name)?;
    Some(tables.remove(index))
}

fn target_table(target: &Target) -> Option<SourceTable> {
    let columns = target.table_columns().enumerate().collect();
    let table = Table::find(target.table)?;
    Some(SourceTable { table, columns, expected: None, reader_index: 0 })
}

type RowVisitor<'f> = &'f mut dyn FnMut(pre1982::Lookup<'_, '_>) -> Result<(), SourceError>;

fn for_each_row(
    table: &SourceTable,
    reader: &mut Reader,
    warnings: &mut Vec<String>,
    visit: RowVisitor<'_>,
) -> Result<(), SourceError> {
    let names = table.columns.iter().enumerate().map(|(index, (_, column))| (column.name, index));
    let mut rows = RowCollector { indexes: names.collect(), cells: Vec::new(), filled: 0, visit };
    reader.read(table, &mut rows, warnings).map(|_| ())
}

/// Collects the values of a row and passes the row on. The buffers are reused for the next row.
struct RowCollector<'f> {
    indexes: HashMap<&'static str, usize>,
    cells: Vec<Option<String>>,
    filled: usize,
    visit: RowVisitor<'f>,
}

impl RowSink for RowCollector<'_> {
    fn value(&mut self, value: Option<&str>) {
        if self.filled == self.cells.len() {
            self.cells.push(None);
        }
        if let Some(cell) = self.cells.get_mut(self.filled) {
            match (value, cell.as_mut()) {
                (Some(text), Some(buffer)) => text.clone_into(buffer),
                (value, _) => *cell = value.map(str::to_owned),
            }
        }
        self.filled += 1;
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.filled = 0;
        let (indexes, cells) = (&self.indexes, &self.cells);
        (self.visit)(&|name| cells.get(*indexes.get(name)?)?.as_deref())
    }
}
