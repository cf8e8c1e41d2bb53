//! Bytes in memory at one time, of all callers and of each: bodies that are read, responses that are written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

pub struct ByteBudget {
    most: usize,
    most_per_caller: usize,
    used: AtomicUsize,
    callers: DashMap<String, usize>,
}

/// Whose share is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    Everybody,
    Caller,
}

/// Bytes that one request holds until it is dropped.
pub struct Reservation {
    budget: Arc<ByteBudget>,
    caller: String,
    bytes: usize,
}

impl ByteBudget {
    pub fn new(most: usize, most_per_caller: usize) -> Arc<ByteBudget> {
        let used = AtomicUsize::new(0);
        Arc::new(ByteBudget { most, most_per_caller, used, callers: DashMap::new() })
    }

    pub fn reserve(self: &Arc<ByteBudget>, caller: String) -> Reservation {
        Reservation { budget: self.clone(), caller, bytes: 0 }
    }

    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn take(&self, caller: &str, bytes: usize, share: usize) -> Result<(), Exhausted> {
        let mut own = self.callers.entry(caller.to_owned()).or_insert(0);
        if own.saturating_add(bytes) > share.min(self.most_per_caller) {
            return Err(Exhausted::Caller);
        }
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.most);
        self.used
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits)
            .map_err(|_| Exhausted::Everybody)?;
        *own += bytes;
        Ok(())
    }

    fn give_back(&self, caller: &str, bytes: usize) {
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
    /// `share`: the most that this caller may hold, if less than others.
    pub fn grow(&mut self, bytes: usize, share: usize) -> Result<(), Exhausted> {
        self.budget.take(&self.caller, bytes, share)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.give_back(&self.caller, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_by_caller_and_in_all() {
        let budget = ByteBudget::new(100, 60);
        let mut first = budget.reserve("a".into());
        assert_eq!(first.grow(60, usize::MAX), Ok(()));
        assert_eq!(first.grow(1, usize::MAX), Err(Exhausted::Caller));
        let mut second = budget.reserve("b".into());
        assert_eq!(second.grow(41, usize::MAX), Err(Exhausted::Everybody));
        assert_eq!(second.grow(11, 10), Err(Exhausted::Caller));
        assert_eq!(second.grow(40, usize::MAX), Ok(()));
        drop(first);
        assert_eq!(second.grow(20, usize::MAX), Ok(()));
        drop(second);
        assert_eq!((budget.used(), budget.callers.len()), (0, 0));
    }
}
