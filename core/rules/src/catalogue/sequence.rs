//! Rules for occurrences and findings, in the codes before and since 2008.

use super::forms::is_digits;
use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const OCCURRENCES: &str = "occurrences";
const SEQ_OF_EVENTS: &str = "seq_of_events";
const EVENTS_SEQUENCE: &str = "events_sequence";
const FINDINGS: &str = "findings";

/// Table and column of the codes before 2008, which are all in one table.
const PRE_2008_CODES: (&str, &str) = ("ct_seqevt", "code");

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::null("occurrences.code_era", Business, OCCURRENCES).column("occurrence_code")
        .fails_if(&["occurrence_code"], |c| c.number(0).is_some_and(|n| !(100.0..=430.0).contains(&n)))
        .description("Not an occurrence in the pre-2008 codes (100 to 430)"),
    Rule::null("occurrences.phase_era", Business, OCCURRENCES).column("phase_of_flight")
        .fails_if(&["phase_of_flight"], |c| c.number(0).is_some_and(|n| !(500.0..620.0).contains(&n)))
        .description("Not a phase of flight in the pre-2008 codes (500 to 619)"),
    Rule::flag("occurrences.code_unlisted", Business, OCCURRENCES).column("occurrence_code").unlisted(PRE_2008_CODES)
        .description("The occurrence is not in the table of codes"),
    Rule::flag("occurrences.phase_unlisted", Business, OCCURRENCES).column("phase_of_flight").unlisted(PRE_2008_CODES)
        .description("The phase of flight is not in the table of codes"),
    Rule::flag("occurrences.altitude_low", Business, OCCURRENCES).column("altitude").below(-1500.0)
        .description("Altitude below the threshold, in feet: lower than any ground"),
    Rule::flag("occurrences.altitude_high", Statistics, OCCURRENCES).column("altitude").threshold(50_000.0)
        .fails_if(&["altitude"], |c| c.number(0).is_some_and(|n| n > c.threshold) && c.context.far_part != Some("121"))
        .description("Altitude above the threshold, in feet, in general aviation: a lost decimal point, or two numbers run together"),

    Rule::null("seq_of_events.subject_era", Business, SEQ_OF_EVENTS).column("subj_code")
        .fails_if(&["subj_code"], |c| c.number(0).is_some_and(|n| !(10_000.0..94_000.0).contains(&n)))
        .description("Not a subject in the pre-2008 codes (10000 to 93999)"),
    Rule::flag("seq_of_events.subject_unlisted", Business, SEQ_OF_EVENTS).column("subj_code").unlisted(PRE_2008_CODES)
        .description("The subject is not in the table of codes"),
    Rule::flag("seq_of_events.modifier_unlisted", Business, SEQ_OF_EVENTS).column("modifier_code").unlisted(PRE_2008_CODES)
        .description("The modifier is not in the table of codes"),
    Rule::flag("seq_of_events.person_unlisted", Business, SEQ_OF_EVENTS).column("person_code").unlisted(PRE_2008_CODES)
        .description("The person is not in the table of codes"),
    Rule::flag("seq_of_events.group_code", Business, SEQ_OF_EVENTS).column("group_code")
        .fails_if(&["group_code"], |c| c.number(0).is_some_and(|n| !(1.0..=4.0).contains(&n)))
        .description("The group of findings is not from 1 to 4"),
    Rule::flag("seq_of_events.number_low", Schema, SEQ_OF_EVENTS).column("seq_event_no").below(1.0)
        .description("Finding number below the threshold; findings of an occurrence are numbered from 1"),
    Rule::flag("seq_of_events.cause_code", Business, SEQ_OF_EVENTS).column("cause_factor").check(Check::NoneOf(&["C", "F"]))
        .description("Neither C (cause) nor F (factor)"),

    Rule::null("events_sequence.code_form", Business, EVENTS_SEQUENCE).column("occurrence_code")
        .fails_if(&["occurrence_code"], |c| c.text(0).is_some_and(|t| !is_digits(t, 6)))
        .description("Not a phase and an event of three digits each, the form of codes since 2008"),
    Rule::flag("events_sequence.parts", Business, EVENTS_SEQUENCE).column("occurrence_code")
        .fails_if(&["occurrence_code", "phase_no", "eventsoe_no"], |c| c.part_differs(0, 0, 3, 1) || c.part_differs(0, 3, 6, 2))
        .description("The code is not phase_no followed by eventsoe_no"),
    Rule::flag("events_sequence.phase_unlisted", Business, EVENTS_SEQUENCE).column("occurrence_code").part_unlisted(0, 3, (EVENTS_SEQUENCE, "phase_no"))
        .description("The phase of flight is not in the data dictionary"),
    Rule::flag("events_sequence.event_unlisted", Business, EVENTS_SEQUENCE).column("occurrence_code").part_unlisted(3, 6, (EVENTS_SEQUENCE, "eventsoe_no"))
        .description("The event is not in the data dictionary"),
    Rule::flag("events_sequence.code_missing", Business, EVENTS_SEQUENCE).column("occurrence_code").fails_if(&["occurrence_code"], |c| c.is_null(0))
        .description("The occurrence has no code"),

    Rule::null("findings.code_form", Business, FINDINGS).column("finding_code")
        .fails_if(&["finding_code"], |c| c.text(0).is_some_and(|t| !is_digits(t, 10)))
        .description("Not ten digits, the form of finding codes since 2008"),
    Rule::flag("findings.category", Business, FINDINGS).column("finding_code")
        .fails_if(&["finding_code"], |c| c.text(0).and_then(|t| t.get(0..2)).is_some_and(|t| !matches!(t, "01" | "02" | "03" | "04" | "05")))
        .description("The category is not from 01 (aircraft) to 05 (not determined)"),
    Rule::flag("findings.parts", Business, FINDINGS).column("finding_code")
        .fails_if(&["finding_code", "category_no", "subcategory_no", "section_no", "subsection_no", "modifier_no"], |c| (0..5).any(|n| c.part_differs(0, 2 * n, 2 * n + 2, n + 1)))
        .description("The code is not the concatenation of its five parts"),
    Rule::flag("findings.code_unlisted", Business, FINDINGS).column("finding_code").part_unlisted(0, 8, (FINDINGS, "finding_code"))
        .description("The finding is not in the data dictionary"),
    Rule::flag("findings.modifier_unlisted", Business, FINDINGS).column("finding_code").part_unlisted(8, 10, (FINDINGS, "modifier_no"))
        .description("The modifier is not in the data dictionary"),
    Rule::flag("findings.code_missing", Business, FINDINGS).column("finding_code").fails_if(&["finding_code"], |c| c.is_null(0))
        .description("The finding has no code"),
    Rule::flag("findings.number_low", Schema, FINDINGS).column("finding_no").below(1.0)
        .description("Finding number below the threshold; findings of an aircraft are numbered from 1"),
    Rule::flag("findings.cause_code", Business, FINDINGS).column("cause_factor").check(Check::NoneOf(&["C", "F"]))
        .description("Neither C (cause) nor F (factor)"),
    Rule::flag("findings.probable_cause_code", Business, FINDINGS).column("cm_inpc").check(Check::NoneOf(&["T", "F"]))
        .description("Neither T (in the probable cause) nor F (not in it)"),
    Rule::flag("findings.cause_contradicted", Business, FINDINGS).column("cm_inpc")
        .fails_if(&["cause_factor", "cm_inpc"], |c| match (c.text(0), c.text(1)) {
            (Some("C" | "F"), Some(t)) => t == "F",
            _ => false,
        })
        .description("A cause or factor that is marked as not in the probable cause"),
];
