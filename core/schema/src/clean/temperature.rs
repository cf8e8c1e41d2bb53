//! Infers the unit of temperatures, which the file does not specify.
//!
//! Counted on real rows: every row entered since 2020 (its `ev_id` is all digits) is in °F, including
//! airline and foreign rows. Before, airline and foreign rows are in °C and others in °F.

/// The columns from which the unit is inferred.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather<'r> {
    /// Air temperature, in the unknown unit.
    pub temp: Option<i32>,
    /// Dew point, in the unknown unit.
    pub dew_pt: Option<i32>,
    /// Weather report.
    pub metar: Option<&'r str>,
    /// Event.
    pub ev_id: Option<&'r str>,
    /// Country of the event.
    pub country: Option<&'r str>,
    /// FAR part of the event's first aircraft.
    pub far_part: Option<&'r str>,
}

/// A unit of temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// °C
    Celsius,
    /// °F
    Fahrenheit,
}

/// FAR parts whose temperatures were written in °C: airlines and foreign flights.
const CELSIUS_PARTS: &[&str] = &["121", "129", "NUSC", "NUSN"];

/// Maximum plausible air temperature, in °C. Higher values must be in °F.
const MAX_CELSIUS: i32 = 50;

/// Maximum difference between the METAR and the row, in degrees of the tested unit. They may be from
/// different hours.
const MAX_METAR_DIFFERENCE: f32 = 8.0;

impl Unit {
    /// Converts a temperature of this unit to °C, rounded to one decimal.
    pub fn to_celsius(self, value: i32) -> f32 {
        match self {
            Unit::Celsius => value as f32,
            // The value is a whole degree, and most were originally measured in °C.
            Unit::Fahrenheit => ((value as f32 - 32.0) * 50.0 / 9.0).round() / 10.0 + 0.0,
        }
    }
}

/// Infers the unit of a row's temperatures: from the METAR, else from the values, else from the
/// origin of the row. Returns `None` if it cannot be inferred.
pub fn infer_unit(weather: &Weather) -> Option<Unit> {
    infer_from_metar(weather)
        .or_else(|| infer_from_values(weather))
        .or_else(|| infer_from_origin(weather))
}

fn infer_from_metar(weather: &Weather) -> Option<Unit> {
    let (temp, dew_pt) = weather.metar.and_then(parse_metar_temperature)?;
    let compare =
        |value: Option<i32>, celsius: Option<i32>| find_unit(value? as f32, celsius? as f32);
    compare(weather.temp, Some(temp)).or_else(|| compare(weather.dew_pt, dew_pt))
}

/// The unit in which a value is clearly nearer to the observed temperature.
fn find_unit(value: f32, celsius: f32) -> Option<Unit> {
    let as_celsius = (value - celsius).abs();
    let as_fahrenheit = (value - (celsius * 1.8 + 32.0)).abs();
    if as_celsius <= MAX_METAR_DIFFERENCE && as_celsius * 2.0 < as_fahrenheit {
        Some(Unit::Celsius)
    } else if as_fahrenheit <= MAX_METAR_DIFFERENCE && as_fahrenheit * 2.0 < as_celsius {
        Some(Unit::Fahrenheit)
    } else {
        None
    }
}

/// Parses the temperature group of a METAR, `12/M03`. The dew point may be missing.
fn parse_metar_temperature(metar: &str) -> Option<(i32, Option<i32>)> {
    metar.split_ascii_whitespace().find_map(|group| {
        let (temp, dew_pt) = group.trim_end_matches('=').split_once('/')?;
        let dew_pt = if dew_pt.is_empty() { None } else { Some(parse_degrees(dew_pt)?) };
        Some((parse_degrees(temp)?, dew_pt))
    })
}

/// Parses two digits, with `M` for minus.
fn parse_degrees(text: &str) -> Option<i32> {
    let (sign, digits) = text.strip_prefix('M').map_or((1, text), |rest| (-1, rest));
    match digits.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => {
            Some(sign * (i32::from(a - b'0') * 10 + i32::from(b - b'0')))
        }
        _ => None,
    }
}

fn infer_from_values(weather: &Weather) -> Option<Unit> {
    let max = weather.temp.max(weather.dew_pt)?;
    (max > MAX_CELSIUS).then_some(Unit::Fahrenheit)
}

fn infer_from_origin(weather: &Weather) -> Option<Unit> {
    if weather.ev_id.is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit())) {
        return Some(Unit::Fahrenheit);
    }
    if weather.country.is_some_and(|c| c != "USA") {
        return Some(Unit::Celsius);
    }
    let part = weather.far_part.map(str::trim).filter(|p| !matches!(*p, "" | "UNK"))?;
    let is_celsius = CELSIUS_PARTS.contains(&part);
    Some(if is_celsius { Unit::Celsius } else { Unit::Fahrenheit })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Option<&str> = Some("20100101X00001");

    #[test]
    fn infers_the_unit_from_each_source() {
        let row = Weather { ev_id: OLD, country: Some("USA"), ..Weather::default() };
        let far = |part| Weather { far_part: Some(part), temp: Some(20), ..row };
        let metar = |temp, metar| Weather { temp: Some(temp), metar: Some(metar), ..row };
        for (weather, expected) in [
            (metar(12, "KXYZ 011253Z 12/M03 A3010"), Some(Unit::Celsius)),
            (metar(54, "KXYZ 011253Z 2 1/2SM 12/M03="), Some(Unit::Fahrenheit)),
            (metar(9, "KXYZ 011253Z M13/"), Some(Unit::Fahrenheit)),
            (metar(-40, "KXYZ M40/M45"), None),
            (metar(30, "AUTO 12/3 A/B é/é"), None),
            (far("091"), Some(Unit::Fahrenheit)),
            (far("121"), Some(Unit::Celsius)),
            (Weather { temp: Some(51), ..far("121") }, Some(Unit::Fahrenheit)),
            (Weather { country: Some("FR"), ..far("091") }, Some(Unit::Celsius)),
            (Weather { ev_id: Some("20240101000001"), ..far("121") }, Some(Unit::Fahrenheit)),
            (Weather { temp: Some(20), ..row }, None),
            (far("UNK"), None),
        ] {
            assert_eq!(infer_unit(&weather), expected, "{weather:?}");
        }
    }

    #[test]
    fn converts_to_celsius() {
        assert_eq!(Unit::Celsius.to_celsius(-7), -7.0);
        assert_eq!(Unit::Fahrenheit.to_celsius(32), 0.0);
        assert_eq!(Unit::Fahrenheit.to_celsius(70), 21.1);
        assert_eq!(Unit::Fahrenheit.to_celsius(-40), -40.0);
    }
}
