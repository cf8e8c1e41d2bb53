//! Whether a row can be a row of its table, and what holds in every table.

use crate::checks::Check;
use crate::rule::{EVERY_TABLE as ALL, Gate::*, Rule};
use ntsb_schema::clean::DefectKind;

const DAY: f64 = 86_400.0;

/// Columns with a rule of their own for their codes, so that one code is reported once.
const OWN_RULES: &[&str] = &[
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

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::reject("schema.not_an_ev_id", Schema, ALL).on("ev_id").when(Check::Dropped(&[DefectKind::NotAnEvId]))
        .says("Not an event identifier (8 digits, a letter, 5 digits or letters; or 14 digits)"),
    Rule::null("schema.not_a_number", Schema, ALL).when(Check::Dropped(&[DefectKind::NotANumber]))
        .says("Not a number, in a column of numbers"),
    Rule::null("schema.number_too_large", Schema, ALL).when(Check::Dropped(&[DefectKind::OutOfRange]))
        .says("A number that the column's type cannot hold"),
    Rule::null("schema.not_a_date", Schema, ALL).when(Check::Dropped(&[DefectKind::NotADate]))
        .says("Not a date of the years 1900 to 2100"),
    Rule::null("schema.not_a_time", Schema, ALL).when(Check::Dropped(&[DefectKind::NotATime]))
        .says("Not a time of day between 0 and 2400 (HHMM)"),
    Rule::null("schema.not_a_boolean", Schema, ALL).when(Check::Dropped(&[DefectKind::NotABoolean]))
        .says("Neither true nor false"),
    Rule::reject("schema.key_missing", Schema, ALL).when(Check::KeyMissing)
        .says("A part of the primary key is null, so that the row cannot be told from others"),
    Rule::null("schema.text_far_too_long", Schema, ALL).limit(4.0).when(Check::FarTooLong)
        .says("Text with more bytes than its column in NTSB's file could hold at so many bytes a character: an index might not hold it"),
    Rule::flag("schema.text_too_long", Schema, ALL).when(Check::TooLong)
        .says("Text is longer than its column in NTSB's file, so that it did not come from there"),
    Rule::flag("schema.aircraft_key_low", Schema, ALL).on("aircraft_key").below(1.0)
        .says("Aircraft of an event are numbered from 1"),
    Rule::flag("schema.aircraft_key_high", Schema, ALL).on("aircraft_key").above(20.0)
        .says("More aircraft in one event than ever were"),
    Rule::flag("schema.crew_no_low", Schema, ALL).on("crew_no").below(1.0)
        .says("Crew of an aircraft are numbered from 1"),
    Rule::flag("schema.occurrence_no_low", Schema, ALL).on("occurrence_no").below(1.0)
        .says("Occurrences are numbered from 1"),
    Rule::reject("schema.duplicate_key", Schema, ALL).in_sql()
        .says("Another row of the file has the same key; the newer one is kept"),
    Rule::reject("schema.orphan", Schema, ALL).in_sql()
        .says("The row that this one belongs to is neither in the file nor in the warehouse"),
    Rule::reject("schema.parent_rejected", Schema, ALL).in_sql()
        .says("The row that this one belongs to was rejected, so that it goes with it"),
    Rule::flag("any.code_unlisted", Business, ALL).when(Check::Unlisted { except: OWN_RULES })
        .says("A code that the data dictionary does not list for its column, nor real rows hold in number"),
    Rule::flag("any.spreadsheet_date", Business, ALL).when(Check::MonthForm)
        .says("A day and a month, or a month and a year, which a spreadsheet writes for a name such as 10-28"),
    Rule::null("any.changed_in_future", Business, ALL).on("lchg_date").limit(1.0)
        .fails(&["lchg_date"], |c| c.seconds(0).is_some_and(|s| s / DAY >= f64::from(c.context.today) + c.limit + 1.0))
        .says("Last changed more days ahead of today than the threshold, so that the row would win over every later one"),
    Rule::flag("any.robust_bounds", Statistics, ALL).limit(12.0).in_sql()
        .says("A number further from the median of its column than the threshold, in median absolute deviations"),
];
