//! Collects row values into the column arrays of a record batch.

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

use super::{ArchiveError, Column, Value, ValueType};

/// Days between the epochs: PostgreSQL counts from 2000, Arrow from 1970.
pub(super) const EPOCH_DAYS: i32 = ntsb_schema::calendar::POSTGRES_EPOCH_DAYS;
/// The same in microseconds.
pub(super) const EPOCH_MICROSECONDS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;

/// Why a value cannot be appended. The caller adds the column.
enum ValueError {
    Malformed,
    Unrepresentable(&'static str),
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
    /// The size of the values in COPY format.
    pub bytes: usize,
}

impl Batch {
    pub fn new(columns: &[Column], schema: SchemaRef) -> Batch {
        let builders = columns.iter().map(|c| (c.clone(), Builder::new(c.value_type))).collect();
        Batch { schema, builders, rows: 0, bytes: 0 }
    }

    pub fn append(&mut self, row: &[Value]) -> Result<(), ArchiveError> {
        if row.len() != self.builders.len() {
            return Err(ArchiveError::RowWidth { found: row.len(), columns: self.builders.len() });
        }
        for (value, (column, builder)) in row.iter().zip(&mut self.builders) {
            builder.append(*value).map_err(|error| error.in_column(column))?;
            self.bytes += value.map_or(0, <[u8]>::len);
        }
        self.rows += 1;
        Ok(())
    }

    /// Returns the rows as a record batch and clears the builders.
    pub fn take(&mut self) -> Result<RecordBatch, ArchiveError> {
        let arrays = self.builders.iter_mut().map(|(_, builder)| builder.finish()).collect();
        (self.rows, self.bytes) = (0, 0);
        Ok(RecordBatch::try_new(self.schema.clone(), arrays)?)
    }
}

impl ValueError {
    fn in_column(self, column: &Column) -> ArchiveError {
        let name = column.name.clone();
        match self {
            ValueError::Malformed => {
                ArchiveError::MalformedValue { column: name, value_type: column.value_type.name() }
            }
            ValueError::Unrepresentable(what) => {
                ArchiveError::Unrepresentable { column: name, what }
            }
        }
    }
}

impl Builder {
    fn new(value_type: ValueType) -> Builder {
        match value_type {
            ValueType::Bool => Builder::Bool(BooleanBuilder::new()),
            ValueType::Int16 => Builder::Int16(PrimitiveBuilder::new()),
            ValueType::Int32 => Builder::Int32(PrimitiveBuilder::new()),
            ValueType::Int64 => Builder::Int64(PrimitiveBuilder::new()),
            ValueType::Float32 => Builder::Float32(PrimitiveBuilder::new()),
            ValueType::Float64 => Builder::Float64(PrimitiveBuilder::new()),
            ValueType::Date => Builder::Date(PrimitiveBuilder::new()),
            ValueType::Time => Builder::Time(PrimitiveBuilder::new()),
            ValueType::Timestamp => Builder::Timestamp(PrimitiveBuilder::new()),
            ValueType::TimestampTz => {
                Builder::Timestamp(PrimitiveBuilder::new().with_timezone("UTC"))
            }
            ValueType::Decimal(digits, scale) => {
                let data_type = arrow_schema::DataType::Decimal128(digits, scale);
                Builder::Decimal(PrimitiveBuilder::new().with_data_type(data_type))
            }
            ValueType::Text => Builder::Text(StringBuilder::new()),
            ValueType::Code => Builder::Code(StringDictionaryBuilder::new()),
            ValueType::Bytes | ValueType::Geometry { .. } => Builder::Bytes(BinaryBuilder::new()),
        }
    }

    fn append(&mut self, value: Value) -> Result<(), ValueError> {
        match self {
            Builder::Bool(b) => b.append_option(value.map(parse_bool).transpose()?),
            Builder::Int16(b) => append_fixed(b, value, |x| Ok(i16::from_be_bytes(x)))?,
            Builder::Int32(b) => append_fixed(b, value, |x| Ok(i32::from_be_bytes(x)))?,
            Builder::Int64(b) => append_fixed(b, value, |x| Ok(i64::from_be_bytes(x)))?,
            Builder::Float32(b) => append_fixed(b, value, |x| Ok(f32::from_be_bytes(x)))?,
            Builder::Float64(b) => append_fixed(b, value, |x| Ok(f64::from_be_bytes(x)))?,
            Builder::Date(b) => append_fixed(b, value, |x| convert_date(i32::from_be_bytes(x)))?,
            Builder::Time(b) => append_fixed(b, value, |x| Ok(i64::from_be_bytes(x)))?,
            Builder::Timestamp(b) => {
                append_fixed(b, value, |x| convert_timestamp(i64::from_be_bytes(x)))?
            }
            Builder::Decimal(b) => append_fixed(b, value, |x| Ok(i64::from_be_bytes(x).into()))?,
            Builder::Text(b) => b.append_option(value.map(parse_text).transpose()?),
            Builder::Code(b) => b.append_option(value.map(parse_text).transpose()?),
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

fn append_fixed<T: ArrowPrimitiveType, const N: usize>(
    builder: &mut PrimitiveBuilder<T>,
    value: Value,
    read: impl Fn([u8; N]) -> Result<T::Native, ValueError>,
) -> Result<(), ValueError> {
    let Some(bytes) = value else {
        builder.append_null();
        return Ok(());
    };
    builder.append_value(read(bytes.try_into().map_err(|_| ValueError::Malformed)?)?);
    Ok(())
}

fn parse_bool(bytes: &[u8]) -> Result<bool, ValueError> {
    match bytes {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(ValueError::Malformed),
    }
}

fn parse_text(bytes: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(bytes).map_err(|_| ValueError::Malformed)
}

fn convert_date(days: i32) -> Result<i32, ValueError> {
    match days {
        i32::MAX | i32::MIN => Err(ValueError::Unrepresentable("an infinite date")),
        days => days
            .checked_add(EPOCH_DAYS)
            .ok_or(ValueError::Unrepresentable("a date beyond the range of Parquet")),
    }
}

fn convert_timestamp(microseconds: i64) -> Result<i64, ValueError> {
    match microseconds {
        i64::MAX | i64::MIN => Err(ValueError::Unrepresentable("an infinite timestamp")),
        n => n
            .checked_add(EPOCH_MICROSECONDS)
            .ok_or(ValueError::Unrepresentable("a timestamp beyond the range of Parquet")),
    }
}
