//! What happened, and what was found: codes of two eras.

use super::forms::is_digits;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const O: &str = "occurrences";
const S: &str = "seq_of_events";
const E: &str = "events_sequence";
const F: &str = "findings";

/// Codes before 2008 are all in one table.
const OLD: (&str, &str) = ("ct_seqevt", "code");

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::null("occurrences.code_era", Business, O).on("occurrence_code")
        .fails(&["occurrence_code"], |c| c.number(0).is_some_and(|n| !(100.0..=430.0).contains(&n)))
        .says("Not an occurrence in the codes before 2008 (100 to 430)"),
    Rule::null("occurrences.phase_era", Business, O).on("phase_of_flight")
        .fails(&["phase_of_flight"], |c| c.number(0).is_some_and(|n| !(500.0..620.0).contains(&n)))
        .says("Not a phase of flight in the codes before 2008 (500 to 619)"),
    Rule::flag("occurrences.code_unlisted", Business, O).on("occurrence_code").unlisted(OLD.0, OLD.1)
        .says("An occurrence that the table of codes does not list"),
    Rule::flag("occurrences.phase_unlisted", Business, O).on("phase_of_flight").unlisted(OLD.0, OLD.1)
        .says("A phase of flight that the table of codes does not list"),
    Rule::flag("occurrences.altitude_low", Business, O).on("altitude").below(-1500.0)
        .says("Altitude below the threshold, in feet: under any ground"),
    Rule::flag("occurrences.altitude_high", Statistics, O).on("altitude").limit(50_000.0)
        .fails(&["altitude"], |c| c.number(0).is_some_and(|n| n > c.limit) && c.context.far_part != Some("121"))
        .says("Altitude above the threshold, in feet, in general aviation: a point lost, or two numbers run together"),

    Rule::null("seq_of_events.subject_era", Business, S).on("subj_code")
        .fails(&["subj_code"], |c| c.number(0).is_some_and(|n| !(10_000.0..94_000.0).contains(&n)))
        .says("Not a subject in the codes before 2008 (10000 to 93999)"),
    Rule::flag("seq_of_events.subject_unlisted", Business, S).on("subj_code").unlisted(OLD.0, OLD.1)
        .says("A subject that the table of codes does not list"),
    Rule::flag("seq_of_events.modifier_unlisted", Business, S).on("modifier_code").unlisted(OLD.0, OLD.1)
        .says("A modifier that the table of codes does not list"),
    Rule::flag("seq_of_events.person_unlisted", Business, S).on("person_code").unlisted(OLD.0, OLD.1)
        .says("A person that the table of codes does not list"),
    Rule::flag("seq_of_events.group_code", Business, S).on("group_code")
        .fails(&["group_code"], |c| c.number(0).is_some_and(|n| !(1.0..=4.0).contains(&n)))
        .says("Not a group of findings from 1 to 4"),
    Rule::flag("seq_of_events.number_low", Schema, S).on("seq_event_no").below(1.0)
        .says("Findings of an occurrence are numbered from 1"),
    Rule::flag("seq_of_events.cause_code", Business, S).on("cause_factor").when(Check::NoneOf(&["C", "F"]))
        .says("Neither C (cause) nor F (factor)"),

    Rule::null("events_sequence.code_form", Business, E).on("occurrence_code")
        .fails(&["occurrence_code"], |c| c.text(0).is_some_and(|t| !is_digits(t, 6)))
        .says("Not a phase and an event of three digits each, as codes are since 2008"),
    Rule::flag("events_sequence.parts", Business, E).on("occurrence_code")
        .fails(&["occurrence_code", "phase_no", "eventsoe_no"], |c| c.part_differs(0, 0, 3, 1) || c.part_differs(0, 3, 6, 2))
        .says("The code is not phase_no and eventsoe_no joined"),
    Rule::flag("events_sequence.phase_unlisted", Business, E).on("occurrence_code").part_unlisted(0, 3, (E, "phase_no"))
        .says("A phase of flight that the data dictionary does not list"),
    Rule::flag("events_sequence.event_unlisted", Business, E).on("occurrence_code").part_unlisted(3, 6, (E, "eventsoe_no"))
        .says("An event that the data dictionary does not list"),
    Rule::flag("events_sequence.code_missing", Business, E).on("occurrence_code").fails(&["occurrence_code"], |c| c.null(0))
        .says("An occurrence that does not say what happened"),

    Rule::null("findings.code_form", Business, F).on("finding_code")
        .fails(&["finding_code"], |c| c.text(0).is_some_and(|t| !is_digits(t, 10)))
        .says("Not ten digits, as the code of a finding is since 2008"),
    Rule::flag("findings.category", Business, F).on("finding_code")
        .fails(&["finding_code"], |c| c.text(0).and_then(|t| t.get(0..2)).is_some_and(|t| !matches!(t, "01" | "02" | "03" | "04" | "05")))
        .says("Not a category from 01 (aircraft) to 05 (not determined)"),
    Rule::flag("findings.parts", Business, F).on("finding_code")
        .fails(&["finding_code", "category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no"], |c| (0..5).any(|n| c.part_differs(0, 2 * n, 2 * n + 2, n + 1)))
        .says("The code is not its five parts joined"),
    Rule::flag("findings.code_unlisted", Business, F).on("finding_code").part_unlisted(0, 8, (F, "finding_code"))
        .says("A finding that the data dictionary does not list"),
    Rule::flag("findings.modifier_unlisted", Business, F).on("finding_code").part_unlisted(8, 10, (F, "modifier_no"))
        .says("A modifier that the data dictionary does not list"),
    Rule::flag("findings.code_missing", Business, F).on("finding_code").fails(&["finding_code"], |c| c.null(0))
        .says("A finding without its code"),
    Rule::flag("findings.number_low", Schema, F).on("finding_no").below(1.0)
        .says("Findings of an aircraft are numbered from 1"),
    Rule::flag("findings.cause_code", Business, F).on("cause_factor").when(Check::NoneOf(&["C", "F"]))
        .says("Neither C (cause) nor F (factor)"),
    Rule::flag("findings.probable_cause_code", Business, F).on("cm_inpc").when(Check::NoneOf(&["T", "F"]))
        .says("Neither T (in the probable cause) nor F (not in it)"),
    Rule::flag("findings.cause_contradicted", Business, F).on("cm_inpc")
        .fails(&["cause_factor", "cm_inpc"], |c| match (c.text(0), c.text(1)) {
            (Some("C" | "F"), Some(t)) => t == "F",
            _ => false,
        })
        .says("A cause or factor that is not in the probable cause"),
];
