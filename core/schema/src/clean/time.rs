//! Times of day, which NTSB writes as the integer HHMM: 825 is 08:25.

use super::text::bare;
use super::{DefectKind, DefectKinds, Value};

/// HHMM, from `825`, `0825`, `825.0`, `08:25` or `08:25:00`.
///
/// 2400 becomes 0; the date beside it is not moved, since nothing says which midnight was meant.
pub fn hour_minute(raw: &str, defect_kinds: &mut DefectKinds) -> Value<'static> {
    let text = bare(raw, defect_kinds);
    if text.is_empty() {
        return Value::Null;
    }
    match clock(&text) {
        Some((24, 0)) => {
            defect_kinds.add(DefectKind::Midnight2400);
            Value::Int(0)
        }
        Some((hour @ 0..24, minute @ 0..60)) => Value::Int(hour * 100 + minute),
        _ => {
            defect_kinds.add(DefectKind::NotATime);
            Value::Null
        }
    }
}

/// Hour and minute as written, not checked against the clock.
fn clock(text: &str) -> Option<(i32, i32)> {
    match text.split_once(':') {
        Some((hour, rest)) => {
            let minute = rest.strip_suffix(":00").unwrap_or(rest);
            if minute.len() != 2 {
                return None;
            }
            Some((digits(hour)?, digits(minute)?))
        }
        None => {
            let whole = match text.split_once('.') {
                Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
                Some(_) => return None,
                None => text,
            };
            digits(whole).map(|n| (n / 100, n % 100))
        }
    }
}

/// Up to four digits.
fn digits(text: &str) -> Option<i32> {
    if text.is_empty() || text.len() > 4 {
        return None;
    }
    text.bytes().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_times() {
        use DefectKind::*;
        for (raw, value, defect_kinds) in [
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
            assert_eq!(hour_minute(raw, &mut found), value, "{raw}");
            assert_eq!(found.iter().collect::<Vec<_>>(), defect_kinds, "{raw}");
        }
    }
}
