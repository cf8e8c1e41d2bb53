//! The header of a report: kind, station and time.

use crate::report::{Kind, Time};

/// Parses `METAR` or `SPECI`.
pub fn parse_kind(group: &str) -> Option<Kind> {
    match group {
        "METAR" => Some(Kind::Metar),
        "SPECI" => Some(Kind::Speci),
        _ => None,
    }
}

/// Returns true for the form of a station: a letter and three letters or digits (`KORD`, `K2G2`).
/// Whether the station exists is not known here.
pub fn is_station(group: &str) -> bool {
    let bytes = group.as_bytes();
    bytes.len() == 4
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && parse_kind(group).is_none()
        && !matches!(group, "AUTO" | "NEXT" | "LAST" | "TIME" | "TAFS" | "WIND")
}

/// Parses `161453Z`.
pub fn parse_time(group: &str) -> Option<Time> {
    let digits = group.strip_suffix('Z').filter(|digits| digits.len() == 6)?;
    let time = Time {
        day: parse_digits(digits.get(..2)?)? as u8,
        hour: parse_digits(digits.get(2..4)?)? as u8,
        minute: parse_digits(digits.get(4..)?)? as u8,
    };
    let is_valid = (1..=31).contains(&time.day) && time.hour < 24 && time.minute < 60;
    is_valid.then_some(time)
}

/// Parses COR, or CCA, CCB … as Canada writes the first, second … correction.
pub fn is_correction(group: &str) -> bool {
    group == "COR" || matches!(group.as_bytes(), [b'C', b'C', b'A'..=b'Z'])
}

/// Parses a number of at most six digits. Signs and other characters are refused.
pub fn parse_digits(text: &str) -> Option<u32> {
    let is_number = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
