//! Loads are not alone: another load, and those who listen.

use std::time::{Duration, Instant};

use ntsb_tests::contents::{BOOKKEEPING, assert_same};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::{Running, run};
use ntsb_tests::{fixture, sample_events, wait_for};
use postgres::fallible_iterator::FallibleIterator;
use serde_json::Value;

/// More than PostgreSQL delivers.
const PAYLOAD_LIMIT: usize = 8000;

#[test]
fn of_two_loads_at_once_the_second_waits_and_both_succeed() {
    let database = Database::blank();
    let mut observer = database.connect();
    let mut first = load_command(&database, &["--full"], &fixture("sample.zip"));
    first.env("PGAPPNAME", "the first of two");
    let first = Running::start(first);
    let holder: i32 = wait_for("lock of the first load", 30, || {
        let sql = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
                   WHERE locktype = 'advisory' AND granted AND datname = current_database()";
        observer.query_opt(sql, &[]).unwrap().map(|row| row.get(0))
    });
    let second = Running::start(load_command(&database, &[], &fixture("up08NOV.zip")));
    let (first, second) = (first.finish(), second.finish());
    assert_eq!((first.code, second.code), (Some(0), Some(0)), "{}", second.said());
    let notice = format!("notice: waiting for another load: process {holder} (user ");
    assert!(second.stderr.contains(&notice), "{}", second.stderr);
    assert!(second.stderr.contains("the first of two"), "{}", second.stderr);
    assert!(!first.stderr.contains("waiting"), "{}", first.stderr);

    let one_by_one = Database::with_sample();
    load(&one_by_one, &[], &fixture("up08NOV.zip"));
    assert_same(&one_by_one, &database, BOOKKEEPING);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_load_that_may_not_wait_names_the_one_under_way() {
    let database = Database::with_sample();
    let mut other = database.connect();
    let mut under_way = other.transaction().unwrap();
    under_way.batch_execute("SELECT ntsb_begin_batch('by hand')").unwrap();
    let pid: i32 = under_way.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let (named, file) = (format!("process {pid} (user "), fixture("up08NOV.zip"));
    for (options, least) in [(&["--no-wait"][..], 0), (&["--wait", "1"], 1)] {
        let start = Instant::now();
        let refused = run(load_command(&database, options, &file));
        assert!((least..least + 5).contains(&start.elapsed().as_secs()));
        assert_eq!(refused.code, Some(1), "{}", refused.said());
        let said = [&named, "ntsb-tests) since 20", "SQLSTATE: 55P03", "hint: Try again when"];
        for said in said.into_iter().chain(["nothing of up08NOV.zip was stored"]) {
            assert!(refused.stderr.contains(said), "no {said} in {}", refused.stderr);
        }
    }
    under_way.rollback().unwrap();
    load(&database, &["--no-wait"], &file).assert_nothing_lost();
    load(&database, &["--wait", "60"], &file).assert_nothing_lost();
}

/// Rows that another session stages stay, whether it commits before or while a load ends.
#[test]
fn rows_that_another_session_stages_meanwhile_stay() {
    let database = Database::blank();
    let staged = "ntsb_staging.events WHERE batch_id = 4711";
    let stage = "INSERT INTO ntsb_staging.events (ev_id, batch_id) VALUES ('20250101X00009', 4711)";
    let load = |isolation: &str, number: u32, meanwhile: &mut dyn FnMut()| {
        let mut client = database.connect();
        client.batch_execute(&format!("BEGIN ISOLATION LEVEL {isolation}")).unwrap();
        client
            .batch_execute(&format!(
                "SELECT ntsb_begin_batch('mine.mdb');
                 INSERT INTO ntsb_staging.events (ev_id, ev_date)
                 VALUES ('20250101X0000{number}', '2025-01-01')"
            ))
            .unwrap();
        meanwhile();
        client
            .batch_execute("CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint); COMMIT")
            .unwrap();
    };
    // Not committed when the load looks, and committed afterwards.
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
    assert_eq!(database.count(staged), 1, "its rows went with the load's");
    assert_eq!(database.count("ntsb_staging.events"), 1, "the load's own rows stayed");
    database.execute("TRUNCATE ntsb_staging.events");
    // Committed before the load looks, which sees nothing of it.
    load("REPEATABLE READ", 2, &mut || database.execute(stage));
    assert_eq!(database.count(staged), 1, "its rows went with the load's");
    database.execute("TRUNCATE ntsb_staging.events");
    load("READ COMMITTED", 3, &mut || database.execute(stage));
    assert_eq!(database.count(staged), 1, "its rows went with the load's");
    assert_eq!(database.count("ntsb.events"), 3);
}

/// What arrives on the channel while something is done.
fn heard(database: &Database, doing: impl FnOnce()) -> Vec<Value> {
    let mut listener = database.connect();
    listener.batch_execute("LISTEN ntsb_events").unwrap();
    doing();
    // The server sends them before it answers this.
    listener.simple_query("SELECT 1").unwrap();
    let mut notifications = listener.notifications();
    let pending = notifications.timeout_iter(Duration::from_millis(500));
    let payloads: Vec<_> = pending.map(|n| Ok(n.payload().to_owned())).collect().unwrap();
    assert!(payloads.iter().all(|payload| payload.len() < PAYLOAD_LIMIT));
    payloads.iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
}

fn of_type(messages: &[Value], what: &str) -> Vec<Value> {
    messages.iter().filter(|message| message["type"] == what).cloned().collect()
}

#[test]
fn listeners_hear_of_a_load_and_of_its_new_events() {
    let database = Database::with_sample();
    let messages = heard(&database, || {
        load(&database, &["--dry-run"], &fixture("up08NOV.zip"));
    });
    assert!(messages.is_empty(), "a dry run was heard of: {messages:?}");
    let mut report = None;
    let messages = heard(&database, || {
        report = Some(load(&database, &[], &fixture("up08NOV.zip")));
    });
    let report = report.unwrap();
    let batches = of_type(&messages, "batch");
    assert_eq!(batches.len(), 1, "{messages:?}");
    assert_eq!(batches[0]["batch_id"], report.batch_id);
    assert_eq!(batches[0]["source"], "up08NOV.zip");
    assert_eq!(batches[0]["new_events"], 10);
    for what in ["inserted", "updated", "withdrawn"] {
        assert_eq!(batches[0][what], report.total[what], "{what}");
    }
    let events = of_type(&messages, "event");
    assert_eq!((events.len(), messages.len()), (10, 11));
    for event in events {
        let known: i64 = database.one(&format!(
            "SELECT count(*) FROM ntsb.events WHERE ev_id = '{}' AND ev_date = '{}'",
            event["ev_id"].as_str().unwrap(),
            event["ev_date"].as_str().unwrap()
        ));
        assert_eq!(known, 1, "{event}");
    }
}

#[test]
fn of_many_new_events_the_first_hundred_are_named() {
    let database = Database::blank();
    let messages = heard(&database, || {
        load(&database, &["--full"], &fixture("sample.zip"));
    });
    let batches = of_type(&messages, "batch");
    assert_eq!((batches.len(), &batches[0]["new_events"]), (1, &Value::from(sample_events())));
    assert_eq!(of_type(&messages, "event").len(), 100);
}
