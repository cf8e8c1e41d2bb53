//! Narratives of the report.
use super::{Access::*, Clean::*, Kind, Table, column};

#[rustfmt::skip] // one column per line
pub const NARRATIVES: Table = Table {
    name: "narratives",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key"],
    comment: "Texts of the report, one row per aircraft; long (median 256 words); they reveal the outcome",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("narr_accp", Memo, Prose, "What happened: the facts in order, preliminary first and revised later"),
        column("narr_accf", Memo, Prose, "Analysis, or the narrative of the final report"),
        column("narr_cause", Memo, Prose, "Probable cause; null until the final report, and for most foreign cases"),
        column("narr_inc", Memo, Prose, "FAA incident text; not filled"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};
