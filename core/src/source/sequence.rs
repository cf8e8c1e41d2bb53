//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const EVENTS_SEQUENCE: Table = Table {
    name: "events_sequence",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("occurrence_no", Long, Number, "TODO"),
        column("occurrence_code", Text(7), Code, "TODO"),
        column("occurrence_description", Text(100), Name, "TODO"),
        column("phase_no", Text(3), Code, "TODO"),
        column("eventsoe_no", Text(3), Code, "TODO"),
        column("defining_ev", Boolean, Boolean, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};

pub const OCCURRENCES: Table = Table {
    name: "occurrences",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("occurrence_no", Long, Number, "TODO"),
        column("occurrence_code", Long, Number, "TODO"),
        column("phase_of_flight", Long, ZeroIsNull, "TODO"),
        column("altitude", Long, Number, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};

pub const SEQ_OF_EVENTS: Table = Table {
    name: "seq_of_events",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no", "seq_event_no", "group_code"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("occurrence_no", Long, Number, "TODO"),
        column("seq_event_no", Long, Number, "TODO"),
        column("group_code", Integer, Number, "TODO"),
        column("subj_code", Long, Number, "TODO"),
        column("cause_factor", Text(1), Code, "TODO"),
        column("modifier_code", Long, Number, "TODO"),
        column("person_code", Long, Number, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};

pub const FINDINGS: Table = Table {
    name: "findings",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "finding_no"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("finding_no", Long, Number, "TODO"),
        column("finding_code", Text(10), Code, "TODO"),
        column("finding_description", Text(255), Name, "TODO"),
        column("category_no", Text(2), Code, "TODO"),
        column("subcategory_no", Text(2), Code, "TODO"),
        column("section_no", Text(2), Code, "TODO"),
        column("subsection_no", Text(2), Code, "TODO"),
        column("modifier_no", Text(2), Code, "TODO"),
        column("cause_factor", Text(1), Code, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(50), Name, "TODO"),
        column("cm_inpc", Text(1), Code, "TODO"),
    ],
    derived: &[],
};
