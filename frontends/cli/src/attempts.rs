//! Trying again, after a pause that doubles each time.

use std::time::Duration;

pub const ATTEMPTS: u32 = 3;

const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// How often something was tried, and how often it may be.
#[derive(Debug)]
pub struct Attempts {
    pub made: u32,
    most: u32,
}

impl Attempts {
    /// The first of them is under way.
    pub fn first_of(most: u32) -> Attempts {
        Attempts { made: 1, most }
    }

    /// How long to wait before the next attempt, which then counts as made; none if it was the last.
    pub fn next(&mut self) -> Option<Duration> {
        if self.made >= self.most {
            return None;
        }
        let doubled = 2u32.checked_pow(self.made - 1).unwrap_or(u32::MAX);
        self.made += 1;
        Some(FIRST_PAUSE.saturating_mul(doubled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_and_the_last_attempt_has_none() {
        let mut attempts = Attempts::first_of(4);
        let pauses: Vec<_> = std::iter::from_fn(|| attempts.next()).collect();
        assert_eq!(pauses, [1, 2, 4].map(Duration::from_secs));
        assert_eq!(attempts.made, 4);
        assert!(Attempts::first_of(1).next().is_none());
    }
}
