//! Request bodies: read only after authorization, within a memory budget, and with refusals that always reach
//! the caller.

use std::fs::read_to_string;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::wait_for;

use crate::raw_tcp::{LARGE_BUFFER, connect_from, exchange};
use crate::service::Service;

const ADVANCED: &str = "/api/v1/search/advanced";
const BATCH: &str = "/api/v1/predictions/batch";

fn request_head(path: &str, length: usize, headers: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n"
    )
}

/// Sends the whole body before reading the response, as most clients do.
fn upload(service: &Service, path: &str, headers: &str, bytes: usize) -> String {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(request_head(path, bytes, headers).as_bytes()).unwrap();
    stream.write_all(&vec![b' '; bytes]).unwrap_or_else(|e| panic!("cannot send: {e}"));
    exchange(&mut stream, b"", Duration::from_secs(20))
}

/// The peak memory of a process in MiB.
fn peak_memory_mib(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn a_refusal_before_the_body_is_read_always_arrives() {
    let database = Database::with_sample();
    let open = Service::start(&database, &[("max_body_bytes", "10000")]);
    let closed = Service::start(&database, &[("open_read", "false")]);
    let busy = Service::start(&database, &[("free_per_minute", "1")]);
    assert_eq!(busy.get("/api/v1/stats/summary").status, 200);
    let token =
        format!("authorization: {}\r\n", open.create_bearer(&database, "api_user", "premium"));
    for (service, headers, status) in
        [(&open, token.as_str(), 413), (&closed, "", 401), (&busy, "", 429)]
    {
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        let response = upload(service, ADVANCED, headers, 300_000);
                        let line = format!("HTTP/1.1 {status} ");
                        assert!(response.starts_with(&line), "{status}: {response:?}");
                        assert!(response.contains("request_id"), "{response:?}");
                    }
                });
            }
        });
        announce(&format!("{status} arrived 1,000 times of 1,000 in {:?}", began.elapsed()));
    }
}

#[test]
fn unauthorized_uploads_use_no_memory() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    assert_eq!(service.get("/api/v1/stats/summary").status, 200);
    let before = peak_memory_mib(service.pid());
    std::thread::scope(|scope| {
        for _ in 0..60 {
            scope.spawn(|| {
                let response = upload(&service, BATCH, "", 15 << 20);
                assert!(response.starts_with("HTTP/1.1 413"), "{response}");
            });
        }
    });
    let after = peak_memory_mib(service.pid());
    announce(&format!(
        "60 uploads of 15 MiB without a token: {before} MiB before, peak {after} MiB"
    ));
    assert!(after < before + 60, "memory grew from {before} to {after} MiB");
}

#[test]
fn bodies_in_flight_are_limited_in_total_and_per_caller() {
    let database = Database::with_sample();
    let settings = [
        ("max_batch_bytes", "400000"),
        ("max_caller_bytes", "400000"),
        ("max_bytes_in_flight", "600000"),
    ];
    let service = Service::start(&database, &settings);
    let token = |role| service.create_bearer(&database, role, "premium");
    let (one, two) = (token("api_user"), token("api_user"));
    let header = |token: &str| format!("authorization: {token}\r\n");
    let mut slow = TcpStream::connect(&service.address).unwrap();
    slow.write_all(request_head(BATCH, 350_000, &header(&one)).as_bytes()).unwrap();
    slow.write_all(&vec![b' '; 340_000]).unwrap();
    let bytes_in_flight = || {
        let text = service.get("/metrics").text();
        let name = "http_bytes_in_flight{of=\"requests\"} ";
        text.lines().find_map(|l| l.strip_prefix(name)).unwrap().parse::<usize>().unwrap()
    };
    wait_for("the slow body", 10, || (bytes_in_flight() == 340_000).then_some(()));
    let own = upload(&service, BATCH, &header(&one), 100_000);
    assert!(own.starts_with("HTTP/1.1 429") && own.contains("retry-after"), "{own}");
    let other = upload(&service, BATCH, &header(&two), 300_000);
    assert!(other.starts_with("HTTP/1.1 503") && other.contains("retry-after"), "{other}");
    let small = upload(&service, BATCH, &header(&two), 100_000);
    assert!(small.starts_with("HTTP/1.1 422"), "{small}");
    drop(slow);
    wait_for("the slow body to be dropped", 10, || (bytes_in_flight() == 0).then_some(()));
    let later = upload(&service, BATCH, &header(&two), 300_000);
    assert!(later.starts_with("HTTP/1.1 422"), "{later}");
    let expect_continue = exchange(
        &mut connect_from(1, &service.address, LARGE_BUFFER).unwrap(),
        request_head(BATCH, 500_000, &format!("{}expect: 100-continue\r\n", header(&one)))
            .as_bytes(),
        Duration::from_secs(5),
    );
    assert!(expect_continue.starts_with("HTTP/1.1 413"), "{expect_continue}");
}
