//! Rules for report status, narratives and multiple-choice answers.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const ADMIN: &str = "ntsb_admin";
const NARRATIVES: &str = "narratives";

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::flag("ntsb_admin.state_code", Business, ADMIN).column("rec_stat").check(Check::NoneOf(&["P", "B", "F"]))
        .description("The report status is not P (preliminary), B (completed) or F (facts only)"),
    Rule::flag("ntsb_admin.approved_before_event", Business, ADMIN).column("approval_date").threshold(0.0)
        .fails_if(&["approval_date"], |c| c.days_after_event(0).is_some_and(|d| d < -c.threshold))
        .description("The report was approved more days before the event than the threshold"),
    Rule::flag("ntsb_admin.approved_in_future", Business, ADMIN).column("approval_date").threshold(1.0)
        .fails_if(&["approval_date"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.threshold))
        .description("The report was approved more days in the future than the threshold"),
    Rule::flag("ntsb_admin.completed_without_approval", Business, ADMIN).column("approval_date")
        .fails_if(&["approval_date", "rec_stat"], |c| c.is_null(0) && c.text(1) == Some("B"))
        .description("The report is completed (B), but its approval date is null"),
    Rule::flag("ntsb_admin.preliminary_long", Statistics, ADMIN).column("rec_stat").threshold(3652.0)
        .fails_if(&["rec_stat"], |c| c.text(0) == Some("P") && c.context.ev_date.is_some_and(|e| f64::from(c.context.today) - f64::from(e) > c.threshold))
        .description("The report is still preliminary more days after the event than the threshold (10 years)"),

    Rule::flag("narratives.empty", Business, NARRATIVES)
        .fails_if(&["narr_accp", "narr_accf", "narr_cause", "narr_inc"], |c| (0..4).all(|n| c.is_null(n)))
        .description("The narrative has no text"),
    Rule::flag("narratives.long", Statistics, NARRATIVES).threshold(200_000.0)
        .fails_if(&["narr_accp", "narr_accf", "narr_cause", "narr_inc"], |c| (0..4).any(|n| c.text(n).is_some_and(|t| t.len() as f64 > c.threshold)))
        .description("Text longer than the threshold, in bytes; the longest real one has about 44,000 characters"),
    Rule::flag("narratives.short", Statistics, NARRATIVES).threshold(20.0)
        .fails_if(&["narr_accp", "narr_accf"], |c| (0..2).any(|n| c.text(n).is_some_and(|t| (t.len() as f64) < c.threshold)))
        .description("Narrative shorter than the threshold, in bytes: a placeholder or a truncated text"),
    Rule::flag("narratives.cause_short", Statistics, NARRATIVES).column("narr_cause").threshold(15.0)
        .fails_if(&["narr_cause"], |c| c.text(0).is_some_and(|t| (t.len() as f64) < c.threshold))
        .description("Probable cause shorter than the threshold, in bytes"),

    Rule::flag("dt_events.answer_unlisted", Business, "dt_events").column("code").check(Check::UnlistedAnswer)
        .description("The answer is not in the data dictionary for its question"),
    Rule::flag("dt_aircraft.answer_unlisted", Business, "dt_aircraft").column("code").check(Check::UnlistedAnswer)
        .description("The answer is not in the data dictionary for its question"),
    Rule::flag("dt_flight_crew.answer_unlisted", Business, "dt_flight_crew").column("code").check(Check::UnlistedAnswer)
        .description("The answer is not in the data dictionary for its question"),
    Rule::null("case_record.utc_offset_implausible", Business, "case_record").column("utc_offset_hours").threshold(14.0)
        .fails_if(&["utc_offset_hours"], |c| c.number(0).is_some_and(|hours| hours.abs() > c.threshold))
        .description("Offset from UTC above the threshold, in hours east or west; no time zone is farther"),
];
