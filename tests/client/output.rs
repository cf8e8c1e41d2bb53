//! Output of `ntsb`: text, JSON, error messages and exit codes.

use std::time::Duration;

use ntsb_tests::cli::{load, load_command, ntsb_command, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput, run};
use ntsb_tests::server::test_server;
use ntsb_tests::{count_sample_events, fixture, wait_for};
use serde_json::Value;
use tempfile::tempdir;

const SECRET: &str = "hunter2-do-not-print";

fn parse_json(finished: &ProcessOutput) -> Value {
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    serde_json::from_str(&finished.stdout).unwrap()
}

#[track_caller]
fn assert_fails(finished: &ProcessOutput, code: i32, messages: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.all_output());
    assert!(finished.stdout.is_empty(), "an error on stdout: {}", finished.stdout);
    for message in messages {
        assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains(SECRET), "{}", finished.stderr);
}

#[test]
fn status_lists_recent_batches() {
    let database = Database::empty_warehouse();
    let empty = run_ntsb(&database, &["status"]);
    assert_eq!(empty.code, Some(0), "{}", empty.all_output());
    assert!(empty.stdout.contains("Nothing has been loaded yet"), "{}", empty.stdout);

    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let status = parse_json(&run_ntsb(&database, &["status", "--json"]));
    assert_eq!(status["events"], count_sample_events() + 10);
    let batches = status["batches"].as_array().unwrap();
    let field = |index: usize, name: &str| batches[index][name].clone();
    assert_eq!((batches.len(), field(0, "source")), (2, "up08NOV.zip".into()));
    assert_eq!((field(1, "source"), field(1, "mode")), ("sample.zip".into(), "full".into()));
    assert_eq!(field(0, "as_of"), "2025-11-06T09:00:00");
    assert_eq!(field(0, "rows")["inserted"], 213);
    assert_eq!(field(0, "digest").as_str().map(str::len), Some(64));

    let table = run_ntsb(&database, &["status"]).stdout;
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("batch  source"), "{table}");
    assert!(lines[1].contains("up08NOV.zip  increment  2025-11-06"), "{table}");
    assert!(lines[2].contains("sample.zip   full"), "{table}");
    assert!(table.contains("2,501 events, latest event: 2025-"), "{table}");
    let last = parse_json(&run_ntsb(&database, &["status", "--json", "--limit", "1"]));
    assert_eq!(last["batches"].as_array().map(Vec::len), Some(1));
}

#[test]
fn history_lists_the_changes_of_an_event() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let history = run_ntsb(&database, &["history", "20251031902489"]);
    assert_eq!(history.code, Some(0), "{}", history.all_output());
    let lines: Vec<_> = history.stdout.lines().collect();
    assert!(lines[0].starts_with("batch 1 · sample.zip · "), "{}", history.stdout);
    assert!(lines[1].starts_with("  first seen: 1 ntsb_admin, 1 aircraft"), "{}", history.stdout);
    assert!(lines[3].ends_with(" · data as of 2025-11-06"), "{}", history.stdout);
    assert_eq!(lines[4..], ["  events: ev_city: 'Fairhaven' → 'Corrected City'"]);

    let history = parse_json(&run_ntsb(&database, &["history", "--json", "20251031902489"]));
    assert_eq!(history["ev_id"], "20251031902489");
    let last = history["changes"].as_array().and_then(|changes| changes.last()).unwrap();
    assert_eq!((&last["column"], &last["old_value"]), (&"ev_city".into(), &"Fairhaven".into()));

    let withdrawn = run_ntsb(&database, &["history", "20241219902454"]).stdout;
    assert!(withdrawn.contains("  findings 1/1: withdrawn"), "{withdrawn}");
    let unknown = run_ntsb(&database, &["history", "19000101X00000"]);
    assert_fails(&unknown, 1, &["event 19000101X00000 not found"]);
}

#[test]
fn a_missing_warehouse_is_an_error_with_the_commands_to_create_it() {
    let database = Database::without_extension();
    let sample = fixture("sample.zip");
    for arguments in [&["status"][..], &["load", sample.to_str().unwrap()]] {
        let hint = ["CREATE EXTENSION", "pg_ntsb CASCADE;", "ntsb_create_warehouse()", "SQLSTATE"];
        assert_fails(&run_ntsb(&database, arguments), 1, &hint);
    }
    database.execute("SET client_min_messages = warning; CREATE EXTENSION pg_ntsb CASCADE");
    let finished = run(load_command(&database, &[], &sample));
    assert_fails(&finished, 1, &["ntsb_create_warehouse()"]);
}

#[test]
fn usage_errors_exit_with_2() {
    let database = Database::empty_warehouse();
    assert_fails(&run_ntsb(&database, &["history", "20220101"]), 2, &["14 characters"]);
    assert_fails(&run_ntsb(&database, &["load", "--full", "--increment", "a.mdb"]), 2, &[]);
    let dsn = format!("host=/nowhere password={SECRET} port=many");
    assert_fails(&run_ntsb(&database, &["status", "--dsn", &dsn]), 2, &["connection string"]);
}

#[test]
fn an_unreadable_file_exits_with_3() {
    let database = Database::empty_warehouse();
    let folder = tempdir().unwrap();
    let file = folder.path().join("avall.mdb");
    assert_fails(&run(load_command(&database, &[], &file)), 3, &["avall.mdb"]);
    std::fs::write(&file, "<html>").unwrap();
    let finished = run(load_command(&database, &[], &file));
    assert_fails(&finished, 3, &["not an Access file"]);
    // Each file is a load of its own: the first is stored although the second fails.
    let mut two = load_command(&database, &["--increment"], &fixture("up08NOV.zip"));
    two.arg(&file);
    let finished = run(two);
    assert_eq!(finished.code, Some(3), "{}", finished.all_output());
    assert_eq!(database.count_rows("ntsb.batch"), 1);
}

#[test]
fn an_unreachable_database_exits_with_4() {
    let database = Database::empty_warehouse();
    let folder = tempdir().unwrap();
    let dsn = format!("host={} user=ann password={SECRET}", folder.path().display());
    let finished = run_ntsb(&database, &["status", "--dsn", &dsn]);
    assert_fails(&finished, 4, &["cannot connect to database", "retrying"]);
    let dsn = format!("postgresql://ann:{SECRET}@localhost:1/x?sslmode=require");
    let finished = run_ntsb(&database, &["status", "--dsn", &dsn]);
    assert_fails(&finished, 4, &["cannot connect to database x at localhost:1"]);
    let mut from_environment = ntsb_command(&database.server, &database.name);
    from_environment.arg("status").env("PGPASSWORD", SECRET).env("PGHOST", folder.path());
    assert_fails(&run(from_environment), 4, &[]);
    let mut missing_database = ntsb_command(test_server(), "ntsb_test_nowhere");
    missing_database.arg("status");
    assert_fails(&run(missing_database), 4, &["ntsb_test_nowhere"]);
}

#[test]
fn a_lost_connection_exits_with_4_and_rolls_back_the_load() {
    let database = Database::empty_warehouse();
    let running = ChildProcess::start(load_command(&database, &["--full"], &fixture("sample.zip")));
    let mut observer = test_server().connect("postgres");
    wait_for("ingest", 30, || {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = $1 AND starts_with(query, 'CALL ntsb_ingest')";
        (!observer.query(sql, &[&database.name]).unwrap().is_empty()).then_some(())
    });
    let finished = running.finish_within(Duration::from_secs(60));
    assert_fails(&finished, 4, &["terminating connection"]);
    assert_eq!(database.count_rows("ntsb.events"), 0);
    assert_eq!(database.count_rows("ntsb.batch"), 0);
}

#[test]
fn help_does_not_show_the_password() {
    let mut help = ntsb_command(test_server(), "ntsb");
    help.args(["load", "--help"]).env("DATABASE_URL", format!("host=x password={SECRET}"));
    let finished = run(help);
    assert_eq!(finished.code, Some(0));
    assert!(finished.stdout.contains("Exit codes:"), "{}", finished.stdout);
    assert!(!finished.all_output().contains(SECRET), "{}", finished.all_output());
}
