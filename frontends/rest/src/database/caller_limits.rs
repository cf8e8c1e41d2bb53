//! How many queries or exports one caller may have running at once, so that others get a connection too.

use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Problem;

pub struct CallerLimits {
    callers: DashMap<String, Arc<Semaphore>>,
    max_per_caller: usize,
    wait: Duration,
}

impl CallerLimits {
    pub fn new(max_per_caller: usize, wait: Duration) -> CallerLimits {
        CallerLimits { callers: DashMap::new(), max_per_caller: max_per_caller.max(1), wait }
    }

    pub fn max_per_caller(&self) -> usize {
        self.max_per_caller
    }

    fn semaphore(&self, caller: &str) -> Arc<Semaphore> {
        if let Some(semaphore) = self.callers.get(caller) {
            return semaphore.clone();
        }
        let entry = self.callers.entry(caller.to_owned());
        entry.or_insert_with(|| Arc::new(Semaphore::new(self.max_per_caller))).clone()
    }

    /// Waits until the caller has fewer queries running than allowed.
    pub async fn acquire(&self, caller: &str) -> Result<OwnedSemaphorePermit, Problem> {
        let semaphore = self.semaphore(caller);
        match tokio::time::timeout(self.wait, semaphore.acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Problem::internal()),
            Err(_) => Err(Problem::overloaded("too many requests of yours are running")
                .details(format!("max_caller_queries is {}", self.max_per_caller))),
        }
    }

    pub fn try_acquire(&self, caller: &str) -> Option<OwnedSemaphorePermit> {
        self.semaphore(caller).try_acquire_owned().ok()
    }

    /// Forgets the callers that have nothing running.
    pub fn sweep(&self) {
        let max = self.max_per_caller;
        self.callers.retain(|_, semaphore| semaphore.available_permits() < max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_caller_cannot_exceed_its_limit() {
        let limits = CallerLimits::new(2, Duration::from_millis(20));
        let (one, two) = (limits.acquire("a").await, limits.acquire("a").await);
        assert!(one.is_ok() && two.is_ok());
        assert!(limits.acquire("a").await.is_err() && limits.try_acquire("a").is_none());
        assert!(limits.acquire("b").await.is_ok());
        limits.sweep();
        assert_eq!(limits.callers.len(), 1);
        drop(one);
        assert!(limits.acquire("a").await.is_ok());
    }
}
