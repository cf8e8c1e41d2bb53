//! Moments at which something is to break: by chance, and yet all over the time that it takes.

use std::env;
use std::time::Duration;

use fastrand::Rng;

use crate::announce;

/// Draws from a seed that is said, so that a run can be repeated: `NTSB_TEST_SEED=…`.
pub struct Moments {
    rng: Rng,
    left: Vec<usize>,
    count: usize,
}

impl Moments {
    /// `count` moments, one in each of as many parts of the time, in an order by chance.
    pub fn draw(what: &str, count: usize) -> Moments {
        let given = env::var("NTSB_TEST_SEED").ok();
        let seed = given.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
        announce(&format!("seed: {what}: NTSB_TEST_SEED={seed}"));
        let mut rng = Rng::with_seed(seed);
        let mut left: Vec<usize> = (0..count).collect();
        rng.shuffle(&mut left);
        Moments { rng, left, count }
    }

    /// The next moment of something that takes `length`.
    pub fn next(&mut self, length: Duration) -> Duration {
        let part = self.left.pop().unwrap();
        length.mul_f64((part as f64 + self.rng.f64()) / self.count as f64)
    }
}
