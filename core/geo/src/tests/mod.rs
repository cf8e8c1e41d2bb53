//! Compares results with reference implementations (tests/golden/geo.py) and with brute force, and
//! checks special cases.

mod association;
mod clusters;
mod density;

use super::Point;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value as Json;

/// Random clustered points, also at the poles and the antimeridian, with duplicates.
pub fn random_points(count: usize, seed: u64) -> Vec<Point> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut below = |n: i32| (rng.next_u32() % n.unsigned_abs()) as i32;
    let mut points: Vec<Point> = Vec::new();
    let centres = [(40, -100), (61, -150), (5, 180), (-5, -180), (90, 0), (-90, 0), (0, 0)];
    while points.len() < count {
        let (lat, lon) = centres[below(7) as usize];
        let mut shift = |reach: i32| f64::from(below(2 * reach + 1) - reach) / 10_000.0;
        let spread = 1 + points.len() as i32 % 3 * 2500;
        let lat: f64 = (f64::from(lat) + shift(spread)).clamp(-90.0, 90.0);
        let wide = if lat.abs() > 89.0 { 1_800_000 } else { spread };
        let lon = f64::from(lon) + shift(wide);
        points.push(Point::new(lat, (lon + 180.0).rem_euclid(360.0) - 180.0).unwrap());
        if points.len().is_multiple_of(5) {
            let duplicate = points[below(points.len() as i32) as usize];
            points.push(duplicate);
        }
    }
    points.truncate(count);
    points
}

/// Points, and for each a binary value and an amount.
pub fn golden_points() -> (Vec<Point>, Vec<f64>, Vec<f64>) {
    let mut all = (Vec::new(), Vec::new(), Vec::new());
    for line in include_str!("../../../../tests/golden/geo_points.tsv").lines() {
        let cells: Vec<f64> = line.split('\t').map(|cell| cell.parse().unwrap()).collect();
        all.0.push(Point::new(cells[0], cells[1]).unwrap());
        all.1.push(cells[2]);
        all.2.push(cells[3]);
    }
    all
}

pub fn golden() -> Json {
    serde_json::from_str(include_str!("../../../../tests/golden/geo_answers.json")).unwrap()
}

pub fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

#[track_caller]
pub fn assert_close(found: f64, expected: f64, what: &str) {
    let tolerance = 1e-9 * expected.abs().max(1e-6);
    assert!((found - expected).abs() <= tolerance, "{what}: got {found}, expected {expected}");
}
