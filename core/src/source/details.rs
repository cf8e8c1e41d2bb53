//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const DT_EVENTS: Table = Table {
    name: "dt_events",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id", "col_name", "code"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("col_name", Text(20), Literal, "TODO"),
        column("code", Text(4), Literal, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};

pub const DT_AIRCRAFT: Table = Table {
    name: "dt_aircraft",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "col_name", "code"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("col_name", Text(20), Literal, "TODO"),
        column("code", Text(4), Literal, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};

pub const DT_FLIGHT_CREW: Table = Table {
    name: "dt_flight_crew",
    kind: Kind::Case,
    parent: Some("flight_crew"),
    key: &["ev_id", "aircraft_key", "crew_no", "col_name", "code"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("crew_no", Byte, Number, "TODO"),
        column("col_name", Text(20), Literal, "TODO"),
        column("code", Text(4), Literal, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};
