//! A load killed at any time leaves nothing behind.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ntsb_tests::cli::{load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::ChildProcess;
use ntsb_tests::server::test_server;
use ntsb_tests::warehouse_contents::{
    BOOKKEEPING_COLUMNS, Contents, assert_same_contents, digest_tables,
};
use ntsb_tests::{fixture, wait_for};

/// A step of a load, as the start of its statement in pg_stat_activity, and the time from then to the kill.
type KillPoint = (&'static str, Duration);

const LOCKING: &str = "SELECT ntsb_internal.lock_ingest";
const COPYING: &str = "COPY ntsb_staging";
const INGESTING: &str = "CALL ntsb_ingest";

/// On a fast machine the load has ended before the last of them, which is a valid case, too.
const KILL_POINTS: [KillPoint; 7] = [
    (LOCKING, Duration::ZERO),
    (COPYING, Duration::ZERO),
    (COPYING, Duration::from_millis(40)),
    (INGESTING, Duration::ZERO),
    (INGESTING, Duration::from_millis(100)),
    (INGESTING, Duration::from_millis(600)),
    (INGESTING, Duration::from_millis(1500)),
];

/// A lock that stops a load in a step that would otherwise be too short to hit.
fn blocking_lock(step: &str) -> &'static str {
    match step {
        LOCKING => "SELECT pg_advisory_xact_lock(x'6e747362'::int, 1)",
        COPYING => "LOCK TABLE ntsb_staging.flight_crew IN ACCESS EXCLUSIVE MODE",
        _ => "SELECT 1",
    }
}

/// Starts a load of the sample and kills it.
fn kill_at(database: &Database, (step, delay): KillPoint) {
    let mut holder = database.connect();
    let mut lock = holder.transaction().unwrap();
    lock.batch_execute(blocking_lock(step)).unwrap();
    let mut running =
        ChildProcess::start(load_command(database, &["--full"], &fixture("sample.zip")));
    let mut observer = test_server().connect("postgres");
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = $1 AND application_name = 'ntsb' AND starts_with(query, $2)";
    wait_for(step, 30, || {
        let seen: i64 = observer.query_one(sql, &[&database.name, &step]).unwrap().get(0);
        (seen > 0 || running.has_exited()).then_some(())
    });
    sleep(delay);
    running.kill();
    lock.rollback().unwrap();
}

/// Whether the sample is loaded. Fails if it is not and the contents differ from `blank`.
fn is_loaded(database: &Database, blank: &Contents, kill_point: KillPoint) -> bool {
    assert_eq!(
        database.count_rows("ntsb_staging.events"),
        0,
        "{kill_point:?}: rows left in staging"
    );
    let is_loaded = database.count_rows("ntsb.batch") > 0;
    if !is_loaded {
        assert_eq!(digest_tables(database, &[]), *blank, "{kill_point:?}");
    }
    is_loaded
}

#[test]
fn a_killed_load_leaves_nothing_and_the_next_one_succeeds() {
    let undisturbed = Database::with_sample();
    let mut database = Database::empty_warehouse();
    let blank = digest_tables(&database, &[]);
    for kill_point in KILL_POINTS {
        kill_at(&database, kill_point);
        // The server may notice the kill only when it writes to the client.
        database.wait_for_other_sessions();
        if is_loaded(&database, &blank, kill_point) {
            assert_eq!(kill_point.0, INGESTING, "loaded, though killed at {kill_point:?}");
            assert_same_contents(&undisturbed, &database, BOOKKEEPING_COLUMNS);
            database = Database::empty_warehouse();
        }
    }
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    report.assert_counts_add_up();
    assert_same_contents(&undisturbed, &database, BOOKKEEPING_COLUMNS);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_load_right_after_a_killed_one_waits_for_its_rollback() {
    let (undisturbed, database) = (Database::with_sample(), Database::empty_warehouse());
    kill_at(&database, (INGESTING, Duration::from_millis(50)));
    let start = Instant::now();
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    assert!(start.elapsed() < Duration::from_secs(60));
    report.assert_counts_add_up();
    assert_same_contents(&undisturbed, &database, BOOKKEEPING_COLUMNS);
}

#[test]
fn a_killed_increment_changes_nothing() {
    let database = Database::with_sample();
    let before = digest_tables(&database, &[]);
    let file = fixture("up08NOV.zip");
    let mut running = ChildProcess::start(load_command(&database, &["--force"], &file));
    let mut observer = test_server().connect(&database.name);
    wait_for("load under way", 30, || {
        let locked = "SELECT 1 FROM pg_locks WHERE relation = 'ntsb.events'::regclass";
        let seen = !observer.query(locked, &[]).unwrap().is_empty();
        (seen || running.has_exited()).then_some(())
    });
    running.kill();
    drop(observer);
    database.wait_for_other_sessions();
    if database.count_rows("ntsb.batch") == 1 {
        assert_eq!(digest_tables(&database, &[]), before);
    }
    load(&database, &[], &file);
    let undisturbed = Database::with_sample();
    load(&undisturbed, &[], &file);
    assert_same_contents(&undisturbed, &database, BOOKKEEPING_COLUMNS);
}
