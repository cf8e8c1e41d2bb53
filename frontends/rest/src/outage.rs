//! A database that is away is reported once, then counted, and once more when it is back. Otherwise an outage
//! fills the log with lines that all say the same.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static IS_UNDER_WAY: AtomicBool = AtomicBool::new(false);
static OUTAGE: Mutex<Option<Outage>> = Mutex::new(None);
static FAILURES: AtomicU64 = AtomicU64::new(0);

/// A long outage is named again so often.
const REMINDER: Duration = Duration::from_secs(60);

struct Outage {
    began: Instant,
    reported: Instant,
}

pub fn is_under_way() -> bool {
    IS_UNDER_WAY.load(Ordering::Relaxed)
}

/// The database did not answer.
pub fn failed(error: &str) {
    let failures = FAILURES.fetch_add(1, Ordering::Relaxed) + 1;
    let mut outage = OUTAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    match outage.as_mut() {
        None => {
            tracing::warn!(error, "the database does not answer; further failures are counted");
            *outage = Some(Outage { began: now, reported: now });
            IS_UNDER_WAY.store(true, Ordering::Relaxed);
        }
        Some(outage) if now.duration_since(outage.reported) >= REMINDER => {
            let seconds = outage.began.elapsed().as_secs();
            tracing::warn!(error, failures, seconds, "the database still does not answer");
            outage.reported = now;
        }
        Some(_) => {}
    }
}

/// It answered.
pub fn ended() {
    if !is_under_way() {
        return;
    }
    let mut outage = OUTAGE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(outage) = outage.take() {
        IS_UNDER_WAY.store(false, Ordering::Relaxed);
        let failures = FAILURES.swap(0, Ordering::Relaxed);
        let seconds = outage.began.elapsed().as_secs_f64();
        tracing::info!(failures, seconds, "the database answers again");
    }
}

static LACKING: Mutex<Option<(String, Instant)>> = Mutex::new(None);

/// The database is there, but older than the service, or without a warehouse: the same is said once a minute.
pub fn lacks(what: &str) {
    let mut last = LACKING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_known = |(said, at): &(String, Instant)| said == what && at.elapsed() < REMINDER;
    if !last.as_ref().is_some_and(is_known) {
        tracing::warn!(what, "the database lacks what the service asks for");
        *last = Some((what.to_owned(), Instant::now()));
    }
}
