//! Cases of NTSB's JSON as rows of the tables of its Access files.
//!
//! A case comes in two forms. The query tool (CAROL) exports one whose names begin with `cm_`; the
//! public API, which is to follow the Access files, gives a richer one (`mKey`, `aircrafts`). Both
//! say the same things in other places, so a column is described once, with all the places where
//! its value may stand ([`field::Field`]).
//!
//! What a case does not say stays null here: it says a part of what an Access file says. Words with
//! a certain code become that code; others are left out and counted ([`Notes`]).

mod aircraft;
mod crew;
mod event;
mod field;
mod id;
mod injuries;
mod meanings;
mod sequence;

#[cfg(test)]
mod tests;

use field::{list, text};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use id::{ev_id, key_in};

pub type Cell<'a> = Option<Cow<'a, str>>;

/// Takes one row, a cell for each of the target's columns.
pub type Put<'p, 'a> = &'p mut dyn FnMut(&[Cell<'a>]);

/// A table that cases say something of.
pub struct Target {
    pub table: &'static str,
    columns: fn() -> Vec<&'static str>,
    make: for<'p, 'a> fn(&Case<'a>, &mut Notes, Put<'p, 'a>),
}

/// Parents before children.
pub const TARGETS: &[Target] = &[
    Target { table: "events", columns: event::columns, make: event::rows },
    Target { table: "aircraft", columns: aircraft::columns, make: aircraft::rows },
    Target { table: "engines", columns: aircraft::engine_columns, make: aircraft::engines },
    Target { table: "injury", columns: injuries::columns, make: injuries::rows },
    Target { table: "events_sequence", columns: sequence::columns, make: sequence::rows },
    Target { table: "findings", columns: sequence::finding_columns, make: sequence::findings },
    Target {
        table: "narratives",
        columns: sequence::narrative_columns,
        make: sequence::narratives,
    },
    Target { table: "flight_crew", columns: crew::columns, make: crew::rows },
    Target { table: "flight_time", columns: crew::time_columns, make: crew::times },
];

impl Target {
    pub fn columns(&self) -> Vec<&'static str> {
        (self.columns)()
    }

    /// Makes the rows of this table out of one case.
    pub fn rows<'a>(&self, case: &Case<'a>, notes: &mut Notes, put: Put<'_, 'a>) {
        (self.make)(case, notes, put);
    }
}

/// A case of one of the two forms.
pub struct Case<'a> {
    value: &'a Value,
    ev_id: Cell<'a>,
    ntsb_no: Option<Cow<'a, str>>,
    changed: Cell<'a>,
}

/// Why a JSON value is no case to load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACase {
    #[error("is no JSON object")]
    NoObject,
    #[error("has neither cm_mkey and cm_ntsbNum nor mKey and ntsbNumber, so it is no case")]
    NoIdentity,
    #[error(
        "is an entry of a list of changed cases, which holds no case; fetch the case itself \
         (GetAviationCase)"
    )]
    Summary,
    #[error("is a case of {0}, not of aviation")]
    OtherMode(String),
}

impl<'a> Case<'a> {
    pub fn of(value: &'a Value) -> Result<Case<'a>, NotACase> {
        let Value::Object(members) = value else { return Err(NotACase::NoObject) };
        if members.contains_key("ntsbnumber") && members.contains_key("lastChangeDateTimeUtc") {
            return Err(NotACase::Summary);
        }
        let ntsb_no = text(value, &["/cm_ntsbNum", "/ntsbNumber"]);
        if ntsb_no.is_none() && id::mkey(value).is_none() {
            return Err(NotACase::NoIdentity);
        }
        if let Some(mode) = text(value, &["/cm_mode", "/mode"])
            && !mode.eq_ignore_ascii_case("aviation")
        {
            return Err(NotACase::OtherMode(mode.into_owned()));
        }
        let ev_id = ev_id(value).map(Cow::Owned).or_else(|| ntsb_no.clone());
        Ok(Case { value, ev_id, ntsb_no, changed: changed(value) })
    }

    /// The aircraft with their keys, numbered as in the case.
    fn aircraft(&self) -> impl Iterator<Item = (Cell<'a>, &'a Value)> {
        let all = list(self.value, &["/cm_vehicles", "/aircrafts"]);
        all.iter().enumerate().map(|(at, aircraft)| {
            let number = text(aircraft, &["/cm_vehicleNum", "/aircraftNumber"]);
            (number.or_else(|| Some(Cow::Owned((at + 1).to_string()))), aircraft)
        })
    }
}

/// The last day on which the case was published or revised: what it says is as new as that.
fn changed(value: &Value) -> Cell<'_> {
    let dates = [
        "/publishDateTime",
        "/lastRevisionDate",
        "/cm_recentReportPublishDate",
        "/cm_originalPublishedDate",
    ];
    // ISO dates sort as text.
    dates.iter().filter_map(|place| text(value, &[place])).max()
}

/// What could not be taken over, with how often.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// By column (`aircraft.damage`) and word.
    pub unmapped: BTreeMap<(String, String), u64>,
    /// Aircraft whose several flight crew the case counts without their roles.
    pub crew_without_roles: u64,
}

/// A case may hold any words, but no more than this many are worth remembering.
const MOST_WORDS: usize = 1000;

impl Notes {
    fn unmapped(&mut self, table: &str, column: &str, word: &str) {
        let key = (format!("{table}.{column}"), word.to_owned());
        if self.unmapped.len() < MOST_WORDS || self.unmapped.contains_key(&key) {
            *self.unmapped.entry(key).or_default() += 1;
        }
    }
}
