//! What a column of PostgreSQL is in Parquet, and how it is asked for.

use std::collections::HashMap;

use arrow_schema::{DataType, Field, TimeUnit};

use ntsb_schema::tables::{Access, Clean, TABLES};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bool,
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
    Date,
    Time,
    Timestamp,
    /// A moment, in UTC.
    Moment,
    /// Digits in all, and behind the point; carried as a bigint of the last place.
    Decimal(u8, i8),
    Text,
    /// Text of few values: a dictionary.
    Code,
    Bytes,
    /// Places as WKB; on the sphere, or in the plane.
    Place {
        spherical: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// The type in PostgreSQL, as its `format_type` writes it.
    pub sql_type: String,
}

/// Codes of the star and the views, which no file has.
const CODES: &[&str] = &[
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

/// A bigint holds so many digits whatever they are.
const MOST_DIGITS: i32 = 18;

impl Column {
    /// `kind` is the name of its type in the catalogue, `modifier` its type modifier.
    pub fn of(name: &str, kind: &str, modifier: i32, sql_type: &str) -> Column {
        let kind = match kind {
            "bool" => Kind::Bool,
            "int2" => Kind::Int16,
            "int4" => Kind::Int32,
            "int8" => Kind::Int64,
            "float4" => Kind::Float32,
            "float8" => Kind::Float64,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "timestamp" => Kind::Timestamp,
            "timestamptz" => Kind::Moment,
            "numeric" => decimal(modifier),
            "bytea" => Kind::Bytes,
            "geography" => Kind::Place { spherical: true },
            "geometry" => Kind::Place { spherical: false },
            "text" if is_code(name) => Kind::Code,
            // As PostgreSQL writes it.
            _ => Kind::Text,
        };
        Column { name: name.to_owned(), kind, sql_type: sql_type.to_owned() }
    }

    /// The SQL that gives the value in the form in which [`Kind`] takes it. `value` is the column's
    /// own SQL, `postgis` the schema of its functions.
    pub fn sql(&self, value: &str, postgis: &str) -> String {
        match self.kind {
            Kind::Place { .. } => format!("{postgis}.ST_AsBinary({value})"),
            Kind::Text | Kind::Code if self.sql_type != "text" => {
                format!("{value}::pg_catalog.text")
            }
            Kind::Decimal(_, scale) => {
                let unit = 10_i64.pow(scale.unsigned_abs().into());
                format!("({value} * {unit})::pg_catalog.int8")
            }
            _ => value.to_owned(),
        }
    }

    /// Whether PostgreSQL takes back what [`Column::sql`] gives.
    pub fn comes_back(&self) -> bool {
        match self.kind {
            Kind::Place { .. } | Kind::Decimal(..) => false,
            Kind::Text | Kind::Code => self.sql_type == "text",
            _ => true,
        }
    }

    /// Bytes of a value; none where that depends on the value.
    pub fn width(&self) -> Option<usize> {
        match self.kind {
            Kind::Bool => Some(1),
            Kind::Int16 => Some(2),
            Kind::Int32 | Kind::Float32 | Kind::Date => Some(4),
            Kind::Int64 | Kind::Float64 | Kind::Time => Some(8),
            Kind::Timestamp | Kind::Moment | Kind::Decimal(..) => Some(8),
            Kind::Text | Kind::Code | Kind::Bytes | Kind::Place { .. } => None,
        }
    }

    pub(super) fn field(&self) -> Field {
        let sql_type = [("sql_type".to_owned(), self.sql_type.clone())];
        Field::new(&self.name, self.kind.data_type(), true).with_metadata(HashMap::from(sql_type))
    }
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Kind::Bool => DataType::Boolean,
            Kind::Int16 => DataType::Int16,
            Kind::Int32 => DataType::Int32,
            Kind::Int64 => DataType::Int64,
            Kind::Float32 => DataType::Float32,
            Kind::Float64 => DataType::Float64,
            Kind::Date => DataType::Date32,
            Kind::Time => DataType::Time64(TimeUnit::Microsecond),
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Kind::Moment => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Decimal(digits, scale) => DataType::Decimal128(digits, scale),
            Kind::Text => DataType::Utf8,
            Kind::Code => DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()),
            Kind::Bytes | Kind::Place { .. } => DataType::Binary,
        }
    }

    /// For messages and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Bool => "truth value",
            Kind::Int16 | Kind::Int32 | Kind::Int64 => "integer",
            Kind::Float32 | Kind::Float64 => "floating point number",
            Kind::Date => "date",
            Kind::Time => "time",
            Kind::Timestamp | Kind::Moment => "timestamp",
            Kind::Decimal(..) => "decimal",
            Kind::Text | Kind::Code => "text in UTF-8",
            Kind::Bytes => "bytes",
            Kind::Place { .. } => "WKB",
        }
    }
}

/// A column of codes in any file is one in whatever is made of it.
fn is_code(name: &str) -> bool {
    let coded = |c: &ntsb_schema::tables::Column| {
        c.name == name && c.clean == Clean::Code && matches!(c.access, Access::Text(_))
    };
    CODES.contains(&name) || TABLES.iter().any(|t| t.columns.iter().any(coded))
}

/// `numeric` without a modifier may have any number of digits: text, which loses none.
fn decimal(modifier: i32) -> Kind {
    let (digits, scale) = ((modifier - 4) >> 16 & 0xffff, (modifier - 4) & 0x7ff);
    match (u8::try_from(digits), i8::try_from(scale)) {
        (Ok(digits), Ok(scale))
            if modifier >= 4 && i32::from(digits) <= MOST_DIGITS && scale <= digits as i8 =>
        {
            Kind::Decimal(digits, scale)
        }
        _ => Kind::Text,
    }
}
