//! Kills the client, its backend or the whole server at random times during a load.

use std::thread::sleep;
use std::time::{Duration, Instant};

use libc::SIGKILL;
use ntsb_tests::announce;
use ntsb_tests::cli::{load, load_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fault_schedule::FaultSchedule;
use ntsb_tests::process::{ChildProcess, send_signal};
use ntsb_tests::wait_for;
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, Contents, digest_tables};

use super::load_series::{FULL_OPTIONS, File, series};

/// Options of a load without retries.
const NO_RETRY_OPTIONS: &[&str] =
    &["--full", "--no-refresh", "--allow-withdraw", "1000", "--attempts", "1"];

/// The contents of a warehouse and its batches.
#[derive(PartialEq, Debug)]
struct State {
    contents: Contents,
    batches: Vec<String>,
}

fn read_state(database: &Database) -> State {
    let batches = "SELECT j::text FROM ntsb.batch j
                    UNION ALL SELECT j::text FROM ntsb.batch_table j ORDER BY 1";
    State { contents: digest_tables(database, &[]), batches: database.query_column(batches, &[]) }
}

/// The number of rows in the staging tables. Also checks that the tables are readable after a crash.
fn count_staged_rows(database: &Database) -> i64 {
    let tables: Vec<String> = database.query_column(
        "SELECT oid::regclass::text FROM pg_class
         WHERE relnamespace = 'ntsb_staging'::regnamespace AND relpersistence = 'u'",
        &[],
    );
    assert!(tables.len() >= 20, "{tables:?}");
    let counts: Vec<_> =
        tables.iter().map(|table| format!("SELECT count(*) FROM {table}")).collect();
    database.query_column::<i64>(&counts.join(" UNION ALL "), &[]).iter().sum()
}

/// Kills each load of the series once and checks that it is complete or has no effect. Then loads the file.
fn kill_each_load(
    target: &str,
    cluster: &mut Cluster,
    kill: fn(&mut Cluster, ChildProcess, Duration),
) {
    let start = Instant::now();
    let database = cluster.warehouse();
    let files = &series().files;
    let mut schedule = FaultSchedule::new(target, files.len());
    let (mut done, mut last_duration) = (0, Duration::MAX);
    for File { path, duration, after } in files {
        let before = read_state(&database);
        let delay = schedule.next_delay(last_duration.min(*duration));
        let running = ChildProcess::start(load_command(&database, NO_RETRY_OPTIONS, path));
        kill(cluster, running, delay);
        database.wait_for_other_sessions();
        let name = format!("{target} killed {delay:?} into {}", path.display());
        done += usize::from(is_stored(&database, &before, after, &name));
        let start = Instant::now();
        load(&database, FULL_OPTIONS, path).assert_counts_add_up();
        last_duration = start.elapsed();
        assert_eq!(digest_tables(&database, BOOKKEEPING_COLUMNS), *after, "{name}");
    }
    let kills = files.len();
    announce(&format!(
        "{target}: {kills} killed, {done} of them after the commit; {:?}",
        start.elapsed()
    ));
    assert!(done < kills / 2, "most kills came after the commit");
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

/// Whether the load is stored. Fails if it is stored only in part.
fn is_stored(database: &Database, before: &State, after: &Contents, name: &str) -> bool {
    assert_eq!(count_staged_rows(database), 0, "{name}: rows left in staging");
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0, "{name}");
    let is_stored = read_state(database) != *before;
    if is_stored {
        assert_eq!(
            digest_tables(database, BOOKKEEPING_COLUMNS),
            *after,
            "{name}: stored only in part"
        );
    }
    is_stored
}

#[test]
fn a_killed_client_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each_load("client", &mut cluster, |_, client, delay| {
        sleep(delay);
        client.kill();
    });
}

#[test]
fn a_killed_backend_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each_load("backend", &mut cluster, |cluster, client, delay| {
        let code = kill_backend(cluster, client, delay);
        assert!([Some(0), Some(4)].contains(&code));
    });
    kill_releases(&mut cluster);
}

/// Kills the backend of a program. The server then ends all sessions and recovers. Returns the program's exit
/// code.
fn kill_backend(cluster: &mut Cluster, mut program: ChildProcess, delay: Duration) -> Option<i32> {
    let mut observer = cluster.server().connect("postgres");
    sleep(delay);
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ntsb'
               AND backend_type = 'client backend'";
    let backend: Option<i32> = wait_for("session", 120, || {
        let session = observer.query_opt(sql, &[]).unwrap().map(|row| Some(row.get(0)));
        session.or_else(|| program.has_exited().then_some(None))
    });
    let was_killed = backend.is_some_and(|pid| send_signal(pid.try_into().unwrap(), SIGKILL));
    let finished = program.finish();
    if was_killed {
        // The server accepts queries until it has noticed the crash.
        wait_for("crash", 120, || observer.batch_execute("SELECT 1").is_err().then_some(()));
    }
    cluster.wait_for_recovery();
    finished.code
}

#[test]
fn a_killed_server_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each_load("server", &mut cluster, |cluster, client, delay| {
        sleep(delay);
        cluster.kill();
        let client = client.finish();
        assert!([Some(0), Some(4)].contains(&client.code), "{}", client.all_output());
        cluster.start_postgres();
    });
}

const RELEASED_EVENTS: &str =
    "ntsb.staging_quarantine WHERE status = 'released' AND table_name = 'events'";

/// Kills releases from the quarantine at random times.
fn kill_releases(cluster: &mut Cluster) {
    let undisturbed = cluster.copy_warehouse("undisturbed");
    let database = cluster.warehouse();
    let quarantined: Vec<i64> = database.query_column(
        "SELECT quarantine_id FROM ntsb.staging_quarantine
         WHERE status = 'held' AND table_name = 'events' ORDER BY 1 LIMIT 4",
        &[],
    );
    let mut schedule = FaultSchedule::new("release", 4);
    for id in quarantined {
        let release =
            format!("SELECT ntsb_release_quarantine({id}, '{{\"ev_date\": \"01/05/19\"}}')");
        let start = Instant::now();
        undisturbed.execute(&release);
        let delay = schedule.next_delay(start.elapsed());
        let before = read_state(&database);
        let mut psql = cluster.server().command("psql", &database.name);
        psql.env("PGAPPNAME", "ntsb").args(["-Xqc", &release]);
        kill_backend(cluster, ChildProcess::start(psql), delay);
        if read_state(&database) == before {
            database.execute(&release);
        }
        // The decision contains the batch_id, which differs.
        let without = [BOOKKEEPING_COLUMNS, &["decision", "decided_at"]].concat();
        assert_eq!(
            digest_tables(&database, &without),
            digest_tables(&undisturbed, &without),
            "{release}"
        );
    }
    assert_eq!(database.count_rows(RELEASED_EVENTS), 4);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

/// The staging tables are unlogged, so rows that were staged by hand are lost in a crash.
#[test]
fn staged_rows_are_lost_in_a_crash_and_their_batch_is_refused() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    database.execute(
        "SELECT ntsb_begin_batch('by hand');
         INSERT INTO ntsb_staging.events (ev_id) VALUES ('20080115X00050')",
    );
    assert_eq!(count_staged_rows(&database), 1);
    cluster.kill();
    cluster.start_postgres();
    assert_eq!(count_staged_rows(&database), 0);
    let error = database.connect().batch_execute("CALL ntsb_ingest(1)").unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(error.code().code(), "55000");
    assert!(error.hint().unwrap().contains("load the file again"), "{error:?}");
    let File { path, after, .. } = &series().files[0];
    let report = load(&database, FULL_OPTIONS, path);
    assert_eq!(report.warnings, [""; 0]);
    assert_eq!(digest_tables(&database, BOOKKEEPING_COLUMNS), *after);
}
