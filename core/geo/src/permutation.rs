//! Random permutations, which are the same for a seed on every machine.
//!
//! Conditional permutation (Anselin 1995): the point keeps its value, and its neighbours get values that
//! are sampled from the other points. As in PySAL, all points use the same samples of positions in the
//! list of other points. From one point to the next, this list changes at one position, so that all
//! sums are updated with a few additions.

use super::neighbours::{Neighbours, POLL_INTERVAL};
use super::{MAX_PERMUTATIONS, SpatialError};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub fn check_permutations(permutations: i64) -> Result<usize, SpatialError> {
    usize::try_from(permutations)
        .ok()
        .filter(|p| *p <= MAX_PERMUTATIONS)
        .ok_or(SpatialError::Permutations(permutations))
}

/// ChaCha is a published standard, so its output never changes.
pub fn new_rng(seed: u64) -> ChaCha8Rng {
    let mut key = *b"........ntsb permutations, one..";
    let (number, _) = key.split_at_mut(8);
    number.copy_from_slice(&seed.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// A random number from 0 to `n` - 1. Its bias of at most n / 2³² is far below the resolution of
/// permutations.
fn random_below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// Shuffles values with equal probability of each order (Fisher & Yates 1938).
pub fn shuffle(values: &mut [f64], rng: &mut ChaCha8Rng) {
    for remaining in (2..=values.len()).rev() {
        values.swap(remaining - 1, random_below(rng, remaining));
    }
}

/// The number of permutations with at least, and with at most, the observed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExtremeCounts {
    pub at_least: u32,
    pub at_most: u32,
}

impl ExtremeCounts {
    /// The pseudo p-value of the smaller tail, where the observation counts as one of the permutations.
    /// Ties count on both sides: if 10% of the events are fatal, eight neighbours without a fatal one
    /// are not rare.
    pub fn pseudo_p(self, permutations: usize) -> f64 {
        f64::from(self.at_least.min(self.at_most) + 1) / (permutations + 1) as f64
    }
}

/// Compares the sum over the neighbours of each point with permuted sums. Empty without permutations.
pub fn permute_neighbours(
    values: &[f64],
    neighbours: &Neighbours,
    permutations: usize,
    seed: u64,
    poll: &mut dyn FnMut(),
) -> Vec<ExtremeCounts> {
    if permutations == 0 || values.len() < 2 {
        return Vec::new();
    }
    let max = (0..values.len()).map(|point| neighbours.get(point).len()).max().unwrap_or(0);
    let mut samples = Samples::draw(values, max.min(values.len() - 1), permutations, seed, poll);
    let mut all = Vec::with_capacity(values.len());
    for point in 0..values.len() {
        if point.is_multiple_of(POLL_INTERVAL) {
            poll();
        }
        samples.advance_to(point, values);
        let observed = neighbours.sum_values(point, values);
        all.push(samples.compare(neighbours.get(point).len(), observed));
    }
    all
}

/// One sample of other points per permutation.
struct Samples {
    permutations: usize,
    /// Sums of the first 1, 2, … values of each sample. All sums of one length are adjacent.
    sums: Vec<f64>,
    /// Position in the list of other points, sample, and index in the sample, sorted.
    drawn: Vec<(u32, u32, u32)>,
    next: usize,
}

impl Samples {
    /// Draws samples for the first point, whose list of other points begins with the second point.
    fn draw(
        values: &[f64],
        sample_size: usize,
        permutations: usize,
        seed: u64,
        poll: &mut dyn FnMut(),
    ) -> Samples {
        let mut rng = new_rng(seed);
        let mut positions: Vec<u32> = (0..values.len() as u32 - 1).collect();
        let mut sums = vec![0.0; sample_size * permutations];
        let mut drawn = Vec::with_capacity(sample_size * permutations);
        for sample in 0..permutations {
            if sample.is_multiple_of(64) {
                poll();
            }
            let mut sum = 0.0;
            for index in 0..sample_size {
                let other = index + random_below(&mut rng, positions.len() - index);
                positions.swap(index, other);
                let position = positions[index];
                drawn.push((position, sample as u32, index as u32));
                sum += values[position as usize + 1];
                sums[index * permutations + sample] = sum;
            }
        }
        drawn.sort_unstable();
        Samples { permutations, sums, drawn, next: 0 }
    }

    /// Updates the sums for the next point. Its list of other points contains the previous point instead
    /// of this one. Must be called for all points in order.
    fn advance_to(&mut self, point: usize, values: &[f64]) {
        let Some(previous) = point.checked_sub(1) else { return };
        let sample_size = self.sums.len() / self.permutations;
        while let Some((_, sample, index)) =
            self.drawn.get(self.next).filter(|(position, ..)| *position as usize == previous)
        {
            let change = values[previous] - values[point];
            for length in *index as usize..sample_size {
                self.sums[length * self.permutations + *sample as usize] += change;
            }
            self.next += 1;
        }
    }

    fn compare(&self, neighbours: usize, observed: f64) -> ExtremeCounts {
        let from = neighbours.saturating_sub(1) * self.permutations;
        let sums = self.sums.get(from..from + self.permutations).unwrap_or(&[]);
        if neighbours == 0 {
            let all = self.permutations as u32;
            return ExtremeCounts { at_least: all, at_most: all };
        }
        let mut counts = ExtremeCounts::default();
        for sum in sums {
            counts.at_least += u32::from(*sum >= observed);
            counts.at_most += u32::from(*sum <= observed);
        }
        counts
    }
}
