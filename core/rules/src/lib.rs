//! Validation rules for cleaned rows, in three gates: schema, business, statistics.
//!
//! A rule is data ([`RULES`]): the table and column it checks, the action when a row fails, its
//! threshold and a description. An administrator can change a rule or add one ([`RuleSetting`]).
//! [`RuleSet`] binds the rules to the columns of one table once and then checks any number of rows.
//!
//! Each problem is reported once. A value that cleaning had to drop is a defect. If a rule claims
//! that kind of defect, the defect is removed from `row.defects` and reported as a violation of the
//! rule instead, so that an administrator can also reject such rows. Repairs stay defects.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bounds;
mod catalogue;
mod cells;
mod checks;
mod rule;
mod rule_set;
mod setting;
mod violation;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use bounds::{BOUNDED_COLUMNS, Scale};
pub use catalogue::RULES;
pub use rule::{ALL_TABLES, Action, Gate, Rule, Scope};
pub use rule_set::{RuleError, RuleSet};
pub use setting::RuleSetting;
pub use violation::{Violation, truncate_value};
pub use vocabulary::Vocabulary;

use ntsb_schema::clean::row;

/// Child tables of `events` that have rules comparing with the event's date or FAR part. To check
/// their rows, set both in [`Context`].
pub const EVENT_CONTEXT_TABLES: &[&str] = &["aircraft", "flight_crew", "ntsb_admin", "occurrences"];

/// Facts that rules need and that the row itself does not contain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// FAR part of the event's first aircraft.
    pub far_part: Option<&'a str>,
    /// Date of the row's event, in days since 1970-01-01. Unused for `events`, whose rows contain it.
    pub ev_date: Option<i32>,
    /// The day of the check, in days since 1970-01-01. Later dates are in the future.
    pub today: i32,
}

impl<'a> Context<'a> {
    /// The context that cleaning needs.
    pub fn cleaning_context(&self) -> row::Context<'a> {
        row::Context { far_part: self.far_part }
    }
}
