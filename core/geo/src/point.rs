//! Points on the sphere.

/// Mean radius of the Earth (IUGG), in kilometres.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// A point on the sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Latitude in degrees north.
    pub lat: f64,
    /// Longitude in degrees east.
    pub lon: f64,
}

impl Point {
    /// Returns `None` if a coordinate is NaN, infinite or out of range.
    pub fn new(lat: f64, lon: f64) -> Option<Point> {
        let is_valid = (-90.0..=90.0).contains(&lat) && (-540.0..=540.0).contains(&lon);
        is_valid.then_some(Point { lat, lon })
    }

    pub(crate) fn unit_vector(&self) -> UnitVector {
        let (lat, lon) = (self.lat.to_radians(), self.lon.to_radians());
        UnitVector([lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()])
    }
}

/// A unit vector from the centre of the Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitVector(pub [f64; 3]);

impl UnitVector {
    /// The square of the chord, in radii.
    #[inline]
    pub fn squared_chord(&self, other: &UnitVector) -> f64 {
        let [a, b, c] = self.0;
        let [x, y, z] = other.0;
        (a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)
    }
}

/// The haversine of the angle between two points: the square of half the chord.
pub fn haversine(a: &Point, b: &Point) -> f64 {
    let (lat, other) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = (0.5 * (lat - other)).sin();
    let half_lon = (0.5 * (a.lon.to_radians() - b.lon.to_radians())).sin();
    half_lat * half_lat + lat.cos() * other.cos() * half_lon * half_lon
}

/// The great-circle distance in kilometres.
pub fn haversine_km(a: &Point, b: &Point) -> f64 {
    2.0 * EARTH_RADIUS_KM * haversine(a, b).sqrt().min(1.0).asin()
}

/// The great-circle distance in kilometres for the square of a chord.
pub fn squared_chord_to_km(squared_chord: f64) -> f64 {
    2.0 * EARTH_RADIUS_KM * (0.5 * squared_chord.sqrt()).min(1.0).asin()
}

/// The chord, in radii, for a great-circle distance of at most half the circumference.
pub fn km_to_chord(km: f64) -> f64 {
    2.0 * (0.5 * km / EARTH_RADIUS_KM).sin()
}

/// Tests whether two points are within a distance, with exactly the result of the haversine formula.
///
/// The chord decides, except close to the limit. There its rounding could differ from that of the
/// haversine formula, which other implementations use.
#[derive(Debug, Clone, Copy)]
pub struct DistanceTest {
    /// Points with a smaller squared chord are within.
    min_uncertain: f64,
    /// Points with a larger squared chord are not.
    max_uncertain: f64,
    max_haversine: f64,
}

impl DistanceTest {
    pub fn new(km: f64) -> DistanceTest {
        let half = (0.5 * (km / EARTH_RADIUS_KM)).sin();
        let squared_chord = 4.0 * half * half;
        let rounding = squared_chord.sqrt() * 4e-15 + squared_chord * 1e-14;
        DistanceTest {
            min_uncertain: squared_chord - rounding,
            max_uncertain: squared_chord + rounding,
            max_haversine: half * half,
        }
    }

    #[inline]
    pub fn is_within(&self, squared_chord: f64, points: impl FnOnce() -> (Point, Point)) -> bool {
        if squared_chord < self.min_uncertain {
            return true;
        }
        if squared_chord > self.max_uncertain {
            return false;
        }
        let (a, b) = points();
        haversine(&a, &b) <= self.max_haversine
    }

    /// Points with a larger squared chord are never within the distance.
    pub fn max_squared_chord(&self) -> f64 {
        self.max_uncertain
    }
}
