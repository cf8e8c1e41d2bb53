//! A whole row: the rule of each column, then those that look across columns.

mod across;
mod cell;

use super::{Defect, DefectKind, DefectKinds, Value};
use crate::tables::Table;
use across::Across;
use cell::Cell;
use std::borrow::Cow;

/// What the row itself does not hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// FAR part of the event's first aircraft, which tells the unit of its temperatures.
    pub far_part: Option<&'a str>,
}

/// A cleaned row, kept and reused from one row to the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanRow<'a> {
    /// One for each of the table's columns, then one for each derived column.
    pub values: Vec<Value<'a>>,
    pub defects: Vec<Defect<'a>>,
}

/// The rules of one table, compiled once.
#[derive(Debug, Clone)]
pub struct RowCleaner {
    cells: Vec<Cell>,
    across: Vec<Across>,
    derived: usize,
}

impl RowCleaner {
    pub fn new(table: &'static Table) -> Self {
        Self {
            cells: table.columns.iter().map(|c| Cell::new(table, c)).collect(),
            across: Across::of(table),
            derived: table.derived.len(),
        }
    }

    /// Cleans a row; `raw` has one entry for each of the table's columns.
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
                    let mut defect_kinds = DefectKinds::default();
                    let value = cell.clean(text, raw, &mut defect_kinds);
                    out.report(column, raw, defect_kinds);
                    value
                }
            };
            out.values.push(value);
        }
        out.values.extend((0..self.derived).map(|_| Value::Null));
        for rule in &self.across {
            rule.apply(raw, context, out);
        }
    }
}

impl<'a> CleanRow<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn clear(&mut self) {
        self.values.clear();
        self.defects.clear();
    }

    fn report(&mut self, column: usize, raw: &[Option<&'a str>], defect_kinds: DefectKinds) {
        if defect_kinds.is_empty() {
            return;
        }
        let raw = raw.get(column).copied().flatten().unwrap_or("");
        let defect =
            |kind: DefectKind| Defect { column, kind, raw: Cow::Borrowed(raw) };
        self.defects.extend(defect_kinds.iter().map(defect));
    }

    /// The text at a position, if there is any.
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
