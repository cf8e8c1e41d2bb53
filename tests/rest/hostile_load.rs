//! 10,000 hostile requests, slow, large, wrong and many, from eight addresses; meanwhile a polite client is
//! answered as ever, and the service needs little memory.

#![allow(clippy::unwrap_used)]

#[expect(dead_code, reason = "the other tests use the rest")]
mod service;
mod sockets;

use std::fs::read_to_string;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::database::Database;

use service::Service;
use sockets::{LARGE, SMALL, connect_from, talk};

const REQUESTS: usize = 10_000;
const WORKERS: usize = 64;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// For a hostile client that waits.
const MOMENT: Duration = Duration::from_millis(150);

fn memory(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\n\r\n")
}

fn post(path: &str, length: usize, token: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

/// One hostile request, in the `n`th way.
fn attack(address: &str, n: usize, tokens: &[String]) -> std::io::Result<String> {
    let from = 2 + u8::try_from(n % 8).unwrap();
    let token = &tokens[n % tokens.len()];
    let kind = n % 20;
    let window = if kind == 3 || kind == 4 { SMALL } else { LARGE };
    let mut stream = connect_from(from, address, window)?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut say = |said: &[u8], patience| Ok(talk(&mut stream, said, patience));
    match kind {
        // Slow: half of something, then silence.
        0 => say(b"GET /api/v1/events HT", MOMENT),
        1 => say(PREFACE, MOMENT),
        2 => say(&[post("/api/v1/predictions/batch", 1 << 20, token).as_bytes(), b"{"].concat(), MOMENT),
        // Slow: much is asked for, nothing is read.
        3 => {
            let ask = get("/api/v1/events?limit=200000", "accept: application/x-ndjson\r\n");
            stream.write_all(ask.as_bytes())?;
            std::thread::sleep(MOMENT * 2);
            Ok(String::new())
        }
        4 => {
            stream.write_all(get(&format!("/api/v1/events?limit={}", 900 + n % 100), "").as_bytes())?;
            std::thread::sleep(MOMENT * 2);
            Ok(String::new())
        }
        // Large: with and without a token, true and false lengths, rows that unfold.
        5 | 6 => upload(&mut stream, &post("/api/v1/predictions/batch", 4 << 20, token), 4 << 20, b"[1,"),
        7 => upload(&mut stream, &post("/api/v1/search/advanced", 2 << 20, "Bearer x"), 2 << 20, b" "),
        8 => {
            let body = format!("{{\"rows\":[{}{{}}]}}", "{},".repeat(100_000));
            let said = format!("{}{body}", post("/api/v1/predictions/batch", body.len(), token));
            say(said.as_bytes(), Duration::from_secs(10))
        }
        9 => {
            let deep = format!("{{\"tree\":{}1{}}}", "{\"not\":".repeat(5_000), "}".repeat(5_000));
            let said = format!("{}{deep}", post("/api/v1/search/advanced", deep.len(), token));
            say(said.as_bytes(), Duration::from_secs(10))
        }
        10 => say(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)).as_bytes(), MOMENT),
        // Wrong.
        11 => say(&noise(n), MOMENT),
        12 => say(get(&format!("/api/v1/events?x{n}=1"), "").as_bytes(), Duration::from_secs(5)),
        13 => say(get("/api/v1/events/%00", "").as_bytes(), Duration::from_secs(5)),
        14 => say(get("/api/v1/stats/summary", "authorization: Bearer a.b.c\r\n").as_bytes(), Duration::from_secs(5)),
        15 => say(b"POST /api/v1/auth/token HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", MOMENT),
        // Many: each another question, of the dearest kind.
        16 => say(get(&format!("/api/v1/search?q=engine%20OR%20power%20OR%20w{n}"), "").as_bytes(), Duration::from_secs(10)),
        17 => say(get(&format!("/api/v1/analytics/near?lat=39&lon=-105&km={}", 10_000 + n), "").as_bytes(), Duration::from_secs(10)),
        18 => say(get(&format!("/api/v1/events?limit=1000&from_year=1900&to_year={}", 2_000 + n), "").as_bytes(), Duration::from_secs(10)),
        // Hangs up at once.
        _ => {
            stream.write_all(get(&format!("/api/v1/events?limit={}", n % 1_000 + 1), "").as_bytes())?;
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
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn noise(seed: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(u64::try_from(seed).unwrap());
    (0..random.usize(1..4_000)).map(|_| random.u8(..)).collect()
}

#[test]
fn ten_thousand_hostile_requests_starve_nobody() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("header_timeout_ms", "5000"), ("body_timeout_ms", "5000")]);
    service.hears();
    let tokens: Vec<String> =
        (0..4).map(|_| service.bearer(&database, "api_user", "premium")).collect();
    let (next, failed, peak) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    let statuses = std::sync::Mutex::new(std::collections::BTreeMap::<String, usize>::new());
    let began = Instant::now();
    let mut times = std::thread::scope(|scope| {
        let polite = scope.spawn(|| {
            let mut times = Vec::new();
            let cached =
                ["/api/v1/stats/summary", "/api/v1/events?limit=20&state=AK", "/health/ready"];
            while !is_over.load(Ordering::Relaxed) {
                // Every fourth question is a new one, which the database has to answer.
                let n = times.len();
                let fresh = format!("/api/v1/events?limit=20&to_year={}", 3_000 + n);
                let path = if n % 4 == 3 { fresh.as_str() } else { cached[n % 4] };
                let asked = Instant::now();
                let answer = service.get(path);
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
                times.push(asked.elapsed());
                let now = usize::try_from(memory(service.id())).unwrap();
                peak.fetch_max(now, Ordering::Relaxed);
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
                            Ok(answer) => answer.get(9..12).unwrap_or("none").to_owned(),
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
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    announce(&format!(
        "{REQUESTS} hostile requests in {:?} ({} cut off): {:?}; polite client: {} requests, median {:?}, \
         p99 {:?}, slowest {:?}; memory of the service at most {} MiB",
        began.elapsed(),
        failed.load(Ordering::Relaxed),
        statuses.lock().unwrap(),
        times.len(),
        at(50),
        at(99),
        at(100),
        peak.load(Ordering::Relaxed),
    ));
    assert!(times.len() > 100, "{} polite requests", times.len());
    assert!(at(99) < Duration::from_secs(1), "p99 {:?}", at(99));
    assert!(peak.load(Ordering::Relaxed) < 200, "{peak:?} MiB");
    assert_eq!(service.get("/health/ready").status, 200);
    assert!(!service.log().contains("panicked"), "{}", service.log());
}
