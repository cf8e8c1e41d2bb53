//! Bodies: not a byte before the gate, within a budget, and no refusal that its caller cannot read.

use std::fs::read_to_string;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::wait_for;

use crate::service::Service;
use crate::sockets::{LARGE, connect_from, talk};

const ADVANCED: &str = "/api/v1/search/advanced";
const BATCH: &str = "/api/v1/predictions/batch";

fn head(path: &str, length: usize, headers: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n"
    )
}

/// Sends all of a body before it reads a byte of the answer, as most clients do.
fn upload(service: &Service, path: &str, headers: &str, bytes: usize) -> String {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(head(path, bytes, headers).as_bytes()).unwrap();
    stream.write_all(&vec![b' '; bytes]).unwrap_or_else(|e| panic!("cannot send: {e}"));
    talk(&mut stream, b"", Duration::from_secs(20))
}

/// The most memory that a process ever had, in MiB.
pub fn peak_memory(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn a_refusal_before_the_body_was_read_always_arrives() {
    let database = Database::with_sample();
    let open = Service::start(&database, &[("max_body_bytes", "10000")]);
    let closed = Service::start(&database, &[("open_read", "false")]);
    let busy = Service::start(&database, &[("free_per_minute", "1")]);
    assert_eq!(busy.get("/api/v1/stats/summary").status, 200);
    let token = format!("authorization: {}\r\n", open.bearer(&database, "api_user", "premium"));
    for (service, headers, status) in
        [(&open, token.as_str(), 413), (&closed, "", 401), (&busy, "", 429)]
    {
        let began = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        let answer = upload(service, ADVANCED, headers, 300_000);
                        let line = format!("HTTP/1.1 {status} ");
                        assert!(answer.starts_with(&line), "{status}: {answer:?}");
                        assert!(answer.contains("request_id"), "{answer:?}");
                    }
                });
            }
        });
        announce(&format!("{status} arrived 1,000 times of 1,000 in {:?}", began.elapsed()));
    }
}

#[test]
fn anonymous_uploads_take_no_memory() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    assert_eq!(service.get("/api/v1/stats/summary").status, 200);
    let before = peak_memory(service.id());
    std::thread::scope(|scope| {
        for _ in 0..60 {
            scope.spawn(|| {
                let answer = upload(&service, BATCH, "", 15 << 20);
                assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
            });
        }
    });
    let after = peak_memory(service.id());
    announce(&format!(
        "60 uploads of 15 MiB without a token: {before} MiB before, {after} at most"
    ));
    assert!(after < before + 60, "{before} MiB became {after}");
}

#[test]
fn bodies_under_way_have_a_budget_and_each_caller_a_part_of_it() {
    let database = Database::with_sample();
    let settings = [
        ("max_batch_bytes", "400000"),
        ("max_caller_bytes", "400000"),
        ("max_bytes_in_flight", "600000"),
    ];
    let service = Service::start(&database, &settings);
    let token = |role| service.bearer(&database, role, "premium");
    let (one, two) = (token("api_user"), token("api_user"));
    let header = |token: &str| format!("authorization: {token}\r\n");
    let mut slow = TcpStream::connect(&service.address).unwrap();
    slow.write_all(head(BATCH, 350_000, &header(&one)).as_bytes()).unwrap();
    slow.write_all(&vec![b' '; 340_000]).unwrap();
    let held = || {
        let text = service.get("/metrics").text();
        let name = "http_bytes_in_flight{of=\"requests\"} ";
        text.lines().find_map(|l| l.strip_prefix(name)).unwrap().parse::<usize>().unwrap()
    };
    wait_for("slow body", 10, || (held() == 340_000).then_some(()));
    let own = upload(&service, BATCH, &header(&one), 100_000);
    assert!(own.starts_with("HTTP/1.1 429") && own.contains("retry-after"), "{own}");
    let other = upload(&service, BATCH, &header(&two), 300_000);
    assert!(other.starts_with("HTTP/1.1 503") && other.contains("retry-after"), "{other}");
    let small = upload(&service, BATCH, &header(&two), 100_000);
    assert!(small.starts_with("HTTP/1.1 422"), "{small}");
    drop(slow);
    wait_for("end of the slow body", 10, || (held() == 0).then_some(()));
    let later = upload(&service, BATCH, &header(&two), 300_000);
    assert!(later.starts_with("HTTP/1.1 422"), "{later}");
    let announced = talk(
        &mut connect_from(1, &service.address, LARGE).unwrap(),
        head(BATCH, 500_000, &format!("{}expect: 100-continue\r\n", header(&one))).as_bytes(),
        Duration::from_secs(5),
    );
    assert!(announced.starts_with("HTTP/1.1 413"), "{announced}");
}
