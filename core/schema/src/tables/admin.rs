//! Where the report on an event stands.
use super::{Access::*, Clean::*, Kind, Table, column};

#[rustfmt::skip] // one line a column
pub const NTSB_ADMIN: Table = Table {
    name: "ntsb_admin",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id"],
    comment: "State of the report on an event, one row an event; some rows have had no event (orphans)",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its prefix is the date of entry, not of the event"),
        column("rec_stat", Text(1), Code, "P preliminary, B completed, F facts only (nearly all foreign); meanings read from the rows, not in the dictionary"),
        column("approval_date", DateTime, Date, "Day the report was approved; null while preliminary, and in nearly half of the F rows"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
    ],
    derived: &[],
};
