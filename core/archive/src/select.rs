//! The SQL that gives the rows of a table or view of schema ntsb.

use super::{Column, Kind};
use ntsb_filter::{FilterError, Literal, Predicate, Scope, Type, render};

/// Asks for the columns of the table or view `$1`, for [`Relation::new`]: name, name of the type, its
/// modifier, the type in full, place in the primary key, whether it is generated. No row for what is
/// no table or view of schema ntsb. Words for search follow from the texts beside them, and are as
/// long as these: they are left out.
pub const COLUMNS_OF: &str = "
    SELECT a.attname::text, t.typname::text, a.atttypmod,
           -- Without the schema that it has where search_path does not lead to it.
           pg_catalog.regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^[^.(]*[.]', ''),
           pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum), a.attgenerated <> ''
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'ntsb'
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND t.typname <> 'tsvector'
    ORDER BY a.attnum";

/// A table or view of schema ntsb, whose name and columns the catalogue has given.
#[derive(Debug, Clone)]
pub struct Relation {
    pub name: String,
    pub columns: Vec<Column>,
    /// What the rows are ordered by within a year, so that the same rows make the same file.
    pub key: Vec<String>,
    /// Whether "since ever" and "for ever" are written as null, since Parquet has no infinite date. What
    /// has to come back is refused instead.
    pub open_ends: bool,
}

impl Relation {
    /// `key` is the primary key; without one, events come in the order of their names.
    pub fn new(name: &str, columns: Vec<Column>, mut key: Vec<String>) -> Relation {
        if key.is_empty() && columns.iter().any(|c| c.name == "ev_id") {
            key.push("ev_id".to_owned());
        }
        Relation { name: name.to_owned(), columns, key, open_ends: false }
    }

    /// The same for readers that need not bring it back.
    #[must_use]
    pub fn with_open_ends(self) -> Relation {
        Relation { open_ends: true, ..self }
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c.name == column)
    }

    /// Whether each row belongs to a year: it says so, or its event does.
    pub fn has_years(&self) -> bool {
        self.has("ev_year") || self.has("ev_id")
    }

    /// Selects the year, an integer, and then the columns, in the order of the years. `postgis` is the
    /// schema of its functions, `condition` is over `t`, the row, and `y.ev_year`, its year.
    pub fn by_year(&self, postgis: &str, condition: &str) -> String {
        let year =
            if self.has_years() { "y.ev_year::pg_catalog.int4" } else { "NULL::pg_catalog.int4" };
        let from = match (self.has("ev_year"), self.has("ev_id")) {
            (true, _) => ", LATERAL (SELECT t.ev_year) y",
            (_, true) => "LEFT JOIN ntsb.event_key y ON y.ev_id = t.ev_id",
            _ => "",
        };
        let order: Vec<_> = ["1".to_owned()].into_iter().chain(self.order()).collect();
        format!(
            "SELECT {year}, {} FROM ntsb.{} t {from} WHERE {condition} ORDER BY {}",
            self.list(postgis),
            quoted(&self.name),
            order.join(", ")
        )
    }

    /// Selects the columns; `condition` is over `t`.
    pub fn all(&self, postgis: &str, condition: &str) -> String {
        self.select(&self.list(postgis), condition)
    }

    fn select(&self, list: &str, condition: &str) -> String {
        let order = self.order().collect::<Vec<_>>().join(", ");
        let order = if order.is_empty() { order } else { format!(" ORDER BY {order}") };
        format!("SELECT {list} FROM ntsb.{} t WHERE {condition}{order}", quoted(&self.name))
    }

    /// Selects the columns as texts, as a person reads them: places as WKT.
    pub fn texts(&self, postgis: &str, condition: &str) -> String {
        let text = |c: &Column| {
            let name = quoted(&c.name);
            match c.kind {
                Kind::Place { .. } => format!("{postgis}.ST_AsText(t.{name}) AS {name}"),
                _ => format!("t.{name}::pg_catalog.text AS {name}"),
            }
        };
        let list: Vec<_> = self.columns.iter().map(text).collect();
        self.select(&list.join(", "), condition)
    }

    /// Selects each row as a feature of GeoJSON; none where it has no place.
    pub fn features(&self, postgis: &str, condition: &str) -> Option<String> {
        let place = self.columns.iter().find(|c| matches!(c.kind, Kind::Place { .. }));
        let (geometry, left_out) = match place {
            Some(place) => (format!("t.{}", quoted(&place.name)), place.name.as_str()),
            None if self.has("lat") && self.has("lon") => {
                (format!("{postgis}.ST_SetSRID({postgis}.ST_MakePoint(t.lon, t.lat), 4326)"), "")
            }
            None => return None,
        };
        let id = if self.has("ev_id") { "'id', t.ev_id, " } else { "" };
        let list = format!(
            "pg_catalog.json_build_object('type', 'Feature', {id}'geometry',
                 {postgis}.ST_AsGeoJSON({postgis}.ST_ForcePolygonCCW({geometry}::{postgis}.geometry))::pg_catalog.json,
                 'properties', pg_catalog.to_jsonb(t) - {left_out})::pg_catalog.text",
            left_out = literal(left_out),
        );
        Some(self.select(&list, condition))
    }

    /// A condition that a person wrote, as SQL over `t` without parameters, since COPY takes none.
    pub fn condition(&self, text: &str) -> Result<String, FilterError> {
        let predicate = Predicate::parse(text, self)?;
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|c| (format!("t.{}", quoted(&c.name)), type_of(c.kind)))
            .collect();
        let column = |at: usize| {
            columns.get(at).map_or(("NULL", Type::Null), |(sql, kind)| (sql.as_str(), *kind))
        };
        let rendered = render(predicate.expr(), &column, 1)?;
        Ok(inlined(&rendered.sql, &rendered.values))
    }

    fn list(&self, postgis: &str) -> String {
        let sql = |c: &Column| {
            let value = format!("t.{}", quoted(&c.name));
            match c.kind {
                Kind::Date | Kind::Timestamp | Kind::Moment if self.open_ends => {
                    format!("CASE WHEN pg_catalog.isfinite({value}) THEN {value} END")
                }
                _ => c.sql(&value, postgis),
            }
        };
        self.columns.iter().map(sql).collect::<Vec<_>>().join(", ")
    }

    /// By bytes, whatever the collation of the database is.
    fn order(&self) -> impl Iterator<Item = String> {
        self.key.iter().map(|key| {
            let text = |c: &&Column| c.name == *key && c.sql_type == "text";
            let collation =
                if self.columns.iter().any(|c| text(&c)) { " COLLATE \"C\"" } else { "" };
            format!("t.{}{collation}", quoted(key))
        })
    }
}

impl Scope for Relation {
    fn name(&self) -> &'static str {
        "what is exported"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        let mut all = self.columns.iter().enumerate();
        let (at, column) = all.find(|(_, c)| c.name == column)?;
        (type_of(column.kind) != Type::Null).then(|| (at, type_of(column.kind)))
    }
}

/// The null type for what no condition can be about.
fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Bool => Type::Bool,
        Kind::Int16 | Kind::Int32 | Kind::Int64 => Type::Int,
        Kind::Float32 => Type::Real,
        Kind::Float64 | Kind::Decimal(..) => Type::Double,
        Kind::Date => Type::Date,
        Kind::Timestamp => Type::Timestamp,
        Kind::Text | Kind::Code => Type::Text,
        Kind::Time | Kind::Moment | Kind::Bytes | Kind::Place { .. } => Type::Null,
    }
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// With standard_conforming_strings off a backslash would escape: the E says what it means.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Puts the values where their numbers stand; a name in double quotes may look like one.
fn inlined(sql: &str, values: &[Literal]) -> String {
    let mut out = String::new();
    for (at, piece) in sql.split('"').enumerate() {
        if at > 0 {
            out.push('"');
        }
        match at % 2 {
            0 => numbers_replaced(piece, values, &mut out),
            _ => out.push_str(piece),
        }
    }
    out
}

fn numbers_replaced(piece: &str, values: &[Literal], out: &mut String) {
    let mut parts = piece.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let value = number.parse().ok().and_then(|n: usize| values.get(n.checked_sub(1)?));
        out.push_str(&value.map_or_else(|| format!("${number}"), written));
        out.push_str(rest);
    }
}

fn written(value: &Literal) -> String {
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
