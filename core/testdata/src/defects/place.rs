//! Faults of coordinates.

use super::Bed;
use crate::place::{Point, push_dms};
use crate::rows::{push_decimal, push_number, push_padded};
use crate::write::EVENTS;

const DECIMAL: &[&str] = &["dec_latitude", "dec_longitude"];
const TEXT: &[&str] = &["latitude", "longitude"];

/// The point of an event in one of the states, so that it can be seen where it should be.
fn in_a_state(bed: &Bed) -> Option<Point> {
    bed.facts.place.on_land_at_home().and(bed.facts.place.point)
}

pub fn out_of_range(bed: &mut Bed) -> bool {
    if bed.facts.migrated() || in_a_state(bed).is_none() {
        return false;
    }
    let mut text = String::new();
    push_decimal(&mut text, i64::from(bed.dice.between(905, 999)) * 100_000, 6);
    bed.spoil(EVENTS, 0, &["dec_latitude"], Some(&text))
}

pub fn sign_lost(bed: &mut Bed) -> bool {
    if in_a_state(bed).is_none() {
        return false;
    }
    let positive =
        bed.cell(EVENTS, 0, "dec_longitude").map(|v| v.trim_start_matches('-').to_owned());
    bed.spoil(EVENTS, 0, &["dec_longitude"], positive.as_deref())
}

pub fn swapped(bed: &mut Bed) -> bool {
    if in_a_state(bed).is_none() {
        return false;
    }
    let lat = bed.cell(EVENTS, 0, "dec_latitude").map(str::to_owned);
    let lon = bed.cell(EVENTS, 0, "dec_longitude").map(str::to_owned);
    bed.set(EVENTS, 0, "dec_latitude", lon.as_deref());
    bed.set(EVENTS, 0, "dec_longitude", lat.as_deref());
    bed.note(EVENTS, 0, DECIMAL);
    true
}

/// Degrees of two digits at least, so that the number can be told from one without fractions.
pub fn packed(bed: &mut Bed) -> bool {
    let Some(Point { lat, lon }) = bed.facts.place.point else { return false };
    if lat.abs() < 36_000 || lon.abs() < 36_000 {
        return false;
    }
    for (column, seconds) in [("dec_latitude", lat), ("dec_longitude", lon)] {
        let size = seconds.abs();
        let packed = size / 3600 * 1_000_000 + size / 60 % 60 * 10_000 + size % 60 * 100;
        let mut text = String::new();
        push_number(&mut text, packed * seconds.signum());
        bed.set(EVENTS, 0, column, Some(&text));
    }
    bed.note(EVENTS, 0, DECIMAL);
    true
}

pub fn null_island(bed: &mut Bed) -> bool {
    if bed.facts.place.point.is_none() {
        return false;
    }
    for (column, zero) in [
        ("latitude", "000000N"),
        ("longitude", "0000000W"),
        ("dec_latitude", "0"),
        ("dec_longitude", "0"),
    ] {
        bed.set(EVENTS, 0, column, Some(zero));
    }
    bed.note(EVENTS, 0, &["latitude", "longitude", "dec_latitude", "dec_longitude"]);
    true
}

pub fn blank(bed: &mut Bed) -> bool {
    if bed.facts.place.point.is_some() {
        return false;
    }
    bed.set(EVENTS, 0, "latitude", Some("       "));
    bed.set(EVENTS, 0, "longitude", Some("        "));
    bed.note(EVENTS, 0, TEXT);
    true
}

pub fn lower(bed: &mut Bed) -> bool {
    let Some(Point { lat, lon }) = bed.facts.place.point else { return false };
    let mut text = String::new();
    push_dms(&mut text, lat, 2, ['n', 's']);
    bed.set(EVENTS, 0, "latitude", Some(&text));
    text.clear();
    push_dms(&mut text, lon, 3, ['e', 'w']);
    bed.set(EVENTS, 0, "longitude", Some(&text));
    bed.note(EVENTS, 0, TEXT);
    true
}

/// Shows where a part has fewer digits than it should; elsewhere the text is the same.
pub fn unpadded(bed: &mut Bed) -> bool {
    let Some(Point { lat, lon }) = bed.facts.place.point else { return false };
    if !bed.facts.migrated() {
        return false;
    }
    let north = joined(lat, 6, ['N', 'S']);
    let east = joined(lon, 7, ['E', 'W']);
    let lat_shows = bed.cell(EVENTS, 0, "latitude").is_some_and(|text| text != north);
    let lon_shows = bed.cell(EVENTS, 0, "longitude").is_some_and(|text| text != east);
    bed.set(EVENTS, 0, "latitude", Some(&north));
    bed.set(EVENTS, 0, "longitude", Some(&east));
    match (lat_shows, lon_shows) {
        (true, true) => bed.note(EVENTS, 0, TEXT),
        (true, false) => bed.note(EVENTS, 0, &["latitude"]),
        (false, true) => bed.note(EVENTS, 0, &["longitude"]),
        (false, false) => return false,
    }
    true
}

fn joined(seconds: i32, digits: usize, hemispheres: [char; 2]) -> String {
    let size = seconds.unsigned_abs();
    let mut parts = String::new();
    for part in [size / 3600, size / 60 % 60, size % 60] {
        push_padded(&mut parts, part, 1);
    }
    let mut text = "0".repeat(digits.saturating_sub(parts.len()));
    text.push_str(&parts);
    text.push(hemispheres[usize::from(seconds < 0)]);
    text
}
