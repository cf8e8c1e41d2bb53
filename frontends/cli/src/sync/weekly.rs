//! Names of NTSB's weekly files: upDDMON.zip of the 1st, 8th, 15th and 22nd, each until it is replaced a
//! year later.

use std::time::{SystemTime, UNIX_EPOCH};

use ntsb_schema::calendar::{MONTHS, civil, days};

/// A monthly avall.zip may be late: six of them reach back a month and a half.
const COUNT: usize = 6;

/// Days since 1970.
pub fn today() -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i32::try_from(since.as_secs() / 86_400).unwrap_or(i32::MAX)
}

/// The last files up to a day, the oldest first.
pub fn names(today: i32) -> Vec<String> {
    let mut names: Vec<String> = (0..60)
        .map(|back| civil(today - back))
        .filter(|(_, _, day)| [1, 8, 15, 22].contains(day))
        .filter_map(|(_, month, day)| {
            let month = MONTHS.get(month as usize - 1)?.get(..3)?;
            Some(format!("up{day:02}{}.zip", month.to_uppercase()))
        })
        .take(COUNT)
        .collect();
    names.reverse();
    names
}

/// "2026-11-23".
pub fn iso(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day of "2026-11-23"; none if there is no such day.
pub fn day_of(iso: &str) -> Option<i32> {
    let mut parts = iso.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    days(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn six_weeks_cross_the_new_year() {
        let day = day_of("2026-01-10").unwrap();
        let expected = [
            "up01DEC.zip",
            "up08DEC.zip",
            "up15DEC.zip",
            "up22DEC.zip",
            "up01JAN.zip",
            "up08JAN.zip",
        ];
        assert_eq!(names(day), expected);
    }

    #[test]
    fn a_day_is_itself_again() {
        assert_eq!(iso(day_of("2024-02-29").unwrap()), "2024-02-29");
        assert_eq!(day_of("2023-02-29"), None);
        assert_eq!(day_of("yesterday"), None);
    }
}
