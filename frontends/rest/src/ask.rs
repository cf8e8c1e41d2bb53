//! One question to the database: in a transaction of its own, under the role of who asks, sent in one go.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use deadpool_postgres::Object;
use futures_util::{TryStreamExt, future::join3};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, RowStream};
use tracing::Instrument;

use crate::auth::{Caller, Role};
use crate::error::Problem;
use crate::json_text::JsonText;
use crate::lease::Lease;
use crate::outage;
use crate::pools::Purpose;
use crate::state::App;
use crate::trace;

type Parameter = (Box<dyn ToSql + Sync + Send>, Type);

/// A statement with its values. One that is written for the occasion is not kept prepared.
pub struct Question {
    pub sql: Cow<'static, str>,
    parameters: Vec<Parameter>,
    pub purpose: Purpose,
}

impl Question {
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Question {
        Question { sql: sql.into(), parameters: Vec::new(), purpose: Purpose::Read }
    }

    /// The same values, to a statement that was put together around them.
    pub fn saying(self, sql: String) -> Question {
        Question { sql: sql.into(), ..self }
    }

    fn with(mut self, value: impl ToSql + Sync + Send + 'static, as_type: Type) -> Question {
        self.parameters.push((Box::new(value), as_type));
        self
    }

    pub fn text(self, value: impl Into<Option<String>>) -> Question {
        self.with(value.into(), Type::TEXT)
    }

    /// Each as a parameter of its own.
    pub fn all(self, values: Vec<Option<String>>) -> Question {
        values.into_iter().fold(self, Question::text)
    }

    pub fn texts(self, value: impl Into<Option<Vec<String>>>) -> Question {
        self.with(value.into(), Type::TEXT_ARRAY)
    }

    pub fn int(self, value: impl Into<Option<i32>>) -> Question {
        self.with(value.into(), Type::INT4)
    }

    pub fn long(self, value: impl Into<Option<i64>>) -> Question {
        self.with(value.into(), Type::INT8)
    }

    pub fn longs(self, value: Vec<i64>) -> Question {
        self.with(value, Type::INT8_ARRAY)
    }

    pub fn moment(self, value: impl Into<Option<DateTime<Utc>>>) -> Question {
        self.with(value.into(), Type::TIMESTAMPTZ)
    }

    pub fn float(self, value: impl Into<Option<f64>>) -> Question {
        self.with(value.into(), Type::FLOAT8)
    }

    pub fn flag(self, value: impl Into<Option<bool>>) -> Question {
        self.with(value.into(), Type::BOOL)
    }

    pub fn json(self, text: String) -> Question {
        self.with(JsonText(text), Type::JSONB)
    }

    /// Of the next parameter, for statements that are put together.
    pub fn next(&self) -> usize {
        self.parameters.len() + 1
    }

    pub fn purpose(self, purpose: Purpose) -> Question {
        Question { purpose, ..self }
    }

    /// To be asked of the primary.
    pub fn writing(self) -> Question {
        self.purpose(Purpose::Write)
    }

    fn types(&self) -> Vec<Type> {
        self.parameters.iter().map(|(_, t)| t.clone()).collect()
    }

    /// Nothing of what stands here comes from outside but the number of a trace, of hexadecimal digits.
    pub fn begin(&self, role: Option<Role>, timeout: u64, search_path: Option<&str>) -> String {
        let access = if self.purpose == Purpose::Write { "" } else { " READ ONLY" };
        let role = role.map(|role| format!("SET LOCAL ROLE {}; ", role.of_database()));
        let path = search_path.map(|path| format!("SET LOCAL search_path = {path}; "));
        let trace = trace::current_id();
        let name = if trace.is_empty() { "ntsb-rest".into() } else { format!("ntsb-rest {trace}") };
        format!(
            "BEGIN{access}; {}{}SET LOCAL statement_timeout = {timeout}; \
             SET LOCAL application_name = '{name}'",
            path.unwrap_or_default(),
            role.unwrap_or_default()
        )
    }

    pub async fn stream(
        &self,
        client: &Object,
        prepare: bool,
    ) -> Result<RowStream, tokio_postgres::Error> {
        let values = self.parameters.iter().map(|(v, t)| (&**v as &(dyn ToSql + Sync), t));
        match &self.sql {
            Cow::Borrowed(sql) if prepare => {
                let statement = client.prepare_typed_cached(sql, &self.types()).await?;
                client.query_raw(&statement, values.map(|(v, _)| v)).await
            }
            sql => client.query_typed_raw(sql, values.map(|(v, t)| (v, t.clone()))).await,
        }
    }
}

/// Before its time was over: by a cancel that was meant for the question before on this connection, and that
/// the server took up late. PostgreSQL does not say when it has.
fn is_cancelled(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}

impl App {
    pub async fn rows(&self, caller: &Caller, question: Question) -> Result<Vec<Row>, Problem> {
        self.rows_of(caller, &question).await
    }

    pub async fn rows_of(&self, caller: &Caller, question: &Question) -> Result<Vec<Row>, Problem> {
        // No caller takes all connections.
        let _share = self.shares.take(&caller.counted_as()).await?;
        self.answered(Some(caller.role), question).await
    }

    /// Asked for a caller of the primary, with what the service's login may.
    pub async fn login_rows(
        &self,
        caller: &Caller,
        question: Question,
    ) -> Result<Vec<Row>, Problem> {
        let _share = self.shares.take(&caller.counted_as()).await?;
        self.answered(None, &question.purpose(Purpose::ReadPrimary)).await
    }

    /// Asked by the service for itself, on connections of its own; without a role what the login may.
    pub async fn service_rows(&self, question: Question) -> Result<Vec<Row>, Problem> {
        self.answered(None, &question.purpose(Purpose::Service)).await
    }

    /// The same, as what every caller may read.
    pub async fn viewer_rows(&self, question: Question) -> Result<Vec<Row>, Problem> {
        self.answered(Some(Role::Viewer), &question.purpose(Purpose::Service)).await
    }

    async fn answered(&self, role: Option<Role>, question: &Question) -> Result<Vec<Row>, Problem> {
        let began = Instant::now();
        let span = tracing::info_span!("database", otel.kind = "client", db.system = "postgresql");
        let rows = self.asked(role, question).instrument(span).await;
        self.metrics.queried(&rows, began.elapsed());
        if rows.is_ok() {
            outage::ended();
        }
        rows
    }

    async fn asked(&self, role: Option<Role>, question: &Question) -> Result<Vec<Row>, Problem> {
        let (prepare, began) = (self.pools.prepares(), Instant::now());
        let limit = Duration::from_millis(self.settings.statement_timeout_ms);
        match self.attempt(role, question, prepare).await? {
            Err(error)
                if self.pools.is_stale_statement(&error)
                    || (is_cancelled(&error) && began.elapsed() < limit) =>
            {
                Ok(self.attempt(role, question, false).await??)
            }
            rows => Ok(rows?),
        }
    }

    async fn attempt(
        &self,
        role: Option<Role>,
        question: &Question,
        prepare: bool,
    ) -> Result<Result<Vec<Row>, tokio_postgres::Error>, Problem> {
        let lease = Lease::new(self.pools.get(question.purpose).await?);
        let client = lease.client()?;
        // Where statements are not prepared, the connection's settings may be another client's.
        let path = if prepare { None } else { self.pools.search_path() };
        let begin = question.begin(role, self.settings.statement_timeout_ms, path.as_deref());
        // The statement has to be prepared before the transaction begins: all that follows goes off
        // at once, in this order, and is answered in one round trip.
        if prepare
            && let Cow::Borrowed(sql) = question.sql
            && let Err(error) = client.prepare_typed_cached(sql, &question.types()).await
        {
            lease.done();
            return Ok(Err(error));
        }
        let rows = async { question.stream(client, prepare).await?.try_collect::<Vec<_>>().await };
        let (begun, rows, ended) =
            join3(client.batch_execute(&begin), rows, client.batch_execute("COMMIT")).await;
        lease.done();
        Ok(begun.and(rows).and_then(|rows| ended.map(|()| rows)))
    }

    /// The columns of an answer that has no row to tell them.
    pub async fn columns(
        &self,
        caller: &Caller,
        question: &Question,
    ) -> Result<Vec<String>, Problem> {
        let lease = Lease::new(self.pools.get(question.purpose).await?);
        let client = lease.client()?;
        let path = self.pools.search_path();
        let timeout = self.settings.statement_timeout_ms;
        client.batch_execute(&question.begin(Some(caller.role), timeout, path.as_deref())).await?;
        let described = client.prepare_typed(&question.sql, &question.types()).await;
        // The statement is closed within the transaction, on the same connection behind a pooler.
        let columns = described.map(|statement| {
            let columns = statement.columns().iter();
            columns.map(|column| column.name().to_owned()).collect()
        });
        client.batch_execute("ROLLBACK").await?;
        lease.done();
        Ok(columns?)
    }
}
