//! What can be counted over time.

use crate::error::Error;

/// A count over rows of ntsb.fact_accidents, there called f.
pub struct Measure {
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! events {
    ($name:literal, $condition:literal) => {
        Measure { name: $name, sql: concat!("count(*) FILTER (WHERE ", $condition, ")") }
    };
}

macro_rules! people {
    ($name:literal) => {
        Measure { name: $name, sql: concat!("sum(f.", $name, ")") }
    };
}

pub const MEASURES: &[Measure] = &[
    Measure { name: "events", sql: "count(*)" },
    events!("fatal_events", "f.severity = 'FATL'"),
    events!("serious_events", "f.severity = 'SERS'"),
    events!("minor_events", "f.severity = 'MINR'"),
    events!("uninjured_events", "f.severity = 'NONE'"),
    events!("destroyed_events", "f.damage = 'DEST'"),
    people!("fatalities"),
    people!("serious"),
    people!("minor"),
    people!("uninjured"),
    Measure { name: "aircraft", sql: "sum(f.aircraft_count)" },
];

impl Measure {
    pub fn find(name: &str) -> Result<&'static Measure, Error> {
        let found = MEASURES.iter().find(|m| m.name == name);
        found.ok_or_else(|| Error::NoSuchMeasure(name.to_owned()))
    }
}
