//! What can be counted over time.

use crate::error::Error;

/// A count over rows of ntsb.fact_accidents, there called e.
pub struct Measure {
    pub name: &'static str,
    pub sql: &'static str,
    /// How many fatal events lack what is counted; 0 where nothing can be lacking.
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
    pub fn find(name: &str) -> Result<&'static Measure, Error> {
        let found = MEASURES.iter().find(|m| m.name == name);
        found.ok_or_else(|| Error::NoSuchMeasure(name.to_owned()))
    }
}
