//! The forms of identifiers.

use ntsb_schema::calendar;

/// Office (3 letters), fiscal year, class, mode and serial: `CEN25LA173`. Serials may hold
/// letters, and some old ones `#`.
pub fn is_ntsb_no(text: &str) -> bool {
    match text.as_bytes() {
        [office @ .., y1, y2, class, m, a, b, c] if office.len() == 3 => {
            office.iter().all(u8::is_ascii_uppercase)
                && y1.is_ascii_digit()
                && y2.is_ascii_digit()
                && class.is_ascii_uppercase()
                && [m, a, b, c]
                    .iter()
                    .all(|s| s.is_ascii_uppercase() || s.is_ascii_digit() || **s == b'#')
        }
        _ => false,
    }
}

/// The case number of an event, with a letter behind it where several aircraft are involved.
pub fn is_aircraft_no(text: &str) -> bool {
    let number = text.strip_suffix(|c: char| c.is_ascii_uppercase()).unwrap_or(text);
    is_ntsb_no(text) || is_ntsb_no(number)
}

/// Begins as a US registration mark does (N and a digit), and is none.
pub fn is_broken_us_mark(text: &str) -> bool {
    matches!(text.as_bytes(), [b'N', b'0'..=b'9', ..]) && !is_us_mark(text)
}

/// A US registration mark: N, up to five digits, the last one or two of which may be letters.
pub fn is_us_mark(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('N') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letters = rest.get(digits..).unwrap_or("");
    rest.len() <= 5
        && digits > 0
        && !rest.starts_with('0')
        && letters.len() <= 2
        && letters.bytes().all(|b| b.is_ascii_uppercase())
}

/// A US postal code: 5 digits, with or without four more.
pub fn is_us_zip(text: &str) -> bool {
    match text.as_bytes() {
        [five @ .., b'-', a, b, c, d] if five.len() == 5 => {
            five.iter().chain([a, b, c, d]).all(u8::is_ascii_digit)
        }
        digits => matches!(digits.len(), 5 | 9) && digits.iter().all(u8::is_ascii_digit),
    }
}

/// A day and a month (`28-Oct`) or a month and a year (`Oct-28`), as a spreadsheet writes what it took
/// for a date.
pub fn is_month_form(text: &str) -> bool {
    let Some((left, right)) = text.split_once('-') else { return false };
    let is_month = |part: &str| {
        let name = |month: &&str| month.get(..3).is_some_and(|m| m.eq_ignore_ascii_case(part));
        part.len() == 3 && calendar::MONTHS.iter().any(name)
    };
    let is_number =
        |part: &str| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    is_number(left) && left.len() < 4 && is_month(right) || is_month(left) && is_number(right)
}

/// So many digits and nothing else.
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// The date of entry that an `ev_id` begins with, in days; `None` if there is no such day.
pub fn entered(ev_id: &str) -> Option<i32> {
    let number = |from, to| ev_id.get(from..to)?.parse::<u32>().ok();
    calendar::days(i32::try_from(number(0, 4)?).ok()?, number(4, 6)?, number(6, 8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_numbers() {
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
    fn case_numbers_of_aircraft() {
        assert!(["CEN99LA173", "CEN99LA173A", "MIA88T#A01B"].iter().all(|n| is_aircraft_no(n)));
        assert!(!["CEN99LA1731", "CEN99LA173AB", "A", ""].iter().any(|n| is_aircraft_no(n)));
    }

    #[test]
    fn us_marks() {
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
    fn postal_codes() {
        assert!(["80202", "80202-1234", "802021234"].iter().all(|z| is_us_zip(z)));
        assert!(!["8020", "80202-", "80202-12", "8020A", ""].iter().any(|z| is_us_zip(z)));
    }

    #[test]
    fn dates_of_a_spreadsheet() {
        for date in ["28-Oct", "1-JAN", "Oct-28", "may-2", "Mar-1928"] {
            assert!(is_month_form(date), "{date}");
        }
        for name in
            ["PA-28", "28-181", "Octo-28", "B-17", "MAR", "2024-Oct", "-Oct", "Oct-", "DC-9-30"]
        {
            assert!(!is_month_form(name), "{name}");
        }
    }

    #[test]
    fn days_of_entry() {
        assert_eq!(entered("19700102X00001"), Some(1));
        assert_eq!(entered("20231301000001"), None);
        assert_eq!(entered("2023\u{e9}"), None);
    }
}
