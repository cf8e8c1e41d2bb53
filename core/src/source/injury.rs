//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const INJURY: Table = Table {
    name: "injury",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "inj_person_category", "injury_level"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("inj_person_category", Text(4), Literal, "TODO"),
        column("injury_level", Text(4), Literal, "TODO"),
        column("inj_person_count", Integer, Number, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};
