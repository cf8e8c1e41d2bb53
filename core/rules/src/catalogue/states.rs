//! Bounding boxes of the US states, precise enough to notice coordinates in the wrong state.

/// State, then its southern, northern, western and eastern bound in degrees. Alaska extends beyond
/// 180° (see [`ALEUTIANS_LON`]).
#[rustfmt::skip]
const BOUNDS: &[(&str, f64, f64, f64, f64)] = &[
    ("AK", 51.2, 71.5, -180.0, -129.9), ("AL", 30.1, 35.1, -88.5, -84.8), ("AR", 33.0, 36.5, -94.7, -89.6),
    ("AZ", 31.3, 37.1, -114.9, -109.0), ("CA", 32.5, 42.1, -124.5, -114.1), ("CO", 36.9, 41.1, -109.1, -102.0),
    ("CT", 40.9, 42.1, -73.8, -71.7), ("DC", 38.7, 39.0, -77.2, -76.9), ("DE", 38.4, 39.9, -75.8, -75.0),
    ("FL", 24.3, 31.1, -87.7, -79.9), ("GA", 30.3, 35.1, -85.7, -80.8), ("HI", 18.8, 28.5, -178.5, -154.7),
    ("IA", 40.3, 43.6, -96.7, -90.1), ("ID", 41.9, 49.1, -117.3, -111.0), ("IL", 36.9, 42.6, -91.6, -87.0),
    ("IN", 37.7, 41.8, -88.1, -84.7), ("KS", 36.9, 40.1, -102.1, -94.5), ("KY", 36.4, 39.2, -89.6, -81.9),
    ("LA", 28.9, 33.1, -94.1, -88.7), ("MA", 41.2, 42.9, -73.6, -69.9), ("MD", 37.8, 39.8, -79.5, -75.0),
    ("ME", 42.9, 47.5, -71.1, -66.9), ("MI", 41.6, 48.4, -90.5, -82.3), ("MN", 43.4, 49.4, -97.3, -89.4),
    ("MO", 35.9, 40.7, -95.8, -89.0), ("MS", 30.1, 35.1, -91.7, -88.0), ("MT", 44.3, 49.1, -116.1, -104.0),
    ("NC", 33.8, 36.6, -84.4, -75.4), ("ND", 45.9, 49.1, -104.1, -96.5), ("NE", 39.9, 43.1, -104.1, -95.3),
    ("NH", 42.6, 45.4, -72.6, -70.6), ("NJ", 38.8, 41.4, -75.6, -73.8), ("NM", 31.3, 37.1, -109.1, -103.0),
    ("NV", 35.0, 42.1, -120.1, -114.0), ("NY", 40.4, 45.1, -79.8, -71.8), ("OH", 38.3, 42.4, -84.9, -80.5),
    ("OK", 33.6, 37.1, -103.1, -94.4), ("OR", 41.9, 46.4, -124.7, -116.4), ("PA", 39.7, 42.6, -80.6, -74.6),
    ("PR", 17.8, 18.6, -68.0, -65.2), ("RI", 41.1, 42.1, -71.9, -71.1), ("SC", 32.0, 35.3, -83.4, -78.5),
    ("SD", 42.4, 46.0, -104.1, -96.4), ("TN", 34.9, 36.7, -90.4, -81.6), ("TX", 25.8, 36.6, -106.7, -93.5),
    ("UT", 36.9, 42.1, -114.1, -109.0), ("VA", 36.5, 39.5, -83.7, -75.2), ("VT", 42.7, 45.1, -73.5, -71.4),
    ("WA", 45.5, 49.1, -124.9, -116.9), ("WI", 42.4, 47.4, -92.9, -86.2), ("WV", 37.2, 40.7, -82.7, -77.7),
    ("WY", 40.9, 45.1, -111.1, -104.0),
];

/// Longitude of the western end of the Aleutians, in degrees east.
const ALEUTIANS_LON: f64 = 172.0;

/// Whether a point is more than `margin` degrees outside the bounds of a state. Codes without
/// bounds, such as oceans, territories and foreign areas (AO, GM, OF), contain every point.
pub fn is_outside(state: &str, lat: f64, lon: f64, margin: f64) -> bool {
    let Ok(at) = BOUNDS.binary_search_by_key(&state, |b| b.0) else { return false };
    let Some((_, south, north, west, east)) = BOUNDS.get(at) else { return false };
    let is_within = |v: f64, min: f64, max: f64| (min - margin..=max + margin).contains(&v);
    let is_in_aleutians = state == "AK" && lon >= ALEUTIANS_LON - margin;
    !(is_within(lat, *south, *north) && (is_in_aleutians || is_within(lon, *west, *east)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_sorted_and_ordered() {
        assert!(BOUNDS.is_sorted_by_key(|b| b.0));
        assert!(BOUNDS.iter().all(|(_, s, n, w, e)| s < n && w < e));
    }

    #[test]
    fn points_inside_and_outside_a_state() {
        for (state, lat, lon, expected) in [
            ("KS", 38.0, -97.0, false),
            ("KS", 38.0, 97.0, true),
            ("KS", 40.5, -97.0, false),
            ("KS", 41.0, -97.0, true),
            ("AK", 52.7, 174.1, false),
            ("AK", 61.2, -149.9, false),
            ("AK", 61.2, 149.9, true),
            ("OF", 10.0, 10.0, false),
            ("PO", 10.0, 10.0, false),
        ] {
            assert_eq!(is_outside(state, lat, lon, 0.5), expected, "{state} {lat} {lon}");
        }
    }
}
