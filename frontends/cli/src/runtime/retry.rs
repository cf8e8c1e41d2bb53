//! Retries with exponential backoff.

use std::time::{Duration, SystemTime};

const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Counts attempts and doubles the pause after each.
#[derive(Debug)]
pub struct Backoff {
    /// The current attempt, from 1.
    pub attempt: u32,
    max_attempts: u32,
}

impl Backoff {
    /// Starts at attempt 1.
    pub fn new(max_attempts: u32) -> Backoff {
        Backoff { attempt: 1, max_attempts }
    }

    /// Moves on to the next attempt and returns the pause before it, or `None` after the last one.
    pub fn next_pause(&mut self) -> Option<Duration> {
        if self.attempt >= self.max_attempts {
            return None;
        }
        let factor = 2u32.checked_pow(self.attempt - 1).unwrap_or(u32::MAX);
        self.attempt += 1;
        Some(FIRST_PAUSE.saturating_mul(factor))
    }
}

/// Parses Retry-After, which contains seconds or a date.
pub fn parse_retry_after(text: &str) -> Option<Duration> {
    let until_date =
        || httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok();
    text.trim().parse().map(Duration::from_secs).ok().or_else(until_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_until_the_last_attempt() {
        let mut backoff = Backoff::new(4);
        let pauses: Vec<_> = std::iter::from_fn(|| backoff.next_pause()).collect();
        assert_eq!(pauses, [1, 2, 4].map(Duration::from_secs));
        assert_eq!(backoff.attempt, 4);
        assert!(Backoff::new(1).next_pause().is_none());
    }
}
