//! Copies the rows of a table into its staging table with COPY.
//!
//! The reader thread reads and encodes while this thread sends. The channel between them holds a few
//! buffers, so a slow server slows the reader down instead of filling memory. Binary COPY sends text
//! with a length prefix, which needs no escaping.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use tokio::sync::mpsc;
use tokio_postgres::{CopyInSink, Transaction};

use crate::failure::Failure;
use crate::output::{TableProgress, Terminal};
use crate::runtime::reader_thread::run_on_reader_thread;
use crate::source::table_file::TableFile;
use crate::source::{RowSink, Source, SourceError, SourceTable};

/// Rows are sent when the buffer has this many bytes.
const BUFFER_BYTES: usize = 128 << 10;
/// Buffers between reader and sender.
const MAX_QUEUED_BUFFERS: usize = 4;

const HEADER: &[u8] = b"PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: i16 = -1;
const NULL: i32 = -1;

/// Copies one table. Returns the source and the number of rows.
pub async fn copy_table(
    transaction: &Transaction<'_>,
    source: Source,
    index: usize,
    terminal: &Terminal,
) -> Result<(Source, u64), Failure> {
    let Some(table) = source.tables.get(index) else { return Ok((source, 0)) };
    let progress = terminal.start_table(table.table.name, table.expected);
    let (statement, columns) = (copy_statement(table), table.columns.len());
    let mut source = source;
    let read = move |sink: &mut dyn RowSink| {
        let rows = source.read(index, sink);
        (source, rows)
    };
    copy_rows(transaction, &statement, columns, progress, read).await
}

/// Replaces the rows of a staging table by those of a file. Returns their number.
pub async fn stage_rows(
    transaction: &Transaction<'_>,
    table: &'static str,
    mut file: TableFile,
    terminal: &Terminal,
) -> Result<u64, Failure> {
    let columns = file.layout().column_names();
    stage_with(transaction, table, &columns, terminal, move |sink| file.read(sink)).await
}

/// Replaces the rows of a staging table by those that `read` passes to the sink. Returns their number.
pub async fn stage_with(
    transaction: &Transaction<'_>,
    table: &'static str,
    columns: &[&str],
    terminal: &Terminal,
    read: impl FnOnce(&mut dyn RowSink) -> Result<u64, SourceError> + Send + 'static,
) -> Result<u64, Failure> {
    // The lock makes another load of this source wait. A former session may have left rows.
    let clear = format!(
        "LOCK TABLE ntsb_staging.{table} IN SHARE ROW EXCLUSIVE MODE; DELETE FROM ntsb_staging.{table}"
    );
    transaction.batch_execute(&clear).await?;
    let statement =
        format!("COPY ntsb_staging.{table} ({}) FROM STDIN (FORMAT binary)", columns.join(", "));
    let read = move |sink: &mut dyn RowSink| ((), read(sink));
    let progress = terminal.start_table(table, None);
    let ((), rows) = copy_rows(transaction, &statement, columns.len(), progress, read).await?;
    Ok(rows)
}

/// Runs a COPY of text columns with the rows that `read` passes to the sink. `read` returns the number
/// of rows and a value, which is passed through to the caller.
pub async fn copy_rows<T: Send + 'static>(
    transaction: &Transaction<'_>,
    statement: &str,
    columns: usize,
    progress: TableProgress,
    read: impl FnOnce(&mut dyn RowSink) -> (T, Result<u64, SourceError>) + Send + 'static,
) -> Result<(T, u64), Failure> {
    let sink = transaction.copy_in(statement).await?;
    let (sender, receiver) = mpsc::channel(MAX_QUEUED_BUFFERS);
    let reader = run_on_reader_thread(move || {
        let mut encoder = BinaryEncoder::new(columns, sender);
        let (value, rows) = read(&mut encoder);
        (value, rows.and_then(|rows| encoder.finish().map(|()| rows)))
    });
    let (read, sent) = tokio::join!(reader, send_chunks(sink, receiver, &progress));
    let (value, read) = read?;
    // If the sender fails, the reader stops, too. The sender's error is the cause.
    let mut sink = sent?;
    let rows = read?;
    let staged = sink.as_mut().finish().await?;
    // A timeout at the very end is reported after the COPY has been confirmed. Only an error of the
    // server counts here because the library itself reports the end of the responses as an error.
    if let Err(error) = sink.as_mut().finish().await
        && error.as_db_error().is_some()
    {
        return Err(error.into());
    }
    progress.finish(staged);
    if staged != rows {
        return Err(Failure::Other(format!("{rows} rows were sent, but {staged} were copied")));
    }
    Ok((value, staged))
}

/// `COPY ntsb_staging.events ("ev_id", ...) FROM STDIN`. Names are quoted because NTSB has columns
/// named `table` and `column`.
fn copy_statement(table: &SourceTable) -> String {
    let columns: Vec<_> = table.columns.iter().map(|(_, c)| format!("\"{}\"", c.name)).collect();
    let name = table.table.name;
    format!("COPY ntsb_staging.\"{name}\" ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
}

/// Encoded rows and their number.
struct Chunk {
    bytes: Bytes,
    rows: u64,
}

/// Sends the chunks of the reader. The caller finishes the COPY after the reader has confirmed that it
/// read all rows.
async fn send_chunks(
    sink: CopyInSink<Bytes>,
    mut receiver: mpsc::Receiver<Chunk>,
    progress: &TableProgress,
) -> Result<Pin<Box<CopyInSink<Bytes>>>, Failure> {
    let mut sink = Box::pin(sink);
    while let Some(chunk) = receiver.recv().await {
        if let Err(error) = sink.send(chunk.bytes).await {
            // The server reports the cause at the end of the COPY.
            return Err(sink.as_mut().finish().await.err().unwrap_or(error).into());
        }
        progress.add(chunk.rows);
    }
    Ok(sink)
}

/// Writes rows of text columns in PostgreSQL's binary COPY format.
struct BinaryEncoder {
    columns: i16,
    buffer: BytesMut,
    rows: u64,
    is_row_open: bool,
    sender: mpsc::Sender<Chunk>,
}

impl BinaryEncoder {
    fn new(columns: usize, sender: mpsc::Sender<Chunk>) -> BinaryEncoder {
        let mut buffer = BytesMut::with_capacity(BUFFER_BYTES + (BUFFER_BYTES >> 2));
        buffer.put_slice(HEADER);
        // PostgreSQL allows at most 1,600 columns.
        let columns = i16::try_from(columns).unwrap_or(i16::MAX);
        BinaryEncoder { columns, buffer, rows: 0, is_row_open: false, sender }
    }

    fn send_buffer(&mut self) -> Result<(), SourceError> {
        let bytes = self.buffer.split().freeze();
        let rows = std::mem::take(&mut self.rows);
        self.buffer.reserve(BUFFER_BYTES + (BUFFER_BYTES >> 2));
        self.sender.blocking_send(Chunk { bytes, rows }).map_err(|_| SourceError::Stopped)
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.buffer.put_i16(TRAILER);
        self.send_buffer()
    }
}

impl RowSink for BinaryEncoder {
    fn value(&mut self, value: Option<&str>) {
        if !self.is_row_open {
            self.buffer.put_i16(self.columns);
            self.is_row_open = true;
        }
        // The readers reject rows above 16 MiB, so the length fits.
        match value.and_then(|v| Some((i32::try_from(v.len()).ok()?, v))) {
            Some((length, text)) => {
                self.buffer.put_i32(length);
                self.buffer.put_slice(text.as_bytes());
            }
            None => self.buffer.put_i32(NULL),
        }
    }

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.is_row_open = false;
        self.rows += 1;
        if self.buffer.len() >= BUFFER_BYTES { self.send_buffer() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_follows_its_length() {
        let (sender, mut receiver) = mpsc::channel(1);
        let mut encoder = BinaryEncoder::new(3, sender);
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
    fn the_reader_stops_when_the_receiver_is_gone() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut encoder = BinaryEncoder::new(1, sender);
        let text = "x".repeat(BUFFER_BYTES);
        encoder.value(Some(&text));
        assert!(matches!(encoder.end_row(), Err(SourceError::Stopped)));
    }
}
