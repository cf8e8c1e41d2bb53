//! Whether a row can be a row of its table: the same for every table.

use crate::clean::Flaw;
use crate::validate::checks::Check;
use crate::validate::rule::{EVERY_TABLE as ALL, Gate::Schema, Rule};

#[rustfmt::skip] // one line a rule
pub const RULES: &[Rule] = &[
    Rule::reject("schema.not_an_ev_id", Schema, ALL).on("ev_id").when(Check::Dropped(&[Flaw::NotAnEvId]))
        .says("Not an event identifier (8 digits, a letter, 5 digits; or 14 digits)"),
    Rule::null("schema.not_a_number", Schema, ALL).when(Check::Dropped(&[Flaw::NotANumber]))
        .says("Not a number, in a column of numbers"),
    Rule::null("schema.number_too_large", Schema, ALL).when(Check::Dropped(&[Flaw::OutOfRange]))
        .says("The column's type cannot hold this number"),
    Rule::null("schema.not_a_date", Schema, ALL).when(Check::Dropped(&[Flaw::NotADate]))
        .says("Not a date of the years 1900 to 2100"),
    Rule::null("schema.not_a_boolean", Schema, ALL).when(Check::Dropped(&[Flaw::NotABoolean]))
        .says("Neither true nor false"),
    Rule::reject("schema.key_missing", Schema, ALL).when(Check::KeyMissing)
        .says("A part of the primary key is null, so that the row cannot be told from others"),
    Rule::flag("schema.text_too_long", Schema, ALL).when(Check::TooLong)
        .says("Text is longer than its column in NTSB's file, so that it was not written by NTSB"),
    Rule::reject("schema.duplicate_key", Schema, ALL).in_sql()
        .says("Another row of the file has the same key; the newer one is kept"),
    Rule::reject("schema.orphan", Schema, ALL).in_sql()
        .says("The row that this one belongs to is neither in the file nor in the warehouse"),
    Rule::reject("schema.parent_rejected", Schema, ALL).in_sql()
        .says("The row that this one belongs to was rejected, so that it goes with it"),
];
