//! Injects defects that occur in real files, and records where.
//!
//! [`DEFECTS`] lists them. A defect can be injected into eligible events only: a time of 2400 into any
//! event, a lower-case hemisphere into events with coordinates. Its share is a share of the eligible
//! events. An event gets either one defect that rejects a row and no other, or at most one defect of
//! each group, so that every injection can be found by itself.

mod coordinates;
mod kinds;
mod numbers;
mod reject;
mod text;

pub use kinds::{DEFECTS, Defect};

use super::facts::Facts;
use super::rng::{MILLION, Rng};
use super::{EventData, TableIndex};

/// What a load should do with a defective value or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedOutcome {
    /// The row is quarantined. If it is an event, all its rows are.
    Reject,
    /// The row is dropped in favor of another one with the same key.
    Duplicate,
    /// The value is set to null.
    Drop,
    /// The value is repaired.
    Repair,
    /// The value is loaded and reported.
    Flag,
    /// The value is loaded, with its standard spelling in another column.
    Fold,
}

impl ExpectedOutcome {
    /// The name in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            ExpectedOutcome::Reject => "reject",
            ExpectedOutcome::Duplicate => "duplicate",
            ExpectedOutcome::Drop => "drop",
            ExpectedOutcome::Repair => "repair",
            ExpectedOutcome::Flag => "flag",
            ExpectedOutcome::Fold => "fold",
        }
    }
}

/// A defect that was injected into an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injection {
    /// The defect.
    pub defect: &'static Defect,
    /// The index of the table in [`super::tables`].
    pub table: usize,
    /// The index of the row in the event's rows of this table.
    pub row: usize,
    /// The defective columns. Empty if the whole row is the defect.
    pub columns: &'static [&'static str],
    /// Whether all rows of the event have the same outcome as this row.
    pub affects_event: bool,
    /// The valid identifier of the event.
    pub ev_id: String,
}

/// The share of each defect, in parts per million of the eligible events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefectShares(Vec<u32>);

impl DefectShares {
    /// The shares in real files.
    pub fn realistic() -> DefectShares {
        DefectShares(DEFECTS.iter().map(|defect| defect.default_share).collect())
    }

    /// No defects.
    pub fn none() -> DefectShares {
        DefectShares(vec![0; DEFECTS.len()])
    }

    /// Sets the share of a defect. Returns false if no defect has this name.
    pub fn set(&mut self, name: &str, share: u32) -> bool {
        let index = DEFECTS.iter().position(|defect| defect.name == name);
        match index.and_then(|at| self.0.get_mut(at)) {
            Some(slot) => {
                *slot = share.min(MILLION);
                true
            }
            None => false,
        }
    }

    /// All defects with their shares.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Defect, u32)> {
        DEFECTS.iter().zip(self.0.iter().copied())
    }
}

/// Defects of a group change the same cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Row,
    Coordinates,
    Altimeter,
    Time,
    Calendar,
    Weekday,
    Injury,
    Wind,
    Crew,
    Medical,
    Engine,
    UnknownWord,
    Padding,
    Make,
    Narrative,
}

/// Injects one defect into the rows of an event.
pub(super) struct Injector<'d> {
    pub data: &'d mut EventData,
    pub facts: &'d Facts,
    pub rng: &'d mut Rng,
    defect: &'static Defect,
}

/// Injects defects into an event. Every defect draws its chance, even if its group is taken, so that
/// changing one share changes as few other injections as possible.
pub(super) fn inject(data: &mut EventData, facts: &Facts, shares: &DefectShares, rng: &mut Rng) {
    let mut taken_groups = 0_u32;
    for (defect, share) in shares.iter() {
        let is_drawn = rng.chance_ppm(share);
        let group = 1 << defect.group as u32;
        if !is_drawn || taken_groups & group != 0 {
            continue;
        }
        if (defect.inject)(&mut Injector { data, facts, rng, defect }) {
            taken_groups |= group;
            if defect.group == Group::Row {
                return;
            }
        }
    }
}

impl Injector<'_> {
    fn cell(&mut self, table: TableIndex, row: usize, column: &str) -> Option<&str> {
        let rows = self.data.rows(table);
        let at = rows.column_index(column);
        rows.cell(row, at)
    }

    fn set(&mut self, table: TableIndex, row: usize, column: &str, text: Option<&str>) {
        let rows = self.data.rows(table);
        let at = rows.column_index(column);
        rows.set(row, at, text);
    }

    fn count(&mut self, table: TableIndex) -> usize {
        self.data.rows(table).count()
    }

    fn record(&mut self, table: TableIndex, row: usize, columns: &'static [&'static str]) {
        self.data.injections.push(Injection {
            defect: self.defect,
            table: table.0,
            row,
            columns,
            affects_event: false,
            ev_id: self.facts.ev_id.clone(),
        });
    }

    /// Sets the columns to the same text and records the injection. Always returns true.
    fn replace(
        &mut self,
        table: TableIndex,
        row: usize,
        columns: &'static [&'static str],
        text: Option<&str>,
    ) -> bool {
        for column in columns {
            self.set(table, row, column, text);
        }
        self.record(table, row, columns);
        true
    }
}
