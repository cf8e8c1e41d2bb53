//! One question to the database: in a transaction of its own, under the role of who asks, sent in one go.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use deadpool_postgres::Object;
use futures_util::{TryStreamExt, future::join3, pin_mut};
use tokio::sync::mpsc;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, RowStream};
use tracing::Instrument;

use crate::auth::Caller;
use crate::encode::Form;
use crate::error::Problem;
use crate::state::App;
use crate::trace;

type Parameter = (Box<dyn ToSql + Sync + Send>, Type);

/// A statement with its values. One that is written for the occasion is not kept prepared.
pub struct Question {
    pub sql: Cow<'static, str>,
    parameters: Vec<Parameter>,
    writes: bool,
}

impl Question {
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Question {
        Question { sql: sql.into(), parameters: Vec::new(), writes: false }
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

    pub fn texts(self, value: impl Into<Option<Vec<String>>>) -> Question {
        self.with(value.into(), Type::TEXT_ARRAY)
    }

    pub fn int(self, value: impl Into<Option<i32>>) -> Question {
        self.with(value.into(), Type::INT4)
    }

    pub fn long(self, value: impl Into<Option<i64>>) -> Question {
        self.with(value.into(), Type::INT8)
    }

    pub fn float(self, value: impl Into<Option<f64>>) -> Question {
        self.with(value.into(), Type::FLOAT8)
    }

    pub fn flag(self, value: impl Into<Option<bool>>) -> Question {
        self.with(value.into(), Type::BOOL)
    }

    pub fn json(self, value: impl Into<Option<serde_json::Value>>) -> Question {
        self.with(value.into(), Type::JSONB)
    }

    /// Of the next parameter, for statements that are put together.
    pub fn next(&self) -> usize {
        self.parameters.len() + 1
    }

    /// To be asked of the primary.
    pub fn writing(mut self) -> Question {
        self.writes = true;
        self
    }
}

/// Ends what the server does for an answer that nobody waits for any more.
struct Asking {
    client: Option<Object>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let cancel = client.cancel_token();
            // A cancel may come late: this connection must not serve anybody else.
            drop(Object::take(client));
            tokio::spawn(async move { cancel.cancel_query(tokio_postgres::NoTls).await });
        }
    }
}

impl Asking {
    fn client(&self) -> Result<&Object, Problem> {
        self.client.as_ref().ok_or_else(Problem::internal)
    }

    /// Gives the connection back to the pool.
    fn done(mut self) {
        drop(self.client.take());
    }
}

impl App {
    pub async fn rows(&self, caller: &Caller, question: Question) -> Result<Vec<Row>, Problem> {
        let began = Instant::now();
        let timeout = self.settings.statement_timeout_ms;
        let span = tracing::info_span!("database", otel.kind = "client", db.system = "postgresql");
        let asked = self.asked(caller, &question, timeout).instrument(span).await;
        self.metrics.queried(&asked, began.elapsed());
        asked
    }

    async fn asked(
        &self,
        caller: &Caller,
        question: &Question,
        timeout: u64,
    ) -> Result<Vec<Row>, Problem> {
        let asking = Asking { client: Some(self.client(question).await?) };
        let client = asking.client()?;
        let begin = begin(caller, question, timeout);
        // The statement has to be prepared before the transaction begins: all that follows goes off
        // at once, in this order, and is answered in one round trip.
        if let Cow::Borrowed(sql) = question.sql
            && let Err(error) = client.prepare_typed_cached(sql, &question.types()).await
        {
            asking.done();
            return Err(error.into());
        }
        let rows = async { self.stream(client, question).await?.try_collect::<Vec<_>>().await };
        let (begun, rows, ended) =
            join3(client.batch_execute(&begin), rows, client.batch_execute("COMMIT")).await;
        asking.done();
        begun?;
        let rows = rows?;
        ended?;
        Ok(rows)
    }

    async fn client(&self, question: &Question) -> Result<Object, Problem> {
        if question.writes { self.pools.primary().await } else { self.pools.reader().await }
    }

    async fn stream(
        &self,
        client: &Object,
        question: &Question,
    ) -> Result<RowStream, tokio_postgres::Error> {
        let values = question.parameters.iter().map(|(v, t)| (&**v as &(dyn ToSql + Sync), t));
        match question.sql {
            Cow::Borrowed(sql) => {
                let statement = client.prepare_typed_cached(sql, &question.types()).await?;
                client.query_raw(&statement, values.map(|(v, _)| v)).await
            }
            Cow::Owned(ref sql) => {
                client.query_typed_raw(sql, values.map(|(v, t)| (v, t.clone()))).await
            }
        }
    }

    /// An answer as long as it may be, row by row as it comes: never more than a few rows in memory.
    pub async fn streamed(
        self: std::sync::Arc<Self>,
        caller: Caller,
        question: Question,
        form: Form,
    ) -> Result<Body, Problem> {
        let asking = Asking { client: Some(self.client(&question).await?) };
        let client = asking.client()?;
        client.batch_execute(&begin(&caller, &question, self.settings.export_timeout_ms)).await?;
        let rows = match self.stream(client, &question).await {
            Ok(rows) => rows,
            Err(error) => {
                client.batch_execute("ROLLBACK").await?;
                asking.done();
                return Err(error.into());
            }
        };
        let limit = Duration::from_millis(self.settings.export_timeout_ms);
        let (send, receive) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
        tokio::spawn(async move {
            match tokio::time::timeout(limit, pour(rows, form, &send)).await {
                Ok(Ok(())) => {
                    let client = asking.client.as_ref();
                    let ended = match client {
                        Some(client) => client.batch_execute("COMMIT").await.is_ok(),
                        None => false,
                    };
                    if ended {
                        asking.done();
                    }
                }
                Ok(Err(error)) => {
                    tracing::warn!(error, "an answer broke off");
                    let _ = send.send(Err(std::io::Error::other(error))).await;
                }
                Err(_) => tracing::warn!("who asked reads too slowly"),
            }
        });
        Ok(Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receive)))
    }
}

const CHUNK: usize = 16 << 10;

async fn pour(
    rows: RowStream,
    form: Form,
    to: &mpsc::Sender<Result<Bytes, std::io::Error>>,
) -> Result<(), String> {
    pin_mut!(rows);
    let mut out = Vec::with_capacity(CHUNK * 2);
    let mut is_first = true;
    while let Some(row) = rows.try_next().await.map_err(|e| crate::error::chain(&e))? {
        form.write(&row, is_first, &mut out).map_err(|e| e.to_string())?;
        is_first = false;
        if out.len() >= CHUNK {
            let full = std::mem::replace(&mut out, Vec::with_capacity(CHUNK * 2));
            to.send(Ok(full.into())).await.map_err(|_| "who asked is gone".to_owned())?;
        }
    }
    form.end(is_first, &mut out);
    to.send(Ok(out.into())).await.map_err(|_| "who asked is gone".to_owned())
}

impl Question {
    fn types(&self) -> Vec<Type> {
        self.parameters.iter().map(|(_, t)| t.clone()).collect()
    }
}

/// Nothing of what stands here comes from outside but the number of a trace, of hexadecimal digits.
fn begin(caller: &Caller, question: &Question, timeout: u64) -> String {
    let access = if question.writes { "" } else { " READ ONLY" };
    format!(
        "BEGIN{access}; SET LOCAL ROLE {}; SET LOCAL statement_timeout = {timeout}; \
         SET LOCAL application_name = 'ntsb-rest {}'",
        caller.role.of_database(),
        trace::current_id()
    )
}
