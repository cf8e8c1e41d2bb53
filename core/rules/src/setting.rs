//! Settings of rules, which administrators change.

use super::rule::{Action, Gate, Rule};
use serde::{Deserialize, Serialize};

/// A row of `ntsb.validation_rule`: the settings of a catalogue rule, or a rule that was added with
/// its own predicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleSetting {
    /// The identifier of the rule.
    pub rule_id: String,
    /// The gate in which the rule is checked.
    pub gate: Gate,
    /// The table, or [`ALL_TABLES`](super::ALL_TABLES).
    #[serde(rename = "table_name", alias = "table")]
    pub table: String,
    /// The column that is wrong if the rule fails.
    #[serde(default, rename = "column_name", alias = "column")]
    pub column: Option<String>,
    /// What happens to a row that fails.
    pub action: Action,
    /// Threshold of a catalogue rule. `None` keeps the threshold of the catalogue.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// What is wrong with a row that fails.
    #[serde(default)]
    pub description: String,
    /// Whether the rule is checked.
    #[serde(default = "default_enabled")]
    pub enabled: bool,
    /// The condition of an added rule. A row fails if the condition is false (not if it is unknown).
    #[serde(default)]
    pub predicate: Option<String>,
}

fn default_enabled() -> bool {
    true
}

impl From<&Rule> for RuleSetting {
    fn from(rule: &Rule) -> RuleSetting {
        RuleSetting {
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
