//! The moments of the last minute's requests, by who asked: exact, and small as the limit is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use dashmap::DashMap;

use super::{Allowance, WINDOW};

#[derive(Default)]
pub struct Windows(DashMap<String, VecDeque<Instant>>);

impl Windows {
    pub fn count(&self, who: &str, limit: u32) -> Allowance {
        self.count_at(who, limit, Instant::now())
    }

    /// What is refused does not count: who goes on asking is let in as soon as another may.
    fn count_at(&self, who: &str, limit: u32, now: Instant) -> Allowance {
        let mut moments = self.0.entry(who.to_owned()).or_default();
        while moments.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            moments.pop_front();
        }
        let used = u32::try_from(moments.len()).unwrap_or(u32::MAX);
        let may = used < limit;
        if may {
            moments.push_back(now);
        }
        let reset = moments.front().map_or(WINDOW, |first| WINDOW - now.duration_since(*first));
        Allowance { limit, used: may.then_some(used + 1), reset: reset.max(Duration::ZERO) }
    }

    pub fn sweep(&self) {
        let now = Instant::now();
        let fresh = |last: &Instant| now.duration_since(*last) < WINDOW;
        self.0.retain(|_, moments| moments.back().is_some_and(fresh));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_window_slides_so_that_no_minute_holds_more_than_the_limit() {
        let (windows, start) = (Windows::default(), Instant::now());
        for n in 0..3 {
            let allowance = windows.count_at("a", 3, start + seconds(n * 10));
            assert_eq!(allowance.used, u32::try_from(n + 1).ok());
        }
        let refused = windows.count_at("a", 3, start + seconds(59));
        assert_eq!((refused.used, refused.retry_after()), (None, Some(1)));
        // The first has left, the others have not: one place, not three.
        assert_eq!(windows.count_at("a", 3, start + seconds(60)).used, Some(3));
        assert_eq!(windows.count_at("a", 3, start + seconds(61)).used, None);
        assert_eq!(windows.count_at("b", 3, start + seconds(61)).used, Some(1));
    }

    #[test]
    fn those_who_stay_away_are_forgotten() {
        let windows = Windows::default();
        windows.count("a", 3);
        let long_ago = Instant::now().checked_sub(seconds(61));
        windows.0.insert("b".into(), long_ago.into_iter().collect());
        windows.sweep();
        assert!(windows.0.contains_key("a") && !windows.0.contains_key("b"));
    }
}
