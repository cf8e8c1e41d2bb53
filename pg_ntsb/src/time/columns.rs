//! Columns of ntsb.accidents that can be correlated: numbers, and codes with few enough values to be
//! categories. Labels say nothing that their codes do not.

use crate::error::Error;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Category,
}

pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// Its value as double precision or text, over ntsb.accidents, there called a.
    pub sql: &'static str,
}

macro_rules! number {
    ($name:literal) => {
        Column { name: $name, kind: Kind::Number, sql: concat!("a.", $name, "::double precision") }
    };
}

macro_rules! category {
    ($name:literal) => {
        Column { name: $name, kind: Kind::Category, sql: concat!("a.", $name, "::text") }
    };
}

pub const COLUMNS: &[Column] = &[
    number!("ev_year"),
    number!("ev_month"),
    Column {
        name: "local_time",
        kind: Kind::Number,
        sql: "(extract(epoch FROM a.local_time) / 3600)::double precision",
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
    number!("year_completeness"),
    category!("ev_type"),
    category!("ev_state"),
    category!("ev_country"),
    category!("is_domestic"),
    category!("severity"),
    category!("wx_cond_basic"),
    category!("light_cond"),
    category!("far_part"),
    category!("type_fly"),
    category!("damage"),
    category!("acft_make"),
    category!("acft_model"),
    category!("acft_category"),
    category!("pilot_certificate"),
    category!("phase_code"),
    category!("phase"),
    category!("defining_event"),
    category!("first_finding"),
    category!("cause_category"),
    category!("report_status"),
    category!("is_final"),
];

impl Column {
    pub fn find(name: &str) -> Result<&'static Column, Error> {
        let found = COLUMNS.iter().find(|c| c.name == name);
        found.ok_or_else(|| Error::NotCorrelated(name.to_owned()))
    }
}
