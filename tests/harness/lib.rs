//! What the client tests stand on: a database each in a real PostgreSQL, the command `ntsb`, and
//! a view of everything that the warehouse holds.
//!
//! `./dev test client` starts the server and says by `NTSB_TEST_HOST` where it is.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

pub mod access;
pub mod certificates;
pub mod cluster;
pub mod conditions;
pub mod contents;
pub mod database;
pub mod disk;
pub mod fault_schedule;
mod listening;
pub mod mail;
pub mod model;
pub mod ntsb;
pub mod process;
pub mod proxy;
pub mod server;
pub mod special_events;
pub mod star;
mod template;
pub mod web;

use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A file that the repository brings along, made up.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// What a fixture's maker says of it.
pub fn manifest(name: &str) -> serde_json::Value {
    let path = fixture(&format!("{name}.manifest.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Events of sample.zip that can be stored: those with a date to come are refused.
pub fn sample_events() -> i64 {
    let sample = manifest("sample");
    sample["events"].as_i64().unwrap() - sample["planted"]["date_in_future"].as_i64().unwrap()
}

/// Says something that is seen also where the test succeeds: the test runner keeps back only what is
/// printed by `println!` and the like.
pub fn announce(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Asks again and again until there is an answer; fails after `seconds`.
pub fn wait_for<T>(what: &str, seconds: u64, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed().as_secs() < seconds, "no {what} within {seconds} s");
        sleep(Duration::from_millis(1));
    }
}
