//! Cleaning: converts raw text to typed values.
//!
//! Nothing is lost silently: every repaired or dropped value is reported as a [`Defect`] with the raw
//! text. [`row`] cleans a whole row, first each column by itself, then columns that depend on each
//! other.

pub mod city;
pub mod code;
pub mod coordinate;
pub mod date;
pub mod defect;
pub mod name;
pub mod number;
pub mod registration;
pub mod row;
pub mod temperature;
pub mod text;
pub mod time;

#[cfg(test)]
mod tests;

pub use defect::{Defect, DefectKind, DefectKinds};
use std::borrow::Cow;

/// A cleaned value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// `text`, never empty.
    Text(Cow<'a, str>),
    /// `smallint` or `integer`.
    Int(i32),
    /// `real`
    Real(f32),
    /// `double precision`
    Double(f64),
    /// `boolean`
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01 00:00:00, without a time zone.
    Timestamp(i64),
}

impl<'a> Value<'a> {
    /// Creates a text value, or null if the text is empty.
    fn from_text(text: Cow<'a, str>) -> Value<'a> {
        if text.is_empty() { Value::Null } else { Value::Text(text) }
    }
}
