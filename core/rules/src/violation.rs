//! What is reported of a row that fails a rule.

use super::rule::{Action, Gate};
use ntsb_schema::calendar::civil;
use ntsb_schema::clean::Value;
use std::borrow::Cow;

/// A rule that a row fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The rule's id.
    pub rule: Cow<'static, str>,
    pub gate: Gate,
    /// Position among the table's columns, then its derived ones; `None` if the row is wrong.
    pub column: Option<usize>,
    /// The raw value where cleaning had to drop it, else the cleaned one; if the row is wrong, the
    /// values that make it so.
    pub value: String,
    /// What was done; rows are rejected by whoever asked.
    pub action: Action,
    pub reason: String,
}

/// Longer values are cut: a violation points at a value, the value itself is kept elsewhere.
const LONGEST: usize = 1000;

/// A text at a length that reports can bear.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or("").to_owned(),
        None => text.to_owned(),
    }
}

/// A value as a person would write it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => cut(text),
        Value::Int(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Double(x) => x.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Date(days) => day(*days),
        Value::Timestamp(seconds) => {
            let s = seconds.rem_euclid(86_400);
            let date = i32::try_from(seconds.div_euclid(86_400)).map_or_else(|_| "?".into(), day);
            format!("{date} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
        }
    }
}

pub(super) fn day(days: i32) -> String {
    let (y, m, d) = civil(days);
    format!("{y:04}-{m:02}-{d:02}")
}
