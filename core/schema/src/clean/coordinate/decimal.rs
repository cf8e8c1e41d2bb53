//! Decimal degrees: degrees, minutes and seconds among them, signs and places lost.

use super::home::{Turn, turned};
use super::{PlaceFlaws, Position, near, rounded};
use crate::clean::{DefectKind, DefectKinds};

const MOST_LAT: f64 = 90.0;
const MOST_LON: f64 = 180.0;

/// Latitude and longitude as they should be, or null where they say nothing. `text` is what the
/// text columns say, if they say it plainly.
pub(super) fn repaired(
    position: &Position,
    text: Option<(f64, f64)>,
    defect_kinds: &mut PlaceFlaws,
) -> (Option<f64>, Option<f64>) {
    let lat = position.dec_lat.map(|v| unpacked(v, MOST_LAT, &mut defect_kinds.dec_lat));
    let lon = position.dec_lon.map(|v| unpacked(v, MOST_LON, &mut defect_kinds.dec_lon));
    let (Some(a), Some(b)) = (lat, lon) else {
        let lat = lat.and_then(|v| in_range(v, MOST_LAT, &mut defect_kinds.dec_lat));
        return (lat, lon.and_then(|v| in_range(v, MOST_LON, &mut defect_kinds.dec_lon)));
    };
    if (a, b) == (0.0, 0.0) {
        defect_kinds.dec_lat.add(DefectKind::NullIsland);
        defect_kinds.dec_lon.add(DefectKind::NullIsland);
        return (None, None);
    }
    let turn = turn(a, b, position.domestic, text);
    turn.note(&mut defect_kinds.dec_lat, &mut defect_kinds.dec_lon);
    let (a, b) = turn.apply(a, b);
    (
        in_range(a, MOST_LAT, &mut defect_kinds.dec_lat),
        in_range(b, MOST_LON, &mut defect_kinds.dec_lon),
    )
}

/// A domestic pair is brought home; another is exchanged only if that makes a latitude of what is
/// none and does not contradict the text.
fn turn(lat: f64, lon: f64, domestic: bool, text: Option<(f64, f64)>) -> Turn {
    let exchanged = (MOST_LAT..=MOST_LON).contains(&lat.abs()) && lon.abs() < MOST_LAT;
    let agrees = text.is_none_or(|(a, b)| near(a, lon) && near(b, lat));
    match turned(lat, lon, domestic) {
        Turn::None if !domestic && exchanged && agrees => Turn::Swap,
        turn => turn,
    }
}

fn in_range(degrees: f64, most: f64, defect_kinds: &mut DefectKinds) -> Option<f64> {
    let fits = degrees.abs() <= most;
    defect_kinds.add_if(!fits, DefectKind::OutOfRange);
    fits.then_some(degrees)
}

/// Degrees, of a number that may be degrees, minutes and seconds run together: 46°03' as 4603,
/// 41°37'01" as 413701, 41°37'01.04" as 41370104. Other numbers come back as they are.
fn unpacked(value: f64, most: f64, defect_kinds: &mut DefectKinds) -> f64 {
    let size = value.abs();
    let degrees = match size {
        1e3..1e5 => sexagesimal((size / 100.0).floor(), size % 100.0, 0.0),
        1e5..1e7 => parts(size),
        1e7..1e9 => parts(size / 100.0),
        _ => None,
    };
    match degrees.filter(|d| *d <= most) {
        Some(degrees) => {
            defect_kinds.add(DefectKind::DmsInDecimal);
            rounded(degrees.copysign(value))
        }
        None => value,
    }
}

fn parts(size: f64) -> Option<f64> {
    sexagesimal((size / 1e4).floor(), (size / 100.0).floor() % 100.0, size % 100.0)
}

fn sexagesimal(degrees: f64, minutes: f64, seconds: f64) -> Option<f64> {
    (minutes < 60.0 && seconds < 60.0).then_some(degrees + minutes / 60.0 + seconds / 3600.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_degrees_are_unpacked() {
        for (packed, most, degrees) in [
            (4603.0, MOST_LAT, 46.05),
            (-8415.0, MOST_LON, -84.25),
            (12030.0, MOST_LON, 120.5),
            (413_645.0, MOST_LAT, 41.6125),
            (41_364_518.0, MOST_LAT, 41.612_55),
            (-120_300_900.0, MOST_LON, -120.502_5),
        ] {
            let mut defect_kinds = DefectKinds::default();
            assert_eq!(unpacked(packed, most, &mut defect_kinds), degrees);
            assert!(defect_kinds.has(DefectKind::DmsInDecimal));
        }
    }

    #[test]
    fn other_numbers_stay() {
        for (value, most) in
            [(46.05, MOST_LAT), (123.4, MOST_LAT), (4670.0, MOST_LAT), (1e12, MOST_LON)]
        {
            let mut defect_kinds = DefectKinds::default();
            assert_eq!(unpacked(value, most, &mut defect_kinds), value);
            assert!(defect_kinds.is_empty());
        }
    }
}
