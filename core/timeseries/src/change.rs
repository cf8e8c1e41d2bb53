//! Where the level of a series changed: the split into stretches with the least squared distances
//! from their means plus a penalty for each split. All splits are compared (optimal partitioning,
//! Jackson et al. 2005), which finds what PELT (Killick et al. 2012) finds.

use super::{StatsError, check_length, check_range, mean};

/// More would take seconds.
pub const MOST: usize = 25_000;

/// A stretch of one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    pub start: usize,
    pub end: usize,
    pub mean: f64,
}

/// The stretches, in order; at least `shortest` long. `penalty`: what a split must save in squared
/// distances; [`penalty`] proposes one.
pub fn stretches(
    values: &[f64],
    shortest: usize,
    penalty: f64,
    poll: &dyn Fn(),
) -> Result<Vec<Stretch>, StatsError> {
    let shortest = shortest.max(1);
    check_length("a change", values.len(), shortest.saturating_mul(2), MOST)?;
    check_range("penalty", penalty, 0.0, f64::MAX)?;
    let sums = Sums::of(values);
    let before = last_splits(&sums, values.len(), shortest, penalty, poll);
    let (mut found, mut end) = (Vec::new(), values.len());
    while end > 0 {
        let start = before.get(end).copied().unwrap_or(0).min(end - 1);
        let level = mean(values.get(start..end).unwrap_or_default());
        found.push(Stretch { start, end, mean: level });
        end = start;
    }
    found.reverse();
    Ok(found)
}

/// For each end, where its last stretch begins in the best split up to there.
fn last_splits(
    sums: &Sums,
    n: usize,
    shortest: usize,
    penalty: f64,
    poll: &dyn Fn(),
) -> Vec<usize> {
    let mut best = vec![f64::INFINITY; n + 1];
    let mut before = vec![0; n + 1];
    if let Some(none) = best.first_mut() {
        *none = -penalty;
    }
    for end in shortest..=n {
        if end.is_multiple_of(64) {
            poll();
        }
        let starts = best.iter().take(end - shortest + 1).enumerate();
        let costs = starts.map(|(start, cost)| (start, cost + sums.cost(start, end) + penalty));
        let cheapest = costs.min_by(|(_, a), (_, b)| a.total_cmp(b));
        if let (Some((start, cost)), Some(b), Some(l)) =
            (cheapest, best.get_mut(end), before.get_mut(end))
        {
            (*b, *l) = (cost, start);
        }
    }
    before
}

/// Running sums, from which the cost of any stretch follows at once.
struct Sums(Vec<(f64, f64)>);

impl Sums {
    fn of(values: &[f64]) -> Sums {
        // About the mean, so that squares stay small and differences exact.
        let (centre, mut sum, mut squares) = (mean(values), 0.0, 0.0);
        let mut sums = vec![(0.0, 0.0)];
        sums.extend(values.iter().map(|v| {
            sum += v - centre;
            squares += (v - centre).powi(2);
            (sum, squares)
        }));
        Sums(sums)
    }

    /// The sum of squared distances from the mean between two places.
    fn cost(&self, start: usize, end: usize) -> f64 {
        match (self.0.get(start), self.0.get(end)) {
            (Some((s0, q0)), Some((s1, q1))) => {
                (q1 - q0) - (s1 - s0).powi(2) / (end - start) as f64
            }
            _ => f64::INFINITY,
        }
    }
}

/// Twice the variance of the noise times ln n: what a split must save by the Bayesian information
/// criterion, which counts its place and its new mean. The noise is taken from the differences of
/// neighbours (von Neumann 1941), which changes of level hardly touch.
pub fn penalty(values: &[f64]) -> f64 {
    let squares: Vec<f64> =
        values.iter().zip(values.iter().skip(1)).map(|(a, b)| (b - a).powi(2)).collect();
    mean(&squares) * (values.len().max(2) as f64).ln()
}
