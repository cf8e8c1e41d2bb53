//! Where in the day a moment falls at a place: its time zone, and how high the sun stands.

use std::sync::OnceLock;

use solar_positioning::time::JulianDate;
use solar_positioning::{Location, SolarPositions};
use tzf_rs::DefaultFinder;

/// Below this the sun has set: its radius and the refraction at the horizon, in degrees.
pub const SUNSET: f64 = -0.833;
/// Below this civil twilight is over: by 14 CFR 1.1, night.
pub const CIVIL_DUSK: f64 = -6.0;

/// The IANA name of the time zone of a place, in degrees (WGS 84); nautical zones at sea (Etc/GMT+10). None
/// for what is no place. Boundaries: timezone-boundary-builder, simplified; the first call of a process takes
/// 0.2 s and 32 MB.
pub fn time_zone(lat: f64, lon: f64) -> Option<&'static str> {
    static FINDER: OnceLock<DefaultFinder> = OnceLock::new();
    if !is_place(lat, lon) {
        return None;
    }
    Some(FINDER.get_or_init(DefaultFinder::new).get_tz_name(lon, lat))
        .filter(|name| !name.is_empty())
}

/// Degrees of the sun's centre above the horizon, without refraction (NREL's Solar Position Algorithm, Reda
/// and Andreas 2003), `seconds` after 1970-01-01 00:00 UTC.
pub fn sun_elevation(seconds: f64, lat: f64, lon: f64) -> Option<f64> {
    // From 1900 to 2200, the difference between dynamical and universal time moves the sun by less than
    // 0.02 degrees in these years: one value serves for all.
    const DELTA_T: f64 = 65.0;
    const JULIAN_1970: f64 = 2_440_587.5;
    let in_range = (-2_208_988_800.0..=7_258_118_400.0).contains(&seconds);
    if !is_place(lat, lon) || !in_range {
        return None;
    }
    let time = JulianDate::new(JULIAN_1970 + seconds / 86_400.0, DELTA_T).ok()?;
    let location = Location { latitude: lat, longitude: lon };
    let position = SolarPositions::new().at_from_julian(time, location, 0.0, None).ok()?;
    Some(position.elevation_angle())
}

/// Day, civil twilight or night, by the elevation of the sun in degrees.
pub fn daylight(elevation: f64) -> &'static str {
    if elevation >= SUNSET {
        "Day"
    } else if elevation >= CIVIL_DUSK {
        "Civil twilight"
    } else {
        "Night"
    }
}

fn is_place(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones() {
        for (lat, lon, zone) in [
            (61.2, -149.9, "America/Anchorage"),
            (40.0, -75.0, "America/New_York"),
            (37.5, -86.2, "America/Chicago"),
            (52.7, 174.1, "America/Adak"),
            (21.3, -157.9, "Pacific/Honolulu"),
            (10.0, -150.0, "Etc/GMT+10"),
        ] {
            assert_eq!(time_zone(lat, lon), Some(zone), "{lat} {lon}");
        }
        for (lat, lon) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(time_zone(lat, lon), None);
        }
    }

    /// Reference: Python's astral 3.2, which has another algorithm (Meeus); seconds since 1970.
    #[test]
    fn the_sun_stands_where_another_implementation_has_it() {
        for (seconds, lat, lon, degrees) in [
            (1_710_931_500.0, 38.9, -77.03, -5.833), // 2024-03-20 10:45
            (1_710_954_000.0, 38.9, -77.03, 51.170),
            (1_710_976_800.0, 38.9, -77.03, -0.711),
            (394_660_800.0, 61.2, -149.9, 46.130), // 1982-07-04 20:00
            (1_576_897_200.0, -33.9, 151.2, 71.990), // 2019-12-21 03:00
            (-157_744_800.0, 47.6, -122.3, -53.922), // 1965-01-01 06:00
        ] {
            let ours = sun_elevation(seconds, lat, lon).unwrap_or(f64::NAN);
            assert!((ours - degrees).abs() < 0.02, "{seconds} {lat} {lon}: {ours}, not {degrees}");
        }
        assert_eq!(sun_elevation(f64::NAN, 0.0, 0.0), None);
        assert_eq!(sun_elevation(0.0, 99.0, 0.0), None);
    }

    #[test]
    fn day_twilight_and_night() {
        assert_eq!(daylight(51.2), "Day");
        assert_eq!(daylight(-0.8), "Day");
        assert_eq!(daylight(-5.8), "Civil twilight");
        assert_eq!(daylight(-6.1), "Night");
    }
}
