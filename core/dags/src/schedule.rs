//! Schedules: cron expressions of five fields in GMT, as pg_cron and crontab read them.

use chrono::DateTime;
use croner::Cron;
use croner::parser::CronParser;

/// The longest expression that is parsed, in bytes.
const MAX_LENGTH: usize = 200;

const FIELDS: usize = 5;

/// A cron expression of five fields: minute, hour, day of month, month, day of week.
#[derive(Debug, Clone)]
pub struct Schedule(Cron);

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The text is too long.
    #[error("it has more than {MAX_LENGTH} characters")]
    TooLong,
    /// The number of fields is not five.
    #[error("it has {0} fields instead of 5")]
    FieldCount(usize),
    /// A field has an extension that crontab does not know, such as L or #.
    #[error(
        "field {0} may contain numbers, * , - / and, for months and days of the week, names of three letters"
    )]
    Field(usize),
    /// A number is out of range or a field is malformed.
    #[error("{0}")]
    Malformed(String),
    /// No date matches, such as 30 February.
    #[error("no date matches it")]
    Never,
}

impl Schedule {
    /// Parses an expression. The extensions of other schedulers (seconds, years, `L`, `W`, `#`, `@daily`) are
    /// refused, because pg_cron and crontab do not know them.
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        if text.len() > MAX_LENGTH {
            return Err(ScheduleError::TooLong);
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        if fields.len() != FIELDS {
            return Err(ScheduleError::FieldCount(fields.len()));
        }
        for (number, field) in (1..).zip(&fields) {
            if !is_plain(field, number > 3) {
                return Err(ScheduleError::Field(number));
            }
        }
        let cron = CronParser::new()
            .parse(&fields.join(" "))
            .map_err(|error| ScheduleError::Malformed(error.to_string()))?;
        let schedule = Schedule(cron);
        schedule.next_after(0)?;
        Ok(schedule)
    }

    /// The first time after `after` that matches, both in seconds since 1970-01-01 GMT.
    pub fn next_after(&self, after: i64) -> Result<i64, ScheduleError> {
        let after = DateTime::from_timestamp(after, 0).ok_or(ScheduleError::Never)?;
        let next = self.0.find_next_occurrence(&after, false).map_err(|_| ScheduleError::Never)?;
        Ok(next.timestamp())
    }
}

/// Whether a field has only numbers and separators, and names where they are allowed.
fn is_plain(field: &str, has_names: bool) -> bool {
    let words = field.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let allowed = |c: char| c.is_ascii_alphanumeric() || "*,-/".contains(c);
    field.chars().all(allowed) && words.into_iter().all(|word| has_names && word.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    fn next(schedule: &str, after: &str) -> i64 {
        Schedule::parse(schedule).unwrap().next_after(seconds(after)).unwrap()
    }

    #[test]
    fn the_next_time_is_the_first_that_matches() {
        let cases = [
            // Every minute, and strictly after the given time.
            ("* * * * *", "2026-11-30T19:07:30Z", "2026-11-30T19:08:00Z"),
            ("* * * * *", "2026-11-30T19:07:00Z", "2026-11-30T19:08:00Z"),
            ("30 9 * * *", "2026-11-30T09:30:00Z", "2026-12-01T09:30:00Z"),
            ("30 9 * * *", "2026-11-30T09:29:59Z", "2026-11-30T09:30:00Z"),
            // 30 November 2026 is a Monday; Sunday is 0 and 7.
            ("0 2 * * 0", "2026-11-30T00:00:00Z", "2026-12-06T02:00:00Z"),
            ("0 2 * * 7", "2026-11-30T00:00:00Z", "2026-12-06T02:00:00Z"),
            ("0 2 * * SUN", "2026-11-30T00:00:00Z", "2026-12-06T02:00:00Z"),
            ("30 11 1 * *", "2026-12-01T11:30:00Z", "2027-01-01T11:30:00Z"),
            ("*/15 8-9 * * 1-5", "2026-12-04T09:45:00Z", "2026-12-07T08:00:00Z"),
            ("0 0 29 2 *", "2026-11-30T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 31 JAN,mar *", "2027-02-01T00:00:00Z", "2027-03-31T00:00:00Z"),
            // Day of month or day of week, as in crontab, if both are given: Friday the 4th.
            ("0 0 13 * 5", "2026-11-30T00:00:00Z", "2026-12-04T00:00:00Z"),
        ];
        for (schedule, after, expected) in cases {
            assert_eq!(next(schedule, after), seconds(expected), "{schedule} after {after}");
        }
    }

    #[test]
    fn malformed_schedules_are_refused() {
        let long = "*".repeat(201);
        let cases = [
            ("", ScheduleError::FieldCount(0)),
            ("* * * *", ScheduleError::FieldCount(4)),
            ("0 * * * * *", ScheduleError::FieldCount(6)),
            ("@daily", ScheduleError::FieldCount(1)),
            ("0 0 L * *", ScheduleError::Field(3)),
            ("0 0 15W * *", ScheduleError::Field(3)),
            ("0 0 * * 5#2", ScheduleError::Field(5)),
            ("0 0 * * 5L", ScheduleError::Field(5)),
            ("0 0 ? * *", ScheduleError::Field(3)),
            ("٣ 0 * * *", ScheduleError::Field(1)),
            ("0 0 30 2 *", ScheduleError::Never),
            (long.as_str(), ScheduleError::TooLong),
        ];
        for (schedule, expected) in cases {
            assert_eq!(Schedule::parse(schedule).unwrap_err(), expected, "{schedule}");
        }
        for schedule in [
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "a-b * * * *",
            "5- * * * *",
            "*/0 * * * *",
            "* * * FOO *",
            "9-3 * * * *",
        ] {
            assert!(Schedule::parse(schedule).is_err(), "{schedule}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_fails(text in "[0-9A-Za-z*,/ -]{0,30}") {
            if let Ok(schedule) = Schedule::parse(&text) {
                let next = schedule.next_after(1_700_000_000).unwrap();
                prop_assert!(next > 1_700_000_000 && next % 60 == 0);
            }
        }
    }
}
