//! Coded values and identifiers.
//!
//! `NONE` is a code (no injury, no damage, no flight plan) and stays; `UNK` in all its spellings
//! says that nothing is known and becomes null. Leading zeros are part of a code.

use super::text::{bare, class, classes};
use super::{DefectKind, DefectKinds, Value};
use std::borrow::Cow;

/// Codes that say nothing is known, in upper case. `NA` is not among them, being a country.
const UNKNOWN: &[&str] = &["UNK", "UNKN", "UNKNOWN", "N/A", "?"];

/// The days of the week as NTSB writes them, the only codes of mixed case.
const DAYS: &[&str] = &["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/// A coded value: trimmed, in upper case, words for "unknown" null.
pub fn code<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    known(bare(raw, defect_kinds), defect_kinds)
}

/// The day of the week: `Mo`, however it is written.
pub fn day_of_week<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = bare(raw, defect_kinds);
    match DAYS.iter().find(|d| d.eq_ignore_ascii_case(&text)) {
        Some(day) if *day == text => Value::Text(text),
        Some(day) => {
            defect_kinds.add(DefectKind::CaseCorrected);
            Value::Text(Cow::Borrowed(day))
        }
        None => known(text, defect_kinds),
    }
}

fn known<'a>(text: Cow<'a, str>, defect_kinds: &mut DefectKinds) -> Value<'a> {
    if is_unknown(&text) {
        defect_kinds.add(DefectKind::UnknownWord);
        return Value::Null;
    }
    Value::text(upper(text, defect_kinds))
}

fn is_unknown(text: &str) -> bool {
    UNKNOWN.iter().any(|w| w.eq_ignore_ascii_case(text))
}

/// In upper case. Letters beyond ASCII are no code's: such a value is damaged and left alone.
pub(super) fn upper<'a>(text: Cow<'a, str>, defect_kinds: &mut DefectKinds) -> Cow<'a, str> {
    if classes(&text) & (class::LOWER | class::WIDE) != class::LOWER {
        return text;
    }
    defect_kinds.add(DefectKind::CaseCorrected);
    Cow::Owned(text.to_ascii_uppercase())
}

/// A code of so many digits. A spreadsheet takes it for a number and drops its leading zeros.
pub fn digits<'a>(raw: &'a str, width: usize, defect_kinds: &mut DefectKinds) -> Value<'a> {
    restored(code(raw, defect_kinds), defect_kinds, |text| {
        (!text.is_empty() && text.len() < width && is_number(text))
            .then(|| format!("{text:0>width$}"))
    })
}

/// The code of a finding: ten digits, of which the first is always 0 (categories 01 to 05).
pub fn finding<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    restored(code(raw, defect_kinds), defect_kinds, |text| {
        (text.len() == 9 && text.starts_with(['1', '2', '3', '4', '5']) && is_number(text))
            .then(|| format!("0{text}"))
    })
}

/// A FAR part: the only one below 100 with a code is 091, alone or with a letter (091F, 091K).
pub fn far_part<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    restored(code(raw, defect_kinds), defect_kinds, |text| {
        let letter = text.strip_prefix("91")?;
        matches!(letter.as_bytes(), [] | [b'A'..=b'Z']).then(|| format!("0{text}"))
    })
}

fn restored<'a>(
    value: Value<'a>,
    defect_kinds: &mut DefectKinds,
    restore: impl Fn(&str) -> Option<String>,
) -> Value<'a> {
    let Value::Text(text) = value else { return value };
    match restore(&text) {
        Some(whole) => {
            defect_kinds.add(DefectKind::ZeroRestored);
            Value::text(Cow::Owned(whole))
        }
        None => Value::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A code that may be T or F, which a spreadsheet writes as TRUE and FALSE.
pub fn true_false<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let value = code(raw, defect_kinds);
    let letter = match &value {
        Value::Text(text) if text == "TRUE" => "T",
        Value::Text(text) if text == "FALSE" => "F",
        _ => return value,
    };
    defect_kinds.add(DefectKind::TruthWord);
    Value::Text(Cow::Borrowed(letter))
}

/// The identifier of an event: 14 digits, or 8 digits, a capital letter and 5 letters or digits.
pub fn ev_id<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = bare(raw, defect_kinds);
    if text.is_empty() {
        return Value::Null;
    }
    if is_ev_id(text.as_bytes()) {
        return Value::Text(text);
    }
    defect_kinds.add(DefectKind::NotAnEvId);
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
pub fn boolean(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    const TRUE: &[&str] = &["1", "-1", "true", "t", "yes", "y"];
    const FALSE: &[&str] = &["0", "false", "f", "no", "n"];
    let text = bare(raw, defect_kinds);
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(&text));
    if text.is_empty() {
        Value::Null
    } else if is(TRUE) {
        Value::Bool(true)
    } else if is(FALSE) {
        Value::Bool(false)
    } else {
        defect_kinds.add(DefectKind::NotABoolean);
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned<'a>(
        rule: fn(&'a str, &mut DefectKinds) -> Value<'a>,
        raw: &'a str,
    ) -> (Value<'a>, Vec<DefectKind>) {
        let mut defect_kinds = DefectKinds::default();
        let value = rule(raw, &mut defect_kinds);
        (value, defect_kinds.iter().collect())
    }

    fn some(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text))
    }

    #[test]
    fn codes() {
        use DefectKind::*;
        for (raw, value, defect_kinds) in [
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
            assert_eq!(cleaned(code, raw), (value, defect_kinds), "{raw:?}");
        }
    }

    #[test]
    fn codes_get_back_what_a_spreadsheet_took() {
        use DefectKind::*;
        type Clean = for<'a> fn(&'a str, &mut DefectKinds) -> Value<'a>;
        let cases: [(Clean, &str, &str, &[DefectKind]); 16] = [
            (far_part, "91", "091", &[ZeroRestored]),
            (far_part, "91k ", "091K", &[Padding, CaseCorrected, ZeroRestored]),
            (far_part, "091", "091", &[]),
            (far_part, "121", "121", &[]),
            (far_part, "135", "135", &[]),
            (far_part, "912", "912", &[]),
            (far_part, "NUSN", "NUSN", &[]),
            (finding, "204151044", "0204151044", &[ZeroRestored]),
            (finding, "0204151044", "0204151044", &[]),
            (finding, "904151044", "904151044", &[]),
            (finding, "20415104", "20415104", &[]),
            (|raw, defect_kinds| digits(raw, 2, defect_kinds), "1", "01", &[ZeroRestored]),
            (|raw, defect_kinds| digits(raw, 3, defect_kinds), "81", "081", &[ZeroRestored]),
            (|raw, defect_kinds| digits(raw, 2, defect_kinds), "X", "X", &[]),
            (true_false, "True", "T", &[CaseCorrected, TruthWord]),
            (true_false, "FALSE", "F", &[TruthWord]),
        ];
        for (rule, raw, value, defect_kinds) in cases {
            let mut found = DefectKinds::default();
            assert_eq!(rule(raw, &mut found), some(value), "{raw}");
            assert_eq!(found.iter().collect::<Vec<_>>(), defect_kinds, "{raw}");
        }
        assert_eq!(cleaned(true_false, "Y"), (some("Y"), vec![]));
    }

    #[test]
    fn days_of_the_week() {
        use DefectKind::*;
        for (raw, value, defect_kinds) in [
            ("We", some("We"), vec![]),
            ("WE", some("We"), vec![CaseCorrected]),
            ("su ", some("Su"), vec![Padding, CaseCorrected]),
            ("UNK", Value::Null, vec![UnknownWord]),
        ] {
            assert_eq!(cleaned(day_of_week, raw), (value, defect_kinds), "{raw:?}");
        }
    }

    #[test]
    fn identifiers_of_events() {
        for good in ["20991231X00001", "20991231000001", "20991231A0B1C2"] {
            assert_eq!(cleaned(ev_id, good), (some(good), vec![]));
        }
        for bad in
            ["20991231x00001", "20991231X0000", "2099123100000X", "X0991231X00001", "2099\u{e9}"]
        {
            assert_eq!(cleaned(ev_id, bad), (Value::Null, vec![DefectKind::NotAnEvId]), "{bad}");
        }
    }

    #[test]
    fn booleans() {
        for (raw, value) in
            [("1", true), ("-1", true), ("TRUE", true), ("y", true), ("0", false), ("No", false)]
        {
            assert_eq!(cleaned(boolean, raw), (Value::Bool(value), vec![]), "{raw}");
        }
        assert_eq!(cleaned(boolean, "2"), (Value::Null, vec![DefectKind::NotABoolean]));
        assert_eq!(cleaned(boolean, " "), (Value::Null, vec![DefectKind::Padding]));
    }
}
