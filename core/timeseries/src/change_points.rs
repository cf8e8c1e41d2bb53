//! Change points: the segmentation of a series that minimises the squared distances from the means of
//! the segments plus a penalty per split. It compares all segmentations (optimal partitioning, Jackson
//! et al. 2005) and gives the same result as PELT (Killick et al. 2012).

use super::{StatsError, check_length, check_range, mean};

/// Maximum number of points, because the time grows with its square. More would take seconds.
pub const MAX_POINTS: usize = 25_000;

/// A segment with a constant level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Index of its first value.
    pub start: usize,
    /// Index after its last value.
    pub end: usize,
    /// Mean of its values.
    pub mean: f64,
}

/// Finds the segments of a series, in order, each with at least `min_length` values. `penalty` is the
/// reduction of the squared distances that justifies a split. See [`bic_penalty`].
pub fn find_segments(
    values: &[f64],
    min_length: usize,
    penalty: f64,
    poll: &dyn Fn(),
) -> Result<Vec<Segment>, StatsError> {
    let min_length = min_length.max(1);
    let needed = min_length.saturating_mul(2);
    check_length("a change point search", values.len(), needed, MAX_POINTS)?;
    check_range("penalty", penalty, 0.0, f64::MAX)?;
    let sums = CumulativeSums::new(values);
    let starts = last_segment_starts(&sums, values.len(), min_length, penalty, poll);
    let (mut segments, mut end) = (Vec::new(), values.len());
    while end > 0 {
        let start = starts.get(end).copied().unwrap_or(0).min(end - 1);
        let mean = mean(values.get(start..end).unwrap_or_default());
        segments.push(Segment { start, end, mean });
        end = start;
    }
    segments.reverse();
    Ok(segments)
}

/// For each end, the start of the last segment of the best segmentation up to that end.
fn last_segment_starts(
    sums: &CumulativeSums,
    n: usize,
    min_length: usize,
    penalty: f64,
    poll: &dyn Fn(),
) -> Vec<usize> {
    let mut best = vec![f64::INFINITY; n + 1];
    let mut last_starts = vec![0; n + 1];
    // The first segment has no split before it.
    if let Some(first) = best.first_mut() {
        *first = -penalty;
    }
    for end in min_length..=n {
        if end.is_multiple_of(64) {
            poll();
        }
        let starts = best.iter().take(end - min_length + 1).enumerate();
        let costs = starts.map(|(start, cost)| (start, cost + sums.cost(start, end) + penalty));
        let cheapest = costs.min_by(|(_, a), (_, b)| a.total_cmp(b));
        if let (Some((start, cost)), Some(best), Some(last_start)) =
            (cheapest, best.get_mut(end), last_starts.get_mut(end))
        {
            (*best, *last_start) = (cost, start);
        }
    }
    last_starts
}

/// Cumulative sums of values and squares, which give the cost of any segment in constant time.
struct CumulativeSums(Vec<(f64, f64)>);

impl CumulativeSums {
    fn new(values: &[f64]) -> CumulativeSums {
        // Relative to the mean, so that squares stay small and differences exact.
        let (mean, mut sum, mut squares) = (mean(values), 0.0, 0.0);
        let mut sums = vec![(0.0, 0.0)];
        sums.extend(values.iter().map(|v| {
            sum += v - mean;
            squares += (v - mean).powi(2);
            (sum, squares)
        }));
        CumulativeSums(sums)
    }

    /// The sum of squared distances from the mean of a segment.
    fn cost(&self, start: usize, end: usize) -> f64 {
        match (self.0.get(start), self.0.get(end)) {
            (Some((s0, q0)), Some((s1, q1))) => {
                (q1 - q0) - (s1 - s0).powi(2) / (end - start) as f64
            }
            _ => f64::INFINITY,
        }
    }
}

/// The penalty of a split by the Bayesian information criterion: 2 * noise variance * ln n, for its
/// position and the additional mean. The noise variance is estimated from the differences of adjacent
/// values (von Neumann 1941), which change points hardly affect.
pub fn bic_penalty(values: &[f64]) -> f64 {
    let squares: Vec<f64> =
        values.iter().zip(values.iter().skip(1)).map(|(a, b)| (b - a).powi(2)).collect();
    mean(&squares) * (values.len().max(2) as f64).ln()
}
