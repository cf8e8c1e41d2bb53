//! Defects of coordinates.

use super::Injector;
use crate::place::{Point, push_dms};
use crate::rows::{push_decimal, push_number, push_padded};
use crate::write::EVENTS;

const DECIMAL_COLUMNS: &[&str] = &["dec_latitude", "dec_longitude"];
const TEXT_COLUMNS: &[&str] = &["latitude", "longitude"];

/// The point of an event in a US state. Cleaning can check it against the borders of the state.
fn us_point(injector: &Injector) -> Option<Point> {
    injector.facts.place.us_state().and(injector.facts.place.point)
}

pub fn set_out_of_range(injector: &mut Injector) -> bool {
    if injector.facts.is_migrated() || us_point(injector).is_none() {
        return false;
    }
    let mut text = String::new();
    push_decimal(&mut text, i64::from(injector.rng.next_between(905, 999)) * 100_000, 6);
    injector.replace(EVENTS, 0, &["dec_latitude"], Some(&text))
}

pub fn drop_sign(injector: &mut Injector) -> bool {
    if us_point(injector).is_none() {
        return false;
    }
    let positive =
        injector.cell(EVENTS, 0, "dec_longitude").map(|v| v.trim_start_matches('-').to_owned());
    injector.replace(EVENTS, 0, &["dec_longitude"], positive.as_deref())
}

pub fn swap(injector: &mut Injector) -> bool {
    if us_point(injector).is_none() {
        return false;
    }
    let lat = injector.cell(EVENTS, 0, "dec_latitude").map(str::to_owned);
    let lon = injector.cell(EVENTS, 0, "dec_longitude").map(str::to_owned);
    injector.set(EVENTS, 0, "dec_latitude", lon.as_deref());
    injector.set(EVENTS, 0, "dec_longitude", lat.as_deref());
    injector.record(EVENTS, 0, DECIMAL_COLUMNS);
    true
}

/// Requires degrees of at least two digits. The packed number is then too large for whole degrees.
pub fn pack_dms(injector: &mut Injector) -> bool {
    let Some(Point { lat, lon }) = injector.facts.place.point else { return false };
    if lat.abs() < 36_000 || lon.abs() < 36_000 {
        return false;
    }
    for (column, seconds) in [("dec_latitude", lat), ("dec_longitude", lon)] {
        let size = seconds.abs();
        let packed = size / 3600 * 1_000_000 + size / 60 % 60 * 10_000 + size % 60 * 100;
        let mut text = String::new();
        push_number(&mut text, packed * seconds.signum());
        injector.set(EVENTS, 0, column, Some(&text));
    }
    injector.record(EVENTS, 0, DECIMAL_COLUMNS);
    true
}

pub fn set_null_island(injector: &mut Injector) -> bool {
    if injector.facts.place.point.is_none() {
        return false;
    }
    for (column, zero) in [
        ("latitude", "000000N"),
        ("longitude", "0000000W"),
        ("dec_latitude", "0"),
        ("dec_longitude", "0"),
    ] {
        injector.set(EVENTS, 0, column, Some(zero));
    }
    injector.record(EVENTS, 0, &["latitude", "longitude", "dec_latitude", "dec_longitude"]);
    true
}

pub fn blank_text(injector: &mut Injector) -> bool {
    if injector.facts.place.point.is_some() {
        return false;
    }
    injector.set(EVENTS, 0, "latitude", Some("       "));
    injector.set(EVENTS, 0, "longitude", Some("        "));
    injector.record(EVENTS, 0, TEXT_COLUMNS);
    true
}

pub fn lowercase_hemispheres(injector: &mut Injector) -> bool {
    let Some(Point { lat, lon }) = injector.facts.place.point else { return false };
    let mut text = String::new();
    push_dms(&mut text, lat, 2, ['n', 's']);
    injector.set(EVENTS, 0, "latitude", Some(&text));
    text.clear();
    push_dms(&mut text, lon, 3, ['e', 'w']);
    injector.set(EVENTS, 0, "longitude", Some(&text));
    injector.record(EVENTS, 0, TEXT_COLUMNS);
    true
}

/// Records only columns whose text changes. The text is the same if no part needs padding.
pub fn drop_padding(injector: &mut Injector) -> bool {
    let Some(Point { lat, lon }) = injector.facts.place.point else { return false };
    if !injector.facts.is_migrated() {
        return false;
    }
    let north = join_unpadded(lat, 6, ['N', 'S']);
    let east = join_unpadded(lon, 7, ['E', 'W']);
    let is_lat_changed = injector.cell(EVENTS, 0, "latitude").is_some_and(|text| text != north);
    let is_lon_changed = injector.cell(EVENTS, 0, "longitude").is_some_and(|text| text != east);
    injector.set(EVENTS, 0, "latitude", Some(&north));
    injector.set(EVENTS, 0, "longitude", Some(&east));
    match (is_lat_changed, is_lon_changed) {
        (true, true) => injector.record(EVENTS, 0, TEXT_COLUMNS),
        (true, false) => injector.record(EVENTS, 0, &["latitude"]),
        (false, true) => injector.record(EVENTS, 0, &["longitude"]),
        (false, false) => return false,
    }
    true
}

fn join_unpadded(seconds: i32, digits: usize, hemispheres: [char; 2]) -> String {
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
