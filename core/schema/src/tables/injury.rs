//! Counts of people aboard by role and injury.
use super::{Access::*, Clean::*, Kind, Table, column};

#[rustfmt::skip] // one column per line
pub const INJURY: Table = Table {
    name: "injury",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "inj_person_category", "injury_level"],
    comment: "People aboard by role and injury; contains subtotals (role ABRD, level TOTL), so do not sum all rows",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("inj_person_category", Text(4), Literal, "PLT, CPLT, FENG, FLTI, DSTU, KPLT, OCRW other crew, CABN, PAX, LAPC lap child; ABRD is everyone aboard, a subtotal"),
        column("injury_level", Text(4), Literal, "FATL, SERS, MINR, NONE; TOTL is a subtotal over the levels"),
        column("inj_person_count", Integer, Number, "People of that role with that injury; exclude ABRD and TOTL before summing"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};
