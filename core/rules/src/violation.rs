//! Violations: what is reported about a row that fails a rule.

use super::rule::{Action, Gate};
use ntsb_schema::calendar::days_to_date;
use ntsb_schema::clean::Value;
use std::borrow::Cow;

/// A rule that a row violates.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The identifier of the rule.
    pub rule: Cow<'static, str>,
    /// The gate of the rule.
    pub gate: Gate,
    /// Position among the table's columns, then its derived ones. `None` if no single column is wrong.
    pub column: Option<usize>,
    /// The raw value if cleaning dropped it, otherwise the cleaned value. If no single column is
    /// wrong, all the values that make the row fail.
    pub value: String,
    /// The action of the rule. Rejecting the row is up to the caller.
    pub action: Action,
    /// What is wrong, with the values.
    pub reason: String,
}

/// The maximum length of a reported value, in characters. The complete value is stored elsewhere.
const MAX_VALUE_CHARS: usize = 1000;

/// Truncates a text to the maximum length of a reported value, 1,000 characters.
pub fn truncate_value(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or("").to_owned(),
        None => text.to_owned(),
    }
}

/// Formats a value for people to read.
pub(super) fn format_value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => truncate_value(text),
        Value::Int(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Double(x) => x.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Date(days) => format_date(*days),
        Value::Timestamp(seconds) => {
            let s = seconds.rem_euclid(86_400);
            let days = i32::try_from(seconds.div_euclid(86_400));
            let date = days.map_or_else(|_| "?".into(), format_date);
            format!("{date} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
        }
    }
}

fn format_date(days: i32) -> String {
    let (y, m, d) = days_to_date(days);
    format!("{y:04}-{m:02}-{d:02}")
}
