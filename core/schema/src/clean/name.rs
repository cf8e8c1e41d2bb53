//! Names of people, places, makers and machines.

mod family;
mod makers;
mod models;
mod standard;

use super::code::upper;
use super::text::{class, classes, decoded, is_control, note_lost};
use super::{DefectKind, DefectKinds, Value};
pub use family::model_family;
pub use models::standard_model;
pub use standard::{standard_engine_maker, standard_make};
use std::borrow::Cow;

/// What people write where there is no name, in upper case.
///
/// `Unknown` and `None` are taken at their word in every column, cities too: among 92,000 real
/// events 14 have `Unknown` for a city and mean it, and none has `None` or `NA`.
/// `PRIVATE` and `PVT` stay: they say what kind of airfield it was.
const NOTHING: &[&str] = &[
    "N/A",
    "NA",
    "N.A.",
    "N\\A",
    "NONE",
    "NULL",
    "NOT APPLICABLE",
    "NOT AVAILABLE",
    "NOT KNOWN",
    "NOT REPORTED",
    "UNK",
    "UNK/NA",
    "UNK/NR",
    "UNKN",
    "UNKNOWN",
    "UNKNOWN ENG",
    "UNKNWON",
    "UNKOWN",
    "UNKWN",
];

/// What people write where there is no registration mark: nothing, or whose aircraft it is.
const UNREGISTERED: &[&str] = &["AFNG", "USA", "USAF", "USCG", "USMC", "USN"];

/// A name: blanks folded, entities decoded, words for nothing null.
pub fn name<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = folded(raw, defect_kinds);
    if is_nothing(&text) {
        defect_kinds.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::text(text)
}

/// A postal code or a runway: a name of which zeros alone are none.
pub fn numbered<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    match name(raw, defect_kinds) {
        Value::Text(text) if text.bytes().all(|b| b == b'0') => {
            defect_kinds.add(DefectKind::ZeroForNull);
            Value::Null
        }
        value => value,
    }
}

/// A registration mark: upper case without blanks, words for none null.
pub fn registration<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = folded(raw, defect_kinds);
    if is_unregistered(&text) {
        defect_kinds.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    let text = upper(text, defect_kinds);
    if !text.contains(' ') {
        return Value::text(text);
    }
    defect_kinds.add(DefectKind::Padding);
    Value::text(Cow::Owned(text.replace(' ', "")))
}

/// Whether a text says nothing: one of the words for it, or no letter or digit at all.
fn is_nothing(text: &str) -> bool {
    match text.as_bytes() {
        [] => false,
        [b'N' | b'n' | b'U' | b'u', ..] => {
            let word = text.strip_suffix('.').unwrap_or(text);
            NOTHING.iter().any(|w| w.eq_ignore_ascii_case(word) || w.eq_ignore_ascii_case(text))
        }
        [b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', ..] => false,
        _ => !text.contains(char::is_alphanumeric),
    }
}

/// `UNREG` is cut anywhere by the width of the column.
fn is_unregistered(text: &str) -> bool {
    let unreg = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("UNREG"));
    unreg || is_nothing(text) || UNREGISTERED.iter().any(|w| w.eq_ignore_ascii_case(text))
}

/// Single blanks between words, none around them, no control characters.
fn folded<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Cow<'a, str> {
    let found = classes(raw);
    if found & (class::CONTROL | class::LINE | class::AMPERSAND | class::WIDE) == 0
        && is_folded(raw)
    {
        return Cow::Borrowed(raw);
    }
    note_lost(raw, defect_kinds);
    let mut change = DefectKinds::default();
    let mut out = String::with_capacity(raw.len());
    let (mut gap, mut control, mut padding) = (false, false, false);
    for c in decoded(raw, &mut change) {
        control |= is_control(c);
        match c {
            c if c.is_whitespace() => {
                padding |= gap || out.is_empty() || !matches!(c, ' ' | '\t'..='\r');
                gap = true;
            }
            c if is_control(c) => {}
            c => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(c);
            }
        }
    }
    change.add_if(control, DefectKind::ControlCharacter);
    change.add_if(padding || gap, DefectKind::Padding);
    defect_kinds.add_all(change);
    if change.is_empty() { Cow::Borrowed(raw) } else { Cow::Owned(out) }
}

fn is_folded(raw: &str) -> bool {
    !raw.starts_with(' ') && !raw.ends_with(' ') && !raw.contains("  ")
}

/// An airport or weather station: upper case, words for none null. `UNK` is a place in Alaska.
pub fn station<'a>(raw: &'a str, alaska: bool, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = folded(raw, defect_kinds);
    let is_place = alaska && text.eq_ignore_ascii_case("UNK");
    if !is_place && is_nothing(&text) {
        defect_kinds.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::text(upper(text, defect_kinds))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = for<'a> fn(&'a str, &mut DefectKinds) -> Value<'a>;

    fn check(rule: Rule, cases: &[(&str, Option<&str>, &[DefectKind])]) {
        for (raw, text, defect_kinds) in cases {
            let mut found = DefectKinds::default();
            let value = rule(raw, &mut found);
            let expected = text.map_or(Value::Null, |t| Value::Text(Cow::Borrowed(t)));
            assert_eq!(
                (value, found.iter().collect::<Vec<_>>()),
                (expected, defect_kinds.to_vec()),
                "{raw:?}"
            );
        }
    }

    #[test]
    fn names() {
        use DefectKind::*;
        check(
            name,
            &[
                ("Twin Lakes", Some("Twin Lakes"), &[]),
                ("Twin  Lakes ", Some("Twin Lakes"), &[Padding]),
                ("Twin\u{A0}Lakes", Some("Twin Lakes"), &[Padding]),
                ("Twin\tLakes", Some("Twin Lakes"), &[ControlCharacter]),
                ("Twin \u{7F}Lakes  ", Some("Twin Lakes"), &[Padding, ControlCharacter]),
                ("Smith &amp; Sons", Some("Smith & Sons"), &[XmlEntity]),
                ("Smith & Sons", Some("Smith & Sons"), &[]),
                ("S\u{FFFD}o", Some("S\u{FFFD}o"), &[LostCharacter]),
                ("N/A", None, &[UnknownWord]),
                ("unk.", None, &[UnknownWord]),
                ("None", None, &[UnknownWord]),
                ("--- ", None, &[Padding, UnknownWord]),
                ("Nonesuch", Some("Nonesuch"), &[]),
                ("PRIVATE", Some("PRIVATE"), &[]),
                ("  ", None, &[Padding]),
            ],
        );
    }

    #[test]
    fn registrations() {
        use DefectKind::*;
        check(
            registration,
            &[
                ("N1234A", Some("N1234A"), &[]),
                ("n1234a", Some("N1234A"), &[CaseCorrected]),
                ("N 1234A ", Some("N1234A"), &[Padding]),
                ("C-FABC", Some("C-FABC"), &[]),
                ("Unregistere", None, &[UnknownWord]),
                ("NONE", None, &[UnknownWord]),
                ("USAF", None, &[UnknownWord]),
            ],
        );
    }

    #[test]
    fn postal_codes_and_runways() {
        use DefectKind::*;
        check(
            numbered,
            &[
                ("00123", Some("00123"), &[]),
                ("00000", None, &[ZeroForNull]),
                ("0 ", None, &[Padding, ZeroForNull]),
                ("09L", Some("09L"), &[]),
            ],
        );
    }
}
