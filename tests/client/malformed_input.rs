//! Malformed files: valid rows are stored, the rest is reported, and stored data does not change.

use std::fs;
use std::path::Path;

use ntsb_tests::cli::{LoadReport, load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::run;
use ntsb_tests::warehouse_contents::digest_tables;
use tempfile::{TempDir, tempdir};

const EVENTS: &str = "ev_id,ev_date,ev_city,lchg_date\n";
const AIRCRAFT: &str = "ev_id,aircraft_key,acft_make\n";
const EVENT: &str = "\"20080115X00050\",\"2008-01-15\",\"Reno\",\"2008-02-01\"\n";

fn write_folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn load_files(files: &[(&str, &[u8])]) -> (Database, LoadReport) {
    let database = Database::empty_warehouse();
    let report = load(&database, &["--full"], write_folder(files).path());
    report.assert_counts_add_up();
    (database, report)
}

/// The load must fail with exit code 3 and this message, and must change nothing.
fn assert_refused(database: &Database, file: &Path, message: &str) {
    let before = digest_tables(database, &[]);
    let finished = run(load_command(database, &["--full"], file));
    assert_eq!(finished.code, Some(3), "{}", finished.all_output());
    assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    assert_eq!(digest_tables(database, &[]), before);
}

#[test]
fn duplicate_keys_and_orphan_rows_are_set_aside() {
    let events = [EVENTS, EVENT, &EVENT.replace("2008-02-01", "2008-01-31")].concat();
    let aircraft =
        [AIRCRAFT, "\"20080115X00050\",1,\"PIPER\"\n\"20080116X00051\",1,\"BELL\"\n"].concat();
    let files = [("events.csv", events.as_bytes()), ("aircraft.csv", aircraft.as_bytes())];
    let (database, report) = load_files(&files);
    let counts = ["inserted", "duplicates", "rejected"];
    assert_eq!(counts.map(|what| report.count("events", what)), [1, 1, 0]);
    assert_eq!(counts.map(|what| report.count("aircraft", what)), [1, 0, 1]);
    let change_date: String = database.query_value("SELECT lchg_date::date::text FROM ntsb.events");
    assert_eq!(change_date, "2008-02-01", "the older duplicate was stored");
    let rule: String = database.query_value("SELECT rule_id FROM ntsb.staging_quarantine");
    assert_eq!(rule, "schema.orphan");
}

#[test]
fn rows_of_a_missing_table_are_not_withdrawn() {
    let (database, _) = load_files(&[
        ("events.csv", [EVENTS, EVENT].concat().as_bytes()),
        ("aircraft.csv", [AIRCRAFT, "\"20080115X00050\",1,\"PIPER\"\n"].concat().as_bytes()),
    ]);
    let before = database.count_rows("ntsb.aircraft WHERE withdrawn_batch IS NULL");
    let update = EVENT.replace("Reno", "Sparks").replace("2008-02-01", "2008-03-01");
    let events = [
        EVENTS.replace("ev_city", "ev_city,unknown_column"),
        update.replace("\"Sparks\"", "\"Sparks\",7"),
    ];
    let folder =
        write_folder(&[("events.csv", events.concat().as_bytes()), ("odd.csv", b"a\n1\n")]);
    let report = load(&database, &["--full"], folder.path());
    assert_eq!((report.count("events", "updated"), report.total["withdrawn"]), (1, 0));
    assert_eq!(database.count_rows("ntsb.aircraft WHERE withdrawn_batch IS NULL"), before);
    for message in ["unknown column unknown_column", "unknown table odd", "no table aircraft"] {
        assert!(report.warnings.iter().any(|w| w.contains(message)), "{message}: {report:?}");
    }
}

#[test]
fn text_in_other_encodings_is_converted() {
    let rows = b"\"20080115X00050\",\"2008-01-15\",\"Z\xFCrich\",\n\
                 \"20080116X00051\",\"2008-01-16\",\"Zur\0ich\",\n";
    let (database, report) = load_files(&[("events.csv", &[EVENTS.as_bytes(), rows].concat())]);
    let cities: Vec<String> =
        database.query_column("SELECT ev_city FROM ntsb.events ORDER BY ev_id", &[]);
    assert_eq!(cities[0], "Z\u{FC}rich");
    assert!(cities[1].starts_with("Zur") && !cities[1].contains('\0'), "{cities:?}");
    let warnings = report.warnings.join("\n");
    assert!(warnings.contains("invalid UTF-8 was read as Windows-1252 in 1 value"), "{warnings}");
    assert!(
        warnings.contains("NUL, which PostgreSQL cannot store, was replaced by U+FFFD in 1 value"),
        "{warnings}"
    );
    // In JSON, NUL is an escape sequence.
    let case =
        r#"{"mKey": 1, "ntsbNumber": "ERA25LA\u0000001", "eventDate": "2025-01-02T10:00:00Z"}"#;
    let cases = write_folder(&[("cases.json", case.as_bytes())]);
    let report = load(&database, &[], &cases.path().join("cases.json"));
    assert!(report.warnings.join("\n").contains("replaced by U+FFFD"), "{report:?}");
}

#[test]
fn a_narrative_of_ten_megabytes_is_stored_completely() {
    let text = "word and word ".repeat((10 << 20) / 14);
    let narratives = format!("ev_id,aircraft_key,narr_accp\n\"20080115X00050\",1,\"{text}\"\n");
    let (database, _) = load_files(&[
        ("events.csv", [EVENTS, EVENT].concat().as_bytes()),
        ("aircraft.csv", [AIRCRAFT, "\"20080115X00050\",1,\"PIPER\"\n"].concat().as_bytes()),
        ("narratives.csv", narratives.as_bytes()),
    ]);
    let stored: i32 = database.query_value("SELECT length(narr_accp) FROM ntsb.narratives");
    assert_eq!(stored, text.trim_end().len() as i32);
}

#[test]
fn a_file_that_becomes_invalid_halfway_changes_nothing() {
    let database = Database::with_sample();
    let files: [(&str, &[u8]); 2] = [
        ("events.csv", &[EVENTS, EVENT].concat().into_bytes()),
        ("aircraft.csv", &[AIRCRAFT, "\"20080115X00050\",1,\"PI\"PER\"\n"].concat().into_bytes()),
    ];
    let broken = write_folder(&files);
    let message = "aircraft.csv, line 2: text after a closing quote";
    assert_refused(&database, broken.path(), message);
    let utf16: Vec<u8> =
        [EVENTS, EVENT].concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_refused(&database, write_folder(&[("events.csv", &utf16)]).path(), "save it as UTF-8");
}

/// Otherwise an empty full file would withdraw every event.
#[test]
fn a_file_without_rows_is_refused() {
    let database = Database::with_sample();
    let empty =
        write_folder(&[("events.csv", EVENTS.as_bytes()), ("aircraft.csv", AIRCRAFT.as_bytes())]);
    assert_refused(&database, empty.path(), "all tables are empty");
}
