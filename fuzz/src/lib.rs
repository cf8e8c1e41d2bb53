//! Fuzz targets. Each function takes arbitrary bytes and panics only if it finds a bug.
//!
//! `./dev fuzz` runs them with inputs from libFuzzer. The test `fuzz_seeds` of ntsb-cli includes this
//! file and runs them with the seeds, on the stable compiler.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "archive.rs"]
mod archive;
#[path = "models.rs"]
mod models;
#[path = "rows.rs"]
mod rows;
#[path = "search.rs"]
mod search;
#[path = "sources.rs"]
mod sources;
#[path = "weather.rs"]
mod weather;

pub use archive::fuzz_archive;
pub use models::{fuzz_facts, fuzz_forest, fuzz_model};
pub use rows::{fuzz_filter, fuzz_row};
pub use search::fuzz_search;
pub use sources::{fuzz_access, fuzz_airports, fuzz_cases, fuzz_csv, fuzz_folder, fuzz_legacy};
pub use weather::fuzz_metar;

/// The name of a target, which is also the name of its seed folder, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("access", fuzz_access),
    ("airports", fuzz_airports),
    ("archive", fuzz_archive),
    ("cases", fuzz_cases),
    ("csv", fuzz_csv),
    ("facts", fuzz_facts),
    ("filter", fuzz_filter),
    ("folder", fuzz_folder),
    ("forest", fuzz_forest),
    ("legacy", fuzz_legacy),
    ("metar", fuzz_metar),
    ("model", fuzz_model),
    ("row", fuzz_row),
    ("search", fuzz_search),
];
