//! Converts cases in NTSB's JSON to rows of the tables of its Access files.
//!
//! A case has one of two forms. The query tool (CAROL) exports a form whose names start with `cm_`. The
//! public API, which is to replace the Access files, returns a richer form (`mKey`, `aircrafts`). They
//! contain the same values in different places, so each column is described once, with all the JSON
//! pointers to its value (`field::Field`).
//!
//! A case contains only part of an Access file. The other columns are null. Words with a certain code
//! are converted to that code. Others are dropped and counted ([`ConversionNotes`]).

mod aircraft;
mod answer_codes;
mod catalogue;
mod crew;
mod details;
mod event;
mod field;
mod id;
mod injuries;
mod meanings;
mod record;
mod sequence;
mod weather;

#[cfg(test)]
mod tests;

use field::{list, text};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use catalogue::{LEFT_OUT, LeftOut};
pub use id::{derive_ev_id, parse_mkey};

/// A cell of a converted row.
pub type Cell<'a> = Option<Cow<'a, str>>;

/// Receives a converted row, with one cell for each of the target's columns.
pub type EmitRow<'p, 'a> = &'p mut dyn FnMut(&[Cell<'a>]);

/// A table to which cases are converted.
pub struct Target {
    /// Name of the table.
    pub table: &'static str,
    columns: fn() -> Vec<&'static str>,
    convert: for<'p, 'a> fn(&Case<'a>, &mut ConversionNotes, EmitRow<'p, 'a>),
}

/// All targets, parents before children.
pub const TARGETS: &[Target] = &[
    Target { table: "events", columns: event::columns, convert: event::convert },
    Target { table: "ntsb_admin", columns: record::admin_columns, convert: record::convert_admin },
    Target {
        table: "dt_events",
        columns: details::event_columns,
        convert: details::convert_events,
    },
    Target { table: "aircraft", columns: aircraft::columns, convert: aircraft::convert },
    Target {
        table: "dt_aircraft",
        columns: details::aircraft_columns,
        convert: details::convert_aircraft,
    },
    Target {
        table: "engines",
        columns: aircraft::engine_columns,
        convert: aircraft::convert_engines,
    },
    Target { table: "injury", columns: injuries::columns, convert: injuries::convert },
    Target { table: "events_sequence", columns: sequence::columns, convert: sequence::convert },
    Target {
        table: "findings",
        columns: sequence::finding_columns,
        convert: sequence::convert_findings,
    },
    Target {
        table: "narratives",
        columns: sequence::narrative_columns,
        convert: sequence::convert_narratives,
    },
    Target { table: "flight_crew", columns: crew::columns, convert: crew::convert },
    Target { table: "flight_time", columns: crew::hours_columns, convert: crew::convert_hours },
    Target {
        table: "dt_flight_crew",
        columns: details::crew_columns,
        convert: details::convert_crew,
    },
    Target { table: "case_record", columns: record::columns, convert: record::convert },
    Target {
        table: "sequence_group",
        columns: record::group_columns,
        convert: record::convert_groups,
    },
];

impl Target {
    /// The columns of the converted rows.
    pub fn columns(&self) -> Vec<&'static str> {
        (self.columns)()
    }

    /// Converts a case and emits the resulting rows.
    pub fn convert_case<'a>(
        &self,
        case: &Case<'a>,
        notes: &mut ConversionNotes,
        emit: EmitRow<'_, 'a>,
    ) {
        (self.convert)(case, notes, emit);
    }
}

/// A case in either of the two forms.
pub struct Case<'a> {
    value: &'a Value,
    ev_id: Cell<'a>,
    ntsb_no: Option<Cow<'a, str>>,
    changed: Cell<'a>,
}

/// Why a JSON value cannot be loaded as a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// The value is not an object.
    #[error("is not a JSON object")]
    NotAnObject,
    /// The object has neither a key nor an NTSB number.
    #[error("is not a case: it has neither cm_mkey and cm_ntsbNum nor mKey and ntsbNumber")]
    NoIdentity,
    /// The object is an entry of the list of changed cases.
    #[error(
        "is an entry of the list of changed cases, not a case; fetch the case itself \
         (GetAviationCase)"
    )]
    Summary,
    /// The case is about another mode of transport.
    #[error("is a case of mode {0}; only aviation cases can be loaded")]
    OtherMode(String),
}

impl<'a> Case<'a> {
    /// Parses the identity of a case.
    pub fn parse(value: &'a Value) -> Result<Case<'a>, CaseError> {
        let Value::Object(members) = value else { return Err(CaseError::NotAnObject) };
        if members.contains_key("ntsbnumber") && members.contains_key("lastChangeDateTimeUtc") {
            return Err(CaseError::Summary);
        }
        let ntsb_no = text(value, &["/cm_ntsbNum", "/ntsbNumber"]);
        if ntsb_no.is_none() && id::mkey(value).is_none() {
            return Err(CaseError::NoIdentity);
        }
        if let Some(mode) = text(value, &["/cm_mode", "/mode"])
            && !mode.eq_ignore_ascii_case("aviation")
        {
            return Err(CaseError::OtherMode(mode.into_owned()));
        }
        let ev_id = derive_ev_id(value).map(Cow::Owned).or_else(|| ntsb_no.clone());
        Ok(Case { value, ev_id, ntsb_no, changed: last_changed(value) })
    }

    /// The aircraft with their numbers in the case.
    fn aircraft(&self) -> impl Iterator<Item = (Cell<'a>, &'a Value)> {
        let all = list(self.value, &["/cm_vehicles", "/aircrafts"]);
        all.iter().enumerate().map(|(at, aircraft)| {
            let number = text(aircraft, &["/cm_vehicleNum", "/aircraftNumber"]);
            (number.or_else(|| Some(Cow::Owned((at + 1).to_string()))), aircraft)
        })
    }
}

/// The last day on which the case was published or revised.
fn last_changed(value: &Value) -> Cell<'_> {
    let dates = [
        "/publishDateTime",
        "/lastRevisionDate",
        "/cm_recentReportPublishDate",
        "/cm_originalPublishedDate",
    ];
    // ISO dates sort as text.
    dates.iter().filter_map(|pointer| text(value, &[pointer])).max()
}

/// Counts of what could not be converted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ConversionNotes {
    /// Counts of words without a certain code, by column (`aircraft.damage`) and word.
    pub unmapped: BTreeMap<(String, String), u64>,
    /// The number of aircraft with several flight crew members whose roles are not given.
    pub crew_without_roles: u64,
    /// Counts of members that no column takes and that are not in [`LEFT_OUT`], by path
    /// (`aircrafts.engines.engineColor`).
    pub unknown_members: BTreeMap<String, u64>,
}

/// Maximum number of different words that are counted. A file may contain any number of words.
const MAX_WORDS: usize = 1000;

impl ConversionNotes {
    /// Counts the members of a case that are neither converted nor known to be left out.
    pub fn add_unknown_members(&mut self, case: &Case<'_>) {
        catalogue::for_each_unknown(case.value, &mut |path| {
            if self.unknown_members.len() < MAX_WORDS || self.unknown_members.contains_key(path) {
                *self.unknown_members.entry(path.to_owned()).or_default() += 1;
            }
        });
    }

    fn add_unmapped(&mut self, table: &str, column: &str, word: &str) {
        let key = (format!("{table}.{column}"), word.to_owned());
        if self.unmapped.len() < MAX_WORDS || self.unmapped.contains_key(&key) {
            *self.unmapped.entry(key).or_default() += 1;
        }
    }
}
