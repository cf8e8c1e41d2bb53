//! Databases that go, sessions that are killed, clients that leave.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;

use crate::service::Service;

const PATH: &str = "/api/v1/events?limit=20";

#[test]
fn a_restart_under_load_gives_503_alone_and_then_answers() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let service = Service::start(&database, &[("cache_bytes", "0"), ("pool_size", "4")]);
    service.hears();
    let (stop, good, away) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let answer = service.get(PATH);
                    match answer.status {
                        200 => good.fetch_add(1, Ordering::Relaxed),
                        503 => {
                            assert_eq!(answer.header("retry-after"), "1");
                            away.fetch_add(1, Ordering::Relaxed)
                        }
                        other => {
                            stop.store(true, Ordering::Relaxed);
                            panic!("{other}: {}", answer.text())
                        }
                    };
                }
            });
        }
        wait_for("answers", 10, || (good.load(Ordering::Relaxed) > 50).then_some(()));
        cluster.stop();
        wait_for("503", 10, || (away.load(Ordering::Relaxed) > 4).then_some(()));
        cluster.start_postgres();
        let back = Instant::now();
        let before = good.load(Ordering::Relaxed);
        wait_for("answers again", 5, || (good.load(Ordering::Relaxed) > before + 20).then_some(()));
        assert!(back.elapsed() < Duration::from_secs(5));
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn killed_sessions_cost_at_most_their_own_answers() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cache_bytes", "0")]);
    service.hears();
    assert_eq!(service.get(PATH).status, 200);
    for _ in 0..5 {
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE usename = 'ntsb_rest_test' AND datname = current_database()",
        );
        let status = service.get(PATH).status;
        assert!([200, 503].contains(&status), "{status}");
        wait_for("answer", 5, || (service.get(PATH).status == 200).then_some(()));
    }
}

#[test]
fn a_full_pool_says_so_and_empties_again() {
    let database = Database::with_sample();
    let settings = [("pool_size", "2"), ("pool_wait_ms", "300"), ("statement_timeout_ms", "30000")];
    let service = Service::start(&database, &settings);
    service.hears();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..2)
            .map(|n| {
                scope.spawn({
                    let service = &service;
                    move || service.get(&format!("/api/v1/events?limit={}", n + 1)).status
                })
            })
            .collect();
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND usename = 'ntsb_rest_test' AND wait_event_type = 'Lock'";
        wait_for("full pool", 20, || (database.query_value::<i64>(waiting) == 2).then_some(()));
        let refused = service.get("/api/v1/events?limit=9");
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.text().contains("busy"), "{}", refused.text());
        // Readiness has a connection of its own.
        assert_eq!(service.get("/health/ready").status, 200);
        blocker.batch_execute("ROLLBACK").unwrap();
        for one in asked {
            assert_eq!(one.join().unwrap(), 200);
        }
    });
    assert_eq!(service.get(PATH).status, 200);
}

#[test]
fn what_nobody_waits_for_any_more_is_ended_in_the_database() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "60000")]);
    service.hears();
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
    wait_for("question", 5, || (waiting() == 1).then_some(()));
    drop(stream);
    wait_for("end of the question", 5, || (waiting() == 0).then_some(()));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(service.get(PATH).status, 200);
}

#[test]
fn an_end_that_is_asked_for_waits_for_answers_under_way() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "20000")]);
    service.hears();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let address = service.address.clone();
    let answer = std::thread::spawn({
        let url = service.url(PATH);
        move || ureq::get(&url).call().map(|r| r.status().as_u16())
    });
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
               AND datname = current_database() AND wait_event_type = 'Lock'";
    wait_for("question", 5, || (database.query_value::<i64>(sql) == 1).then_some(()));
    let end = std::thread::spawn(move || service.end());
    wait_for("closed door", 5, || TcpStream::connect(&address).is_err().then_some(()));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(answer.join().unwrap().unwrap(), 200);
    assert_eq!(end.join().unwrap(), Some(0));
}
