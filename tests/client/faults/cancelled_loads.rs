//! Loads ended by the user, a timeout or an administrator.

use std::time::{Duration, Instant};

use libc::{SIGINT, SIGTERM};
use ntsb_tests::cli::{load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput, run, send_signal};
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, assert_same_contents, digest_tables};
use ntsb_tests::{fixture, wait_for};
use postgres::Client;

/// Ends a load of the sample in a step. Fails if the load has stored anything.
fn end_load_in(
    step: &str,
    database: &Database,
    end: impl FnOnce(&ChildProcess, &mut Client, i32),
) -> ProcessOutput {
    let before = digest_tables(database, &[]);
    let mut observer = database.connect();
    let mut holder = database.connect();
    let mut lock = holder.transaction().unwrap();
    // The lock keeps the load in this step.
    lock.batch_execute(blocking_lock(step)).unwrap();
    let running = ChildProcess::start(load_command(database, &["--full"], &fixture("sample.zip")));
    let backend: i32 = wait_for(step, 120, || {
        let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'ntsb' AND starts_with(query, $1) AND state = 'active'
                   AND wait_event_type = 'Lock'";
        observer.query_opt(sql, &[&step]).unwrap().map(|row| row.get(0))
    });
    let start = Instant::now();
    end(&running, &mut observer, backend);
    let finished = running.finish();
    assert!(start.elapsed() < Duration::from_secs(9), "the command took {:?}", start.elapsed());
    // Still under the lock, so the session cannot have finished by itself.
    wait_for("end of the statement on the server", 8, || {
        let at_work = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state <> 'idle'";
        observer.query(at_work, &[&backend]).unwrap().is_empty().then_some(())
    });
    lock.rollback().unwrap();
    drop((holder, observer));
    database.wait_for_other_sessions();
    assert_eq!(digest_tables(database, &[]), before);
    finished
}

/// The next load must succeed.
fn assert_loads(database: &Database) {
    load(database, &["--full"], &fixture("sample.zip")).assert_counts_add_up();
    assert_same_contents(&Database::with_sample(), database, BOOKKEEPING_COLUMNS);
}

const COPYING: &str = "COPY ntsb_staging";
const INGESTING: &str = "CALL ntsb_ingest";

fn blocking_lock(step: &str) -> &'static str {
    match step {
        COPYING => "LOCK TABLE ntsb_staging.flight_crew IN ACCESS EXCLUSIVE MODE",
        _ => "LOCK TABLE ntsb.findings IN ACCESS EXCLUSIVE MODE",
    }
}

fn assert_fails_with(finished: &ProcessOutput, code: i32, messages: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.all_output());
    for message in messages.iter().chain(&["nothing of"]) {
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
    }
}

#[test]
fn an_interrupt_cancels_the_statement_on_the_server() {
    let database = Database::empty_warehouse();
    let cases = [(COPYING, SIGINT, 130), (INGESTING, SIGINT, 130), (INGESTING, SIGTERM, 143)];
    for (step, number, code) in cases {
        let finished =
            end_load_in(step, &database, |load, _, _| assert!(send_signal(load.id(), number)));
        assert_fails_with(&finished, code, &["interrupted"]);
    }
    assert_loads(&database);
}

#[test]
fn a_terminated_load_is_not_retried() {
    let database = Database::empty_warehouse();
    for step in [COPYING, INGESTING] {
        let finished = end_load_in(step, &database, |_, administrator, backend| {
            administrator.execute("SELECT pg_terminate_backend($1)", &[&backend]).unwrap();
        });
        let messages = ["administrator command", "SQLSTATE: 57P01", "hint: An administrator"];
        assert_fails_with(&finished, 4, &messages);
        assert!(!finished.stderr.contains("retrying"), "{}", finished.stderr);
    }
    assert_loads(&database);
}

#[test]
fn a_cancelled_load_reports_why() {
    let database = Database::empty_warehouse();
    let finished = end_load_in(INGESTING, &database, |_, administrator, backend| {
        administrator.execute("SELECT pg_cancel_backend($1)", &[&backend]).unwrap();
    });
    assert_fails_with(
        &finished,
        1,
        &["SQLSTATE: 57014", "hint: An administrator cancelled the statement"],
    );
    assert_loads(&database);
}

#[test]
fn a_statement_timeout_is_reported_with_a_hint() {
    let database = Database::empty_warehouse();
    let before = digest_tables(&database, &[]);
    for timeout in ["20ms", "150ms"] {
        let mut load = load_command(&database, &["--full"], &fixture("sample.zip"));
        load.env("PGOPTIONS", format!("-c statement_timeout={timeout}"));
        let finished = run(load);
        let messages =
            ["statement timeout", "SQLSTATE: 57014", "PGOPTIONS='-c statement_timeout=0'"];
        assert_fails_with(&finished, 1, &messages);
        assert_eq!(digest_tables(&database, &[]), before);
    }
    // The solution in the hint overrides a limit of the database.
    let name = &database.name;
    database.execute(&format!("ALTER DATABASE {name} SET statement_timeout = '20ms'"));
    let mut load = load_command(&database, &["--full"], &fixture("sample.zip"));
    load.env("PGOPTIONS", "-c statement_timeout=0");
    assert_eq!(run(load).code, Some(0));
}

#[test]
fn an_interrupt_during_a_retry_delay_ends_the_command() {
    let database = Database::empty_warehouse();
    let mut blocked = load_command(&database, &["--full"], &fixture("sample.zip"));
    // Nothing listens on this port, so the command waits between attempts.
    blocked.env("PGPORT", "1");
    let running = ChildProcess::start(blocked);
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    assert!(send_signal(running.id(), SIGINT));
    assert_fails_with(&running.finish(), 130, &["interrupted"]);
    assert!(start.elapsed() < Duration::from_secs(1));
}
