//! A person decides about refused rows by `ntsb quarantine`.

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{load, ntsb};
use ntsb_tests::process::Finished;
use ntsb_tests::{fixture, manifest};
use serde_json::Value;

fn decided(database: &Database, arguments: &[&str]) -> Finished {
    ntsb(database, &[&["quarantine"], arguments].concat())
}

fn text(database: &Database, arguments: &[&str]) -> String {
    let finished = decided(database, arguments);
    assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.said());
    finished.stdout
}

fn json(database: &Database, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(database, &[arguments, &["--json"]].concat())).unwrap()
}

#[track_caller]
fn assert_refused(database: &Database, arguments: &[&str], code: i32, with: &[&str]) {
    let finished = decided(database, arguments);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.said());
    assert!(finished.stdout.is_empty(), "an error on stdout: {}", finished.stdout);
    for words in with {
        assert!(finished.stderr.contains(words), "no {words:?} in: {}", finished.stderr);
    }
}

/// The first held event, with its ev_id.
fn held_event(database: &Database) -> (String, String) {
    let rows = json(database, &["list", "--table", "Events"])["rows"].clone();
    let (id, ev_id) = (&rows[0]["quarantine_id"], &rows[0]["ev_id"]);
    (id.to_string(), ev_id.as_str().unwrap().to_owned())
}

#[test]
fn a_list_is_what_its_options_ask_for() {
    let database = Database::with_sample();
    let all = database.count("ntsb.staging_quarantine");
    let future = manifest("sample")["planted"]["date_in_future"].as_i64().unwrap();
    let total = |options: &[&str]| {
        let list = json(&database, &[&["list"], options].concat());
        list["total"].as_i64().unwrap()
    };
    assert_eq!(total(&[]), all);
    assert_eq!(total(&["--status", "all", "--batch", "1"]), all);
    assert_eq!(total(&["--table", "events"]), future);
    assert_eq!(total(&["--rule", "events.date_in_future"]), future);
    assert_eq!(total(&["--rule", "schema.orphan", "--table", "flight_crew"]), 1);
    for none in [["--status", "discarded"], ["--batch", "7"], ["--rule", "no.rule"]] {
        assert_eq!(total(&none), 0, "{none:?}");
    }
    let first = json(&database, &["list", "--limit", "2"]);
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["total"], all);

    let table = text(&database, &["list", "--limit", "2"]);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("id  batch  status  table"), "{table}");
    assert!(lines[1].contains("events.date_in_future  ev_date = 20"), "{table}");
    assert!(table.contains(&format!("2 of {all} rows that are held; --limit")), "{table}");
    let none = text(&database, &["list", "--status", "released"]);
    assert_eq!(none, "No row is released.\n");
}

#[test]
fn a_row_is_shown_as_it_stood_in_the_file() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    let shown = json(&database, &["show", &id]);
    assert_eq!((&shown["status"], &shown["source"]), (&"held".into(), &"sample.zip".into()));
    let payload: String = database.one(&format!(
        "SELECT payload::text FROM ntsb.staging_quarantine WHERE quarantine_id = {id}"
    ));
    assert_eq!(shown["raw"], serde_json::from_str::<Value>(&payload).unwrap());
    let waiting = format!("{} other rows of the event", shown["waiting"]);

    let told = text(&database, &["show", &id]);
    let city = format!("ev_city              {}", shown["raw"]["ev_city"].as_str().unwrap());
    let release = format!("ntsb quarantine release {id} --set ev_date=VALUE");
    for words in [&ev_id, &waiting, &city, &release, "refused by       events.date_in_future"] {
        assert!(told.contains(words), "no {words:?} in: {told}");
    }
    assert!(!told.contains("null"), "{told}");
    assert_refused(
        &database,
        &["show", "4711"],
        1,
        &["no quarantined row 4711", "list --status all"],
    );
}

#[test]
fn a_row_is_stored_once_it_is_right() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    let before = database.count("ntsb.batch");
    let release = |more: &[&str]| [&["release", &id], more].concat().join("\u{1}");
    let refused = |more: &[&str], code, with: &[&str]| {
        let arguments = release(more);
        let arguments: Vec<_> = arguments.split('\u{1}').collect();
        assert_refused(&database, &arguments, code, with);
    };
    // As it stands, with another date to come, with a column that is none, with no such rule.
    let still = "still cannot be stored";
    refused(&[], 1, &[still, "detail: ", "events.date_in_future", "hint: ", "SQLSTATE: 23514"]);
    refused(&["--set", "ev_date=2092-01-05"], 1, &[still, "ev_date = 2092-01-05"]);
    refused(&["--set", "ev_day=2019-01-05"], 1, &["events has no column \"ev_day\"", "22023"]);
    refused(&["--waive", "no.rule"], 1, &["no rule no.rule", "hint: ntsb.validation_rule lists"]);
    refused(&["--patch", "[]"], 2, &["write a JSON object"]);
    refused(&["--set", "ev_date"], 2, &["write COLUMN=VALUE"]);
    assert_eq!(database.count("ntsb.batch"), before, "a refused release left a batch");
    assert_eq!(json(&database, &["show", &id])["status"], "held");

    let waiting = json(&database, &["show", &id])["waiting"].as_i64().unwrap();
    let patch = r#"{"ev_city": "Patched", "ev_state": null}"#;
    let answer =
        json(&database, &["release", &id, "--patch", patch, "--set", "ev_date=1999-03-04"]);
    assert_eq!(answer["status"], "released");
    assert_eq!(answer["rows"]["inserted"], waiting + 1);
    let stored = database.rows(
        "SELECT ev_date::date::text, ev_city, ev_state IS NULL FROM ntsb.events WHERE ev_id = $1",
        &[&ev_id],
    );
    let of = |column| stored[0].get::<usize, &str>(column);
    assert_eq!((stored.len(), of(0), of(1)), (1, "1999-03-04", "Patched"));
    assert!(stored[0].get::<_, bool>(2));
    let told = text(&database, &["show", &id]);
    assert!(
        told.contains("by postgres: ") && told.contains("\"ev_date\":\"1999-03-04\""),
        "{told}"
    );
    let released = json(&database, &["list", "--status", "released"]);
    assert_eq!(released["total"], waiting + 1);
    assert_refused(&database, &["release", &id], 1, &["is released already", "SQLSTATE: 55000"]);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_waived_rule_lets_a_row_in_as_it_stands() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    let told = text(&database, &["release", &id, "--waive", "events.date_in_future"]);
    assert!(told.starts_with(&format!("Quarantined row {id} was released as batch ")), "{told}");
    let sql = "SELECT ev_year > 2025 FROM ntsb.events WHERE ev_id = $1";
    assert_eq!(database.column::<bool>(sql, &[&ev_id]), [true]);
}

#[test]
fn a_row_is_discarded_for_a_reason_and_once() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    assert_refused(&database, &["discard", &id], 2, &["--reason"]);
    assert_refused(&database, &["discard", &id, "--reason", " "], 1, &["for a reason", "hint:"]);
    let told = text(&database, &["discard", &id, "--reason", "a trial of NTSB's"]);
    assert!(told.contains("was discarded"), "{told}");
    let shown = json(&database, &["show", &id]);
    assert_eq!(shown["decision"]["reason"], "a trial of NTSB's");
    for again in [&["release", &id][..], &["discard", &id, "--reason", "again"]] {
        assert_refused(&database, again, 1, &["is discarded already", "a trial of NTSB's"]);
    }
    // The same file again does not bring it back.
    load(&database, &["--full"], &fixture("sample.zip"));
    assert_eq!(json(&database, &["show", &id])["status"], "discarded");
    assert_eq!(database.count(&format!("ntsb.events WHERE ev_id = '{ev_id}'")), 0);
}
