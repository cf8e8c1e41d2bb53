//! Queries to PostgreSQL. Each runs in a transaction of its own, under the role of the caller, with a
//! timeout, and takes one round trip.

mod caller_limits;
mod connector;
mod pool;
mod pooled_client;
mod pools;
mod query;
mod replica_watch;
mod replicas;

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{TryStreamExt, future::join3};
use tokio::sync::OwnedSemaphorePermit;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row, RowStream};
use tracing::Instrument;

pub use pools::PoolStatus;
pub use query::{Purpose, Query};
pub use replica_watch::watch_replicas;

use crate::auth::{Caller, Role};
use crate::config::Settings;
use crate::error::Problem;
use crate::metrics::Metrics;
use crate::{outage, trace};
use caller_limits::CallerLimits;
use pooled_client::PooledClient;
use pools::Pools;

/// The primary and its replicas, with the limits and timeouts of queries.
pub struct Database {
    pools: Pools,
    queries: CallerLimits,
    exports: CallerLimits,
    statement_timeout: Duration,
    export_timeout: Duration,
    metrics: Arc<Metrics>,
}

/// An open transaction whose rows are read one by one.
pub struct RowExport {
    /// The first row, which has already been read.
    pub first: Option<Row>,
    pub rows: Pin<Box<RowStream>>,
    client: PooledClient,
    _permit: OwnedSemaphorePermit,
}

impl RowExport {
    /// Ends the transaction and returns the connection to its pool.
    pub async fn commit(self) {
        if let Ok(client) = self.client.get()
            && client.batch_execute("COMMIT").await.is_ok()
        {
            self.client.release();
        }
    }
}

impl Database {
    pub fn new(settings: &Settings, metrics: Arc<Metrics>) -> Result<Database, String> {
        let wait = Duration::from_millis(settings.pool_wait_ms);
        Ok(Database {
            pools: Pools::new(settings)?,
            queries: CallerLimits::new(settings.max_caller_queries, wait),
            exports: CallerLimits::new(settings.max_caller_exports, wait),
            statement_timeout: Duration::from_millis(settings.statement_timeout_ms),
            export_timeout: Duration::from_millis(settings.export_timeout_ms),
            metrics,
        })
    }

    /// Runs a query under the caller's role.
    pub async fn rows(&self, caller: &Caller, query: &Query) -> Result<Vec<Row>, Problem> {
        let _permit = self.queries.acquire(&caller.rate_key()).await?;
        self.run(Some(caller.role), query, query.purpose).await
    }

    /// Runs a query for a caller on the primary, with the privileges of the service's login.
    pub async fn rows_as_login(&self, caller: &Caller, query: &Query) -> Result<Vec<Row>, Problem> {
        let _permit = self.queries.acquire(&caller.rate_key()).await?;
        self.run(None, query, Purpose::ReadPrimary).await
    }

    /// Runs a query of the service itself, with the privileges of its login.
    pub async fn service_rows(&self, query: &Query) -> Result<Vec<Row>, Problem> {
        self.run(None, query, Purpose::Service).await
    }

    /// Runs a query of the service itself that reads only what every caller may read.
    pub async fn viewer_rows(&self, query: &Query) -> Result<Vec<Row>, Problem> {
        self.run(Some(Role::Viewer), query, Purpose::Service).await
    }

    async fn run(
        &self,
        role: Option<Role>,
        query: &Query,
        purpose: Purpose,
    ) -> Result<Vec<Row>, Problem> {
        let start = Instant::now();
        let span = tracing::info_span!("database", otel.kind = "client", db.system = "postgresql");
        let rows = self.run_with_retry(role, query, purpose).instrument(span).await;
        let outcome = rows.as_ref().map_or_else(|problem| problem.code, |_| "ok");
        self.metrics.record_query(outcome, start.elapsed());
        if rows.is_ok() {
            outage::end();
        }
        rows
    }

    /// Runs the query once more, unprepared, if only the connection's state was at fault.
    async fn run_with_retry(
        &self,
        role: Option<Role>,
        query: &Query,
        purpose: Purpose,
    ) -> Result<Vec<Row>, Problem> {
        let start = Instant::now();
        match self.attempt(role, query, purpose, self.pools.can_prepare()).await? {
            Err(error)
                if self.pools.forget_stale_statement(&error)
                    || (is_cancelled(&error) && start.elapsed() < self.statement_timeout) =>
            {
                Ok(self.attempt(role, query, purpose, false).await??)
            }
            rows => Ok(rows?),
        }
    }

    async fn attempt(
        &self,
        role: Option<Role>,
        query: &Query,
        purpose: Purpose,
        prepare: bool,
    ) -> Result<Result<Vec<Row>, Error>, Problem> {
        let pooled = PooledClient::new(self.pools.get(purpose).await?);
        let client = pooled.get()?;
        // Without prepared statements there may be a pooler, and the session another client's.
        let search_path = if prepare { None } else { self.pools.search_path() };
        let begin = begin_sql(purpose, role, self.statement_timeout, search_path.as_deref());
        // The statement is prepared before the transaction begins. All that follows is then sent at
        // once, in this order, and takes one round trip.
        if prepare
            && let Cow::Borrowed(sql) = query.sql
            && let Err(error) = client.prepare_typed_cached(sql, &query.types()).await
        {
            pooled.release();
            return Ok(Err(error));
        }
        let rows = async { query.stream(client, prepare).await?.try_collect::<Vec<_>>().await };
        let (begun, rows, committed) =
            join3(client.batch_execute(&begin), rows, client.batch_execute("COMMIT")).await;
        pooled.release();
        Ok(begun.and(rows).and_then(|rows| committed.map(|()| rows)))
    }

    /// The column names of a query, for results without rows.
    pub async fn column_names(
        &self,
        caller: &Caller,
        query: &Query,
    ) -> Result<Vec<String>, Problem> {
        let pooled = PooledClient::new(self.pools.get(query.purpose).await?);
        let client = pooled.get()?;
        let search_path = self.pools.search_path();
        let timeout = self.statement_timeout;
        let begin = begin_sql(query.purpose, Some(caller.role), timeout, search_path.as_deref());
        client.batch_execute(&begin).await?;
        let prepared = client.prepare_typed(&query.sql, &query.types()).await;
        // The statement is closed within the transaction, so on the same connection behind a pooler.
        let names = prepared.map(|statement| {
            let columns = statement.columns().iter();
            columns.map(|column| column.name().to_owned()).collect()
        });
        client.batch_execute("ROLLBACK").await?;
        pooled.release();
        Ok(names?)
    }

    /// Starts a query whose rows are streamed. Fails if the query fails before its first row.
    pub async fn export(&self, caller: &Caller, query: &Query) -> Result<RowExport, Problem> {
        let permit = self.exports.try_acquire(&caller.rate_key());
        let permit = permit.ok_or_else(|| too_many_exports(self.exports.max_per_caller()))?;
        let pooled = PooledClient::for_export(self.pools.get(Purpose::Export).await?);
        let client = pooled.get()?;
        let search_path = self.pools.search_path();
        let timeout = self.export_timeout;
        let begin = begin_sql(Purpose::Export, Some(caller.role), timeout, search_path.as_deref());
        client.batch_execute(&begin).await?;
        let started = match query.stream(client, false).await {
            Ok(rows) => read_first(rows).await,
            Err(error) => Err(error),
        };
        match started {
            Ok((first, rows)) => Ok(RowExport { first, rows, client: pooled, _permit: permit }),
            Err(error) => {
                client.batch_execute("ROLLBACK").await?;
                pooled.release();
                Err(error.into())
            }
        }
    }

    pub fn export_timeout(&self) -> Duration {
        self.export_timeout
    }

    /// Read no replica until `require_lsn` names the position of the last change.
    pub fn require_unknown_lsn(&self) {
        self.pools.require_unknown_lsn();
    }

    /// Read only replicas that have replayed the log up to `lsn`. 0 allows any healthy replica.
    pub fn require_lsn(&self, lsn: u64) {
        self.pools.require_lsn(lsn);
    }

    pub fn set_can_prepare(&self, can_prepare: bool) {
        self.pools.set_can_prepare(can_prepare);
    }

    pub fn pool_status(&self) -> PoolStatus {
        self.pools.status()
    }

    /// Frees the memory of callers that have no query running.
    pub fn sweep(&self) {
        self.queries.sweep();
        self.exports.sweep();
    }

    /// Closes all connections. PostgreSQL then cancels the queries that still run.
    pub fn close(&self) {
        self.pools.close();
    }
}

/// Starts a transaction. The only part that comes from outside is the trace ID, which is hexadecimal.
fn begin_sql(
    purpose: Purpose,
    role: Option<Role>,
    timeout: Duration,
    search_path: Option<&str>,
) -> String {
    let access = if purpose == Purpose::Write { "" } else { " READ ONLY" };
    let role = role.map(|role| format!("SET LOCAL ROLE {}; ", role.database_role()));
    let path = search_path.map(|path| format!("SET LOCAL search_path = {path}; "));
    let trace = trace::current_id();
    let name = if trace.is_empty() { "ntsb-rest".into() } else { format!("ntsb-rest {trace}") };
    format!(
        "BEGIN{access}; {}{}SET LOCAL statement_timeout = {}; SET LOCAL application_name = '{name}'",
        path.unwrap_or_default(),
        role.unwrap_or_default(),
        timeout.as_millis()
    )
}

/// Whether the query was cancelled. Before its timeout, this is a late cancel request that was meant for the
/// previous query on this connection. PostgreSQL does not say when it has processed one.
fn is_cancelled(error: &Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}

async fn read_first(rows: RowStream) -> Result<(Option<Row>, Pin<Box<RowStream>>), Error> {
    let mut rows = Box::pin(rows);
    let first = rows.try_next().await?;
    Ok((first, rows))
}

fn too_many_exports(max: usize) -> Problem {
    Problem {
        retry_after: Some(5),
        ..Problem::too_many("too many exports of yours are running")
            .details(format!("max_caller_exports is {max}"))
            .hint("Read the running exports to their end, or close them.")
    }
}
