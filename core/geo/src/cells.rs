//! Points sorted into cubes so small that all points of one are within the distance of each other.
//!
//! The cubes are cut out of the space about the sphere. Those that may hold points within the
//! distance of a cube's are at most two steps away in each direction; going through the cubes in
//! order, the 25 columns of cubes about the current one are followed by 25 fingers that only ever
//! move forward, so that finding neighbours takes no search.

use super::place::{Place, Spot, chord_of_km};

/// How far away, in cubes, a point within the distance may be.
const REACH: u32 = 2;
/// Keeps coordinates of cubes positive two steps to either side.
const BIAS: u32 = 4;

#[derive(Debug)]
pub struct Cells {
    side: f64,
    keys: Vec<u128>,
    /// The first slot of each cube, and the number of all slots.
    starts: Vec<u32>,
    /// The point in each slot.
    pub order: Vec<u32>,
    /// Where it is.
    pub spots: Vec<Spot>,
}

impl Cells {
    pub fn new(places: &[Place], km: f64) -> Cells {
        // A millionth less than the diagonal allows, so that rounding never makes it too long.
        let side = chord_of_km(km) * (1.0 - 1e-6) / 3f64.sqrt();
        let mut sorted: Vec<(u128, u32)> =
            (0..).zip(places).map(|(at, place)| (key(&place.spot(), side), at)).collect();
        sorted.sort_unstable();
        let (mut keys, mut starts) = (Vec::new(), Vec::new());
        for (slot, (key, _)) in (0..).zip(&sorted) {
            if keys.last() != Some(key) {
                keys.push(*key);
                starts.push(slot);
            }
        }
        starts.push(sorted.len() as u32);
        let order: Vec<u32> = sorted.into_iter().map(|(_, at)| at).collect();
        let spots = order.iter().map(|at| places[*at as usize].spot()).collect();
        Cells { side, keys, starts, order, spots }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The slots of a cube.
    #[inline]
    pub fn slots(&self, cell: u32) -> std::ops::Range<usize> {
        let cell = cell as usize;
        self.starts[cell] as usize..self.starts[cell + 1] as usize
    }

    /// Calls `visit` in order for each cube that is wanted, with the other cubes about it, the nearer
    /// columns first.
    pub fn each(&self, wanted: impl Fn(u32) -> bool, mut visit: impl FnMut(u32, &[u32])) {
        let columns = columns();
        let mut fingers = [0usize; 25];
        let mut about = Vec::new();
        for (cell, key) in (0..).zip(&self.keys).filter(|(cell, _)| wanted(*cell)) {
            about.clear();
            for (finger, column) in fingers.iter_mut().zip(&columns) {
                let (first, last) = (key + column.first - BASE, key + column.last - BASE);
                while self.keys.get(*finger).is_some_and(|k| *k < first) {
                    *finger += 1;
                }
                let found = self.keys[*finger..].iter().take_while(|k| **k <= last).count();
                about.extend((*finger as u32..).take(found).filter(|other| *other != cell));
            }
            visit(cell, &about);
        }
    }

    /// Whether the cube is further from a point than the root of `chord2`.
    #[inline]
    pub fn is_beyond(&self, cell: u32, spot: &Spot, chord2: f64) -> bool {
        let key = self.keys[cell as usize];
        let mut sum = 0.0;
        for (axis, at) in spot.0.iter().enumerate() {
            let number = (key >> (64 - 32 * axis)) as u32;
            let low = f64::from(number - BIAS) * self.side - 1.0;
            let gap = (low - at).max(at - low - self.side).max(0.0);
            sum += gap * gap;
        }
        // A cube's edge is known less well than a distance.
        sum > chord2 * (1.0 + 1e-9) + 1e-15
    }
}

fn key(spot: &Spot, side: f64) -> u128 {
    spot.0.iter().fold(0, |key, at| {
        let number = ((at + 1.0) / side) as u32;
        key << 32 | u128::from(number + BIAS)
    })
}

struct Column {
    first: u128,
    last: u128,
}

/// Two steps down in each direction.
const BASE: u128 = ((REACH as u128) << 64) + ((REACH as u128) << 32) + REACH as u128;

/// The columns about a cube, to be added to its key less [`BASE`]; the nearest first.
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
