//! Loads a weekly increment, then an older file.

use std::collections::BTreeSet;

use ntsb_tests::cli::{LoadReport, load};
use ntsb_tests::database::Database;
use ntsb_tests::warehouse_contents::{digest_tables, list_ntsb_tables};
use ntsb_tests::{fixture, read_manifest};

fn database_with_increment() -> (Database, LoadReport) {
    let database = Database::with_sample();
    let report = load(&database, &[], &fixture("up08NOV.zip"));
    (database, report)
}

/// The changed events of the manifest, with the kind of change: "city", "injury", ...
fn changed_events() -> Vec<(String, String)> {
    let manifest = read_manifest("up08NOV");
    let all = manifest["changed"].as_object().unwrap().iter();
    all.map(|(ev_id, kind)| (ev_id.clone(), kind.as_str().unwrap().to_owned())).collect()
}

fn new_events() -> BTreeSet<String> {
    let manifest = read_manifest("up08NOV");
    let all = manifest["new"].as_array().unwrap().iter();
    all.map(|ev_id| ev_id.as_str().unwrap().to_owned()).collect()
}

/// The changes of a batch to an event: table, action, column and new value.
fn history(database: &Database, ev_id: &str, batch: i64) -> Vec<[String; 4]> {
    let rows = database.query_rows(
        "SELECT table_name, action, coalesce(column_name, ''), coalesce(new_value, '')
         FROM ntsb_event_history($1) WHERE batch_id = $2",
        &[&ev_id, &batch],
    );
    rows.iter().map(|row| [0, 1, 2, 3].map(|column| row.get(column))).collect()
}

/// The single change of each kind. None if only the change date is newer.
fn expected_change(kind: &str) -> Option<[&'static str; 4]> {
    match kind {
        "city" => Some(["events", "update", "ev_city", "Corrected City"]),
        "injury" => Some(["events", "update", "ev_highest_injury", "SERS"]),
        "cause" => Some(["narratives", "update", "narr_cause", "gusting crosswind"]),
        "finding withdrawn" => Some(["findings", "withdraw", "", ""]),
        "finding added" => Some(["findings", "insert", "", ""]),
        "unchanged" => None,
        kind => panic!("unknown kind of change in the manifest: {kind}"),
    }
}

#[test]
fn an_increment_makes_exactly_the_changes_of_the_manifest() {
    let (database, report) = database_with_increment();
    report.assert_counts_add_up();
    assert_eq!(report.mode, "increment");
    for (ev_id, kind) in changed_events() {
        let changes = history(&database, &ev_id, report.batch_id);
        let Some(expected) = expected_change(&kind) else {
            assert!(changes.is_empty(), "{ev_id}: {changes:?}");
            continue;
        };
        assert_eq!(changes.len(), 1, "{ev_id}: {kind}: {changes:?}");
        assert_eq!(changes[0][..3], expected[..3], "{ev_id}: {kind}");
        assert!(changes[0][3].contains(expected[3]), "{ev_id}: {kind}: {changes:?}");
    }
    let inserted: Vec<String> = database.query_column(
        "SELECT ev_id FROM ntsb.change_log
         WHERE batch_id = $1 AND table_name = 'events' AND action = 'insert'",
        &[&report.batch_id],
    );
    assert_eq!(inserted.into_iter().collect::<BTreeSet<_>>(), new_events());
    let count = |kind: &str| changed_events().iter().filter(|(_, actual)| actual == kind).count();
    let counts = [report.count("events", "inserted"), report.total["updated"]];
    assert_eq!(counts, [10, (count("city") + count("injury") + count("cause")) as i64]);
    assert_eq!(report.total["withdrawn"], count("finding withdrawn") as i64);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_row_with_only_a_newer_date_is_unchanged_and_gets_that_date() {
    let (database, report) = database_with_increment();
    let unchanged: Vec<_> = changed_events()
        .into_iter()
        .filter(|(_, kind)| kind == "unchanged")
        .map(|(id, _)| id)
        .collect();
    let dates: Vec<String> = database.query_column(
        "SELECT DISTINCT lchg_date::text FROM ntsb.events WHERE ev_id = ANY ($1) AND last_batch = 1",
        &[&unchanged],
    );
    assert_eq!(dates, ["2025-11-06 09:00:00"]);
    // Of 30 known events, six have another city and six another injury.
    assert_eq!(report.count("events", "unchanged"), 18);
}

#[test]
fn an_older_increment_changes_nothing() {
    let (database, _) = database_with_increment();
    let before = digest_tables(&database, &[]);
    let older = load(&database, &["--increment"], &fixture("sample.zip"));
    older.assert_counts_add_up();
    assert_eq!(older.count_changed(), 0, "{older:?}");
    // Stale: six cities and six injuries, six causes, four findings that stay withdrawn.
    let stale = ["events", "narratives", "findings"].map(|table| older.count(table, "stale"));
    assert_eq!((stale, older.total["stale"]), ([12, 6, 4], 22));
    assert_eq!(digest_tables(&database, &[]), before);
}

#[test]
fn an_older_full_file_changes_nothing() {
    let (database, _) = database_with_increment();
    let before = digest_tables(&database, &[]);
    let older = load(&database, &["--full"], &fixture("sample.zip"));
    // The newer file inserted ten events that the older one does not contain.
    assert_eq!(older.count("events", "withdrawn"), 0, "newer events were withdrawn");
    assert_eq!(older.count_changed(), 0, "{older:?}");
    assert_eq!(digest_tables(&database, &[]), before);
}

#[test]
fn force_applies_an_older_file() {
    let (database, _) = database_with_increment();
    let forced = load(&database, &["--full", "--force"], &fixture("sample.zip"));
    forced.assert_counts_add_up();
    assert_eq!(forced.total["stale"], 0);
    assert_eq!(forced.count("events", "withdrawn"), 10);
    let original = Database::with_sample();
    for table in list_ntsb_tables(&original) {
        let current_hashes = format!(
            "SELECT encode(content_hash, 'hex') FROM ntsb.{table}
             WHERE withdrawn_batch IS NULL ORDER BY 1"
        );
        let (left, right): (Vec<String>, Vec<String>) = (
            original.query_column(&current_hashes, &[]),
            database.query_column(&current_hashes, &[]),
        );
        assert_eq!(left, right, "{table}");
    }
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}
