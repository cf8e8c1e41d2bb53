//! Local Moran's I (Anselin 1995): clusters of similar values, and outliers.

use super::false_discovery::false_discovery_rates;
use super::neighbours::Neighbours;
use super::permutation::{check_permutations, permute_neighbours};
use super::{SpatialError, has_variation};

/// The value of a point and the mean of its neighbours, each compared with the overall mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quadrant {
    /// A high value among high values.
    HighHigh,
    /// A low value among high values.
    LowHigh,
    /// A low value among low values.
    LowLow,
    /// A high value among low values.
    HighLow,
}

impl Quadrant {
    /// Both arguments are differences from the overall mean.
    fn new(value: f64, lag: f64) -> Quadrant {
        match (value > 0.0, lag > 0.0) {
            (true, true) => Quadrant::HighHigh,
            (false, true) => Quadrant::LowHigh,
            (false, false) => Quadrant::LowLow,
            (true, false) => Quadrant::HighLow,
        }
    }

    /// Its usual abbreviation: HH, LH, LL or HL.
    pub fn as_str(self) -> &'static str {
        match self {
            Quadrant::HighHigh => "HH",
            Quadrant::LowHigh => "LH",
            Quadrant::LowLow => "LL",
            Quadrant::HighLow => "HL",
        }
    }
}

/// Local Moran's I of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalMoran {
    /// The statistic. It is positive among similar values, negative for an outlier.
    pub i: f64,
    /// Spatial lag, the mean value of the neighbours.
    pub lag: f64,
    /// The kind of cluster or outlier.
    pub quadrant: Quadrant,
    /// One-sided pseudo p-value from permutations, in the direction of the smaller tail.
    pub p_sim: Option<f64>,
    /// False discovery rate (Benjamini & Hochberg) of `p_sim`.
    pub q: Option<f64>,
}

/// Computes local Moran's I for each point. It is `None` for a point without neighbours, and if all
/// values are equal.
pub fn local_moran(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Vec<Option<LocalMoran>>, SpatialError> {
    let permutations = check_permutations(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>();
    let varies = has_variation(values);
    let extremes = permute_neighbours(values, neighbours, permutations, seed, poll);
    let mut all: Vec<Option<LocalMoran>> = Vec::with_capacity(values.len());
    for (point, value) in values.iter().enumerate() {
        let count = neighbours.get(point).len() as f64;
        if count == 0.0 || !varies {
            all.push(None);
            continue;
        }
        let deviation = value - mean;
        let lag = neighbours.sum_values(point, values) / count;
        all.push(Some(LocalMoran {
            i: (n - 1.0) * deviation * (lag - mean) / squares,
            lag,
            quadrant: Quadrant::new(deviation, lag - mean),
            p_sim: extremes.get(point).map(|counts| counts.pseudo_p(permutations)),
            q: None,
        }));
    }
    let p: Vec<_> = all.iter().map(|l| l.as_ref().and_then(|l| l.p_sim)).collect();
    for (local, q) in all.iter_mut().zip(false_discovery_rates(&p)) {
        if let Some(local) = local {
            local.q = q;
        }
    }
    Ok(all)
}
