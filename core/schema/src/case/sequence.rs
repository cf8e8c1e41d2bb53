//! Converts occurrences, findings and narratives.

use super::field::{Conversion::*, Field, columns as all_columns, field, list, text};
use super::{Case, Cell, ConversionNotes, EmitRow};
use serde_json::Value;
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id", "aircraft_key"];
const TAIL: &[&str] = &["occurrence_description", "phase_no", "eventsoe_no", "lchg_date"];
const FINDING_TAIL: &[&str] =
    &["category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no", "lchg_date"];
const NARRATIVE_COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "narr_accp", "narr_accf", "narr_cause", "lchg_date"];

#[rustfmt::skip] // one column per line
pub(super) const FIELDS: &[Field] = &[
    field("occurrence_no", &["/cm_eventNum", "/eventNumber"], AsIs),
    CODE,
    field("defining_ev", &["/cm_isDefiningEvent", "/isDefiningEvent"], Flag("1", "0")),
];

#[rustfmt::skip] // one column per line
pub(super) const FINDING_FIELDS: &[Field] = &[
    field("finding_no", &["/cm_findingNum", "/findingNumber"], AsIs),
    FINDING_CODE,
    field("finding_description", &["/cm_findingText", "/findingDescription"], AsIs),
    field("cm_inpc", &["/cm_inPc", "/cm_inPC", "/inProbableCause"], Flag("T", "F")),
];

const CODE: Field = field("occurrence_code", &["/cm_eventCode", "/eventCode"], AsIs);
const FINDING_CODE: Field = field("finding_code", &["/cm_findingCode", "/findingCode"], AsIs);

pub fn columns() -> Vec<&'static str> {
    all_columns(HEAD, FIELDS, TAIL)
}

pub fn finding_columns() -> Vec<&'static str> {
    all_columns(HEAD, FINDING_FIELDS, FINDING_TAIL)
}

pub fn narrative_columns() -> Vec<&'static str> {
    NARRATIVE_COLUMNS.to_vec()
}

pub fn convert<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for event in list(aircraft, &["/cm_events", "/events"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(FIELDS.iter().map(|f| f.cell("events_sequence", event, notes)));
            let code = text(event, CODE.pointers);
            let [phase, occurrence] = [0, 3].map(|from| code_part(&code, 6, from, 3));
            cells.extend([description(event), phase, occurrence, case.changed.clone()]);
            emit(&cells);
        }
    }
}

/// Phase and event in words, joined as in the Access files.
fn description(event: &Value) -> Cell<'_> {
    let phase = text(event, &["/cm_tier1Name", "/eventTier1Name"])?;
    let occurrence = text(event, &["/cm_tier2Name", "/eventTier2Name"])?;
    Some(Cow::Owned(format!("{} {}", phase.trim(), occurrence.trim())))
}

pub fn convert_findings<'a>(case: &Case<'a>, notes: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for finding in list(aircraft, &["/cm_findings", "/findings"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(FINDING_FIELDS.iter().map(|f| f.cell("findings", finding, notes)));
            let code = text(finding, FINDING_CODE.pointers);
            cells.extend([0, 2, 4, 6, 8].map(|from| code_part(&code, 10, from, 2)));
            cells.push(case.changed.clone());
            emit(&cells);
        }
    }
}

/// A part of a code, or `None` if the code does not have the expected length.
fn code_part<'a>(code: &Cell<'a>, length: usize, from: usize, count: usize) -> Cell<'a> {
    let code = code.as_deref().filter(|code| code.len() == length)?;
    code.get(from..from + count).map(|part| Cow::Owned(part.to_owned()))
}

/// Converts the narratives. They are members of the case (for its first aircraft), or in a list with
/// aircraft numbers.
pub fn convert_narratives<'a>(case: &Case<'a>, _: &mut ConversionNotes, emit: EmitRow<'_, 'a>) {
    let texts = list(case.value, &["/narratives"]);
    if texts.is_empty() {
        let first = case.aircraft().next().and_then(|(key, _)| key);
        emit_texts(case, first, case.value, emit);
        return;
    }
    for texts in texts {
        emit_texts(case, text(texts, &["/aircraftNumber"]), texts, &mut *emit);
    }
}

/// Emits a row of narratives. Uses the preliminary narrative until there is a factual one.
fn emit_texts<'a>(case: &Case<'a>, key: Cell<'a>, from: &'a Value, emit: EmitRow<'_, 'a>) {
    let facts = ["/factualNarrative", "/concatenatedFactualNarrative", "/prelimNarrative"];
    let texts = [
        text(from, &facts),
        text(from, &["/analysisNarrative"]),
        text(from, &["/cm_probableCause", "/probableCause"]),
    ];
    if key.is_none() || texts.iter().all(Option::is_none) {
        return;
    }
    let [account, analysis, cause] = texts;
    emit(&[case.ev_id.clone(), key, account, analysis, cause, case.changed.clone()]);
}
