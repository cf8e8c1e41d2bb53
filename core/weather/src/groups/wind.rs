//! Wind: `14011KT`, `VRB03KT`, `32013G18KT`, `00000KT`, `09005MPS`, `/////KT`, and `180V240`.

use crate::header::parse_digits;
use crate::report::{Wind, round};

/// Parses a wind group.
pub fn parse_wind(group: &str) -> Option<Wind> {
    let (text, knots_per_unit) = strip_unit(group)?;
    let (direction, rest) = text.split_at_checked(3)?;
    let (speed, gust) = match rest.split_once('G') {
        Some((speed, gust)) => (speed, Some(gust)),
        None => (rest, None),
    };
    let speed = parse_speed(speed, knots_per_unit)?;
    let gust = gust.map(|gust| parse_speed(gust, knots_per_unit)).unwrap_or(Some(None))?;
    let mut wind = Wind { speed, gust, ..Wind::default() };
    match direction {
        "VRB" => wind.is_variable = true,
        "///" => {}
        // 00000KT is calm, which has no direction.
        "000" => match speed {
            Some(0.0) => {}
            _ => return None,
        },
        _ => wind.direction = Some(parse_direction(direction)?),
    }
    Some(wind)
}

/// Parses the range of a variable direction.
pub fn parse_range(group: &str) -> Option<(u16, u16)> {
    let (from, to) = group.split_once('V')?;
    Some((parse_direction_or_north(from)?, parse_direction_or_north(to)?))
}

/// Some stations write north as 000 in a range.
fn parse_direction_or_north(text: &str) -> Option<u16> {
    if text == "000" { Some(360) } else { parse_direction(text) }
}

fn strip_unit(group: &str) -> Option<(&str, f64)> {
    const UNITS: [(&str, f64); 4] =
        [("KT", 1.0), ("MPS", 3600.0 / 1852.0), ("KMH", 1.0 / 1.852), ("KPH", 1.0 / 1.852)];
    UNITS.iter().find_map(|(unit, knots)| Some((group.strip_suffix(unit)?, *knots)))
}

fn parse_direction(text: &str) -> Option<u16> {
    let degrees = parse_digits(text).filter(|_| text.len() == 3)?;
    u16::try_from(degrees).ok().filter(|degrees| (1..=360).contains(degrees))
}

/// The outer `None`: this is not a speed. The inner one: the speed is missing (`//`).
fn parse_speed(text: &str, knots_per_unit: f64) -> Option<Option<f64>> {
    if text == "//" {
        return Some(None);
    }
    // P99KT is 100 kt or more.
    let text = text.strip_prefix('P').unwrap_or(text);
    let speed = parse_digits(text).filter(|_| (2..=3).contains(&text.len()))?;
    Some(Some(round(f64::from(speed) * knots_per_unit, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_wind() {
        for group in [
            "", "KT", "14011", "1401KT", "37011KT", "00005KT", "14011G", "VRBKT", "14-11KT",
            "140+1KT", "14011GKT", "1é011KT", "éééKT",
        ] {
            assert_eq!(parse_wind(group), None, "{group}");
        }
        assert_eq!(parse_range("180V400"), None);
        assert_eq!(parse_range("18V24"), None);
    }
}
