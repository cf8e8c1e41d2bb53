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
    let unknown = "patch names unknown columns of table events: \"ev_day\"";
    refused(&["--set", "ev_day=2019-01-05"], 1, &[unknown, "22023"]);
    refused(
        &["--waive", "no.rule"],
        1,
        &["unknown rules: no.rule", "hint: ntsb.validation_rule lists"],
    );
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
    assert_refused(&database, &["release", &id], 1, &["is already released", "SQLSTATE: 55000"]);
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
    let empty = ["reason must not be empty", "hint:"];
    assert_refused(&database, &["discard", &id, "--reason", " "], 1, &empty);
    let told = text(&database, &["discard", &id, "--reason", "a trial of NTSB's"]);
    assert!(told.contains("was discarded"), "{told}");
    let shown = json(&database, &["show", &id]);
    assert_eq!(shown["decision"]["reason"], "a trial of NTSB's");
    for again in [&["release", &id][..], &["discard", &id, "--reason", "again"]] {
        assert_refused(&database, again, 1, &["is already discarded", "a trial of NTSB's"]);
    }
    // The same file again does not bring it back.
    load(&database, &["--full"], &fixture("sample.zip"));
    assert_eq!(json(&database, &["show", &id])["status"], "discarded");
    assert_eq!(database.count(&format!("ntsb.events WHERE ev_id = '{ev_id}'")), 0);
}

/// The first row that is held because of an event.
fn child_of(database: &Database, ev_id: &str) -> (i64, String, String) {
    let rows = database.rows(
        "SELECT quarantine_id, table_name, row_key FROM ntsb.staging_quarantine
         WHERE ev_id = $1 AND rule_id = 'schema.parent_rejected' ORDER BY 1 LIMIT 1",
        &[&ev_id],
    );
    (rows[0].get(0), rows[0].get(1), rows[0].get(2))
}

#[test]
fn a_child_that_is_discarded_while_its_parent_is_released_stays_discarded() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    let (child, table, _) = child_of(&database, &ev_id);
    let mut discarding = database.connect();
    let mut discard = discarding.transaction().unwrap();
    let sql = "SELECT ntsb_discard_quarantine($1, 'a trial')";
    discard.execute(sql, &[&child]).unwrap();
    let released = std::thread::scope(|scope| {
        let release = scope
            .spawn(|| decided(&database, &["release", &id, "--waive", "events.date_in_future"]));
        std::thread::sleep(std::time::Duration::from_secs(2));
        discard.commit().unwrap();
        release.join().unwrap()
    });
    assert_eq!(released.code, Some(0), "{}", released.said());
    let payload = format!(
        "ntsb.{table} t, ntsb.staging_quarantine q WHERE q.quarantine_id = {child}
         AND t.ev_id = q.ev_id AND to_jsonb(t) ->> 'ev_id' = '{ev_id}'"
    );
    let stored = database.count(&payload);
    let held = database.count(&format!(
        "ntsb.staging_quarantine WHERE ev_id = '{ev_id}' AND table_name = '{table}'
         AND status = 'released'"
    ));
    assert_eq!(stored, held, "the discarded row was stored");
    let status = "SELECT status FROM ntsb.staging_quarantine WHERE quarantine_id = $1";
    assert_eq!(database.column::<String>(status, &[&child]), ["discarded"]);
    // The same file again does not bring it back, either.
    load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    assert_eq!(database.count(&payload), stored);
    assert_eq!(database.column::<String>(status, &[&child]), ["discarded"]);
}

#[test]
fn a_row_that_is_being_released_cannot_be_discarded() {
    let database = Database::with_sample();
    let (id, ev_id) = held_event(&database);
    let (child, ..) = child_of(&database, &ev_id);
    let mut releasing = database.connect();
    let mut release = releasing.transaction().unwrap();
    let sql = "SELECT ntsb_release_quarantine($1, waive => '{events.date_in_future}')";
    release.execute(sql, &[&id.parse::<i64>().unwrap()]).unwrap();
    let discarded = std::thread::scope(|scope| {
        let child = child.to_string();
        let database = &database;
        let discard =
            scope.spawn(move || decided(database, &["discard", &child, "--reason", "a trial"]));
        std::thread::sleep(std::time::Duration::from_secs(1));
        release.commit().unwrap();
        discard.join().unwrap()
    });
    assert_eq!(discarded.code, Some(1), "{}", discarded.said());
    assert!(discarded.stderr.contains("is already released"), "{}", discarded.stderr);
}

/// Only a release waives rules, and the journal says which.
#[test]
fn a_session_cannot_waive_rules_beforehand() {
    let database = Database::with_sample();
    database.execute(
        "SET ntsb.waived_rules = '{events.date_in_future}';
         SELECT ntsb_begin_batch('waiving.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date) VALUES ('20250101X09999', '2093-01-01');
         CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)",
    );
    assert_eq!(database.count("ntsb.events WHERE ev_id = '20250101X09999'"), 0);
    let (id, _) = held_event(&database);
    text(&database, &["release", &id, "--waive", "events.date_in_future"]);
    let noted: Vec<Vec<String>> =
        database.column("SELECT waived_rules FROM ntsb.batch ORDER BY batch_id", &[]);
    assert_eq!(noted, [vec![], vec![], vec!["events.date_in_future".to_owned()]]);
}

/// What a session sets for its own convenience does not reach what is stored.
#[test]
fn settings_of_a_session_do_not_change_what_a_load_stores() {
    let (plain, odd) = (Database::with_sample(), Database::with_sample());
    let stage = "SELECT ntsb_begin_batch('set.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, altimeter, dec_latitude, lchg_date)
         SELECT ev_id, ev_date::text, '29.123', '41.123456', '2025-11-01 10:00:00' FROM ntsb.events
         WHERE ev_year = 2012;
         CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)";
    plain.execute(stage);
    odd.execute(&format!(
        "SET standard_conforming_strings = off; SET extra_float_digits = -10;
         SET datestyle = 'SQL, DMY'; SET intervalstyle = 'sql_standard'; SET bytea_output = 'escape';
         {}",
        stage.replace("ev_date::text", "to_char(ev_date, 'YYYY-MM-DD')")
    ));
    ntsb_tests::contents::assert_same(&plain, &odd, ntsb_tests::contents::BOOKKEEPING);
    assert_eq!(odd.count("ntsb_verify_change_log()"), 0);
}
