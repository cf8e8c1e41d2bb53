//! Concurrent loads, concurrent staging, and notifications about loads.

use std::time::{Duration, Instant};

use ntsb_tests::cli::{load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, run};
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, assert_same_contents};
use ntsb_tests::{count_sample_events, fixture, wait_for};
use postgres::fallible_iterator::FallibleIterator;
use serde_json::Value;

/// Size from which PostgreSQL refuses a notification payload, in bytes.
const PAYLOAD_LIMIT: usize = 8000;

#[test]
fn the_second_of_two_concurrent_loads_waits_and_both_succeed() {
    let database = Database::empty_warehouse();
    let mut observer = database.connect();
    let mut first = load_command(&database, &["--full"], &fixture("sample.zip"));
    first.env("PGAPPNAME", "the first of two");
    let first = ChildProcess::start(first);
    let holder: i32 = wait_for("lock of the first load", 30, || {
        let sql = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
                   WHERE locktype = 'advisory' AND granted AND datname = current_database()";
        observer.query_opt(sql, &[]).unwrap().map(|row| row.get(0))
    });
    let second = ChildProcess::start(load_command(&database, &[], &fixture("up08NOV.zip")));
    let (first, second) = (first.finish(), second.finish());
    assert_eq!((first.code, second.code), (Some(0), Some(0)), "{}", second.all_output());
    let notice = format!("notice: waiting for another load: process {holder} (user ");
    assert!(second.stderr.contains(&notice), "{}", second.stderr);
    assert!(second.stderr.contains("the first of two"), "{}", second.stderr);
    assert!(!first.stderr.contains("waiting"), "{}", first.stderr);

    let sequential = Database::with_sample();
    load(&sequential, &[], &fixture("up08NOV.zip"));
    assert_same_contents(&sequential, &database, BOOKKEEPING_COLUMNS);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_load_that_does_not_wait_names_the_running_one() {
    let database = Database::with_sample();
    let mut other = database.connect();
    let mut running_load = other.transaction().unwrap();
    running_load.batch_execute("SELECT ntsb_begin_batch('by hand')").unwrap();
    let pid: i32 = running_load.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let (process, file) = (format!("process {pid} (user "), fixture("up08NOV.zip"));
    for (options, min_seconds) in [(&["--no-wait"][..], 0), (&["--wait", "1"], 1)] {
        let start = Instant::now();
        let finished = run(load_command(&database, options, &file));
        assert!((min_seconds..min_seconds + 5).contains(&start.elapsed().as_secs()));
        assert_eq!(finished.code, Some(1), "{}", finished.all_output());
        let messages = [&process, "ntsb-tests) since 20", "SQLSTATE: 55P03", "hint: Retry later"];
        for message in messages.into_iter().chain(["nothing of up08NOV.zip was stored"]) {
            assert!(finished.stderr.contains(message), "no {message} in {}", finished.stderr);
        }
    }
    running_load.rollback().unwrap();
    load(&database, &["--no-wait"], &file).assert_counts_add_up();
    load(&database, &["--wait", "60"], &file).assert_counts_add_up();
}

/// A load must not remove rows that another session stages, whether that commits before or during the load.
#[test]
fn rows_staged_by_another_session_are_kept() {
    let database = Database::empty_warehouse();
    let staged = "ntsb_staging.events WHERE batch_id = 4711";
    let stage = "INSERT INTO ntsb_staging.events (ev_id, batch_id) VALUES ('20250101X00009', 4711)";
    let load = |isolation: &str, number: u32, before_ingest: &mut dyn FnMut()| {
        let mut client = database.connect();
        client.batch_execute(&format!("BEGIN ISOLATION LEVEL {isolation}")).unwrap();
        client
            .batch_execute(&format!(
                "SELECT ntsb_begin_batch('mine.mdb');
                 INSERT INTO ntsb_staging.events (ev_id, ev_date)
                 VALUES ('20250101X0000{number}', '2025-01-01')"
            ))
            .unwrap();
        before_ingest();
        client
            .batch_execute("CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint); COMMIT")
            .unwrap();
    };
    // The other session commits during the load.
    let mut other = database.connect();
    let mut open = other.transaction().unwrap();
    open.batch_execute(stage).unwrap();
    let committing = std::thread::scope(|scope| {
        let loading = scope.spawn(|| load("READ COMMITTED", 1, &mut || ()));
        std::thread::sleep(Duration::from_secs(2));
        open.commit().unwrap();
        loading.join()
    });
    committing.unwrap();
    assert_eq!(database.count_rows(staged), 1, "the load removed rows of the other session");
    assert_eq!(
        database.count_rows("ntsb_staging.events"),
        1,
        "the load did not remove its own rows"
    );
    database.execute("TRUNCATE ntsb_staging.events");
    // The other session commits before the ingest, whose snapshot does not see it.
    load("REPEATABLE READ", 2, &mut || database.execute(stage));
    assert_eq!(database.count_rows(staged), 1, "the load removed rows of the other session");
    database.execute("TRUNCATE ntsb_staging.events");
    load("READ COMMITTED", 3, &mut || database.execute(stage));
    assert_eq!(database.count_rows(staged), 1, "the load removed rows of the other session");
    assert_eq!(database.count_rows("ntsb.events"), 3);
}

/// The notifications that arrive during an action.
fn notifications_during(database: &Database, action: impl FnOnce()) -> Vec<Value> {
    let mut listener = database.connect();
    listener.batch_execute("LISTEN ntsb_events").unwrap();
    action();
    // The server sends pending notifications before the result of this query.
    listener.simple_query("SELECT 1").unwrap();
    let mut notifications = listener.notifications();
    let pending = notifications.timeout_iter(Duration::from_millis(500));
    let payloads: Vec<_> = pending.map(|n| Ok(n.payload().to_owned())).collect().unwrap();
    assert!(payloads.iter().all(|payload| payload.len() < PAYLOAD_LIMIT));
    payloads.iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
}

fn messages_of_type(messages: &[Value], message_type: &str) -> Vec<Value> {
    messages.iter().filter(|message| message["type"] == message_type).cloned().collect()
}

#[test]
fn listeners_are_notified_of_a_load_and_its_new_events() {
    let database = Database::with_sample();
    let messages = notifications_during(&database, || {
        load(&database, &["--dry-run"], &fixture("up08NOV.zip"));
    });
    assert!(messages.is_empty(), "a dry run sent notifications: {messages:?}");
    let mut report = None;
    let messages = notifications_during(&database, || {
        report = Some(load(&database, &[], &fixture("up08NOV.zip")));
    });
    let report = report.unwrap();
    let batches = messages_of_type(&messages, "batch");
    assert_eq!(batches.len(), 1, "{messages:?}");
    assert_eq!(batches[0]["batch_id"], report.batch_id);
    assert_eq!(batches[0]["source"], "up08NOV.zip");
    assert_eq!(batches[0]["new_events"], 10);
    for count in ["inserted", "updated", "withdrawn"] {
        assert_eq!(batches[0][count], report.total[count], "{count}");
    }
    let events = messages_of_type(&messages, "event");
    assert_eq!((events.len(), messages.len()), (10, 11));
    for event in events {
        let known: i64 = database.query_value(&format!(
            "SELECT count(*) FROM ntsb.events WHERE ev_id = '{}' AND ev_date = '{}'",
            event["ev_id"].as_str().unwrap(),
            event["ev_date"].as_str().unwrap()
        ));
        assert_eq!(known, 1, "{event}");
    }
}

#[test]
fn at_most_a_hundred_new_events_are_notified() {
    let database = Database::empty_warehouse();
    let messages = notifications_during(&database, || {
        load(&database, &["--full"], &fixture("sample.zip"));
    });
    let batches = messages_of_type(&messages, "batch");
    assert_eq!(
        (batches.len(), &batches[0]["new_events"]),
        (1, &Value::from(count_sample_events()))
    );
    assert_eq!(messages_of_type(&messages, "event").len(), 100);
}
