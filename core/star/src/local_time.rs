//! Time zones, the elevation of the sun, and daylight at a location.

use std::sync::OnceLock;

use solar_positioning::time::JulianDate;
use solar_positioning::{Location, SolarPositions};
use tzf_rs::DefaultFinder;

/// The elevation of the sun at sunset, in degrees: its radius and the refraction at the horizon.
pub const SUNSET_DEGREES: f64 = -0.833;
/// The elevation of the sun at the end of civil twilight, in degrees. Below it is night (14 CFR 1.1).
pub const CIVIL_DUSK_DEGREES: f64 = -6.0;

/// The IANA name of the time zone at a location in degrees (WGS 84). Nautical zones at sea
/// (Etc/GMT+10). `None` if the coordinates are invalid. Uses the simplified boundaries of
/// timezone-boundary-builder. The first call of a process takes 0.2 s and 32 MB.
pub fn find_time_zone(lat: f64, lon: f64) -> Option<&'static str> {
    static FINDER: OnceLock<DefaultFinder> = OnceLock::new();
    if !is_valid_location(lat, lon) {
        return None;
    }
    Some(FINDER.get_or_init(DefaultFinder::new).get_tz_name(lon, lat))
        .filter(|name| !name.is_empty())
}

/// The elevation of the sun's centre above the horizon in degrees, without refraction (NREL's Solar
/// Position Algorithm, Reda and Andreas 2003). `seconds` is seconds since 1970-01-01 00:00 UTC. `None`
/// outside of the years 1900 to 2199 and if the coordinates are invalid.
pub fn sun_elevation(seconds: f64, lat: f64, lon: f64) -> Option<f64> {
    // The difference between dynamical and universal time moves the sun by less than 0.02 degrees
    // between 1900 and 2200, so one value is enough.
    const DELTA_T: f64 = 65.0;
    const JULIAN_1970: f64 = 2_440_587.5;
    let in_range = (-2_208_988_800.0..=7_258_118_400.0).contains(&seconds);
    if !is_valid_location(lat, lon) || !in_range {
        return None;
    }
    let time = JulianDate::new(JULIAN_1970 + seconds / 86_400.0, DELTA_T).ok()?;
    let location = Location { latitude: lat, longitude: lon };
    let position = SolarPositions::new().at_from_julian(time, location, 0.0, None).ok()?;
    Some(position.elevation_angle())
}

/// Returns Day, Civil twilight or Night for an elevation of the sun in degrees.
pub fn classify_daylight(elevation: f64) -> &'static str {
    if elevation >= SUNSET_DEGREES {
        "Day"
    } else if elevation >= CIVIL_DUSK_DEGREES {
        "Civil twilight"
    } else {
        "Night"
    }
}

fn is_valid_location(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_time_zones() {
        for (lat, lon, zone) in [
            (61.2, -149.9, "America/Anchorage"),
            (40.0, -75.0, "America/New_York"),
            (37.5, -86.2, "America/Chicago"),
            (52.7, 174.1, "America/Adak"),
            (21.3, -157.9, "Pacific/Honolulu"),
            (10.0, -150.0, "Etc/GMT+10"),
        ] {
            assert_eq!(find_time_zone(lat, lon), Some(zone), "{lat} {lon}");
        }
        for (lat, lon) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(find_time_zone(lat, lon), None);
        }
    }

    /// The reference values are from Python's astral 3.2, which uses another algorithm (Meeus).
    #[test]
    fn sun_elevations_agree_with_astral() {
        for (seconds, lat, lon, degrees) in [
            (1_710_931_500.0, 38.9, -77.03, -5.833), // 2024-03-20 10:45
            (1_710_954_000.0, 38.9, -77.03, 51.170),
            (1_710_976_800.0, 38.9, -77.03, -0.711),
            (394_660_800.0, 61.2, -149.9, 46.130), // 1982-07-04 20:00
            (1_576_897_200.0, -33.9, 151.2, 71.990), // 2019-12-21 03:00
            (-157_744_800.0, 47.6, -122.3, -53.922), // 1965-01-01 06:00
        ] {
            let found = sun_elevation(seconds, lat, lon).unwrap_or(f64::NAN);
            assert!((found - degrees).abs() < 0.02, "{seconds} {lat} {lon}: {found} {degrees}");
        }
        assert_eq!(sun_elevation(f64::NAN, 0.0, 0.0), None);
        assert_eq!(sun_elevation(0.0, 99.0, 0.0), None);
    }

    #[test]
    fn classifies_day_twilight_and_night() {
        assert_eq!(classify_daylight(51.2), "Day");
        assert_eq!(classify_daylight(-0.8), "Day");
        assert_eq!(classify_daylight(-5.8), "Civil twilight");
        assert_eq!(classify_daylight(-6.1), "Night");
    }
}
