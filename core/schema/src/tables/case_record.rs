//! What only the records of NTSB's API hold: the state of the investigation and its publications, and the
//! CICTT groups of the sequence of events.
use super::{Access, Access::*, Clean, Clean::*, Kind, Table, column};

/// Tables that only NTSB's API fills.
pub const NAMES: &[&str] = &["case_record", "sequence_group"];

#[rustfmt::skip] // one column per line
pub const CASE_RECORD: Table = Table {
    name: "case_record",
    kind: Kind::Case,
    parent: Some("events"),
    key: &["ev_id"],
    comment: "State of the investigation and its publications, one row per event; only NTSB's API fills it",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("mkey", Long, Number, "NTSB's key of the case, the ProjectID of its docket"),
        column("case_closed", Access::Boolean, Clean::Boolean, "Whether the investigation is closed"),
        column("completion_status", Text(50), Name, "State of the report, as written: Completed, In work"),
        column("case_type", Text(50), Name, "Type of the investigation, as written: Data Collection"),
        column("investigation_class", Text(50), Name, "Class of the investigation, as written"),
        column("launch_type", Text(50), Name, "How NTSB travelled to the site, as written"),
        column("board_launch", Access::Boolean, Clean::Boolean, "Whether a member of the Board travelled to the site"),
        column("region", Text(50), Name, "Regional office"),
        column("parties", Memo, Prose, "Parties to the investigation, one per line"),
        column("report_type", Text(100), Name, "Type of the report, as written: Approved by Office Director"),
        column("report_flavor", Text(100), Name, "Form of the final report, as written: Basic (no factual)"),
        column("publish_profile", Text(100), Name, "Stage of publication, as written: DirectorApprovedBriefFinal"),
        column("report_number", Text(50), Name, "Number of the report (AAR-14-01)"),
        column("report_date", DateTime, Date, "Day of the report"),
        column("board_meeting_date", DateTime, Date, "Day of the Board meeting"),
        column("original_published", DateTime, Date, "Day of the first publication of the report"),
        column("factual_published", DateTime, Date, "Day of the publication of the factual report"),
        column("last_revision", DateTime, Date, "Day of the last revision of the report"),
        column("docket_opened", DateTime, Date, "Day on which the docket was opened to the public"),
        column("docket_page", Text(400), Name, "Address of the docket, where the record states it"),
        column("report_page", Text(400), Name, "Address of the report, where the record states it"),
        column("investigation_page", Text(400), Name, "Address of the page about the investigation, where the record states it"),
        column("has_safety_recommendation", Access::Boolean, Clean::Boolean, "Whether the case led to safety recommendations"),
        column("is_study", Access::Boolean, Clean::Boolean, "Whether the case is part of a safety study"),
        column("utc_offset_hours", Single, Number, "Offset that the record states, hours: UTC time + offset = NTSB's local time; not always that of the place"),
        column("hazmat_involved", Access::Boolean, Clean::Boolean, "Whether hazardous material was involved"),
        column("property_damage", Memo, Prose, "Damage to property, as written"),
        column("environmental_damage", Memo, Prose, "Damage to the environment, as written"),
        column("wx_remarks", Memo, Prose, "Remarks on the weather"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last published or revised the case, to the second; stored, not hashed"),
    ],
    derived: &[],
};

#[rustfmt::skip] // one column per line
pub const SEQUENCE_GROUP: Table = Table {
    name: "sequence_group",
    kind: Kind::Case,
    parent: Some("aircraft"),
    key: &["ev_id", "aircraft_key", "occurrence_no"],
    comment: "CICTT groups of the sequence of events, one row per row of events_sequence; only NTSB's API fills it",
    columns: &[
        column("ev_id", Text(14), EvId, "Event; its first 8 digits are the date of entry, not of the event"),
        column("aircraft_key", Long, Number, "Aircraft within the event, from 1"),
        column("occurrence_no", Long, Number, "Number of the occurrence, as in events_sequence"),
        column("sequence_no", Long, Number, "Place in the sequence of events, from 1"),
        column("event_group", Text(100), Name, "CICTT group of the occurrence, as written: Loss of Control (Inflight)"),
        column("phase_group", Text(100), Name, "CICTT group of the phase of flight, as written: Landing"),
        column("lchg_date", DateTime, Timestamp, "When NTSB last published or revised the case, to the second; stored, not hashed"),
    ],
    derived: &[],
};
