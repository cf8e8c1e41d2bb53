//! Which replicas are well, and how far each has replayed the primary's log.
//!
//! Positions in the log are compared, not times: the last transaction that an idle primary made may be hours
//! old on a standby that has everything.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;

use crate::ask::Question;
use crate::config::without_password;
use crate::error::{Problem, chain};
use crate::pools::{CONNECT_TIMEOUT, Database};
use crate::state::App;

/// How often replicas are asked whether they are well.
const ROUND: Duration = Duration::from_secs(1);

/// A page of the log begins with a header of 24 or 40 bytes. Where only that was reserved, there is nothing
/// yet to replay beyond the page before.
const WAL_PAGE: u64 = 8192;
const LONGEST_PAGE_HEADER: u64 = 40;

const PRIMARY_POSITION: &str = "
    SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                 ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn)::int8";

/// Of its receiver a plain role sees whether there is one. A server that is no standby has what it has written.
const REPLICA_POSITION: &str = "
    SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                 ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn)::int8,
           NOT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)";

pub struct Replica {
    pub database: Database,
    watcher: Pool,
    name: String,
    is_well: AtomicBool,
    replayed: AtomicU64,
}

impl Replica {
    pub fn new(database: Database, watcher: Pool, connection: &str) -> Replica {
        Replica {
            database,
            watcher,
            name: without_password(connection),
            is_well: AtomicBool::new(false),
            replayed: AtomicU64::new(0),
        }
    }

    pub fn is_well(&self) -> bool {
        self.is_well.load(Ordering::SeqCst)
    }

    /// Whether it may be read by who needs the log up to here.
    pub fn has(&self, needed: u64) -> bool {
        self.is_well() && self.replayed.load(Ordering::SeqCst) >= needed
    }

    pub fn leave_out(&self, why: &str) {
        if self.is_well.swap(false, Ordering::SeqCst) {
            tracing::warn!(replica = self.name, why, "the replica is left out");
        }
    }

    async fn check(&self, history: &History, most_lag: Duration) {
        let replayed = match self.position().await {
            Ok(replayed) => replayed,
            Err(why) => return self.leave_out(&why),
        };
        self.replayed.store(replayed, Ordering::SeqCst);
        match history.lag(replayed) {
            Some(lag) if lag <= most_lag => {
                if !self.is_well.swap(true, Ordering::SeqCst) {
                    tracing::info!(replica = self.name, "the replica is read");
                }
            }
            Some(lag) => self.leave_out(&format!("it is {:.1} s behind", lag.as_secs_f64())),
            None => self.leave_out("it has not caught up with the primary yet"),
        }
    }

    async fn position(&self) -> Result<u64, String> {
        let asked = async {
            let client = self.watcher.get().await.map_err(|e| chain(&e))?;
            let rows = client.query_typed(REPLICA_POSITION, &[]).await.map_err(|e| chain(&e))?;
            let row = rows.first().ok_or("it says nothing")?;
            let replayed = row.try_get::<_, Option<i64>>(0).map_err(|e| chain(&e))?;
            let streams = row.try_get::<_, bool>(1).map_err(|e| chain(&e))?;
            if !streams {
                return Err("it receives nothing".to_owned());
            }
            replayed.and_then(|lsn| lsn.try_into().ok()).ok_or_else(|| "it replays nothing".into())
        };
        tokio::time::timeout(CONNECT_TIMEOUT, asked).await.map_err(|_| "it does not answer")?
    }
}

/// Where the primary's log ended at which time.
#[derive(Default)]
struct History {
    first: Option<u64>,
    samples: VecDeque<(Instant, u64)>,
}

impl History {
    fn add(&mut self, now: Instant, position: u64, keep: Duration) {
        self.first.get_or_insert(position);
        if self.samples.back().is_none_or(|(_, last)| *last < position) {
            self.samples.push_back((now, position));
        }
        // The newest of the old ones stays: it says what the primary had when `keep` began.
        while self.samples.get(1).is_some_and(|(at, _)| now.duration_since(*at) > keep) {
            self.samples.pop_front();
        }
    }

    /// How long ago the primary wrote what is missing; none where nobody can say.
    fn lag(&self, replayed: u64) -> Option<Duration> {
        if replayed < self.first? {
            return None;
        }
        let missing = self.samples.iter().find(|(_, position)| *position > replayed);
        Some(missing.map_or(Duration::ZERO, |(at, _)| at.elapsed()))
    }
}

/// Where there is nothing but a page's header, the page before.
fn settled(position: u64) -> u64 {
    let offset = position % WAL_PAGE;
    if offset <= LONGEST_PAGE_HEADER { position - offset } else { position }
}

impl App {
    /// Where the primary's log ends now: all that was committed before is before it.
    pub async fn primary_position(&self) -> Result<u64, Problem> {
        let rows = self.service_rows(Question::new(PRIMARY_POSITION)).await?;
        let position = rows.first().map(|row| row.try_get::<_, i64>(0)).transpose()?;
        let position = position.and_then(|lsn| u64::try_from(lsn).ok());
        position.map(settled).ok_or_else(Problem::internal)
    }
}

/// Ends at once where there are no replicas.
pub async fn watch_replicas(app: Arc<App>) {
    let seconds = app.settings.replica_lag_seconds.clamp(0.0, 86_400.0);
    let most_lag = Duration::from_secs_f64(seconds);
    let mut history = History::default();
    while !app.pools.replicas.is_empty() {
        // Where the primary does not answer, what was known of it holds.
        if let Ok(position) = app.primary_position().await {
            history.add(Instant::now(), position, most_lag + ROUND * 10);
        }
        for replica in &app.pools.replicas {
            replica.check(&history, most_lag).await;
        }
        tokio::time::sleep(ROUND).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_the_age_of_the_first_thing_that_is_missing() {
        let now = Instant::now();
        let ago = |seconds| now.checked_sub(Duration::from_secs(seconds)).unwrap_or(now);
        let mut history = History::default();
        assert_eq!(history.lag(100), None);
        for (seconds, position) in [(3000, 100), (2000, 100), (30, 200), (20, 300)] {
            history.add(ago(seconds), position, Duration::from_secs(3600));
        }
        assert_eq!(history.lag(99), None, "it never had what the primary had at first");
        let lag = |replayed| history.lag(replayed).map(|lag| lag.as_secs());
        assert_eq!((lag(300), lag(299), lag(100)), (Some(0), Some(20), Some(30)));
        history.add(now, 400, Duration::from_secs(25));
        assert_eq!(history.samples.len(), 3);
        assert!(history.lag(100).is_some_and(|lag| lag >= Duration::from_secs(25)));
    }

    #[test]
    fn a_page_with_nothing_but_its_header_is_nothing_to_wait_for() {
        assert_eq!(settled(3 * 8192 + 24), 3 * 8192);
        assert_eq!(settled(16 << 20), 16 << 20);
        assert_eq!(settled((16 << 20) + 40), 16 << 20);
        assert_eq!(settled(3 * 8192 + 41), 3 * 8192 + 41);
    }
}
