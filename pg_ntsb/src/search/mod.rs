//! Finding events: by condition, by words, by likeness.

mod advanced;
mod index;
mod similar;
mod words;

use crate::error::{Error, MOST_ROWS};
use crate::spi::one;
use ntsb_core::filter::{Literal, Rendered};
use pgrx::datum::{Date, DatumWithOid, Timestamp};
use pgrx::spi::SpiClient;

/// Days and seconds from 1970, where Unix counts from, to 2000, where PostgreSQL does.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_SECONDS: i64 = 946_684_800;

/// A condition over the facts of accidents as SQL over `ntsb_core::search::columns::SOURCE`, with
/// the values of its parameters, which are numbered from `first`.
pub fn condition(filter: &str, first: usize) -> Result<Rendered, Error> {
    Ok(ntsb_core::search::condition(filter, first)?)
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
        Literal::Date(days) => Date::saturating_from_raw(days.saturating_sub(EPOCH_DAYS)).into(),
        Literal::Timestamp(seconds) => {
            let micros = seconds.saturating_sub(EPOCH_SECONDS).saturating_mul(1_000_000);
            Timestamp::saturating_from_raw(micros).into()
        }
    }
}

fn page_size(rows: i32) -> Result<i64, Error> {
    if (1..=MOST_ROWS).contains(&rows) { Ok(rows.into()) } else { Err(Error::PageSize(rows)) }
}

/// Refuses where `table` is missing: there is no warehouse, or one of an older release.
fn need(client: &SpiClient, table: &str) -> Result<(), Error> {
    let found = one::<bool>(client, &format!("SELECT to_regclass('{table}') IS NOT NULL"))?;
    if found == Some(true) { Ok(()) } else { Err(Error::NoWarehouse) }
}

/// Ends here if the statement was cancelled.
fn poll() {
    pgrx::check_for_interrupts!();
}
