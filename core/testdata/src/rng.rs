//! A random number generator that gives the same numbers on every machine.
//!
//! The crate of ChaCha8 guarantees the same output for the same key in every version. Each event has its
//! own streams, so that it does not depend on what was drawn before. All arithmetic is on integers,
//! because floating-point functions differ between libraries.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};

/// A probability of 1 in parts per million.
pub const MILLION: u32 = 1_000_000;

/// Separates these streams from other uses of the same seed.
const DOMAIN: &[u8; 24] = b"ntsb generate, version 1";

#[derive(Debug, Clone)]
pub struct Rng {
    stream: ChaCha8Rng,
    /// The state before the first draw.
    initial: ChaCha8Rng,
}

impl Rng {
    pub fn new(seed: u64) -> Rng {
        let mut key = [0; 32];
        let (number, domain) = key.split_at_mut(8);
        number.copy_from_slice(&seed.to_le_bytes());
        domain.copy_from_slice(DOMAIN);
        let initial = ChaCha8Rng::from_seed(key);
        Rng { stream: initial.clone(), initial }
    }

    /// Moves to the start of a stream.
    pub fn seek_stream(&mut self, stream: u64) {
        self.stream = self.initial.clone();
        self.stream.set_stream(stream);
    }

    /// A number from 0 to `n` - 1. The bias is at most n / 2³², far below what a sample can show.
    pub fn next_below(&mut self, n: u32) -> u32 {
        ((u64::from(self.stream.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// A number from `min` to `max`, inclusive.
    pub fn next_between(&mut self, min: i32, max: i32) -> i32 {
        let span = max.saturating_sub(min).max(0).unsigned_abs();
        min + self.next_below(span + 1) as i32
    }

    /// True with a probability of `share` parts per million.
    pub fn chance_ppm(&mut self, share: u32) -> bool {
        self.next_below(MILLION) < share
    }

    /// True with a probability of `share` percent.
    /// True with a probability of `share` percent.
    pub fn chance_percent(&mut self, share: u32) -> bool {
        self.next_below(100) < share
    }

    /// An item of a list, which must not be empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.next_below(items.len() as u32) as usize]
    }

    /// An item of a list, which must not be empty, by weight.
    pub fn pick_weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        items[self.pick_index(items.iter().map(|(weight, _)| *weight))].1
    }

    /// An index into a list of weights, by weight.
    pub fn pick_index(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.next_below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// A number from a distribution that is given by equally spaced quantiles, interpolated linearly.
    pub fn draw_from_quantiles(&mut self, quantiles: &[i32]) -> i32 {
        let steps = quantiles.len() as u32 - 1;
        let scaled = u64::from(self.stream.next_u32()) * u64::from(steps);
        let (at, within) = ((scaled >> 32) as usize, (scaled & 0xFFFF_FFFF) as i64);
        let (low, high) = (i64::from(quantiles[at]), i64::from(quantiles[at + 1]));
        (low + (((high - low) * within) >> 32)) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_does_not_depend_on_earlier_draws() {
        let mut one = Rng::new(7);
        let mut other = Rng::new(7);
        other.seek_stream(99);
        other.next_below(10);
        one.seek_stream(5);
        other.seek_stream(5);
        let draw = |rng: &mut Rng| (0..50).map(|_| rng.next_below(1000)).collect::<Vec<_>>();
        assert_eq!(draw(&mut one), draw(&mut other));
    }

    #[test]
    fn the_numbers_of_a_stream_do_not_change() {
        let mut rng = Rng::new(1);
        rng.seek_stream(3);
        let drawn: Vec<_> = (0..4).map(|_| rng.stream.next_u32()).collect();
        assert_eq!(drawn, [3_751_019_012, 1_174_708_950, 1_654_246_368, 4_088_757_057]);
    }

    #[test]
    fn draws_are_within_their_range() {
        let mut rng = Rng::new(2);
        for _ in 0..2000 {
            assert!((-3..=4).contains(&rng.next_between(-3, 4)));
            assert!((10..=40).contains(&rng.draw_from_quantiles(&[10, 20, 40])));
            assert_ne!(rng.pick_weighted(&[(1, 'a'), (0, 'b'), (5, 'c')]), 'b');
        }
        assert_eq!(rng.next_between(5, 5), 5);
        assert!(!rng.chance_ppm(0) && rng.chance_ppm(MILLION));
    }
}
