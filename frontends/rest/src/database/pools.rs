//! Chooses the server and the pool for a query. Queries, exports and the service itself have separate pools,
//! so that none of them can take all connections.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use deadpool_postgres::{Object, Pool};
use tokio_postgres::error::SqlState;

use super::pool::{SearchPath, ServerPools, new_pool};
use super::query::Purpose;
use super::replicas::Replica;
use crate::config::Settings;
use crate::error::{Problem, error_chain};

/// Readiness, revoked keys, the change log and metrics each need one at a time.
const SERVICE_CONNECTIONS: usize = 4;

pub struct Pools {
    primary: ServerPools,
    service: Pool,
    pub replicas: Vec<Replica>,
    /// Counts the reads, to take the replicas in turn.
    next: AtomicUsize,
    /// The log position that a replica must have replayed to be read. u64::MAX: not known yet.
    required_lsn: AtomicU64,
    can_prepare: AtomicBool,
    never_prepare: AtomicBool,
    search_path: SearchPath,
}

/// The state of the pools, for metrics.
pub struct PoolStatus {
    /// Connections for queries to the primary.
    pub primary: deadpool_postgres::Status,
    pub replicas: usize,
    pub healthy_replicas: usize,
}

impl Pools {
    pub fn new(settings: &Settings) -> Result<Pools, String> {
        let search_path = SearchPath::default();
        let replica = |connection: &String| {
            let monitor = new_pool(connection, settings, 1, &search_path)?;
            let pools = ServerPools::new(connection, settings, &search_path)?;
            Ok(Replica::new(pools, monitor, connection))
        };
        let service = new_pool(&settings.database, settings, SERVICE_CONNECTIONS, &search_path)?;
        Ok(Pools {
            primary: ServerPools::new(&settings.database, settings, &search_path)?,
            service,
            replicas: settings.replicas.iter().map(replica).collect::<Result<_, String>>()?,
            next: AtomicUsize::new(0),
            required_lsn: AtomicU64::new(0),
            can_prepare: AtomicBool::new(false),
            never_prepare: AtomicBool::new(false),
            search_path,
        })
    }

    pub async fn get(&self, purpose: Purpose) -> Result<Object, Problem> {
        match purpose {
            Purpose::Service => Ok(self.service.get().await?),
            Purpose::Read | Purpose::Export => self.get_for_read(purpose).await,
            Purpose::ReadPrimary | Purpose::Write => Ok(self.primary.queries.get().await?),
        }
    }

    async fn get_for_read(&self, purpose: Purpose) -> Result<Object, Problem> {
        let required = self.required_lsn.load(Ordering::SeqCst);
        let (start, count) = (self.next.fetch_add(1, Ordering::Relaxed), self.replicas.len());
        for step in 0..count {
            let Some(replica) = self.replicas.get((start + step) % count) else { break };
            if replica.has_replayed(required) {
                match replica.pools.pool(purpose).get().await {
                    Ok(client) => return Ok(client),
                    Err(error) => replica.mark_unhealthy(&error_chain(&error)),
                }
            }
        }
        Ok(self.primary.pool(purpose).get().await?)
    }

    pub fn require_unknown_lsn(&self) {
        self.required_lsn.store(u64::MAX, Ordering::SeqCst);
    }

    pub fn require_lsn(&self, lsn: u64) {
        self.required_lsn.store(lsn, Ordering::SeqCst);
    }

    pub fn status(&self) -> PoolStatus {
        PoolStatus {
            primary: self.primary.queries.status(),
            replicas: self.replicas.len(),
            healthy_replicas: self.replicas.iter().filter(|r| r.is_healthy()).count(),
        }
    }

    /// Whether named prepared statements are safe. Behind a pooler in transaction mode they are not: one client
    /// would execute another's statement. So this is false until a probe has shown that there is none.
    pub fn can_prepare(&self) -> bool {
        self.can_prepare.load(Ordering::SeqCst) && !self.never_prepare.load(Ordering::SeqCst)
    }

    pub fn set_can_prepare(&self, can_prepare: bool) {
        self.can_prepare.store(can_prepare, Ordering::SeqCst);
    }

    /// The search_path to set in a transaction whose connection may have been another client's before.
    pub fn search_path(&self) -> Option<String> {
        self.search_path.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether only a stale prepared statement caused the error, so that the query may succeed without one. If
    /// so, clears all cached statements.
    pub fn forget_stale_statement(&self, error: &tokio_postgres::Error) -> bool {
        let Some(error) = error.as_db_error() else { return false };
        let has_changed = error.code() == &SqlState::FEATURE_NOT_SUPPORTED
            && error.routine() == Some("RevalidateCachedQuery");
        let lost = [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT];
        let is_lost = lost.contains(error.code());
        if is_lost && !self.never_prepare.swap(true, Ordering::SeqCst) {
            tracing::warn!(
                error = error.message(),
                "a connection pooler loses prepared statements; no more are prepared from now on"
            );
        }
        if has_changed || is_lost {
            self.all_pools().for_each(|pool| pool.manager().statement_caches.clear());
        }
        has_changed || is_lost
    }

    fn all_pools(&self) -> impl Iterator<Item = &Pool> {
        let replicas = self.replicas.iter().map(|replica| &replica.pools);
        let servers = replicas.chain([&self.primary]);
        servers.flat_map(|s| [&s.queries, &s.exports]).chain([&self.service])
    }

    pub fn close(&self) {
        self.primary.close();
        self.service.close();
        self.replicas.iter().for_each(|replica| replica.pools.close());
    }
}
