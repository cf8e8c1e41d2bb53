//! Cleans a whole row: first each column by itself, then columns that depend on each other.

mod cell;
mod cross_column;

use super::{Defect, DefectKind, DefectKinds, Value};
use crate::tables::Table;
use cell::CellCleaner;
use cross_column::CrossColumnRule;
use std::borrow::Cow;

/// Facts that cleaning needs and that the row itself does not contain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// FAR part of the event's first aircraft. It determines the unit of temperatures.
    pub far_part: Option<&'a str>,
}

/// A cleaned row, a buffer that can be reused for many rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanRow<'a> {
    /// One value for each of the table's columns, then one for each derived column.
    pub values: Vec<Value<'a>>,
    /// The defects of all cells.
    pub defects: Vec<Defect<'a>>,
}

/// Cleans the rows of one table.
#[derive(Debug, Clone)]
pub struct RowCleaner {
    cells: Vec<CellCleaner>,
    cross_column: Vec<CrossColumnRule>,
    derived: usize,
}

impl RowCleaner {
    /// Creates a cleaner for a table.
    pub fn new(table: &'static Table) -> Self {
        Self {
            cells: table.columns.iter().map(|c| CellCleaner::new(table, c)).collect(),
            cross_column: CrossColumnRule::for_table(table),
            derived: table.derived.len(),
        }
    }

    /// Cleans a row. `raw` has one entry for each of the table's columns.
    pub fn clean<'a>(
        &self,
        raw: &[Option<&'a str>],
        context: &Context<'a>,
        out: &mut CleanRow<'a>,
    ) {
        out.clear();
        for (column, cell) in self.cells.iter().enumerate() {
            let value = match raw.get(column).copied().flatten() {
                None | Some("") => Value::Null,
                Some(text) => {
                    let mut defects = DefectKinds::default();
                    let value = cell.clean(text, raw, &mut defects);
                    out.report(column, raw, defects);
                    value
                }
            };
            out.values.push(value);
        }
        out.values.extend((0..self.derived).map(|_| Value::Null));
        for rule in &self.cross_column {
            rule.apply(raw, context, out);
        }
    }
}

impl<'a> CleanRow<'a> {
    /// Creates an empty row.
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes all values and defects.
    pub fn clear(&mut self) {
        self.values.clear();
        self.defects.clear();
    }

    fn report(&mut self, column: usize, raw: &[Option<&'a str>], defects: DefectKinds) {
        if defects.is_empty() {
            return;
        }
        let raw = raw.get(column).copied().flatten().unwrap_or("");
        let defect = |kind: DefectKind| Defect { column, kind, raw: Cow::Borrowed(raw) };
        self.defects.extend(defects.iter().map(defect));
    }

    fn text(&self, at: usize) -> Option<&str> {
        match self.values.get(at) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn int(&self, at: usize) -> Option<i32> {
        match self.values.get(at) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    fn double(&self, at: usize) -> Option<f64> {
        match self.values.get(at) {
            Some(Value::Double(x)) => Some(*x),
            _ => None,
        }
    }

    fn is_null(&self, at: usize) -> bool {
        matches!(self.values.get(at), None | Some(Value::Null))
    }

    fn set(&mut self, at: usize, value: Value<'a>) {
        if let Some(slot) = self.values.get_mut(at) {
            *slot = value;
        }
    }
}

#[cfg(test)]
mod tests;
