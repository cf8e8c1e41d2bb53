//! Limits the bytes of bodies in memory, in total and per caller: request bodies, and large responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

pub struct ByteBudget {
    max_bytes: usize,
    max_caller_bytes: usize,
    used: AtomicUsize,
    callers: DashMap<String, usize>,
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    Total,
    Caller,
}

/// The bytes of one request. Dropping it releases them.
pub struct Reservation {
    budget: Arc<ByteBudget>,
    caller: String,
    bytes: usize,
}

impl ByteBudget {
    pub fn new(max_bytes: usize, max_caller_bytes: usize) -> Arc<ByteBudget> {
        let used = AtomicUsize::new(0);
        Arc::new(ByteBudget { max_bytes, max_caller_bytes, used, callers: DashMap::new() })
    }

    pub fn reserve(self: &Arc<ByteBudget>, caller: String) -> Reservation {
        Reservation { budget: self.clone(), caller, bytes: 0 }
    }

    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn acquire(&self, caller: &str, bytes: usize, caller_max: usize) -> Result<(), Exhausted> {
        let mut own = self.callers.entry(caller.to_owned()).or_insert(0);
        if own.saturating_add(bytes) > caller_max.min(self.max_caller_bytes) {
            return Err(Exhausted::Caller);
        }
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.max_bytes);
        self.used
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits)
            .map_err(|_| Exhausted::Total)?;
        *own += bytes;
        Ok(())
    }

    fn release(&self, caller: &str, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::SeqCst);
        if let Entry::Occupied(mut own) = self.callers.entry(caller.to_owned()) {
            let left = own.get().saturating_sub(bytes);
            if left == 0 {
                own.remove();
            } else {
                *own.get_mut() = left;
            }
        }
    }
}

impl Reservation {
    /// Adds bytes. `caller_max` lowers the limit for this caller.
    pub fn grow(&mut self, bytes: usize, caller_max: usize) -> Result<(), Exhausted> {
        self.budget.acquire(&self.caller, bytes, caller_max)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.release(&self.caller, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_limited_per_caller_and_in_total() {
        let budget = ByteBudget::new(100, 60);
        let mut first = budget.reserve("a".into());
        assert_eq!(first.grow(60, usize::MAX), Ok(()));
        assert_eq!(first.grow(1, usize::MAX), Err(Exhausted::Caller));
        let mut second = budget.reserve("b".into());
        assert_eq!(second.grow(41, usize::MAX), Err(Exhausted::Total));
        assert_eq!(second.grow(11, 10), Err(Exhausted::Caller));
        assert_eq!(second.grow(40, usize::MAX), Ok(()));
        drop(first);
        assert_eq!(second.grow(20, usize::MAX), Ok(()));
        drop(second);
        assert_eq!((budget.used(), budget.callers.len()), (0, 0));
    }
}
