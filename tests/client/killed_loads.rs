//! A load that is killed at any moment has not happened.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ntsb_tests::contents::{BOOKKEEPING, Contents, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::Running;
use ntsb_tests::server::server;
use ntsb_tests::{fixture, wait_for};

/// A step of a load, as the start of the statement that the server shows, and how long after its
/// beginning the load is killed.
type Moment = (&'static str, Duration);

const BEGINNING: &str = "SELECT ntsb_internal.lock_ingest";
const COPYING: &str = "COPY ntsb_staging";
const INGESTING: &str = "CALL ntsb_ingest";

/// The last of them come after the end on a quick machine, which is as good a moment.
const MOMENTS: [Moment; 7] = [
    (BEGINNING, Duration::ZERO),
    (COPYING, Duration::ZERO),
    (COPYING, Duration::from_millis(40)),
    (INGESTING, Duration::ZERO),
    (INGESTING, Duration::from_millis(100)),
    (INGESTING, Duration::from_millis(600)),
    (INGESTING, Duration::from_millis(1500)),
];

/// What a load has to wait for in the steps that are over too soon to be met by chance.
fn obstacle(step: &str) -> &'static str {
    match step {
        BEGINNING => "SELECT pg_advisory_xact_lock(x'6e747362'::int, 1)",
        COPYING => "LOCK TABLE ntsb_staging.flight_crew IN ACCESS EXCLUSIVE MODE",
        _ => "SELECT 1",
    }
}

/// Starts a load of the sample and kills it at a moment.
fn kill_at(database: &Database, (step, delay): Moment) {
    let mut holder = database.connect();
    let mut hold = holder.transaction().unwrap();
    hold.batch_execute(obstacle(step)).unwrap();
    let mut running = Running::start(load_command(database, &["--full"], &fixture("sample.zip")));
    let mut observer = server().connect("postgres");
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = $1 AND application_name = 'ntsb' AND starts_with(query, $2)";
    wait_for(step, 30, || {
        let seen: i64 = observer.query_one(sql, &[&database.name, &step]).unwrap().get(0);
        (seen > 0 || running.has_ended()).then_some(())
    });
    sleep(delay);
    running.kill();
    hold.rollback().unwrap();
}

/// Whether the sample is there; fails if anything else has changed since `nothing`.
fn is_loaded(database: &Database, nothing: &Contents, moment: Moment) -> bool {
    assert_eq!(database.count("ntsb_staging.events"), 0, "{moment:?}: rows left in staging");
    let is_loaded = database.count("ntsb.batch") > 0;
    if !is_loaded {
        assert_eq!(contents(database, &[]), *nothing, "{moment:?}");
    }
    is_loaded
}

#[test]
fn a_killed_load_leaves_nothing_and_the_next_one_is_whole() {
    let undisturbed = Database::with_sample();
    let mut database = Database::blank();
    let nothing = contents(&database, &[]);
    for moment in MOMENTS {
        kill_at(&database, moment);
        // The server may notice only when it has something to say to the client.
        database.wait_until_quiet();
        if is_loaded(&database, &nothing, moment) {
            assert_eq!(moment.0, INGESTING, "loaded, though killed at {moment:?}");
            assert_same(&undisturbed, &database, BOOKKEEPING);
            database = Database::blank();
        }
    }
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    report.assert_nothing_lost();
    assert_same(&undisturbed, &database, BOOKKEEPING);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_load_right_after_a_killed_one_waits_for_its_end() {
    let (undisturbed, database) = (Database::with_sample(), Database::blank());
    kill_at(&database, (INGESTING, Duration::from_millis(50)));
    let start = Instant::now();
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    assert!(start.elapsed() < Duration::from_secs(60));
    report.assert_nothing_lost();
    assert_same(&undisturbed, &database, BOOKKEEPING);
}

#[test]
fn a_killed_increment_leaves_what_was_there() {
    let database = Database::with_sample();
    let before = contents(&database, &[]);
    let file = fixture("up08NOV.zip");
    let mut running = Running::start(load_command(&database, &["--force"], &file));
    let mut observer = server().connect(&database.name);
    wait_for("load under way", 30, || {
        let locked = "SELECT 1 FROM pg_locks WHERE relation = 'ntsb.events'::regclass";
        let seen = !observer.query(locked, &[]).unwrap().is_empty();
        (seen || running.has_ended()).then_some(())
    });
    running.kill();
    drop(observer);
    database.wait_until_quiet();
    if database.count("ntsb.batch") == 1 {
        assert_eq!(contents(&database, &[]), before);
    }
    load(&database, &[], &file);
    let undisturbed = Database::with_sample();
    load(&undisturbed, &[], &file);
    assert_same(&undisturbed, &database, BOOKKEEPING);
}
