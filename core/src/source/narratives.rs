//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const NARRATIVES: Table = Table {
    name: "narratives",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("aircraft_key", Long, Number, "TODO"),
        column("narr_accp", Memo, Prose, "TODO"),
        column("narr_accf", Memo, Prose, "TODO"),
        column("narr_cause", Memo, Prose, "TODO"),
        column("narr_inc", Memo, Prose, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
    ],
    derived: &[],
};
