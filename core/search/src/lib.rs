//! Event search: filters ([`compile_filter`]), ranked full-text search ([`rank`]) and similar events
//! ([`similar`]).
//!
//! The full-text index is our own, because ranking 50,000 documents by their tsvectors takes seconds.
//! It holds one posting list per word ([`postings`]), in segments of about ten thousand documents
//! ([`build`], [`index`]), and answers in milliseconds. PostgreSQL does the text analysis: it sends
//! documents as tsvectors ([`words`]) and queries as tsqueries ([`query`]).

#![forbid(unsafe_code)]
#![warn(missing_docs)]

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

use columns::{AccidentColumns, COLUMNS};
pub use cursor::PageCursor;
use ntsb_filter::{FilterError, Predicate, SqlCondition, Type, render};
pub use spelling::{CodeLookup, standard_spelling};

/// Parses a filter over [`COLUMNS`] and changes its constants to the standard spelling of their
/// column. Fails on a code that is neither in the code lists nor found by `lookup`. `poll` is called
/// often and may unwind to cancel.
pub fn parse_filter(
    text: &str,
    lookup: CodeLookup,
    poll: &dyn Fn(),
) -> Result<Predicate, FilterError> {
    let mut expr = Predicate::parse_with_poll(text, &AccidentColumns, poll)?.expr().clone();
    spelling::normalize_constants(&mut expr, lookup)?;
    Ok(Predicate::from(expr))
}

/// Compiles a filter over [`COLUMNS`] to SQL over [`columns::SOURCE`]. Parameters are numbered from
/// `first_parameter`. See [`parse_filter`].
pub fn compile_filter(
    text: &str,
    first_parameter: usize,
    lookup: CodeLookup,
    poll: &dyn Fn(),
) -> Result<SqlCondition, FilterError> {
    let column = |at: usize| COLUMNS.get(at).map_or(("NULL", Type::Null), |c| (c.sql, c.kind));
    render(parse_filter(text, lookup, poll)?.expr(), &column, first_parameter)
}

#[cfg(test)]
mod tests;
