//! Sends the rows of a table to its staging table by COPY.
//!
//! A thread of its own reads and encodes while this one sends. A few buffers lie between them,
//! so that a slow server slows the reading down instead of filling memory. The binary form of
//! COPY is used: text goes as it is, with its length before it, so that there is nothing to
//! escape and nothing to get wrong.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio::sync::mpsc;
use tokio_postgres::{CopyInSink, Transaction};

use crate::failure::Failure;
use crate::reading::on_thread;
use crate::source::{Incoming, RowSink, Source, SourceError};
use crate::terminal::{TableProgress, Terminal};

/// Rows are sent when this much of them is together.
const BUFFER: usize = 128 << 10;
/// Buffers between reader and sender.
const BUFFERS: usize = 4;

const HEADER: &[u8] = b"PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: i16 = -1;
const NULL: i32 = -1;

/// Copies one table and gives the source back with the number of rows.
pub async fn copy_table(
    transaction: &Transaction<'_>,
    source: Source,
    index: usize,
    terminal: &Terminal,
) -> Result<(Source, u64), Failure> {
    let Some(table) = source.tables.get(index) else { return Ok((source, 0)) };
    let progress = terminal.table(table.table.name, table.expected);
    let (statement, columns) = (statement(table), table.columns.len());
    let mut source = source;
    let read = move |sink: &mut dyn RowSink| {
        let read = source.read(index, sink);
        (source, read)
    };
    copy_rows(transaction, &statement, columns, progress, read).await
}

/// Runs a COPY of so many columns of text with the rows that `read` hands out, which also returns
/// something of its own beside their number.
pub async fn copy_rows<T: Send + 'static>(
    transaction: &Transaction<'_>,
    statement: &str,
    columns: usize,
    progress: TableProgress,
    read: impl FnOnce(&mut dyn RowSink) -> (T, Result<u64, SourceError>) + Send + 'static,
) -> Result<(T, u64), Failure> {
    let sink = transaction.copy_in(statement).await?;
    let (sender, receiver) = mpsc::channel(BUFFERS);
    let reading = on_thread(move || {
        let mut encoder = Encoder::new(columns, sender);
        let (kept, rows) = read(&mut encoder);
        (kept, rows.and_then(|rows| encoder.finish().map(|()| rows)))
    });
    let (read, sent) = tokio::join!(reading, send(sink, receiver, &progress));
    let (kept, read) = read?;
    // A sender that gave up stops the reader: its reason comes first.
    let mut sink = sent?;
    let rows = read?;
    let staged = sink.as_mut().finish().await?;
    // A time limit that runs out at the very end is said after the COPY has been confirmed. Only an error
    // of the server counts here: the end of the responses is one of the library's own.
    if let Err(error) = sink.as_mut().finish().await
        && error.as_db_error().is_some()
    {
        return Err(error.into());
    }
    progress.done(staged);
    if staged != rows {
        return Err(Failure::Other(format!("{rows} rows were sent and {staged} arrived")));
    }
    Ok((kept, staged))
}

/// `COPY ntsb_staging.events ("ev_id", ...) FROM STDIN`, names quoted because NTSB calls columns
/// `table` and `column`.
fn statement(table: &Incoming) -> String {
    let columns: Vec<_> = table.columns.iter().map(|(_, c)| format!("\"{}\"", c.name)).collect();
    let name = table.table.name;
    format!("COPY ntsb_staging.\"{name}\" ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
}

/// What goes from reader to sender: encoded rows and how many they are.
struct Chunk {
    bytes: Bytes,
    rows: u64,
}

/// Passes on what the reader encodes. The rows are not yet accepted: the caller ends the COPY
/// when the reader says that it read them all.
async fn send(
    sink: CopyInSink<Bytes>,
    mut receiver: mpsc::Receiver<Chunk>,
    progress: &TableProgress,
) -> Result<Pin<Box<CopyInSink<Bytes>>>, Failure> {
    let mut sink = Box::pin(sink);
    while let Some(chunk) = receiver.recv().await {
        if let Err(error) = sink.send(chunk.bytes).await {
            // What the server had against a row is said at the end of the COPY.
            return Err(sink.as_mut().finish().await.err().unwrap_or(error).into());
        }
        progress.add(chunk.rows);
    }
    Ok(sink)
}

/// Writes rows in PostgreSQL's binary COPY format, all columns being text.
struct Encoder {
    columns: i16,
    buffer: BytesMut,
    rows: u64,
    row_open: bool,
    sender: mpsc::Sender<Chunk>,
}

impl Encoder {
    fn new(columns: usize, sender: mpsc::Sender<Chunk>) -> Encoder {
        let mut buffer = BytesMut::with_capacity(BUFFER + (BUFFER >> 2));
        buffer.put_slice(HEADER);
        // No table has anywhere near 32,767 columns.
        let columns = i16::try_from(columns).unwrap_or(i16::MAX);
        Encoder { columns, buffer, rows: 0, row_open: false, sender }
    }

    fn pass_on(&mut self) -> Result<(), SourceError> {
        let bytes = self.buffer.split().freeze();
        let rows = std::mem::take(&mut self.rows);
        self.buffer.reserve(BUFFER + (BUFFER >> 2));
        self.sender.blocking_send(Chunk { bytes, rows }).map_err(|_| SourceError::Stopped)
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.buffer.put_i16(TRAILER);
        self.pass_on()
    }
}

impl RowSink for Encoder {
    fn value(&mut self, value: Option<&str>) {
        if !self.row_open {
            self.buffer.put_i16(self.columns);
            self.row_open = true;
        }
        // No value is near 2 GB: the readers refuse rows above 16 MB.
        match value.and_then(|v| Some((i32::try_from(v.len()).ok()?, v))) {
            Some((length, text)) => {
                self.buffer.put_i32(length);
                self.buffer.put_slice(text.as_bytes());
            }
            None => self.buffer.put_i32(NULL),
        }
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.row_open = false;
        self.rows += 1;
        if self.buffer.len() >= BUFFER { self.pass_on() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_row_is_its_columns_each_behind_its_length() {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut encoder = Encoder::new(3, sender);
        for value in [Some("a\\\tb\n"), None, Some("")] {
            encoder.value(value);
        }
        encoder.end_row().unwrap();
        encoder.finish().unwrap();
        let chunk = receiver.try_recv().unwrap();
        let mut expected = HEADER.to_vec();
        expected.extend(b"\0\x03\0\0\0\x05a\\\tb\n\xFF\xFF\xFF\xFF\0\0\0\0\xFF\xFF");
        assert_eq!((&chunk.bytes[..], chunk.rows), (&expected[..], 1));
    }

    #[test]
    fn a_reader_stops_when_nobody_takes_its_rows() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut encoder = Encoder::new(1, sender);
        let text = "x".repeat(BUFFER);
        encoder.value(Some(&text));
        assert!(matches!(encoder.end_row(), Err(SourceError::Stopped)));
    }
}
