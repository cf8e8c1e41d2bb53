//! The exact times of each caller's requests in the last minute. Small, because the limit is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use dashmap::DashMap;

use super::{Allowance, WINDOW};

#[derive(Default)]
pub struct Windows(DashMap<String, VecDeque<Instant>>);

impl Windows {
    pub fn count(&self, rate_key: &str, limit: u32) -> Allowance {
        self.count_at(rate_key, limit, Instant::now())
    }

    /// Rejected requests do not count, so that a caller that keeps trying is not locked out.
    fn count_at(&self, rate_key: &str, limit: u32, now: Instant) -> Allowance {
        let mut times = self.0.entry(rate_key.to_owned()).or_default();
        while times.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            times.pop_front();
        }
        let used = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let is_allowed = used < limit;
        if is_allowed {
            times.push_back(now);
        }
        let reset = times.front().map_or(WINDOW, |first| WINDOW - now.duration_since(*first));
        Allowance { limit, used: is_allowed.then_some(used + 1), reset: reset.max(Duration::ZERO) }
    }

    pub fn sweep(&self) {
        let now = Instant::now();
        let is_recent = |last: &Instant| now.duration_since(*last) < WINDOW;
        self.0.retain(|_, times| times.back().is_some_and(is_recent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn no_minute_has_more_requests_than_the_limit() {
        let (windows, start) = (Windows::default(), Instant::now());
        for n in 0..3 {
            let allowance = windows.count_at("a", 3, start + seconds(n * 10));
            assert_eq!(allowance.used, u32::try_from(n + 1).ok());
        }
        let refused = windows.count_at("a", 3, start + seconds(59));
        assert_eq!((refused.used, refused.retry_after()), (None, Some(1)));
        // Only the first request has left the window.
        assert_eq!(windows.count_at("a", 3, start + seconds(60)).used, Some(3));
        assert_eq!(windows.count_at("a", 3, start + seconds(61)).used, None);
        assert_eq!(windows.count_at("b", 3, start + seconds(61)).used, Some(1));
    }

    #[test]
    fn idle_callers_are_forgotten() {
        let windows = Windows::default();
        windows.count("a", 3);
        let long_ago = Instant::now().checked_sub(seconds(61));
        windows.0.insert("b".into(), long_ago.into_iter().collect());
        windows.sweep();
        assert!(windows.0.contains_key("a") && !windows.0.contains_key("b"));
    }
}
