//! Counts the rows of a data set and lists its defects, for comparison with the results of a load.
//!
//! The serialized names are keys of `manifest.json` and must not change.

use super::defects::{DEFECTS, ExpectedOutcome, Injection};
use super::ntsb_names;
use super::{EventData, Rows, TableIndex, tables};
use serde::Serialize;
use std::collections::BTreeMap;

/// The maximum number of locations that are listed per defect. The others are only counted.
pub const MAX_LOCATIONS: usize = 1_000;

/// Row counts by NTSB's table name.
type RowCounts = BTreeMap<&'static str, u64>;

/// The manifest of a data set.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Manifest {
    /// How many events there are.
    pub events: u64,
    /// The data rows of each file.
    pub rows: RowCounts,
    /// How often each defect was injected.
    #[serde(rename = "planted")]
    pub injected: BTreeMap<&'static str, u64>,
    /// Rows that a load should quarantine, with all rows of a quarantined event.
    pub rejected: RowCounts,
    /// Rows that a load should drop in favor of another one with the same key.
    pub duplicates: RowCounts,
    /// Unusual values that a load must keep, in rows that are neither rejected nor duplicates.
    pub kept: BTreeMap<&'static str, u64>,
    /// The defects.
    #[serde(rename = "kinds")]
    pub defects: BTreeMap<&'static str, DefectSummary>,
}

/// One defect of a data set.
#[derive(Debug, Clone, Serialize)]
pub struct DefectSummary {
    /// What a load should do with it.
    #[serde(rename = "fate")]
    pub expected: &'static str,
    /// What cleaning reports for each value, if cleaning alone can detect it.
    #[serde(rename = "defect", skip_serializing_if = "Option::is_none")]
    pub reported_kind: Option<&'static str>,
    /// The rules that can detect it. At least one must.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub rules: &'static [&'static str],
    /// How many values are defective. An injection may have several.
    pub values: u64,
    /// Rows that a load should quarantine because of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rejected: RowCounts,
    /// The first locations.
    #[serde(rename = "places")]
    pub locations: Vec<DefectLocation>,
}

/// Where a defect was injected.
#[derive(Debug, Clone, Serialize)]
pub struct DefectLocation {
    /// NTSB's table name.
    pub table: &'static str,
    /// The number of the data row in its file, from 1.
    pub row: u64,
    /// The valid identifier of the event.
    pub ev_id: String,
    /// The key as written in the file.
    pub key: Vec<Option<String>>,
    /// The defective columns.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub columns: &'static [&'static str],
}

/// Name, table, column, and the test for the value.
type UnusualValue = (&'static str, TableIndex, &'static str, fn(&str) -> bool);

/// Values that readers easily lose: leading zeros, and NONE, which is a code and not null.
const UNUSUAL_VALUES: [UnusualValue; 6] = [
    ("far_part with a leading zero", TableIndex::new("aircraft"), "far_part", has_leading_zero),
    (
        "finding_code with a leading zero",
        TableIndex::new("findings"),
        "finding_code",
        has_leading_zero,
    ),
    (
        "eventsoe_no with a leading zero",
        TableIndex::new("events_sequence"),
        "eventsoe_no",
        has_leading_zero,
    ),
    ("ev_highest_injury NONE", TableIndex::new("events"), "ev_highest_injury", is_none_code),
    ("damage NONE", TableIndex::new("aircraft"), "damage", is_none_code),
    ("flt_plan_filed NONE", TableIndex::new("aircraft"), "flt_plan_filed", is_none_code),
];

fn has_leading_zero(text: &str) -> bool {
    text.starts_with('0')
}

fn is_none_code(text: &str) -> bool {
    text == "NONE"
}

impl Manifest {
    /// Creates a manifest in which all counts are zero.
    pub fn new() -> Manifest {
        let mut manifest = Manifest::default();
        for defect in DEFECTS {
            manifest.injected.insert(defect.name, 0);
            manifest.defects.insert(
                defect.name,
                DefectSummary {
                    expected: defect.expected.as_str(),
                    reported_kind: defect.reported_kind.map(|kind| kind.as_str()),
                    rules: defect.rules,
                    values: 0,
                    rejected: RowCounts::new(),
                    locations: Vec::new(),
                },
            );
        }
        for (name, ..) in UNUSUAL_VALUES {
            manifest.kept.insert(name, 0);
        }
        for table in tables() {
            manifest.rows.insert(ntsb_names::table_name(table), 0);
        }
        manifest
    }

    /// Adds the reference tables.
    pub fn add_reference(&mut self, data: &EventData) {
        self.count_rows(data);
    }

    /// Adds an event. Events must be added in the order in which they are written.
    pub fn add_event(&mut self, data: &EventData) {
        self.events += 1;
        for injection in data.injections() {
            self.add_injection(data, injection);
        }
        self.count_unusual_values(data);
        self.count_rows(data);
    }

    fn count_rows(&mut self, data: &EventData) {
        for rows in data.tables().iter().filter(|rows| rows.count() > 0) {
            add_count(&mut self.rows, rows, rows.count());
        }
    }

    fn add_injection(&mut self, data: &EventData, injection: &Injection) {
        let Some(rows) = data.tables().get(injection.table) else { return };
        *self.injected.entry(injection.defect.name).or_default() += 1;
        if injection.defect.expected == ExpectedOutcome::Duplicate {
            add_count(&mut self.duplicates, rows, 1);
        }
        let table_name = ntsb_names::table_name(rows.table());
        let rows_before = self.rows.get(table_name).copied().unwrap_or(0);
        let Some(summary) = self.defects.get_mut(injection.defect.name) else { return };
        summary.values += injection.columns.len() as u64;
        if summary.locations.len() < MAX_LOCATIONS {
            summary.locations.push(locate(rows, injection, rows_before));
        }
        let is_rejected = |rows: &&Rows| {
            injection.affects_event || std::ptr::eq(*rows, &data.tables()[injection.table])
        };
        if injection.defect.expected == ExpectedOutcome::Reject {
            let tables = data.tables().iter().filter(is_rejected);
            for rows in tables.filter(|rows| rows.count() > 0) {
                let rejected = if injection.affects_event { rows.count() } else { 1 };
                add_count(&mut summary.rejected, rows, rejected);
                add_count(&mut self.rejected, rows, rejected);
            }
        }
    }

    fn count_unusual_values(&mut self, data: &EventData) {
        let loses_row = |injection: &&Injection| {
            let expected = injection.defect.expected;
            matches!(expected, ExpectedOutcome::Reject | ExpectedOutcome::Duplicate)
        };
        let lost = data.injections().iter().find(loses_row);
        if lost.is_some_and(|injection| injection.affects_event) {
            return;
        }
        for (name, table, column, is_unusual) in UNUSUAL_VALUES {
            let rows = &data.tables()[table.0];
            let at = rows.column_index(column);
            let is_loaded = |row: &usize| lost.is_none_or(|i| (i.table, i.row) != (table.0, *row));
            let found = (0..rows.count())
                .filter(is_loaded)
                .filter(|row| rows.cell(*row, at).is_some_and(is_unusual));
            *self.kept.entry(name).or_default() += found.count() as u64;
        }
    }
}

fn add_count(counts: &mut RowCounts, rows: &Rows, more: usize) {
    *counts.entry(ntsb_names::table_name(rows.table())).or_default() += more as u64;
}

fn locate(rows: &Rows, injection: &Injection, rows_before: u64) -> DefectLocation {
    let key = rows.table().key.iter();
    let key =
        key.map(|column| rows.cell(injection.row, rows.column_index(column)).map(str::to_owned));
    DefectLocation {
        table: ntsb_names::table_name(rows.table()),
        row: rows_before + injection.row as u64 + 1,
        ev_id: injection.ev_id.clone(),
        key: key.collect(),
        columns: injection.columns,
    }
}
