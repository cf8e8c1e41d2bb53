//! Multiple-choice answers, as (question, code) pairs.
use super::{Access::*, Clean::*, Kind, Table, column};

#[rustfmt::skip] // one column per line
pub const DT_EVENTS: Table = Table {
    name: "dt_events",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id", "col_name", "code"],
    comment: "Multiple-choice answers about an event: one row per answer",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("col_name", Text(20), Literal, "Question: wx_cond, wx_metar, wx_brief, wx_brief_src, vis_restrct, prop_dmg, cictt...; a digit may follow"),
        column("code", Text(4), Literal, "Code of the answer within col_name; UNK and NONE are answers"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const DT_AIRCRAFT: Table = Table {
    name: "dt_aircraft",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "col_name", "code"],
    comment: "Multiple-choice answers about an aircraft: one row per answer",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("col_name", Text(20), Literal, "Question: acft_awy_cert, aircar_cert, airspc_type, instm_appr, landing_gear, load_desc, rwy_cond, type_clear, vfr_appr"),
        column("code", Text(4), Literal, "Code of the answer within col_name; UNK and NONE are answers"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const DT_FLIGHT_CREW: Table = Table {
    name: "dt_flight_crew",
    kind: Kind::Case,
    parent: Some("flight_crew"),
    key: &["ev_id", "aircraft_key", "crew_no", "col_name", "code"],
    comment: "Certificates and ratings of a crew member: one row per answer",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("crew_no", Byte, Number, "Crew member within the aircraft, from 1"),
        column("col_name", Text(20), Literal, "Question: crew_cert_code (ATP, COMM, PRI, STU...), crew_rat_airpln, crew_rat_instrum, crew_rat_instruct, crew_rat_roto"),
        column("code", Text(4), Literal, "Code of the answer within col_name; UNK and NONE are answers"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};
