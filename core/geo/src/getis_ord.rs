//! Hot spots by Getis-Ord Gi* (Getis & Ord 1992, in the form of Ord & Getis 1995).

use super::false_discovery::false_discovery_rates;
use super::neighbours::Neighbours;
use super::normal::two_sided_p;
use super::permutation::{check_permutations, permute_neighbours};
use super::{SpatialError, has_variation};

/// Gi* of a point. It compares the sum over the point and its neighbours, all with weight 1, with the
/// mean of all points.
#[derive(Debug, Clone, PartialEq)]
pub struct HotSpot {
    /// The statistic, a z score. It is above 0 in a cluster of high values, below 0 in one of low values.
    pub z: f64,
    /// Two-sided p-value of `z`.
    pub p: f64,
    /// False discovery rate (Benjamini & Hochberg) of `p`.
    pub q: Option<f64>,
    /// One-sided pseudo p-value from permutations, in the direction of the smaller tail.
    pub p_sim: Option<f64>,
}

/// Computes Gi* for each point. It is `None` if all values are equal or all points are neighbours of the
/// point.
pub fn getis_ord(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Vec<Option<HotSpot>>, SpatialError> {
    let permutations = check_permutations(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    let varies = has_variation(values);
    let extremes = permute_neighbours(values, neighbours, permutations, seed, poll);
    let mut all: Vec<Option<HotSpot>> = Vec::with_capacity(values.len());
    for (point, value) in values.iter().enumerate() {
        let weights = neighbours.get(point).len() as f64 + 1.0;
        let sum = neighbours.sum_values(point, values) + value;
        let error = deviation * ((n * weights - weights * weights) / (n - 1.0)).sqrt();
        let z = (sum - mean * weights) / error;
        all.push((varies && error > 0.0).then(|| HotSpot {
            z,
            p: two_sided_p(z),
            q: None,
            p_sim: extremes.get(point).map(|counts| counts.pseudo_p(permutations)),
        }));
    }
    let p: Vec<_> = all.iter().map(|spot| spot.as_ref().map(|s| s.p)).collect();
    for (spot, q) in all.iter_mut().zip(false_discovery_rates(&p)) {
        if let Some(spot) = spot {
            spot.q = q;
        }
    }
    Ok(all)
}
