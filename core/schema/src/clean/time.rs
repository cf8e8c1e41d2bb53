//! Cleans times of day, which NTSB writes as the integer HHMM: 825 is 08:25.

use super::text::strip;
use super::{DefectKind, DefectKinds, Value};

/// Cleans a time written as `825`, `0825`, `825.0`, `08:25` or `08:25:00`. The value is HHMM.
///
/// 2400 becomes 0. The date is not changed, because it is unknown which midnight was meant.
pub fn clean_time(raw: &str, defects: &mut DefectKinds) -> Value<'static> {
    let text = strip(raw, defects);
    if text.is_empty() {
        return Value::Null;
    }
    match parse_hour_minute(&text) {
        Some((24, 0)) => {
            defects.add(DefectKind::Midnight2400);
            Value::Int(0)
        }
        Some((hour @ 0..24, minute @ 0..60)) => Value::Int(hour * 100 + minute),
        _ => {
            defects.add(DefectKind::NotATime);
            Value::Null
        }
    }
}

/// Parses hour and minute without checking their range.
fn parse_hour_minute(text: &str) -> Option<(i32, i32)> {
    match text.split_once(':') {
        Some((hour, rest)) => {
            let minute = rest.strip_suffix(":00").unwrap_or(rest);
            if minute.len() != 2 {
                return None;
            }
            Some((parse_digits(hour)?, parse_digits(minute)?))
        }
        None => {
            let whole = match text.split_once('.') {
                Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
                Some(_) => return None,
                None => text,
            };
            parse_digits(whole).map(|n| (n / 100, n % 100))
        }
    }
}

/// Parses up to four digits.
fn parse_digits(text: &str) -> Option<i32> {
    if text.is_empty() || text.len() > 4 {
        return None;
    }
    text.bytes().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_times() {
        use DefectKind::*;
        for (raw, value, defects) in [
            ("825", Value::Int(825), vec![]),
            ("0825", Value::Int(825), vec![]),
            ("825.0", Value::Int(825), vec![]),
            ("08:25", Value::Int(825), vec![]),
            ("8:25:00", Value::Int(825), vec![]),
            ("0", Value::Int(0), vec![]),
            (" 2359 ", Value::Int(2359), vec![Padding]),
            ("2400", Value::Int(0), vec![Midnight2400]),
            ("24:00", Value::Int(0), vec![Midnight2400]),
            ("2401", Value::Null, vec![NotATime]),
            ("1260", Value::Null, vec![NotATime]),
            ("9999", Value::Null, vec![NotATime]),
            ("-5", Value::Null, vec![NotATime]),
            ("8:5", Value::Null, vec![NotATime]),
            ("825.5", Value::Null, vec![NotATime]),
            ("noon", Value::Null, vec![NotATime]),
        ] {
            let mut found = DefectKinds::default();
            assert_eq!(clean_time(raw, &mut found), value, "{raw}");
            assert_eq!(found.iter().collect::<Vec<_>>(), defects, "{raw}");
        }
    }
}
