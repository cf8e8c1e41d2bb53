//! The facts of an accident that conditions may name: columns of `ntsb.fact_accidents`, where each fact is
//! defined once (docs/adr/0021-accident-facts.md). Nothing here derives a fact.

use ntsb_filter::{Scope, Type};

/// What the SQL of the columns is over: one row per event that is not withdrawn, under the name `e`.
pub const SOURCE: &str = "ntsb.fact_accidents AS e";

/// One fact of an accident.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: Type,
    pub spelling: Spelling,
    /// What it stands for, over [`SOURCE`].
    pub sql: &'static str,
}

/// How the values of a column are written, and so what is forgiven in a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    AsIs,
    /// All in capitals.
    Capitals,
    /// Codes of a list ([`super::codes`]): others are refused.
    Code,
    /// Codes in capitals, of a list that only the loaded files have: others are refused.
    LoadedCode,
    /// One spelling per maker of aircraft.
    Make,
    /// One spelling per maker of engines.
    EngineMake,
    /// One spelling per city.
    City,
    /// As the file has them.
    AnyCase,
}

use Spelling::{AnyCase, AsIs, Capitals, City, Code, EngineMake, LoadedCode, Make};
use Type::{Bool, Date, Double, Int, Text};

macro_rules! column {
    ($name:literal, $kind:expr, $spelling:expr) => {
        Column { name: $name, kind: $kind, spelling: $spelling, sql: concat!("e.", $name) }
    };
}

/// Every fact; its place in this list is its number in an expression.
pub const COLUMNS: &[Column] = &[
    column!("ev_id", Text, Capitals),
    column!("ntsb_no", Text, Capitals),
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
    column!("nearest_airport_id", Text, Capitals),
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
    column!("acft_model", Text, Capitals),
    column!("acft_family", Text, Capitals),
    column!("acft_category", Text, Code),
    column!("regis_no", Text, Capitals),
    column!("is_amateur_built", Bool, AsIs),
    column!("far_part", Text, Code),
    column!("type_fly", Text, Code),
    column!("engine_count", Int, AsIs),
    column!("engine_type", Text, Code),
    column!("engine_make", Text, EngineMake),
    column!("engine_model", Text, Capitals),
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
    column!("place", Text, AnyCase),
    column!("aircraft", Text, AnyCase),
    column!("probable_cause", Text, AnyCase),
];

/// The scope that [`COLUMNS`] are.
#[derive(Debug)]
pub struct Facts;

impl Facts {
    /// The type of a column that does not exist.
    pub const NONE: Type = Type::Null;
}

impl Column {
    /// Number and column of a name.
    pub fn find(name: &str) -> Option<(usize, &'static Column)> {
        COLUMNS.iter().enumerate().find(|(_, c)| c.name == name)
    }

    /// The PostgreSQL type of its values.
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

impl Scope for Facts {
    fn name(&self) -> &'static str {
        "accidents"
    }

    fn find(&self, column: &str) -> Option<(usize, Type)> {
        Column::find(column).map(|(at, c)| (at, c.kind))
    }
}
