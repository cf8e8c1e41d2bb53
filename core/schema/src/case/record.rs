//! Converts the state of the investigation and its publications.

use super::field::{Conversion::*, Field, columns as all_columns, field, list};
use super::{Case, Cell, ConversionNotes, EmitRow, answer_codes::REPORT_STATE};
use serde_json::Value;
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id"];
const ADMIN_TAIL: &[&str] = &["lchg_date"];
const TAIL: &[&str] = &["parties", "lchg_date"];

#[rustfmt::skip] // one column per line
pub(super) const ADMIN_FIELDS: &[Field] = &[
    field("rec_stat", &["/completionStatus", "/cm_completionStatus"], Code(REPORT_STATE)),
    field("approval_date", &["/reportDate", "/cm_reportDate"], DatePart),
];

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    field("mkey", &["/mKey", "/mkey", "/cm_mkey"], AsIs),
    field("case_closed", &["/caseClosed", "/cm_closed"], Flag("1", "0")),
    field("completion_status", &["/completionStatus", "/cm_completionStatus"], AsIs),
    field("case_type", &["/caseType"], AsIs),
    field("investigation_class", &["/investigationClass"], AsIs),
    field("launch_type", &["/launchType", "/cm_launch"], AsIs),
    field("board_launch", &["/boardMemberLaunch", "/cm_boardLaunch"], Flag("1", "0")),
    field("region", &["/region"], AsIs),
    field("report_type", &["/reportType", "/cm_reportType"], AsIs),
    field("report_flavor", &["/factualFinalReportFlavor"], AsIs),
    field("publish_profile", &["/publishProfile", "/cm_mostRecentReportType"], AsIs),
    field("report_number", &["/reportNumber", "/cm_reportNum"], AsIs),
    field("report_date", &["/reportDate", "/cm_reportDate"], DatePart),
    field("board_meeting_date", &["/boardMeetingDate", "/cm_boardMeetingDate"], DatePart),
    field("original_published", &["/originalPublishedDate", "/cm_originalPublishedDate"], DatePart),
    field("factual_published", &["/factualPublishedDate"], DatePart),
    field("last_revision", &["/lastRevisionDate"], DatePart),
    field("docket_opened", &["/docketOpenDate", "/cm_docketDate"], DatePart),
    field("docket_page", &["/docketPage"], AsIs),
    field("report_page", &["/reportPage"], AsIs),
    field("investigation_page", &["/investigationPage"], AsIs),
    field("has_safety_recommendation", &["/hasSafetyRecommendation", "/cm_hasSafetyRec"], Flag("1", "0")),
    field("is_study", &["/isStudy", "/cm_isStudy"], Flag("1", "0")),
    field("utc_offset_hours", &["/eventTimeUtcOffsetHours"], AsIs),
    field("hazmat_involved", &["/eventHazmatInvolved", "/cm_HazmatInvolved"], Flag("1", "0")),
    field("property_damage", &["/eventPropertyDamage"], AsIs),
    field("environmental_damage", &["/eventEnvironmentalDamage"], AsIs),
    field("wx_remarks", &["/weatherConditions/0/remarks"], AsIs),
];

/// The groups of the sequence of events. The Access files lack them.
#[rustfmt::skip] // one column per line
pub(super) const GROUP_FIELDS: &[Field] = &[
    field("occurrence_no", &["/cm_eventNum", "/eventNumber"], AsIs),
    field("sequence_no", &["/cm_sequenceNum", "/sequenceNumber"], AsIs),
    field("event_group", &["/cicttEventSOEGroup"], AsIs),
    field("phase_group", &["/cicttPhaseSOEGroup"], AsIs),
];

const GROUP_HEAD: &[&str] = &["ev_id", "aircraft_key"];

pub(super) fn group_columns() -> Vec<&'static str> {
    all_columns(GROUP_HEAD, GROUP_FIELDS, ADMIN_TAIL)
}

pub(super) fn convert_groups<'a>(
    case: &Case<'a>,
    notes: &mut ConversionNotes,
    emit: EmitRow<'_, 'a>,
) {
    for (key, aircraft) in case.aircraft() {
        for event in list(aircraft, &["/cm_events", "/events"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(GROUP_FIELDS.iter().map(|f| f.cell("sequence_group", event, notes)));
            cells.push(case.changed.clone());
            emit(&cells);
        }
    }
}

pub(super) fn admin_columns() -> Vec<&'static str> {
    all_columns(HEAD, ADMIN_FIELDS, ADMIN_TAIL)
}

pub(super) fn columns() -> Vec<&'static str> {
    all_columns(HEAD, FIELDS, TAIL)
}

/// A case without a status has no row.
pub(super) fn convert_admin<'a>(
    case: &Case<'a>,
    notes: &mut ConversionNotes,
    emit: EmitRow<'_, 'a>,
) {
    let mut cells = vec![case.ev_id.clone()];
    cells.extend(ADMIN_FIELDS.iter().map(|field| field.cell("ntsb_admin", case.value, notes)));
    let is_stated = cells.iter().skip(1).any(Option::is_some);
    cells.push(case.changed.clone());
    if is_stated {
        emit(&cells);
    }
}

pub(super) fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    let mut cells = vec![case.ev_id.clone()];
    cells.extend(FIELDS.iter().map(|field| field.cell("case_record", case.value, notes)));
    cells.extend([parties(case.value), case.changed.clone()]);
    emit(&cells);
}

fn parties(case: &Value) -> Cell<'_> {
    let names = list(case, &["/investigatingParties"]).iter().filter_map(Value::as_str);
    let names: Vec<&str> = names.map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| Cow::Owned(names.join("\n")))
}
