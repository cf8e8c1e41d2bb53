//! Points in cubes that are so small that all points of a cube are within a distance of each other.
//!
//! The cubes partition the space around the sphere. Points within the distance of a cube's points are at
//! most two cubes away in each direction. The cubes are visited in order of their keys. Each of the 25
//! columns of cubes around the current one has a cursor that only moves forward, so no search is needed
//! to find nearby cubes.

use super::point::{Point, UnitVector, km_to_chord};

/// The maximum distance, in cubes per direction, of points within the distance.
const REACH: u32 = 2;
/// Keeps the coordinates of cubes positive up to `REACH` cubes outside the sphere.
const BIAS: u32 = 4;

#[derive(Debug)]
pub struct Cubes {
    side: f64,
    keys: Vec<u128>,
    /// The first slot of each cube, and the number of slots.
    starts: Vec<u32>,
    /// The index of the point in each slot.
    pub order: Vec<u32>,
    /// The unit vector of the point in each slot.
    pub vectors: Vec<UnitVector>,
}

impl Cubes {
    pub fn new(points: &[Point], km: f64) -> Cubes {
        // Smaller by a millionth than the diagonal allows, so that rounding cannot make it too long.
        let side = km_to_chord(km) * (1.0 - 1e-6) / 3f64.sqrt();
        let mut sorted: Vec<(u128, u32)> =
            (0..).zip(points).map(|(i, point)| (key(&point.unit_vector(), side), i)).collect();
        sorted.sort_unstable();
        let (mut keys, mut starts) = (Vec::new(), Vec::new());
        for (slot, (key, _)) in (0..).zip(&sorted) {
            if keys.last() != Some(key) {
                keys.push(*key);
                starts.push(slot);
            }
        }
        starts.push(sorted.len() as u32);
        let order: Vec<u32> = sorted.into_iter().map(|(_, i)| i).collect();
        let vectors = order.iter().map(|i| points[*i as usize].unit_vector()).collect();
        Cubes { side, keys, starts, order, vectors }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The slots of a cube.
    #[inline]
    pub fn slots(&self, cube: u32) -> std::ops::Range<usize> {
        let cube = cube as usize;
        self.starts[cube] as usize..self.starts[cube + 1] as usize
    }

    /// Calls `visit(cube, nearby_cubes)` in order for each selected cube. Nearer columns come first in
    /// `nearby_cubes`.
    pub fn visit(&self, is_selected: impl Fn(u32) -> bool, mut visit: impl FnMut(u32, &[u32])) {
        let columns = columns();
        let mut cursors = [0usize; 25];
        let mut nearby = Vec::new();
        for (cube, key) in (0..).zip(&self.keys).filter(|(cube, _)| is_selected(*cube)) {
            nearby.clear();
            for (cursor, column) in cursors.iter_mut().zip(&columns) {
                let (first, last) = (key + column.first - BASE, key + column.last - BASE);
                while self.keys.get(*cursor).is_some_and(|k| *k < first) {
                    *cursor += 1;
                }
                let count = self.keys[*cursor..].iter().take_while(|k| **k <= last).count();
                nearby.extend((*cursor as u32..).take(count).filter(|other| *other != cube));
            }
            visit(cube, &nearby);
        }
    }

    /// True if the whole cube is further from a point than a squared chord.
    #[inline]
    pub fn is_beyond(&self, cube: u32, vector: &UnitVector, squared_chord: f64) -> bool {
        let key = self.keys[cube as usize];
        let mut sum = 0.0;
        for (axis, coordinate) in vector.0.iter().enumerate() {
            let number = (key >> (64 - 32 * axis)) as u32;
            let low = f64::from(number - BIAS) * self.side - 1.0;
            let gap = (low - coordinate).max(coordinate - low - self.side).max(0.0);
            sum += gap * gap;
        }
        // A tolerance, because the edge of a cube is less exact than a distance.
        sum > squared_chord * (1.0 + 1e-9) + 1e-15
    }
}

fn key(vector: &UnitVector, side: f64) -> u128 {
    vector.0.iter().fold(0, |key, coordinate| {
        let number = ((coordinate + 1.0) / side) as u32;
        key << 32 | u128::from(number + BIAS)
    })
}

/// A range of keys.
struct Column {
    first: u128,
    last: u128,
}

/// The key offset of `REACH` cubes down in each direction.
const BASE: u128 = ((REACH as u128) << 64) + ((REACH as u128) << 32) + REACH as u128;

/// The columns around a cube, the nearest first. Their keys are added to the key of the cube minus
/// [`BASE`].
fn columns() -> Vec<Column> {
    let mut all: Vec<(i64, u128)> = Vec::new();
    for x in 0..=i64::from(2 * REACH) {
        for y in 0..=i64::from(2 * REACH) {
            let (dx, dy) = (x - i64::from(REACH), y - i64::from(REACH));
            all.push((dx * dx + dy * dy, ((x as u128) << 64) + ((y as u128) << 32)));
        }
    }
    all.sort_unstable();
    let column = |(_, first): (i64, u128)| Column { first, last: first + u128::from(2 * REACH) };
    all.into_iter().map(column).collect()
}
