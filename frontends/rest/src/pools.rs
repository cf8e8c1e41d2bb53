//! Connections: reads go round the replicas that are well, writes and all else to the primary.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
};
use tokio_postgres::{Config, NoTls};

use crate::config::{Settings, without_password};
use crate::error::{Problem, chain};

/// How often replicas are asked whether they are well.
const ROUND: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The extension's functions and PostGIS are found wherever they were installed.
pub const SEARCH_PATH: &str = "
    SELECT set_config('search_path', coalesce(
        (SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
         FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
         WHERE e.extname IN ('pg_ntsb', 'postgis')), 'public') || ', pg_temp', false)";

/// Of its receiver a plain role sees whether there is one.
const LAG: &str = "
    SELECT pg_is_in_recovery(),
           CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END::float8,
           EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)";

pub struct Pools {
    primary: Pool,
    replicas: Vec<Replica>,
    next: AtomicUsize,
}

struct Replica {
    pool: Pool,
    name: String,
    is_well: AtomicBool,
}

impl Pools {
    pub fn new(settings: &Settings) -> Result<Pools, String> {
        let replica = |text: &String| {
            let (pool, name) = (pool(text, settings)?, without_password(text));
            Ok(Replica { pool, name, is_well: AtomicBool::new(false) })
        };
        Ok(Pools {
            primary: pool(&settings.database, settings)?,
            replicas: settings.replicas.iter().map(replica).collect::<Result<_, String>>()?,
            next: AtomicUsize::new(0),
        })
    }

    pub async fn primary(&self) -> Result<Object, Problem> {
        Ok(self.primary.get().await?)
    }

    /// A replica that is well, or else the primary.
    pub async fn reader(&self) -> Result<Object, Problem> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.replicas.len();
        for step in 0..count {
            let Some(replica) = self.replicas.get((start + step) % count) else { break };
            if replica.is_well.load(Ordering::Relaxed) {
                match replica.pool.get().await {
                    Ok(client) => return Ok(client),
                    Err(error) => replica.fell_ill(&chain(&error)),
                }
            }
        }
        self.primary().await
    }

    /// Size, idle and waiting of the primary's pool; replicas that are well.
    pub fn status(&self) -> (deadpool_postgres::Status, usize) {
        let well = self.replicas.iter().filter(|r| r.is_well.load(Ordering::Relaxed)).count();
        (self.primary.status(), well)
    }

    pub fn replicas(&self) -> Vec<(String, bool)> {
        let of = |r: &Replica| (r.name.clone(), r.is_well.load(Ordering::Relaxed));
        self.replicas.iter().map(of).collect()
    }

    pub async fn watch_replicas(self: Arc<Self>, most_lag: f64) {
        while !self.replicas.is_empty() {
            for replica in &self.replicas {
                replica.ask(most_lag).await;
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    pub fn close(&self) {
        self.primary.close();
        self.replicas.iter().for_each(|r| r.pool.close());
    }
}

impl Replica {
    async fn ask(&self, most_lag: f64) {
        match self.lag().await {
            Ok(lag) if lag <= most_lag => {
                if !self.is_well.swap(true, Ordering::Relaxed) {
                    tracing::info!(replica = self.name, lag, "the replica answers");
                }
            }
            Ok(lag) => self.fell_ill(&format!("it is {lag} s behind")),
            Err(why) => self.fell_ill(&why),
        }
    }

    /// Seconds behind. Without a stream nobody knows what it misses.
    async fn lag(&self) -> Result<f64, String> {
        let asked = async {
            let client = self.pool.get().await.map_err(|e| chain(&e))?;
            let row = client.query_one(LAG, &[]).await.map_err(|e| chain(&e))?;
            let (standby, lag, streams): (bool, f64, bool) = (row.get(0), row.get(1), row.get(2));
            if !standby || streams { Ok(lag) } else { Err("it receives nothing".to_owned()) }
        };
        tokio::time::timeout(CONNECT_TIMEOUT, asked).await.map_err(|_| "it does not answer")?
    }

    fn fell_ill(&self, why: &str) {
        if self.is_well.swap(false, Ordering::Relaxed) {
            tracing::warn!(replica = self.name, why, "the replica is left out");
        }
    }
}

/// What a connection string says, and what every connection of ours has besides.
pub fn configuration(text: &str) -> Result<Config, String> {
    let mut config = Config::from_str(text)
        .map_err(|e| format!("no connection string: {}", e.to_string().replace(text, "…")))?;
    config.application_name("ntsb-rest").connect_timeout(CONNECT_TIMEOUT);
    config.keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

fn pool(text: &str, settings: &Settings) -> Result<Pool, String> {
    // Whether a connection still lives is seen when it is used.
    let method = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(configuration(text)?, NoTls, method);
    let prepared = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
        Box::pin(async move {
            let done = client.batch_execute(SEARCH_PATH).await;
            done.map_err(HookError::Backend)
        })
    });
    let wait = Duration::from_millis(settings.pool_wait_ms);
    Pool::builder(manager)
        .max_size(settings.pool_size)
        .wait_timeout(Some(wait))
        .create_timeout(Some(wait.max(CONNECT_TIMEOUT)))
        .runtime(Runtime::Tokio1)
        .post_create(prepared)
        .build()
        .map_err(|e| e.to_string())
}
