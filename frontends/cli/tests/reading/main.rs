//! The readers against whole files, good and bad.
#![allow(clippy::unwrap_used)]

mod bad_csv;
mod bad_files;
mod cases;
mod damage;
mod files;
mod pre1982;
mod moved_rows;
mod same_values;
