//! Cleans dates, in every format that a reader of the files is known to write.

use super::text::strip;
use super::{DefectKind, DefectKinds, Value};
use crate::calendar;

/// Years outside this range are typing errors: the files begin with 1962, and no date of a person in
/// them is before 1900.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Two-digit years up to this one are 20xx, others 19xx. Crew dates go back to 1953 and no date is
/// far in the future, so all dates are between 1940 and 2039.
const MAX_YEAR_OF_2000S: i32 = 39;

/// Two-digit years of uncertain century. A medical examination "in 2035" may have been in 1935, and
/// one "in 1945" is older than any known one.
const UNCERTAIN_YEARS: std::ops::RangeInclusive<i32> = 30..=52;

const SECONDS_PER_DAY: i64 = 86_400;

/// Cleans a date. A time of day is dropped.
pub fn clean_date(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    match parse_cell(raw, defects) {
        Some(seconds) => {
            i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).map_or(Value::Null, Value::Date)
        }
        None => Value::Null,
    }
}

/// Cleans a date with a time, rounded to the second as most readers of Access files do.
pub fn clean_timestamp(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    parse_cell(raw, defects).map_or(Value::Null, Value::Timestamp)
}

fn parse_cell(raw: &str, defects: &mut DefectKinds) -> Option<i64> {
    let text = strip(raw, defects);
    if text.is_empty() {
        return None;
    }
    let Some(timestamp) = parse(&text) else {
        defects.add(DefectKind::NotADate);
        return None;
    };
    if timestamp.has_uncertain_century {
        defects.add(DefectKind::CenturyGuessed);
    }
    Some(timestamp.seconds)
}

/// A parsed date with its time, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedTimestamp {
    /// Seconds since 1970-01-01 00:00:00.
    pub seconds: i64,
    /// Whether the year has two digits and an uncertain century.
    pub has_uncertain_century: bool,
}

/// Parses `MM/DD/YY`, `MM/DD/YYYY`, `YYYY-MM-DD`, `YYYYMMDD`, `DD-Mon-YYYY` or `Month D, YYYY`, with
/// or without a time. Returns `None` if it is not a valid date and time.
pub fn parse(text: &str) -> Option<ParsedTimestamp> {
    let mut rest = Cursor(text);
    let (year, month, day) = parse_date(&mut rest)?;
    let days = calendar::date_to_days(year.full, month, day)?;
    let seconds = i64::from(days) * SECONDS_PER_DAY + parse_time(&mut rest)?;
    let last = i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).ok()?;
    let is_in_range = YEARS.contains(&calendar::days_to_date(last).0) && YEARS.contains(&year.full);
    let has_uncertain_century = year.has_uncertain_century;
    (is_in_range && rest.0.is_empty()).then_some(ParsedTimestamp { seconds, has_uncertain_century })
}

#[derive(Clone, Copy)]
struct Year {
    full: i32,
    has_uncertain_century: bool,
}

/// Completes a year of 2 or 4 digits.
fn complete_year((number, digits): (u32, usize)) -> Option<Year> {
    let number = i32::try_from(number).ok()?;
    match digits {
        4 => Some(Year { full: number, has_uncertain_century: false }),
        2 => {
            let century = if number <= MAX_YEAR_OF_2000S { 2000 } else { 1900 };
            let has_uncertain_century = UNCERTAIN_YEARS.contains(&number);
            Some(Year { full: century + number, has_uncertain_century })
        }
        _ => None,
    }
}

fn parse_date(rest: &mut Cursor) -> Option<(Year, u32, u32)> {
    let Some((first, digits)) = rest.number(8) else {
        return parse_month_first(rest);
    };
    match (rest.peek(), digits) {
        (Some(separator @ (b'-' | b'/')), 4) => {
            rest.skip(separator)?;
            let month = rest.two_digits()?;
            rest.skip(separator)?;
            Some((complete_year((first, 4))?, month, rest.two_digits()?))
        }
        (Some(b'/'), 1..=2) => {
            rest.skip(b'/')?;
            let day = rest.two_digits()?;
            rest.skip(b'/')?;
            Some((complete_year(rest.number(4)?)?, first, day))
        }
        (Some(separator @ (b'-' | b' ')), 1..=2) => {
            rest.skip(separator)?;
            let month = rest.month()?;
            rest.skip(separator)?;
            Some((complete_year(rest.number(4)?)?, month, first))
        }
        (_, 8) => Some((complete_year((first / 10_000, 4))?, first / 100 % 100, first % 100)),
        _ => None,
    }
}

/// Parses `Jan 31 2008` or `January 31, 2008`.
fn parse_month_first(rest: &mut Cursor) -> Option<(Year, u32, u32)> {
    let month = rest.month()?;
    rest.skip_blanks();
    let day = rest.two_digits()?;
    let has_comma = rest.skip(b',').is_some();
    if !rest.skip_blanks() && !has_comma {
        return None;
    }
    Some((complete_year(rest.number(4)?)?, month, day))
}

/// Parses a time as seconds since midnight. Returns 0 if no time follows.
fn parse_time(rest: &mut Cursor) -> Option<i64> {
    if rest.0.is_empty() {
        return Some(0);
    }
    if rest.skip(b'T').is_none() && !rest.skip_blanks() {
        return None;
    }
    let mut hour = rest.two_digits()?;
    rest.skip(b':')?;
    let (minute, second) = (rest.two_digits()?, rest.skip(b':').map(|()| rest.two_digits()));
    let second = second.unwrap_or(Some(0))?;
    let carry = rest.skip(b'.').map_or(Some(0), |()| rest.rounded_fraction())?;
    rest.skip_blanks();
    if let Some(is_pm) = rest.am_or_pm() {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if is_pm { 12 } else { 0 };
    }
    rest.skip_utc();
    let is_valid = hour < 24 && minute < 60 && second < 60;
    is_valid.then(|| i64::from(hour * 3600 + minute * 60 + second) + carry)
}

/// The rest of the text.
struct Cursor<'t>(&'t str);

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.bytes().next()
    }

    /// Skips `count` ASCII bytes.
    fn advance(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or("");
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.advance(1))
    }

    fn skip_blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches(' ');
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found
    }

    /// Parses a number of at most `max_digits` digits. Returns it and its number of digits.
    fn number(&mut self, max_digits: usize) -> Option<(u32, usize)> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > max_digits {
            return None;
        }
        let digit = |n, b| n * 10 + u32::from(b - b'0');
        let number = self.0.bytes().take(digits).fold(0, digit);
        self.advance(digits);
        Some((number, digits))
    }

    /// Parses a number of one or two digits.
    fn two_digits(&mut self) -> Option<u32> {
        self.number(2).map(|(n, _)| n)
    }

    /// Parses a fraction of a second, rounded to 0 or 1 second.
    fn rounded_fraction(&mut self) -> Option<i64> {
        let rounds_up = matches!(self.peek(), Some(b'5'..=b'9'));
        self.number(9).map(|_| i64::from(rounds_up))
    }

    /// Parses the name of a month, in full or its first three letters.
    fn month(&mut self) -> Option<u32> {
        let letters = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = self.0.get(..letters)?;
        let matches = |name: &&str| {
            name.eq_ignore_ascii_case(word)
                || word.len() == 3 && name.get(..3).is_some_and(|n| n.eq_ignore_ascii_case(word))
        };
        let month = calendar::MONTH_NAMES.iter().position(matches)?;
        self.advance(letters);
        self.skip(b'.');
        u32::try_from(month + 1).ok()
    }

    /// Parses AM or PM. Returns whether it is PM.
    fn am_or_pm(&mut self) -> Option<bool> {
        let word = self.0.get(..2)?;
        let is_pm = word.eq_ignore_ascii_case("PM");
        if !is_pm && !word.eq_ignore_ascii_case("AM") {
            return None;
        }
        self.advance(2);
        Some(is_pm)
    }

    /// Skips the time zone UTC, the only one that needs no conversion.
    fn skip_utc(&mut self) {
        for zone in ["Z", "+00:00", "+00"] {
            if let Some(rest) = self.0.strip_prefix(zone) {
                self.0 = rest;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
