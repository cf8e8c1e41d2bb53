//! Search for events: by filter, by full text, by similarity.

mod advanced;
mod codes;
mod error;
mod index;
mod similar;
mod text;

use crate::cancel::poll;
use crate::epoch;
use crate::error::InvalidArgument;
pub use error::InvalidFilter;
use ntsb_filter::{Literal, SqlCondition};
use pgrx::datum::DatumWithOid;

/// Compiles a filter to SQL over `ntsb_search::columns::SOURCE`, with parameters numbered from
/// `first_parameter`.
pub fn compile_filter(filter: &str, first_parameter: usize) -> Result<SqlCondition, InvalidFilter> {
    Ok(ntsb_search::compile_filter(filter, first_parameter, &codes::find_loaded_code, &poll)?)
}

/// Returns the filter, or TRUE if it is null or blank.
pub fn filter_or_true(filter: Option<&str>) -> &str {
    filter.filter(|f| !f.trim().is_empty()).unwrap_or("TRUE")
}

/// Converts the constants of a filter to SPI arguments.
pub fn to_arguments(values: &[Literal]) -> Vec<DatumWithOid<'_>> {
    values.iter().map(to_argument).collect()
}

fn to_argument(value: &Literal) -> DatumWithOid<'_> {
    match value {
        Literal::Null => None::<String>.into(),
        Literal::Bool(b) => (*b).into(),
        Literal::Int(n) => (*n).into(),
        Literal::Double(x) => (*x).into(),
        Literal::Text(text) => text.as_str().into(),
        Literal::Date(days) => epoch::date_from_days(*days).into(),
        Literal::Timestamp(seconds) => epoch::timestamp_from_seconds(*seconds).into(),
    }
}

const MAX_ROWS: i32 = 10_000;

/// Checks the argument `max_rows`.
pub fn check_max_rows(rows: i32) -> Result<i64, InvalidArgument> {
    if (1..=MAX_ROWS).contains(&rows) {
        return Ok(rows.into());
    }
    Err(InvalidArgument::new("max_rows", "between 1 and 10,000", rows)
        .with_hint("To get more rows, pass next_page of the last row as page."))
}
