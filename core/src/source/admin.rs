//! TODO
use super::{Access::*, Clean::*, Kind, Table, column};

pub const NTSB_ADMIN: Table = Table {
    name: "ntsb_admin",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id"],
    comment: "TODO",
    columns: &[
        column("ev_id", Text(14), EvId, "TODO"),
        column("rec_stat", Text(1), Code, "TODO"),
        column("approval_date", DateTime, Date, "TODO"),
        column("lchg_userid", Text(18), Name, "TODO"),
        column("lchg_date", DateTime, Timestamp, "TODO"),
    ],
    derived: &[],
};
