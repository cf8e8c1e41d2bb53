//! Shared support for the client and REST tests: a database per test on a real PostgreSQL server, the
//! `ntsb` command, and comparisons of warehouse contents.
//!
//! `./dev test client` starts the server and passes its address in `NTSB_TEST_HOST`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::missing_panics_doc)]

pub mod backup_repository;
pub mod case_api;
pub mod certificates;
pub mod chroot;
pub mod cli;
pub mod cluster;
pub mod database;
pub mod disk;
pub mod fault_schedule;
pub mod filters;
pub mod kafka_broker;
mod loopback_server;
pub mod mail_server;
pub mod mdb;
pub mod model;
pub mod process;
pub mod proxy;
pub mod redis_server;
pub mod server;
pub mod server_user;
pub mod shards;
pub mod special_events;
pub mod star;
mod template;
pub mod warehouse_contents;
pub mod web_server;

use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The path of a synthetic test file.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Reads the manifest that the data generator wrote for a fixture.
pub fn read_manifest(name: &str) -> serde_json::Value {
    let path = fixture(&format!("{name}.manifest.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The number of events in sample.zip that a load accepts. Events with a date in the future are rejected.
pub fn count_sample_events() -> i64 {
    let sample = read_manifest("sample");
    sample["events"].as_i64().unwrap() - sample["planted"]["date_in_future"].as_i64().unwrap()
}

/// Prints a message even if the test succeeds. The test runner captures the output of `println!` and
/// `eprintln!` only.
pub fn announce(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Polls until `poll` returns a value. Panics after `seconds`.
pub fn wait_for<T>(what: &str, seconds: u64, mut poll: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = poll() {
            return value;
        }
        assert!(
            start.elapsed().as_secs() < seconds,
            "timed out after {seconds} s waiting for {what}"
        );
        sleep(Duration::from_millis(1));
    }
}
