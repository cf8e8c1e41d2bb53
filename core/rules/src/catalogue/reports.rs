//! The report: its state, its texts, and answers of which there may be several.

use crate::checks::Check;
use crate::rule::{Gate::*, Rule};

const A: &str = "ntsb_admin";
const N: &str = "narratives";

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::flag("ntsb_admin.state_code", Business, A).on("rec_stat").when(Check::NoneOf(&["P", "B", "F"]))
        .says("None of P (preliminary), B (completed), F (facts only)"),
    Rule::flag("ntsb_admin.approved_before_event", Business, A).on("approval_date").limit(0.0)
        .fails(&["approval_date"], |c| c.days_after_event(0).is_some_and(|d| d < -c.limit))
        .says("The report was approved more days before the event than the threshold"),
    Rule::flag("ntsb_admin.approved_in_future", Business, A).on("approval_date").limit(1.0)
        .fails(&["approval_date"], |c| c.date(0).is_some_and(|d| f64::from(d) > f64::from(c.context.today) + c.limit))
        .says("The report was approved more days ahead of today than the threshold"),
    Rule::flag("ntsb_admin.completed_without_approval", Business, A).on("approval_date")
        .fails(&["approval_date", "rec_stat"], |c| c.null(0) && c.text(1) == Some("B"))
        .says("The report is completed (B), but the day of its approval is null"),
    Rule::flag("ntsb_admin.preliminary_long", Statistics, A).on("rec_stat").limit(3652.0)
        .fails(&["rec_stat"], |c| c.text(0) == Some("P") && c.context.ev_date.is_some_and(|e| f64::from(c.context.today) - f64::from(e) > c.limit))
        .says("The report is preliminary more days after the event than the threshold (10 years)"),

    Rule::flag("narratives.empty", Business, N)
        .fails(&["narr_accp", "narr_accf", "narr_cause", "narr_inc"], |c| (0..4).all(|n| c.null(n)))
        .says("A narrative without any text"),
    Rule::flag("narratives.long", Statistics, N).limit(200_000.0)
        .fails(&["narr_accp", "narr_accf", "narr_cause", "narr_inc"], |c| (0..4).any(|n| c.text(n).is_some_and(|t| t.len() as f64 > c.limit)))
        .says("A text longer than the threshold, in bytes; the longest true one is about 44,000 characters"),
    Rule::flag("narratives.short", Statistics, N).limit(20.0)
        .fails(&["narr_accp", "narr_accf"], |c| (0..2).any(|n| c.text(n).is_some_and(|t| (t.len() as f64) < c.limit)))
        .says("An account shorter than the threshold, in bytes: a placeholder or a cut text"),
    Rule::flag("narratives.cause_short", Statistics, N).on("narr_cause").limit(15.0)
        .fails(&["narr_cause"], |c| c.text(0).is_some_and(|t| (t.len() as f64) < c.limit))
        .says("A probable cause shorter than the threshold, in bytes"),

    Rule::flag("dt_events.answer_unlisted", Business, "dt_events").on("code").when(Check::Answer)
        .says("An answer that the data dictionary does not list for its question"),
    Rule::flag("dt_aircraft.answer_unlisted", Business, "dt_aircraft").on("code").when(Check::Answer)
        .says("An answer that the data dictionary does not list for its question"),
    Rule::flag("dt_flight_crew.answer_unlisted", Business, "dt_flight_crew").on("code").when(Check::Answer)
        .says("An answer that the data dictionary does not list for its question"),
];
