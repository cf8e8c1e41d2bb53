//! The NTSB aviation accident database in plain Rust.
//!
//! What a file holds ([`source`]), how its values are cleaned ([`clean`]) and how a row is
//! fingerprinted ([`hash`]). Nothing here knows PostgreSQL, opens a file or starts a thread, so
//! that every rule can be read, tested and fuzzed alone.

pub mod calendar;
pub mod clean;
pub mod hash;
pub mod source;
