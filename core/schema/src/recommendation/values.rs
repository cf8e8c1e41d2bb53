//! Single values of a recommendation: number, mode, status, dates and references to events.

use crate::calendar::date_to_days;
use crate::clean::text::clean_prose;
use crate::clean::{DefectKinds, Value as CleanValue};
use serde_json::Value;

/// Cleans a text. None if it is blank.
pub fn clean(raw: &str) -> Option<String> {
    match clean_prose(raw, &mut DefectKinds::default()) {
        CleanValue::Text(text) if !text.is_empty() => Some(text.into_owned()),
        _ => None,
    }
}

/// `a-23-1` becomes `A-23-001`: a letter for the mode, the year and a number within it.
pub fn recommendation_number(raw: &str) -> Option<String> {
    let mut parts = raw.trim().split('-').map(str::trim);
    let (mode, year, number) = (parts.next()?, parts.next()?, parts.next()?);
    let are_digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_number = parts.next().is_none()
        && mode.len() == 1
        && mode.bytes().all(|b| b.is_ascii_alphabetic())
        && are_digits(year, 2..=2)
        && are_digits(number, 1..=4);
    let number: u32 = is_number.then(|| number.parse().ok()).flatten()?;
    Some(format!("{}-{year}-{number:03}", mode.to_ascii_uppercase()))
}

/// The mode that the letter of a number stands for.
pub fn mode_of_number(number: &str) -> Option<&'static str> {
    match number.get(..1)? {
        "A" => Some("Aviation"),
        "H" => Some("Highway"),
        "I" => Some("Intermodal"),
        "M" => Some("Marine"),
        "P" => Some("Pipeline"),
        "R" => Some("Railroad"),
        _ => None,
    }
}

/// Whether a recommendation concerns aviation, or several modes.
pub fn is_aviation(number: &str, mode: Option<&str>) -> bool {
    number.starts_with(['A', 'I'])
        || mode.is_some_and(|mode| {
            mode.to_ascii_lowercase().contains("aviation")
                || mode.eq_ignore_ascii_case("intermodal")
        })
}

/// Writes `Closed--Acceptable Action` with any dash as `Closed - Acceptable Action`.
pub fn normalize_status(raw: &str) -> String {
    let dashes = |c: char| matches!(c, '-' | '–' | '—');
    match raw.split_once(dashes) {
        Some((first, rest)) if is_open(first).is_some() => {
            format!("{} - {}", first.trim(), rest.trim_start_matches(dashes).trim())
        }
        _ => raw.to_owned(),
    }
}

/// Whether a status is open; None if it says neither open nor closed.
pub fn is_open(status: &str) -> Option<bool> {
    let word = status.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
    if word.eq_ignore_ascii_case("open") {
        return Some(true);
    }
    word.eq_ignore_ascii_case("closed").then_some(false)
}

/// Reads `2023-01-05`, with or without a time, and `1/5/2023` as `2023-01-05`.
pub fn date(text: &str) -> Option<String> {
    let day = text.split(['T', ' ']).next()?;
    let separator = if day.contains('/') { '/' } else { '-' };
    let mut parts = day.split(separator).map(str::parse::<u32>);
    let (a, b, c) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let (year, month, day) = if separator == '/' { (c, a, b) } else { (a, b, c) };
    let is_whole = parts.next().is_none() && (1900..=2199).contains(&year);
    let year = is_whole.then(|| i32::try_from(year).ok()).flatten()?;
    date_to_days(year, month, day)?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// An NTSB number such as `ERA22FA001`: letters and digits.
pub fn ntsb_number(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let is_number = (6..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit());
    is_number.then(|| text.to_ascii_uppercase())
}

/// NTSB's key of a case (mKey), as a number or text.
pub fn case_key(value: &Value) -> Option<u32> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let is_key = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_key.then(|| text.parse().ok()).flatten().filter(|key| *key > 0)
}
