//! How many questions one caller may have before the database at once, or exports, so that others get a turn.

use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Problem;

pub struct Shares {
    callers: DashMap<String, Arc<Semaphore>>,
    each: usize,
    patience: Duration,
}

impl Shares {
    pub fn new(each: usize, patience: Duration) -> Shares {
        Shares { callers: DashMap::new(), each: each.max(1), patience }
    }

    fn of(&self, caller: &str) -> Arc<Semaphore> {
        if let Some(share) = self.callers.get(caller) {
            return share.clone();
        }
        let share = self.callers.entry(caller.to_owned());
        share.or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
    }

    /// Waits until one of the caller's own questions is answered.
    pub async fn take(&self, caller: &str) -> Result<OwnedSemaphorePermit, Problem> {
        let share = self.of(caller);
        match tokio::time::timeout(self.patience, share.acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Problem::internal()),
            Err(_) => Err(Problem::overloaded("too many of your requests are under way")
                .details(format!("{} at once wait for the database", self.each))),
        }
    }

    pub fn try_take(&self, caller: &str) -> Option<OwnedSemaphorePermit> {
        self.of(caller).try_acquire_owned().ok()
    }

    /// Those who ask nothing now need no place.
    pub fn sweep(&self) {
        let each = self.each;
        self.callers.retain(|_, share| share.available_permits() < each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_caller_has_its_share_and_no_more() {
        let shares = Shares::new(2, Duration::from_millis(20));
        let (one, two) = (shares.take("a").await, shares.take("a").await);
        assert!(one.is_ok() && two.is_ok());
        assert!(shares.take("a").await.is_err() && shares.try_take("a").is_none());
        assert!(shares.take("b").await.is_ok());
        shares.sweep();
        assert_eq!(shares.callers.len(), 1);
        drop(one);
        assert!(shares.take("a").await.is_ok());
    }
}
