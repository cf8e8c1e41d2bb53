//! Occurrences and findings.
use super::{
    Access::{self, *},
    Clean::{self, *},
    Kind, Table, column,
};

#[rustfmt::skip] // one column per line
pub const EVENTS_SEQUENCE: Table = Table {
    name: "events_sequence",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no"],
    comment: "Occurrences in order since 2008: phase of flight and what happened",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("occurrence_no", Long, Number, "Order of the occurrence within the aircraft, from 1"),
        column("occurrence_code", Text(7), Code, "Six digits as text: phase (3) and event (3), such as 552230"),
        column("occurrence_description", Text(100), Name, "Phase and event in words"),
        column("phase_no", Text(3), Code, "Phase of flight, first three digits of occurrence_code"),
        column("eventsoe_no", Text(3), Code, "Event, last three digits of occurrence_code"),
        column("defining_ev", Access::Boolean, Clean::Boolean, "The occurrence that defines the accident, normally one per aircraft; not a statement of cause"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const OCCURRENCES: Table = Table {
    name: "occurrences",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no"],
    comment: "Occurrences in order before 2008: phase of flight and what happened",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("occurrence_no", Long, Number, "Order of the occurrence within the aircraft, from 1"),
        column("occurrence_code", Long, ZeroIsNull, "What happened, 100 to 430 (ct_seqevt); not comparable with codes since 2008; 0 is null"),
        column("phase_of_flight", Long, ZeroIsNull, "Phase of flight, 500 to 610 (ct_seqevt); 0 is null"),
        column("altitude", Long, Number, "Altitude at the occurrence, feet above sea level; rarely filled, 0 may mean unknown"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const SEQ_OF_EVENTS: Table = Table {
    name: "seq_of_events",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no", "seq_event_no", "group_code"],
    comment: "Findings before 2008, in order within their occurrence: subject, modifier, person",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("occurrence_no", Long, Number, "Occurrence that the finding belongs to"),
        column("seq_event_no", Long, Number, "Order of the finding within the occurrence, from 1"),
        column("group_code", Integer, Number, "1 aircraft or environment, 2 human performance, 3 direct, 4 indirect underlying factor"),
        column("subj_code", Long, ZeroIsNull, "Subject, 10000 to 93300 (ct_seqevt); 0 is null"),
        column("cause_factor", Text(1), Code, "C cause, F factor; null is neither"),
        column("modifier_code", Long, ZeroIsNull, "What was wrong with the subject (ct_seqevt); 0 is null"),
        column("person_code", Long, ZeroIsNull, "Who was involved, 4000 pilot in command... (ct_seqevt); 0 is null"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(18), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const FINDINGS: Table = Table {
    name: "findings",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "finding_no"],
    comment: "Findings since 2008; coded with a delay: 90 % of events of 2008 have some, 70 % of 2021 to 2023, 23 % of 2025",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("finding_no", Long, Number, "Number of the finding within the aircraft"),
        column("finding_code", Text(10), Code, "Ten digits as text with leading zeros: category, subcategory, section, subsection, modifier, two each"),
        column("finding_description", Text(255), Name, "The finding in words, its levels joined by hyphens; may end in - C or - F"),
        column("category_no", Text(2), Code, "01 aircraft, 02 personnel, 03 environment, 04 organization, 05 not determined; text"),
        column("subcategory_no", Text(2), Code, "Digits 3 and 4 of finding_code; text with leading zeros"),
        column("section_no", Text(2), Code, "Digits 5 and 6 of finding_code; text with leading zeros"),
        column("subsection_no", Text(2), Code, "Digits 7 and 8 of finding_code; text with leading zeros"),
        column("modifier_no", Text(2), Code, "Digits 9 and 10 of finding_code: 01 failure, 07 design, 00 unknown...; text with leading zeros"),
        column("cause_factor", Text(1), Code, "C cause, F factor; null is neither; not filled since 2020-10, see cm_inpc"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last changed this row, to the second; stored, not hashed"),
        column("lchg_userid", Text(50), Name, "NTSB login that last changed this row; often null; stored, not hashed"),
        column("cm_inpc", Text(1), Code, "In the probable cause: T, F; since 2024-03 in place of cause_factor, also filled in older rows (T where C or F); not in Pre2008.mdb"),
    ],
    derived: &[],
};
