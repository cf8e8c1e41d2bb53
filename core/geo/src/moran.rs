//! Moran's I (Moran 1950), with the variance under randomisation of Cliff & Ord (1981).

use super::normal::two_sided;
use super::permute::{Reached, check, shuffle, stream};
use super::weights::{Edge, Neighbours};
use super::{SpatialError, varies};

/// How many shuffles are summed at a time, so that each pair is looked up once for all of them.
const LANES: usize = 8;

/// Whether like values lie beside each other. Weights are row-standardised.
#[derive(Debug, Clone, PartialEq)]
pub struct Moran {
    /// Near 1: like beside like; near `expected`: no pattern; below it: unlike beside unlike.
    pub i: f64,
    pub expected: f64,
    pub variance: f64,
    pub z: f64,
    /// Two-sided, from `z`.
    pub p: f64,
    /// One-sided, towards the nearer end, from the permutations.
    pub p_sim: Option<f64>,
    pub z_sim: Option<f64>,
}

/// `None` where the statistic is not defined: fewer than four points, no neighbours, or one value.
pub fn moran(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Option<Moran>, SpatialError> {
    let permutations = check(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let off: Vec<f64> = neighbours.order.iter().map(|at| values[*at as usize] - mean).collect();
    let squares = off.iter().map(|z| z * z).sum::<f64>();
    let edges = neighbours.edges();
    let moments = neighbours.moments(&edges);
    if values.len() < 4 || moments.s0 == 0.0 || !varies(values) {
        return Ok(None);
    }
    let edges = in_order(edges, &neighbours.order);
    let scale = n / (moments.s0 * squares);
    let lag =
        |z: &[f64]| edges.iter().map(|e| e.weight * z[e.a as usize] * z[e.b as usize]).sum::<f64>();
    let i = scale * lag(&off);
    let fourth = off.iter().map(|z| z.powi(4)).sum::<f64>();
    let b2 = n * fourth / (squares * squares);
    let (s0, s1, s2) = (moments.s0, moments.s1, moments.s2);
    let expected = -1.0 / (n - 1.0);
    let a = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0);
    let b = b2 * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    let variance = (a - b) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0) - expected * expected;
    let z = (i - expected) / variance.sqrt();
    let sims: Vec<f64> =
        sums(&edges, &off, permutations, seed, poll).into_iter().map(|s| s * scale).collect();
    let (p_sim, z_sim) = judge(i, &sims);
    Ok(Some(Moran { i, expected, variance, z, p: two_sided(z), p_sim, z_sim }))
}

/// Edges between places in `order` instead of points, so that both ends are close in memory.
fn in_order(mut edges: Vec<Edge>, order: &[u32]) -> Vec<Edge> {
    let mut slot_of = vec![0; order.len()];
    for (slot, at) in (0..).zip(order) {
        slot_of[*at as usize] = slot;
    }
    for edge in &mut edges {
        (edge.a, edge.b) = (slot_of[edge.a as usize], slot_of[edge.b as usize]);
    }
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    edges
}

/// The sum over all pairs for each of so many shuffles.
fn sums(
    edges: &[Edge],
    off: &[f64],
    permutations: usize,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Vec<f64> {
    let (mut rng, count) = (stream(seed), off.len());
    let (mut hands, mut lanes) = (off.repeat(LANES), vec![[0.0; LANES]; count]);
    let mut all = Vec::with_capacity(permutations + LANES);
    while all.len() < permutations {
        for hand in hands.chunks_exact_mut(count) {
            poll();
            shuffle(hand, &mut rng);
        }
        // Beside each other, so that a pair finds both its values for all shuffles at once.
        for (at, values) in lanes.iter_mut().enumerate() {
            *values = std::array::from_fn(|lane| hands[lane * count + at]);
        }
        let mut sum = [0.0; LANES];
        for edge in edges {
            let (a, b) = (&lanes[edge.a as usize], &lanes[edge.b as usize]);
            for lane in 0..LANES {
                sum[lane] += edge.weight * a[lane] * b[lane];
            }
        }
        all.extend(sum);
    }
    all.truncate(permutations);
    all
}

fn judge(i: f64, sims: &[f64]) -> (Option<f64>, Option<f64>) {
    if sims.is_empty() {
        return (None, None);
    }
    // What comes to the same counts on both sides, whatever its rounding.
    let hair = 1e-12 * i.abs();
    let count = |holds: &dyn Fn(f64) -> bool| sims.iter().filter(|s| holds(**s)).count() as u32;
    let reached =
        Reached { at_least: count(&|s| s >= i - hair), at_most: count(&|s| s <= i + hair) };
    let n = sims.len() as f64;
    let mean = sims.iter().sum::<f64>() / n;
    let spread = (sims.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n).sqrt();
    (Some(reached.share(sims.len())), (spread > 0.0).then(|| (i - mean) / spread))
}
