//! Measures of time series.

use crate::error::InvalidArgument;

/// An aggregate over rows of ntsb.fact_accidents e.
pub struct Measure {
    pub name: &'static str,
    pub sql: &'static str,
    /// Aggregate that counts the fatal events without a value; 0 if the value cannot be null.
    pub missing: &'static str,
}

macro_rules! events {
    ($name:literal, $condition:literal) => {
        Measure {
            name: $name,
            sql: concat!("count(*) FILTER (WHERE ", $condition, ")"),
            missing: "0",
        }
    };
}

macro_rules! people {
    ($name:literal) => {
        Measure {
            name: $name,
            sql: concat!("sum(e.", $name, ")"),
            missing: concat!(
                "count(*) FILTER (WHERE e.severity = 'FATL' AND e.",
                $name,
                " IS NULL)"
            ),
        }
    };
}

pub const MEASURES: &[Measure] = &[
    Measure { name: "events", sql: "count(*)", missing: "0" },
    events!("fatal_events", "e.severity = 'FATL'"),
    events!("serious_events", "e.severity = 'SERS'"),
    events!("minor_events", "e.severity = 'MINR'"),
    events!("uninjured_events", "e.severity = 'NONE'"),
    events!("destroyed_events", "e.damage = 'DEST'"),
    people!("fatalities"),
    people!("serious"),
    people!("minor"),
    people!("uninjured"),
    Measure { name: "aircraft", sql: "sum(e.aircraft_count)", missing: "0" },
];

impl Measure {
    pub fn find(name: &str) -> Result<&'static Measure, InvalidArgument> {
        MEASURES.iter().find(|m| m.name == name).ok_or_else(|| {
            let names: Vec<_> = MEASURES.iter().map(|m| m.name).collect();
            InvalidArgument::new("measure", format!("one of {}", names.join(", ")), name)
        })
    }
}
