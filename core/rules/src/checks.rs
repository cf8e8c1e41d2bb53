//! The kinds of checks, and the builder of catalogue rules.

use super::cells::Cells;
use super::rule::{Action, Gate, Rule, Scope};
use ntsb_schema::clean::DefectKind;

/// How a rule decides that a row fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// Checked in SQL over a batch.
    Set,
    /// Cleaning had to drop the value for one of these defects.
    Dropped(&'static [DefectKind]),
    /// A column of the primary key is null.
    KeyMissing,
    /// Text is longer than its column in the Access file.
    TooLong,
    /// Text has more bytes than the width of its column in the Access file times the threshold.
    FarTooLong,
    /// A name is a day and a month (`28-Oct`), or a month and a year (`Oct-28`).
    SpreadsheetDate,
    /// A number in one of these columns is below the threshold. Empty: the rule's own column.
    Below(&'static [&'static str]),
    /// A number in one of these columns is above the threshold. Empty: the rule's own column.
    Above(&'static [&'static str]),
    /// The column's text is none of these.
    NoneOf(&'static [&'static str]),
    /// A column with listed codes contains another code. Columns in `except` have their own rules.
    UnlistedCode { except: &'static [&'static str] },
    /// The characters `from..to` of the column's code are not listed under (table, column).
    UnlistedPart { from: usize, to: usize, listed: (&'static str, &'static str) },
    /// The answer is not listed for its question.
    UnlistedAnswer,
    /// The share of nulls among these columns is above the threshold.
    Sparse(&'static [&'static str]),
    /// The function returns true for the cells of these columns.
    FailsIf(&'static [&'static str], fn(&Cells) -> bool),
}

impl Check {
    /// Whether the check itself finds out which column is wrong.
    pub fn reports_column(self) -> bool {
        matches!(
            self,
            Check::TooLong
                | Check::FarTooLong
                | Check::SpreadsheetDate
                | Check::UnlistedCode { .. }
                | Check::Below(_)
                | Check::Above(_)
        )
    }
}

impl Rule {
    const fn new(id: &'static str, gate: Gate, table: &'static str, action: Action) -> Rule {
        Rule {
            id,
            gate,
            scope: Scope::Row,
            table,
            column: None,
            action,
            threshold: None,
            description: "",
            check: Check::Set,
        }
    }

    pub(super) const fn reject(id: &'static str, gate: Gate, table: &'static str) -> Rule {
        Rule::new(id, gate, table, Action::Reject)
    }

    pub(super) const fn null(id: &'static str, gate: Gate, table: &'static str) -> Rule {
        Rule::new(id, gate, table, Action::Null)
    }

    pub(super) const fn flag(id: &'static str, gate: Gate, table: &'static str) -> Rule {
        Rule::new(id, gate, table, Action::Flag)
    }

    pub(super) const fn column(self, column: &'static str) -> Rule {
        Rule { column: Some(column), ..self }
    }

    pub(super) const fn threshold(self, threshold: f64) -> Rule {
        Rule { threshold: Some(threshold), ..self }
    }

    pub(super) const fn below(self, threshold: f64) -> Rule {
        self.any_below(&[], threshold)
    }

    pub(super) const fn above(self, threshold: f64) -> Rule {
        self.any_above(&[], threshold)
    }

    pub(super) const fn any_below(self, columns: &'static [&'static str], threshold: f64) -> Rule {
        Rule { threshold: Some(threshold), check: Check::Below(columns), ..self }
    }

    pub(super) const fn any_above(self, columns: &'static [&'static str], threshold: f64) -> Rule {
        Rule { threshold: Some(threshold), check: Check::Above(columns), ..self }
    }

    pub(super) const fn unlisted(self, listed: (&'static str, &'static str)) -> Rule {
        self.part_unlisted(0, usize::MAX, listed)
    }

    pub(super) const fn part_unlisted(
        self,
        from: usize,
        to: usize,
        listed: (&'static str, &'static str),
    ) -> Rule {
        Rule { check: Check::UnlistedPart { from, to, listed }, ..self }
    }

    pub(super) const fn check(self, check: Check) -> Rule {
        Rule { check, ..self }
    }

    pub(super) const fn fails_if(
        self,
        columns: &'static [&'static str],
        test: fn(&Cells) -> bool,
    ) -> Rule {
        Rule { check: Check::FailsIf(columns, test), ..self }
    }

    pub(super) const fn checked_in_sql(self) -> Rule {
        Rule { scope: Scope::Set, check: Check::Set, ..self }
    }

    pub(super) const fn description(self, description: &'static str) -> Rule {
        Rule { description, ..self }
    }
}
