//! What `ntsb` answers, in words, in JSON and by its exit code.

use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{command, load, load_command, ntsb};
use ntsb_tests::process::{Finished, Running, run};
use ntsb_tests::server::server;
use ntsb_tests::{fixture, sample_events, wait_for};
use serde_json::Value;
use tempfile::tempdir;

const SECRET: &str = "hunter2-do-not-print";

fn json(finished: &Finished) -> Value {
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    serde_json::from_str(&finished.stdout).unwrap()
}

#[track_caller]
fn assert_fails(finished: &Finished, code: i32, with: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.said());
    assert!(finished.stdout.is_empty(), "an error on stdout: {}", finished.stdout);
    for words in with {
        assert!(finished.stderr.contains(words), "no {words:?} in: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains(SECRET), "{}", finished.stderr);
}

#[test]
fn status_tells_of_the_last_loads() {
    let database = Database::blank();
    let empty = ntsb(&database, &["status"]);
    assert_eq!(empty.code, Some(0), "{}", empty.said());
    assert!(empty.stdout.contains("Nothing was loaded yet"), "{}", empty.stdout);

    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let status = json(&ntsb(&database, &["status", "--json"]));
    assert_eq!(status["events"], sample_events() + 10);
    let batches = status["batches"].as_array().unwrap();
    let of = |index: usize, what: &str| batches[index][what].clone();
    assert_eq!((batches.len(), of(0, "source")), (2, "up08NOV.zip".into()));
    assert_eq!((of(1, "source"), of(1, "mode")), ("sample.zip".into(), "full".into()));
    assert_eq!(of(0, "as_of"), "2025-11-06T09:00:00");
    assert_eq!(of(0, "rows")["inserted"], 213);
    assert_eq!(of(0, "digest").as_str().map(str::len), Some(64));

    let table = ntsb(&database, &["status"]).stdout;
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("batch  source"), "{table}");
    assert!(lines[1].contains("up08NOV.zip  increment  2025-11-06"), "{table}");
    assert!(lines[2].contains("sample.zip   full"), "{table}");
    assert!(table.contains("2,501 events, the latest of 2025-"), "{table}");
    let last = json(&ntsb(&database, &["status", "--json", "--limit", "1"]));
    assert_eq!(last["batches"].as_array().map(Vec::len), Some(1));
}

#[test]
fn history_tells_the_story_of_an_event() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let story = ntsb(&database, &["history", "20251031902489"]);
    assert_eq!(story.code, Some(0), "{}", story.said());
    let lines: Vec<_> = story.stdout.lines().collect();
    assert!(lines[0].starts_with("batch 1 · sample.zip · "), "{}", story.stdout);
    assert!(lines[1].starts_with("  first seen: 1 ntsb_admin, 1 aircraft"), "{}", story.stdout);
    assert!(lines[3].ends_with(" · data as of 2025-11-06"), "{}", story.stdout);
    assert_eq!(lines[4..], ["  events: ev_city: 'Fairhaven' → 'Corrected City'"]);

    let story = json(&ntsb(&database, &["history", "--json", "20251031902489"]));
    assert_eq!(story["ev_id"], "20251031902489");
    let last = story["changes"].as_array().and_then(|changes| changes.last()).unwrap();
    assert_eq!((&last["column"], &last["old_value"]), (&"ev_city".into(), &"Fairhaven".into()));

    let withdrawn = ntsb(&database, &["history", "20241219902454"]).stdout;
    assert!(withdrawn.contains("  findings 1/1: withdrawn"), "{withdrawn}");
    let unknown = ntsb(&database, &["history", "19000101X00000"]);
    assert_fails(&unknown, 1, &["there is no event 19000101X00000"]);
}

#[test]
fn a_database_without_a_warehouse_says_how_to_make_one() {
    let database = Database::bare();
    let sample = fixture("sample.zip");
    for arguments in [&["status"][..], &["load", sample.to_str().unwrap()]] {
        let hint = ["CREATE EXTENSION", "pg_ntsb CASCADE;", "ntsb_create_warehouse()", "SQLSTATE"];
        assert_fails(&ntsb(&database, arguments), 1, &hint);
    }
    database.execute("SET client_min_messages = warning; CREATE EXTENSION pg_ntsb CASCADE");
    let refused = run(load_command(&database, &[], &sample));
    assert_fails(&refused, 1, &["ntsb_create_warehouse()"]);
}

#[test]
fn wrong_usage_ends_with_2() {
    let database = Database::blank();
    assert_fails(&ntsb(&database, &["history", "20220101"]), 2, &["14 characters"]);
    assert_fails(&ntsb(&database, &["load", "--full", "--increment", "a.mdb"]), 2, &[]);
    let dsn = format!("host=/nowhere password={SECRET} port=many");
    assert_fails(&ntsb(&database, &["status", "--dsn", &dsn]), 2, &["connection string"]);
}

#[test]
fn a_file_that_cannot_be_read_ends_with_3() {
    let database = Database::blank();
    let folder = tempdir().unwrap();
    let file = folder.path().join("avall.mdb");
    assert_fails(&run(load_command(&database, &[], &file)), 3, &["avall.mdb"]);
    std::fs::write(&file, "<html>").unwrap();
    let refused = run(load_command(&database, &[], &file));
    assert_fails(&refused, 3, &["is not an Access file"]);
    // The first file of two is loaded, the second is not: each is a load of its own.
    let mut two = load_command(&database, &["--increment"], &fixture("up08NOV.zip"));
    two.arg(&file);
    let finished = run(two);
    assert_eq!(finished.code, Some(3), "{}", finished.said());
    assert_eq!(database.count("ntsb.batch"), 1);
}

#[test]
fn a_database_out_of_reach_ends_with_4() {
    let database = Database::blank();
    let folder = tempdir().unwrap();
    let dsn = format!("host={} user=ann password={SECRET}", folder.path().display());
    let finished = ntsb(&database, &["status", "--dsn", &dsn]);
    assert_fails(&finished, 4, &["cannot connect to database", "trying again"]);
    let dsn = format!("postgresql://ann:{SECRET}@localhost:1/x?sslmode=require");
    let finished = ntsb(&database, &["status", "--dsn", &dsn]);
    assert_fails(&finished, 4, &["cannot connect to database x at localhost:1"]);
    let mut from_environment = command(&database.server, &database.name);
    from_environment.arg("status").env("PGPASSWORD", SECRET).env("PGHOST", folder.path());
    assert_fails(&run(from_environment), 4, &[]);
    let mut elsewhere = command(server(), "ntsb_test_nowhere");
    elsewhere.arg("status");
    assert_fails(&run(elsewhere), 4, &["ntsb_test_nowhere"]);
}

#[test]
fn a_connection_that_breaks_ends_with_4_and_the_load_has_not_happened() {
    let database = Database::blank();
    let running = Running::start(load_command(&database, &["--full"], &fixture("sample.zip")));
    let mut observer = server().connect("postgres");
    wait_for("ingest", 30, || {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = $1 AND starts_with(query, 'CALL ntsb_ingest')";
        (!observer.query(sql, &[&database.name]).unwrap().is_empty()).then_some(())
    });
    let finished = running.finish_within(Duration::from_secs(60));
    assert_fails(&finished, 4, &["terminating connection"]);
    assert_eq!(database.count("ntsb.events"), 0);
    assert_eq!(database.count("ntsb.batch"), 0);
}

#[test]
fn help_does_not_show_the_password() {
    let mut help = command(server(), "ntsb");
    help.args(["load", "--help"]).env("DATABASE_URL", format!("host=x password={SECRET}"));
    let finished = run(help);
    assert_eq!(finished.code, Some(0));
    assert!(finished.stdout.contains("Exit codes:"), "{}", finished.stdout);
    assert!(!finished.said().contains(SECRET), "{}", finished.said());
}
