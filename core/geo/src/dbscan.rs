//! Exact DBSCAN (Ester, Kriegel, Sander & Xu 1996) on the sphere.
//!
//! A point with at least `min_points` points within `eps_km`, including itself, is a core. Cores within
//! `eps_km` of each other belong to the same cluster. Any other point within `eps_km` of a core is a
//! border point. Clusters are numbered in the order of their first cores. A border point that is reached
//! by several clusters belongs to the one with the lowest number. The labels are those of scikit-learn,
//! which processes the points in order.
//!
//! All points of a cube are within `eps_km` of each other. Therefore all points of a cube with at least
//! `min_points` points are cores without computing a distance, and two cubes belong to one cluster as
//! soon as one pair is found. The time depends on the number of points, not of pairs, however dense the
//! points are (Gunawan 2013; Gan & Tao 2015).

use super::cubes::Cubes;
use super::point::{DistanceTest, Point};
use super::{MAX_DISTANCE_KM, SpatialError};

const NOISE: u32 = u32::MAX;

/// The number of cubes between two calls of `poll`.
const POLL_INTERVAL: u32 = 1024;

/// The result of DBSCAN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    labels: Vec<u32>,
    core: Vec<bool>,
    /// The number of clusters.
    pub count: u32,
}

impl Clusters {
    /// The cluster of a point, or `None` for noise.
    pub fn label(&self, point: usize) -> Option<u32> {
        self.labels.get(point).copied().filter(|label| *label != NOISE)
    }

    /// True if the point is a core.
    pub fn is_core(&self, point: usize) -> bool {
        self.core.get(point).copied().unwrap_or(false)
    }
}

/// Clusters points. `eps_km` is the neighbourhood radius in kilometres, `min_points` the minimum number
/// of points within it of a core.
pub fn dbscan(
    points: &[Point],
    eps_km: f64,
    min_points: i64,
    poll: &mut dyn FnMut(),
) -> Result<Clusters, SpatialError> {
    if !(1e-5..=MAX_DISTANCE_KM).contains(&eps_km) {
        return Err(SpatialError::Eps(eps_km));
    }
    let valid = usize::try_from(min_points).ok().filter(|n| *n > 0);
    let min_points = valid.ok_or(SpatialError::MinPoints(min_points))?;
    let cubes = Cubes::new(points, eps_km);
    poll();
    let mut clustering = Clustering {
        points,
        distance: DistanceTest::new(eps_km),
        core: vec![false; points.len()],
        parent: (0..cubes.len() as u32).collect(),
        cubes,
    };
    clustering.find_cores(min_points, poll);
    clustering.join_cubes(poll);
    Ok(clustering.into_clusters(poll))
}

struct Clustering<'p> {
    points: &'p [Point],
    distance: DistanceTest,
    cubes: Cubes,
    /// By slot.
    core: Vec<bool>,
    /// By cube: one tree per cluster, whose root is its lowest cube.
    parent: Vec<u32>,
}

impl Clustering<'_> {
    fn find_cores(&mut self, min_points: usize, poll: &mut dyn FnMut()) {
        let mut core = std::mem::take(&mut self.core);
        let is_full = |cube| self.cubes.slots(cube).len() >= min_points;
        (0..self.cubes.len() as u32)
            .filter(|cube| is_full(*cube))
            .for_each(|cube| core[self.cubes.slots(cube)].fill(true));
        let mut visited = 0;
        self.cubes.visit(
            |cube| !is_full(cube),
            |cube, nearby| {
                poll_at_interval(&mut visited, poll);
                let slots = self.cubes.slots(cube);
                for slot in slots.clone() {
                    core[slot] = self.is_core(slot, slots.len(), nearby, min_points);
                }
            },
        );
        self.core = core;
    }

    /// `count` is the number of points in the cube of the slot itself.
    fn is_core(&self, slot: usize, mut count: usize, nearby: &[u32], min_points: usize) -> bool {
        for other in self.reachable_cubes(slot, nearby) {
            for candidate in self.cubes.slots(other) {
                count += usize::from(self.are_within(slot, candidate));
                if count >= min_points {
                    return true;
                }
            }
        }
        false
    }

    /// The nearby cubes that may contain points within the distance of a slot.
    fn reachable_cubes(&self, slot: usize, nearby: &[u32]) -> impl Iterator<Item = u32> {
        let vector = self.cubes.vectors[slot];
        let max = self.distance.max_squared_chord();
        nearby.iter().copied().filter(move |other| !self.cubes.is_beyond(*other, &vector, max))
    }

    #[inline]
    fn are_within(&self, a: usize, b: usize) -> bool {
        let squared_chord = self.cubes.vectors[a].squared_chord(&self.cubes.vectors[b]);
        let point = |slot: usize| self.points[self.cubes.order[slot] as usize];
        self.distance.is_within(squared_chord, || (point(a), point(b)))
    }

    /// Joins the cubes of a cluster.
    fn join_cubes(&mut self, poll: &mut dyn FnMut()) {
        let mut parent = std::mem::take(&mut self.parent);
        let has_cores = |cube| self.cubes.slots(cube).any(|slot| self.core[slot]);
        let mut visited = 0;
        self.cubes.visit(has_cores, |cube, nearby| {
            poll_at_interval(&mut visited, poll);
            for other in nearby.iter().copied().filter(|other| *other < cube) {
                let (a, b) = (find_root(&mut parent, cube), find_root(&mut parent, other));
                if a != b && self.are_connected(cube, other) {
                    parent[a.max(b) as usize] = a.min(b);
                }
            }
        });
        self.parent = parent;
    }

    /// True if a core of one cube is within the distance of a core of the other.
    fn are_connected(&self, cube: u32, other: u32) -> bool {
        let cores = |cube| self.cubes.slots(cube).filter(|slot| self.core[*slot]);
        let max = self.distance.max_squared_chord();
        cores(cube)
            .filter(|slot| !self.cubes.is_beyond(other, &self.cubes.vectors[*slot], max))
            .any(|slot| cores(other).any(|candidate| self.are_within(slot, candidate)))
    }

    fn into_clusters(mut self, poll: &mut dyn FnMut()) -> Clusters {
        let (number, count) = self.number_clusters();
        let mut labels = vec![NOISE; self.points.len()];
        let mut core = vec![false; self.points.len()];
        for cube in 0..self.cubes.len() as u32 {
            for slot in self.cubes.slots(cube).filter(|slot| self.core[*slot]) {
                let point = self.cubes.order[slot] as usize;
                (labels[point], core[point]) = (number[cube as usize], true);
            }
        }
        let has_others = |cube| self.cubes.slots(cube).any(|slot| !self.core[slot]);
        let mut visited = 0;
        self.cubes.visit(has_others, |cube, nearby| {
            poll_at_interval(&mut visited, poll);
            for slot in self.cubes.slots(cube).filter(|slot| !self.core[*slot]) {
                let label = self.border_label(slot, cube, nearby, &number);
                labels[self.cubes.order[slot] as usize] = label;
            }
        });
        Clusters { labels, core, count }
    }

    /// The number of the cluster of each cube, and the number of clusters.
    fn number_clusters(&mut self) -> (Vec<u32>, u32) {
        let mut first = vec![NOISE; self.cubes.len()];
        for cube in 0..self.cubes.len() as u32 {
            let root = find_root(&mut self.parent, cube) as usize;
            let cores = self.cubes.slots(cube).filter(|slot| self.core[*slot]);
            let lowest = cores.map(|slot| self.cubes.order[slot]).min().unwrap_or(NOISE);
            first[root] = first[root].min(lowest);
        }
        let mut roots: Vec<u32> =
            (0..first.len() as u32).filter(|cube| first[*cube as usize] != NOISE).collect();
        roots.sort_unstable_by_key(|root| first[*root as usize]);
        let mut number = first;
        number.fill(NOISE);
        for (label, root) in (0..).zip(&roots) {
            number[*root as usize] = label;
        }
        for cube in 0..number.len() {
            number[cube] = number[find_root(&mut self.parent, cube as u32) as usize];
        }
        (number, roots.len() as u32)
    }

    /// The lowest cluster with a core within the distance of a point that is not a core.
    fn border_label(&self, slot: usize, cube: u32, nearby: &[u32], number: &[u32]) -> u32 {
        let mut best = NOISE;
        for other in std::iter::once(cube).chain(self.reachable_cubes(slot, nearby)) {
            let label = number[other as usize];
            if label < best
                && self.cubes.slots(other).any(|s| self.core[s] && self.are_within(slot, s))
            {
                best = label;
            }
        }
        best
    }
}

fn poll_at_interval(visited: &mut u32, poll: &mut dyn FnMut()) {
    if visited.is_multiple_of(POLL_INTERVAL) {
        poll();
    }
    *visited = visited.wrapping_add(1);
}

/// Finds the root of a cube, and halves the path to it.
fn find_root(parent: &mut [u32], mut cube: u32) -> u32 {
    while parent[cube as usize] != cube {
        let grandparent = parent[parent[cube as usize] as usize];
        parent[cube as usize] = grandparent;
        cube = grandparent;
    }
    cube
}
