//! Points on the sphere.

/// Mean radius of the Earth (IUGG), in kilometres.
pub const EARTH_KM: f64 = 6_371.008_8;

/// A point in degrees north and east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub lat: f64,
    pub lon: f64,
}

impl Place {
    /// `None` for what is no place on Earth: NaN, infinity, a latitude beyond a pole.
    pub fn new(lat: f64, lon: f64) -> Option<Place> {
        let fits = (-90.0..=90.0).contains(&lat) && (-540.0..=540.0).contains(&lon);
        fits.then_some(Place { lat, lon })
    }

    /// The point as a unit vector.
    pub fn spot(&self) -> Spot {
        let (lat, lon) = (self.lat.to_radians(), self.lon.to_radians());
        Spot([lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()])
    }
}

/// A unit vector from the centre of the Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot(pub [f64; 3]);

impl Spot {
    /// The square of the straight distance, in radii.
    #[inline]
    pub fn chord2(&self, other: &Spot) -> f64 {
        let [a, b, c] = self.0;
        let [x, y, z] = other.0;
        (a - x) * (a - x) + (b - y) * (b - y) + (c - z) * (c - z)
    }
}

/// The haversine of the angle between two points: the square of half the chord.
pub fn haversine(a: &Place, b: &Place) -> f64 {
    let (lat, other) = (a.lat.to_radians(), b.lat.to_radians());
    let up = (0.5 * (lat - other)).sin();
    let across = (0.5 * (a.lon.to_radians() - b.lon.to_radians())).sin();
    up * up + lat.cos() * other.cos() * across * across
}

/// The great-circle distance in kilometres.
pub fn haversine_km(a: &Place, b: &Place) -> f64 {
    2.0 * EARTH_KM * haversine(a, b).sqrt().min(1.0).asin()
}

/// Kilometres along the great circle for the square of a chord.
pub fn km_of_chord2(chord2: f64) -> f64 {
    2.0 * EARTH_KM * (0.5 * chord2.sqrt()).min(1.0).asin()
}

/// The chord, in radii, of a great-circle distance in kilometres of at most half way round.
pub fn chord_of_km(km: f64) -> f64 {
    2.0 * (0.5 * km / EARTH_KM).sin()
}

/// Whether two points are within a distance, exactly as the haversine formula says.
///
/// The chord answers but for a hair's breadth about the limit, where rounding could tell it from the
/// formula that others use.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    surely: f64,
    surely_not: f64,
    limit: f64,
}

impl Within {
    pub fn new(km: f64) -> Within {
        let half = (0.5 * (km / EARTH_KM)).sin();
        let chord2 = 4.0 * half * half;
        let hair = chord2.sqrt() * 4e-15 + chord2 * 1e-14;
        Within { surely: chord2 - hair, surely_not: chord2 + hair, limit: half * half }
    }

    #[inline]
    pub fn holds(&self, chord2: f64, points: impl FnOnce() -> (Place, Place)) -> bool {
        if chord2 < self.surely {
            return true;
        }
        if chord2 > self.surely_not {
            return false;
        }
        let (a, b) = points();
        haversine(&a, &b) <= self.limit
    }

    /// Beyond this square of a chord nothing is within.
    pub fn beyond(&self) -> f64 {
        self.surely_not
    }
}
