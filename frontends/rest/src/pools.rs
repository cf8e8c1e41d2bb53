//! Connections: to the primary and to each replica, of their own for queries, for exports and for the service
//! itself, so that neither a slow export nor a crowd of queries leaves nothing for the others.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Config, NoTls, SimpleQueryMessage};

use crate::config::Settings;
use crate::error::{Problem, chain};
use crate::replicas::Replica;

pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Readiness, revoked keys and the change log each need one at a time.
const SERVICE_CONNECTIONS: usize = 3;

/// The extension's functions and PostGIS are found wherever they were installed.
const SEARCH_PATH: &str = "
    SELECT set_config('search_path', coalesce(
        (SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
         FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
         WHERE e.extname IN ('pg_ntsb', 'postgis')), 'public') || ', pg_temp', false)";

/// As the catalog says it, quoted; none before the first connection.
pub type SearchPath = Arc<RwLock<Option<String>>>;

/// What a connection is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A read: on a replica that has what the primary last told of, or else on the primary.
    Read,
    /// A read that must not miss anything.
    ReadPrimary,
    Write,
    /// A response that is streamed, which may take minutes.
    Export,
    /// The service's own questions.
    Service,
}

pub struct Database {
    pub queries: Pool,
    pub exports: Pool,
}

pub struct Pools {
    primary: Database,
    service: Pool,
    pub replicas: Vec<Replica>,
    next: AtomicUsize,
    /// What a replica must have replayed to be read; u64::MAX: not known yet.
    needed: AtomicU64,
    prepares: AtomicBool,
    never_prepares: AtomicBool,
    search_path: SearchPath,
}

impl Database {
    fn new(text: &str, settings: &Settings, path: &SearchPath) -> Result<Database, String> {
        Ok(Database {
            queries: pool(text, settings, settings.pool_size, path)?,
            exports: pool(text, settings, settings.export_pool_size, path)?,
        })
    }

    fn close(&self) {
        self.queries.close();
        self.exports.close();
    }

    fn pool(&self, purpose: Purpose) -> &Pool {
        if purpose == Purpose::Export { &self.exports } else { &self.queries }
    }
}

impl Pools {
    pub fn new(settings: &Settings) -> Result<Pools, String> {
        let path = SearchPath::default();
        let replica = |text: &String| {
            let watcher = pool(text, settings, 1, &path)?;
            Ok(Replica::new(Database::new(text, settings, &path)?, watcher, text))
        };
        Ok(Pools {
            primary: Database::new(&settings.database, settings, &path)?,
            service: pool(&settings.database, settings, SERVICE_CONNECTIONS, &path)?,
            replicas: settings.replicas.iter().map(replica).collect::<Result<_, String>>()?,
            next: AtomicUsize::new(0),
            needed: AtomicU64::new(0),
            prepares: AtomicBool::new(false),
            never_prepares: AtomicBool::new(false),
            search_path: path,
        })
    }

    pub async fn get(&self, purpose: Purpose) -> Result<Object, Problem> {
        match purpose {
            Purpose::Service => Ok(self.service.get().await?),
            Purpose::Read | Purpose::Export => self.reader(purpose).await,
            Purpose::ReadPrimary | Purpose::Write => Ok(self.primary.queries.get().await?),
        }
    }

    async fn reader(&self, purpose: Purpose) -> Result<Object, Problem> {
        let needed = self.needed.load(Ordering::SeqCst);
        let (start, count) = (self.next.fetch_add(1, Ordering::Relaxed), self.replicas.len());
        for step in 0..count {
            let Some(replica) = self.replicas.get((start + step) % count) else { break };
            if replica.has(needed) {
                match replica.database.pool(purpose).get().await {
                    Ok(client) => return Ok(client),
                    Err(error) => replica.leave_out(&chain(&error)),
                }
            }
        }
        Ok(self.primary.pool(purpose).get().await?)
    }

    /// Something changed on the primary: until `need` says where, no replica is read.
    pub fn need_unknown(&self) {
        self.needed.store(u64::MAX, Ordering::SeqCst);
    }

    /// 0: any replica that is well will do.
    pub fn need(&self, lsn: u64) {
        self.needed.store(lsn, Ordering::SeqCst);
    }

    /// Of the primary's pool for queries, and how many replicas are read.
    pub fn status(&self) -> (deadpool_postgres::Status, usize) {
        (self.primary.queries.status(), self.replicas.iter().filter(|r| r.is_well()).count())
    }

    /// Whether statements are prepared under a name. Not before it is known that no pooler hands each
    /// transaction to another connection, where one client would execute another's statement.
    pub fn prepares(&self) -> bool {
        self.prepares.load(Ordering::SeqCst) && !self.never_prepares.load(Ordering::SeqCst)
    }

    pub fn set_prepares(&self, may: bool) {
        self.prepares.store(may, Ordering::SeqCst);
    }

    /// For transactions whose connection may have been another client's before.
    pub fn search_path(&self) -> Option<String> {
        self.search_path.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether an error comes of a prepared statement alone, so that the same question without one may
    /// succeed. What was prepared is forgotten.
    pub fn is_stale_statement(&self, error: &tokio_postgres::Error) -> bool {
        let Some(error) = error.as_db_error() else { return false };
        let changed = error.code() == &SqlState::FEATURE_NOT_SUPPORTED
            && error.routine() == Some("RevalidateCachedQuery");
        let lost = [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT];
        let lost = lost.contains(error.code());
        if lost && !self.never_prepares.swap(true, Ordering::SeqCst) {
            tracing::warn!(
                error = error.message(),
                "a connection pooler loses prepared statements: none are used from now on"
            );
        }
        if changed || lost {
            self.all().for_each(|pool| pool.manager().statement_caches.clear());
        }
        changed || lost
    }

    fn all(&self) -> impl Iterator<Item = &Pool> {
        let replicas = self.replicas.iter().map(|replica| &replica.database);
        let databases = replicas.chain([&self.primary]);
        databases.flat_map(|d| [&d.queries, &d.exports]).chain([&self.service])
    }

    pub fn close(&self) {
        self.primary.close();
        self.service.close();
        self.replicas.iter().for_each(|replica| replica.database.close());
    }
}

/// Ends what the server does for the holder of the token.
pub async fn cancel(token: CancelToken) {
    let _ = tokio::time::timeout(CONNECT_TIMEOUT, token.cancel_query(NoTls)).await;
}

/// What a connection string says, and what every connection of ours has besides.
pub fn configuration(text: &str) -> Result<Config, String> {
    let mut config = Config::from_str(text)
        .map_err(|e| format!("no connection string: {}", e.to_string().replace(text, "…")))?;
    config.application_name("ntsb-rest").connect_timeout(CONNECT_TIMEOUT);
    config.keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

fn pool(text: &str, settings: &Settings, size: usize, path: &SearchPath) -> Result<Pool, String> {
    // Whether a connection still lives is seen when it is used.
    let method = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(configuration(text)?, NoTls, method);
    let path = path.clone();
    let prepared = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let path = path.clone();
        Box::pin(async move {
            let said = client.simple_query(SEARCH_PATH).await.map_err(HookError::Backend)?;
            let row = said.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            *path.write().unwrap_or_else(PoisonError::into_inner) = row;
            Ok(())
        })
    });
    let wait = Duration::from_millis(settings.pool_wait_ms);
    Pool::builder(manager)
        .max_size(size.max(1))
        .wait_timeout(Some(wait))
        .create_timeout(Some(wait.max(CONNECT_TIMEOUT)))
        .runtime(Runtime::Tokio1)
        .post_create(prepared)
        .build()
        .map_err(|e| e.to_string())
}
