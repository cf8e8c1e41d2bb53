//! What is fuzzed: each function takes any bytes and panics only where something is wrong.
//!
//! `./dev fuzz` feeds them what libFuzzer makes up; the test `fuzzed` of ntsb-cli, which takes in
//! this file, feeds them the seeds on any compiler.

#![allow(clippy::unwrap_used)]

#[path = "archives.rs"]
mod archives;
#[path = "files.rs"]
mod files;
#[path = "models.rs"]
mod models;
#[path = "rows.rs"]
mod rows;
#[path = "searches.rs"]
mod searches;

pub use archives::{airports, archive};
pub use files::{access, cases, csv, folder, legacy};
pub use models::{facts, forest, model};
pub use rows::{condition, row};
pub use searches::search;

/// A name, which is that of the folder of its seeds, and what takes its bytes.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: &[Target] = &[
    ("access", access),
    ("airports", airports),
    ("archive", archive),
    ("cases", cases),
    ("condition", condition),
    ("csv", csv),
    ("facts", facts),
    ("folder", folder),
    ("forest", forest),
    ("legacy", legacy),
    ("model", model),
    ("row", row),
    ("search", search),
];
