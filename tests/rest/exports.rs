//! Streamed lists (exports): a separate pool, a limit per caller, and a timeout for clients that do not read.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;

use crate::raw_tcp::{SMALL_BUFFER, connect_from};
use crate::service::{Response, Service};

const ALL: &str = "/api/v1/events?limit=200000";

fn export(service: &Service) -> Response {
    service.get_with(ALL, &[("accept", "application/x-ndjson")])
}

/// Requests more than all buffers on the way can hold and reads nothing.
fn open_stalled_export(service: &Service, last: u8) -> TcpStream {
    let request = format!("GET {ALL} HTTP/1.1\r\nhost: x\r\naccept: application/x-ndjson\r\n\r\n");
    let mut stream = connect_from(last, &service.address, SMALL_BUFFER).unwrap();
    stream.write_all(request.repeat(12).as_bytes()).unwrap();
    stream
}

/// Waits until `count` exports have been running for a second. An export that fits into the buffers ends by
/// itself, and the next one of its connection begins.
fn wait_for_stalled_exports(database: &Database, count: i64) {
    let running = "SELECT count(*) FROM pg_stat_activity
                   WHERE usename = 'ntsb_rest_test' AND datname = current_database()
                   AND xact_start < clock_timestamp() - interval '1 second'";
    wait_for("stalled exports", 20, || {
        (database.query_value::<i64>(running) == count).then_some(())
    });
}

#[test]
fn stalled_exports_do_not_block_other_requests() {
    let database = Database::with_sample();
    let settings = [("pool_size", "4"), ("export_stall_ms", "6000"), ("cache_bytes", "0")];
    let service = Service::start(&database, &settings);
    service.wait_until_listening();
    let running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND xact_start IS NOT NULL";
    // Two callers, each allowed two exports.
    let readers: Vec<TcpStream> =
        (0..8).map(|n| open_stalled_export(&service, 3 + n % 2)).collect();
    wait_for_stalled_exports(&database, 4);
    for _ in 0..20 {
        let began = Instant::now();
        assert_eq!(service.get("/api/v1/stats/summary").status, 200);
        assert_eq!(service.get("/health/ready").status, 200);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
    let refused = export(&service);
    assert_eq!(refused.status, 503, "{}", refused.text());
    wait_for("the exports to end", 40, || {
        (database.query_value::<i64>(running) == 0).then_some(())
    });
    drop(readers);
    let complete = export(&service);
    assert_eq!(complete.status, 200, "{}", complete.text());
    let events = usize::try_from(database.count_rows("ntsb.fact_accidents")).unwrap();
    assert_eq!(complete.text().lines().count(), events + 1);
    assert!(complete.text().ends_with("{\"next_page\":null}\n"));
}

#[test]
fn exports_per_caller_are_limited() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("max_caller_exports", "1")]);
    let running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND xact_start IS NOT NULL";
    let reader = open_stalled_export(&service, 1);
    wait_for("an export", 15, || (database.query_value::<i64>(running) == 1).then_some(()));
    let refused = export(&service);
    assert_eq!((refused.status, refused.header("retry-after")), (429, "5"), "{}", refused.text());
    drop(reader);
    wait_for("the next export to be accepted", 10, || {
        (export(&service).status == 200).then_some(())
    });
}
