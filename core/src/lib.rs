//! The NTSB aviation accident database in plain Rust.
//!
//! What a file holds ([`source`]), how its values are cleaned ([`clean`]), what they must satisfy
//! ([`validate`]), what a person may ask of a row ([`filter`]), how words find events ([`search`]), how
//! a row is fingerprinted ([`hash`]) and becomes Parquet and a row again ([`archive`]), what the star
//! schema makes of its values ([`star`]) and what numbers say over time and beside each other ([`stats`]).
//! a row is fingerprinted ([`hash`]), what the star schema makes of its values ([`star`]) and how severe
//! an accident is likely to be ([`severity`]), and how one window of events differs from another
//! ([`stats`]).
//! Nothing here knows PostgreSQL, opens a file or starts a thread, so that every rule
//! can be read, tested and fuzzed alone. What the programs do without memory ([`memory`]) lies here,
//! too, as both have to say it.

pub mod archive;
pub mod calendar;
pub mod case;
pub mod chain;
pub mod clean;
pub mod filter;
pub mod generate;
pub mod hash;
pub mod legacy;
pub mod memory;
pub mod nearest;
pub mod search;
pub mod severity;
pub mod source;
pub mod spatial;
pub mod star;
pub mod stats;
pub mod validate;
