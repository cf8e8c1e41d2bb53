//! Finding events: by conditions over their facts ([`condition`]), by words and by likeness.
//!
//! The index of words is ours, because ranking 50,000 documents by their tsvectors takes seconds: a
//! list of documents for each word ([`postings`]) in segments of some ten thousand documents
//! ([`build`], [`index`]), read and ranked in milliseconds ([`rank`],
//! [`similar`]). What a word is, and what a
//! person asked for, PostgreSQL says ([`words`], [`query`]).

pub mod build;
pub mod characters;
pub mod codes;
pub mod columns;
mod cursor;
pub mod docset;
pub mod index;
pub mod names;
pub mod postings;
pub mod query;
pub mod rank;
pub mod similar;
mod spelling;
pub mod words;

use columns::{COLUMNS, Facts};
pub use cursor::Cursor;
use ntsb_filter::{FilterError, Predicate, Rendered, render};
pub use spelling::{Lookup, spelled};

/// Reads a condition over [`COLUMNS`], forgives how codes and names are spelled, and refuses codes that
/// neither a list nor `lookup` knows. `poll` may end it.
pub fn predicate(text: &str, lookup: Lookup, poll: &dyn Fn()) -> Result<Predicate, FilterError> {
    let mut expr = Predicate::parse_polled(text, &Facts, poll)?.expr().clone();
    spelling::respell(&mut expr, lookup)?;
    Ok(Predicate::from(expr))
}

/// A condition over [`COLUMNS`] as SQL over [`columns::SOURCE`], its parameters numbered from
/// `first`; see [`predicate`].
pub fn condition(
    text: &str,
    first: usize,
    lookup: Lookup,
    poll: &dyn Fn(),
) -> Result<Rendered, FilterError> {
    let column = |at: usize| COLUMNS.get(at).map_or(("NULL", Facts::NONE), |c| (c.sql, c.kind));
    render(predicate(text, lookup, poll)?.expr(), &column, first)
}

#[cfg(test)]
mod tests;
