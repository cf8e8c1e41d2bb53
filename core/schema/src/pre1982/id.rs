//! Derives the ev_id of a record. It is the same on every load and never an ev_id of NTSB.
//!
//! The format is `YYYYMMDD` (date of the event), `L` and five characters for RecNum. An ev_id of NTSB
//! has an `X` in place of the `L`, or consists of 14 digits.

use super::{Lookup, non_blank};
use crate::calendar;
use crate::clean::date;

/// The ninth character of a derived ev_id.
pub const EV_ID_SERIES: char = 'L';

/// Replaces a missing or malformed date: the first day of the file.
const NO_DATE: &str = "19620101";

/// The largest RecNum that is written as five decimal digits.
const MAX_DECIMAL: u32 = 99_999;

/// The number of values of four characters in base 36.
const TAIL_COUNT: u32 = 36 * 36 * 36 * 36;

pub(super) fn row_ev_id(row: Lookup<'_, '_>) -> Option<String> {
    derive_ev_id(non_blank(row, "recnum")?, non_blank(row, "date_occurrence"))
}

/// Derives the ev_id of a record. Returns `None` if RecNum is not a number or is above 43,770,015.
pub fn derive_ev_id(recnum: &str, date_occurrence: Option<&str>) -> Option<String> {
    let serial = encode_recnum(recnum)?;
    let day = date_occurrence.and_then(parse_day).map(|(y, m, d)| format!("{y:04}{m:02}{d:02}"));
    Some(format!("{}{EV_ID_SERIES}{serial}", day.as_deref().unwrap_or(NO_DATE)))
}

/// Encodes RecNum as five decimal digits or, above 99,999, as a letter and four characters in base 36.
/// Codes are unique.
fn encode_recnum(recnum: &str) -> Option<String> {
    let digits = recnum.strip_suffix(".0").unwrap_or(recnum);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    let Some(above) = number.checked_sub(MAX_DECIMAL + 1) else {
        return Some(format!("{number:05}"));
    };
    let first = char::from(b'A' + u8::try_from(above / TAIL_COUNT).ok().filter(|n| *n < 26)?);
    let rest = [36 * 36 * 36, 36 * 36, 36, 1].map(|unit| above / unit % 36);
    let tail = rest.iter().filter_map(|digit| char::from_digit(*digit, 36));
    Some(std::iter::once(first).chain(tail.map(|c| c.to_ascii_uppercase())).collect())
}

/// Parses year, month and day of `MM/DD/YY HH:MM:SS`. The year is always in the 1900s, even if a
/// reader of the file wrote another century.
pub(super) fn parse_day(text: &str) -> Option<(i32, u32, u32)> {
    let seconds = date::parse(text)?.seconds;
    let (year, month, day) =
        calendar::days_to_date(i32::try_from(seconds.div_euclid(86_400)).ok()?);
    let year = if year >= 2000 { year - 100 } else { year };
    calendar::date_to_days(year, month, day).map(|_| (year, month, day))
}
