//! Reads valid and invalid files with the source readers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod cases;
mod csv_folders;
mod damaged_access;
mod fixtures;
mod formats_agree;
mod invalid_files;
mod moved_rows;
mod pre1982;
