//! The weather at the time: consistent within itself and with the conditions that it makes.

use super::place::Place;
use super::rng::Dice;
use super::rows::push_padded;

pub struct Weather {
    pub celsius: i32,
    pub dew_celsius: i32,
    /// Degrees true, tens; 0 when calm.
    pub wind_from: i32,
    pub knots: i32,
    pub gusts: Option<i32>,
    /// Tenths of a statute mile.
    pub visibility: i32,
    /// Feet above ground.
    pub ceiling: Option<i32>,
    pub scattered: Option<i32>,
    /// Hundredths of an inch of mercury.
    pub altimeter: i32,
    pub precipitation: Option<&'static str>,
    pub reported: bool,
}

/// VMC, IMC or not told.
pub fn conditions(home: bool, dice: &mut Dice) -> Option<&'static str> {
    let weights = if home { [918, 66, 16] } else { [510, 80, 410] };
    [Some("VMC"), Some("IMC"), None][dice.place(weights.into_iter())]
}

/// Degrees by which each month is warmer than the year, in the middle of a continent.
const SEASON: [i32; 12] = [-11, -9, -5, 0, 5, 9, 11, 10, 6, 1, -5, -9];

impl Weather {
    pub fn draw(basic: Option<&str>, month: u32, place: &Place, dice: &mut Dice) -> Weather {
        let low = basic == Some("IMC");
        let celsius = temperature(month, place, dice);
        let spread = if low { dice.between(0, 2) } else { dice.between(1, 18) };
        let knots = dice.curve(&[0, 0, 3, 4, 6, 8, 10, 14, 28]);
        let gusts = (knots >= 8 && dice.percent(45)).then(|| knots + dice.between(5, 14));
        let wind_from = if knots == 0 { 0 } else { dice.between(1, 36) * 10 };
        Weather {
            celsius,
            dew_celsius: (celsius - spread).max(-39),
            wind_from,
            knots,
            gusts,
            visibility: visibility(low, dice),
            ceiling: ceiling(low, dice),
            scattered: (!low && dice.percent(35)).then(|| dice.between(15, 120) * 100),
            altimeter: dice.curve(&[2940, 2978, 2990, 2998, 3004, 3010, 3018, 3060]),
            precipitation: if low { rain(dice) } else { None },
            reported: dice.percent(70),
        }
    }

    /// As an automatic station sends it. `minute` is UTC.
    pub fn push_metar(&self, out: &mut String, place: &Place, day_of_month: u32, minute: i32) {
        out.push_str("METAR ");
        place.town.push_station(out);
        out.push(' ');
        push_padded(out, day_of_month, 2);
        push_padded(out, minute.unsigned_abs() / 60 * 100 + 53, 4);
        out.push_str("Z AUTO ");
        push_padded(out, self.wind_from.unsigned_abs(), 3);
        push_padded(out, self.knots.unsigned_abs(), 2);
        if let Some(gusts) = self.gusts {
            out.push('G');
            push_padded(out, gusts.unsigned_abs(), 2);
        }
        out.push_str("KT ");
        push_padded(out, (self.visibility / 10).max(1).unsigned_abs(), 1);
        out.push_str("SM ");
        self.push_sky(out);
        push_celsius(out, self.celsius);
        out.push('/');
        push_celsius(out, self.dew_celsius);
        out.push_str(" A");
        push_padded(out, self.altimeter.unsigned_abs(), 4);
    }

    fn push_sky(&self, out: &mut String) {
        let layers = [("SCT", self.scattered), ("OVC", self.ceiling)];
        for (cover, feet) in layers {
            if let Some(feet) = feet {
                out.push_str(cover);
                push_padded(out, feet.unsigned_abs() / 100, 3);
                out.push(' ');
            }
        }
        if layers.iter().all(|(_, feet)| feet.is_none()) {
            out.push_str("CLR ");
        }
    }
}

/// Colder towards the poles, where the seasons differ more, and turned round in the south.
fn temperature(month: u32, place: &Place, dice: &mut Dice) -> i32 {
    let degrees = place.town.airport.lat / 3600;
    let south = degrees < 0;
    let month = (month as usize + 11 + if south { 6 } else { 0 }) % 12;
    let yearly = 30 - degrees.abs() * 45 / 100;
    let seasonal = SEASON[month] * degrees.abs() / 40;
    (yearly + seasonal + dice.between(-5, 4) + dice.between(-4, 5)).clamp(-38, 42)
}

fn visibility(low: bool, dice: &mut Dice) -> i32 {
    let low: &[i32] = if low { &[5, 10, 20, 30, 50, 100] } else { &[40, 70, 100, 100, 100, 100] };
    (dice.curve(low) / 10 * 10).max(5)
}

fn ceiling(low: bool, dice: &mut Dice) -> Option<i32> {
    if low {
        return Some(dice.between(1, 18) * 100);
    }
    dice.percent(18).then(|| dice.between(25, 120) * 100)
}

fn rain(dice: &mut Dice) -> Option<&'static str> {
    dice.weighted(&[(50, None), (30, Some("LGT")), (14, Some("MOD")), (6, Some("HVY"))])
}

fn push_celsius(out: &mut String, degrees: i32) {
    if degrees < 0 {
        out.push('M');
    }
    push_padded(out, degrees.unsigned_abs(), 2);
}

/// The whole degree that is written in the unit of its row. 0 would say that nothing is known.
pub fn written(celsius: i32, fahrenheit: bool) -> i32 {
    let degrees = if fahrenheit { (celsius * 9).div_euclid(5) + 32 } else { celsius };
    if degrees == 0 { 1 } else { degrees }
}
