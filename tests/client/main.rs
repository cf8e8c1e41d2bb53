//! The command line tool and the warehouse together, against a real PostgreSQL.

#![allow(clippy::unwrap_used)]

mod hashes;
mod increments;
mod loading;
mod moves;
mod sources;
