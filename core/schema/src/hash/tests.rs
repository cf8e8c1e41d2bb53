use super::*;
use crate::tables::TABLES;
use std::borrow::Cow;

/// Rows and digests made by tests/golden/content_hash.py.
const GOLDEN: &str = include_str!("../../../../tests/golden/content_hash.jsonl");

#[test]
fn digests_are_pythons() {
    let mut count = 0;
    for line in GOLDEN.lines() {
        let vector: Json = serde_json::from_str(line).expect("a golden line");
        let text = vector["text"].as_str().expect("text");
        let row: Json = serde_json::from_str(text).expect("a row");
        assert_eq!(hex(&content_hash(&row)), vector["sha256"].as_str().expect("sha256"), "{text}");
        count += 1;
    }
    assert!(count > 200);
}

fn float(value: &Value) -> String {
    let mut out = Vec::new();
    write_value(&mut out, value);
    String::from_utf8(out).expect("ASCII")
}

#[test]
fn floats_are_written_as_postgresql_carries_them_and_python_prints_them() {
    for (x, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (-120.0, "-120"),
        (1e20, "100000000000000000000"),
        (0.1, "0.1"),
        (-97.641387, "-97.641387"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.25e-7, "1.25e-07"),
        (f64::NAN, "null"),
    ] {
        assert_eq!(float(&Value::Double(x)), text);
    }
    assert_eq!(float(&Value::Real(0.1)), "0.1");
    assert_eq!(float(&Value::Real(29.92)), "29.92");
    assert_eq!(float(&Value::Real(16_777_216.0)), "16777216");
}

#[test]
fn dates_are_iso() {
    assert_eq!(float(&Value::Date(0)), "\"1970-01-01\"");
    assert_eq!(float(&Value::Timestamp(-1)), "\"1969-12-31T23:59:59\"");
}

#[test]
fn a_row_hashes_like_its_json_without_bookkeeping() {
    let table = TABLES.iter().find(|t| t.name == "injury").expect("injury");
    let text = |s: &'static str| Value::Text(Cow::Borrowed(s));
    let mut row = [
        text("20250101100001"),
        Value::Int(1),
        text("PILT"),
        text("NONE"),
        Value::Null,
        Value::Timestamp(5),
        text("someone"),
    ];
    let json = serde_json::json!({
        "ev_id": "20250101100001", "aircraft_key": 1, "inj_person_category": "PILT",
        "injury_level": "NONE", "inj_person_count": null,
    });
    let mut hasher = RowHasher::new(table);
    let first = hasher.hash(&row);
    assert_eq!(first, content_hash(&json));
    row[5] = Value::Null;
    assert_eq!(hasher.hash(&row), first, "lchg_date is not content");
    row[4] = Value::Int(0);
    assert_ne!(hasher.hash(&row), first, "null and 0 differ");
}
