//! Gives the accidents of 1962 to 1981 as rows of the tables of later files.
//!
//! What a row becomes is `ntsb_schema::pre1982`'s to say. Here the wide tables are read, once for each
//! table that is made of them, so that memory stays small: what is held is an ev_id a record and
//! the meanings of the causes.

use std::collections::HashMap;

use ntsb_schema::pre1982::{self, Known, TARGETS, Target};
use ntsb_schema::tables::Table;

use super::{Incoming, Reader, RowSink, SourceError, pass_rows};

pub struct Legacy {
    first: Incoming,
    second: Option<Incoming>,
    codes: Option<Incoming>,
    /// Read when the first table asks for it.
    known: Option<Known>,
}

impl Legacy {
    /// Puts the tables to be made in the place of those of the file, if it is `PRE1982.MDB`.
    pub fn take(tables: &mut Vec<Incoming>) -> Option<Legacy> {
        let first = remove(tables, pre1982::FIRST_HALF.name)?;
        let second = remove(tables, pre1982::SECOND_HALF.name);
        let codes = tables.iter().find(|t| t.table.name == pre1982::CODES).cloned();
        let legacy = Legacy { first, second, codes, known: None };
        let made = TARGETS.iter().filter(|target| legacy.raw(target).is_some());
        tables.splice(0..0, made.filter_map(incoming));
        Some(legacy)
    }

    /// Streams the rows of a table, made or as they are, and returns their number.
    pub fn read(
        &mut self,
        table: &Incoming,
        reader: &mut Reader,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let mut noted = Vec::new();
        let read = match TARGETS.iter().find(|target| target.table == table.table.name) {
            Some(target) => self.make(target, reader, sink, &mut noted),
            None => reader.read(table, sink, &mut noted),
        };
        // The wide tables are read several times, and say the same each time.
        for warning in noted {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        read
    }

    fn make(
        &mut self,
        target: &Target,
        reader: &mut Reader,
        sink: &mut dyn RowSink,
        warnings: &mut Vec<String>,
    ) -> Result<u64, SourceError> {
        let known = match self.known.take() {
            Some(known) => known,
            None => self.look_through(reader, warnings)?,
        };
        let Some(raw) = self.raw(target) else { return Ok(0) };
        let mut made = 0;
        for_each_row(raw, reader, warnings, &mut |row| {
            pass_rows(sink, &mut made, |put| target.rows(row, &known, put))
        })?;
        self.known = Some(known);
        Ok(made)
    }

    /// What rows need to know of other rows.
    fn look_through(
        &self,
        reader: &mut Reader,
        warnings: &mut Vec<String>,
    ) -> Result<Known, SourceError> {
        let mut known = Known::default();
        if self.second.is_some() {
            for_each_row(&self.first, reader, warnings, &mut |row| {
                known.note_record(row);
                Ok(())
            })?;
        }
        if let Some(codes) = &self.codes {
            for_each_row(codes, reader, warnings, &mut |row| {
                known.note_code(row);
                Ok(())
            })?;
        }
        Ok(known)
    }

    fn raw(&self, target: &Target) -> Option<&Incoming> {
        [Some(&self.first), self.second.as_ref()]
            .into_iter()
            .flatten()
            .find(|raw| raw.table.name == target.from.name)
    }
}

fn remove(tables: &mut Vec<Incoming>, name: &str) -> Option<Incoming> {
    let at = tables.iter().position(|t| t.table.name == name)?;
    Some(tables.remove(at))
}

fn incoming(target: &Target) -> Option<Incoming> {
    let columns = target.described().enumerate().collect();
    let table = Table::find(target.table)?;
    Some(Incoming { table, columns, expected: None, place: 0 })
}

type EachRow<'f> = &'f mut dyn FnMut(pre1982::Lookup<'_, '_>) -> Result<(), SourceError>;

fn for_each_row(
    raw: &Incoming,
    reader: &mut Reader,
    warnings: &mut Vec<String>,
    each: EachRow<'_>,
) -> Result<(), SourceError> {
    let names = raw.columns.iter().enumerate().map(|(place, (_, column))| (column.name, place));
    let mut rows = WholeRows { places: names.collect(), cells: Vec::new(), filled: 0, each };
    reader.read(raw, &mut rows, warnings).map(|_| ())
}

/// Collects the values of a row and passes them on together, its buffers kept from row to row.
struct WholeRows<'f> {
    places: HashMap<&'static str, usize>,
    cells: Vec<Option<String>>,
    filled: usize,
    each: EachRow<'f>,
}

impl RowSink for WholeRows<'_> {
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
        let (places, cells) = (&self.places, &self.cells);
        (self.each)(&|name| cells.get(*places.get(name)?)?.as_deref())
    }
}
