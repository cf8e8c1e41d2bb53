//! A replica: whether it is healthy, and how far it has replayed the primary's log.
//!
//! Log positions are compared, not times. On an idle primary, the last transaction may be hours old on a replica
//! that has everything.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;

use super::pool::ServerPools;
use crate::connection_string::{CONNECT_TIMEOUT, redact_password};
use crate::error::error_chain;

/// An unprivileged role sees of the WAL receiver only whether there is one. A server that is not a standby has
/// replayed what it has written.
const REPLICA_POSITION: &str = "
    SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                 ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn)::int8,
           NOT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)";

pub struct Replica {
    pub pools: ServerPools,
    /// One connection for health checks.
    monitor: Pool,
    name: String,
    is_healthy: AtomicBool,
    replayed: AtomicU64,
}

impl Replica {
    pub fn new(pools: ServerPools, monitor: Pool, connection: &str) -> Replica {
        Replica {
            pools,
            monitor,
            name: redact_password(connection),
            is_healthy: AtomicBool::new(false),
            replayed: AtomicU64::new(0),
        }
    }

    pub fn is_healthy(&self) -> bool {
        self.is_healthy.load(Ordering::SeqCst)
    }

    /// Whether it is healthy and has replayed the log up to `lsn`.
    pub fn has_replayed(&self, lsn: u64) -> bool {
        self.is_healthy() && self.replayed.load(Ordering::SeqCst) >= lsn
    }

    pub fn mark_unhealthy(&self, reason: &str) {
        if self.is_healthy.swap(false, Ordering::SeqCst) {
            tracing::warn!(replica = self.name, reason, "the replica is not used for reads");
        }
    }

    pub async fn check(&self, history: &LsnHistory, max_lag: Duration) {
        let replayed = match self.read_position().await {
            Ok(replayed) => replayed,
            Err(reason) => return self.mark_unhealthy(&reason),
        };
        self.replayed.store(replayed, Ordering::SeqCst);
        match history.lag(replayed) {
            Some(lag) if lag <= max_lag => {
                if !self.is_healthy.swap(true, Ordering::SeqCst) {
                    tracing::info!(replica = self.name, "the replica is used for reads");
                }
            }
            Some(lag) => self.mark_unhealthy(&format!("it is {:.1} s behind", lag.as_secs_f64())),
            None => self.mark_unhealthy("it has not caught up with the primary yet"),
        }
    }

    async fn read_position(&self) -> Result<u64, String> {
        let query = async {
            let client = self.monitor.get().await.map_err(|e| error_chain(&e))?;
            let rows = client.query_typed(REPLICA_POSITION, &[]).await;
            let rows = rows.map_err(|e| error_chain(&e))?;
            let row = rows.first().ok_or("it returned no position")?;
            let replayed = row.try_get::<_, Option<i64>>(0).map_err(|e| error_chain(&e))?;
            let is_streaming = row.try_get::<_, bool>(1).map_err(|e| error_chain(&e))?;
            if !is_streaming {
                return Err("it does not stream from the primary".to_owned());
            }
            let replayed = replayed.and_then(|lsn| lsn.try_into().ok());
            replayed.ok_or_else(|| "it has replayed nothing".into())
        };
        tokio::time::timeout(CONNECT_TIMEOUT, query).await.map_err(|_| "it does not answer")?
    }
}

/// Samples of the primary's log position over time.
#[derive(Default)]
pub struct LsnHistory {
    first: Option<u64>,
    samples: VecDeque<(Instant, u64)>,
}

impl LsnHistory {
    pub fn add(&mut self, now: Instant, position: u64, retention: Duration) {
        self.first.get_or_insert(position);
        if self.samples.back().is_none_or(|(_, last)| *last < position) {
            self.samples.push_back((now, position));
        }
        // Keeps the newest expired sample: the position of the primary when the retention period began.
        while self.samples.get(1).is_some_and(|(at, _)| now.duration_since(*at) > retention) {
            self.samples.pop_front();
        }
    }

    /// How long ago the primary wrote the first entry that is missing. None if that is not known.
    fn lag(&self, replayed: u64) -> Option<Duration> {
        if replayed < self.first? {
            return None;
        }
        let missing = self.samples.iter().find(|(_, position)| *position > replayed);
        Some(missing.map_or(Duration::ZERO, |(at, _)| at.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_the_age_of_the_first_missing_entry() {
        let now = Instant::now();
        let ago = |seconds| now.checked_sub(Duration::from_secs(seconds)).unwrap_or(now);
        let mut history = LsnHistory::default();
        assert_eq!(history.lag(100), None);
        for (seconds, position) in [(3000, 100), (2000, 100), (30, 200), (20, 300)] {
            history.add(ago(seconds), position, Duration::from_secs(3600));
        }
        assert_eq!(history.lag(99), None, "it never had the first known position");
        let lag = |replayed| history.lag(replayed).map(|lag| lag.as_secs());
        assert_eq!((lag(300), lag(299), lag(100)), (Some(0), Some(20), Some(30)));
        history.add(now, 400, Duration::from_secs(25));
        assert_eq!(history.samples.len(), 3);
        assert!(history.lag(100).is_some_and(|lag| lag >= Duration::from_secs(25)));
    }
}
