//! Gi* (Getis & Ord 1992, in the form of Ord & Getis 1995): where high values gather, or low ones.

use super::fdr::false_discovery;
use super::normal::two_sided;
use super::permute::{check, dealt};
use super::weights::Neighbours;
use super::{SpatialError, varies};

/// A point and its neighbours, all of weight one, against all points.
#[derive(Debug, Clone, PartialEq)]
pub struct HotSpot {
    /// The statistic is a z score: above 0 where high values gather, below where low ones do.
    pub z: f64,
    /// Two-sided, from `z`.
    pub p: f64,
    /// `p` after Benjamini & Hochberg.
    pub q: Option<f64>,
    /// One-sided, towards the nearer end, from the permutations.
    pub p_sim: Option<f64>,
}

/// One for each point; `None` where the statistic is not defined: all values are the same, or all
/// points are neighbours of this one.
pub fn getis_ord(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Vec<Option<HotSpot>>, SpatialError> {
    let permutations = check(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
    let varies = varies(values);
    let reached = dealt(values, neighbours, permutations, seed, poll);
    let mut all: Vec<Option<HotSpot>> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let weights = neighbours.of(at).len() as f64 + 1.0;
        let sum = neighbours.sum(at, values) + value;
        let error = spread * ((n * weights - weights * weights) / (n - 1.0)).sqrt();
        let z = (sum - mean * weights) / error;
        all.push((varies && error > 0.0).then(|| HotSpot {
            z,
            p: two_sided(z),
            q: None,
            p_sim: reached.get(at).map(|r| r.share(permutations)),
        }));
    }
    let p: Vec<_> = all.iter().map(|spot| spot.as_ref().map(|s| s.p)).collect();
    for (spot, q) in all.iter_mut().zip(false_discovery(&p)) {
        if let Some(spot) = spot {
            spot.q = q;
        }
    }
    Ok(all)
}
