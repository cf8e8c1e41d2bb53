//! DBSCAN (Ester, Kriegel, Sander & Xu 1996), exactly, on the sphere.
//!
//! A point with at least `min_points` points within `eps_km`, itself included, is a core. Cores within
//! `eps_km` of each other are of one cluster; another point within `eps_km` of a core is its border.
//! Clusters are numbered in the order of their first cores, and a border point that several reach
//! belongs to the lowest of them, which is what going through the points in order comes to, as
//! scikit-learn does.
//!
//! All points of a cube are within `eps_km` of each other: one with enough points needs no
//! distances to be full of cores, and two cubes are of one cluster as soon as one pair is found. So
//! the time follows the number of points, not that of pairs, however dense they lie (Gunawan 2013;
//! Gan & Tao 2015).

use super::cells::Cells;
use super::place::{Place, Within};
use super::{HALF_ROUND_KM, SpatialError};

const NOISE: u32 = u32::MAX;

/// How many cubes are worked on between two calls of `poll`.
const STRIDE: u32 = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    labels: Vec<u32>,
    core: Vec<bool>,
    pub count: u32,
}

impl Clusters {
    /// The cluster of a point; `None` for noise.
    pub fn label(&self, point: usize) -> Option<u32> {
        self.labels.get(point).copied().filter(|label| *label != NOISE)
    }

    pub fn is_core(&self, point: usize) -> bool {
        self.core.get(point).copied().unwrap_or(false)
    }
}

pub fn dbscan(
    places: &[Place],
    eps_km: f64,
    min_points: i64,
    poll: &mut dyn FnMut(),
) -> Result<Clusters, SpatialError> {
    if !(1e-5..=HALF_ROUND_KM).contains(&eps_km) {
        return Err(SpatialError::Eps(eps_km));
    }
    let enough = usize::try_from(min_points).ok().filter(|n| *n > 0);
    let enough = enough.ok_or(SpatialError::MinPoints(min_points))?;
    let cells = Cells::new(places, eps_km);
    poll();
    let mut search = Search {
        places,
        within: Within::new(eps_km),
        core: vec![false; places.len()],
        parent: (0..cells.len() as u32).collect(),
        cells,
    };
    search.find_cores(enough, poll);
    search.join(poll);
    Ok(search.label(poll))
}

struct Search<'p> {
    places: &'p [Place],
    within: Within,
    cells: Cells,
    /// By slot.
    core: Vec<bool>,
    /// By cube: a tree for each cluster, whose root is its lowest cube.
    parent: Vec<u32>,
}

impl Search<'_> {
    fn find_cores(&mut self, enough: usize, poll: &mut dyn FnMut()) {
        let mut core = std::mem::take(&mut self.core);
        let is_full = |cell| self.cells.slots(cell).len() >= enough;
        (0..self.cells.len() as u32)
            .filter(|cell| is_full(*cell))
            .for_each(|cell| core[self.cells.slots(cell)].fill(true));
        let mut seen = 0;
        self.cells.each(
            |cell| !is_full(cell),
            |cell, about| {
                pause(&mut seen, poll);
                let slots = self.cells.slots(cell);
                for slot in slots.clone() {
                    core[slot] = self.has_enough(slot, slots.len(), about, enough);
                }
            },
        );
        self.core = core;
    }

    fn has_enough(&self, slot: usize, mut found: usize, about: &[u32], enough: usize) -> bool {
        for other in self.near(slot, about) {
            for candidate in self.cells.slots(other) {
                found += usize::from(self.are_within(slot, candidate));
                if found >= enough {
                    return true;
                }
            }
        }
        false
    }

    /// Those of the cubes that may hold points within the distance of one.
    fn near(&self, slot: usize, about: &[u32]) -> impl Iterator<Item = u32> {
        let spot = self.cells.spots[slot];
        let beyond = self.within.beyond();
        about.iter().copied().filter(move |other| !self.cells.is_beyond(*other, &spot, beyond))
    }

    #[inline]
    fn are_within(&self, a: usize, b: usize) -> bool {
        let chord2 = self.cells.spots[a].chord2(&self.cells.spots[b]);
        let place = |slot: usize| self.places[self.cells.order[slot] as usize];
        self.within.holds(chord2, || (place(a), place(b)))
    }

    fn join(&mut self, poll: &mut dyn FnMut()) {
        let mut parent = std::mem::take(&mut self.parent);
        let has_cores = |cell| self.cells.slots(cell).any(|slot| self.core[slot]);
        let mut seen = 0;
        self.cells.each(has_cores, |cell, about| {
            pause(&mut seen, poll);
            for other in about.iter().copied().filter(|other| *other < cell) {
                let (a, b) = (root(&mut parent, cell), root(&mut parent, other));
                if a != b && self.touch(cell, other) {
                    parent[a.max(b) as usize] = a.min(b);
                }
            }
        });
        self.parent = parent;
    }

    /// Whether a core of one cube is within the distance of a core of the other.
    fn touch(&self, cell: u32, other: u32) -> bool {
        let cores = |cell| self.cells.slots(cell).filter(|slot| self.core[*slot]);
        let beyond = self.within.beyond();
        cores(cell)
            .filter(|slot| !self.cells.is_beyond(other, &self.cells.spots[*slot], beyond))
            .any(|slot| cores(other).any(|candidate| self.are_within(slot, candidate)))
    }

    fn label(mut self, poll: &mut dyn FnMut()) -> Clusters {
        let (number, count) = self.number_clusters();
        let mut labels = vec![NOISE; self.places.len()];
        let mut core = vec![false; self.places.len()];
        for cell in 0..self.cells.len() as u32 {
            for slot in self.cells.slots(cell).filter(|slot| self.core[*slot]) {
                let point = self.cells.order[slot] as usize;
                (labels[point], core[point]) = (number[cell as usize], true);
            }
        }
        let has_others = |cell| self.cells.slots(cell).any(|slot| !self.core[slot]);
        let mut seen = 0;
        self.cells.each(has_others, |cell, about| {
            pause(&mut seen, poll);
            for slot in self.cells.slots(cell).filter(|slot| !self.core[*slot]) {
                let label = self.lowest_reaching(slot, cell, about, &number);
                labels[self.cells.order[slot] as usize] = label;
            }
        });
        Clusters { labels, core, count }
    }

    /// The number of each cube's cluster, and how many there are.
    fn number_clusters(&mut self) -> (Vec<u32>, u32) {
        let mut first = vec![NOISE; self.cells.len()];
        for cell in 0..self.cells.len() as u32 {
            let root = root(&mut self.parent, cell) as usize;
            let cores = self.cells.slots(cell).filter(|slot| self.core[*slot]);
            let least = cores.map(|slot| self.cells.order[slot]).min().unwrap_or(NOISE);
            first[root] = first[root].min(least);
        }
        let mut roots: Vec<u32> =
            (0..first.len() as u32).filter(|cell| first[*cell as usize] != NOISE).collect();
        roots.sort_unstable_by_key(|root| first[*root as usize]);
        let mut number = first;
        number.fill(NOISE);
        for (label, root) in (0..).zip(&roots) {
            number[*root as usize] = label;
        }
        for cell in 0..number.len() {
            number[cell] = number[root(&mut self.parent, cell as u32) as usize];
        }
        (number, roots.len() as u32)
    }

    /// The lowest cluster with a core within the distance of a point that is none.
    fn lowest_reaching(&self, slot: usize, cell: u32, about: &[u32], number: &[u32]) -> u32 {
        let mut best = NOISE;
        for other in std::iter::once(cell).chain(self.near(slot, about)) {
            let label = number[other as usize];
            if label < best
                && self.cells.slots(other).any(|s| self.core[s] && self.are_within(slot, s))
            {
                best = label;
            }
        }
        best
    }
}

fn pause(seen: &mut u32, poll: &mut dyn FnMut()) {
    if seen.is_multiple_of(STRIDE) {
        poll();
    }
    *seen = seen.wrapping_add(1);
}

fn root(parent: &mut [u32], mut cell: u32) -> u32 {
    while parent[cell as usize] != cell {
        let above = parent[parent[cell as usize] as usize];
        parent[cell as usize] = above;
        cell = above;
    }
    cell
}
