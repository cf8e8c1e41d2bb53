//! Names of NTSB's weekly files: upDDMON.zip on the 1st, 8th, 15th and 22nd of a month. Each is replaced
//! a year later.

use std::time::{SystemTime, UNIX_EPOCH};

use ntsb_schema::calendar::{MONTH_NAMES, date_to_days, days_to_date};

/// Six files cover a month and a half, in case the monthly avall.zip is late.
const MAX_FILES: usize = 6;

/// Today in days since 1970.
pub fn today() -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i32::try_from(since.as_secs() / 86_400).unwrap_or(i32::MAX)
}

/// The names of the latest files up to a day, oldest first.
pub fn file_names(today: i32) -> Vec<String> {
    let mut names: Vec<String> = (0..60)
        .map(|back| days_to_date(today - back))
        .filter(|(_, _, day)| [1, 8, 15, 22].contains(day))
        .filter_map(|(_, month, day)| {
            let month = MONTH_NAMES.get(month as usize - 1)?.get(..3)?;
            Some(format!("up{day:02}{}.zip", month.to_uppercase()))
        })
        .take(MAX_FILES)
        .collect();
    names.reverse();
    names
}

/// Formats days since 1970 as "2026-11-23".
pub fn format_date(day: i32) -> String {
    let (year, month, day) = days_to_date(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Parses "2026-11-23" to days since 1970.
pub fn parse_date(text: &str) -> Option<i32> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    date_to_days(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_cross_the_new_year() {
        let day = parse_date("2026-01-10").unwrap();
        let expected = [
            "up01DEC.zip",
            "up08DEC.zip",
            "up15DEC.zip",
            "up22DEC.zip",
            "up01JAN.zip",
            "up08JAN.zip",
        ];
        assert_eq!(file_names(day), expected);
    }

    #[test]
    fn dates_round_trip_and_invalid_ones_are_rejected() {
        assert_eq!(format_date(parse_date("2024-02-29").unwrap()), "2024-02-29");
        assert_eq!(parse_date("2023-02-29"), None);
        assert_eq!(parse_date("yesterday"), None);
    }
}
