//! The neighbours of each point, and their weights.

use super::kd_tree::{KdTree, NearestPoints};
use super::point::Point;
use super::{MAX_NEIGHBOURS, SpatialError};

/// The number of points between two calls of `poll`.
pub const POLL_INTERVAL: usize = 4096;

/// The neighbours of each point. Points are identified by their indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    starts: Vec<u32>,
    ids: Vec<u32>,
    /// All points, in an order in which neighbours are close to each other.
    pub(crate) order: Vec<u32>,
}

/// Sums of the weights: S0, S1 and S2 of Cliff & Ord (1981).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightSums {
    pub s0: f64,
    pub s1: f64,
    pub s2: f64,
}

/// Two points of which at least one is a neighbour of the other, with the sum of both weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub a: u32,
    pub b: u32,
    pub weight: f64,
}

impl Neighbours {
    /// Finds the `count` nearest points of each point, or all other points if there are fewer. At equal
    /// distance, points with lower indexes come first.
    pub fn find_nearest(
        points: &[Point],
        count: i64,
        poll: &mut dyn FnMut(),
    ) -> Result<Neighbours, SpatialError> {
        let valid = usize::try_from(count).ok().filter(|k| (1..=MAX_NEIGHBOURS).contains(k));
        let valid = valid.ok_or(SpatialError::Neighbours(count))?;
        let count = valid.min(points.len().max(1) - 1);
        let tree = KdTree::new(points, poll);
        let mut ids = vec![0; points.len() * count];
        let mut nearest = NearestPoints::new(count);
        for slot in 0..if count > 0 { points.len() } else { 0 } {
            if slot.is_multiple_of(POLL_INTERVAL) {
                poll();
            }
            tree.find_nearest(slot, &mut nearest);
            let from = tree.order[slot] as usize * count;
            for (id, (_, found)) in ids[from..from + count].iter_mut().zip(&nearest.found) {
                *id = *found;
            }
        }
        let starts = (0..=points.len()).map(|point| (point * count) as u32).collect();
        Ok(Neighbours { starts, ids, order: tree.order })
    }

    /// Takes one list of neighbours per point. Indexes that are not points are ignored.
    pub fn from_lists(lists: Vec<Vec<u32>>) -> Neighbours {
        let count = lists.len() as u32;
        let (mut starts, mut ids) = (vec![0], Vec::new());
        for list in lists {
            ids.extend(list.into_iter().filter(|id| *id < count));
            starts.push(ids.len() as u32);
        }
        Neighbours { starts, ids, order: (0..count).collect() }
    }

    /// The number of points.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True if there are no points.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The neighbours of a point.
    pub fn get(&self, point: usize) -> &[u32] {
        match (self.starts.get(point), self.starts.get(point + 1)) {
            (Some(from), Some(to)) => &self.ids[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// The sum of the values of the neighbours of a point.
    pub fn sum_values(&self, point: usize, values: &[f64]) -> f64 {
        self.get(point).iter().map(|id| values[*id as usize]).sum()
    }

    /// The weight of each neighbour of a point. They are equal and add up to 1.
    fn weight(&self, point: usize) -> f64 {
        1.0 / self.get(point).len().max(1) as f64
    }

    /// Each pair of neighbours once, with the sum of both weights, in the order of the points.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(self.ids.len());
        for (a, point) in (0..).zip(0..self.len()) {
            for b in self.get(point).iter().copied() {
                let is_mutual = self.get(b as usize).contains(&a);
                let other = if is_mutual { self.weight(b as usize) } else { 0.0 };
                let weight = self.weight(point) + other;
                if !is_mutual || a < b {
                    edges.push(Edge { a, b, weight });
                }
            }
        }
        edges
    }

    pub(crate) fn weight_sums(&self, edges: &[Edge]) -> WeightSums {
        // The row sum of a point is 1, or 0 without neighbours. The column sums are added below.
        let row_sum = |point| f64::from(u8::from(!self.get(point).is_empty()));
        let mut sums: Vec<f64> = (0..self.len()).map(row_sum).collect();
        let s0 = sums.iter().sum();
        for point in 0..self.len() {
            for id in self.get(point) {
                sums[*id as usize] += self.weight(point);
            }
        }
        WeightSums {
            s0,
            s1: edges.iter().map(|e| e.weight * e.weight).sum(),
            s2: sums.iter().map(|w| w * w).sum(),
        }
    }
}
