//! A made-up ev_id: the same on every load, and none that NTSB ever gives.
//!
//! `YYYYMMDD` (date of the event) + `L` + five characters for RecNum. NTSB's own have an `X` there,
//! or 14 digits.

use super::{Lookup, filled};
use crate::calendar;
use crate::clean::date;

/// The letter of the series, at the ninth place of an ev_id.
pub const SERIES: char = 'L';

/// Stands for an event whose date cannot be read: the first day of the file.
const NO_DATE: &str = "19620101";

/// The largest RecNum that five decimal digits hold.
const DECIMAL: u32 = 99_999;

/// Four characters of base 36.
const TAIL: u32 = 36 * 36 * 36 * 36;

pub(super) fn of(row: Lookup<'_, '_>) -> Option<String> {
    ev_id(filled(row, "recnum")?, filled(row, "date_occurrence"))
}

/// The ev_id of a record; `None` where RecNum is no number or too large (above 43 million).
pub fn ev_id(recnum: &str, date_occurrence: Option<&str>) -> Option<String> {
    let serial = serial(recnum)?;
    let day = date_occurrence.and_then(day).map(|(y, m, d)| format!("{y:04}{m:02}{d:02}"));
    Some(format!("{}{SERIES}{serial}", day.as_deref().unwrap_or(NO_DATE)))
}

/// Five digits; above them a letter and four of base 36, so that no two numbers meet.
fn serial(recnum: &str) -> Option<String> {
    let digits = recnum.strip_suffix(".0").unwrap_or(recnum);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    let Some(above) = number.checked_sub(DECIMAL + 1) else {
        return Some(format!("{number:05}"));
    };
    let first = char::from(b'A' + u8::try_from(above / TAIL).ok().filter(|n| *n < 26)?);
    let rest = [36 * 36 * 36, 36 * 36, 36, 1].map(|unit| above / unit % 36);
    let tail = rest.iter().filter_map(|digit| char::from_digit(*digit, 36));
    Some(std::iter::once(first).chain(tail.map(|c| c.to_ascii_uppercase())).collect())
}

/// Year, month and day of `MM/DD/YY HH:MM:SS`. The century is always the twentieth, whatever a
/// reader made of it.
pub(super) fn day(text: &str) -> Option<(i32, u32, u32)> {
    let seconds = date::parse(text)?.seconds;
    let (year, month, day) =
        calendar::days_to_date(i32::try_from(seconds.div_euclid(86_400)).ok()?);
    let year = if year >= 2000 { year - 100 } else { year };
    calendar::date_to_days(year, month, day).map(|_| (year, month, day))
}
