//! Responses as long as they may be, row by row as they come: never more than a few rows in memory. They have
//! connections of their own, and a reader that takes nothing is not waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio_postgres::{Row, RowStream};

use crate::ask::Question;
use crate::auth::Caller;
use crate::encode::{Form, next_page};
use crate::error::{Problem, chain};
use crate::lease::Lease;
use crate::pools::Purpose;
use crate::state::App;

const CHUNK: usize = 16 << 10;
/// Chunks that wait for the reader.
const QUEUE: usize = 4;

struct Writer {
    form: Form,
    to: mpsc::Sender<Bytes>,
    stall: Duration,
}

impl App {
    pub async fn streamed(
        self: Arc<App>,
        caller: Caller,
        question: Question,
        form: Form,
    ) -> Result<Body, Problem> {
        let share = self.exports.try_take(&caller.counted_as());
        let share = share.ok_or_else(|| too_many(self.settings.max_caller_exports))?;
        let question = question.purpose(Purpose::Export);
        let lease = Lease::of_stream(self.pools.get(Purpose::Export).await?);
        let client = lease.client()?;
        let path = self.pools.search_path();
        let timeout = self.settings.export_timeout_ms;
        client.batch_execute(&question.begin(Some(caller.role), timeout, path.as_deref())).await?;
        // With the first row it is known whether the question is one: after it, an error can only break off.
        let begun = match question.stream(client, false).await {
            Ok(rows) => begin(rows).await,
            Err(error) => Err(error),
        };
        let (first, rows) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                client.batch_execute("ROLLBACK").await?;
                lease.done();
                return Err(error.into());
            }
        };
        let (to, receive) = mpsc::channel(QUEUE);
        let done = Arc::new(AtomicBool::new(false));
        let is_done = done.clone();
        let stall = Duration::from_millis(self.settings.export_stall_ms);
        let writer = Writer { form, to, stall };
        let limit = Duration::from_millis(timeout);
        tokio::spawn(async move {
            let written = tokio::time::timeout(limit, writer.write(first, rows)).await;
            match written.unwrap_or_else(|_| Err("it took longer than export_timeout_ms".into())) {
                Ok(()) => {
                    is_done.store(true, Ordering::SeqCst);
                    if let Ok(client) = lease.client()
                        && client.batch_execute("COMMIT").await.is_ok()
                    {
                        lease.done();
                    }
                }
                Err(error) => tracing::warn!(error, "an export broke off"),
            }
            drop((writer, share));
        });
        Ok(Body::from_stream(until_done(receive, done)))
    }
}

/// Waits for the first row, if there is one.
async fn begin(
    rows: RowStream,
) -> Result<(Option<Row>, Pin<Box<RowStream>>), tokio_postgres::Error> {
    let mut rows = Box::pin(rows);
    let first = rows.try_next().await?;
    Ok((first, rows))
}

/// An export that broke off must not look like one that ended: its connection breaks, too.
fn until_done(
    receive: mpsc::Receiver<Bytes>,
    done: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold((receive, done, false), |(mut receive, done, is_over)| async move {
        if is_over {
            return None;
        }
        match receive.recv().await {
            Some(part) => Some((Ok(part), (receive, done, false))),
            None if done.load(Ordering::SeqCst) => None,
            None => {
                Some((Err(std::io::Error::other("the export broke off")), (receive, done, true)))
            }
        }
    })
}

impl Writer {
    async fn write(&self, first: Option<Row>, mut rows: Pin<Box<RowStream>>) -> Result<(), String> {
        let mut out = Vec::with_capacity(CHUNK * 2);
        let (mut next, mut last) = (first, None);
        while let Some(row) = next {
            self.form.write(&row, last.is_none(), &mut out).map_err(|e| e.to_string())?;
            last = Some(row);
            next = rows.try_next().await.map_err(|e| chain(&e))?;
            if out.len() >= CHUNK {
                let full = std::mem::replace(&mut out, Vec::with_capacity(CHUNK * 2));
                self.send(full).await?;
            }
        }
        // The last line says where to ask on, or that this was all. A response without it was cut off.
        self.form.end(last.is_none(), next_page(last.as_ref()), &mut out);
        self.send(out).await
    }

    async fn send(&self, part: Vec<u8>) -> Result<(), String> {
        match self.to.send_timeout(part.into(), self.stall).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                Err("the reader took nothing for export_stall_ms".into())
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err("the reader is gone".into()),
        }
    }
}

fn too_many(most: usize) -> Problem {
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem {
        retry_after: Some(5),
        ..Problem::new(status, "rate_limited", "too many of your exports are under way")
            .details(format!("one caller may have {most} at once"))
            .hint("Read the exports under way to their end, or close them.")
    }
}
