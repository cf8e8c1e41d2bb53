//! Temperature and dew point: `12/M03`, `12/`, `12///`, `/////`, and the T group of the remarks
//! (`T01171033`: 11.7 and -3.3 degrees Celsius).

use crate::header::parse_digits;

/// Temperature and dew point in degrees Celsius; `None` if missing.
pub type Temperatures = (Option<f64>, Option<f64>);

/// Parses a temperature group in whole degrees.
pub fn parse_temperatures(group: &str) -> Option<Temperatures> {
    let (first, second) = match group {
        "/////" => return Some((None, None)),
        _ => match group.strip_prefix("///") {
            Some(dew_point) => ("//", dew_point),
            None => group.split_once('/')?,
        },
    };
    let temperature = parse_degrees(first)?;
    let dew_point = if second.is_empty() { None } else { parse_degrees(second)? };
    (temperature.is_some() || dew_point.is_some()).then_some((temperature, dew_point))
}

/// Parses a T group. The dew point may be missing.
pub fn parse_tenths(group: &str) -> Option<Temperatures> {
    let text = group.strip_prefix('T')?;
    let (first, second) = text.split_at_checked(4)?;
    let dew_point = match second {
        "" | "////" => None,
        _ => Some(parse_signed_tenths(second)?),
    };
    Some((Some(parse_signed_tenths(first)?), dew_point))
}

/// The outer `None`: these are no degrees. The inner one: the value is missing (`//`).
fn parse_degrees(text: &str) -> Option<Option<f64>> {
    if text == "//" {
        return Some(None);
    }
    let (digits, sign) = match text.strip_prefix('M') {
        Some(digits) => (digits, -1.0),
        None => (text, 1.0),
    };
    let degrees = parse_digits(digits).filter(|_| digits.len() == 2)?;
    // M00 is slightly below zero; without tenths it is zero.
    Some(Some(if degrees == 0 { 0.0 } else { sign * f64::from(degrees) }))
}

/// 1 before the digits stands for a minus sign.
fn parse_signed_tenths(text: &str) -> Option<f64> {
    let (sign, digits) = text.split_at_checked(1).filter(|_| text.len() == 4)?;
    let tenths = f64::from(parse_digits(digits)?) / 10.0;
    match sign {
        "0" => Some(tenths),
        "1" if tenths == 0.0 => Some(0.0),
        "1" => Some(-tenths),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_temperature() {
        for group in [
            "1/2", "1/2SM", "12", "M1/M2", "123/12", "XX/12", "//", "////", "12/1", "é2/12",
            "-06/-12",
        ] {
            assert_eq!(parse_temperatures(group), None, "{group}");
        }
        for group in ["T", "T012", "T2017", "T0172012", "TSRA", "T0ééé", "T01720122X", "TSB35"] {
            assert_eq!(parse_tenths(group), None, "{group}");
        }
    }
}
