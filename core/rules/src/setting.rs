//! A rule as an administrator sees and changes it.

use super::rule::{Action, Gate, Rule};
use serde::{Deserialize, Serialize};

/// A row of `ntsb.validation_rule`: how a rule of the catalogue is to be applied, or a rule that
/// was added as a predicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub rule_id: String,
    pub gate: Gate,
    #[serde(rename = "table_name", alias = "table")]
    pub table: String,
    #[serde(default, rename = "column_name", alias = "column")]
    pub column: Option<String>,
    pub action: Action,
    /// Of the catalogue's rules; null is the catalogue's own.
    #[serde(default)]
    pub threshold: Option<f64>,
    #[serde(default)]
    pub description: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// A condition that a good row does not make false; only for rules that were added.
    #[serde(default)]
    pub predicate: Option<String>,
}

fn yes() -> bool {
    true
}

impl From<&Rule> for Setting {
    fn from(rule: &Rule) -> Setting {
        Setting {
            rule_id: rule.id.to_owned(),
            gate: rule.gate,
            table: rule.table.to_owned(),
            column: rule.column.map(str::to_owned),
            action: rule.action,
            threshold: rule.threshold,
            description: rule.description.to_owned(),
            enabled: true,
            predicate: None,
        }
    }
}
