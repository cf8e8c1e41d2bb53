//! Moran's I (Moran 1950), with the variance under randomisation of Cliff & Ord (1981).

use super::neighbours::{Edge, Neighbours};
use super::normal::two_sided_p;
use super::permutation::{ExtremeCounts, check_permutations, new_rng, shuffle};
use super::{SpatialError, has_variation};

/// The number of shuffles that are summed together, so that each edge is read once for all of them.
const LANES: usize = 8;

/// Moran's I with row-standardised weights.
#[derive(Debug, Clone, PartialEq)]
pub struct MoransI {
    /// The statistic. Near 1, neighbours are similar. Near `expected`, there is no pattern. Below it,
    /// neighbours are dissimilar.
    pub i: f64,
    /// Expected value without spatial association.
    pub expected: f64,
    /// Variance under randomisation.
    pub variance: f64,
    /// z score from `expected` and `variance`.
    pub z: f64,
    /// Two-sided p-value of `z`.
    pub p: f64,
    /// One-sided pseudo p-value from permutations, in the direction of the smaller tail.
    pub p_sim: Option<f64>,
    /// z score from the mean and standard deviation of the permutations.
    pub z_sim: Option<f64>,
}

/// Computes Moran's I. It is `None` with fewer than four points, without neighbours, or if all values
/// are equal.
pub fn morans_i(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Option<MoransI>, SpatialError> {
    let permutations = check_permutations(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviations: Vec<f64> =
        neighbours.order.iter().map(|point| values[*point as usize] - mean).collect();
    let squares = deviations.iter().map(|z| z * z).sum::<f64>();
    let edges = neighbours.edges();
    let sums = neighbours.weight_sums(&edges);
    if values.len() < 4 || sums.s0 == 0.0 || !has_variation(values) {
        return Ok(None);
    }
    let edges = reorder_edges(edges, &neighbours.order);
    let scale = n / (sums.s0 * squares);
    let weighted_sum =
        |z: &[f64]| edges.iter().map(|e| e.weight * z[e.a as usize] * z[e.b as usize]).sum::<f64>();
    let i = scale * weighted_sum(&deviations);
    let fourth = deviations.iter().map(|z| z.powi(4)).sum::<f64>();
    let b2 = n * fourth / (squares * squares);
    let (s0, s1, s2) = (sums.s0, sums.s1, sums.s2);
    let expected = -1.0 / (n - 1.0);
    let a = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0);
    let b = b2 * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    let variance = (a - b) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0) - expected * expected;
    let z = (i - expected) / variance.sqrt();
    let mut simulated = sum_shuffles(&edges, &deviations, permutations, seed, poll);
    simulated.iter_mut().for_each(|sum| *sum *= scale);
    let (p_sim, z_sim) = compare_with_simulated(i, &simulated);
    Ok(Some(MoransI { i, expected, variance, z, p: two_sided_p(z), p_sim, z_sim }))
}

/// Replaces points by their positions in `order`, so that both ends of an edge are close in memory.
fn reorder_edges(mut edges: Vec<Edge>, order: &[u32]) -> Vec<Edge> {
    let mut positions = vec![0; order.len()];
    for (position, point) in (0..).zip(order) {
        positions[*point as usize] = position;
    }
    for edge in &mut edges {
        (edge.a, edge.b) = (positions[edge.a as usize], positions[edge.b as usize]);
    }
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    edges
}

/// The weighted sum over all edges for each shuffle of the values.
fn sum_shuffles(
    edges: &[Edge],
    deviations: &[f64],
    permutations: usize,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Vec<f64> {
    let (mut rng, count) = (new_rng(seed), deviations.len());
    let (mut shuffles, mut lanes) = (deviations.repeat(LANES), vec![[0.0; LANES]; count]);
    let mut all = Vec::with_capacity(permutations + LANES);
    while all.len() < permutations {
        for values in shuffles.chunks_exact_mut(count) {
            poll();
            shuffle(values, &mut rng);
        }
        // Interleaved, so that the values of a point are adjacent for all shuffles.
        for (position, values) in lanes.iter_mut().enumerate() {
            *values = std::array::from_fn(|lane| shuffles[lane * count + position]);
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

/// The pseudo p-value and the z score of `i` among simulated values.
fn compare_with_simulated(i: f64, simulated: &[f64]) -> (Option<f64>, Option<f64>) {
    if simulated.is_empty() {
        return (None, None);
    }
    // A tie counts on both sides, regardless of rounding.
    let tolerance = 1e-12 * i.abs();
    let count = |test: &dyn Fn(f64) -> bool| simulated.iter().filter(|s| test(**s)).count() as u32;
    let counts = ExtremeCounts {
        at_least: count(&|s| s >= i - tolerance),
        at_most: count(&|s| s <= i + tolerance),
    };
    let n = simulated.len() as f64;
    let mean = simulated.iter().sum::<f64>() / n;
    let deviation = (simulated.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n).sqrt();
    (Some(counts.pseudo_p(simulated.len())), (deviation > 0.0).then(|| (i - mean) / deviation))
}
