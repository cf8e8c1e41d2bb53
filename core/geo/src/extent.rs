//! How far a cluster extends.

use super::place::{Place, Spot, km_of_chord2};

/// The middle of some points, and how far away the furthest is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    pub centre: Place,
    pub radius_km: f64,
}

/// The direction of the sum of the points as vectors from the centre of the Earth; `None` for no
/// points, or points that cancel out.
pub fn extent(places: &[Place]) -> Option<Extent> {
    let mut sum = [0.0; 3];
    for place in places {
        for (total, part) in sum.iter_mut().zip(place.spot().0) {
            *total += part;
        }
    }
    let length = sum.iter().map(|part| part * part).sum::<f64>().sqrt();
    if length < 1e-9 * places.len() as f64 || places.is_empty() {
        return None;
    }
    let middle = Spot(sum.map(|part| part / length));
    let [x, y, z] = middle.0;
    let centre =
        Place { lat: z.clamp(-1.0, 1.0).asin().to_degrees(), lon: y.atan2(x).to_degrees() };
    let furthest = places.iter().map(|p| p.spot().chord2(&middle)).fold(0.0, f64::max);
    Some(Extent { centre, radius_km: km_of_chord2(furthest) })
}
