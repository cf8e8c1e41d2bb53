//! Database restarts, killed sessions, a full pool, disconnected clients and graceful shutdown.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;
use serde_json::Value;

use crate::raw_tcp::{LARGE_BUFFER, connect_from};
use crate::service::Service;

const PATH: &str = "/api/v1/events?limit=20";

#[test]
fn a_restart_under_load_causes_only_503_and_recovers() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let service = Service::start(&database, &[("cache_bytes", "0"), ("pool_size", "4")]);
    service.wait_until_listening();
    let (stop, ok, unavailable) =
        (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let response = service.get(PATH);
                    match response.status {
                        200 => ok.fetch_add(1, Ordering::Relaxed),
                        503 => {
                            assert_eq!(response.header("retry-after"), "1");
                            unavailable.fetch_add(1, Ordering::Relaxed)
                        }
                        other => {
                            stop.store(true, Ordering::Relaxed);
                            panic!("{other}: {}", response.text())
                        }
                    };
                }
            });
        }
        wait_for("responses", 10, || (ok.load(Ordering::Relaxed) > 50).then_some(()));
        cluster.stop();
        wait_for("status 503", 10, || (unavailable.load(Ordering::Relaxed) > 4).then_some(()));
        cluster.start_postgres();
        let restarted = Instant::now();
        let before = ok.load(Ordering::Relaxed);
        wait_for("responses after the restart", 5, || {
            (ok.load(Ordering::Relaxed) > before + 20).then_some(())
        });
        assert!(restarted.elapsed() < Duration::from_secs(5));
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_killed_session_fails_at_most_its_own_request() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cache_bytes", "0")]);
    service.wait_until_listening();
    assert_eq!(service.get(PATH).status, 200);
    for _ in 0..5 {
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE usename = 'ntsb_rest_test' AND datname = current_database()",
        );
        let status = service.get(PATH).status;
        assert!([200, 503].contains(&status), "{status}");
        wait_for("a response", 5, || (service.get(PATH).status == 200).then_some(()));
    }
}

#[test]
fn a_full_pool_responds_503_and_recovers() {
    let database = Database::with_sample();
    let settings = [("pool_size", "2"), ("pool_wait_ms", "300"), ("statement_timeout_ms", "30000")];
    let service = Service::start(&database, &settings);
    service.wait_until_listening();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    std::thread::scope(|scope| {
        let requests: Vec<_> = (0..2)
            .map(|n| {
                scope.spawn({
                    let service = &service;
                    move || service.get(&format!("/api/v1/events?limit={}", n + 1)).status
                })
            })
            .collect();
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND usename = 'ntsb_rest_test' AND wait_event_type = 'Lock'";
        wait_for("the pool to be full", 20, || {
            (database.query_value::<i64>(waiting) == 2).then_some(())
        });
        let refused = service.get("/api/v1/events?limit=9");
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.text().contains("busy"), "{}", refused.text());
        // The readiness probe has its own connection.
        assert_eq!(service.get("/health/ready").status, 200);
        blocker.batch_execute("ROLLBACK").unwrap();
        for request in requests {
            assert_eq!(request.join().unwrap(), 200);
        }
    });
    assert_eq!(service.get(PATH).status, 200);
}

#[test]
fn a_query_is_cancelled_when_its_client_disconnects() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "60000")]);
    service.wait_until_listening();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let waiting = || -> i64 {
        database.query_value(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
             AND datname = current_database() AND wait_event_type = 'Lock'",
        )
    };
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    wait_for("the query", 5, || (waiting() == 1).then_some(()));
    drop(stream);
    wait_for("the query to be cancelled", 5, || (waiting() == 0).then_some(()));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(service.get(PATH).status, 200);
}

#[test]
fn a_graceful_shutdown_waits_for_requests_in_progress() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "20000")]);
    service.wait_until_listening();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let address = service.address.clone();
    let response = std::thread::spawn({
        let url = service.url(PATH);
        move || ureq::get(&url).call().map(|r| r.status().as_u16())
    });
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
               AND datname = current_database() AND wait_event_type = 'Lock'";
    wait_for("the query", 5, || (database.query_value::<i64>(sql) == 1).then_some(()));
    let shutdown = std::thread::spawn(move || service.stop());
    wait_for("the port to close", 5, || TcpStream::connect(&address).is_err().then_some(()));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(response.join().unwrap().unwrap(), 200);
    assert_eq!(shutdown.join().unwrap(), Some(0));
}

#[test]
fn a_disconnected_client_costs_no_database_connection() {
    let database = Database::with_sample();
    let settings = [("pool_size", "1"), ("cache_bytes", "0"), ("statement_timeout_ms", "60000")];
    let service = Service::start(&database, &settings);
    service.wait_until_listening();
    let path = "/api/v1/events?limit=3";
    assert_eq!(service.get(path).status, 200);
    let queries = "SELECT pid FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() ORDER BY pid";
    let before: Vec<i32> = database.query_column(queries, &[]);
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..5 {
        let mut blocker = database.connect();
        blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
        let mut stream = connect_from(1, &service.address, LARGE_BUFFER).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        wait_for("the query", 5, || (database.query_value::<i64>(waiting) == 1).then_some(()));
        drop(stream);
        wait_for("the query to be cancelled", 5, || {
            (database.query_value::<i64>(waiting) == 0).then_some(())
        });
        blocker.batch_execute("ROLLBACK").unwrap();
        assert_eq!(service.get(path).status, 200);
    }
    let after: Vec<i32> = database.query_column(queries, &[]);
    assert_eq!(before, after, "the service opened a new connection");
}

#[test]
fn an_outage_is_logged_once_and_then_counted() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    let service = Service::start(&database, &[("cache_bytes", "0"), ("pool_wait_ms", "300")]);
    service.wait_until_listening();
    let path = "/api/v1/stats/yearly";
    assert_eq!(service.get(path).status, 200);
    cluster.stop();
    wait_for("status 503", 10, || (service.get(path).status == 503).then_some(()));
    let before = service.log().lines().count();
    for _ in 0..200 {
        assert_eq!(service.get(path).status, 503);
    }
    std::thread::sleep(Duration::from_secs(1));
    let log = service.log();
    let new_lines = log.lines().count() - before;
    assert!(new_lines < 10, "200 failures wrote {new_lines} lines:\n{log}");
    let notices = log.lines().filter(|line| line.contains("further failures are counted")).count();
    assert_eq!(notices, 1, "{log}");
    cluster.start_postgres();
    let line = wait_for("the end of the outage", 20, || {
        service.get(path);
        let log = service.log();
        log.lines().find(|line| line.contains("the database answers again")).map(str::to_owned)
    });
    let line: Value = serde_json::from_str(&line).unwrap();
    assert!(line["failures"].as_u64().unwrap() >= 200, "{line}");
}
