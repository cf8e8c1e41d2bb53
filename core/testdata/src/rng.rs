//! Random draws that are the same on every machine.
//!
//! ChaCha8 is a published cipher, and its crate promises the same words for the same key in every
//! version. Each event has streams of its own, so that event k is the same whoever asks for it, and
//! whatever was drawn before. All arithmetic is on whole numbers: libraries disagree about the last
//! bit of a logarithm.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A share in parts of a million.
pub const MILLION: u32 = 1_000_000;

/// Tells these streams from those that another use of the same seed would make.
const DOMAIN: &[u8; 24] = b"ntsb generate, version 1";

#[derive(Debug, Clone)]
pub struct Dice {
    rng: ChaCha8Rng,
    /// A generator that has drawn nothing yet.
    fresh: ChaCha8Rng,
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        let mut key = [0; 32];
        let (number, domain) = key.split_at_mut(8);
        number.copy_from_slice(&seed.to_le_bytes());
        domain.copy_from_slice(DOMAIN);
        let fresh = ChaCha8Rng::from_seed(key);
        Dice { rng: fresh.clone(), fresh }
    }

    /// Goes to the start of a stream.
    pub fn take_up(&mut self, stream: u64) {
        self.rng = self.fresh.clone();
        self.rng.set_stream(stream);
    }

    /// 0 to `n` - 1; the bias of at most n / 2³² is far below what a sample shows.
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.rng.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// A number of a range, both ends included.
    pub fn between(&mut self, least: i32, most: i32) -> i32 {
        let span = most.saturating_sub(least).max(0).unsigned_abs();
        least + self.below(span + 1) as i32
    }

    /// True in so many cases of a million.
    pub fn chance(&mut self, share: u32) -> bool {
        self.below(MILLION) < share
    }

    pub fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// One of a list that is not empty, by weight.
    pub fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        items[self.place(items.iter().map(|(weight, _)| *weight))].1
    }

    /// The place of one of a list of weights.
    pub fn place(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// A number of a distribution given by quantiles at equal distances, straight between them.
    pub fn curve(&mut self, quantiles: &[i32]) -> i32 {
        let steps = quantiles.len() as u32 - 1;
        let scaled = u64::from(self.rng.next_u32()) * u64::from(steps);
        let (at, within) = ((scaled >> 32) as usize, (scaled & 0xFFFF_FFFF) as i64);
        let (low, high) = (i64::from(quantiles[at]), i64::from(quantiles[at + 1]));
        (low + (((high - low) * within) >> 32)) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_whatever_was_drawn_before() {
        let mut one = Dice::new(7);
        let mut other = Dice::new(7);
        other.take_up(99);
        other.below(10);
        one.take_up(5);
        other.take_up(5);
        let draw = |dice: &mut Dice| (0..50).map(|_| dice.below(1000)).collect::<Vec<_>>();
        assert_eq!(draw(&mut one), draw(&mut other));
    }

    #[test]
    fn words_do_not_change() {
        let mut dice = Dice::new(1);
        dice.take_up(3);
        let drawn: Vec<_> = (0..4).map(|_| dice.rng.next_u32()).collect();
        assert_eq!(drawn, [3_751_019_012, 1_174_708_950, 1_654_246_368, 4_088_757_057]);
    }

    #[test]
    fn draws_keep_to_their_range() {
        let mut dice = Dice::new(2);
        for _ in 0..2000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!((10..=40).contains(&dice.curve(&[10, 20, 40])));
            assert_ne!(dice.weighted(&[(1, 'a'), (0, 'b'), (5, 'c')]), 'b');
        }
        assert_eq!(dice.between(5, 5), 5);
        assert!(!dice.chance(0) && dice.chance(MILLION));
    }
}
