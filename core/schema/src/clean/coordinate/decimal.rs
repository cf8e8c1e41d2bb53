//! Repairs decimal degrees: packed degrees, minutes and seconds, lost signs and swapped columns.

use super::us_bounds::{Correction, find_correction};
use super::{PositionColumns, PositionDefects, is_near, round_degrees};
use crate::clean::{DefectKind, DefectKinds};

const MAX_LAT: f64 = 90.0;
const MAX_LON: f64 = 180.0;

/// Repairs the decimal columns. A value that cannot be used becomes `None`. `text` is the position by
/// the text columns, if they are padded.
pub(super) fn repair_decimals(
    columns: &PositionColumns,
    text: Option<(f64, f64)>,
    defects: &mut PositionDefects,
) -> (Option<f64>, Option<f64>) {
    let lat = columns.dec_lat.map(|v| unpack_dms(v, MAX_LAT, &mut defects.dec_lat));
    let lon = columns.dec_lon.map(|v| unpack_dms(v, MAX_LON, &mut defects.dec_lon));
    let (Some(a), Some(b)) = (lat, lon) else {
        let lat = lat.and_then(|v| check_range(v, MAX_LAT, &mut defects.dec_lat));
        return (lat, lon.and_then(|v| check_range(v, MAX_LON, &mut defects.dec_lon)));
    };
    if (a, b) == (0.0, 0.0) {
        defects.dec_lat.add(DefectKind::NullIsland);
        defects.dec_lon.add(DefectKind::NullIsland);
        return (None, None);
    }
    let correction = choose_correction(a, b, columns.is_domestic, text);
    correction.report(&mut defects.dec_lat, &mut defects.dec_lon);
    let (a, b) = correction.apply(a, b);
    (check_range(a, MAX_LAT, &mut defects.dec_lat), check_range(b, MAX_LON, &mut defects.dec_lon))
}

/// A domestic position is corrected to be in the United States. A foreign one is only swapped, if its
/// latitude is out of range, its longitude is a valid latitude and the text agrees.
fn choose_correction(
    lat: f64,
    lon: f64,
    is_domestic: bool,
    text: Option<(f64, f64)>,
) -> Correction {
    let may_be_swapped = (MAX_LAT..=MAX_LON).contains(&lat.abs()) && lon.abs() < MAX_LAT;
    let text_agrees = text.is_none_or(|(a, b)| is_near(a, lon) && is_near(b, lat));
    match find_correction(lat, lon, is_domestic) {
        Correction::None if !is_domestic && may_be_swapped && text_agrees => Correction::Swap,
        correction => correction,
    }
}

fn check_range(degrees: f64, max: f64, defects: &mut DefectKinds) -> Option<f64> {
    let is_in_range = degrees.abs() <= max;
    defects.add_if(!is_in_range, DefectKind::OutOfRange);
    is_in_range.then_some(degrees)
}

/// Converts packed degrees, minutes and seconds to degrees: 46°03' as 4603, 41°37'01" as 413701,
/// 41°37'01.04" as 41370104. Returns other numbers unchanged.
fn unpack_dms(value: f64, max: f64, defects: &mut DefectKinds) -> f64 {
    let size = value.abs();
    let degrees = match size {
        1e3..1e5 => dms_to_degrees((size / 100.0).floor(), size % 100.0, 0.0),
        1e5..1e7 => unpack_seconds(size),
        1e7..1e9 => unpack_seconds(size / 100.0),
        _ => None,
    };
    match degrees.filter(|d| *d <= max) {
        Some(degrees) => {
            defects.add(DefectKind::DmsInDecimal);
            round_degrees(degrees.copysign(value))
        }
        None => value,
    }
}

fn unpack_seconds(size: f64) -> Option<f64> {
    dms_to_degrees((size / 1e4).floor(), (size / 100.0).floor() % 100.0, size % 100.0)
}

fn dms_to_degrees(degrees: f64, minutes: f64, seconds: f64) -> Option<f64> {
    (minutes < 60.0 && seconds < 60.0).then_some(degrees + minutes / 60.0 + seconds / 3600.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_degrees_minutes_and_seconds() {
        for (packed, max, degrees) in [
            (4603.0, MAX_LAT, 46.05),
            (-8415.0, MAX_LON, -84.25),
            (12030.0, MAX_LON, 120.5),
            (413_645.0, MAX_LAT, 41.6125),
            (41_364_518.0, MAX_LAT, 41.612_55),
            (-120_300_900.0, MAX_LON, -120.502_5),
        ] {
            let mut defects = DefectKinds::default();
            assert_eq!(unpack_dms(packed, max, &mut defects), degrees);
            assert!(defects.contains(DefectKind::DmsInDecimal));
        }
    }

    #[test]
    fn other_numbers_are_unchanged() {
        for (value, max) in [(46.05, MAX_LAT), (123.4, MAX_LAT), (4670.0, MAX_LAT), (1e12, MAX_LON)]
        {
            let mut defects = DefectKinds::default();
            assert_eq!(unpack_dms(value, max, &mut defects), value);
            assert!(defects.is_empty());
        }
    }
}
