//! Columns of accidents that can be correlated: numbers, and codes with few enough values to be categories.
//! Labels are excluded, because they duplicate codes.

use super::error::TimeSeriesError;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Category,
}

pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// SQL expression of type double precision or text over ntsb.fact_accidents e.
    pub sql: &'static str,
}

macro_rules! number {
    ($name:literal) => {
        Column { name: $name, kind: Kind::Number, sql: concat!("e.", $name, "::double precision") }
    };
}

macro_rules! category {
    ($name:literal) => {
        Column { name: $name, kind: Kind::Category, sql: concat!("e.", $name, "::text") }
    };
}

pub const COLUMNS: &[Column] = &[
    number!("ev_year"),
    number!("ev_month"),
    Column {
        name: "local_time",
        kind: Kind::Number,
        sql: "(extract(epoch FROM e.local_time) / 3600)::double precision",
    },
    number!("lat"),
    number!("lon"),
    number!("nearest_airport_km"),
    number!("fatalities"),
    number!("serious"),
    number!("minor"),
    number!("uninjured"),
    number!("aircraft_count"),
    number!("engine_count"),
    number!("pilot_age"),
    number!("pilot_total_hours"),
    number!("pilot_make_hours"),
    number!("sun_elevation"),
    Column {
        name: "year_completeness",
        kind: Kind::Number,
        sql: "(SELECT y.completeness FROM ntsb.year_completeness y WHERE y.ev_year = e.ev_year)::double precision",
    },
    category!("ev_type"),
    category!("ev_state"),
    category!("ev_country"),
    category!("is_domestic"),
    category!("severity"),
    category!("wx_cond_basic"),
    category!("light_cond"),
    category!("daylight"),
    category!("is_mid_air"),
    category!("is_us_civil_accident"),
    category!("is_general_aviation"),
    category!("far_part"),
    category!("type_fly"),
    category!("damage"),
    category!("acft_make"),
    category!("acft_model"),
    category!("acft_family"),
    category!("acft_category"),
    category!("is_amateur_built"),
    category!("engine_type"),
    category!("engine_make"),
    category!("pilot_certificate"),
    category!("is_student_pilot"),
    category!("phase_code"),
    category!("phase"),
    category!("defining_event"),
    category!("first_finding"),
    category!("cause_category"),
    category!("report_status"),
    category!("is_final"),
];

impl Column {
    pub fn find(name: &str) -> Result<&'static Column, TimeSeriesError> {
        let found = COLUMNS.iter().find(|c| c.name == name);
        found.ok_or_else(|| TimeSeriesError::NotCorrelatable(name.to_owned()))
    }
}
