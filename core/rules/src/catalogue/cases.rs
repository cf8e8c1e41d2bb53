//! Test cases: for every rule of the catalogue, a row that passes and a row that fails.
//!
//! A row is written as `column=value; column=value`. Key columns that are not named get a valid
//! value. `@ev_date` and `@far_part` are the date and FAR part of the row's event. The day of the
//! check is 2025-10-30.

mod aircraft;
mod crew;
mod engines;
mod events;
mod injuries;
mod reports;
mod schema;
mod sequence;
mod weather;

/// Rule id, table, a row that passes, a row that fails.
pub type Case = (&'static str, &'static str, &'static str, &'static str);

pub const CASES: &[&[Case]] = &[
    schema::CASES,
    events::CASES,
    injuries::CASES,
    weather::CASES,
    aircraft::CASES,
    engines::CASES,
    crew::CASES,
    sequence::CASES,
    reports::CASES,
];

/// A small vocabulary, with codes as the data dictionary writes them.
pub const VOCABULARY: &str = r#"{
    "events": {"light_cond": ["DAYL", "NITE"], "ev_state": ["KS", "NV"]},
    "country": {"country_code": ["USA", "CA"]},
    "ct_seqevt": {"code": ["350", "540", "24019", "3115", "4000"]},
    "Events_Sequence": {"Occurrence_Code": ["552xxx", "xxx230"]},
    "Findings": {"findings_code": ["01022214XX"], "modifier_no": ["xxxxxxxx07"]},
    "dt_events": {"wx_brief": ["TELE"]},
    "dt_aircraft": {"landing_gear": ["SKI"], "landing_gear0": ["NONE"]},
    "dt_flight_crew": {"crew_cert_code": ["ATP"]}
}"#;
