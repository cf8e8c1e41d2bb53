//! Cleans names of people, places, manufacturers and aircraft models.

mod family;
mod makers;
mod models;
mod standard;

use super::code::to_upper;
use super::text::{check_lost_characters, class, classes, decode_entities, is_control};
use super::{DefectKind, DefectKinds, Value};
pub use family::find_model_family;
pub use models::standardize_model;
pub use standard::{standardize_engine_maker, standardize_make};
use std::borrow::Cow;

/// Words that mean "unknown" or "none", in upper case.
///
/// `Unknown` and `None` are replaced by null in every column, including cities: among 92,000 real
/// events, 14 have the city `Unknown` and mean "unknown", and none has `None` or `NA`.
/// `PRIVATE` and `PVT` are kept, because they name a kind of airfield.
const UNKNOWN_WORDS: &[&str] = &[
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

/// Operators written in place of a registration mark.
const UNREGISTERED: &[&str] = &["AFNG", "USA", "USAF", "USCG", "USMC", "USN"];

/// Cleans a name: collapses blanks, decodes entities and replaces words for "unknown" by null.
pub fn clean_name<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let text = collapse_blanks(raw, defects);
    if is_unknown(&text) {
        defects.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::from_text(text)
}

/// Cleans a postal code or runway like a name, but replaces a value of only zeros by null.
pub fn clean_numbered_name<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    match clean_name(raw, defects) {
        Value::Text(text) if text.bytes().all(|b| b == b'0') => {
            defects.add(DefectKind::ZeroForNull);
            Value::Null
        }
        value => value,
    }
}

/// Cleans a registration mark: converts it to upper case, removes blanks and replaces words for
/// "unregistered" by null.
pub fn clean_registration<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let text = collapse_blanks(raw, defects);
    if is_unregistered(&text) {
        defects.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    let text = to_upper(text, defects);
    if !text.contains(' ') {
        return Value::from_text(text);
    }
    defects.add(DefectKind::Padding);
    Value::from_text(Cow::Owned(text.replace(' ', "")))
}

/// Whether a text means "unknown": one of [`UNKNOWN_WORDS`], or no letter or digit.
fn is_unknown(text: &str) -> bool {
    match text.as_bytes() {
        [] => false,
        [b'N' | b'n' | b'U' | b'u', ..] => {
            let word = text.strip_suffix('.').unwrap_or(text);
            let matches = |w: &&str| w.eq_ignore_ascii_case(word) || w.eq_ignore_ascii_case(text);
            UNKNOWN_WORDS.iter().any(matches)
        }
        [b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', ..] => false,
        _ => !text.contains(char::is_alphanumeric),
    }
}

/// Whether a text means "unregistered". `UNREGISTERED` may be truncated to the column width.
fn is_unregistered(text: &str) -> bool {
    let is_unreg = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("UNREG"));
    is_unreg || is_unknown(text) || UNREGISTERED.iter().any(|w| w.eq_ignore_ascii_case(text))
}

/// Removes blanks at the ends, repeated blanks and control characters, and decodes entities.
fn collapse_blanks<'a>(raw: &'a str, defects: &mut DefectKinds) -> Cow<'a, str> {
    let found = classes(raw);
    if found & (class::CONTROL | class::LINE | class::AMPERSAND | class::NON_ASCII) == 0
        && is_collapsed(raw)
    {
        return Cow::Borrowed(raw);
    }
    check_lost_characters(raw, defects);
    let mut changes = DefectKinds::default();
    let mut out = String::with_capacity(raw.len());
    let (mut after_blank, mut has_control, mut has_padding) = (false, false, false);
    for c in decode_entities(raw, &mut changes) {
        has_control |= is_control(c);
        match c {
            c if c.is_whitespace() => {
                has_padding |= after_blank || out.is_empty() || !matches!(c, ' ' | '\t'..='\r');
                after_blank = true;
            }
            c if is_control(c) => {}
            c => {
                if after_blank && !out.is_empty() {
                    out.push(' ');
                }
                after_blank = false;
                out.push(c);
            }
        }
    }
    changes.add_if(has_control, DefectKind::ControlCharacter);
    changes.add_if(has_padding || after_blank, DefectKind::Padding);
    defects.add_all(changes);
    if changes.is_empty() { Cow::Borrowed(raw) } else { Cow::Owned(out) }
}

fn is_collapsed(raw: &str) -> bool {
    !raw.starts_with(' ') && !raw.ends_with(' ') && !raw.contains("  ")
}

/// Cleans the identifier of an airport or weather station: converts it to upper case and replaces
/// words for "unknown" by null. In Alaska, `UNK` is the airport Unalakleet.
pub fn clean_station<'a>(raw: &'a str, in_alaska: bool, defects: &mut DefectKinds) -> Value<'a> {
    let text = collapse_blanks(raw, defects);
    let is_unalakleet = in_alaska && text.eq_ignore_ascii_case("UNK");
    if !is_unalakleet && is_unknown(&text) {
        defects.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::from_text(to_upper(text, defects))
}

#[cfg(test)]
mod tests {
    use super::*;

    type CleanFn = for<'a> fn(&'a str, &mut DefectKinds) -> Value<'a>;

    fn check(clean: CleanFn, cases: &[(&str, Option<&str>, &[DefectKind])]) {
        for (raw, text, defects) in cases {
            let mut found = DefectKinds::default();
            let value = clean(raw, &mut found);
            let expected = text.map_or(Value::Null, |t| Value::Text(Cow::Borrowed(t)));
            assert_eq!(
                (value, found.iter().collect::<Vec<_>>()),
                (expected, defects.to_vec()),
                "{raw:?}"
            );
        }
    }

    #[test]
    fn cleans_names() {
        use DefectKind::*;
        check(
            clean_name,
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
    fn cleans_registrations() {
        use DefectKind::*;
        check(
            clean_registration,
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
    fn cleans_postal_codes_and_runways() {
        use DefectKind::*;
        check(
            clean_numbered_name,
            &[
                ("00123", Some("00123"), &[]),
                ("00000", None, &[ZeroForNull]),
                ("0 ", None, &[Padding, ZeroForNull]),
                ("09L", Some("09L"), &[]),
            ],
        );
    }
}
