//! How a PostgreSQL column is selected, and its type in Parquet.

use std::collections::HashMap;

use arrow_schema::{DataType, Field, TimeUnit};

use ntsb_schema::tables::{Access, Clean, TABLES};

/// The type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "most names are those of the Arrow types")]
pub enum ValueType {
    Bool,
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
    Date,
    Time,
    Timestamp,
    /// A timestamp with time zone, in UTC.
    TimestampTz,
    /// Precision and scale. Selected as a bigint in units of the last digit.
    Decimal(u8, i8),
    Text,
    /// Text with few distinct values, stored with a dictionary.
    Code,
    Bytes,
    /// Geometry as WKB. `spherical` is true for `geography`.
    Geometry {
        spherical: bool,
    },
}

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in PostgreSQL and in the file.
    pub name: String,
    /// The type of the values.
    pub value_type: ValueType,
    /// The type in PostgreSQL, as `format_type` writes it.
    pub sql_type: String,
}

/// Code columns of the star schema and the views, which are not columns of the NTSB files.
const CODE_COLUMNS: &[&str] = &[
    "acft_category_label",
    "action",
    "coord_source",
    "damage_label",
    "far_part_label",
    "defect",
    "light_condition",
    "phase",
    "phase_group",
    "severity",
    "severity_label",
    "table_name",
    "weather_label",
];

/// Any number of this many digits fits into a bigint.
const MAX_DECIMAL_DIGITS: i32 = 18;

impl Column {
    /// Creates a column from the catalog: `type_name` is `pg_type.typname`, `modifier` is `atttypmod`.
    pub fn new(name: &str, type_name: &str, modifier: i32, sql_type: &str) -> Column {
        let value_type = match type_name {
            "bool" => ValueType::Bool,
            "int2" => ValueType::Int16,
            "int4" => ValueType::Int32,
            "int8" => ValueType::Int64,
            "float4" => ValueType::Float32,
            "float8" => ValueType::Float64,
            "date" => ValueType::Date,
            "time" => ValueType::Time,
            "timestamp" => ValueType::Timestamp,
            "timestamptz" => ValueType::TimestampTz,
            "numeric" => decimal_type(modifier),
            "bytea" => ValueType::Bytes,
            "geography" => ValueType::Geometry { spherical: true },
            "geometry" => ValueType::Geometry { spherical: false },
            "text" if is_code(name) => ValueType::Code,
            // Other types are cast to text.
            _ => ValueType::Text,
        };
        Column { name: name.to_owned(), value_type, sql_type: sql_type.to_owned() }
    }

    /// The SQL expression that selects the value in the form that [`ValueType`] needs. `value` is the
    /// SQL of the column, `postgis` the schema of PostGIS.
    pub fn select_expr(&self, value: &str, postgis: &str) -> String {
        match self.value_type {
            ValueType::Geometry { .. } => format!("{postgis}.ST_AsBinary({value})"),
            ValueType::Text | ValueType::Code if self.sql_type != "text" => {
                format!("{value}::pg_catalog.text")
            }
            ValueType::Decimal(_, scale) => {
                let unit = 10_i64.pow(scale.unsigned_abs().into());
                format!("({value} * {unit})::pg_catalog.int8")
            }
            _ => value.to_owned(),
        }
    }

    /// Whether COPY can load the values that [`Column::select_expr`] selects.
    pub fn can_restore(&self) -> bool {
        match self.value_type {
            ValueType::Geometry { .. } | ValueType::Decimal(..) => false,
            ValueType::Text | ValueType::Code => self.sql_type == "text",
            _ => true,
        }
    }

    /// The size of a value in bytes. `None` if it varies.
    pub fn width(&self) -> Option<usize> {
        match self.value_type {
            ValueType::Bool => Some(1),
            ValueType::Int16 => Some(2),
            ValueType::Int32 | ValueType::Float32 | ValueType::Date => Some(4),
            ValueType::Int64 | ValueType::Float64 | ValueType::Time => Some(8),
            ValueType::Timestamp | ValueType::TimestampTz | ValueType::Decimal(..) => Some(8),
            ValueType::Text | ValueType::Code | ValueType::Bytes | ValueType::Geometry { .. } => {
                None
            }
        }
    }

    pub(super) fn field(&self) -> Field {
        let sql_type = [("sql_type".to_owned(), self.sql_type.clone())];
        Field::new(&self.name, self.value_type.data_type(), true)
            .with_metadata(HashMap::from(sql_type))
    }
}

impl ValueType {
    fn data_type(self) -> DataType {
        match self {
            ValueType::Bool => DataType::Boolean,
            ValueType::Int16 => DataType::Int16,
            ValueType::Int32 => DataType::Int32,
            ValueType::Int64 => DataType::Int64,
            ValueType::Float32 => DataType::Float32,
            ValueType::Float64 => DataType::Float64,
            ValueType::Date => DataType::Date32,
            ValueType::Time => DataType::Time64(TimeUnit::Microsecond),
            ValueType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            ValueType::TimestampTz => {
                DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
            }
            ValueType::Decimal(digits, scale) => DataType::Decimal128(digits, scale),
            ValueType::Text => DataType::Utf8,
            ValueType::Code => DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()),
            ValueType::Bytes | ValueType::Geometry { .. } => DataType::Binary,
        }
    }

    /// The name of the type in error messages.
    pub fn name(self) -> &'static str {
        match self {
            ValueType::Bool => "boolean",
            ValueType::Int16 | ValueType::Int32 | ValueType::Int64 => "integer",
            ValueType::Float32 | ValueType::Float64 => "floating-point number",
            ValueType::Date => "date",
            ValueType::Time => "time",
            ValueType::Timestamp | ValueType::TimestampTz => "timestamp",
            ValueType::Decimal(..) => "decimal",
            ValueType::Text | ValueType::Code => "UTF-8 text",
            ValueType::Bytes => "byte string",
            ValueType::Geometry { .. } => "WKB geometry",
        }
    }
}

/// Whether a column holds codes. A code column of an NTSB table is one in every view as well.
fn is_code(name: &str) -> bool {
    let is_code_column = |c: &ntsb_schema::tables::Column| {
        c.name == name && c.clean == Clean::Code && matches!(c.access, Access::Text(_))
    };
    CODE_COLUMNS.contains(&name) || TABLES.iter().any(|t| t.columns.iter().any(is_code_column))
}

/// The type of a `numeric`. Without a modifier it may have any number of digits and is exported as
/// text.
fn decimal_type(modifier: i32) -> ValueType {
    let (digits, scale) = ((modifier - 4) >> 16 & 0xffff, (modifier - 4) & 0x7ff);
    match (u8::try_from(digits), i8::try_from(scale)) {
        (Ok(digits), Ok(scale))
            if modifier >= 4
                && i32::from(digits) <= MAX_DECIMAL_DIGITS
                && scale <= digits as i8 =>
        {
            ValueType::Decimal(digits, scale)
        }
        _ => ValueType::Text,
    }
}
