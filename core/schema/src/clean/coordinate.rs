//! Resolves the position of an event from its decimal and its text coordinates, each with their own
//! defects.
//!
//! The decimal columns take precedence if both are present and plausible. Otherwise the text columns
//! are used, but only if they can be read in exactly one way:
//!
//! - A value whose minutes and seconds are below 60 is read as padded digits, unless its row was
//!   written since 2020.
//! - In rows written since 2020, the parts may have been joined without padding and then padded on the
//!   left (36°9'34" as `036934N`). Such text may look valid: 32°4'27" as `032427N` looks like
//!   3°24'27". So every way to split the digits is considered. For a domestic event, positions outside
//!   the United States are excluded. If more than one position remains, the text is not used, because
//!   a position that may be wrong by a degree is worse than none.

mod decimal;
mod dms;
mod us_bounds;

use super::code::to_upper;
use super::text::strip;
use super::{DefectKind, DefectKinds, Value};
use dms::{Axis, DmsText};
pub use us_bounds::is_domestic;
use us_bounds::{Correction, find_correction};

/// Cleans coordinate text: trims it and converts the hemisphere to upper case.
pub fn clean_coordinate<'a>(raw: &'a str, defects: &mut DefectKinds) -> Value<'a> {
    let text = strip(raw, defects);
    match text.as_bytes() {
        [digits @ .., b'n' | b's' | b'e' | b'w'] if digits.iter().all(u8::is_ascii_digit) => {
            Value::from_text(to_upper(text, defects))
        }
        _ => Value::from_text(text),
    }
}

/// The columns from which a position is resolved.
#[derive(Debug, Clone, Copy, Default)]
pub struct PositionColumns<'r> {
    /// Latitude as text, cleaned by [`clean_coordinate`].
    pub lat_text: Option<&'r str>,
    /// Longitude as text, cleaned by [`clean_coordinate`].
    pub lon_text: Option<&'r str>,
    /// Latitude in decimal degrees.
    pub dec_lat: Option<f64>,
    /// Longitude in decimal degrees.
    pub dec_lon: Option<f64>,
    /// Whether the event was in one of the United States, so that its position must be there.
    pub is_domestic: bool,
    /// Whether the row was written since 2020, so that the text may have been joined without padding.
    pub may_be_joined: bool,
}

/// The position of an event, and the repaired decimal columns.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ResolvedPosition {
    /// Latitude and longitude in decimal degrees.
    pub point: Option<(f64, f64)>,
    /// The columns that the point comes from.
    pub source: CoordinateSource,
    /// The latitude column in decimal degrees after repair.
    pub dec_lat: Option<f64>,
    /// The longitude column in decimal degrees after repair.
    pub dec_lon: Option<f64>,
    /// The defects that were found.
    pub defects: PositionDefects,
}

/// The defects of the four coordinate columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PositionDefects {
    /// Defects of the latitude as text.
    pub lat_text: DefectKinds,
    /// Defects of the longitude as text.
    pub lon_text: DefectKinds,
    /// Defects of the latitude in decimal degrees.
    pub dec_lat: DefectKinds,
    /// Defects of the longitude in decimal degrees.
    pub dec_lon: DefectKinds,
}

/// The columns that a position comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CoordinateSource {
    /// The decimal columns.
    Dec,
    /// Coordinate text without repair.
    Dms,
    /// Coordinate text with restored padding, sign or order.
    DmsRepaired,
    /// No position.
    #[default]
    None,
}

impl CoordinateSource {
    /// The value of column `coord_source`.
    pub fn as_str(self) -> &'static str {
        match self {
            CoordinateSource::Dec => "dec",
            CoordinateSource::Dms => "dms",
            CoordinateSource::DmsRepaired => "dms_repaired",
            CoordinateSource::None => "none",
        }
    }
}

/// Maximum difference of text and decimal degrees that mean the same position: more than a minute of
/// rounding, less than the two closest ways to split joined digits.
const MAX_DIFFERENCE: f64 = 0.02;

/// Resolves the position from the columns and repairs them where possible.
pub fn resolve_position(columns: &PositionColumns) -> ResolvedPosition {
    let mut resolved = ResolvedPosition::default();
    let texts = TextPair::parse(columns, &mut resolved.defects);
    let padded = texts.and_then(|t| Some((t.lat.read_padded()?, t.lon.read_padded()?)));
    let (lat, lon) = decimal::repair_decimals(columns, padded, &mut resolved.defects);
    (resolved.dec_lat, resolved.dec_lon) = (lat, lon);
    if let (Some(lat), Some(lon)) = (lat, lon) {
        (resolved.point, resolved.source) = (Some((lat, lon)), CoordinateSource::Dec);
        if let Some(texts) = texts {
            texts.compare(lat, lon, &mut resolved.defects);
        }
    } else if let Some(position) =
        texts.and_then(|t| t.resolve(columns, (lat, lon), &mut resolved.defects))
    {
        resolved.point = Some((round_degrees(position.lat), round_degrees(position.lon)));
        resolved.source = match position.is_repaired {
            true => CoordinateSource::DmsRepaired,
            false => CoordinateSource::Dms,
        };
    }
    resolved
}

/// Rounds degrees to seven decimals, about a centimetre.
fn round_degrees(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7 + 0.0
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < MAX_DIFFERENCE
}

/// Both coordinates as text.
#[derive(Clone, Copy)]
struct TextPair<'r> {
    lat: DmsText<'r>,
    lon: DmsText<'r>,
    /// Whether each column contained the value of the other.
    is_swapped: bool,
}

/// A position that was read from text.
struct TextPosition {
    lat: f64,
    lon: f64,
    is_repaired: bool,
}

impl<'r> TextPair<'r> {
    /// Parses both texts. Returns `None` unless they are a latitude and a longitude, each as degrees,
    /// minutes, seconds and hemisphere.
    fn parse(columns: &PositionColumns<'r>, defects: &mut PositionDefects) -> Option<TextPair<'r>> {
        let first = parse_text(columns.lat_text, &mut defects.lat_text);
        let second = parse_text(columns.lon_text, &mut defects.lon_text);
        let (first, second) = (first?, second?);
        match (first.axis, second.axis) {
            (Axis::Latitude, Axis::Longitude) => {
                Some(TextPair { lat: first, lon: second, is_swapped: false })
            }
            (Axis::Longitude, Axis::Latitude) => {
                defects.add_to_texts(DefectKind::Swapped);
                Some(TextPair { lat: second, lon: first, is_swapped: true })
            }
            (Axis::Latitude, Axis::Latitude) => {
                defects.lon_text.add(DefectKind::NotACoordinate);
                None
            }
            (Axis::Longitude, Axis::Longitude) => {
                defects.lat_text.add(DefectKind::NotACoordinate);
                None
            }
        }
    }

    /// Reports text that means the same as the decimal degrees, but lost its padding.
    fn compare(self, lat: f64, lon: f64, defects: &mut PositionDefects) {
        let (first, second) = self.defects_by_axis(defects);
        for (text, degrees, defects) in [(self.lat, lat, first), (self.lon, lon, second)] {
            let is_padded = text.read_padded().is_some_and(|v| is_near(v, degrees));
            if !is_padded && text.read_joined().any(|v| is_near(v, degrees)) {
                defects.add(DefectKind::CoordinateRepaired);
            }
        }
    }

    /// The defects of the columns that contain latitude and longitude.
    fn defects_by_axis(
        self,
        defects: &mut PositionDefects,
    ) -> (&mut DefectKinds, &mut DefectKinds) {
        let (lat, lon) = (&mut defects.lat_text, &mut defects.lon_text);
        if self.is_swapped { (lon, lat) } else { (lat, lon) }
    }

    /// Returns the position if the texts can mean only one. `known` are the decimal columns.
    fn resolve(
        self,
        columns: &PositionColumns,
        known: (Option<f64>, Option<f64>),
        defects: &mut PositionDefects,
    ) -> Option<TextPosition> {
        let lats = self.lat.all_readings(columns.may_be_joined);
        let lons = self.lon.all_readings(columns.may_be_joined);
        let (lat_defects, lon_defects) = self.defects_by_axis(defects);
        if lats.is_empty() || lons.is_empty() {
            lat_defects.add_if(lats.is_empty(), DefectKind::NotACoordinate);
            lon_defects.add_if(lons.is_empty(), DefectKind::NotACoordinate);
            return None;
        }
        match single_position(&combine(&lats, &lons, known), columns.is_domestic) {
            Some((0.0, 0.0)) => {
                defects.add_to_texts(DefectKind::NullIsland);
                None
            }
            Some(pair) => Some(self.correct(pair, columns.is_domestic, defects)),
            None => {
                lat_defects.add_if(lats.len() > 1, DefectKind::CoordinateAmbiguous);
                lon_defects.add_if(lons.len() > 1, DefectKind::CoordinateAmbiguous);
                None
            }
        }
    }

    /// Corrects the signs and order of a position and reports the repairs.
    fn correct(
        self,
        (lat, lon): (f64, f64),
        is_domestic: bool,
        defects: &mut PositionDefects,
    ) -> TextPosition {
        let lat_is_joined = self.lat.read_padded() != Some(lat);
        let lon_is_joined = self.lon.read_padded() != Some(lon);
        let correction = find_correction(lat, lon, is_domestic);
        let (lat_defects, lon_defects) = self.defects_by_axis(defects);
        lat_defects.add_if(lat_is_joined, DefectKind::CoordinateRepaired);
        lon_defects.add_if(lon_is_joined, DefectKind::CoordinateRepaired);
        correction.report(lat_defects, lon_defects);
        let (lat, lon) = correction.apply(lat, lon);
        let is_joined = lat_is_joined || lon_is_joined;
        let is_repaired = is_joined || self.is_swapped || correction != Correction::None;
        TextPosition { lat, lon, is_repaired }
    }
}

impl PositionDefects {
    fn add_to_texts(&mut self, kind: DefectKind) {
        self.lat_text.add(kind);
        self.lon_text.add(kind);
    }
}

fn parse_text<'r>(text: Option<&'r str>, defects: &mut DefectKinds) -> Option<DmsText<'r>> {
    let text = text?;
    let parsed = DmsText::parse(text);
    defects.add_if(parsed.is_none(), DefectKind::NotACoordinate);
    parsed
}

/// Combines every latitude with every longitude. If one of them is known and some pairs agree with
/// it, returns only those.
fn combine(lats: &[f64], lons: &[f64], known: (Option<f64>, Option<f64>)) -> Vec<(f64, f64)> {
    let agrees = |known: Option<f64>, v: f64| known.is_none_or(|k| is_near(k, v));
    let all = || lats.iter().flat_map(|lat| lons.iter().map(|lon| (*lat, *lon)));
    let agreeing: Vec<_> = all().filter(|p| agrees(known.0, p.0) && agrees(known.1, p.1)).collect();
    if agreeing.is_empty() { all().collect() } else { agreeing }
}

/// Returns the position if there is only one. For a domestic event, only positions in the United
/// States count, if there are any.
fn single_position(pairs: &[(f64, f64)], is_domestic: bool) -> Option<(f64, f64)> {
    let is_in_us = |p: &&(f64, f64)| is_domestic && us_bounds::contains_corrected(p.0, p.1);
    let in_us: Vec<_> = pairs.iter().filter(is_in_us).copied().collect();
    match if in_us.is_empty() { pairs } else { &in_us } {
        [pair] => Some(*pair),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
