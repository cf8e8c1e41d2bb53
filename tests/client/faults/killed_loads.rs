//! Killed without a word, at moments all over a load: the client, its backend, the whole server.

use std::thread::sleep;
use std::time::{Duration, Instant};

use libc::SIGKILL;
use ntsb_tests::announce;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::contents::{BOOKKEEPING, Contents, contents};
use ntsb_tests::database::Database;
use ntsb_tests::fault_schedule::Moments;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::{Running, signal};
use ntsb_tests::wait_for;

use super::series::{FULL, File, series};

/// A load that gives up when its connection breaks.
const ONCE: &[&str] = &["--full", "--no-refresh", "--allow-withdraw", "1000", "--attempts", "1"];

/// Everything that is kept of a warehouse.
#[derive(PartialEq, Debug)]
struct State {
    contents: Contents,
    journals: Vec<String>,
}

fn state(database: &Database) -> State {
    let journals = "SELECT j::text FROM ntsb.batch j
                    UNION ALL SELECT j::text FROM ntsb.batch_table j ORDER BY 1";
    State { contents: contents(database, &[]), journals: database.column(journals, &[]) }
}

/// Rows in the staging tables; after a crash of the server, reading them tells whether they are
/// whole.
fn staged(database: &Database) -> i64 {
    let tables: Vec<String> = database.column(
        "SELECT oid::regclass::text FROM pg_class
         WHERE relnamespace = 'ntsb_staging'::regnamespace AND relpersistence = 'u'",
        &[],
    );
    assert!(tables.len() >= 20, "{tables:?}");
    let counts: Vec<_> =
        tables.iter().map(|table| format!("SELECT count(*) FROM {table}")).collect();
    database.column::<i64>(&counts.join(" UNION ALL "), &[]).iter().sum()
}

/// Kills each load of the series once, sees that it has happened wholly or not at all, and loads
/// what was not loaded.
fn kill_each(what: &str, cluster: &mut Cluster, kill: fn(&mut Cluster, Running, Duration)) {
    let start = Instant::now();
    let database = cluster.warehouse();
    let files = &series().files;
    let mut moments = Moments::draw(what, files.len());
    let (mut done, mut last) = (0, Duration::MAX);
    for File { path, length, after } in files {
        let before = state(&database);
        let moment = moments.next(last.min(*length));
        let running = Running::start(load_command(&database, ONCE, path));
        kill(cluster, running, moment);
        database.wait_until_quiet();
        let name = format!("{what} killed {moment:?} into {}", path.display());
        done += usize::from(is_done(&database, &before, after, &name));
        let start = Instant::now();
        load(&database, FULL, path).assert_nothing_lost();
        last = start.elapsed();
        assert_eq!(contents(&database, BOOKKEEPING), *after, "{name}");
    }
    let kills = files.len();
    announce(&format!(
        "{what}: {kills} killed, {done} of them after their end; {:?}",
        start.elapsed()
    ));
    assert!(done < kills / 2, "most were killed too late");
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

/// Whether the load has happened; fails if it has in part.
fn is_done(database: &Database, before: &State, after: &Contents, name: &str) -> bool {
    assert_eq!(staged(database), 0, "{name}: rows left in staging");
    assert_eq!(database.count("ntsb_verify_change_log()"), 0, "{name}");
    let is_done = state(database) != *before;
    if is_done {
        assert_eq!(contents(database, BOOKKEEPING), *after, "{name}: happened in part");
    }
    is_done
}

#[test]
fn a_client_killed_at_any_moment_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each("client", &mut cluster, |_, client, moment| {
        sleep(moment);
        client.kill();
    });
}

#[test]
fn a_backend_killed_at_any_moment_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each("backend", &mut cluster, |cluster, client, moment| {
        let code = kill_backend(cluster, client, moment);
        assert!([Some(0), Some(4)].contains(&code));
    });
    kill_releases(&mut cluster);
}

/// Kills the session of a program, so that the server ends all others as well and recovers. Gives
/// the program's exit code.
fn kill_backend(cluster: &mut Cluster, mut program: Running, moment: Duration) -> Option<i32> {
    let mut observer = cluster.server().connect("postgres");
    sleep(moment);
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ntsb'
               AND backend_type = 'client backend'";
    let backend: Option<i32> = wait_for("session", 120, || {
        let session = observer.query_opt(sql, &[]).unwrap().map(|row| Some(row.get(0)));
        session.or_else(|| program.has_ended().then_some(None))
    });
    let was_killed = backend.is_some_and(|pid| signal(pid.try_into().unwrap(), SIGKILL));
    let finished = program.finish();
    if was_killed {
        // Before it has noticed, the server lets others in as ever.
        wait_for("crash", 120, || observer.batch_execute("SELECT 1").is_err().then_some(()));
    }
    cluster.recover();
    finished.code
}

#[test]
fn a_server_killed_at_any_moment_leaves_all_or_nothing() {
    let mut cluster = Cluster::start(&[]);
    kill_each("server", &mut cluster, |cluster, client, moment| {
        sleep(moment);
        cluster.kill();
        let client = client.finish();
        assert!([Some(0), Some(4)].contains(&client.code), "{}", client.said());
        cluster.run();
    });
}

const RELEASED: &str =
    "ntsb.staging_quarantine WHERE status = 'released' AND table_name = 'events'";

/// Kills releases from the quarantine at moments all over them.
fn kill_releases(cluster: &mut Cluster) {
    let undisturbed = cluster.copy_of_warehouse("undisturbed");
    let database = cluster.warehouse();
    let held: Vec<i64> = database.column(
        "SELECT quarantine_id FROM ntsb.staging_quarantine
         WHERE status = 'held' AND table_name = 'events' ORDER BY 1 LIMIT 4",
        &[],
    );
    let mut moments = Moments::draw("release", 4);
    for id in held {
        let release =
            format!("SELECT ntsb_release_quarantine({id}, '{{\"ev_date\": \"01/05/19\"}}')");
        let start = Instant::now();
        undisturbed.execute(&release);
        let moment = moments.next(start.elapsed());
        let before = state(&database);
        let mut psql = cluster.server().command("psql", &database.name);
        psql.env("PGAPPNAME", "ntsb").args(["-Xqc", &release]);
        kill_backend(cluster, Running::start(psql), moment);
        if state(&database) == before {
            database.execute(&release);
        }
        // A decision names its batch.
        let without = [BOOKKEEPING, &["decision", "decided_at"]].concat();
        assert_eq!(contents(&database, &without), contents(&undisturbed, &without), "{release}");
    }
    assert_eq!(database.count(RELEASED), 4);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

/// A load that begins by COPY alone may leave its rows behind: staging is not logged.
#[test]
fn staged_rows_are_gone_after_a_crash_and_nothing_takes_them_for_a_load() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    database.execute(
        "SELECT ntsb_begin_batch('by hand');
         INSERT INTO ntsb_staging.events (ev_id) VALUES ('20080115X00050')",
    );
    assert_eq!(staged(&database), 1);
    cluster.kill();
    cluster.run();
    assert_eq!(staged(&database), 0);
    let error = database.connect().batch_execute("CALL ntsb_ingest(1)").unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(error.code().code(), "55000");
    assert!(error.hint().unwrap().contains("load the file again"), "{error:?}");
    let File { path, after, .. } = &series().files[0];
    let report = load(&database, FULL, path);
    assert_eq!(report.warnings, [""; 0]);
    assert_eq!(contents(&database, BOOKKEEPING), *after);
}
