//! Occurrences, findings and narratives: `Events_Sequence` and `Findings` since 2008, `Occurrences` and
//! `seq_of_events` before, and `narratives`.

use super::{
    AircraftContext, FINDINGS, NARRATIVES, OCCURRENCES, OLD_FINDINGS, SEQUENCE, set_last_change,
};
use crate::EventData;
use crate::narrative;
use crate::rng::Rng;
use crate::sequence::{Code, PILOT, UNDETERMINED};

pub fn write(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    if !ctx.facts.is_modern {
        write_occurrences(out, ctx);
        write_old_findings(out, ctx, rng);
        return;
    }
    write_sequence(out, ctx);
    if rng.chance_percent(percent_with_findings(ctx)) {
        write_findings(out, ctx, rng);
    }
}

/// The percentage of events with findings. Recent events often have none yet, and foreign ones rarely do.
fn percent_with_findings(ctx: &AircraftContext) -> u32 {
    match (ctx.facts.place.is_domestic(), ctx.facts.time.year) {
        (false, _) => 10,
        (_, ..=2020) => 93,
        (_, 2021..=2023) => 82,
        (_, 2024) => 60,
        _ => 27,
    }
}

fn write_sequence(out: &mut EventData, ctx: &AircraftContext) {
    let scenario = ctx.aircraft.scenario;
    let first = Some((scenario.phase, scenario.event));
    for (number, (phase, event)) in (1..).zip([first, scenario.next].into_iter().flatten()) {
        let mut row = ctx.add_row(out, SEQUENCE);
        row.number("occurrence_no", number);
        row.write_with("occurrence_code", |out| {
            out.push_str(phase.0);
            out.push_str(event.0);
        });
        row.write_with("occurrence_description", |out| {
            out.push_str(phase.1);
            out.push(' ');
            out.push_str(event.1);
        });
        row.text("phase_no", phase.0).text("eventsoe_no", event.0);
        row.flag("defining_ev", number == 1);
        set_last_change(&mut row, ctx.facts);
    }
}

/// The last day on which `Cause_Factor` was written, and the first with `cm_inPc`.
const LAST_CAUSE_FACTOR: i32 = 18_566; // 2020-10-31
const FIRST_PROBABLE_CAUSE_FLAG: i32 = 19_783; // 2024-03-01

fn write_findings(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    let scenario = ctx.aircraft.scenario;
    let is_undetermined = rng.chance_percent(8);
    let listed = if is_undetermined { &[&UNDETERMINED] } else { scenario.findings };
    for (number, finding) in (1..).zip(listed) {
        let role = if number == 1 {
            Some("C")
        } else {
            rng.pick_weighted(&[(35, Some("C")), (25, Some("F")), (40, None)])
        };
        write_finding(out, ctx, number, finding, role);
    }
}

fn write_finding(
    out: &mut EventData,
    ctx: &AircraftContext,
    number: i32,
    finding: &Code,
    role: Option<&str>,
) {
    let (code, description) = *finding;
    let day = ctx.facts.last_change.0;
    let written_role = role.filter(|_| day <= LAST_CAUSE_FACTOR);
    let mut row = ctx.add_row(out, FINDINGS);
    row.number("finding_no", number).text("finding_code", code);
    row.write_with("finding_description", |out| {
        out.push_str(description);
        if let Some(role) = written_role {
            out.push_str(" - ");
            out.push_str(role);
        }
    });
    let parts = ["category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no"];
    for (at, column) in parts.into_iter().enumerate() {
        row.text(column, code.get(at * 2..at * 2 + 2).unwrap_or_default());
    }
    row.optional_text("cause_factor", written_role);
    set_last_change(&mut row, ctx.facts);
    if day <= LAST_CAUSE_FACTOR || day >= FIRST_PROBABLE_CAUSE_FLAG {
        row.text("cm_inpc", if role.is_some() { "T" } else { "F" });
    }
}

fn write_occurrences(out: &mut EventData, ctx: &AircraftContext) {
    let scenario = ctx.aircraft.scenario;
    let events = [Some(scenario.old_event), scenario.old_next];
    for (number, event) in (1..).zip(events.into_iter().flatten()) {
        let mut row = ctx.add_row(out, OCCURRENCES);
        row.number("occurrence_no", number).number("occurrence_code", event.0);
        row.number("phase_of_flight", scenario.old_phase.0);
        set_last_change(&mut row, ctx.facts);
    }
}

fn write_old_findings(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    let (subject, modifier) = ctx.aircraft.scenario.old_finding;
    let has_factor = rng.chance_percent(30);
    for (number, cause) in (1..).zip([Some("C"), has_factor.then_some("F")].into_iter().flatten()) {
        let mut row = ctx.add_row(out, OLD_FINDINGS);
        row.number("occurrence_no", 1).number("seq_event_no", number);
        row.number("group_code", 1).number("subj_code", subject.0);
        row.text("cause_factor", cause).number("modifier_code", modifier.0);
        row.number("person_code", PILOT.0);
        set_last_change(&mut row, ctx.facts);
    }
}

pub fn write_narrative(out: &mut EventData, ctx: &AircraftContext, words: u32, rng: &mut Rng) {
    if words == 0 {
        return;
    }
    let (facts, aircraft) = (ctx.facts, ctx.aircraft);
    let bytes = narrative::draw_length(words, rng);
    let (account, analysis) =
        if facts.is_complete { (bytes / 3, bytes * 2 / 3) } else { (bytes, 0) };
    let mut row = ctx.add_row(out, NARRATIVES);
    row.write_with("narr_accp", |out| narrative::push_account(out, facts, aircraft, account, rng));
    if analysis > 0 {
        row.write_with("narr_accf", |out| {
            let end = out.len() + analysis;
            narrative::push_sentences(out, end, rng);
        });
    }
    if facts.is_complete && facts.place.is_domestic() {
        row.write_with("narr_cause", |out| narrative::push_cause(out, aircraft));
    }
    set_last_change(&mut row, facts);
}
