//! Dirt as it is found in real files, planted where it is known.
//!
//! [`KINDS`] is the list; what each does is beside its group. A kind finds a place in some events
//! only (a time of 2400 in any, a lower-case hemisphere where there is a coordinate), and its share
//! is that of the events which offer one. An event takes at most one kind that costs it a row and
//! then no other, and at most one of each group, so that every plant can be found by itself.

mod kinds;
mod numbers;
mod place;
mod reject;
mod text;

pub use kinds::{KINDS, Kind};

use super::facts::Facts;
use super::rng::{Dice, MILLION};
use super::{Case, Named};

/// What should become of a value or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The row is refused, and with an event all its rows.
    Reject,
    /// The row is left out in favour of another of the same key.
    Duplicate,
    /// The value is not used.
    Drop,
    /// The value is put right.
    Repair,
    /// The value is kept and should be noted.
    Flag,
    /// The value is kept as it is; a standard spelling stands beside it.
    Fold,
}

impl Fate {
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Reject => "reject",
            Fate::Duplicate => "duplicate",
            Fate::Drop => "drop",
            Fate::Repair => "repair",
            Fate::Flag => "flag",
            Fate::Fold => "fold",
        }
    }
}

/// A fault in a row of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plant {
    pub kind: &'static Kind,
    /// Place of the table among [`super::tables`], and of the row among those of the case.
    pub table: usize,
    pub row: usize,
    /// The cells that are faulty; none where it is the whole row.
    pub columns: &'static [&'static str],
    /// All rows of the case share the fate of this one.
    pub whole_case: bool,
    /// The identifier of the event as it should be.
    pub ev_id: String,
}

/// A share for each kind, in parts of a million.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares(Vec<u32>);

impl Shares {
    /// As dirty as real files are.
    pub fn usual() -> Shares {
        Shares(KINDS.iter().map(|kind| kind.share).collect())
    }

    pub fn none() -> Shares {
        Shares(vec![0; KINDS.len()])
    }

    /// Sets the share of the kind of this name; false if there is none.
    pub fn set(&mut self, name: &str, share: u32) -> bool {
        let place = KINDS.iter().position(|kind| kind.name == name);
        match place.and_then(|at| self.0.get_mut(at)) {
            Some(slot) => {
                *slot = share.min(MILLION);
                true
            }
            None => false,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static Kind, u32)> {
        KINDS.iter().zip(self.0.iter().copied())
    }
}

/// Kinds that would touch the same cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Row,
    Place,
    Altimeter,
    Time,
    Calendar,
    Weekday,
    Injury,
    Wind,
    Crew,
    Medical,
    Engine,
    Word,
    Padding,
    Make,
    Prose,
}

/// A case in which a kind looks for its place.
pub(super) struct Bed<'b> {
    pub case: &'b mut Case,
    pub facts: &'b Facts,
    pub dice: &'b mut Dice,
    kind: &'static Kind,
}

/// Plants dirt into a case. Every kind draws its lot whatever became of the others, so that a
/// changed share moves as little else as it can.
pub(super) fn plant(case: &mut Case, facts: &Facts, shares: &Shares, dice: &mut Dice) {
    let mut taken = 0_u32;
    for (kind, share) in shares.iter() {
        let drawn = dice.chance(share);
        let group = 1 << kind.group as u32;
        if !drawn || taken & group != 0 {
            continue;
        }
        if (kind.plant)(&mut Bed { case, facts, dice, kind }) {
            taken |= group;
            if kind.group == Group::Row {
                return;
            }
        }
    }
}

impl Bed<'_> {
    fn cell(&mut self, table: Named, row: usize, column: &str) -> Option<&str> {
        let rows = self.case.rows(table);
        let at = rows.column(column);
        rows.cell(row, at)
    }

    fn set(&mut self, table: Named, row: usize, column: &str, text: Option<&str>) {
        let rows = self.case.rows(table);
        let at = rows.column(column);
        rows.set(row, at, text);
    }

    fn count(&mut self, table: Named) -> usize {
        self.case.rows(table).count()
    }

    fn note(&mut self, table: Named, row: usize, columns: &'static [&'static str]) {
        self.case.plants.push(Plant {
            kind: self.kind,
            table: table.0,
            row,
            columns,
            whole_case: false,
            ev_id: self.facts.ev_id.clone(),
        });
    }

    /// Changes one cell and notes it.
    fn spoil(
        &mut self,
        table: Named,
        row: usize,
        columns: &'static [&'static str],
        text: Option<&str>,
    ) -> bool {
        for column in columns {
            self.set(table, row, column, text);
        }
        self.note(table, row, columns);
        true
    }
}
