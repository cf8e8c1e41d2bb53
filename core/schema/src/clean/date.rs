//! Dates, in every form in which a reader of the files has been seen to write them.

use super::text::bare;
use super::{DefectKind, DefectKinds, Value};
use crate::calendar;

/// Years outside these are typing errors: the file begins with 1962, its people are not older.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Two digits of a year up to this one belong to 20xx, others to 19xx. Crew dates reach back to
/// 1953 and no date lies far in the future, so that 1940 to 2039 holds them all.
const LAST_OF_2000: i32 = 39;

/// Two-digit years whose century is doubtful: a medical examination "in 2035" may have been in
/// 1935, one "in 1945" is older than any that was seen.
const DOUBTFUL: std::ops::RangeInclusive<i32> = 30..=52;

const DAY: i64 = 86_400;

/// A calendar date; a time of day beside it is dropped.
pub fn date(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    match cell(raw, defect_kinds) {
        Some(seconds) => i32::try_from(seconds.div_euclid(DAY)).map_or(Value::Null, Value::Date),
        None => Value::Null,
    }
}

/// A date with its time, rounded to the second as most readers of Access files do.
pub fn timestamp(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    cell(raw, defect_kinds).map_or(Value::Null, Value::Timestamp)
}

fn cell(raw: &str, defect_kinds: &mut DefectKinds) -> Option<i64> {
    let text = bare(raw, defect_kinds);
    if text.is_empty() {
        return None;
    }
    let Some(moment) = parse(&text) else {
        defect_kinds.add(DefectKind::NotADate);
        return None;
    };
    if moment.doubtful {
        defect_kinds.add(DefectKind::CenturyGuessed);
    }
    Some(moment.seconds)
}

/// A point in local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970-01-01 00:00:00.
    pub seconds: i64,
    /// Whether the century had to be guessed with a doubt.
    pub doubtful: bool,
}

/// Reads `MM/DD/YY`, `MM/DD/YYYY`, `YYYY-MM-DD`, `YYYYMMDD`, `DD-Mon-YYYY` or `Month D, YYYY`,
/// alone or before a time. `None` if there is no such moment.
pub fn parse(text: &str) -> Option<Moment> {
    let mut rest = Cursor(text);
    let (year, month, day) = calendar_date(&mut rest)?;
    let days = calendar::days(year.full, month, day)?;
    let seconds = i64::from(days) * DAY + time_of_day(&mut rest)?;
    let last = i32::try_from(seconds.div_euclid(DAY)).ok()?;
    let in_range = YEARS.contains(&calendar::civil(last).0) && YEARS.contains(&year.full);
    (in_range && rest.0.is_empty()).then_some(Moment { seconds, doubtful: year.doubtful })
}

#[derive(Clone, Copy)]
struct Year {
    full: i32,
    doubtful: bool,
}

/// The year of a number of 2 or 4 digits.
fn year((number, digits): (u32, usize)) -> Option<Year> {
    let number = i32::try_from(number).ok()?;
    match digits {
        4 => Some(Year { full: number, doubtful: false }),
        2 => {
            let century = if number <= LAST_OF_2000 { 2000 } else { 1900 };
            Some(Year { full: century + number, doubtful: DOUBTFUL.contains(&number) })
        }
        _ => None,
    }
}

fn calendar_date(rest: &mut Cursor) -> Option<(Year, u32, u32)> {
    let Some((first, digits)) = rest.number(8) else {
        return month_first(rest);
    };
    match (rest.peek(), digits) {
        (Some(mark @ (b'-' | b'/')), 4) => {
            rest.skip(mark)?;
            let month = rest.short()?;
            rest.skip(mark)?;
            Some((year((first, 4))?, month, rest.short()?))
        }
        (Some(b'/'), 1..=2) => {
            rest.skip(b'/')?;
            let day = rest.short()?;
            rest.skip(b'/')?;
            Some((year(rest.number(4)?)?, first, day))
        }
        (Some(mark @ (b'-' | b' ')), 1..=2) => {
            rest.skip(mark)?;
            let month = rest.month()?;
            rest.skip(mark)?;
            Some((year(rest.number(4)?)?, month, first))
        }
        (_, 8) => Some((year((first / 10_000, 4))?, first / 100 % 100, first % 100)),
        _ => None,
    }
}

/// `Jan 31 2008`, `January 31, 2008`.
fn month_first(rest: &mut Cursor) -> Option<(Year, u32, u32)> {
    let month = rest.month()?;
    rest.blanks();
    let day = rest.short()?;
    let comma = rest.skip(b',').is_some();
    if !rest.blanks() && !comma {
        return None;
    }
    Some((year(rest.number(4)?)?, month, day))
}

/// Seconds of the day, 0 if no time follows.
fn time_of_day(rest: &mut Cursor) -> Option<i64> {
    if rest.0.is_empty() {
        return Some(0);
    }
    if rest.skip(b'T').is_none() && !rest.blanks() {
        return None;
    }
    let mut hour = rest.short()?;
    rest.skip(b':')?;
    let (minute, second) = (rest.short()?, rest.skip(b':').map(|()| rest.short()));
    let second = second.unwrap_or(Some(0))?;
    let carry = rest.skip(b'.').map_or(Some(0), |()| rest.half())?;
    rest.blanks();
    if let Some(afternoon) = rest.half_day() {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    rest.utc();
    let exists = hour < 24 && minute < 60 && second < 60;
    exists.then(|| i64::from(hour * 3600 + minute * 60 + second) + carry)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What is left to read.
struct Cursor<'t>(&'t str);

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.bytes().next()
    }

    /// Steps over `count` bytes of ASCII.
    fn advance(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or("");
    }

    fn skip(&mut self, mark: u8) -> Option<()> {
        (self.peek()? == mark).then(|| self.advance(1))
    }

    fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches(' ');
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found
    }

    /// A number of at most so many digits, and how many it has.
    fn number(&mut self, longest: usize) -> Option<(u32, usize)> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > longest {
            return None;
        }
        let digit = |n, b| n * 10 + u32::from(b - b'0');
        let number = self.0.bytes().take(digits).fold(0, digit);
        self.advance(digits);
        Some((number, digits))
    }

    /// A number of one or two digits.
    fn short(&mut self) -> Option<u32> {
        self.number(2).map(|(n, _)| n)
    }

    /// A fraction of a second, as the second that rounding adds.
    fn half(&mut self) -> Option<i64> {
        let up = matches!(self.peek(), Some(b'5'..=b'9'));
        self.number(9).map(|_| i64::from(up))
    }

    /// The name of a month, in full or its first three letters.
    fn month(&mut self) -> Option<u32> {
        let letters = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = self.0.get(..letters)?;
        let is = |name: &&str| {
            name.eq_ignore_ascii_case(word)
                || word.len() == 3 && name.get(..3).is_some_and(|n| n.eq_ignore_ascii_case(word))
        };
        let month = MONTHS.iter().position(is)?;
        self.advance(letters);
        self.skip(b'.');
        u32::try_from(month + 1).ok()
    }

    /// AM or PM: whether it is the afternoon.
    fn half_day(&mut self) -> Option<bool> {
        let word = self.0.get(..2)?;
        let afternoon = word.eq_ignore_ascii_case("PM");
        if !afternoon && !word.eq_ignore_ascii_case("AM") {
            return None;
        }
        self.advance(2);
        Some(afternoon)
    }

    /// The zone of a moment in UTC, the only one that needs no conversion.
    fn utc(&mut self) {
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
