//! Finding events: by condition, by words, by likeness.

mod advanced;
mod codes;
mod index;
mod similar;
mod words;

use crate::epoch;
use crate::error::{Error, MOST_ROWS};
use ntsb_filter::{Literal, Rendered};
use pgrx::datum::DatumWithOid;

/// A condition over the facts of accidents as SQL over `ntsb_search::columns::SOURCE`, with
/// the values of its parameters, which are numbered from `first`.
pub fn condition(filter: &str, first: usize) -> Result<Rendered, Error> {
    Ok(ntsb_search::condition(filter, first, &codes::loaded, &crate::cancel::poll)?)
}

/// Constants of a condition as PostgreSQL takes them.
pub fn parameters(values: &[Literal]) -> Vec<DatumWithOid<'_>> {
    values.iter().map(parameter).collect()
}

fn parameter(value: &Literal) -> DatumWithOid<'_> {
    match value {
        Literal::Null => None::<String>.into(),
        Literal::Bool(b) => (*b).into(),
        Literal::Int(n) => (*n).into(),
        Literal::Double(x) => (*x).into(),
        Literal::Text(text) => text.as_str().into(),
        Literal::Date(days) => epoch::date(*days).into(),
        Literal::Timestamp(seconds) => epoch::timestamp(*seconds).into(),
    }
}

pub fn page_size(rows: i32) -> Result<i64, Error> {
    if (1..=MOST_ROWS).contains(&rows) { Ok(rows.into()) } else { Err(Error::PageSize(rows)) }
}
