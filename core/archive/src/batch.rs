//! Values gathered into the columns of a batch.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, PrimitiveBuilder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;

use super::{ArchiveError, Column, Kind, Value};

/// PostgreSQL counts from 2000, Arrow from 1970.
pub(super) const DAYS: i32 = ntsb_schema::calendar::YEAR_2000;
pub(super) const MICROSECONDS: i64 = DAYS as i64 * 86_400_000_000;

/// Why a value is refused; the column is known to the caller.
enum Refusal {
    Malformed,
    NoSuchValue(&'static str),
}

enum Builder {
    Bool(BooleanBuilder),
    Int16(PrimitiveBuilder<Int16Type>),
    Int32(PrimitiveBuilder<Int32Type>),
    Int64(PrimitiveBuilder<Int64Type>),
    Float32(PrimitiveBuilder<Float32Type>),
    Float64(PrimitiveBuilder<Float64Type>),
    Date(PrimitiveBuilder<Date32Type>),
    Time(PrimitiveBuilder<Time64MicrosecondType>),
    Timestamp(PrimitiveBuilder<TimestampMicrosecondType>),
    Decimal(PrimitiveBuilder<Decimal128Type>),
    Text(StringBuilder),
    Code(StringDictionaryBuilder<Int32Type>),
    Bytes(BinaryBuilder),
}

pub(super) struct Batch {
    schema: SchemaRef,
    builders: Vec<(Column, Builder)>,
    pub rows: usize,
    /// Of values as they came.
    pub bytes: usize,
}

impl Batch {
    pub fn new(columns: &[Column], schema: SchemaRef) -> Batch {
        let builders = columns.iter().map(|c| (c.clone(), Builder::of(c.kind))).collect();
        Batch { schema, builders, rows: 0, bytes: 0 }
    }

    pub fn append(&mut self, row: &[Value]) -> Result<(), ArchiveError> {
        if row.len() != self.builders.len() {
            return Err(ArchiveError::Width { found: row.len(), columns: self.builders.len() });
        }
        for (value, (column, builder)) in row.iter().zip(&mut self.builders) {
            builder.append(*value).map_err(|refusal| refusal.of(column))?;
            self.bytes += value.map_or(0, <[u8]>::len);
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows so far, of which none is left.
    pub fn take(&mut self) -> Result<RecordBatch, ArchiveError> {
        let arrays = self.builders.iter_mut().map(|(_, builder)| builder.finish()).collect();
        (self.rows, self.bytes) = (0, 0);
        Ok(RecordBatch::try_new(self.schema.clone(), arrays)?)
    }
}

impl Refusal {
    fn of(self, column: &Column) -> ArchiveError {
        let name = column.name.clone();
        match self {
            Refusal::Malformed => {
                ArchiveError::Malformed { column: name, kind: column.kind.name() }
            }
            Refusal::NoSuchValue(what) => ArchiveError::NoSuchValue { column: name, what },
        }
    }
}

impl Builder {
    fn of(kind: Kind) -> Builder {
        match kind {
            Kind::Bool => Builder::Bool(BooleanBuilder::new()),
            Kind::Int16 => Builder::Int16(PrimitiveBuilder::new()),
            Kind::Int32 => Builder::Int32(PrimitiveBuilder::new()),
            Kind::Int64 => Builder::Int64(PrimitiveBuilder::new()),
            Kind::Float32 => Builder::Float32(PrimitiveBuilder::new()),
            Kind::Float64 => Builder::Float64(PrimitiveBuilder::new()),
            Kind::Date => Builder::Date(PrimitiveBuilder::new()),
            Kind::Time => Builder::Time(PrimitiveBuilder::new()),
            Kind::Timestamp => Builder::Timestamp(PrimitiveBuilder::new()),
            Kind::Moment => Builder::Timestamp(PrimitiveBuilder::new().with_timezone("UTC")),
            Kind::Decimal(digits, scale) => {
                let kind = arrow_schema::DataType::Decimal128(digits, scale);
                Builder::Decimal(PrimitiveBuilder::new().with_data_type(kind))
            }
            Kind::Text => Builder::Text(StringBuilder::new()),
            Kind::Code => Builder::Code(StringDictionaryBuilder::new()),
            Kind::Bytes | Kind::Place { .. } => Builder::Bytes(BinaryBuilder::new()),
        }
    }

    fn append(&mut self, value: Value) -> Result<(), Refusal> {
        match self {
            Builder::Bool(b) => b.append_option(value.map(truth).transpose()?),
            Builder::Int16(b) => put(b, value, |x| Ok(i16::from_be_bytes(x)))?,
            Builder::Int32(b) => put(b, value, |x| Ok(i32::from_be_bytes(x)))?,
            Builder::Int64(b) => put(b, value, |x| Ok(i64::from_be_bytes(x)))?,
            Builder::Float32(b) => put(b, value, |x| Ok(f32::from_be_bytes(x)))?,
            Builder::Float64(b) => put(b, value, |x| Ok(f64::from_be_bytes(x)))?,
            Builder::Date(b) => put(b, value, |x| day(i32::from_be_bytes(x)))?,
            Builder::Time(b) => put(b, value, |x| Ok(i64::from_be_bytes(x)))?,
            Builder::Timestamp(b) => put(b, value, |x| moment(i64::from_be_bytes(x)))?,
            Builder::Decimal(b) => put(b, value, |x| Ok(i64::from_be_bytes(x).into()))?,
            Builder::Text(b) => b.append_option(value.map(text).transpose()?),
            Builder::Code(b) => b.append_option(value.map(text).transpose()?),
            Builder::Bytes(b) => b.append_option(value),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Bool(b) => Arc::new(b.finish()),
            Builder::Int16(b) => Arc::new(b.finish()),
            Builder::Int32(b) => Arc::new(b.finish()),
            Builder::Int64(b) => Arc::new(b.finish()),
            Builder::Float32(b) => Arc::new(b.finish()),
            Builder::Float64(b) => Arc::new(b.finish()),
            Builder::Date(b) => Arc::new(b.finish()),
            Builder::Time(b) => Arc::new(b.finish()),
            Builder::Timestamp(b) => Arc::new(b.finish()),
            Builder::Decimal(b) => Arc::new(b.finish()),
            Builder::Text(b) => Arc::new(b.finish()),
            Builder::Code(b) => Arc::new(b.finish()),
            Builder::Bytes(b) => Arc::new(b.finish()),
        }
    }
}

fn put<T: ArrowPrimitiveType, const N: usize>(
    builder: &mut PrimitiveBuilder<T>,
    value: Value,
    read: impl Fn([u8; N]) -> Result<T::Native, Refusal>,
) -> Result<(), Refusal> {
    let Some(bytes) = value else {
        builder.append_null();
        return Ok(());
    };
    builder.append_value(read(bytes.try_into().map_err(|_| Refusal::Malformed)?)?);
    Ok(())
}

fn truth(bytes: &[u8]) -> Result<bool, Refusal> {
    match bytes {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(Refusal::Malformed),
    }
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|_| Refusal::Malformed)
}

fn day(days: i32) -> Result<i32, Refusal> {
    match days {
        i32::MAX | i32::MIN => Err(Refusal::NoSuchValue("an infinite date")),
        days => days.checked_add(DAYS).ok_or(Refusal::NoSuchValue("a date beyond Parquet's")),
    }
}

fn moment(microseconds: i64) -> Result<i64, Refusal> {
    match microseconds {
        i64::MAX | i64::MIN => Err(Refusal::NoSuchValue("an infinite timestamp")),
        n => n.checked_add(MICROSECONDS).ok_or(Refusal::NoSuchValue("a time beyond Parquet's")),
    }
}
