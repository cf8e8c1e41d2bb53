//! Fields: the JSON pointers to the value of a column, and its conversion.

use super::meanings::{Codes, MappedWord, map_word};
use super::{Cell, ConversionNotes};
use serde_json::Value;
use std::borrow::Cow;

/// A column with the JSON pointers to its value, of which the first that is not blank is used.
pub struct Field {
    pub column: &'static str,
    pub pointers: &'static [&'static str],
    pub conversion: Conversion,
}

#[derive(Clone, Copy)]
pub enum Conversion {
    /// Text or a number, unchanged.
    AsIs,
    /// A word that is mapped to a code, or a code.
    Code(Codes),
    /// A boolean, with the codes for true and false.
    Flag(&'static str, &'static str),
    /// A number, rounded to a whole one.
    Rounded,
    /// Nautical miles, converted to statute miles.
    StatuteMiles,
    /// The date of a timestamp.
    DatePart,
    /// A time of day in UTC as HHMM.
    Time,
}

const STATUTE_MILES_PER_NAUTICAL_MILE: f64 = 1852.0 / 1609.344;

pub const fn field(
    column: &'static str,
    pointers: &'static [&'static str],
    conversion: Conversion,
) -> Field {
    Field { column, pointers, conversion }
}

/// A boolean with the codes Y and N.
pub const YES_NO: Conversion = Conversion::Flag("Y", "N");

impl Field {
    pub fn cell<'a>(&self, table: &str, value: &'a Value, notes: &mut ConversionNotes) -> Cell<'a> {
        if let Conversion::Flag(yes, no) = self.conversion {
            let flag = boolean(value, self.pointers);
            return flag.map(|flag| Cow::Borrowed(if flag { yes } else { no }));
        }
        let found = text(value, self.pointers)?;
        match self.conversion {
            Conversion::AsIs | Conversion::Flag(..) => Some(found),
            Conversion::Rounded => {
                number(value, self.pointers).map(|n| Cow::Owned(n.round().to_string()))
            }
            Conversion::StatuteMiles => number(value, self.pointers).map(|n| {
                let miles = n * STATUTE_MILES_PER_NAUTICAL_MILE;
                Cow::Owned(((miles * 100.0).round() / 100.0).to_string())
            }),
            Conversion::DatePart => Some(date_part(&found)),
            Conversion::Time => format_time(&found).map(Cow::Owned),
            Conversion::Code(codes) => match map_word(codes, &found) {
                MappedWord::Code(code) => Some(Cow::Borrowed(code)),
                MappedWord::Unknown => None,
                MappedWord::Unmapped => {
                    notes.add_unmapped(table, self.column, &found);
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

/// The first text or number at several pointers that is not blank.
pub fn text<'a>(value: &'a Value, pointers: &[&str]) -> Cell<'a> {
    pointers.iter().find_map(|pointer| match value.pointer(pointer)? {
        Value::String(text) if !text.trim().is_empty() => Some(Cow::Borrowed(text.as_str())),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    })
}

pub fn boolean(value: &Value, pointers: &[&str]) -> Option<bool> {
    pointers.iter().find_map(|pointer| match value.pointer(pointer)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("yes") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("no") => Some(false),
        _ => None,
    })
}

/// The first number at several pointers, also if it is written as text.
pub fn number(value: &Value, pointers: &[&str]) -> Option<f64> {
    text(value, pointers)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// The date part of an ISO timestamp. Other text is returned unchanged, and the gates will reject it.
pub fn date_part(timestamp: &str) -> Cow<'static, str> {
    Cow::Owned(timestamp.split('T').next().unwrap_or(timestamp).to_owned())
}

/// The first list at several pointers.
pub fn list<'a>(value: &'a Value, pointers: &[&str]) -> &'a [Value] {
    pointers
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_array())
        .map_or(&[], Vec::as_slice)
}

/// Formats `19:50:00` or `2025-04-30T19:50:00Z` as `1950`.
pub fn format_time(time: &str) -> Option<String> {
    let time = time.rsplit('T').next()?;
    let (hour, rest) = time.split_once(':')?;
    let minute = rest.get(..2)?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    (digits(hour) && digits(minute)).then(|| format!("{hour}{minute}"))
}
