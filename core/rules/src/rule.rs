//! Rules of the catalogue.

use super::checks::Check;
use serde::{Deserialize, Serialize};

/// The stage at which a rule is checked. A later gate sees only values that passed the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
#[repr(u8)]
pub enum Gate {
    /// Types, lengths and keys: is this a row of the table?
    Schema = 1,
    /// Ranges, codes and sums: can the row be true?
    Business = 2,
    /// Outliers and sparse rows: is the row likely?
    Statistics = 3,
}

/// What happens to a row that fails a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The row is quarantined.
    Reject,
    /// The value is dropped and recorded. If it is part of the primary key, the row is rejected.
    Null,
    /// The value is kept and recorded.
    Flag,
}

/// What a rule needs to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One row and its [`Context`](super::Context). Checked by [`RuleSet`](super::RuleSet).
    Row,
    /// All rows of a batch. Checked in SQL, and listed here to keep all rules in one catalogue.
    Set,
}

/// A validation rule of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Identifier, `table.problem`. It never changes.
    pub id: &'static str,
    /// The gate in which the rule is checked.
    pub gate: Gate,
    /// What the rule needs to see.
    pub scope: Scope,
    /// The table, or [`ALL_TABLES`].
    pub table: &'static str,
    /// The column that is wrong if the rule fails. `None` if it is the whole row or depends on the row.
    pub column: Option<&'static str>,
    /// The default action.
    pub action: Action,
    /// The default limit that the rule compares with, if it has one.
    pub threshold: Option<f64>,
    /// What is wrong with a row that fails, and why.
    pub description: &'static str,
    pub(super) check: Check,
}

/// [`Rule::table`] of a rule that applies to every table.
pub const ALL_TABLES: &str = "*";

impl Gate {
    /// The number of the gate, from 1.
    pub fn number(self) -> i16 {
        self as i16
    }

    /// The name of the gate in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Gate::Schema => "schema",
            Gate::Business => "business",
            Gate::Statistics => "statistics",
        }
    }
}

impl From<Gate> for u8 {
    fn from(gate: Gate) -> u8 {
        gate as u8
    }
}

impl TryFrom<u8> for Gate {
    type Error = String;

    fn try_from(number: u8) -> Result<Gate, String> {
        match number {
            1 => Ok(Gate::Schema),
            2 => Ok(Gate::Business),
            3 => Ok(Gate::Statistics),
            other => Err(format!("gate must be 1, 2 or 3, got {other}")),
        }
    }
}

impl Action {
    /// The name of the action in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Reject => "reject",
            Action::Null => "null",
            Action::Flag => "flag",
        }
    }
}

impl Scope {
    /// The name of the scope in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Row => "row",
            Scope::Set => "set",
        }
    }
}

impl Rule {
    /// Finds a rule of the catalogue by its identifier.
    pub fn find(id: &str) -> Option<&'static Rule> {
        super::RULES.iter().find(|r| r.id == id)
    }

    /// Whether the rule applies to a table.
    pub fn applies_to(&self, table: &str) -> bool {
        self.table == ALL_TABLES || self.table == table
    }

    /// The actions that an administrator can choose.
    ///
    /// A value that does not fit the column's type cannot be kept. If no single column is wrong,
    /// there is no value to drop.
    pub fn allowed_actions(&self) -> &'static [Action] {
        match self.check {
            Check::Set => &[Action::Reject, Action::Flag],
            Check::Dropped(_) => &[Action::Reject, Action::Null],
            Check::KeyMissing => &[Action::Reject],
            _ if self.column.is_some() || self.check.reports_column() => {
                &[Action::Reject, Action::Null, Action::Flag]
            }
            _ => &[Action::Reject, Action::Flag],
        }
    }
}
