//! Which points are neighbours of which.

use super::place::Place;
use super::tree::{Nearest, Tree};
use super::{MOST_NEIGHBOURS, SpatialError};

/// How many points are worked on between two calls of `poll`.
pub const STRIDE: usize = 4096;

/// The neighbours of each point, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    starts: Vec<u32>,
    ids: Vec<u32>,
    /// All points, in an order in which neighbours are close to each other.
    pub order: Vec<u32>,
}

/// What the weights sum up to: S0, S1 and S2 of Cliff & Ord (1981).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    pub s0: f64,
    pub s1: f64,
    pub s2: f64,
}

/// Two points of which one at least is a neighbour of the other, and both weights together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub a: u32,
    pub b: u32,
    pub weight: f64,
}

impl Neighbours {
    /// The `wanted` nearest points of each, fewer where there are no more. Never the point itself;
    /// of points equally far away those that come first in the list.
    pub fn nearest(
        places: &[Place],
        wanted: i64,
        poll: &mut dyn FnMut(),
    ) -> Result<Neighbours, SpatialError> {
        let most = usize::try_from(wanted).ok().filter(|k| (1..=MOST_NEIGHBOURS).contains(k));
        let most = most.ok_or(SpatialError::Neighbours(wanted))?.min(places.len().max(1) - 1);
        let tree = Tree::new(places, poll);
        let mut ids = vec![0; places.len() * most];
        let mut nearest = Nearest::new(most);
        for slot in 0..if most > 0 { places.len() } else { 0 } {
            if slot.is_multiple_of(STRIDE) {
                poll();
            }
            tree.nearest(slot, &mut nearest);
            let from = tree.order[slot] as usize * most;
            for (id, (_, found)) in ids[from..from + most].iter_mut().zip(&nearest.found) {
                *id = *found;
            }
        }
        let starts = (0..=places.len()).map(|at| (at * most) as u32).collect();
        Ok(Neighbours { starts, ids, order: tree.order })
    }

    /// Neighbours as they are listed, one list a point; numbers beyond the points are left out.
    pub fn listed(lists: Vec<Vec<u32>>) -> Neighbours {
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

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn of(&self, point: usize) -> &[u32] {
        match (self.starts.get(point), self.starts.get(point + 1)) {
            (Some(from), Some(to)) => &self.ids[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// The sum of a value over the neighbours of a point.
    pub fn sum(&self, point: usize, values: &[f64]) -> f64 {
        self.of(point).iter().map(|id| values[*id as usize]).sum()
    }

    /// The weight of each neighbour of a point: they share one equally.
    fn weight(&self, point: usize) -> f64 {
        1.0 / self.of(point).len().max(1) as f64
    }

    /// Each pair of neighbours once, with both its weights, in the order of the points.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(self.ids.len());
        for (a, point) in (0..).zip(0..self.len()) {
            for b in self.of(point).iter().copied() {
                let back = self.of(b as usize).contains(&a);
                let weight = self.weight(point) + if back { self.weight(b as usize) } else { 0.0 };
                if !back || a < b {
                    edges.push(Edge { a, b, weight });
                }
            }
        }
        edges
    }

    pub fn moments(&self, edges: &[Edge]) -> Moments {
        // What a point gives, one unless it has no neighbours, and what it is given.
        let gives = |point| f64::from(u8::from(!self.of(point).is_empty()));
        let mut both: Vec<f64> = (0..self.len()).map(gives).collect();
        let s0 = both.iter().sum();
        for point in 0..self.len() {
            for id in self.of(point) {
                both[*id as usize] += self.weight(point);
            }
        }
        Moments {
            s0,
            s1: edges.iter().map(|e| e.weight * e.weight).sum(),
            s2: both.iter().map(|w| w * w).sum(),
        }
    }
}
