//! Runs `ntsb generate`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use ntsb_cli::source::{Limits, RowSink, Source, SourceError};
use serde_json::Value;

fn run_generate(folder: &Path, events: u32, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ntsb"));
    command.args(["generate", "--events", &events.to_string(), "--seed", "9", "--out"]);
    command.arg(folder).args(options).output().unwrap()
}

fn generate(events: u32, options: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = run_generate(folder.path(), events, options);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn read_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let file = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

fn read_manifest(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let options = ["--defect", "time_2400=20%", "--words", "60"];
    let (first, second) = (generate(200, &options), generate(200, &options));
    assert_eq!(read_files(first.path()), read_files(second.path()));
}

#[test]
fn a_larger_set_starts_with_a_smaller_one() {
    let (small, large) = (generate(60, &[]), generate(200, &[]));
    let large = read_files(large.path());
    for (name, bytes) in read_files(small.path()) {
        assert!(name == "manifest.json" || large[&name].starts_with(&bytes), "{name}");
    }
}

struct RowCounter(u64);

impl RowSink for RowCounter {
    fn value(&mut self, _: Option<&str>) {}

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn the_reader_reads_the_generated_rows() {
    let folder = generate(300, &["--defect", "control_character=50%"]);
    let mut source = Source::open(folder.path(), Limits::default()).unwrap();
    let rows = read_manifest(folder.path())["rows"].clone();
    assert_eq!(source.tables.len(), 20);
    let mut read = BTreeMap::new();
    for index in 0..source.tables.len() {
        let mut counter = RowCounter(0);
        source.read(index, &mut counter).unwrap();
        read.insert(source.tables[index].table.name.to_owned(), counter.0);
    }
    let expected = rows.as_object().unwrap().iter();
    let expected: BTreeMap<_, _> =
        expected.map(|(table, rows)| (table.to_lowercase(), rows.as_u64().unwrap())).collect();
    assert_eq!(read, expected);
}

#[test]
fn a_clean_set_has_only_the_requested_defects() {
    let folder = generate(400, &["--clean", "--defect", "orphan_crew=0.1"]);
    let manifest = read_manifest(folder.path());
    let planted = manifest["planted"].as_object().unwrap();
    for (kind, count) in planted {
        assert_eq!(count.as_u64().unwrap() > 0, kind == "orphan_crew", "{kind}");
    }
    let crew = std::fs::read_to_string(folder.path().join("Flight_Crew.csv")).unwrap();
    for place in manifest["kinds"]["orphan_crew"]["places"].as_array().unwrap() {
        let line = crew.lines().nth(place["row"].as_u64().unwrap() as usize).unwrap();
        assert!(line.starts_with(&format!("{}", place["key"][0])), "{line}");
    }
}

#[test]
fn invalid_options_are_usage_errors() {
    let folder = generate(1, &[]);
    for (options, expected) in [
        (&[][..], "is not empty"),
        (&["--from", "1950"], "between 1962 and 2025"),
        (&["--defect", "dust=1%"], "unknown defect kind dust"),
        (&["--defect", "padding=2"], "between 0 and 1"),
    ] {
        let output = run_generate(folder.path(), 1, options);
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(stderr.contains(expected), "{stderr}");
    }
}
