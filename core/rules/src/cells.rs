//! The cells that one check asks for.

use super::Context;
use ntsb_schema::clean::Value;

/// The cells that a check named, in the order in which it named them, with what it may know
/// besides. Whatever is absent or of another type is `None`, so that a check never fails on a null
/// by accident.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'r, 'a> {
    pub values: &'r [Value<'a>],
    /// For each named column its place among the values.
    pub at: &'r [usize],
    pub context: &'r Context<'a>,
    /// The rule's threshold.
    pub limit: f64,
}

impl<'r, 'a> Cells<'r, 'a> {
    fn value(&self, n: usize) -> Option<&'r Value<'a>> {
        self.values.get(*self.at.get(n)?)
    }

    pub fn null(&self, n: usize) -> bool {
        matches!(self.value(n), None | Some(Value::Null))
    }

    pub fn number(&self, n: usize) -> Option<f64> {
        self.value(n).and_then(number)
    }

    pub fn text(&self, n: usize) -> Option<&'r str> {
        match self.value(n) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Days since 1970-01-01.
    pub fn date(&self, n: usize) -> Option<i32> {
        match self.value(n) {
            Some(Value::Date(days)) => Some(*days),
            _ => None,
        }
    }

    /// Seconds since 1970-01-01 00:00:00.
    pub fn seconds(&self, n: usize) -> Option<f64> {
        match self.value(n) {
            Some(Value::Timestamp(seconds)) => Some(*seconds as f64),
            _ => None,
        }
    }

    /// Whether one number is above another by more than the threshold.
    pub fn exceeds(&self, n: usize, other: usize) -> bool {
        match (self.number(n), self.number(other)) {
            (Some(a), Some(b)) => a - b > self.limit,
            _ => false,
        }
    }

    /// Whether some characters of a code differ from the column that should repeat them.
    pub fn part_differs(&self, code: usize, from: usize, to: usize, part: usize) -> bool {
        match (self.text(code).and_then(|t| t.get(from..to)), self.text(part)) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        }
    }

    /// Days from the event to a date; negative before it.
    pub fn days_after_event(&self, n: usize) -> Option<f64> {
        Some(f64::from(self.date(n)?) - f64::from(self.context.ev_date?))
    }
}

/// Any number as a double.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(f64::from(*n)),
        Value::Real(x) => Some(f64::from(*x)),
        Value::Double(x) => Some(*x),
        _ => None,
    }
}
