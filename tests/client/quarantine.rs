//! `ntsb quarantine`: list, show, release and discard rejected rows.

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::process::ProcessOutput;
use ntsb_tests::{fixture, read_manifest};
use serde_json::Value;

fn run_quarantine(database: &Database, arguments: &[&str]) -> ProcessOutput {
    run_ntsb(database, &[&["quarantine"], arguments].concat())
}

fn run_ok(database: &Database, arguments: &[&str]) -> String {
    let finished = run_quarantine(database, arguments);
    assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.all_output());
    finished.stdout
}

fn run_json(database: &Database, arguments: &[&str]) -> Value {
    serde_json::from_str(&run_ok(database, &[arguments, &["--json"]].concat())).unwrap()
}

#[track_caller]
fn assert_refused(database: &Database, arguments: &[&str], code: i32, messages: &[&str]) {
    let finished = run_quarantine(database, arguments);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.all_output());
    assert!(finished.stdout.is_empty(), "an error on stdout: {}", finished.stdout);
    for message in messages {
        assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    }
}

/// The first quarantined event: quarantine_id and ev_id.
fn first_quarantined_event(database: &Database) -> (String, String) {
    let rows = run_json(database, &["list", "--table", "Events"])["rows"].clone();
    let (id, ev_id) = (&rows[0]["quarantine_id"], &rows[0]["ev_id"]);
    (id.to_string(), ev_id.as_str().unwrap().to_owned())
}

#[test]
fn list_applies_its_options() {
    let database = Database::with_sample();
    let all = database.count_rows("ntsb.staging_quarantine");
    let future = read_manifest("sample")["planted"]["date_in_future"].as_i64().unwrap();
    let total = |options: &[&str]| {
        let list = run_json(&database, &[&["list"], options].concat());
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
    let first = run_json(&database, &["list", "--limit", "2"]);
    assert_eq!(first["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["total"], all);

    let table = run_ok(&database, &["list", "--limit", "2"]);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("id  batch  status  table"), "{table}");
    assert!(lines[1].contains("events.date_in_future  ev_date = 20"), "{table}");
    assert!(table.contains(&format!("2 of {all} held rows (use --limit to show more)")), "{table}");
    let none = run_ok(&database, &["list", "--status", "released"]);
    assert_eq!(none, "No released rows.\n");
}

#[test]
fn show_prints_the_raw_row() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    let shown = run_json(&database, &["show", &id]);
    assert_eq!((&shown["status"], &shown["source"]), (&"held".into(), &"sample.zip".into()));
    let payload: String = database.query_value(&format!(
        "SELECT payload::text FROM ntsb.staging_quarantine WHERE quarantine_id = {id}"
    ));
    assert_eq!(shown["raw"], serde_json::from_str::<Value>(&payload).unwrap());
    let waiting = format!("{} other rows of the event", shown["waiting"]);

    let output = run_ok(&database, &["show", &id]);
    let city = format!("ev_city              {}", shown["raw"]["ev_city"].as_str().unwrap());
    let release = format!("ntsb quarantine release {id} --set ev_date=VALUE");
    for expected in [&ev_id, &waiting, &city, &release, "rule             events.date_in_future"] {
        assert!(output.contains(expected), "no {expected:?} in: {output}");
    }
    assert!(!output.contains("null"), "{output}");
    assert_refused(
        &database,
        &["show", "4711"],
        1,
        &["quarantined row 4711 not found", "list --status all"],
    );
}

#[test]
fn a_corrected_row_is_released_and_stored() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    let before = database.count_rows("ntsb.batch");
    let release = |more: &[&str]| [&["release", &id], more].concat().join("\u{1}");
    let assert_release_refused = |more: &[&str], code, messages: &[&str]| {
        let arguments = release(more);
        let arguments: Vec<_> = arguments.split('\u{1}').collect();
        assert_refused(&database, &arguments, code, messages);
    };
    // Unchanged, with another future date, with an unknown column, with an unknown rule.
    let still = "still cannot be stored";
    assert_release_refused(
        &[],
        1,
        &[still, "detail: ", "events.date_in_future", "hint: ", "SQLSTATE: 23514"],
    );
    assert_release_refused(&["--set", "ev_date=2092-01-05"], 1, &[still, "ev_date = 2092-01-05"]);
    let unknown = "patch names unknown columns of table events: \"ev_day\"";
    assert_release_refused(&["--set", "ev_day=2019-01-05"], 1, &[unknown, "22023"]);
    assert_release_refused(
        &["--waive", "no.rule"],
        1,
        &["unknown rules: no.rule", "hint: ntsb.validation_rule lists"],
    );
    assert_release_refused(&["--patch", "[]"], 2, &["expected a JSON object"]);
    assert_release_refused(&["--set", "ev_date"], 2, &["expected COLUMN=VALUE"]);
    assert_eq!(database.count_rows("ntsb.batch"), before, "a refused release left a batch");
    assert_eq!(run_json(&database, &["show", &id])["status"], "held");

    let waiting = run_json(&database, &["show", &id])["waiting"].as_i64().unwrap();
    let patch = r#"{"ev_city": "Patched", "ev_state": null}"#;
    let released =
        run_json(&database, &["release", &id, "--patch", patch, "--set", "ev_date=1999-03-04"]);
    assert_eq!(released["status"], "released");
    assert_eq!(released["rows"]["inserted"], waiting + 1);
    let stored = database.query_rows(
        "SELECT ev_date::date::text, ev_city, ev_state IS NULL FROM ntsb.events WHERE ev_id = $1",
        &[&ev_id],
    );
    let text = |column| stored[0].get::<usize, &str>(column);
    assert_eq!((stored.len(), text(0), text(1)), (1, "1999-03-04", "Patched"));
    assert!(stored[0].get::<_, bool>(2));
    let output = run_ok(&database, &["show", &id]);
    assert!(
        output.contains("by postgres: ") && output.contains("\"ev_date\":\"1999-03-04\""),
        "{output}"
    );
    let released = run_json(&database, &["list", "--status", "released"]);
    assert_eq!(released["total"], waiting + 1);
    assert_refused(&database, &["release", &id], 1, &["is already released", "SQLSTATE: 55000"]);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_row_is_released_unchanged_if_its_rule_is_waived() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    let output = run_ok(&database, &["release", &id, "--waive", "events.date_in_future"]);
    assert!(output.starts_with(&format!("Released quarantined row {id} as batch ")), "{output}");
    let sql = "SELECT ev_year > 2025 FROM ntsb.events WHERE ev_id = $1";
    assert_eq!(database.query_column::<bool>(sql, &[&ev_id]), [true]);
}

#[test]
fn a_row_is_discarded_once_and_with_a_reason() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    assert_refused(&database, &["discard", &id], 2, &["--reason"]);
    let empty = ["reason must not be empty", "hint:"];
    assert_refused(&database, &["discard", &id, "--reason", " "], 1, &empty);
    let output = run_ok(&database, &["discard", &id, "--reason", "a test record of NTSB's"]);
    assert!(output.contains("Discarded quarantined row"), "{output}");
    let shown = run_json(&database, &["show", &id]);
    assert_eq!(shown["decision"]["reason"], "a test record of NTSB's");
    for again in [&["release", &id][..], &["discard", &id, "--reason", "again"]] {
        assert_refused(&database, again, 1, &["is already discarded", "a test record of NTSB's"]);
    }
    // Loading the same file again does not restore it.
    load(&database, &["--full"], &fixture("sample.zip"));
    assert_eq!(run_json(&database, &["show", &id])["status"], "discarded");
    assert_eq!(database.count_rows(&format!("ntsb.events WHERE ev_id = '{ev_id}'")), 0);
}

/// The first row that is quarantined because its event is.
fn first_child_of(database: &Database, ev_id: &str) -> (i64, String, String) {
    let rows = database.query_rows(
        "SELECT quarantine_id, table_name, row_key FROM ntsb.staging_quarantine
         WHERE ev_id = $1 AND rule_id = 'schema.parent_rejected' ORDER BY 1 LIMIT 1",
        &[&ev_id],
    );
    (rows[0].get(0), rows[0].get(1), rows[0].get(2))
}

#[test]
fn a_child_discarded_during_the_release_of_its_parent_stays_discarded() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    let (child, table, _) = first_child_of(&database, &ev_id);
    let mut discarding = database.connect();
    let mut discard = discarding.transaction().unwrap();
    let sql = "SELECT ntsb_discard_quarantine($1, 'a test record')";
    discard.execute(sql, &[&child]).unwrap();
    let released = std::thread::scope(|scope| {
        let release = scope.spawn(|| {
            run_quarantine(&database, &["release", &id, "--waive", "events.date_in_future"])
        });
        std::thread::sleep(std::time::Duration::from_secs(2));
        discard.commit().unwrap();
        release.join().unwrap()
    });
    assert_eq!(released.code, Some(0), "{}", released.all_output());
    let stored_rows = format!(
        "ntsb.{table} t, ntsb.staging_quarantine q WHERE q.quarantine_id = {child}
         AND t.ev_id = q.ev_id AND to_jsonb(t) ->> 'ev_id' = '{ev_id}'"
    );
    let stored = database.count_rows(&stored_rows);
    let released_rows = database.count_rows(&format!(
        "ntsb.staging_quarantine WHERE ev_id = '{ev_id}' AND table_name = '{table}'
         AND status = 'released'"
    ));
    assert_eq!(stored, released_rows, "the discarded row was stored");
    let status = "SELECT status FROM ntsb.staging_quarantine WHERE quarantine_id = $1";
    assert_eq!(database.query_column::<String>(status, &[&child]), ["discarded"]);
    // Loading the same file again does not restore it, either.
    load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    assert_eq!(database.count_rows(&stored_rows), stored);
    assert_eq!(database.query_column::<String>(status, &[&child]), ["discarded"]);
}

#[test]
fn a_row_that_is_being_released_cannot_be_discarded() {
    let database = Database::with_sample();
    let (id, ev_id) = first_quarantined_event(&database);
    let (child, ..) = first_child_of(&database, &ev_id);
    let mut releasing = database.connect();
    let mut release = releasing.transaction().unwrap();
    let sql = "SELECT ntsb_release_quarantine($1, waive => '{events.date_in_future}')";
    release.execute(sql, &[&id.parse::<i64>().unwrap()]).unwrap();
    let discarded = std::thread::scope(|scope| {
        let child = child.to_string();
        let database = &database;
        let discard = scope.spawn(move || {
            run_quarantine(database, &["discard", &child, "--reason", "a test record"])
        });
        std::thread::sleep(std::time::Duration::from_secs(1));
        release.commit().unwrap();
        discard.join().unwrap()
    });
    assert_eq!(discarded.code, Some(1), "{}", discarded.all_output());
    assert!(discarded.stderr.contains("is already released"), "{}", discarded.stderr);
}

/// Only a release can waive rules. The batch records them.
#[test]
fn a_session_setting_cannot_waive_rules() {
    let database = Database::with_sample();
    database.execute(
        "SET ntsb.waived_rules = '{events.date_in_future}';
         SELECT ntsb_begin_batch('waiving.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date) VALUES ('20250101X09999', '2093-01-01');
         CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)",
    );
    assert_eq!(database.count_rows("ntsb.events WHERE ev_id = '20250101X09999'"), 0);
    let (id, _) = first_quarantined_event(&database);
    run_ok(&database, &["release", &id, "--waive", "events.date_in_future"]);
    let waived_rules: Vec<Vec<String>> =
        database.query_column("SELECT waived_rules FROM ntsb.batch ORDER BY batch_id", &[]);
    assert_eq!(waived_rules, [vec![], vec![], vec!["events.date_in_future".to_owned()]]);
}

#[test]
fn session_settings_do_not_change_the_stored_rows() {
    let (default_settings, unusual_settings) = (Database::with_sample(), Database::with_sample());
    let load_rows = "SELECT ntsb_begin_batch('set.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, altimeter, dec_latitude, lchg_date)
         SELECT ev_id, ev_date::text, '29.123', '41.123456', '2025-11-01 10:00:00' FROM ntsb.events
         WHERE ev_year = 2012;
         CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)";
    default_settings.execute(load_rows);
    unusual_settings.execute(&format!(
        "SET standard_conforming_strings = off; SET extra_float_digits = -10;
         SET datestyle = 'SQL, DMY'; SET intervalstyle = 'sql_standard'; SET bytea_output = 'escape';
         {}",
        load_rows.replace("ev_date::text", "to_char(ev_date, 'YYYY-MM-DD')")
    ));
    ntsb_tests::warehouse_contents::assert_same_contents(
        &default_settings,
        &unusual_settings,
        ntsb_tests::warehouse_contents::BOOKKEEPING_COLUMNS,
    );
    assert_eq!(unusual_settings.count_rows("ntsb_verify_change_log()"), 0);
}
