//! What a cleaned row must satisfy, in three gates: schema, business, statistics.
//!
//! A rule is a line of data ([`RULES`]): what it looks at, what it does when a row fails, its
//! threshold and why it exists. An administrator may change a rule or add one ([`Setting`]);
//! [`RuleSet`] binds all of them to the columns of one table once, and then checks row after row.
//!
//! One fact is reported once. A value that cleaning had to drop is known as a defect; where a rule
//! claims that kind of defect, the defect leaves `row.defects` and comes back as the rule's
//! violation, so that an administrator may also reject such rows. Repairs stay defects.

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

pub use bounds::{BOUNDED, Scale};
pub use catalogue::RULES;
pub use rule::{Action, EVERY_TABLE, Gate, Rule, Scope};
pub use rule_set::{RuleError, RuleSet};
pub use setting::Setting;
pub use violation::{Violation, cut};
pub use vocabulary::Vocabulary;

use ntsb_schema::clean::row;

/// Tables whose rows, though they belong to an event, are judged by its date or FAR part too: who
/// checks them must give both in [`Context`].
pub const JUDGED_BY_EVENT: &[&str] = &["aircraft", "flight_crew", "ntsb_admin", "occurrences"];

/// What the row itself does not hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// FAR part of the event's first aircraft.
    pub far_part: Option<&'a str>,
    /// Date of the row's event, in days since 1970-01-01; for `events` the row's own date counts.
    pub ev_date: Option<i32>,
    /// The day of the check, in days since 1970-01-01; dates after it are in the future.
    pub today: i32,
}

impl<'a> Context<'a> {
    /// The part of it that cleaning needs.
    pub fn cleaning(&self) -> row::Context<'a> {
        row::Context { far_part: self.far_part }
    }
}
