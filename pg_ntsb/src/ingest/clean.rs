//! The cleaning functions, for use in users' SQL.

use crate::epoch;
use ntsb_schema::clean::{
    DefectKind, DefectKinds, Value, city, code, date, name, number, registration, text, time,
};
use pgrx::datum::{Date, Timestamp};
use pgrx::prelude::*;

/// Parses a date in any format that NTSB files use (`MM/DD/YY HH:MM:SS`, ISO, `DD-Mon-YYYY`, ...).
/// Returns null if it is not a date. Two-digit years from 40 on belong to the 1900s.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_date(raw: &str) -> Option<Date> {
    match date::clean_date(raw, &mut DefectKinds::default()) {
        Value::Date(days) => Some(epoch::date_from_days(days)),
        _ => None,
    }
}

/// Parses a date with a time, to the second, in any format that `ntsb_clean_date` accepts.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_timestamp(raw: &str) -> Option<Timestamp> {
    match date::clean_timestamp(raw, &mut DefectKinds::default()) {
        Value::Timestamp(seconds) => Some(epoch::timestamp_from_seconds(seconds)),
        _ => None,
    }
}

/// Parses a clock time written as HHMM (825 is 08:25). 2400 becomes 0. Returns null if it is not a time,
/// such as 9999.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_time(raw: &str) -> Option<i16> {
    match time::clean_time(raw, &mut DefectKinds::default()) {
        Value::Int(hhmm) => i16::try_from(hhmm).ok(),
        _ => None,
    }
}

/// Parses a number and rounds it to 15 significant digits. Returns null if it is not a number.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_number(raw: &str) -> Option<f64> {
    match number::clean_double(raw, &mut DefectKinds::default()) {
        Value::Double(x) => Some(x),
        _ => None,
    }
}

/// Cleans a code: trims it and turns UNK, Unk and UNKNOWN into null. Keeps NONE and leading zeros.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_code(raw: &str) -> Option<String> {
    into_text(code::clean_code(raw, &mut DefectKinds::default()))
}

/// Cleans free text: removes control characters, decodes XML entities and normalizes line ends.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_text(raw: &str) -> Option<String> {
    into_text(text::clean_prose(raw, &mut DefectKinds::default()))
}

/// Lists the kinds of defects that cleaning records in `ntsb.row_defects`.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_defects()
-> TableIterator<'static, (name!(defect, &'static str), name!(description, &'static str))> {
    TableIterator::new(DefectKind::ALL.iter().map(|f| (f.as_str(), f.description())))
}

fn into_text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

/// Returns the standard spelling of an aircraft manufacturer.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_make(raw: &str) -> Option<String> {
    name::standardize_make(raw).map(Into::into)
}

/// Returns the family of an aircraft model: 172 for 172N, R172K and F172N.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_aircraft_family(make: &str, model: &str) -> Option<String> {
    let make = name::standardize_make(make)?;
    name::find_model_family(&make, &name::standardize_model(&make, model)?)
}

/// Returns a US registration mark in its standard spelling; null if it is not a US mark.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    schema = "ntsb_internal",
    name = "standardize_us_mark"
)]
fn standardize_us_mark(mark: &str) -> Option<String> {
    registration::standardize_us_mark(mark)
}

/// Returns a serial number for comparison; null if it is unknown.
#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    schema = "ntsb_internal",
    name = "standardize_serial"
)]
fn standardize_serial(serial_no: &str) -> Option<String> {
    registration::standardize_serial(serial_no)
}

/// Returns the standard spelling of a city.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_city(raw: &str) -> Option<String> {
    city::standardize_city(raw)
}

/// Returns the standard spelling of an aircraft model.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_model(make: &str, raw: &str) -> Option<String> {
    let make = name::standardize_make(make)?;
    name::standardize_model(&make, raw)
}
