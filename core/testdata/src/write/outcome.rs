//! What happened and why: `Events_Sequence` and `Findings` since 2008, `Occurrences` and
//! `seq_of_events` before, and `narratives`.

use super::{FINDINGS, NARRATIVES, OCCURRENCES, OLD_FINDINGS, One, SEQUENCE, sign};
use crate::Case;
use crate::narrative;
use crate::rng::Dice;
use crate::sequence::{Coded, PILOT, UNDETERMINED};

pub fn write(out: &mut Case, one: &One, dice: &mut Dice) {
    if !one.facts.modern {
        write_occurrences(out, one);
        write_old_findings(out, one, dice);
        return;
    }
    write_sequence(out, one);
    if dice.percent(share_with_findings(one)) {
        write_findings(out, one, dice);
    }
}

/// Findings are coded late, and seldom for foreign cases.
fn share_with_findings(one: &One) -> u32 {
    match (one.facts.place.is_home(), one.facts.when.year) {
        (false, _) => 10,
        (_, ..=2020) => 93,
        (_, 2021..=2023) => 82,
        (_, 2024) => 60,
        _ => 27,
    }
}

fn write_sequence(out: &mut Case, one: &One) {
    let story = one.aircraft.story;
    let first = Some((story.phase, story.event));
    for (number, (phase, event)) in (1..).zip([first, story.then].into_iter().flatten()) {
        let mut row = one.begin(out, SEQUENCE);
        row.number("occurrence_no", number);
        row.compose("occurrence_code", |out| {
            out.push_str(phase.0);
            out.push_str(event.0);
        });
        row.compose("occurrence_description", |out| {
            out.push_str(phase.1);
            out.push(' ');
            out.push_str(event.1);
        });
        row.text("phase_no", phase.0).text("eventsoe_no", event.0);
        row.flag("defining_ev", number == 1);
        sign(&mut row, one.facts);
    }
}

/// Until when a finding says whether it was a cause, and since when another column does.
const LAST_CAUSES: i32 = 18_566; // 2020-10-31
const FIRST_MARKS: i32 = 19_783; // 2024-03-01

fn write_findings(out: &mut Case, one: &One, dice: &mut Dice) {
    let story = one.aircraft.story;
    let unknown = dice.percent(8);
    let listed = if unknown { &[&UNDETERMINED] } else { story.findings };
    for (number, finding) in (1..).zip(listed) {
        let role = if number == 1 {
            Some("C")
        } else {
            dice.weighted(&[(35, Some("C")), (25, Some("F")), (40, None)])
        };
        write_finding(out, one, number, finding, role);
    }
}

fn write_finding(out: &mut Case, one: &One, number: i32, finding: &Coded, role: Option<&str>) {
    let (code, words) = *finding;
    let day = one.facts.changed.0;
    let told = role.filter(|_| day <= LAST_CAUSES);
    let mut row = one.begin(out, FINDINGS);
    row.number("finding_no", number).text("finding_code", code);
    row.compose("finding_description", |out| {
        out.push_str(words);
        if let Some(role) = told {
            out.push_str(" - ");
            out.push_str(role);
        }
    });
    let parts = ["category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no"];
    for (at, column) in parts.into_iter().enumerate() {
        row.text(column, code.get(at * 2..at * 2 + 2).unwrap_or_default());
    }
    row.maybe("cause_factor", told);
    sign(&mut row, one.facts);
    if day <= LAST_CAUSES || day >= FIRST_MARKS {
        row.text("cm_inpc", if role.is_some() { "T" } else { "F" });
    }
}

fn write_occurrences(out: &mut Case, one: &One) {
    let story = one.aircraft.story;
    let events = [Some(story.old_event), story.old_then];
    for (number, event) in (1..).zip(events.into_iter().flatten()) {
        let mut row = one.begin(out, OCCURRENCES);
        row.number("occurrence_no", number).number("occurrence_code", event.0);
        row.number("phase_of_flight", story.old_phase.0);
        sign(&mut row, one.facts);
    }
}

fn write_old_findings(out: &mut Case, one: &One, dice: &mut Dice) {
    let (subject, modifier) = one.aircraft.story.old_finding;
    let factor = dice.percent(30);
    for (number, cause) in (1..).zip([Some("C"), factor.then_some("F")].into_iter().flatten()) {
        let mut row = one.begin(out, OLD_FINDINGS);
        row.number("occurrence_no", 1).number("seq_event_no", number);
        row.number("group_code", 1).number("subj_code", subject.0);
        row.text("cause_factor", cause).number("modifier_code", modifier.0);
        row.number("person_code", PILOT.0);
        sign(&mut row, one.facts);
    }
}

pub fn write_narrative(out: &mut Case, one: &One, words: u32, dice: &mut Dice) {
    if words == 0 {
        return;
    }
    let (facts, aircraft) = (one.facts, one.aircraft);
    let bytes = narrative::length(words, dice);
    let (account, analysis) = if facts.complete { (bytes / 3, bytes * 2 / 3) } else { (bytes, 0) };
    let mut row = one.begin(out, NARRATIVES);
    row.compose("narr_accp", |out| narrative::push_account(out, facts, aircraft, account, dice));
    if analysis > 0 {
        row.compose("narr_accf", |out| {
            let end = out.len() + analysis;
            narrative::fill(out, end, dice);
        });
    }
    if facts.complete && facts.place.is_home() {
        row.compose("narr_cause", |out| narrative::push_cause(out, aircraft));
    }
    sign(&mut row, facts);
}
