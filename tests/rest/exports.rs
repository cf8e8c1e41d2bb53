//! Streamed lists: a pool of their own, a limit to each caller, and an end for readers that do not read.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;

use crate::service::{Answer, Service};
use crate::sockets::{SMALL, connect_from};

const ALL: &str = "/api/v1/events?limit=200000";

fn export(service: &Service) -> Answer {
    service.get_with(ALL, &[("accept", "application/x-ndjson")])
}

/// Asks for more than all buffers between hold, and reads nothing.
fn silent_reader(service: &Service, last: u8) -> TcpStream {
    let ask = format!("GET {ALL} HTTP/1.1\r\nhost: x\r\naccept: application/x-ndjson\r\n\r\n");
    let mut stream = connect_from(last, &service.address, SMALL).unwrap();
    stream.write_all(ask.repeat(12).as_bytes()).unwrap();
    stream
}

/// Waits until so many exports, and the same ones, have been under way for a second: one that fits into the
/// buffers on its way ends by itself, and the next of its connection begins.
fn stalled(database: &Database, count: i64) {
    let running = "SELECT count(*) FROM pg_stat_activity
                   WHERE usename = 'ntsb_rest_test' AND datname = current_database()
                   AND xact_start < clock_timestamp() - interval '1 second'";
    wait_for("stalled exports", 20, || {
        (database.query_value::<i64>(running) == count).then_some(())
    });
}

#[test]
fn readers_that_never_read_keep_nobody_waiting() {
    let database = Database::with_sample();
    let settings = [("pool_size", "4"), ("export_stall_ms", "6000"), ("cache_bytes", "0")];
    let service = Service::start(&database, &settings);
    service.hears();
    let running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND xact_start IS NOT NULL";
    // Of two callers, two exports each.
    let readers: Vec<TcpStream> = (0..8).map(|n| silent_reader(&service, 3 + n % 2)).collect();
    stalled(&database, 4);
    for _ in 0..20 {
        let began = Instant::now();
        assert_eq!(service.get("/api/v1/stats/summary").status, 200);
        assert_eq!(service.get("/health/ready").status, 200);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
    let refused = export(&service);
    assert_eq!(refused.status, 503, "{}", refused.text());
    wait_for("end of the exports", 40, || {
        (database.query_value::<i64>(running) == 0).then_some(())
    });
    drop(readers);
    let whole = export(&service);
    assert_eq!(whole.status, 200, "{}", whole.text());
    let events = usize::try_from(database.count_rows("ntsb.fact_accidents")).unwrap();
    assert_eq!(whole.text().lines().count(), events + 1);
    assert!(whole.text().ends_with("{\"next_page\":null}\n"));
}

#[test]
fn a_caller_has_so_many_exports_and_no_more() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("max_caller_exports", "1")]);
    let running = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND xact_start IS NOT NULL";
    let reader = silent_reader(&service, 1);
    wait_for("an export", 15, || (database.query_value::<i64>(running) == 1).then_some(()));
    let refused = export(&service);
    assert_eq!((refused.status, refused.header("retry-after")), (429, "5"), "{}", refused.text());
    drop(reader);
    wait_for("another", 10, || (export(&service).status == 200).then_some(()));
}
