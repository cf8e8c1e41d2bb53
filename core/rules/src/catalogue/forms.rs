//! Formats of identifiers.

use ntsb_schema::calendar;
use ntsb_schema::clean::registration::is_us_mark;

/// Whether a text is a case number: office (3 letters), fiscal year, class, mode and serial, such as
/// `CEN25LA173`. Serials may contain letters, and some old ones contain `#`.
pub fn is_ntsb_no(text: &str) -> bool {
    match text.as_bytes() {
        [office @ .., y1, y2, class, m, a, b, c] if office.len() == 3 => {
            office.iter().all(u8::is_ascii_uppercase)
                && y1.is_ascii_digit()
                && y2.is_ascii_digit()
                && class.is_ascii_uppercase()
                && [m, a, b, c]
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b'#')
        }
        _ => false,
    }
}

/// Whether a text is a case number, with or without a letter appended. NTSB appends a letter where
/// several aircraft are involved.
pub fn is_aircraft_no(text: &str) -> bool {
    let number = text.strip_suffix(|c: char| c.is_ascii_uppercase()).unwrap_or(text);
    is_ntsb_no(text) || is_ntsb_no(number)
}

/// Whether a text starts like a US registration mark (N and a digit) but is not a valid one.
pub fn is_broken_us_mark(text: &str) -> bool {
    matches!(text.as_bytes(), [b'N', b'0'..=b'9', ..]) && !is_us_mark(text)
}

/// Whether a text is a US postal code: 5 or 9 digits.
pub fn is_us_zip(text: &str) -> bool {
    match text.as_bytes() {
        [five @ .., b'-', a, b, c, d] if five.len() == 5 => {
            five.iter().chain([a, b, c, d]).all(u8::is_ascii_digit)
        }
        digits => matches!(digits.len(), 5 | 9) && digits.iter().all(u8::is_ascii_digit),
    }
}

/// Whether a text is a day and a month (`28-Oct`) or a month and a year (`Oct-28`), the formats in
/// which a spreadsheet writes a name that it has converted to a date.
pub fn is_spreadsheet_date(text: &str) -> bool {
    let Some((left, right)) = text.split_once('-') else { return false };
    let is_month = |part: &str| {
        let starts_month =
            |month: &&str| month.get(..3).is_some_and(|m| m.eq_ignore_ascii_case(part));
        part.len() == 3 && calendar::MONTH_NAMES.iter().any(starts_month)
    };
    let is_number =
        |part: &str| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    is_number(left) && left.len() < 4 && is_month(right) || is_month(left) && is_number(right)
}

/// Whether a text consists of exactly `count` digits.
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// Parses the entry date at the start of an `ev_id`, in days since 1970-01-01. Returns `None` if it
/// is not a date.
pub fn parse_entry_date(ev_id: &str) -> Option<i32> {
    let number = |from, to| ev_id.get(from..to)?.parse::<u32>().ok();
    calendar::date_to_days(i32::try_from(number(0, 4)?).ok()?, number(4, 6)?, number(6, 8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognizes_case_numbers() {
        for good in ["CEN99LA173", "MIA88T#A01", "NYC84FHG05", "CHI83LA#12", "DCA99RA01A"] {
            assert!(is_ntsb_no(good), "{good}");
        }
        for bad in
            ["CEN99LA17", "CEN99LA1733", "cen99LA173", "C3N99LA173", "CENX9LA173", "CEN99 A173", ""]
        {
            assert!(!is_ntsb_no(bad), "{bad}");
        }
    }

    #[test]
    fn recognizes_case_numbers_of_aircraft() {
        assert!(["CEN99LA173", "CEN99LA173A", "MIA88T#A01B"].iter().all(|n| is_aircraft_no(n)));
        assert!(!["CEN99LA1731", "CEN99LA173AB", "A", ""].iter().any(|n| is_aircraft_no(n)));
    }

    #[test]
    fn recognizes_us_registration_marks() {
        for good in ["N1", "N12345", "N1234A", "N123AB", "N9ZZ"] {
            assert!(is_us_mark(good), "{good}");
        }
        for bad in ["N", "N0123", "N123456", "N12345A", "NAB", "N1A2", "n123", "C-FABC", "N12-34"] {
            assert!(!is_us_mark(bad), "{bad}");
        }
        assert!(["N0123", "N123456", "N12-34"].iter().all(|m| is_broken_us_mark(m)));
        assert!(!["NAB", "C-FABC", "N123AB"].iter().any(|m| is_broken_us_mark(m)));
    }

    #[test]
    fn recognizes_us_postal_codes() {
        assert!(["80202", "80202-1234", "802021234"].iter().all(|z| is_us_zip(z)));
        assert!(!["8020", "80202-", "80202-12", "8020A", ""].iter().any(|z| is_us_zip(z)));
    }

    #[test]
    fn recognizes_dates_written_by_a_spreadsheet() {
        for date in ["28-Oct", "1-JAN", "Oct-28", "may-2", "Mar-1928"] {
            assert!(is_spreadsheet_date(date), "{date}");
        }
        for name in
            ["PA-28", "28-181", "Octo-28", "B-17", "MAR", "2024-Oct", "-Oct", "Oct-", "DC-9-30"]
        {
            assert!(!is_spreadsheet_date(name), "{name}");
        }
    }

    #[test]
    fn parses_entry_dates() {
        assert_eq!(parse_entry_date("19700102X00001"), Some(1));
        assert_eq!(parse_entry_date("20231301000001"), None);
        assert_eq!(parse_entry_date("2023\u{e9}"), None);
    }
}
