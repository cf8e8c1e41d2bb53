//! Rows of a Parquet file as they were before it was written.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;

use super::batch::{DAYS, MICROSECONDS};
use super::part::{RowDigest, schema};
use super::{ArchiveError, Column, Kind};

const BATCH_ROWS: usize = 1024;

/// The rows of a file, each as COPY in binary format has it.
pub struct Rows {
    columns: Vec<Column>,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    at: usize,
    pub rows: u64,
    digest: RowDigest,
}

impl Rows {
    /// Refuses a file that has other columns than it was written with.
    pub fn open(
        file: impl ChunkReader + 'static,
        columns: &[Column],
    ) -> Result<Rows, ArchiveError> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))??;
        let (found, wanted) = (builder.schema().clone(), schema(columns));
        let describe = |f: &arrow_schema::Field| format!("{} {}", f.name(), f.data_type());
        let all =
            |s: &arrow_schema::Schema| s.fields().iter().map(|f| describe(f)).collect::<Vec<_>>();
        let (found, wanted) = (all(&found), all(&wanted));
        if found != wanted {
            let (found, wanted) = (found.join(", "), wanted.join(", "));
            return Err(ArchiveError::OtherColumns { found, wanted });
        }
        let batches = guarded(|| builder.with_batch_size(BATCH_ROWS).build())??;
        let (columns, digest) = (columns.to_vec(), RowDigest::default());
        Ok(Rows { columns, batches, batch: None, at: 0, rows: 0, digest })
    }

    /// Appends the next row; false at the end.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Result<bool, ArchiveError> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            let Some(batch) = guarded(|| self.batches.next())? else { return Ok(false) };
            (self.batch, self.at) = (Some(batch?), 0);
        }
        let Some(batch) = &self.batch else { return Ok(false) };
        let start = out.len();
        out.extend(i16::try_from(self.columns.len()).unwrap_or(i16::MAX).to_be_bytes());
        let (columns, at) = (&self.columns, self.at);
        guarded(|| {
            let mut values = columns.iter().zip(batch.columns());
            values.try_for_each(|(column, array)| value(column, array, at, out))
        })??;
        self.digest.copied(out.get(start..).unwrap_or_default());
        self.at += 1;
        self.rows += 1;
        Ok(true)
    }

    /// Digest of the rows so far.
    pub fn digest(&self) -> String {
        self.digest.clone().finish()
    }
}

/// The library panics over some damaged files. What panicked is not used again: every error ends the reading.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, ArchiveError> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|panic| ArchiveError::Damaged(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "the Parquet library gave up".to_owned())
}

/// Appends the length and the bytes of one value.
fn value(
    column: &Column,
    array: &ArrayRef,
    at: usize,
    out: &mut Vec<u8>,
) -> Result<(), ArchiveError> {
    if array.is_null(at) {
        out.extend((-1_i32).to_be_bytes());
        return Ok(());
    }
    macro_rules! number {
        ($kind:ty, $convert:expr) => {{
            let value = array.as_primitive_opt::<$kind>().map(|a| a.value(at)).ok_or(());
            let bytes = value.and_then(|v| $convert(v).ok_or(())).map(|v| v.to_be_bytes());
            bytes.map(|bytes| put(&bytes, out))
        }};
    }
    let done = match column.kind {
        Kind::Bool => array.as_boolean_opt().map(|a| put(&[a.value(at).into()], out)).ok_or(()),
        Kind::Int16 => number!(Int16Type, Some),
        Kind::Int32 => number!(Int32Type, Some),
        Kind::Int64 => number!(Int64Type, Some),
        Kind::Float32 => number!(Float32Type, Some),
        Kind::Float64 => number!(Float64Type, Some),
        Kind::Date => number!(Date32Type, |v: i32| v.checked_sub(DAYS)),
        Kind::Time => number!(Time64MicrosecondType, Some),
        Kind::Timestamp | Kind::Moment => {
            number!(TimestampMicrosecondType, |v: i64| v.checked_sub(MICROSECONDS))
        }
        Kind::Decimal(..) => number!(Decimal128Type, |v: i128| i64::try_from(v).ok()),
        Kind::Text => {
            array.as_string_opt::<i32>().map(|a| put(a.value(at).as_bytes(), out)).ok_or(())
        }
        Kind::Code => code(array, at).map(|text| put(text.as_bytes(), out)).ok_or(()),
        Kind::Bytes | Kind::Place { .. } => {
            array.as_binary_opt::<i32>().map(|a| put(a.value(at), out)).ok_or(())
        }
    };
    done.map_err(|()| ArchiveError::Malformed {
        column: column.name.clone(),
        kind: column.kind.name(),
    })
}

fn put(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    out.extend(bytes);
}

fn code(array: &ArrayRef, at: usize) -> Option<&str> {
    let codes = array.as_dictionary_opt::<Int32Type>()?;
    let texts = codes.values().as_string_opt::<i32>()?;
    Some(texts.value(codes.key(at)?))
}
