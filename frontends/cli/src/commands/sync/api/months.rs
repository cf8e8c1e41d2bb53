//! Months of events.

use std::fmt;

use ntsb_schema::calendar::{date_to_days, days_to_date};

/// Days per request for recommendations.
pub const DAYS_PER_YEAR: i32 = 365;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i32,
    /// 1 to 12.
    month: u32,
}

impl Month {
    /// The month of a day, in days since 1970.
    pub fn of(day: i32) -> Month {
        let (year, month, _) = days_to_date(day);
        Month { year, month }
    }

    pub fn first_day(self) -> i32 {
        date_to_days(self.year, self.month, 1).unwrap_or_default()
    }

    pub fn last_day(self) -> i32 {
        let (year, month) =
            if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        date_to_days(year, month, 1).unwrap_or_default() - 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::weekly::{format_date, parse_date};
    use super::*;

    #[test]
    fn a_month_ends_before_the_next_begins() {
        for (day, first, last) in [
            ("2024-02-10", "2024-02-01", "2024-02-29"),
            ("2025-12-31", "2025-12-01", "2025-12-31"),
            ("1969-12-31", "1969-12-01", "1969-12-31"),
        ] {
            let month = Month::of(parse_date(day).unwrap());
            assert_eq!(format_date(month.first_day()), first);
            assert_eq!(format_date(month.last_day()), last);
        }
    }
}
