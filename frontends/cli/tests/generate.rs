//! `ntsb generate`, as its users run it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use ntsb_cli::source::{Limits, RowSink, Source, SourceError};
use serde_json::Value;

fn generate(folder: &Path, events: u32, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ntsb"));
    command.args(["generate", "--events", &events.to_string(), "--seed", "9", "--out"]);
    command.arg(folder).args(more).output().unwrap()
}

fn made(events: u32, more: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = generate(folder.path(), events, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let file = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let more = ["--dirt", "time_2400=20%", "--words", "60"];
    let (one, other) = (made(200, &more), made(200, &more));
    assert_eq!(files(one.path()), files(other.path()));
}

#[test]
fn a_larger_set_begins_with_a_smaller_one() {
    let (small, large) = (made(60, &[]), made(200, &[]));
    let large = files(large.path());
    for (name, bytes) in files(small.path()) {
        assert!(name == "manifest.json" || large[&name].starts_with(&bytes), "{name}");
    }
}

struct Count(u64);

impl RowSink for Count {
    fn value(&mut self, _: Option<&str>) {}

    fn end_row(&mut self) -> Result<(), SourceError> {
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn the_reader_takes_what_was_written() {
    let folder = made(300, &["--dirt", "control_character=50%"]);
    let mut source = Source::open(folder.path(), Limits::default()).unwrap();
    let rows = manifest(folder.path())["rows"].clone();
    assert_eq!(source.tables.len(), 20);
    let mut read = BTreeMap::new();
    for index in 0..source.tables.len() {
        let mut count = Count(0);
        source.read(index, &mut count).unwrap();
        read.insert(source.tables[index].table.name.to_owned(), count.0);
    }
    let told = rows.as_object().unwrap().iter();
    let told: BTreeMap<_, _> = told.map(|(k, v)| (k.to_lowercase(), v.as_u64().unwrap())).collect();
    assert_eq!(read, told);
}

#[test]
fn a_clean_set_has_no_dirt_but_what_is_asked_for() {
    let folder = made(400, &["--clean", "--dirt", "orphan_crew=0.1"]);
    let manifest = manifest(folder.path());
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
fn what_cannot_be_done_is_refused() {
    let folder = made(1, &[]);
    for (more, told) in [
        (&[][..], "is not empty"),
        (&["--from", "1950"], "1962 to 2025"),
        (&["--dirt", "dust=1%"], "there is no dirt dust"),
        (&["--dirt", "padding=2"], "between 0 and 1"),
    ] {
        let output = generate(folder.path(), 1, more);
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(stderr.contains(told), "{stderr}");
    }
}
