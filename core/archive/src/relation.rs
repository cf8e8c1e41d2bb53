//! Builds the SQL that selects the rows of a table or view of schema ntsb.

use super::{Column, ValueType};
use ntsb_filter::{FilterError, Literal, Predicate, Scope, Type, render};

/// Selects the columns of the table or view `$1`, for [`Relation::new`]: name, type name, type
/// modifier, full type, position in the primary key, whether it is generated. Returns no row if schema
/// ntsb has no such table or view. Excludes tsvectors, because they are large and derived from other
/// columns.
pub const COLUMNS_QUERY: &str = "
    SELECT a.attname::text, t.typname::text, a.atttypmod,
           -- Without the schema that format_type adds if the type is not in the search_path.
           pg_catalog.regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^[^.(]*[.]', ''),
           pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum), a.attgenerated <> ''
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND t.typname <> 'tsvector'
    ORDER BY a.attnum";

/// A table or view of schema ntsb, with the name and columns from the catalog.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The name without schema.
    pub name: String,
    /// The columns to select.
    pub columns: Vec<Column>,
    /// The sort key within a year. A fixed order makes the same rows give the same file.
    pub key: Vec<String>,
    /// Whether infinite dates are selected as null, because Parquet has no infinite date. If false, an
    /// infinite date is an error.
    pub infinity_as_null: bool,
}

impl Relation {
    /// Creates a relation. `key` is the primary key. Without one, rows are sorted by `ev_id` if there is
    /// such a column.
    pub fn new(name: &str, columns: Vec<Column>, mut key: Vec<String>) -> Relation {
        if key.is_empty() && columns.iter().any(|c| c.name == "ev_id") {
            key.push("ev_id".to_owned());
        }
        Relation { name: name.to_owned(), columns, key, infinity_as_null: false }
    }

    /// Selects infinite dates as null. For files that are not restored.
    #[must_use]
    pub fn with_infinity_as_null(self) -> Relation {
        Relation { infinity_as_null: true, ..self }
    }

    fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|c| c.name == name)
    }

    /// Whether each row has a year, either its own or that of its event.
    pub fn has_years(&self) -> bool {
        self.has_column("ev_year") || self.has_column("ev_id")
    }

    /// Selects the year as an integer and then the columns, sorted by year. `postgis` is the schema of
    /// PostGIS. `condition` is SQL over the row `t` and its year `y.ev_year`.
    pub fn select_by_year(&self, postgis: &str, condition: &str) -> String {
        let year =
            if self.has_years() { "y.ev_year::pg_catalog.int4" } else { "NULL::pg_catalog.int4" };
        let from = match (self.has_column("ev_year"), self.has_column("ev_id")) {
            (true, _) => ", LATERAL (SELECT t.ev_year) y",
            (_, true) => "LEFT JOIN ntsb.event_key y ON y.ev_id = t.ev_id",
            _ => "",
        };
        let order: Vec<_> = ["1".to_owned()].into_iter().chain(self.sort_columns()).collect();
        format!(
            "SELECT {year}, {} FROM ntsb.{} t {from} WHERE {condition} ORDER BY {}",
            self.select_list(postgis),
            quoted(&self.name),
            order.join(", ")
        )
    }

    /// Selects the columns. `condition` is SQL over the row `t`.
    pub fn select_columns(&self, postgis: &str, condition: &str) -> String {
        self.select(&self.select_list(postgis), condition)
    }

    fn select(&self, list: &str, condition: &str) -> String {
        let order = self.sort_columns().collect::<Vec<_>>().join(", ");
        let order = if order.is_empty() { order } else { format!(" ORDER BY {order}") };
        format!("SELECT {list} FROM ntsb.{} t WHERE {condition}{order}", quoted(&self.name))
    }

    /// Selects the columns as text, with geometry as WKT. `condition` is SQL over the row `t`.
    pub fn select_text(&self, postgis: &str, condition: &str) -> String {
        let text = |c: &Column| {
            let name = quoted(&c.name);
            match c.value_type {
                ValueType::Geometry { .. } => format!("{postgis}.ST_AsText(t.{name}) AS {name}"),
                _ => format!("t.{name}::pg_catalog.text AS {name}"),
            }
        };
        let list: Vec<_> = self.columns.iter().map(text).collect();
        self.select(&list.join(", "), condition)
    }

    /// Selects each row as a GeoJSON feature. `None` if the relation has no geometry and no `lat` and
    /// `lon`. `condition` is SQL over the row `t`.
    pub fn select_geojson(&self, postgis: &str, condition: &str) -> Option<String> {
        let is_geometry = |c: &&Column| matches!(c.value_type, ValueType::Geometry { .. });
        let (geometry, omitted) = match self.columns.iter().find(is_geometry) {
            Some(column) => (format!("t.{}", quoted(&column.name)), column.name.as_str()),
            None if self.has_column("lat") && self.has_column("lon") => {
                (format!("{postgis}.ST_SetSRID({postgis}.ST_MakePoint(t.lon, t.lat), 4326)"), "")
            }
            None => return None,
        };
        let id = if self.has_column("ev_id") { "'id', t.ev_id, " } else { "" };
        let list = format!(
            "pg_catalog.json_build_object('type', 'Feature', {id}'geometry',
                 {postgis}.ST_AsGeoJSON({postgis}.ST_ForcePolygonCCW({geometry}::{postgis}.geometry))::pg_catalog.json,
                 'properties', pg_catalog.to_jsonb(t) - {omitted})::pg_catalog.text",
            omitted = literal(omitted),
        );
        Some(self.select(&list, condition))
    }

    /// Compiles a filter to SQL over the row `t`, without parameters, because COPY does not accept them.
    pub fn compile_filter(&self, text: &str) -> Result<String, FilterError> {
        let predicate = Predicate::parse(text, self)?;
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|c| (format!("t.{}", quoted(&c.name)), filter_type(c.value_type)))
            .collect();
        let column = |at: usize| {
            columns.get(at).map_or(("NULL", Type::Null), |(sql, ty)| (sql.as_str(), *ty))
        };
        let rendered = render(predicate.expr(), &column, 1)?;
        Ok(inline_parameters(&rendered.sql, &rendered.values))
    }

    fn select_list(&self, postgis: &str) -> String {
        let select_expr = |c: &Column| {
            let value = format!("t.{}", quoted(&c.name));
            match c.value_type {
                ValueType::Date | ValueType::Timestamp | ValueType::TimestampTz
                    if self.infinity_as_null =>
                {
                    format!("CASE WHEN pg_catalog.isfinite({value}) THEN {value} END")
                }
                _ => c.select_expr(&value, postgis),
            }
        };
        self.columns.iter().map(select_expr).collect::<Vec<_>>().join(", ")
    }

    /// Sorts text by bytes, so that the order does not depend on the collation of the database.
    fn sort_columns(&self) -> impl Iterator<Item = String> {
        self.key.iter().map(|key| {
            let is_text = |c: &Column| c.name == *key && c.sql_type == "text";
            let collation = if self.columns.iter().any(is_text) { " COLLATE \"C\"" } else { "" };
            format!("t.{}{collation}", quoted(key))
        })
    }
}

impl Scope for Relation {
    fn name(&self) -> &'static str {
        "the exported table"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        let mut all = self.columns.iter().enumerate();
        let (at, column) = all.find(|(_, c)| c.name == column)?;
        let filter_type = filter_type(column.value_type);
        (filter_type != Type::Null).then_some((at, filter_type))
    }
}

/// The type of a column in filters. `Null` if a filter cannot use the column.
fn filter_type(value_type: ValueType) -> Type {
    match value_type {
        ValueType::Bool => Type::Bool,
        ValueType::Int16 | ValueType::Int32 | ValueType::Int64 => Type::Int,
        ValueType::Float32 => Type::Real,
        ValueType::Float64 | ValueType::Decimal(..) => Type::Double,
        ValueType::Date => Type::Date,
        ValueType::Timestamp => Type::Timestamp,
        ValueType::Text | ValueType::Code => Type::Text,
        ValueType::Time
        | ValueType::TimestampTz
        | ValueType::Bytes
        | ValueType::Geometry { .. } => Type::Null,
    }
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An escape string, whose meaning does not depend on standard_conforming_strings.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Replaces parameters by their values. Skips quoted identifiers, which may contain a `$`.
fn inline_parameters(sql: &str, values: &[Literal]) -> String {
    let mut out = String::new();
    for (at, piece) in sql.split('"').enumerate() {
        if at > 0 {
            out.push('"');
        }
        match at % 2 {
            0 => replace_parameters(piece, values, &mut out),
            _ => out.push_str(piece),
        }
    }
    out
}

fn replace_parameters(piece: &str, values: &[Literal], out: &mut String) {
    let mut parts = piece.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let value = number.parse().ok().and_then(|n: usize| values.get(n.checked_sub(1)?));
        out.push_str(&value.map_or_else(|| format!("${number}"), literal_sql));
        out.push_str(rest);
    }
}

fn literal_sql(value: &Literal) -> String {
    match value {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(truth) => truth.to_string(),
        Literal::Int(n) => format!("({n})::pg_catalog.int8"),
        Literal::Double(x) => format!("'{x:?}'::pg_catalog.float8"),
        Literal::Text(text) => format!("{}::pg_catalog.text", literal(text)),
        Literal::Date(days) => format!("('epoch'::pg_catalog.date + ({days}))"),
        Literal::Timestamp(seconds) => {
            format!(
                "('epoch'::pg_catalog.timestamp + ({seconds}) * '1 second'::pg_catalog.interval)"
            )
        }
    }
}
