//! Raw text becomes a typed value or a named defect.
//!
//! Nothing is thrown away in silence: whatever is repaired or dropped is reported as a [`Defect`]
//! with the raw value. [`row`] applies the rules of each column and those that look across a row.

pub mod city;
pub mod code;
pub mod coordinate;
pub mod date;
pub mod defect;
pub mod name;
pub mod number;
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
    Null,
    Text(Cow<'a, str>),
    Int(i32),
    Real(f32),
    Double(f64),
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01 00:00:00, without a time zone.
    Timestamp(i64),
}

impl<'a> Value<'a> {
    /// Text, or null where nothing is left of it.
    fn text(text: Cow<'a, str>) -> Value<'a> {
        if text.is_empty() { Value::Null } else { Value::Text(text) }
    }
}
