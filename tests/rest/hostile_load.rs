//! 10,000 hostile requests from eight addresses: slow, large, malformed and expensive ones. Meanwhile a polite
//! client gets its responses in time, and the service needs little memory.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod raw_tcp;
#[expect(dead_code, reason = "used by the tests in main.rs")]
mod service;

use std::fs::read_to_string;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::database::Database;

use raw_tcp::{LARGE_BUFFER, SMALL_BUFFER, connect_from, exchange};
use service::Service;

const REQUESTS: usize = 10_000;
const WORKERS: usize = 64;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// How long a hostile client waits.
const SHORT_WAIT: Duration = Duration::from_millis(150);

/// The resident memory of a process in MiB.
fn memory_mib(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn get_request(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\n\r\n")
}

fn post_request(path: &str, length: usize, token: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

/// Sends hostile request number `n`, of kind `n % 20`.
fn attack(address: &str, n: usize, tokens: &[String]) -> std::io::Result<String> {
    let from = 2 + u8::try_from(n % 8).unwrap();
    let token = &tokens[n % tokens.len()];
    let kind = n % 20;
    let window = if kind == 3 || kind == 4 { SMALL_BUFFER } else { LARGE_BUFFER };
    let mut stream = connect_from(from, address, window)?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut send = |request: &[u8], timeout| Ok(exchange(&mut stream, request, timeout));
    match kind {
        // Slow: an incomplete request, then silence.
        0 => send(b"GET /api/v1/events HT", SHORT_WAIT),
        1 => send(PREFACE, SHORT_WAIT),
        2 => send(&[post_request("/api/v1/predictions/batch", 1 << 20, token).as_bytes(), b"{"].concat(), SHORT_WAIT),
        // Slow: requests a large response and reads nothing.
        3 => {
            let request = get_request("/api/v1/events?limit=200000", "accept: application/x-ndjson\r\n");
            stream.write_all(request.as_bytes())?;
            std::thread::sleep(SHORT_WAIT * 2);
            Ok(String::new())
        }
        4 => {
            stream.write_all(get_request(&format!("/api/v1/events?limit={}", 900 + n % 100), "").as_bytes())?;
            std::thread::sleep(SHORT_WAIT * 2);
            Ok(String::new())
        }
        // Large: with and without a token, and bodies that expand when parsed.
        5 | 6 => upload(&mut stream, &post_request("/api/v1/predictions/batch", 4 << 20, token), 4 << 20, b"[1,"),
        7 => upload(&mut stream, &post_request("/api/v1/search/advanced", 2 << 20, "Bearer x"), 2 << 20, b" "),
        8 => {
            let body = format!("{{\"rows\":[{}{{}}]}}", "{},".repeat(100_000));
            let request = format!("{}{body}", post_request("/api/v1/predictions/batch", body.len(), token));
            send(request.as_bytes(), Duration::from_secs(10))
        }
        9 => {
            let deep = format!("{{\"tree\":{}1{}}}", "{\"not\":".repeat(5_000), "}".repeat(5_000));
            let request = format!("{}{deep}", post_request("/api/v1/search/advanced", deep.len(), token));
            send(request.as_bytes(), Duration::from_secs(10))
        }
        10 => send(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)).as_bytes(), SHORT_WAIT),
        // Malformed.
        11 => send(&random_bytes(n), SHORT_WAIT),
        12 => send(get_request(&format!("/api/v1/events?x{n}=1"), "").as_bytes(), Duration::from_secs(5)),
        13 => send(get_request("/api/v1/events/%00", "").as_bytes(), Duration::from_secs(5)),
        14 => send(get_request("/api/v1/stats/summary", "authorization: Bearer a.b.c\r\n").as_bytes(), Duration::from_secs(5)),
        15 => send(b"POST /api/v1/auth/token HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", SHORT_WAIT),
        // Expensive: each one a different query, so that the cache does not help.
        16 => send(get_request(&format!("/api/v1/search?q=engine%20OR%20power%20OR%20w{n}"), "").as_bytes(), Duration::from_secs(10)),
        17 => send(get_request(&format!("/api/v1/analytics/near?lat=39&lon=-105&km={}", 10_000 + n), "").as_bytes(), Duration::from_secs(10)),
        18 => send(get_request(&format!("/api/v1/events?limit=1000&from_year=1900&to_year={}", 2_000 + n), "").as_bytes(), Duration::from_secs(10)),
        // Disconnects at once.
        _ => {
            stream.write_all(get_request(&format!("/api/v1/events?limit={}", n % 1_000 + 1), "").as_bytes())?;
            Ok(String::new())
        }
    }
}

fn upload(
    stream: &mut std::net::TcpStream,
    head: &str,
    bytes: usize,
    pattern: &[u8],
) -> std::io::Result<String> {
    stream.write_all(head.as_bytes())?;
    let chunk = pattern.repeat((64 << 10) / pattern.len());
    let mut left = bytes;
    while left > 0 {
        let part = &chunk[..chunk.len().min(left)];
        stream.write_all(part)?;
        left -= part.len();
    }
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

fn random_bytes(seed: usize) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(u64::try_from(seed).unwrap());
    (0..rng.usize(1..4_000)).map(|_| rng.u8(..)).collect()
}

#[test]
fn a_polite_client_is_served_during_ten_thousand_hostile_requests() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("header_timeout_ms", "5000"), ("body_timeout_ms", "5000")]);
    service.wait_until_listening();
    let tokens: Vec<String> =
        (0..4).map(|_| service.create_bearer(&database, "api_user", "premium")).collect();
    let (next, failed, peak_memory) =
        (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    let statuses = std::sync::Mutex::new(std::collections::BTreeMap::<String, usize>::new());
    let began = Instant::now();
    let mut times = std::thread::scope(|scope| {
        let polite = scope.spawn(|| {
            let mut times = Vec::new();
            let cached =
                ["/api/v1/stats/summary", "/api/v1/events?limit=20&state=AK", "/health/ready"];
            while !is_over.load(Ordering::Relaxed) {
                // Every fourth request is not in the cache.
                let n = times.len();
                let uncached = format!("/api/v1/events?limit=20&to_year={}", 3_000 + n);
                let path = if n % 4 == 3 { uncached.as_str() } else { cached[n % 4] };
                let sent = Instant::now();
                let response = service.get(path);
                assert_eq!(response.status, 200, "{path}: {}", response.text());
                times.push(sent.elapsed());
                let now = usize::try_from(memory_mib(service.pid())).unwrap();
                peak_memory.fetch_max(now, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
            times
        });
        let workers: Vec<_> = (0..WORKERS)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= REQUESTS {
                            return;
                        }
                        let status = match attack(&service.address, n, &tokens) {
                            Ok(response) => response.get(9..12).unwrap_or("none").to_owned(),
                            Err(_) => {
                                failed.fetch_add(1, Ordering::Relaxed);
                                continue;
                            }
                        };
                        *statuses.lock().unwrap().entry(status).or_default() += 1;
                    }
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        is_over.store(true, Ordering::Relaxed);
        polite.join().unwrap()
    });
    times.sort();
    let percentile = |share: usize| times[(times.len() - 1) * share / 100];
    announce(&format!(
        "{REQUESTS} hostile requests in {:?} ({} failed): {:?}; polite client: {} requests, median {:?}, \
         p99 {:?}, slowest {:?}; peak memory of the service {} MiB",
        began.elapsed(),
        failed.load(Ordering::Relaxed),
        statuses.lock().unwrap(),
        times.len(),
        percentile(50),
        percentile(99),
        percentile(100),
        peak_memory.load(Ordering::Relaxed),
    ));
    assert!(times.len() > 100, "{} polite requests", times.len());
    assert!(percentile(99) < Duration::from_secs(1), "p99 {:?}", percentile(99));
    assert!(peak_memory.load(Ordering::Relaxed) < 200, "{peak_memory:?} MiB");
    assert_eq!(service.get("/health/ready").status, 200);
    assert!(!service.log().contains("panicked"), "{}", service.log());
}
