//! The status of the report on an event.
use super::{Access::*, Clean::*, Kind, Table, column};

#[rustfmt::skip] // one column per line
pub const NTSB_ADMIN: Table = Table {
    name: "ntsb_admin",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id"],
    comment: "Status of the report on an event, one row per event; some rows have no event (orphans)",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("rec_stat", Text(1), Code, "P preliminary, B completed, F facts only (nearly all foreign); the dictionary does not list the meanings, they are inferred from the rows"),
        column("approval_date", DateTime, Date, "Day the report was approved; null while preliminary, and in nearly half of the F rows"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
    ],
    derived: &[],
};
