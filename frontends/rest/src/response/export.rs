//! Streams long responses row by row, with only a few rows in memory. Fails if the reader stalls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio_postgres::Row;

use super::encode::{next_page, write_end, write_row};
use super::{Format, Responder};
use crate::auth::Caller;
use crate::database::{Query, RowExport};
use crate::error::{Problem, error_chain};

const CHUNK_BYTES: usize = 16 << 10;

/// How many chunks may wait for the reader.
const QUEUED_CHUNKS: usize = 4;

struct ChunkWriter {
    format: Format,
    sender: mpsc::Sender<Bytes>,
    stall_timeout: Duration,
}

impl Responder {
    /// An error before the first row is a normal error response. After it, the connection is aborted.
    pub(super) async fn stream_rows(
        &self,
        caller: &Caller,
        query: &Query,
        format: Format,
    ) -> Result<Body, Problem> {
        let mut export = self.database.export(caller, query).await?;
        let (sender, receiver) = mpsc::channel(QUEUED_CHUNKS);
        let is_complete = Arc::new(AtomicBool::new(false));
        let completed = is_complete.clone();
        let writer = ChunkWriter { format, sender, stall_timeout: self.export_stall };
        let timeout = self.database.export_timeout();
        tokio::spawn(async move {
            let written = tokio::time::timeout(timeout, writer.write(&mut export)).await;
            match written.unwrap_or_else(|_| Err("it took longer than export_timeout_ms".into())) {
                Ok(()) => {
                    completed.store(true, Ordering::SeqCst);
                    export.commit().await;
                }
                Err(error) => tracing::warn!(error, "an export failed"),
            }
            drop(writer);
        });
        Ok(Body::from_stream(chunks(receiver, is_complete)))
    }
}

/// The chunks of the response. Ends with an error unless the export is complete, so that a truncated export cannot
/// be mistaken for a complete one.
fn chunks(
    receiver: mpsc::Receiver<Bytes>,
    is_complete: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(
        (receiver, is_complete, false),
        |(mut receiver, is_complete, has_failed)| async move {
            if has_failed {
                return None;
            }
            match receiver.recv().await {
                Some(chunk) => Some((Ok(chunk), (receiver, is_complete, false))),
                None if is_complete.load(Ordering::SeqCst) => None,
                None => {
                    let error = std::io::Error::other("the export failed");
                    Some((Err(error), (receiver, is_complete, true)))
                }
            }
        },
    )
}

impl ChunkWriter {
    async fn write(&self, export: &mut RowExport) -> Result<(), String> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES * 2);
        let (mut next, mut last): (Option<Row>, Option<Row>) = (export.first.take(), None);
        while let Some(row) = next {
            write_row(self.format, &row, last.is_none(), &mut chunk).map_err(|e| e.to_string())?;
            last = Some(row);
            next = export.rows.try_next().await.map_err(|e| error_chain(&e))?;
            if chunk.len() >= CHUNK_BYTES {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_BYTES * 2));
                self.send(full).await?;
            }
        }
        // The last line has the next page, or says that there is none. Without it the response is truncated.
        write_end(self.format, last.is_none(), next_page(last.as_ref()), &mut chunk);
        self.send(chunk).await
    }

    async fn send(&self, chunk: Vec<u8>) -> Result<(), String> {
        match self.sender.send_timeout(chunk.into(), self.stall_timeout).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => {
                Err("the reader read nothing for export_stall_ms".into())
            }
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err("the reader disconnected".into()),
        }
    }
}
