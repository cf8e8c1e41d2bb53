//! Reads spread over replicas and PgBouncer.

mod pooler;
mod promotion;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::{announce, fixture, wait_for};

use crate::service::{Service, create_roles};

const PERIOD: Duration = Duration::from_secs(6);
const READERS: usize = 8;
const PATHS: [&str; 4] = [
    "/api/v1/events?limit=20&state=AK",
    "/api/v1/search?q=engine+power&limit=10",
    "/api/v1/stats/yearly?from_year=1990",
    "/api/v1/events/20240914902470",
];

fn figure(text: &str) {
    announce(&format!("figure: replicas: {text}"));
}

/// Reads of several threads, and how they ended.
#[derive(Default)]
struct Reads {
    answered: AtomicUsize,
    failed: AtomicUsize,
}

impl Reads {
    fn run(&self, service: &Service, stop: &AtomicBool) {
        for n in 0.. {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            let response = service.get(PATHS[n % PATHS.len()]);
            assert!([200, 503].contains(&response.status), "{}", response.text());
            let counter = if response.status == 200 { &self.answered } else { &self.failed };
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Reads with `READERS` threads while `action` runs. Returns answered and failed requests.
fn read_during(service: &Service, action: impl FnOnce()) -> (usize, usize) {
    let (reads, stop) = (Reads::default(), AtomicBool::new(false));
    scope(|scope| {
        let _stop = StopOnDrop(&stop);
        for _ in 0..READERS {
            scope.spawn(|| reads.run(service, &stop));
        }
        action();
    });
    (reads.answered.into_inner(), reads.failed.into_inner())
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Transactions of the service on a server so far. The service commits one per request.
fn count_commits(database: &Database) -> i64 {
    database.execute("SELECT pg_stat_clear_snapshot()");
    database.query_value("SELECT xact_commit FROM pg_stat_database WHERE datname = 'ntsb'")
}

fn connection(cluster: &Cluster) -> String {
    format!("host={} port=5432 user=ntsb_rest_test dbname=ntsb", cluster.folder().display())
}

fn wait_for_healthy(service: &Service, count: usize) -> f64 {
    let start = Instant::now();
    let line = format!("database_replicas_well {count}");
    wait_for(&line, 60, || service.get("/metrics").text().contains(&line).then_some(()));
    start.elapsed().as_secs_f64()
}

#[test]
fn reads_are_spread_and_survive_lag_and_loss() {
    let primary = Cluster::start(&[]);
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    create_roles(&database);
    let (mut first, mut second) = (primary.start_standby(), primary.start_standby());
    let replicas = format!("[{:?}, {:?}]", connection(&first), connection(&second));
    let settings =
        [("replicas", replicas.as_str()), ("replica_lag_seconds", "1"), ("cache_bytes", "0")];
    let alone = Service::start(&database, &[("cache_bytes", "0")]);
    let (answered, failed) = read_during(&alone, || std::thread::sleep(PERIOD));
    assert_eq!(failed, 0);
    let rate = |answered: usize| answered as f64 / PERIOD.as_secs_f64();
    figure(&format!("primary alone: {:.0} reads/s by {READERS} clients", rate(answered)));
    drop(alone);

    let service = Service::start(&database, &settings);
    wait_for_healthy(&service, 2);
    let servers = [database, first.warehouse(), second.warehouse()];
    let before: Vec<i64> = servers.iter().map(count_commits).collect();
    let (answered, failed) = read_during(&service, || std::thread::sleep(PERIOD));
    assert_eq!(failed, 0);
    // Sessions report their counts at most once a second.
    std::thread::sleep(Duration::from_secs(2));
    let counts = servers.iter().zip(before).map(|(server, before)| count_commits(server) - before);
    let counts: Vec<i64> = counts.collect();
    let share = |n: usize| 100.0 * counts[n] as f64 / counts.iter().sum::<i64>() as f64;
    figure(&format!(
        "two standbys: {:.0} reads/s; transactions on primary {:.0} %, standbys {:.0} % and {:.0} % (all on one machine \
         with two cores: the share matters, not the sum)",
        rate(answered),
        share(0),
        share(1),
        share(2)
    ));
    assert!(share(1) > 30.0 && share(2) > 30.0 && share(0) < 30.0, "{counts:?}");

    // A standby that falls behind is left out, and no reader sees an old answer after that.
    let events = |server: &Database| server.count_rows("ntsb.fact_accidents");
    let old = events(&servers[0]);
    servers[1].execute("SELECT pg_wal_replay_pause()");
    let (_, failed) = read_during(&service, || {
        load(&servers[0], &[], &fixture("up08NOV.zip"));
        let excluded = wait_for_healthy(&service, 1);
        figure(&format!(
            "a standby that stopped replaying is left out {excluded:.1} s after the load"
        ));
    });
    assert_eq!(failed, 0);
    let new = events(&servers[0]);
    assert_ne!(old, new);
    for _ in 0..50 {
        assert_eq!(service.get("/api/v1/stats/summary").json()["events"], new);
    }
    assert_eq!(events(&servers[1]), old);
    servers[1].execute("SELECT pg_wal_replay_resume()");
    figure(&format!("used again {:.1} s after it resumes", wait_for_healthy(&service, 2)));

    // A standby that dies costs the requests that it was answering, at most one of each client.
    let (answered, failed) = read_during(&service, || {
        second.kill();
        wait_for_healthy(&service, 1);
        first.kill();
        wait_for_healthy(&service, 0);
    });
    figure(&format!(
        "both standbys killed one after the other: {failed} of {} reads failed (those under way: 503)",
        answered + failed
    ));
    assert!(failed <= 2 * READERS, "{failed} requests failed");
    let (_, failed) = read_during(&service, || std::thread::sleep(Duration::from_secs(2)));
    assert_eq!(failed, 0, "without standbys");
    first.start_postgres();
    second.start_postgres();
    figure(&format!("both used again {:.1} s after their start", wait_for_healthy(&service, 2)));
}
