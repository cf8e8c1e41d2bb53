//! Locations of events: states and countries, their towns and airports, and points near them.
//!
//! Towns are the same in every set. Only events differ between sets. Many events are exactly at an
//! airport, so that points repeat as they do in real data.

pub mod countries;
pub mod states;

use super::event_time::mix;
use super::rng::Rng;
use countries::{COUNTRIES, Country};
use states::{BoundingBox, STATES, State};

/// A location in seconds of arc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub lat: i32,
    pub lon: i32,
}

pub enum Region {
    Domestic(&'static State),
    Foreign(&'static Country),
}

pub struct Place {
    pub region: Region,
    /// `ev_state`. Some foreign events have `OF`, most have none.
    pub state: Option<&'static str>,
    /// `None` if the coordinates are unknown.
    pub point: Option<Point>,
    pub town: Town,
    pub on_airport: bool,
    /// The distance to the airport in hundredths of a mile, if it is near and known.
    pub airport_distance: Option<i32>,
}

/// A town with an airport.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    key: u64,
    pub airport: Point,
}

const TOWNS_PER_REGION: u32 = 60;

const NAME_PREFIXES: [&str; 24] = [
    "Ash", "Bell", "Cedar", "Clear", "Dry", "East", "Elk", "Fair", "Fox", "Glen", "Gran", "Hazel",
    "Iron", "Lake", "Lone", "Maple", "North", "Oak", "Pine", "Red", "Stone", "Twin", "West",
    "Wild",
];
const NAME_SUFFIXES: [&str; 20] = [
    "brook", "burg", "bury", "croft", "dale", "field", "ford", "gate", "grove", "haven", "hollow",
    "mont", "mouth", "point", "port", "ridge", "side", "ton", "view", "wood",
];
const AIRPORT_KINDS: [&str; 5] = ["Municipal", "County", "Regional", "Field", "Airpark"];

/// Shares of foreign events, per thousand.
const FOREIGN_SHARE_BEFORE_2008: u32 = 50;
const FOREIGN_SHARE_SINCE_2008: u32 = 160;

impl Place {
    pub fn draw(year: i32, rng: &mut Rng) -> Place {
        let is_modern = year >= 2008;
        let share = if is_modern { FOREIGN_SHARE_SINCE_2008 } else { FOREIGN_SHARE_BEFORE_2008 };
        if rng.next_below(1000) < share { draw_foreign(rng) } else { draw_domestic(is_modern, rng) }
    }

    pub fn is_domestic(&self) -> bool {
        matches!(self.region, Region::Domestic(_))
    }

    pub fn country(&self) -> &'static str {
        match self.region {
            Region::Domestic(_) => "USA",
            Region::Foreign(country) => country.code,
        }
    }

    /// The state, District of Columbia or Puerto Rico, even if `ev_state` is null.
    pub fn us_state(&self) -> Option<&'static State> {
        match self.region {
            Region::Domestic(state) if !state.is_sea() => Some(state),
            _ => None,
        }
    }

    /// Hours behind UTC in winter.
    pub fn hours_behind_utc(&self) -> i32 {
        match self.region {
            Region::Domestic(state) => state.hours_behind_utc,
            Region::Foreign(_) => -self.town.airport.lon / 54_000,
        }
    }
}

fn draw_domestic(is_modern: bool, rng: &mut Rng) -> Place {
    let state = &STATES[rng.pick_index(STATES.iter().map(|s| s.weight))];
    let town = rng.next_below(TOWNS_PER_REGION);
    let bounds = state.boxes[town as usize % state.boxes.len()];
    let percent_unknown = if is_modern { 3 } else { 17 };
    // A few rows since 2008 have no state.
    let has_state = !(is_modern && !state.is_sea() && rng.chance_percent(3));
    draw_place(
        Region::Domestic(state),
        has_state.then_some(state.code),
        state.code,
        bounds,
        town,
        percent_unknown,
        rng,
    )
}

fn draw_foreign(rng: &mut Rng) -> Place {
    let country = &COUNTRIES[rng.pick_index(COUNTRIES.iter().map(|c| c.weight))];
    let town = rng.next_below(TOWNS_PER_REGION);
    let state = rng.chance_percent(17).then_some("OF");
    draw_place(Region::Foreign(country), state, country.code, country.bounds, town, 57, rng)
}

fn draw_place(
    region: Region,
    state: Option<&'static str>,
    code: &str,
    bounds: BoundingBox,
    town: u32,
    percent_unknown: u32,
    rng: &mut Rng,
) -> Place {
    let town = Town::new(code, bounds, town);
    let at_sea = matches!(region, Region::Domestic(state) if state.is_sea());
    let on_airport = !at_sea && rng.chance_percent(42);
    let near = !on_airport && !at_sea && rng.chance_percent(45);
    let spread = if near { 240 } else { 1500 };
    let point =
        if on_airport { town.airport } else { draw_near(town.airport, spread, bounds, rng) };
    let miles = near.then(|| rng.next_between(50, 800));
    let has_point = !rng.chance_percent(percent_unknown);
    Place {
        region,
        state,
        point: has_point.then_some(point),
        town,
        on_airport,
        airport_distance: miles,
    }
}

fn draw_near(
    centre: Point,
    spread: i32,
    [south, north, west, east]: BoundingBox,
    rng: &mut Rng,
) -> Point {
    let mut draw = |centre: i32, min: i32, max: i32| {
        (centre + rng.next_between(-spread, spread)).clamp(min * 36, max * 36)
    };
    Point { lat: draw(centre.lat, south, north), lon: draw(centre.lon, west, east) }
}

impl Town {
    fn new(code: &str, [south, north, west, east]: BoundingBox, number: u32) -> Town {
        let code_number = code.bytes().fold(0, |sum, b| sum * 256 + u64::from(b));
        let key = mix(code_number * 1000 + u64::from(number));
        let within = |min: i32, max: i32, part: u64| {
            min * 36 + (part % ((max - min).unsigned_abs() as u64 * 36)) as i32
        };
        let airport =
            Point { lat: within(south, north, key >> 32), lon: within(west, east, mix(key) >> 32) };
        Town { key, airport }
    }

    fn pick_part<'t>(&self, shift: u32, items: &'t [&'static str]) -> &'t &'static str {
        &items[((self.key >> shift) % items.len() as u64) as usize]
    }

    pub fn push_name(&self, out: &mut String) {
        out.push_str(self.pick_part(3, &NAME_PREFIXES));
        out.push_str(self.pick_part(11, &NAME_SUFFIXES));
    }

    /// Appends the name of the airport, at most 30 characters.
    pub fn push_airport(&self, out: &mut String) {
        self.push_name(out);
        out.push(' ');
        out.push_str(self.pick_part(23, &AIRPORT_KINDS));
    }

    /// Appends a digit, a letter and a digit. Such an identifier is never a word for unknown.
    pub fn push_airport_id(&self, out: &mut String) {
        out.push(char::from(b'0' + (self.key >> 29) as u8 % 10));
        out.push(char::from(b'A' + (self.key >> 37) as u8 % 26));
        out.push(char::from(b'0' + (self.key >> 45) as u8 % 10));
    }

    /// Appends the identifier of a weather station, four letters.
    pub fn push_station(&self, out: &mut String) {
        out.push('K');
        for shift in [17, 27, 41] {
            out.push(char::from(b'A' + (self.key >> shift) as u8 % 26));
        }
    }

    /// The elevation in feet above sea level.
    pub fn elevation(&self) -> i32 {
        10 + (self.key >> 7 & 0xFFF) as i32
    }

    pub fn push_zip(&self, out: &mut String) {
        super::rows::push_padded(out, 10_000 + (self.key >> 13) as u32 % 89_999, 5);
    }
}

/// Appends `DDMMSSN` or `DDDMMSSW`.
pub fn push_dms(out: &mut String, seconds: i32, degree_digits: usize, hemispheres: [char; 2]) {
    let size = seconds.unsigned_abs();
    super::rows::push_padded(out, size / 3600, degree_digits);
    super::rows::push_padded(out, size / 60 % 60, 2);
    super::rows::push_padded(out, size % 60, 2);
    out.push(hemispheres[usize::from(seconds < 0)]);
}

/// Converts seconds of arc to millionths of a degree.
pub fn to_microdegrees(seconds: i32) -> i64 {
    let size = (i64::from(seconds.unsigned_abs()) * 1_000_000 + 1800) / 3600;
    if seconds < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_inside_their_region() {
        let mut rng = Rng::new(1);
        for _ in 0..5000 {
            let place = Place::draw(2015, &mut rng);
            let boxes = match place.region {
                Region::Domestic(state) => state.boxes,
                Region::Foreign(country) => std::slice::from_ref(&country.bounds),
            };
            let Some(Point { lat, lon }) = place.point else { continue };
            let inside = |[s, n, w, e]: &BoundingBox| {
                (s * 36..=n * 36).contains(&lat) && (w * 36..=e * 36).contains(&lon)
            };
            assert!(boxes.iter().any(inside), "{} {lat} {lon}", place.country());
        }
    }

    #[test]
    fn formats_coordinates() {
        let mut out = String::new();
        push_dms(&mut out, 36 * 3600 + 9 * 60 + 34, 2, ['N', 'S']);
        push_dms(&mut out, -(97 * 3600 + 5), 3, ['E', 'W']);
        assert_eq!(out, "360934N0970005W");
        assert_eq!(to_microdegrees(-(97 * 3600 + 900)), -97_250_000);
    }

    #[test]
    fn airports_fit_their_columns() {
        for number in 0..TOWNS_PER_REGION {
            let mut out = String::new();
            Town::new("WV", STATES[0].boxes[0], number).push_airport(&mut out);
            assert!(out.len() <= 30, "{out}");
        }
    }
}
