//! The unit of temperatures, which the file does not say.
//!
//! What was counted on real rows: every row entered since 2020 (its `ev_id` is all digits) is in
//! °F, of airlines and abroad too; before, airline and foreign rows are in °C, others in °F.

/// What a row says of its weather.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather<'r> {
    /// Air temperature and dew point, in the unit that is sought.
    pub temp: Option<i32>,
    pub dew_pt: Option<i32>,
    pub metar: Option<&'r str>,
    pub ev_id: Option<&'r str>,
    pub country: Option<&'r str>,
    pub far_part: Option<&'r str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Celsius,
    Fahrenheit,
}

/// Parts of the regulations under which °C was written: airlines, and foreign flights.
const CELSIUS_PARTS: &[&str] = &["121", "129", "NUSC", "NUSN"];

/// Above it no air was ever measured on the ground in °C.
const HOTTEST_CELSIUS: i32 = 50;

/// How far an observation may be from the event's, being of another hour.
const SAME_WEATHER: f32 = 8.0;

impl Unit {
    pub fn to_celsius(self, value: i32) -> f32 {
        match self {
            Unit::Celsius => value as f32,
            // One decimal: the value was a whole degree, and most were °C once.
            Unit::Fahrenheit => ((value as f32 - 32.0) * 50.0 / 9.0).round() / 10.0 + 0.0,
        }
    }
}

/// The unit of a row's temperatures, by the best evidence that there is.
pub fn unit(weather: &Weather) -> Option<Unit> {
    by_metar(weather).or_else(|| by_size(weather)).or_else(|| by_origin(weather))
}

fn by_metar(weather: &Weather) -> Option<Unit> {
    let (temp, dew_pt) = weather.metar.and_then(observed)?;
    let told = |value: Option<i32>, celsius: Option<i32>| nearer(value? as f32, celsius? as f32);
    told(weather.temp, Some(temp)).or_else(|| told(weather.dew_pt, dew_pt))
}

/// The unit in which a value is clearly the observed one.
fn nearer(value: f32, celsius: f32) -> Option<Unit> {
    let as_celsius = (value - celsius).abs();
    let as_fahrenheit = (value - (celsius * 1.8 + 32.0)).abs();
    if as_celsius <= SAME_WEATHER && as_celsius * 2.0 < as_fahrenheit {
        Some(Unit::Celsius)
    } else if as_fahrenheit <= SAME_WEATHER && as_fahrenheit * 2.0 < as_celsius {
        Some(Unit::Fahrenheit)
    } else {
        None
    }
}

/// The temperature group of a METAR, `12/M03`; the dew point may be missing.
fn observed(metar: &str) -> Option<(i32, Option<i32>)> {
    metar.split_ascii_whitespace().find_map(|group| {
        let (temp, dew_pt) = group.trim_end_matches('=').split_once('/')?;
        let dew_pt = if dew_pt.is_empty() { None } else { Some(degrees(dew_pt)?) };
        Some((degrees(temp)?, dew_pt))
    })
}

/// Two digits, `M` before them for minus.
fn degrees(text: &str) -> Option<i32> {
    let (sign, digits) = text.strip_prefix('M').map_or((1, text), |rest| (-1, rest));
    match digits.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => {
            Some(sign * (i32::from(a - b'0') * 10 + i32::from(b - b'0')))
        }
        _ => None,
    }
}

fn by_size(weather: &Weather) -> Option<Unit> {
    let hottest = weather.temp.max(weather.dew_pt)?;
    (hottest > HOTTEST_CELSIUS).then_some(Unit::Fahrenheit)
}

fn by_origin(weather: &Weather) -> Option<Unit> {
    if weather.ev_id.is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit())) {
        return Some(Unit::Fahrenheit);
    }
    if weather.country.is_some_and(|c| c != "USA") {
        return Some(Unit::Celsius);
    }
    let part = weather.far_part.map(str::trim).filter(|p| !matches!(*p, "" | "UNK"))?;
    let celsius = CELSIUS_PARTS.contains(&part);
    Some(if celsius { Unit::Celsius } else { Unit::Fahrenheit })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Option<&str> = Some("20100101X00001");

    #[test]
    fn the_unit_by_each_kind_of_evidence() {
        let row = Weather { ev_id: OLD, country: Some("USA"), ..Weather::default() };
        let far = |part| Weather { far_part: Some(part), temp: Some(20), ..row };
        let metar = |temp, metar| Weather { temp: Some(temp), metar: Some(metar), ..row };
        for (weather, unit_of) in [
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
            assert_eq!(unit(&weather), unit_of, "{weather:?}");
        }
    }

    #[test]
    fn degrees_become_celsius() {
        assert_eq!(Unit::Celsius.to_celsius(-7), -7.0);
        assert_eq!(Unit::Fahrenheit.to_celsius(32), 0.0);
        assert_eq!(Unit::Fahrenheit.to_celsius(70), 21.1);
        assert_eq!(Unit::Fahrenheit.to_celsius(-40), -40.0);
    }
}
