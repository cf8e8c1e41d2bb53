//! Where events happen: states and countries, their towns and airports, and points between them.
//!
//! Towns are the same in every set, so that sets can be told apart by their events and not by their
//! maps. Many events lie exactly on an airport, so that points come again as they do in real data.

pub mod abroad;
pub mod states;

use super::rng::Dice;
use super::when::mixed;
use abroad::{COUNTRIES, Country};
use states::{Box, STATES, State};

/// Seconds of arc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub lat: i32,
    pub lon: i32,
}

pub enum Land {
    Home(&'static State),
    Abroad(&'static Country),
}

pub struct Place {
    pub land: Land,
    /// As the file has it: `OF` for some events abroad, none for most.
    pub state: Option<&'static str>,
    /// `None` where the file does not say.
    pub point: Option<Point>,
    pub town: Town,
    pub on_airport: bool,
    /// Hundredths of a mile to the airport, if it is near and known.
    pub airport_near: Option<i32>,
}

/// A place with an airport.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    key: u64,
    pub airport: Point,
}

const TOWNS: u32 = 60;

const FIRST: [&str; 24] = [
    "Ash", "Bell", "Cedar", "Clear", "Dry", "East", "Elk", "Fair", "Fox", "Glen", "Gran", "Hazel",
    "Iron", "Lake", "Lone", "Maple", "North", "Oak", "Pine", "Red", "Stone", "Twin", "West",
    "Wild",
];
const LAST: [&str; 20] = [
    "brook", "burg", "bury", "croft", "dale", "field", "ford", "gate", "grove", "haven", "hollow",
    "mont", "mouth", "point", "port", "ridge", "side", "ton", "view", "wood",
];
const KINDS: [&str; 5] = ["Municipal", "County", "Regional", "Field", "Airpark"];

/// Shares of events abroad, of a thousand.
const ABROAD_BEFORE_2008: u32 = 50;
const ABROAD_SINCE_2008: u32 = 160;

impl Place {
    pub fn draw(year: i32, dice: &mut Dice) -> Place {
        let modern = year >= 2008;
        let share = if modern { ABROAD_SINCE_2008 } else { ABROAD_BEFORE_2008 };
        if dice.below(1000) < share { abroad(dice) } else { home(modern, dice) }
    }

    pub fn is_home(&self) -> bool {
        matches!(self.land, Land::Home(_))
    }

    pub fn country(&self) -> &'static str {
        match self.land {
            Land::Home(_) => "USA",
            Land::Abroad(country) => country.code,
        }
    }

    /// The state, the district or Puerto Rico, whether the file names it or not.
    pub fn on_land_at_home(&self) -> Option<&'static State> {
        match self.land {
            Land::Home(state) if !state.is_sea() => Some(state),
            _ => None,
        }
    }

    /// Hours behind UTC in winter.
    pub fn hours(&self) -> i32 {
        match self.land {
            Land::Home(state) => state.hours,
            Land::Abroad(_) => -self.town.airport.lon / 54_000,
        }
    }
}

fn home(modern: bool, dice: &mut Dice) -> Place {
    let state = &STATES[dice.place(STATES.iter().map(|s| s.weight))];
    let town = dice.below(TOWNS);
    let corner = state.boxes[town as usize % state.boxes.len()];
    let missing = if modern { 3 } else { 17 };
    // A few rows since 2008 do not name their state.
    let named = !(modern && !state.is_sea() && dice.percent(3));
    placed(Land::Home(state), named.then_some(state.code), state.code, corner, town, missing, dice)
}

fn abroad(dice: &mut Dice) -> Place {
    let country = &COUNTRIES[dice.place(COUNTRIES.iter().map(|c| c.weight))];
    let town = dice.below(TOWNS);
    let state = dice.percent(17).then_some("OF");
    placed(Land::Abroad(country), state, country.code, country.within, town, 57, dice)
}

fn placed(
    land: Land,
    state: Option<&'static str>,
    code: &str,
    corner: Box,
    town: u32,
    missing: u32,
    dice: &mut Dice,
) -> Place {
    let town = Town::new(code, corner, town);
    let at_sea = matches!(land, Land::Home(state) if state.is_sea());
    let on_airport = !at_sea && dice.percent(42);
    let near = !on_airport && !at_sea && dice.percent(45);
    let spread = if near { 240 } else { 1500 };
    let point = if on_airport { town.airport } else { around(town.airport, spread, corner, dice) };
    let miles = near.then(|| dice.between(50, 800));
    let known = !dice.percent(missing);
    Place { land, state, point: known.then_some(point), town, on_airport, airport_near: miles }
}

fn around(centre: Point, spread: i32, [south, north, west, east]: Box, dice: &mut Dice) -> Point {
    let mut draw = |centre: i32, least: i32, most: i32| {
        (centre + dice.between(-spread, spread)).clamp(least * 36, most * 36)
    };
    Point { lat: draw(centre.lat, south, north), lon: draw(centre.lon, west, east) }
}

impl Town {
    fn new(code: &str, [south, north, west, east]: Box, number: u32) -> Town {
        let land = code.bytes().fold(0, |sum, b| sum * 256 + u64::from(b));
        let key = mixed(land * 1000 + u64::from(number));
        let within = |least: i32, most: i32, part: u64| {
            least * 36 + (part % ((most - least).unsigned_abs() as u64 * 36)) as i32
        };
        let airport = Point {
            lat: within(south, north, key >> 32),
            lon: within(west, east, mixed(key) >> 32),
        };
        Town { key, airport }
    }

    fn part<'t>(&self, shift: u32, of: &'t [&'static str]) -> &'t &'static str {
        &of[((self.key >> shift) % of.len() as u64) as usize]
    }

    pub fn push_name(&self, out: &mut String) {
        out.push_str(self.part(3, &FIRST));
        out.push_str(self.part(11, &LAST));
    }

    /// At most 30 characters.
    pub fn push_airport(&self, out: &mut String) {
        self.push_name(out);
        out.push(' ');
        out.push_str(self.part(23, &KINDS));
    }

    /// Digit, letter, digit: no such identifier is a word for nothing.
    pub fn push_airport_id(&self, out: &mut String) {
        out.push(char::from(b'0' + (self.key >> 29) as u8 % 10));
        out.push(char::from(b'A' + (self.key >> 37) as u8 % 26));
        out.push(char::from(b'0' + (self.key >> 45) as u8 % 10));
    }

    /// A weather station: four letters.
    pub fn push_station(&self, out: &mut String) {
        out.push('K');
        for shift in [17, 27, 41] {
            out.push(char::from(b'A' + (self.key >> shift) as u8 % 26));
        }
    }

    /// Feet above the sea.
    pub fn elevation(&self) -> i32 {
        10 + (self.key >> 7 & 0xFFF) as i32
    }

    pub fn push_zip(&self, out: &mut String) {
        super::rows::push_padded(out, 10_000 + (self.key >> 13) as u32 % 89_999, 5);
    }
}

/// `DDMMSSN` or `DDDMMSSW`.
pub fn push_dms(out: &mut String, seconds: i32, degree_digits: usize, hemispheres: [char; 2]) {
    let size = seconds.unsigned_abs();
    super::rows::push_padded(out, size / 3600, degree_digits);
    super::rows::push_padded(out, size / 60 % 60, 2);
    super::rows::push_padded(out, size % 60, 2);
    out.push(hemispheres[usize::from(seconds < 0)]);
}

/// Millionths of a degree.
pub fn micro(seconds: i32) -> i64 {
    let size = (i64::from(seconds.unsigned_abs()) * 1_000_000 + 1800) / 3600;
    if seconds < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stay_in_their_land() {
        let mut dice = Dice::new(1);
        for _ in 0..5000 {
            let place = Place::draw(2015, &mut dice);
            let boxes = match place.land {
                Land::Home(state) => state.boxes,
                Land::Abroad(country) => std::slice::from_ref(&country.within),
            };
            let Some(Point { lat, lon }) = place.point else { continue };
            let inside = |[s, n, w, e]: &Box| {
                (s * 36..=n * 36).contains(&lat) && (w * 36..=e * 36).contains(&lon)
            };
            assert!(boxes.iter().any(inside), "{} {lat} {lon}", place.country());
        }
    }

    #[test]
    fn text_of_a_point() {
        let mut out = String::new();
        push_dms(&mut out, 36 * 3600 + 9 * 60 + 34, 2, ['N', 'S']);
        push_dms(&mut out, -(97 * 3600 + 5), 3, ['E', 'W']);
        assert_eq!(out, "360934N0970005W");
        assert_eq!(micro(-(97 * 3600 + 900)), -97_250_000);
    }

    #[test]
    fn airports_fit_their_columns() {
        for number in 0..TOWNS {
            let mut out = String::new();
            Town::new("WV", STATES[0].boxes[0], number).push_airport(&mut out);
            assert!(out.len() <= 30, "{out}");
        }
    }
}
