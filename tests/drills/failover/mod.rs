//! A primary killed under load: Patroni on three nodes behind HAProxy.

mod nodes;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use ntsb_tests::cli::{LoadReport, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::ChildProcess;
use ntsb_tests::{announce, count_sample_events, fixture, wait_for};
use serde_json::json;

use crate::service::{Service, create_roles};
use nodes::Nodes;

/// Requests of the service that create an API key, and when each was acknowledged.
#[derive(Default)]
struct Writes {
    acknowledged: Mutex<Vec<(String, Instant)>>,
    refused: Mutex<Vec<Instant>>,
}

fn figure(text: &str) {
    announce(&format!("figure: failover: {text}"));
}

/// Creates API keys through the service until `stop` is set.
fn write(service: &Service, bearer: &str, writer: usize, writes: &Writes, stop: &AtomicBool) {
    let mut number = 0;
    while !stop.load(Ordering::SeqCst) {
        number += 1;
        let name = format!("writer {writer} key {number}");
        let headers = [("authorization", bearer)];
        let response = service.post("/api/v1/admin/api-keys", &headers, &json!({"name": name}));
        if response.status == 200 {
            writes.acknowledged.lock().unwrap().push((name, Instant::now()));
            sleep(Duration::from_millis(10));
        } else {
            assert!([503, 504].contains(&response.status), "{}", response.text());
            writes.refused.lock().unwrap().push(Instant::now());
            sleep(Duration::from_millis(100));
        }
    }
}

/// Whether a write was acknowledged after `moment`.
fn is_writing(writes: &Writes, moment: Instant) -> bool {
    writes.acknowledged.lock().unwrap().iter().any(|(_, at)| *at > moment)
}

/// The longest time without an acknowledged write since `moment`: its length and its end, in seconds. Acknowledgements
/// that were under way at that moment still arrive.
fn longest_pause(writes: &Writes, moment: Instant) -> (f64, f64) {
    let mut times: Vec<Instant> =
        writes.acknowledged.lock().unwrap().iter().map(|(_, at)| *at).collect();
    times.retain(|at| *at >= moment);
    times.push(moment);
    times.sort_unstable();
    let pauses = times.windows(2).map(|pair| {
        let length = pair[1].duration_since(pair[0]).as_secs_f64();
        (length, pair[1].duration_since(moment).as_secs_f64())
    });
    pauses.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default()
}

fn create_warehouse(nodes: &Nodes) -> Database {
    let database = nodes.database(nodes.primary_port);
    database.server.connect("postgres").batch_execute("CREATE DATABASE ntsb").unwrap();
    database.execute("CREATE EXTENSION pg_ntsb CASCADE; CALL ntsb_create_warehouse()");
    create_roles(&database);
    database
}

#[test]
fn a_killed_primary_loses_nothing_that_was_acknowledged() {
    let start = Instant::now();
    let Some(mut nodes) = Nodes::start() else { return };
    figure(&format!("three nodes up in {:.0} s", start.elapsed().as_secs_f64()));
    let database = create_warehouse(&nodes);
    let service = Service::start(&database, &[("pool_wait_ms", "1000")]);
    let bearer = service.create_bearer(&database, "admin", "premium");
    let (writes, stop) = (Writes::default(), AtomicBool::new(false));
    let first = nodes.find_primary().unwrap();

    scope(|scope| {
        // A panic must not leave the writers running.
        let _stop = StopOnDrop(&stop);
        for writer in 0..4 {
            let (service, bearer, writes, stop) = (&service, &bearer, &writes, &stop);
            scope.spawn(move || write(service, bearer, writer, writes, stop));
        }
        wait_for("writes", 60, || (writes.acknowledged.lock().unwrap().len() > 50).then_some(()));

        // The load is in the middle of its transaction when the node dies.
        let options = ["--full", "--json", "--attempts", "10"];
        let loading = load_command(&database, &options, &fixture("sample.zip"));
        let mut loading = ChildProcess::start(loading);
        let ingesting = "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE '%ntsb_ingest%'
                         AND state = 'active' AND pid <> pg_backend_pid()";
        let mut monitor = nodes.database_of(first).connect();
        wait_for("the load", 60, || {
            assert!(!loading.has_exited(), "the load ended too early");
            (monitor.query_one(ingesting, &[]).unwrap().get::<_, i64>(0) > 0).then_some(())
        });
        drop(monitor);
        let killed = Instant::now();
        nodes.kill_node(first);
        let second = wait_for("a new primary", 120, || {
            sleep(Duration::from_millis(100));
            nodes.find_primary().filter(|n| *n != first)
        });
        let promoted = killed.elapsed().as_secs_f64();
        let seen = Instant::now();
        wait_for("writes to resume", 120, || is_writing(&writes, seen).then_some(()));
        let (pause, resumed) = longest_pause(&writes, killed);
        let output = loading.finish_within(Duration::from_secs(240));
        let loaded = killed.elapsed().as_secs_f64();
        assert_eq!(output.code, Some(0), "{}\n{}", output.all_output(), nodes.read_logs());
        assert!(output.stderr.contains("retrying"), "{}", output.stderr);
        LoadReport::parse(&output.stdout).assert_counts_add_up();
        figure(&format!(
            "{} killed (PostgreSQL, Patroni and etcd); {} primary after {promoted:.1} s, writes of the service \
             resume after {resumed:.1} s, the interrupted load is complete after {loaded:.1} s",
            nodes.name(first),
            nodes.name(second)
        ));
        assert!(pause > 1.0 && resumed < 60.0, "a pause of {pause} s, writes after {resumed} s");

        let restarted = Instant::now();
        nodes.start_node(first);
        nodes.wait_for_standbys(2);
        figure(&format!(
            "{} back as a standby {:.1} s after its start",
            nodes.name(first),
            restarted.elapsed().as_secs_f64()
        ));
        stop.store(true, Ordering::SeqCst);
    });

    // Everything that was acknowledged is there, exactly once.
    assert_eq!(database.count_rows("ntsb.events"), count_sample_events());
    assert_eq!(database.count_rows("ntsb.batch WHERE finished_at IS NOT NULL"), 1);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
    let names: Vec<String> =
        writes.acknowledged.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
    let lost: Vec<String> = database.query_column(
        "SELECT name FROM unnest($1::text[]) a(name)
         WHERE 1 <> (SELECT count(*) FROM ntsb.api_key k WHERE k.name = a.name)",
        &[&names],
    );
    assert_eq!(lost, Vec::<String>::new(), "of {} acknowledged", names.len());
    figure(&format!(
        "{} acknowledged writes, 0 lost; {} requests refused with 503 or 504",
        names.len(),
        writes.refused.lock().unwrap().len()
    ));
    assert_standbys_are_equal(&nodes, &database);
    switch_over(&nodes, &database);
}

/// All nodes hold the same change log.
fn assert_standbys_are_equal(nodes: &Nodes, database: &Database) {
    let head = "SELECT entry_hash FROM ntsb_change_log_head()";
    let expected: String = database.query_value(head);
    for n in 0..3 {
        wait_for("the replay", 30, || {
            (nodes.database_of(n).query_value::<String>(head) == expected).then_some(())
        });
    }
}

/// A planned change of the primary, as for maintenance of a node.
fn switch_over(nodes: &Nodes, database: &Database) {
    let before = nodes.find_primary().unwrap();
    let start = Instant::now();
    nodes.switch_over(before);
    let write = "SELECT ntsb_raise_alert('drill', 'info', 'switchover', 'x')";
    let elapsed = wait_for("writes after the switchover", 60, || {
        sleep(Duration::from_millis(50));
        let primary = nodes.find_primary().filter(|n| *n != before);
        let client = database.server.try_connect(&database.name).ok();
        let wrote = client.is_some_and(|mut client| client.batch_execute(write).is_ok());
        (wrote && primary.is_some()).then(|| start.elapsed().as_secs_f64())
    });
    nodes.wait_for_standbys(2);
    figure(&format!("planned switchover: writes after {elapsed:.1} s"));
}

struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
