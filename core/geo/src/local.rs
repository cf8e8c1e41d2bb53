//! Local Moran's I (Anselin 1995): where like values gather, and what stands out among them.

use super::fdr::false_discovery;
use super::permute::{check, dealt};
use super::weights::Neighbours;
use super::{SpatialError, varies};

/// A point's own value and its neighbours' mean, each against the mean of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quadrant {
    HighHigh,
    LowHigh,
    LowLow,
    HighLow,
}

impl Quadrant {
    fn of(own: f64, lag: f64) -> Quadrant {
        match (own > 0.0, lag > 0.0) {
            (true, true) => Quadrant::HighHigh,
            (false, true) => Quadrant::LowHigh,
            (false, false) => Quadrant::LowLow,
            (true, false) => Quadrant::HighLow,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Quadrant::HighHigh => "HH",
            Quadrant::LowHigh => "LH",
            Quadrant::LowLow => "LL",
            Quadrant::HighLow => "HL",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct LocalMoran {
    pub i: f64,
    /// The mean of the neighbours' values.
    pub lag: f64,
    pub quadrant: Quadrant,
    /// One-sided, towards the nearer end: that of I is that of the neighbours' sum, or the other one.
    pub p_sim: Option<f64>,
    /// `p_sim` after Benjamini & Hochberg.
    pub q: Option<f64>,
}

/// One for each point; `None` for a point without neighbours, or where all values are the same.
pub fn local_moran(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: i64,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Result<Vec<Option<LocalMoran>>, SpatialError> {
    let permutations = check(permutations)?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>();
    let varies = varies(values);
    let reached = dealt(values, neighbours, permutations, seed, poll);
    let mut all: Vec<Option<LocalMoran>> = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let cards = neighbours.of(at).len() as f64;
        if cards == 0.0 || !varies {
            all.push(None);
            continue;
        }
        let (own, lag) = (value - mean, neighbours.sum(at, values) / cards);
        all.push(Some(LocalMoran {
            i: (n - 1.0) * own * (lag - mean) / squares,
            lag,
            quadrant: Quadrant::of(own, lag - mean),
            p_sim: reached.get(at).map(|r| r.share(permutations)),
            q: None,
        }));
    }
    let p: Vec<_> = all.iter().map(|l| l.as_ref().and_then(|l| l.p_sim)).collect();
    for (local, q) in all.iter_mut().zip(false_discovery(&p)) {
        if let Some(local) = local {
            local.q = q;
        }
    }
    Ok(all)
}
