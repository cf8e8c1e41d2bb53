//! Cleans codes and identifiers.
//!
//! `NONE` is a code (no injury, no damage, no flight plan) and is kept. `UNK`, in all its spellings,
//! means "unknown" and becomes null. Leading zeros are part of a code.

use super::text::{class, classes, strip};
use super::{DefectKind, DefectKinds, Value};
use std::borrow::Cow;

/// Codes for "unknown", in upper case. `NA` is not one of them, because it is a country.
const UNKNOWN: &[&str] = &["UNK", "UNKN", "UNKNOWN", "N/A", "?"];

/// The days of the week as NTSB writes them, the only codes in mixed case.
const DAYS: &[&str] = &["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// Cleans a code: trims it, converts it to upper case and replaces words for "unknown" by null.
pub fn clean_code<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    normalize_code(strip(raw, defects), defects)
}

/// Cleans a day of the week: `Mo`, in any case.
pub fn clean_day_of_week<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let text = strip(raw, defects);
    match DAYS.iter().find(|d| d.eq_ignore_ascii_case(&text)) {
        Some(day) if *day == text => Value::Text(text),
        Some(day) => {
            defects.add(DefectKind::CaseCorrected);
            Value::Text(Cow::Borrowed(day))
        }
        None => normalize_code(text, defects),
    }
}

fn normalize_code<'a>(text: Cow<'a, str>, defects: &mut DefectKinds) -> Value<'a> {
    if is_unknown(&text) {
        defects.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::from_text(to_upper(text, defects))
}

fn is_unknown(text: &str) -> bool {
    UNKNOWN.iter().any(|w| w.eq_ignore_ascii_case(text))
}

/// Converts a code to upper case. No code has non-ASCII letters, so a value with such letters is
/// damaged and left unchanged.
pub(super) fn to_upper<'a>(text: Cow<'a, str>, defects: &mut DefectKinds) -> Cow<'a, str> {
    if classes(&text) & (class::LOWER | class::NON_ASCII) != class::LOWER {
        return text;
    }
    defects.add(DefectKind::CaseCorrected);
    Cow::Owned(text.to_ascii_uppercase())
}

/// Cleans a code of `width` digits. Restores leading zeros that a spreadsheet dropped.
pub fn clean_padded_number<'a>(raw: &'a str, width: usize, defects: &mut DefectKinds) -> Value<'a> {
    restore_zero(clean_code(raw, defects), defects, |text| {
        (!text.is_empty() && text.len() < width && is_number(text))
            .then(|| format!("{text:0>width$}"))
    })
}

/// Cleans a finding code: ten digits, of which the first is always 0 (categories 01 to 05).
pub fn clean_finding_code<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    restore_zero(clean_code(raw, defects), defects, |text| {
        (text.len() == 9 && text.starts_with(['1', '2', '3', '4', '5']) && is_number(text))
            .then(|| format!("0{text}"))
    })
}

/// Cleans a FAR part. The only one below 100 is 091, alone or with a letter (091F, 091K).
pub fn clean_far_part<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    restore_zero(clean_code(raw, defects), defects, |text| {
        let letter = text.strip_prefix("91")?;
        matches!(letter.as_bytes(), [] | [b'A'..=b'Z']).then(|| format!("0{text}"))
    })
}

fn restore_zero<'a>(
    value: Value<'a>,
    defects: &mut DefectKinds,
    restore: impl Fn(&str) -> Option<String>,
) -> Value<'a> {
    let Value::Text(text) = value else { return value };
    match restore(&text) {
        Some(restored) => {
            defects.add(DefectKind::ZeroRestored);
            Value::from_text(Cow::Owned(restored))
        }
        None => Value::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Cleans a code that may be T or F, which a spreadsheet writes as TRUE and FALSE.
pub fn clean_true_false<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let value = clean_code(raw, defects);
    let letter = match &value {
        Value::Text(text) if text == "TRUE" => "T",
        Value::Text(text) if text == "FALSE" => "F",
        _ => return value,
    };
    defects.add(DefectKind::TruthWord);
    Value::Text(Cow::Borrowed(letter))
}

/// Cleans an event identifier: 14 digits, or 8 digits, a capital letter and 5 letters or digits.
pub fn clean_ev_id<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let text = strip(raw, defects);
    if text.is_empty() {
        return Value::Null;
    }
    if is_ev_id(text.as_bytes()) {
        return Value::Text(text);
    }
    defects.add(DefectKind::NotAnEvId);
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

/// Cleans a boolean.
pub fn clean_boolean(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    const TRUE: &[&str] = &["1", "-1", "true", "t", "yes", "y"];
    const FALSE: &[&str] = &["0", "false", "f", "no", "n"];
    let text = strip(raw, defects);
    let is_any_of = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(&text));
    if text.is_empty() {
        Value::Null
    } else if is_any_of(TRUE) {
        Value::Bool(true)
    } else if is_any_of(FALSE) {
        Value::Bool(false)
    } else {
        defects.add(DefectKind::NotABoolean);
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::tests::{clean, some};
    use super::*;

    #[test]
    fn cleans_codes() {
        use DefectKind::*;
        for (raw, value, defects) in [
            ("NONE", some("NONE"), vec![]),
            ("None", some("NONE"), vec![CaseCorrected]),
            ("PLT ", some("PLT"), vec![Padding]),
            ("00203", some("00203"), vec![]),
            ("Vmc", some("VMC"), vec![CaseCorrected]),
            ("UNK", Value::Null, vec![UnknownWord]),
            ("Unk ", Value::Null, vec![Padding, UnknownWord]),
            ("UNKN", Value::Null, vec![UnknownWord]),
            ("UNKT", some("UNKT"), vec![]),
            ("NA", some("NA"), vec![]),
            ("    ", Value::Null, vec![Padding]),
            ("ABC12X#34", some("ABC12X#34"), vec![]),
            ("\u{e9}a", some("\u{e9}a"), vec![]),
        ] {
            assert_eq!(clean(clean_code, raw), (value, defects), "{raw:?}");
        }
    }

    #[test]
    fn restores_codes_damaged_by_a_spreadsheet() {
        use DefectKind::*;
        type Clean = for<'a> fn(&'a str, &mut DefectKinds) -> Value<'a>;
        let cases: [(Clean, &str, &str, &[DefectKind]); 16] = [
            (clean_far_part, "91", "091", &[ZeroRestored]),
            (clean_far_part, "91k ", "091K", &[Padding, CaseCorrected, ZeroRestored]),
            (clean_far_part, "091", "091", &[]),
            (clean_far_part, "121", "121", &[]),
            (clean_far_part, "135", "135", &[]),
            (clean_far_part, "912", "912", &[]),
            (clean_far_part, "NUSN", "NUSN", &[]),
            (clean_finding_code, "204151044", "0204151044", &[ZeroRestored]),
            (clean_finding_code, "0204151044", "0204151044", &[]),
            (clean_finding_code, "904151044", "904151044", &[]),
            (clean_finding_code, "20415104", "20415104", &[]),
            (|raw, defects| clean_padded_number(raw, 2, defects), "1", "01", &[ZeroRestored]),
            (|raw, defects| clean_padded_number(raw, 3, defects), "81", "081", &[ZeroRestored]),
            (|raw, defects| clean_padded_number(raw, 2, defects), "X", "X", &[]),
            (clean_true_false, "True", "T", &[CaseCorrected, TruthWord]),
            (clean_true_false, "FALSE", "F", &[TruthWord]),
        ];
        for (rule, raw, value, defects) in cases {
            let mut found = DefectKinds::default();
            assert_eq!(rule(raw, &mut found), some(value), "{raw}");
            assert_eq!(found.iter().collect::<Vec<_>>(), defects, "{raw}");
        }
        assert_eq!(clean(clean_true_false, "Y"), (some("Y"), vec![]));
    }

    #[test]
    fn cleans_days_of_the_week() {
        use DefectKind::*;
        for (raw, value, defects) in [
            ("We", some("We"), vec![]),
            ("WE", some("We"), vec![CaseCorrected]),
            ("su ", some("Su"), vec![Padding, CaseCorrected]),
            ("UNK", Value::Null, vec![UnknownWord]),
        ] {
            assert_eq!(clean(clean_day_of_week, raw), (value, defects), "{raw:?}");
        }
    }

    #[test]
    fn accepts_only_event_identifiers() {
        for good in ["20991231X00001", "20991231000001", "20991231A0B1C2"] {
            assert_eq!(clean(clean_ev_id, good), (some(good), vec![]));
        }
        for bad in
            ["20991231x00001", "20991231X0000", "2099123100000X", "X0991231X00001", "2099\u{e9}"]
        {
            assert_eq!(
                clean(clean_ev_id, bad),
                (Value::Null, vec![DefectKind::NotAnEvId]),
                "{bad}"
            );
        }
    }

    #[test]
    fn cleans_booleans() {
        for (raw, value) in
            [("1", true), ("-1", true), ("TRUE", true), ("y", true), ("0", false), ("No", false)]
        {
            assert_eq!(clean(clean_boolean, raw), (Value::Bool(value), vec![]), "{raw}");
        }
        assert_eq!(clean(clean_boolean, "2"), (Value::Null, vec![DefectKind::NotABoolean]));
        assert_eq!(clean(clean_boolean, " "), (Value::Null, vec![DefectKind::Padding]));
    }
}
