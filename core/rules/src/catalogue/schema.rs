//! Rules for types and keys, and rules that apply to every table.

use crate::checks::Check;
use crate::rule::{ALL_TABLES as ALL, Gate::*, Rule};
use ntsb_schema::clean::DefectKind;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Columns that have their own rule for codes, excluded here so that a code is reported once.
const COLUMNS_WITH_OWN_RULE: &[&str] = &[
    "ev_highest_injury",
    "ev_dow",
    "damage",
    "crew_inj_level",
    "crew_sex",
    "injury_level",
    "occurrence_code",
    "phase_no",
    "eventsoe_no",
    "finding_code",
    "modifier_no",
    "cause_factor",
    "cm_inpc",
    "rec_stat",
];

#[rustfmt::skip] // one rule per line
pub const RULES: &[Rule] = &[
    Rule::reject("schema.not_an_ev_id", Schema, ALL).column("ev_id").check(Check::Dropped(&[DefectKind::NotAnEvId]))
        .description("Not an event identifier (8 digits, a letter and 5 digits or letters; or 14 digits)"),
    Rule::null("schema.not_a_number", Schema, ALL).check(Check::Dropped(&[DefectKind::NotANumber]))
        .description("Not a number, in a numeric column"),
    Rule::null("schema.number_too_large", Schema, ALL).check(Check::Dropped(&[DefectKind::OutOfRange]))
        .description("The number does not fit the column's type"),
    Rule::null("schema.not_a_date", Schema, ALL).check(Check::Dropped(&[DefectKind::NotADate]))
        .description("Not a date in the years 1900 to 2100"),
    Rule::null("schema.not_a_time", Schema, ALL).check(Check::Dropped(&[DefectKind::NotATime]))
        .description("Not a time of day between 0 and 2400 (HHMM)"),
    Rule::null("schema.not_a_boolean", Schema, ALL).check(Check::Dropped(&[DefectKind::NotABoolean]))
        .description("Neither true nor false"),
    Rule::reject("schema.key_missing", Schema, ALL).check(Check::KeyMissing)
        .description("A column of the primary key is null, so the row cannot be identified"),
    Rule::null("schema.text_far_too_long", Schema, ALL).threshold(4.0).check(Check::FarTooLong)
        .description("Text has more bytes than its column in NTSB's file has characters, times the threshold; it may not fit into an index"),
    Rule::flag("schema.text_too_long", Schema, ALL).check(Check::TooLong)
        .description("Text is longer than its column in NTSB's file, so it did not come from that file"),
    Rule::flag("schema.aircraft_key_low", Schema, ALL).column("aircraft_key").below(1.0)
        .description("Aircraft number below the threshold; aircraft of an event are numbered from 1"),
    Rule::flag("schema.aircraft_key_high", Schema, ALL).column("aircraft_key").above(20.0)
        .description("More aircraft in one event than the threshold; no event has involved that many"),
    Rule::flag("schema.crew_no_low", Schema, ALL).column("crew_no").below(1.0)
        .description("Crew number below the threshold; crew members of an aircraft are numbered from 1"),
    Rule::flag("schema.occurrence_no_low", Schema, ALL).column("occurrence_no").below(1.0)
        .description("Occurrence number below the threshold; occurrences are numbered from 1"),
    Rule::reject("schema.duplicate_key", Schema, ALL).checked_in_sql()
        .description("Another row of the file has the same key; the newer row is kept"),
    Rule::reject("schema.orphan", Schema, ALL).checked_in_sql()
        .description("Foreign key violation: the parent row is neither in the file nor in the warehouse"),
    Rule::reject("schema.parent_rejected", Schema, ALL).checked_in_sql()
        .description("The parent row was rejected, so this row is rejected too"),
    Rule::flag("any.code_unlisted", Business, ALL).check(Check::UnlistedCode { except: COLUMNS_WITH_OWN_RULE })
        .description("The data dictionary does not list the code for its column, and the code is not common in real data"),
    Rule::flag("any.spreadsheet_date", Business, ALL).check(Check::SpreadsheetDate)
        .description("A day and a month, or a month and a year: a spreadsheet has converted a name such as 10-28 to a date"),
    Rule::null("any.changed_in_future", Business, ALL).column("lchg_date").threshold(1.0)
        .fails_if(&["lchg_date"], |c| c.seconds(0).is_some_and(|s| s / SECONDS_PER_DAY >= f64::from(c.context.today) + c.threshold + 1.0))
        .description("The row was last changed more days in the future than the threshold, so it would replace every later version"),
    Rule::flag("any.robust_bounds", Statistics, ALL).threshold(12.0).checked_in_sql()
        .description("The number is farther from the median of its column than the threshold, in median absolute deviations"),
];
