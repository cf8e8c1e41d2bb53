//! What happened, what was found, and the texts of the report.

use super::field::{Field, Take::*, columns as all_columns, field, list, text};
use super::{Case, Cell, Notes, Put};
use serde_json::Value;
use std::borrow::Cow;

const HEAD: &[&str] = &["ev_id", "aircraft_key"];
const TAIL: &[&str] = &["occurrence_description", "phase_no", "eventsoe_no", "lchg_date"];
const FINDING_TAIL: &[&str] =
    &["category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no", "lchg_date"];
const NARRATIVE_COLUMNS: &[&str] =
    &["ev_id", "aircraft_key", "narr_accp", "narr_accf", "narr_cause", "lchg_date"];

#[rustfmt::skip] // one line a column
const FIELDS: &[Field] = &[
    field("occurrence_no", &["/cm_eventNum", "/eventNumber"], AsIs),
    CODE,
    field("defining_ev", &["/cm_isDefiningEvent", "/isDefiningEvent"], Flag("1", "0")),
];

#[rustfmt::skip] // one line a column
const FINDING_FIELDS: &[Field] = &[
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

pub fn rows<'a>(case: &Case<'a>, notes: &mut Notes, put: Put<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for event in list(aircraft, &["/cm_events", "/events"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(FIELDS.iter().map(|f| f.cell("events_sequence", event, notes)));
            let code = text(event, CODE.from);
            let [phase, what] = [0, 3].map(|from| digits(&code, 6, from, 3));
            cells.extend([description(event), phase, what, case.changed.clone()]);
            put(&cells);
        }
    }
}

/// Phase and event in words, joined as the Access files join them.
fn description(event: &Value) -> Cell<'_> {
    let phase = text(event, &["/cm_tier1Name", "/eventTier1Name"])?;
    let what = text(event, &["/cm_tier2Name", "/eventTier2Name"])?;
    Some(Cow::Owned(format!("{} {}", phase.trim(), what.trim())))
}

pub fn findings<'a>(case: &Case<'a>, notes: &mut Notes, put: Put<'_, 'a>) {
    for (key, aircraft) in case.aircraft() {
        for finding in list(aircraft, &["/cm_findings", "/findings"]) {
            let mut cells = vec![case.ev_id.clone(), key.clone()];
            cells.extend(FINDING_FIELDS.iter().map(|f| f.cell("findings", finding, notes)));
            let code = text(finding, FINDING_CODE.from);
            cells.extend([0, 2, 4, 6, 8].map(|from| digits(&code, 10, from, 2)));
            cells.push(case.changed.clone());
            put(&cells);
        }
    }
}

/// Some digits of a code that has as many as it should.
fn digits<'a>(code: &Cell<'a>, length: usize, from: usize, count: usize) -> Cell<'a> {
    let code = code.as_deref().filter(|code| code.len() == length)?;
    code.get(from..from + count).map(|part| Cow::Owned(part.to_owned()))
}

/// The texts, with the case itself (for its first aircraft) or in a list with aircraft numbers.
pub fn narratives<'a>(case: &Case<'a>, _: &mut Notes, put: Put<'_, 'a>) {
    let texts = list(case.value, &["/narratives"]);
    if texts.is_empty() {
        let first = case.aircraft().next().and_then(|(key, _)| key);
        put_texts(case, first, case.value, put);
        return;
    }
    for text_of in texts {
        put_texts(case, text(text_of, &["/aircraftNumber"]), text_of, &mut *put);
    }
}

/// The account is preliminary until there are facts.
fn put_texts<'a>(case: &Case<'a>, key: Cell<'a>, from: &'a Value, put: Put<'_, 'a>) {
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
    put(&[case.ev_id.clone(), key, account, analysis, cause, case.changed.clone()]);
}
