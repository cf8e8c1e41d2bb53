//! A load that somebody ends: its user, a timeout, an administrator.

use std::time::{Duration, Instant};

use libc::{SIGINT, SIGTERM};
use ntsb_tests::contents::{BOOKKEEPING, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::{Finished, Running, run, signal};
use ntsb_tests::{fixture, wait_for};
use postgres::Client;

/// Ends a load of the sample in a step, and says how that ended it. Fails if anything of it is left.
fn end_in(
    step: &str,
    database: &Database,
    end: impl FnOnce(&Running, &mut Client, i32),
) -> Finished {
    let nothing = contents(database, &[]);
    let mut observer = database.connect();
    let mut holder = database.connect();
    let mut hold = holder.transaction().unwrap();
    // The load stays in this step, however quick the machine is.
    hold.batch_execute(obstacle(step)).unwrap();
    let running = Running::start(load_command(database, &["--full"], &fixture("sample.zip")));
    let backend: i32 = wait_for(step, 120, || {
        let sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'ntsb' AND starts_with(query, $1) AND state = 'active'
                   AND wait_event_type = 'Lock'";
        observer.query_opt(sql, &[&step]).unwrap().map(|row| row.get(0))
    });
    let start = Instant::now();
    end(&running, &mut observer, backend);
    let finished = running.finish();
    assert!(start.elapsed() < Duration::from_secs(9), "it took {:?}", start.elapsed());
    // While the obstacle stands, so that its session cannot have come to its end by itself.
    wait_for("end of its session's work", 8, || {
        let at_work = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state <> 'idle'";
        observer.query(at_work, &[&backend]).unwrap().is_empty().then_some(())
    });
    hold.rollback().unwrap();
    drop((holder, observer));
    database.wait_until_quiet();
    assert_eq!(contents(database, &[]), nothing);
    finished
}

/// The next load is as if nothing had been.
fn assert_loads(database: &Database) {
    load(database, &["--full"], &fixture("sample.zip")).assert_nothing_lost();
    assert_same(&Database::with_sample(), database, BOOKKEEPING);
}

const COPYING: &str = "COPY ntsb_staging";
const INGESTING: &str = "CALL ntsb_ingest";

fn obstacle(step: &str) -> &'static str {
    match step {
        COPYING => "LOCK TABLE ntsb_staging.flight_crew IN ACCESS EXCLUSIVE MODE",
        _ => "LOCK TABLE ntsb.findings IN ACCESS EXCLUSIVE MODE",
    }
}

fn assert_says(finished: &Finished, code: i32, what: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.said());
    for said in what.iter().chain(&["nothing of"]) {
        assert!(finished.stderr.contains(said), "no {said:?} in {}", finished.stderr);
    }
}

#[test]
fn an_interrupted_load_ends_on_the_server_too() {
    let database = Database::blank();
    let cases = [(COPYING, SIGINT, 130), (INGESTING, SIGINT, 130), (INGESTING, SIGTERM, 143)];
    for (step, number, code) in cases {
        let finished = end_in(step, &database, |load, _, _| assert!(signal(load.id(), number)));
        assert_says(&finished, code, &["interrupted"]);
    }
    assert_loads(&database);
}

#[test]
fn a_load_whose_session_is_ended_says_so_and_does_not_begin_again() {
    let database = Database::blank();
    for step in [COPYING, INGESTING] {
        let finished = end_in(step, &database, |_, administrator, backend| {
            administrator.execute("SELECT pg_terminate_backend($1)", &[&backend]).unwrap();
        });
        let said = ["administrator command", "SQLSTATE: 57P01", "hint: An administrator"];
        assert_says(&finished, 4, &said);
        assert!(!finished.stderr.contains("anew"), "{}", finished.stderr);
    }
    assert_loads(&database);
}

#[test]
fn a_cancelled_load_says_so() {
    let database = Database::blank();
    let finished = end_in(INGESTING, &database, |_, administrator, backend| {
        administrator.execute("SELECT pg_cancel_backend($1)", &[&backend]).unwrap();
    });
    assert_says(&finished, 1, &["SQLSTATE: 57014", "hint: Either an administrator cancelled it"]);
    assert_loads(&database);
}

#[test]
fn a_load_beyond_the_timeout_of_statements_says_which() {
    let database = Database::blank();
    let nothing = contents(&database, &[]);
    for timeout in ["20ms", "150ms"] {
        let mut load = load_command(&database, &["--full"], &fixture("sample.zip"));
        load.env("PGOPTIONS", format!("-c statement_timeout={timeout}"));
        let finished = run(load);
        let said = ["statement timeout", "SQLSTATE: 57014", "PGOPTIONS='-c statement_timeout=0'"];
        assert_says(&finished, 1, &said);
        assert_eq!(contents(&database, &[]), nothing);
    }
    // The way out that it names, where the role has a limit.
    let name = &database.name;
    database.execute(&format!("ALTER DATABASE {name} SET statement_timeout = '20ms'"));
    let mut load = load_command(&database, &["--full"], &fixture("sample.zip"));
    load.env("PGOPTIONS", "-c statement_timeout=0");
    assert_eq!(run(load).code, Some(0));
}

#[test]
fn an_interrupt_before_there_is_a_session_ends_the_command_at_once() {
    let database = Database::blank();
    let mut blocked = load_command(&database, &["--full"], &fixture("sample.zip"));
    // Nobody listens: it waits between its attempts.
    blocked.env("PGPORT", "1");
    let running = Running::start(blocked);
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    assert!(signal(running.id(), SIGINT));
    assert_says(&running.finish(), 130, &["interrupted"]);
    assert!(start.elapsed() < Duration::from_secs(1));
}
