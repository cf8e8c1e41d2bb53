//! The cleaners one by one, for asking and for SQL of one's own.

use crate::epoch;
use ntsb_schema::clean::{
    DefectKind, DefectKinds, Value, city, code, date, name, number, text, time,
};
use pgrx::datum::{Date, Timestamp};
use pgrx::prelude::*;

/// A date in any of the forms that NTSB files hold (`MM/DD/YY HH:MM:SS`, ISO, `DD-Mon-YYYY`, ...);
/// null for what is none. A two-digit year from 40 on is of the 1900s.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_date(raw: &str) -> Option<Date> {
    match date::date(raw, &mut DefectKinds::default()) {
        Value::Date(days) => Some(epoch::date(days)),
        _ => None,
    }
}

/// A date with its time, to the second, in any of the forms of `ntsb_clean_date`.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_timestamp(raw: &str) -> Option<Timestamp> {
    match date::timestamp(raw, &mut DefectKinds::default()) {
        Value::Timestamp(seconds) => Some(epoch::timestamp(seconds)),
        _ => None,
    }
}

/// A clock time as HHMM (825 is 08:25); 2400 becomes 0; null for what is none, such as 9999.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_time(raw: &str) -> Option<i16> {
    match time::hour_minute(raw, &mut DefectKinds::default()) {
        Value::Int(hhmm) => i16::try_from(hhmm).ok(),
        _ => None,
    }
}

/// A number, rounded to 15 significant digits; null for what is none.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_number(raw: &str) -> Option<f64> {
    match number::double(raw, &mut DefectKinds::default()) {
        Value::Double(x) => Some(x),
        _ => None,
    }
}

/// A coded value: trimmed, words for unknown (UNK, Unk, UNKNOWN) null, NONE kept, leading zeros
/// kept.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_code(raw: &str) -> Option<String> {
    text_of(code::code(raw, &mut DefectKinds::default()))
}

/// Long free text: control characters taken out, XML entities decoded, lines ended by newline.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_clean_text(raw: &str) -> Option<String> {
    text_of(text::prose(raw, &mut DefectKinds::default()))
}

/// The defects that cleaning names in `ntsb.row_defects`, and what each means.
#[pg_extern(immutable, parallel_safe)]
fn ntsb_defects()
-> TableIterator<'static, (name!(defect, &'static str), name!(description, &'static str))> {
    TableIterator::new(DefectKind::ALL.iter().map(|f| (f.as_str(), f.description())))
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

/// The one spelling of an aircraft maker that is used for all.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_make(raw: &str) -> Option<String> {
    name::standard_make(raw).map(Into::into)
}

/// The family of a model: 172 for 172N, R172K and F172N.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_aircraft_family(make: &str, model: &str) -> Option<String> {
    let make = name::standard_make(make)?;
    name::model_family(&make, &name::standard_model(&make, model)?)
}

/// The one spelling of a city that is used for all.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_city(raw: &str) -> Option<String> {
    city::standard_city(raw)
}

/// The one spelling of a model that is used for all.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_standard_model(make: &str, raw: &str) -> Option<String> {
    let make = name::standard_make(make)?;
    name::standard_model(&make, raw)
}
