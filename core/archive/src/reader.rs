//! Reads the rows of a Parquet file in binary COPY format.

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

use super::batch::{EPOCH_DAYS, EPOCH_MICROSECONDS};
use super::writer::{RowDigest, arrow_schema};
use super::{ArchiveError, Column, ValueType};

const BATCH_ROWS: usize = 1024;

/// Reads the rows of a file in binary COPY format.
pub struct RowReader {
    columns: Vec<Column>,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    at: usize,
    /// How many rows were read so far.
    pub rows: u64,
    digest: RowDigest,
}

impl RowReader {
    /// Opens a file. Fails if its columns are not `columns`.
    pub fn open(
        file: impl ChunkReader + 'static,
        columns: &[Column],
    ) -> Result<RowReader, ArchiveError> {
        let builder = catch_panic(|| ParquetRecordBatchReaderBuilder::try_new(file))??;
        let (found, expected) = (builder.schema().clone(), arrow_schema(columns));
        let describe = |f: &arrow_schema::Field| format!("{} {}", f.name(), f.data_type());
        let describe_all =
            |s: &arrow_schema::Schema| s.fields().iter().map(|f| describe(f)).collect::<Vec<_>>();
        let (found, expected) = (describe_all(&found), describe_all(&expected));
        if found != expected {
            let (found, expected) = (found.join(", "), expected.join(", "));
            return Err(ArchiveError::ColumnMismatch { found, expected });
        }
        let batches = catch_panic(|| builder.with_batch_size(BATCH_ROWS).build())??;
        let (columns, digest) = (columns.to_vec(), RowDigest::default());
        Ok(RowReader { columns, batches, batch: None, at: 0, rows: 0, digest })
    }

    /// Appends the next row to `out`. Returns false at the end of the file.
    pub fn read_row(&mut self, out: &mut Vec<u8>) -> Result<bool, ArchiveError> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            let Some(batch) = catch_panic(|| self.batches.next())? else { return Ok(false) };
            (self.batch, self.at) = (Some(batch?), 0);
        }
        let Some(batch) = &self.batch else { return Ok(false) };
        let start = out.len();
        out.extend(i16::try_from(self.columns.len()).unwrap_or(i16::MAX).to_be_bytes());
        let (columns, at) = (&self.columns, self.at);
        catch_panic(|| {
            let mut values = columns.iter().zip(batch.columns());
            values.try_for_each(|(column, array)| append_value(column, array, at, out))
        })??;
        self.digest.update_encoded(out.get(start..).unwrap_or_default());
        self.at += 1;
        self.rows += 1;
        Ok(true)
    }

    /// The digest of the rows read so far.
    pub fn digest(&self) -> String {
        self.digest.clone().finish()
    }
}

/// Converts a panic into an error, because the Parquet library panics on some damaged files. Reading
/// stops at the first error, so an object that panicked is not used again.
fn catch_panic<T>(read: impl FnOnce() -> T) -> Result<T, ArchiveError> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|panic| ArchiveError::Damaged(panic_message(&*panic)))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "the Parquet library panicked".to_owned())
}

/// Appends the length and the bytes of one value.
fn append_value(
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
        ($arrow_type:ty, $convert:expr) => {{
            let value = array.as_primitive_opt::<$arrow_type>().map(|a| a.value(at)).ok_or(());
            let bytes = value.and_then(|v| $convert(v).ok_or(())).map(|v| v.to_be_bytes());
            bytes.map(|bytes| append_bytes(&bytes, out))
        }};
    }
    let appended = match column.value_type {
        ValueType::Bool => {
            array.as_boolean_opt().map(|a| append_bytes(&[a.value(at).into()], out)).ok_or(())
        }
        ValueType::Int16 => number!(Int16Type, Some),
        ValueType::Int32 => number!(Int32Type, Some),
        ValueType::Int64 => number!(Int64Type, Some),
        ValueType::Float32 => number!(Float32Type, Some),
        ValueType::Float64 => number!(Float64Type, Some),
        ValueType::Date => number!(Date32Type, |v: i32| v.checked_sub(EPOCH_DAYS)),
        ValueType::Time => number!(Time64MicrosecondType, Some),
        ValueType::Timestamp | ValueType::TimestampTz => {
            number!(TimestampMicrosecondType, |v: i64| v.checked_sub(EPOCH_MICROSECONDS))
        }
        ValueType::Decimal(..) => number!(Decimal128Type, |v: i128| i64::try_from(v).ok()),
        ValueType::Text => array
            .as_string_opt::<i32>()
            .map(|a| append_bytes(a.value(at).as_bytes(), out))
            .ok_or(()),
        ValueType::Code => {
            dictionary_text(array, at).map(|text| append_bytes(text.as_bytes(), out)).ok_or(())
        }
        ValueType::Bytes | ValueType::Geometry { .. } => {
            array.as_binary_opt::<i32>().map(|a| append_bytes(a.value(at), out)).ok_or(())
        }
    };
    appended.map_err(|()| ArchiveError::MalformedValue {
        column: column.name.clone(),
        value_type: column.value_type.name(),
    })
}

fn append_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    out.extend(bytes);
}

fn dictionary_text(array: &ArrayRef, at: usize) -> Option<&str> {
    let codes = array.as_dictionary_opt::<Int32Type>()?;
    let texts = codes.values().as_string_opt::<i32>()?;
    Some(texts.value(codes.key(at)?))
}
