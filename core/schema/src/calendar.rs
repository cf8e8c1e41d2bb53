//! Conversion between dates and days since 1970-01-01 in the proleptic Gregorian calendar (H.
//! Hinnant's algorithm).

/// The English names of the months.
pub const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// 2000-01-01, from which PostgreSQL counts days.
pub const POSTGRES_EPOCH_DAYS: i32 = 10_957;

/// Converts days to year, month and day.
pub fn days_to_date(days: i32) -> (i32, u32, u32) {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

/// Converts a date to days. Returns `None` if the date does not exist.
pub fn date_to_days(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    let y = i64::from(year) - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = i64::from((month + 9) % 12);
    let doy = (153 * mp + 2) / 5 + i64::from(day) - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    i32::try_from(era * 146_097 + doe - 719_468).ok()
}

/// The day of the week, as NTSB writes it.
pub fn day_of_week(days: i32) -> &'static str {
    // 1970-01-01 was a Thursday.
    const DAYS: [&str; 7] = ["Th", "Fr", "Sa", "Su", "Mo", "Tu", "We"];
    usize::try_from(days.rem_euclid(7)).ok().and_then(|at| DAYS.get(at)).copied().unwrap_or("")
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_days_of_three_centuries_round_trip() {
        let (first, last) = (date_to_days(1850, 1, 1), date_to_days(2150, 12, 31));
        for n in first.expect("valid date")..=last.expect("a day") {
            let (y, m, d) = days_to_date(n);
            assert_eq!(date_to_days(y, m, d), Some(n), "{y}-{m}-{d}");
        }
        assert_eq!(date_to_days(1970, 1, 1), Some(0));
        assert_eq!(date_to_days(2000, 3, 1), Some(11_017));
    }

    #[test]
    fn knows_days_of_the_week() {
        for (y, m, d, name) in
            [(1970, 1, 1, "Th"), (1962, 7, 23, "Mo"), (2025, 4, 30, "We"), (1969, 12, 28, "Su")]
        {
            assert_eq!(day_of_week(date_to_days(y, m, d).expect("valid date")), name);
        }
    }

    #[test]
    fn rejects_dates_that_do_not_exist() {
        for (y, m, d) in [(2023, 2, 29), (1900, 2, 29), (2023, 4, 31), (2023, 13, 1), (2023, 1, 0)]
        {
            assert_eq!(date_to_days(y, m, d), None);
        }
    }
}
