//! The observed weather, consistent in itself and with the basic conditions (VMC or IMC).

use super::place::Place;
use super::rng::Rng;
use super::rows::push_padded;

pub struct Weather {
    pub celsius: i32,
    pub dew_celsius: i32,
    /// Degrees true, in steps of 10. 0 if calm.
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
    pub is_reported: bool,
}

/// Draws VMC, IMC or null.
pub fn draw_conditions(is_domestic: bool, rng: &mut Rng) -> Option<&'static str> {
    let weights = if is_domestic { [918, 66, 16] } else { [510, 80, 410] };
    [Some("VMC"), Some("IMC"), None][rng.pick_index(weights.into_iter())]
}

/// The deviation of each month from the annual mean in °C, for the interior of a continent.
const MONTH_ANOMALIES: [i32; 12] = [-11, -9, -5, 0, 5, 9, 11, 10, 6, 1, -5, -9];

impl Weather {
    pub fn draw(conditions: Option<&str>, month: u32, place: &Place, rng: &mut Rng) -> Weather {
        let is_imc = conditions == Some("IMC");
        let celsius = draw_temperature(month, place, rng);
        let spread = if is_imc { rng.next_between(0, 2) } else { rng.next_between(1, 18) };
        let knots = rng.draw_from_quantiles(&[0, 0, 3, 4, 6, 8, 10, 14, 28]);
        let gusts = (knots >= 8 && rng.chance_percent(45)).then(|| knots + rng.next_between(5, 14));
        let wind_from = if knots == 0 { 0 } else { rng.next_between(1, 36) * 10 };
        Weather {
            celsius,
            dew_celsius: (celsius - spread).max(-39),
            wind_from,
            knots,
            gusts,
            visibility: draw_visibility(is_imc, rng),
            ceiling: draw_ceiling(is_imc, rng),
            scattered: (!is_imc && rng.chance_percent(35)).then(|| rng.next_between(15, 120) * 100),
            altimeter: rng.draw_from_quantiles(&[2940, 2978, 2990, 2998, 3004, 3010, 3018, 3060]),
            precipitation: if is_imc { draw_precipitation(rng) } else { None },
            is_reported: rng.chance_percent(70),
        }
    }

    /// Appends a METAR of an automatic station. `minute` is minutes since midnight, UTC.
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

/// Draws a temperature in °C. It is colder towards the poles, where the seasons differ more. Seasons are
/// reversed in the southern hemisphere.
fn draw_temperature(month: u32, place: &Place, rng: &mut Rng) -> i32 {
    let degrees = place.town.airport.lat / 3600;
    let is_south = degrees < 0;
    let month = (month as usize + 11 + if is_south { 6 } else { 0 }) % 12;
    let yearly = 30 - degrees.abs() * 45 / 100;
    let seasonal = MONTH_ANOMALIES[month] * degrees.abs() / 40;
    (yearly + seasonal + rng.next_between(-5, 4) + rng.next_between(-4, 5)).clamp(-38, 42)
}

fn draw_visibility(is_imc: bool, rng: &mut Rng) -> i32 {
    let quantiles: &[i32] =
        if is_imc { &[5, 10, 20, 30, 50, 100] } else { &[40, 70, 100, 100, 100, 100] };
    (rng.draw_from_quantiles(quantiles) / 10 * 10).max(5)
}

fn draw_ceiling(is_imc: bool, rng: &mut Rng) -> Option<i32> {
    if is_imc {
        return Some(rng.next_between(1, 18) * 100);
    }
    rng.chance_percent(18).then(|| rng.next_between(25, 120) * 100)
}

fn draw_precipitation(rng: &mut Rng) -> Option<&'static str> {
    rng.pick_weighted(&[(50, None), (30, Some("LGT")), (14, Some("MOD")), (6, Some("HVY"))])
}

fn push_celsius(out: &mut String, degrees: i32) {
    if degrees < 0 {
        out.push('M');
    }
    push_padded(out, degrees.unsigned_abs(), 2);
}

/// Converts a temperature to whole degrees in the unit of the row. Returns 1 for 0, which would mean
/// unknown.
pub fn convert_temperature(celsius: i32, fahrenheit: bool) -> i32 {
    let degrees = if fahrenheit { (celsius * 9).div_euclid(5) + 32 } else { celsius };
    if degrees == 0 { 1 } else { degrees }
}
