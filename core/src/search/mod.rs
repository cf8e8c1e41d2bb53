//! Finding events: by conditions over their facts ([`condition`]), by words and by likeness.

//!
//! The index of words is ours, because ranking 50,000 documents by their tsvectors takes seconds: a
//! list of documents for each word ([`postings`]) in segments of some ten thousand documents
//! ([`build`], [`index`]), read and ranked in milliseconds ([`rank`],
//! [`similar`]). What a word is, and what a
//! person asked for, PostgreSQL says ([`words`], [`query`]).

pub mod build;
pub mod characters;
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

use crate::filter::{FilterError, Predicate, Rendered, render};
use columns::{COLUMNS, Facts};
pub use cursor::Cursor;

/// Reads a condition over [`COLUMNS`] and forgives how codes and names are spelled.
pub fn predicate(text: &str, poll: &dyn Fn()) -> Result<Predicate, FilterError> {
    let mut expr = Predicate::parse_polled(text, &Facts, poll)?.expr().clone();
    spelling::forgive(&mut expr);
    Ok(Predicate::from(expr))
}

/// A condition over [`COLUMNS`] as SQL over [`columns::SOURCE`], its parameters numbered from
/// `first`. `poll` may end it.
pub fn condition(text: &str, first: usize, poll: &dyn Fn()) -> Result<Rendered, FilterError> {
    let column = |at: usize| COLUMNS.get(at).map_or(("NULL", Facts::NONE), |c| (c.sql, c.kind));
    render(predicate(text, poll)?.expr(), &column, first)
}

#[cfg(test)]
mod tests;
