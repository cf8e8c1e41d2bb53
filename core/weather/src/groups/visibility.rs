//! Visibility: `10SM`, `1 1/2SM`, `M1/4SM`, `P6SM` in statute miles; `9999`, `0800`, `1500SW` in metres.

use crate::header::parse_digits;
use crate::report::{Bound, Visibility, round};

const METRES_PER_MILE: f64 = 1609.344;

/// Parses statute miles. `whole` is the number of the group before it (`1` of `1 1/2SM`).
pub fn parse_miles(whole: Option<&str>, group: &str) -> Option<Visibility> {
    let text = group.strip_suffix("SM")?;
    let (bound, text) = match (text.strip_prefix('M'), text.strip_prefix('P')) {
        (Some(text), _) => (Some(Bound::Below), text),
        (_, Some(text)) => (Some(Bound::Above), text),
        _ => (None, text),
    };
    let miles = match (whole, text.split_once('/')) {
        (None, None) => f64::from(parse_digits(text).filter(|miles| *miles <= 100)?),
        (None, Some((over, under))) => parse_fraction(over, under)?,
        (Some(whole), Some((over, under))) => {
            f64::from(parse_digits(whole)?)
                + Some(parse_fraction(over, under)?).filter(|f| *f < 1.0)?
        }
        (Some(_), None) => return None,
    };
    Some(Visibility { miles, bound })
}

/// Returns true for the whole miles before a fraction.
pub fn is_whole_miles(group: &str) -> bool {
    group.len() <= 2 && parse_digits(group).is_some()
}

/// Fractions of the reportable values, of which `11/2` can only be `1 1/2` without its space.
fn parse_fraction(over: &str, under: &str) -> Option<f64> {
    let denominator = parse_digits(under).filter(|n| [2, 4, 8, 16].contains(n))?;
    let numerator = parse_digits(over)?;
    if numerator > 0 && numerator < denominator {
        return Some(f64::from(numerator) / f64::from(denominator));
    }
    let (whole, numerator) = over.split_at_checked(1).filter(|_| over.len() == 2)?;
    let numerator = parse_digits(numerator).filter(|n| *n > 0 && *n < denominator)?;
    Some(f64::from(parse_digits(whole)?) + f64::from(numerator) / f64::from(denominator))
}

/// Parses four digits in metres, with a compass point for the visibility in one direction. NDV: the
/// station reports no directional variation.
pub fn parse_metres(group: &str) -> Option<(Visibility, Option<&str>)> {
    let (digits, direction) = group.split_at_checked(4)?;
    let metres = parse_digits(digits).filter(|_| digits.len() == 4)?;
    let direction = match direction {
        "" | "NDV" => None,
        "N" | "NE" | "E" | "SE" | "S" | "SW" | "W" | "NW" => Some(direction),
        _ => return None,
    };
    let visibility = match metres {
        // 9999: 10 km or more. 0000: less than 50 m.
        9999 => Visibility { miles: metres_to_miles(10_000.0), bound: Some(Bound::Above) },
        0 => Visibility { miles: metres_to_miles(50.0), bound: Some(Bound::Below) },
        _ => Visibility { miles: metres_to_miles(f64::from(metres)), bound: None },
    };
    Some((visibility, direction))
}

/// Parses `10KM`, as some automatic stations write.
pub fn parse_kilometres(group: &str) -> Option<Visibility> {
    let kilometres = parse_digits(group.strip_suffix("KM")?).filter(|km| *km <= 99)?;
    Some(Visibility { miles: metres_to_miles(f64::from(kilometres) * 1000.0), bound: None })
}

/// Visibility of CAVOK: 10 km or more.
pub fn cavok() -> Visibility {
    Visibility { miles: metres_to_miles(10_000.0), bound: Some(Bound::Above) }
}

fn metres_to_miles(metres: f64) -> f64 {
    round(metres / METRES_PER_MILE, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_visibility() {
        for group in [
            "SM", "/SM", "1/0SM", "1/3SM", "2/1SM", "0/2SM", "-1SM", "1/2", "999SM", "ééSM",
            "13/2SM",
        ] {
            assert!(parse_miles(None, group).is_none(), "{group}");
        }
        assert!(parse_miles(Some("1"), "11/2SM").is_none());
        for group in ["999", "99999", "4000X", "400É", "+400"] {
            assert!(parse_metres(group).is_none(), "{group}");
        }
    }
}
