//! Logs an outage of the database once when it begins and once when it ends. The failures in between are only
//! counted, so that they do not flood the log.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static IS_ONGOING: AtomicBool = AtomicBool::new(false);
static OUTAGE: Mutex<Option<Outage>> = Mutex::new(None);
static FAILURES: AtomicU64 = AtomicU64::new(0);

/// How often an ongoing outage is logged again.
const REMINDER_INTERVAL: Duration = Duration::from_secs(60);

struct Outage {
    start: Instant,
    reported_at: Instant,
}

pub fn is_ongoing() -> bool {
    IS_ONGOING.load(Ordering::Relaxed)
}

/// Records that the database did not answer.
pub fn record_failure(error: &str) {
    let failures = FAILURES.fetch_add(1, Ordering::Relaxed) + 1;
    let mut outage = OUTAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    match outage.as_mut() {
        None => {
            tracing::warn!(error, "the database does not answer; further failures are counted");
            *outage = Some(Outage { start: now, reported_at: now });
            IS_ONGOING.store(true, Ordering::Relaxed);
        }
        Some(outage) if now.duration_since(outage.reported_at) >= REMINDER_INTERVAL => {
            let seconds = outage.start.elapsed().as_secs();
            tracing::warn!(error, failures, seconds, "the database still does not answer");
            outage.reported_at = now;
        }
        Some(_) => {}
    }
}

/// Records that the database answered.
pub fn end() {
    if !is_ongoing() {
        return;
    }
    let mut outage = OUTAGE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(outage) = outage.take() {
        IS_ONGOING.store(false, Ordering::Relaxed);
        let failures = FAILURES.swap(0, Ordering::Relaxed);
        let seconds = outage.start.elapsed().as_secs_f64();
        tracing::info!(failures, seconds, "the database answers again");
    }
}

static MISSING: Mutex<Option<(String, Instant)>> = Mutex::new(None);

/// Records that the database is older than the service or has no warehouse. Logs each message once a minute.
pub fn report_missing(missing: &str) {
    let mut last = MISSING.lock().unwrap_or_else(PoisonError::into_inner);
    let is_recent =
        |(last, at): &(String, Instant)| last == missing && at.elapsed() < REMINDER_INTERVAL;
    if !last.as_ref().is_some_and(is_recent) {
        tracing::warn!(missing, "the database lacks something that the service needs");
        *last = Some((missing.to_owned(), Instant::now()));
    }
}
