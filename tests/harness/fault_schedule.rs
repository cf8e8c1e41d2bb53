//! Random points in time for injected faults, spread evenly over the duration of an operation.

use std::env;
use std::time::Duration;

use fastrand::Rng;

use crate::announce;

/// Prints its seed. `NTSB_TEST_SEED=…` repeats a run.
pub struct FaultSchedule {
    rng: Rng,
    remaining_parts: Vec<usize>,
    count: usize,
}

impl FaultSchedule {
    /// Schedules `count` faults. The duration is split into `count` equal parts, and each part gets one
    /// fault, in random order.
    pub fn new(what: &str, count: usize) -> FaultSchedule {
        let seed = env::var("NTSB_TEST_SEED").ok();
        let seed = seed.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
        announce(&format!("seed: {what}: NTSB_TEST_SEED={seed}"));
        let mut rng = Rng::with_seed(seed);
        let mut remaining_parts: Vec<usize> = (0..count).collect();
        rng.shuffle(&mut remaining_parts);
        FaultSchedule { rng, remaining_parts, count }
    }

    /// Returns the delay until the next fault in an operation that takes `duration`.
    pub fn next_delay(&mut self, duration: Duration) -> Duration {
        let part = self.remaining_parts.pop().unwrap();
        duration.mul_f64((part as f64 + self.rng.f64()) / self.count as f64)
    }
}
