//! What a set holds and what was planted in it, for comparison with what the gates find.

use super::defects::{Fate, KINDS, Plant};
use super::spelling;
use super::{Case, Named, Rows, tables};
use serde::Serialize;
use std::collections::BTreeMap;

/// Places that are listed one by one for each kind; the others are only counted.
pub const LISTED: usize = 1_000;

/// Rows by table, under NTSB's names.
type ByTable = BTreeMap<&'static str, u64>;

#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    pub events: u64,
    /// Data rows of each file.
    pub rows: ByTable,
    /// How often each kind was planted.
    pub planted: BTreeMap<&'static str, u64>,
    /// Rows that should be refused, with the rows of an event that is refused.
    pub rejected: ByTable,
    /// Rows that should give way to another of the same key.
    pub duplicates: ByTable,
    /// Values that look odd and must survive, in rows that are neither refused nor duplicates.
    pub kept: BTreeMap<&'static str, u64>,
    pub kinds: BTreeMap<&'static str, OfKind>,
}

/// One kind of dirt in the set.
#[derive(Debug, Clone, Serialize)]
pub struct OfKind {
    pub fate: &'static str,
    /// What cleaning reports of each value, where cleaning by itself can know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defect: Option<&'static str>,
    /// Rules of the gates, of which one must find it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub rules: &'static [&'static str],
    /// Faulty values; a place may have several.
    pub values: u64,
    /// Rows that should be refused because of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rejected: ByTable,
    /// The first places.
    pub places: Vec<Spot>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Spot {
    pub table: &'static str,
    /// Number of the data row in its file, from 1.
    pub row: u64,
    /// The event's identifier as it should be.
    pub ev_id: String,
    /// The key as it is in the file.
    pub key: Vec<Option<String>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub columns: &'static [&'static str],
}

/// Name, table, column, and whether a value is one of these.
type Kept = (&'static str, Named, &'static str, fn(&str) -> bool);

/// Codes that readers lose: leading zeros, and NONE, which is no word for nothing.
const KEPT: [Kept; 6] = [
    ("far_part with a leading zero", Named::new("aircraft"), "far_part", has_zero),
    ("finding_code with a leading zero", Named::new("findings"), "finding_code", has_zero),
    ("eventsoe_no with a leading zero", Named::new("events_sequence"), "eventsoe_no", has_zero),
    ("ev_highest_injury NONE", Named::new("events"), "ev_highest_injury", is_none),
    ("damage NONE", Named::new("aircraft"), "damage", is_none),
    ("flt_plan_filed NONE", Named::new("aircraft"), "flt_plan_filed", is_none),
];

fn has_zero(text: &str) -> bool {
    text.starts_with('0')
}

fn is_none(text: &str) -> bool {
    text == "NONE"
}

impl Tally {
    pub fn new() -> Tally {
        let mut tally = Tally::default();
        for kind in KINDS {
            tally.planted.insert(kind.name, 0);
            tally.kinds.insert(
                kind.name,
                OfKind {
                    fate: kind.fate.as_str(),
                    defect: kind.defect_kind.map(|d| d.as_str()),
                    rules: kind.rules,
                    values: 0,
                    rejected: ByTable::new(),
                    places: Vec::new(),
                },
            );
        }
        for (name, ..) in KEPT {
            tally.kept.insert(name, 0);
        }
        for table in tables() {
            tally.rows.insert(spelling::table(table), 0);
        }
        tally
    }

    /// Takes in the code tables.
    pub fn add_reference(&mut self, case: &Case) {
        self.add_rows(case);
    }

    /// Takes in an event. Cases are added in the order in which they are written.
    pub fn add(&mut self, case: &Case) {
        self.events += 1;
        for plant in case.plants() {
            self.add_plant(case, plant);
        }
        self.add_kept(case);
        self.add_rows(case);
    }

    fn add_rows(&mut self, case: &Case) {
        for rows in case.tables().iter().filter(|rows| rows.count() > 0) {
            count(&mut self.rows, rows, rows.count());
        }
    }

    fn add_plant(&mut self, case: &Case, plant: &Plant) {
        let Some(rows) = case.tables().get(plant.table) else { return };
        *self.planted.entry(plant.kind.name).or_default() += 1;
        if plant.kind.fate == Fate::Duplicate {
            count(&mut self.duplicates, rows, 1);
        }
        let before = self.rows.get(spelling::table(rows.table())).copied().unwrap_or(0);
        let Some(of) = self.kinds.get_mut(plant.kind.name) else { return };
        of.values += plant.columns.len() as u64;
        if of.places.len() < LISTED {
            of.places.push(spot(rows, plant, before));
        }
        let lost =
            |rows: &&Rows| plant.whole_case || std::ptr::eq(*rows, &case.tables()[plant.table]);
        if plant.kind.fate == Fate::Reject {
            for rows in case.tables().iter().filter(lost).filter(|rows| rows.count() > 0) {
                let refused = if plant.whole_case { rows.count() } else { 1 };
                count(&mut of.rejected, rows, refused);
                count(&mut self.rejected, rows, refused);
            }
        }
    }

    fn add_kept(&mut self, case: &Case) {
        let lost = |plant: &&Plant| matches!(plant.kind.fate, Fate::Reject | Fate::Duplicate);
        let lost = case.plants().iter().find(lost);
        if lost.is_some_and(|plant| plant.whole_case) {
            return;
        }
        for (name, table, column, odd) in KEPT {
            let rows = &case.tables()[table.0];
            let at = rows.column(column);
            let stays = |row: &usize| lost.is_none_or(|p| (p.table, p.row) != (table.0, *row));
            let found =
                (0..rows.count()).filter(stays).filter(|row| rows.cell(*row, at).is_some_and(odd));
            *self.kept.entry(name).or_default() += found.count() as u64;
        }
    }
}

fn count(tables: &mut ByTable, rows: &Rows, more: usize) {
    *tables.entry(spelling::table(rows.table())).or_default() += more as u64;
}

fn spot(rows: &Rows, plant: &Plant, before: u64) -> Spot {
    let key = rows.table().key.iter();
    let key = key.map(|column| rows.cell(plant.row, rows.column(column)).map(str::to_owned));
    Spot {
        table: spelling::table(rows.table()),
        row: before + plant.row as u64 + 1,
        ev_id: plant.ev_id.clone(),
        key: key.collect(),
        columns: plant.columns,
    }
}
