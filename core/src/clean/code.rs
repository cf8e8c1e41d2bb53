//! Coded values and identifiers.
//!
//! `NONE` is a code (no injury, no damage, no flight plan) and stays; `UNK` in all its spellings
//! says that nothing is known and becomes null. Leading zeros are part of a code.

use super::text::{bare, class, classes};
use super::{Flaw, Flaws, Value};
use std::borrow::Cow;

/// Codes that say nothing is known, in upper case.
const UNKNOWN: &[&str] =
    &["UNK", "UNKN", "UNKNOWN", "N/A", "NA", "?", "??", "???", "????", "-", "--"];

/// The days of the week as NTSB writes them, the only codes of mixed case.
const DAYS: &[&str] = &["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// A coded value: trimmed, in upper case, words for "unknown" null.
pub fn code<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    match upper(bare(raw, flaws), flaws) {
        text if is_unknown(&text) => {
            flaws.add(Flaw::UnknownWord);
            Value::Null
        }
        text => Value::text(text),
    }
}

/// The day of the week: `Mo`, however it is written.
pub fn day_of_week<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    let text = bare(raw, flaws);
    match DAYS.iter().find(|d| d.eq_ignore_ascii_case(&text)) {
        Some(day) if *day == text => Value::Text(text),
        Some(day) => {
            flaws.add(Flaw::CaseCorrected);
            Value::Text(Cow::Borrowed(day))
        }
        None => code_of(text, flaws),
    }
}

fn code_of<'a>(text: Cow<'a, str>, flaws: &mut Flaws) -> Value<'a> {
    match is_unknown(&text) {
        true => {
            flaws.add(Flaw::UnknownWord);
            Value::Null
        }
        false => Value::text(text),
    }
}

fn is_unknown(text: &str) -> bool {
    UNKNOWN.iter().any(|w| w.eq_ignore_ascii_case(text))
}

/// In upper case; a change is reported unless the value turns out to be no value at all.
pub(super) fn upper<'a>(text: Cow<'a, str>, flaws: &mut Flaws) -> Cow<'a, str> {
    if classes(&text) & class::LOWER == 0 {
        return text;
    }
    if !is_unknown(&text) {
        flaws.add(Flaw::CaseCorrected);
    }
    Cow::Owned(text.to_ascii_uppercase())
}

/// The identifier of an event: 14 digits, or 8 digits, a capital letter and 5 letters or digits.
pub fn ev_id<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    let text = bare(raw, flaws);
    if text.is_empty() {
        return Value::Null;
    }
    if is_ev_id(text.as_bytes()) {
        return Value::Text(text);
    }
    flaws.add(Flaw::NotAnEvId);
    Value::Null
}

fn is_ev_id(id: &[u8]) -> bool {
    match id.split_at_checked(8) {
        Some((date, [letter, tail @ ..])) => {
            tail.len() == 5
                && date.iter().all(u8::is_ascii_digit)
                && match letter {
                    b'0'..=b'9' => tail.iter().all(u8::is_ascii_digit),
                    b'A'..=b'Z' => tail.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'Z')),
                    _ => false,
                }
        }
        _ => false,
    }
}

/// A yes or no.
pub fn boolean<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    const TRUE: &[&str] = &["1", "-1", "true", "t", "yes", "y"];
    const FALSE: &[&str] = &["0", "false", "f", "no", "n"];
    let text = bare(raw, flaws);
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(&text));
    if text.is_empty() {
        Value::Null
    } else if is(TRUE) {
        Value::Bool(true)
    } else if is(FALSE) {
        Value::Bool(false)
    } else {
        flaws.add(Flaw::NotABoolean);
        Value::Null
    }
}
