//! Names of people, places, makers and machines.

use super::code::upper;
use super::text::{class, classes, decoded, note_lost};
use super::{Flaw, Flaws, Value};
use std::borrow::Cow;

/// What people write where there is no name, in upper case.
const NOTHING: &[&str] = &[
    "N/A", "NA", "N.A.", "UNK", "UNKN", "UNKNOWN", "NONE", "-", "--", "?", "NULL", "NIL",
];

/// What people write where there is no registration mark, in upper case.
const UNREGISTERED: &[&str] = &[
    "NONE",
    "UNREG",
    "UNREGISTERED",
    "UNREGISTER",
    "UNREGISTERE",
    "UNK",
    "UNKNOWN",
    "N/A",
    "NA",
    "USAF",
];

/// A name: blanks folded, entities decoded, words for nothing null.
pub fn name<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    let text = folded(raw, flaws);
    if NOTHING.iter().any(|w| w.eq_ignore_ascii_case(&text)) {
        flaws.add(Flaw::UnknownWord);
        return Value::Null;
    }
    Value::text(text)
}

/// A registration mark: upper case without blanks, words for none null.
pub fn registration<'a>(raw: &'a str, flaws: &mut Flaws) -> Value<'a> {
    let text = folded(raw, flaws);
    if UNREGISTERED.iter().any(|w| w.eq_ignore_ascii_case(&text)) {
        flaws.add(Flaw::UnknownWord);
        return Value::Null;
    }
    let text = upper(text, flaws);
    if !text.contains(' ') {
        return Value::text(text);
    }
    flaws.add(Flaw::Padding);
    Value::text(Cow::Owned(text.replace(' ', "")))
}

/// Single blanks between words, none around them, no control characters.
fn folded<'a>(raw: &'a str, flaws: &mut Flaws) -> Cow<'a, str> {
    let found = classes(raw);
    if found & (class::CONTROL | class::LINE | class::AMPERSAND | class::WIDE) == 0
        && is_folded(raw)
    {
        return Cow::Borrowed(raw);
    }
    note_lost(raw, flaws);
    let mut entities = Flaws::default();
    let mut out = String::with_capacity(raw.len());
    let mut gap = false;
    let mut control = false;
    for c in decoded(raw, &mut entities) {
        control |= c.is_ascii_control();
        if c.is_whitespace() || c.is_ascii_control() {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    if entities.has(Flaw::XmlEntity) {
        flaws.add(Flaw::XmlEntity);
    }
    if control {
        flaws.add(Flaw::ControlCharacter);
    } else if out.len() != raw.len() && entities.is_empty() {
        flaws.add(Flaw::Padding);
    }
    if out == raw {
        Cow::Borrowed(raw)
    } else {
        Cow::Owned(out)
    }
}

fn is_folded(raw: &str) -> bool {
    !raw.starts_with(' ') && !raw.ends_with(' ') && !raw.contains("  ")
}
