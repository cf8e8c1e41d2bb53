//! Where the value of a column stands in a case, and what is made of it.

use super::meanings::{Codes, Meaning, meaning};
use super::{Cell, Notes};
use serde_json::Value;
use std::borrow::Cow;

/// A column with the places (JSON pointers) where its value may stand; the first that is filled
/// counts.
pub struct Field {
    pub column: &'static str,
    pub from: &'static [&'static str],
    pub take: Take,
}

#[derive(Clone, Copy)]
pub enum Take {
    /// Text, or a number as it is written.
    AsIs,
    /// A word, or a code already.
    Code(Codes),
    /// True and false.
    Flag(&'static str, &'static str),
}

pub const fn field(column: &'static str, from: &'static [&'static str], take: Take) -> Field {
    Field { column, from, take }
}

/// What a case may answer to yes or no.
pub const YES_NO: Take = Take::Flag("Y", "N");

impl Field {
    pub fn cell<'a>(&self, table: &str, value: &'a Value, notes: &mut Notes) -> Cell<'a> {
        if let Take::Flag(yes, no) = self.take {
            return flag(value, self.from).map(|set| Cow::Borrowed(if set { yes } else { no }));
        }
        let found = text(value, self.from)?;
        match self.take {
            Take::AsIs | Take::Flag(..) => Some(found),
            Take::Code(codes) => match meaning(codes, &found) {
                Meaning::Code(code) => Some(Cow::Borrowed(code)),
                Meaning::Unknown => None,
                Meaning::Unmapped => {
                    notes.unmapped(table, self.column, &found);
                    None
                }
            },
        }
    }
}

pub fn columns(
    head: &[&'static str],
    fields: &[Field],
    tail: &[&'static str],
) -> Vec<&'static str> {
    let fields = fields.iter().map(|f| f.column);
    head.iter().copied().chain(fields).chain(tail.iter().copied()).collect()
}

/// The first filled text or number of several places.
pub fn text<'a>(value: &'a Value, places: &[&str]) -> Cell<'a> {
    places.iter().find_map(|place| match value.pointer(place)? {
        Value::String(text) if !text.trim().is_empty() => Some(Cow::Borrowed(text.as_str())),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    })
}

fn flag(value: &Value, places: &[&str]) -> Option<bool> {
    places.iter().find_map(|place| match value.pointer(place)? {
        Value::Bool(set) => Some(*set),
        Value::String(word) if word.eq_ignore_ascii_case("yes") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("no") => Some(false),
        _ => None,
    })
}

/// The first list of several places.
pub fn list<'a>(value: &'a Value, places: &[&str]) -> &'a [Value] {
    places.iter().find_map(|place| value.pointer(place)?.as_array()).map_or(&[], Vec::as_slice)
}

/// `1950` of `19:50:00` or of `2025-04-30T19:50:00Z`.
pub fn clock(time: &str) -> Option<String> {
    let time = time.rsplit('T').next()?;
    let (hour, rest) = time.split_once(':')?;
    let minute = rest.get(..2)?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    (digits(hour) && digits(minute)).then(|| format!("{hour}{minute}"))
}
