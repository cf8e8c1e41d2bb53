//! A rule as a line of data.

use super::checks::Check;
use serde::{Deserialize, Serialize};

/// When a rule is asked, and what it takes for granted: a later gate sees values that passed the
/// earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
#[repr(u8)]
pub enum Gate {
    /// Types, lengths, keys: whether this can be a row of the table at all.
    Schema = 1,
    /// Ranges, codes and sums: whether it can be true.
    Business = 2,
    /// Whether it is likely.
    Statistics = 3,
}

/// What becomes of a row that fails a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The row goes to quarantine.
    Reject,
    /// The value is dropped and recorded. A row cannot do without a part of its key, so that
    /// there the row is rejected.
    Null,
    /// The value is kept and recorded.
    Flag,
}

/// What a rule must see to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One row and its [`Context`](super::Context); decided by [`RuleSet`](super::RuleSet).
    Row,
    /// The rows of a batch; decided in SQL, listed here so that all rules are in one catalogue.
    Set,
}

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `table.what_is_wrong`; it never changes.
    pub id: &'static str,
    pub gate: Gate,
    pub scope: Scope,
    /// `*` is every table.
    pub table: &'static str,
    /// The column that is wrong where the rule fails; `None` if it is the row, or any column.
    pub column: Option<&'static str>,
    /// What is done unless an administrator says otherwise.
    pub action: Action,
    /// The limit that the rule compares with, if it has one.
    pub threshold: Option<f64>,
    /// What is wrong with a row that fails, and why that is wrong.
    pub description: &'static str,
    pub(super) check: Check,
}

/// The table of a rule that holds for each of them.
pub const EVERY_TABLE: &str = "*";

impl Gate {
    pub fn number(self) -> i16 {
        self as i16
    }

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
            other => Err(format!("there is no gate {other}, only 1, 2 and 3")),
        }
    }
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Reject => "reject",
            Action::Null => "null",
            Action::Flag => "flag",
        }
    }
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Row => "row",
            Scope::Set => "set",
        }
    }
}

impl Rule {
    pub fn find(id: &str) -> Option<&'static Rule> {
        super::RULES.iter().find(|r| r.id == id)
    }

    /// Whether the rule speaks of a table.
    pub fn concerns(&self, table: &str) -> bool {
        self.table == EVERY_TABLE || self.table == table
    }

    /// What an administrator may choose.
    ///
    /// A value that has no type cannot be kept, and where the row is wrong no one value can be
    /// dropped.
    pub fn actions(&self) -> &'static [Action] {
        match self.check {
            Check::Set => &[Action::Reject, Action::Flag],
            Check::Dropped(_) => &[Action::Reject, Action::Null],
            Check::KeyMissing => &[Action::Reject],
            _ if self.column.is_some() || self.check.names_the_column() => {
                &[Action::Reject, Action::Null, Action::Flag]
            }
            _ => &[Action::Reject, Action::Flag],
        }
    }
}
