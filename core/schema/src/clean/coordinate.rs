//! Where an event was, from degrees in two forms, each with its own dirt.
//!
//! The decimal columns win where both are there and plausible, since they were never joined and
//! padded. The text columns are read otherwise, and only if they can be read in one way:
//!
//! - A value whose minutes and seconds are below 60 is read as it stands, unless its row was
//!   written since 2020.
//! - Rows written since 2020 may hold the parts joined without padding and then padded on the left
//!   (36°9'34" as `036934N`), also where the text looks whole (32°4'27" as `032427N`, which looks
//!   like 3°24'27"). So every way to split the digits counts, and those outside the United States
//!   are left out for a domestic event. If more than one remains, the text is not used: a place
//!   that may be wrong by a degree is worse than none.

mod decimal;
mod dms;
mod home;

use super::code::upper;
use super::text::bare;
use super::{DefectKind, DefectKinds, Value};
use dms::{Axis, Written};
pub use home::is_domestic;
use home::{Turn, turned};

/// Coordinate text as it is kept: trimmed, the hemisphere in upper case.
pub fn text<'a>(raw: &'a str, defect_kinds: &mut DefectKinds) -> Value<'a> {
    let text = bare(raw, defect_kinds);
    match text.as_bytes() {
        [digits @ .., b'n' | b's' | b'e' | b'w'] if digits.iter().all(u8::is_ascii_digit) => {
            Value::text(upper(text, defect_kinds))
        }
        _ => Value::text(text),
    }
}

/// What an event's row says of its place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Position<'r> {
    /// Coordinate text, cleaned by [`text`].
    pub lat_text: Option<&'r str>,
    pub lon_text: Option<&'r str>,
    pub dec_lat: Option<f64>,
    pub dec_lon: Option<f64>,
    /// In one of the United States, so that the place must lie there.
    pub domestic: bool,
    /// Written since 2020, so that the text may have been joined without padding.
    pub joined: bool,
}

/// The best place that a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    /// Latitude and longitude in decimal degrees.
    pub point: Option<(f64, f64)>,
    pub source: Source,
    /// What the decimal columns hold after repair.
    pub dec_lat: Option<f64>,
    pub dec_lon: Option<f64>,
    pub defect_kinds: PlaceFlaws,
}

/// DefectKinds of the four columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaceFlaws {
    pub lat_text: DefectKinds,
    pub lon_text: DefectKinds,
    pub dec_lat: DefectKinds,
    pub dec_lon: DefectKinds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// The decimal columns.
    Dec,
    /// Coordinate text as it stands.
    Dms,
    /// Coordinate text whose padding, sign or order had to be restored.
    DmsRepaired,
    #[default]
    None,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Dec => "dec",
            Source::Dms => "dms",
            Source::DmsRepaired => "dms_repaired",
            Source::None => "none",
        }
    }
}

/// How far text and decimal degrees may lie apart and still mean one place: more than a minute
/// of rounding, less than the nearest two ways to split joined digits.
const SAME_PLACE: f64 = 0.02;

/// Decides between the columns and repairs what can be repaired.
pub fn resolve(position: &Position) -> Place {
    let mut place = Place::default();
    let written = Pair::read(position, &mut place.defect_kinds);
    let standard = written.and_then(|w| Some((w.lat.standard()?, w.lon.standard()?)));
    let (lat, lon) = decimal::repaired(position, standard, &mut place.defect_kinds);
    (place.dec_lat, place.dec_lon) = (lat, lon);
    if let (Some(lat), Some(lon)) = (lat, lon) {
        (place.point, place.source) = (Some((lat, lon)), Source::Dec);
        if let Some(pair) = written {
            pair.compare(lat, lon, &mut place.defect_kinds);
        }
    } else if let Some(found) =
        written.and_then(|w| w.place(position, (lat, lon), &mut place.defect_kinds))
    {
        let repaired = found.repaired;
        place.point = Some((rounded(found.lat), rounded(found.lon)));
        place.source = if repaired { Source::DmsRepaired } else { Source::Dms };
    }
    place
}

/// To a centimetre: degrees made of seconds have no end of decimals otherwise.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7 + 0.0
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < SAME_PLACE
}

/// Both coordinates as text, each of its own axis.
#[derive(Clone, Copy)]
struct Pair<'r> {
    lat: Written<'r>,
    lon: Written<'r>,
    /// The two columns held each other's value.
    swapped: bool,
}

struct Found {
    lat: f64,
    lon: f64,
    repaired: bool,
}

impl<'r> Pair<'r> {
    /// Both texts, if both are degrees, minutes, seconds and hemisphere.
    fn read(position: &Position<'r>, defect_kinds: &mut PlaceFlaws) -> Option<Pair<'r>> {
        let first = written(position.lat_text, &mut defect_kinds.lat_text);
        let second = written(position.lon_text, &mut defect_kinds.lon_text);
        let (first, second) = (first?, second?);
        match (first.axis, second.axis) {
            (Axis::Latitude, Axis::Longitude) => {
                Some(Pair { lat: first, lon: second, swapped: false })
            }
            (Axis::Longitude, Axis::Latitude) => {
                defect_kinds.on_text(DefectKind::Swapped);
                Some(Pair { lat: second, lon: first, swapped: true })
            }
            (Axis::Latitude, Axis::Latitude) => {
                defect_kinds.lon_text.add(DefectKind::NotACoordinate);
                None
            }
            (Axis::Longitude, Axis::Longitude) => {
                defect_kinds.lat_text.add(DefectKind::NotACoordinate);
                None
            }
        }
    }

    /// Notes text that says what the decimal degrees say, but without its padding.
    fn compare(self, lat: f64, lon: f64, defect_kinds: &mut PlaceFlaws) {
        let (first, second) = self.columns(defect_kinds);
        for (text, degrees, defect_kinds) in [(self.lat, lat, first), (self.lon, lon, second)] {
            let stands = text.standard().is_some_and(|v| near(v, degrees));
            if !stands && text.joined().any(|v| near(v, degrees)) {
                defect_kinds.add(DefectKind::CoordinateRepaired);
            }
        }
    }

    /// The defects of the columns from which latitude and longitude were read.
    fn columns(self, defect_kinds: &mut PlaceFlaws) -> (&mut DefectKinds, &mut DefectKinds) {
        let (lat, lon) = (&mut defect_kinds.lat_text, &mut defect_kinds.lon_text);
        if self.swapped { (lon, lat) } else { (lat, lon) }
    }

    /// The only place that the texts can mean.
    fn place(
        self,
        position: &Position,
        known: (Option<f64>, Option<f64>),
        defect_kinds: &mut PlaceFlaws,
    ) -> Option<Found> {
        let lats = self.lat.readings(position.joined);
        let lons = self.lon.readings(position.joined);
        let (of_lat, of_lon) = self.columns(defect_kinds);
        if lats.is_empty() || lons.is_empty() {
            of_lat.add_if(lats.is_empty(), DefectKind::NotACoordinate);
            of_lon.add_if(lons.is_empty(), DefectKind::NotACoordinate);
            return None;
        }
        match only(&pairs(&lats, &lons, known), position.domestic) {
            Some((0.0, 0.0)) => {
                defect_kinds.on_text(DefectKind::NullIsland);
                None
            }
            Some(pair) => Some(self.oriented(pair, position.domestic, defect_kinds)),
            None => {
                of_lat.add_if(lats.len() > 1, DefectKind::CoordinateAmbiguous);
                of_lon.add_if(lons.len() > 1, DefectKind::CoordinateAmbiguous);
                None
            }
        }
    }

    /// The place that was read, its signs put right and its repairs noted.
    fn oriented(
        self,
        (lat, lon): (f64, f64),
        domestic: bool,
        defect_kinds: &mut PlaceFlaws,
    ) -> Found {
        let split = (self.lat.standard() != Some(lat), self.lon.standard() != Some(lon));
        let turn = turned(lat, lon, domestic);
        let (of_lat, of_lon) = self.columns(defect_kinds);
        of_lat.add_if(split.0, DefectKind::CoordinateRepaired);
        of_lon.add_if(split.1, DefectKind::CoordinateRepaired);
        turn.note(of_lat, of_lon);
        let (lat, lon) = turn.apply(lat, lon);
        let repaired = split.0 || split.1 || self.swapped || turn != Turn::None;
        Found { lat, lon, repaired }
    }
}

impl PlaceFlaws {
    fn on_text(&mut self, defect_kind: DefectKind) {
        self.lat_text.add(defect_kind);
        self.lon_text.add(defect_kind);
    }
}

fn written<'r>(text: Option<&'r str>, defect_kinds: &mut DefectKinds) -> Option<Written<'r>> {
    let text = text?;
    let found = Written::read(text);
    defect_kinds.add_if(found.is_none(), DefectKind::NotACoordinate);
    found
}

/// Every latitude with every longitude; with one of them known, those that agree with it.
fn pairs(lats: &[f64], lons: &[f64], known: (Option<f64>, Option<f64>)) -> Vec<(f64, f64)> {
    let agrees = |known: Option<f64>, v: f64| known.is_none_or(|k| near(k, v));
    let all = || lats.iter().flat_map(|lat| lons.iter().map(|lon| (*lat, *lon)));
    let agreeing: Vec<_> = all().filter(|p| agrees(known.0, p.0) && agrees(known.1, p.1)).collect();
    if agreeing.is_empty() { all().collect() } else { agreeing }
}

/// The one pair of a list; for a domestic event the one that lies there, if any does.
fn only(pairs: &[(f64, f64)], domestic: bool) -> Option<(f64, f64)> {
    let there = |p: &&(f64, f64)| domestic && home::holds_turned(p.0, p.1);
    let home: Vec<_> = pairs.iter().filter(there).copied().collect();
    match if home.is_empty() { pairs } else { &home } {
        [pair] => Some(*pair),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
