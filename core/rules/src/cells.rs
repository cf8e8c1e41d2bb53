//! Access to the cells that a check reads.

use super::Context;
use ntsb_schema::clean::Value;

/// The cells of the columns that a check names, in that order. A cell that is null, missing or of
/// another type is `None`, so that a check never fails by accident on a null.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'r, 'a> {
    pub values: &'r [Value<'a>],
    /// The position of each named column among the values.
    pub positions: &'r [usize],
    pub context: &'r Context<'a>,
    /// The rule's threshold.
    pub threshold: f64,
}

impl<'r, 'a> Cells<'r, 'a> {
    fn value(&self, n: usize) -> Option<&'r Value<'a>> {
        self.values.get(*self.positions.get(n)?)
    }

    pub fn is_null(&self, n: usize) -> bool {
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

    /// Whether cell `n` exceeds cell `other` by more than the threshold.
    pub fn exceeds(&self, n: usize, other: usize) -> bool {
        match (self.number(n), self.number(other)) {
            (Some(a), Some(b)) => a - b > self.threshold,
            _ => false,
        }
    }

    /// Whether the characters `from..to` of a code differ from the column that should repeat them.
    pub fn part_differs(&self, code: usize, from: usize, to: usize, part: usize) -> bool {
        match (self.text(code).and_then(|t| t.get(from..to)), self.text(part)) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        }
    }

    /// Days from the event to the date in cell `n`. Negative if the date is before the event.
    pub fn days_after_event(&self, n: usize) -> Option<f64> {
        Some(f64::from(self.date(n)?) - f64::from(self.context.ev_date?))
    }
}

/// Converts a numeric value to a double.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(f64::from(*n)),
        Value::Real(x) => Some(f64::from(*x)),
        Value::Double(x) => Some(*x),
        _ => None,
    }
}
