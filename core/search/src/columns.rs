//! The columns that a filter may name: columns of `ntsb.fact_accidents`, where each fact of an accident is
//! defined once (docs/adr/0021-accident-facts.md). Nothing here derives a fact.

use ntsb_filter::{Scope, Type};

/// The FROM item of the columns' SQL: alias `e`, one row per event that is not withdrawn.
pub const SOURCE: &str = "ntsb.fact_accidents AS e";

/// A column that a filter may name.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in filters.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Type,
    /// How its values are spelled.
    pub spelling: Spelling,
    /// The SQL expression over [`SOURCE`].
    pub sql: &'static str,
}

/// How the values of a column are spelled, and so how a constant is changed before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// The constant is not changed.
    AsIs,
    /// All values are in uppercase.
    Uppercase,
    /// Codes of a built-in list ([`super::codes`]). Other constants are errors.
    Code,
    /// Uppercase codes of a list that comes with the loaded data. Other constants are errors.
    LoadedCode,
    /// Standard names of aircraft makes.
    Make,
    /// Standard names of engine makes.
    EngineMake,
    /// Standard names of cities.
    City,
    /// Values in any case, compared without regard to case.
    CaseInsensitive,
}

use Spelling::{AsIs, CaseInsensitive, City, Code, EngineMake, LoadedCode, Make, Uppercase};
use Type::{Bool, Date, Double, Int, Text};

macro_rules! column {
    ($name:literal, $kind:expr, $spelling:expr) => {
        Column { name: $name, kind: $kind, spelling: $spelling, sql: concat!("e.", $name) }
    };
}

/// All columns. `Expr::Column` holds an index into this list.
pub const COLUMNS: &[Column] = &[
    column!("ev_id", Text, Uppercase),
    column!("ntsb_no", Text, Uppercase),
    column!("ev_type", Text, Code),
    column!("ev_date", Date, AsIs),
    column!("ev_year", Int, AsIs),
    column!("ev_month", Int, AsIs),
    column!("local_date", Date, AsIs),
    column!("local_hour", Int, AsIs),
    column!("time_zone", Text, AsIs),
    column!("sun_elevation", Double, AsIs),
    column!("daylight", Text, Code),
    column!("ev_city", Text, City),
    column!("ev_state", Text, Code),
    column!("ev_country", Text, LoadedCode),
    column!("is_domestic", Bool, AsIs),
    column!("lat", Double, AsIs),
    column!("lon", Double, AsIs),
    column!("nearest_airport_id", Text, Uppercase),
    column!("nearest_airport_km", Double, AsIs),
    column!("severity", Text, Code),
    column!("highest_injury", Text, Code),
    column!("fatalities", Int, AsIs),
    column!("serious", Int, AsIs),
    column!("minor", Int, AsIs),
    column!("uninjured", Int, AsIs),
    column!("wx_cond_basic", Text, Code),
    column!("light_cond", Text, Code),
    column!("aircraft_count", Int, AsIs),
    column!("is_mid_air", Bool, AsIs),
    column!("is_us_civil_accident", Bool, AsIs),
    column!("is_general_aviation", Bool, AsIs),
    column!("damage", Text, Code),
    column!("acft_make", Text, Make),
    column!("acft_model", Text, Uppercase),
    column!("acft_family", Text, Uppercase),
    column!("acft_category", Text, Code),
    column!("regis_no", Text, Uppercase),
    column!("is_amateur_built", Bool, AsIs),
    column!("aircraft_age_years", Int, AsIs),
    column!("far_part", Text, Code),
    column!("type_fly", Text, Code),
    column!("engine_count", Int, AsIs),
    column!("engine_type", Text, Code),
    column!("engine_make", Text, EngineMake),
    column!("engine_model", Text, Uppercase),
    column!("pilot_age", Int, AsIs),
    column!("pilot_total_hours", Double, AsIs),
    column!("pilot_make_hours", Double, AsIs),
    column!("pilot_certificate", Text, Code),
    column!("is_student_pilot", Bool, AsIs),
    column!("era", Text, Code),
    column!("phase_code", Text, AsIs),
    column!("phase", Text, Code),
    column!("defining_event", Text, AsIs),
    column!("first_finding", Text, AsIs),
    column!("cause_category", Text, Code),
    column!("has_findings", Bool, AsIs),
    column!("has_probable_cause", Bool, AsIs),
    column!("report_status", Text, Code),
    column!("is_final", Bool, AsIs),
    column!("place", Text, CaseInsensitive),
    column!("aircraft", Text, CaseInsensitive),
    column!("probable_cause", Text, CaseInsensitive),
];

/// [`COLUMNS`] as the scope of a filter.
#[derive(Debug)]
pub struct AccidentColumns;

impl Column {
    /// Finds a column by name; returns its index in [`COLUMNS`] too.
    pub fn find(name: &str) -> Option<(usize, &'static Column)> {
        COLUMNS.iter().enumerate().find(|(_, c)| c.name == name)
    }

    /// The name of the PostgreSQL type.
    pub fn sql_type(&self) -> &'static str {
        match self.kind {
            Type::Bool => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
            Type::Int => "bigint",
            Type::Real | Type::Double => "double precision",
            Type::Text | Type::Null => "text",
        }
    }
}

impl Scope for AccidentColumns {
    fn name(&self) -> &'static str {
        "accidents"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        Column::find(column).map(|(at, c)| (at, c.kind))
    }
}
