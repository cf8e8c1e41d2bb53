//! All rows of a file are read, with the same values in every format.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ntsb_cli::source::digest;
use ntsb_schema::tables::{Access, Column};

use crate::fixtures::{Row, Scratch, fixture_path, open, read_all, unpack_fixture};

#[test]
fn every_row_of_the_sample_is_read() {
    let manifest = std::fs::read_to_string(fixture_path("sample.manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let expected: BTreeMap<String, u64> = manifest["rows"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, rows)| (name.to_lowercase(), rows.as_u64().unwrap()))
        .collect();
    let mut source = open(&fixture_path("sample.zip")).unwrap();
    let read: BTreeMap<String, u64> = read_all(&mut source)
        .unwrap()
        .into_iter()
        .map(|(name, rows)| (name.to_owned(), rows.len() as u64))
        .collect();
    assert_eq!(read, expected);
    assert_eq!(source.warnings, [] as [String; 0]);
}

#[test]
fn zipped_and_plain_files_give_the_same_rows() {
    let scratch = Scratch::new();
    let bytes = unpack_fixture("up08NOV.zip");
    let plain = scratch.file("up08NOV.mdb", &bytes);
    let upper = scratch.zip("up.zip", &[("__MACOSX/._a.mdb", b"x"), ("in/UP08NOV.MDB", &bytes)]);
    let renamed = scratch.zip("accdb.zip", &[("up08NOV.accdb", &bytes)]);
    let rows = read_all(&mut open(&plain).unwrap()).unwrap();
    assert!(rows.iter().any(|(name, rows)| *name == "events" && !rows.is_empty()));
    for zip in [upper, renamed] {
        assert_eq!(rows, read_all(&mut open(&zip).unwrap()).unwrap());
    }
}

#[test]
fn parents_are_read_before_their_children() {
    let source = open(&fixture_path("sample.zip")).unwrap();
    let names: Vec<_> = source.tables.iter().map(|t| t.table.name).collect();
    let index = |name| names.iter().position(|n| *n == name).unwrap();
    assert!(index("events") < index("aircraft") && index("aircraft") < index("engines"));
}

#[test]
fn the_digest_covers_the_concatenated_files() {
    let scratch = Scratch::new();
    let (b, a) = (scratch.file("b.csv", "de"), scratch.file("a.csv", "abc"));
    let one = digest::hash_files([a.as_path()]).unwrap();
    assert_eq!(one, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let both = digest::hash_files([a.as_path(), b.as_path()]).unwrap();
    let whole = scratch.file("whole", "abcde");
    assert_eq!(both, digest::hash_files([whole.as_path()]).unwrap());
}

/// mdbtools is an independent reader: an Access file and its CSV export must give the same rows.
#[test]
fn access_and_csv_give_the_same_values() {
    if Command::new("mdb-export").arg("--version").output().is_err() {
        eprintln!("skipped: mdb-export is not installed");
        return;
    }
    for zip in ["sample.zip", "up08NOV.zip"] {
        let scratch = Scratch::new();
        let mdb = scratch.file("file.mdb", unpack_fixture(zip));
        let mut access = open(&mdb).unwrap();
        let folder = export(&scratch, &mdb);
        let mut csv = open(&folder).unwrap();
        let columns: Vec<Vec<&Column>> =
            access.tables.iter().map(|t| t.columns.iter().map(|(_, c)| *c).collect()).collect();
        let (left, right) = (read_all(&mut access).unwrap(), read_all(&mut csv).unwrap());
        assert_eq!(left.len(), right.len());
        for (((name, left), (other, right)), columns) in left.iter().zip(&right).zip(&columns) {
            assert_eq!((name, left.len()), (other, right.len()));
            for (l, r) in left.iter().zip(right) {
                assert_rows_equal(name, columns, l, r);
            }
        }
    }
}

fn export(scratch: &Scratch, mdb: &Path) -> std::path::PathBuf {
    let folder = scratch.path().join("csv");
    std::fs::create_dir(&folder).unwrap();
    let list = Command::new("mdb-tables").arg("-1").arg(mdb).output().unwrap();
    for name in String::from_utf8(list.stdout).unwrap().lines() {
        let csv = Command::new("mdb-export")
            .args(["-T", "%Y-%m-%d %H:%M:%S"])
            .arg(mdb)
            .arg(name)
            .output();
        std::fs::write(folder.join(format!("{name}.csv")), csv.unwrap().stdout).unwrap();
    }
    folder
}

/// Allows for mdb-export's rounding (Single has 8 digits, Double 16) and its null for empty text.
fn assert_rows_equal(table: &str, columns: &[&Column], left: &Row, right: &Row) {
    for ((column, left), right) in columns.iter().zip(left).zip(right) {
        let left = left.as_deref().filter(|text| !text.is_empty());
        let is_close = match column.access {
            Access::Single => is_close(left, right.as_deref(), 1e-7),
            Access::Double => is_close(left, right.as_deref(), 1e-15),
            _ => false,
        };
        assert!(
            is_close || left == right.as_deref(),
            "{table}.{}: {left:?}, {right:?}",
            column.name
        );
    }
}

fn is_close(left: Option<&str>, right: Option<&str>, tolerance: f64) -> bool {
    let number = |text: Option<&str>| text.and_then(|t| t.parse::<f64>().ok());
    match (number(left), number(right)) {
        (Some(left), Some(right)) => {
            (left - right).abs() <= tolerance * left.abs().max(right.abs())
        }
        _ => false,
    }
}
