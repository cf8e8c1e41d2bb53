//! Connections of clients that stay idle, in each possible state, and limits on the number of connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::wait_for;

use crate::raw_tcp::{LARGE_BUFFER, SMALL_BUFFER, connect_from, exchange};
use crate::service::Service;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// An empty SETTINGS frame and its acknowledgement.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const SETTINGS_ACK: [u8; 9] = [0, 0, 0, 4, 1, 0, 0, 0, 0];
const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

/// Sends `request` and returns the time until the service closes the connection.
fn time_until_closed(service: &Service, request: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    let began = Instant::now();
    exchange(&mut stream, request, Duration::from_secs(20));
    began.elapsed()
}

fn read_metric(service: &Service, name: &str) -> i64 {
    let text = service.get("/metrics").text();
    text.lines().find_map(|l| l.strip_prefix(&format!("{name} "))).unwrap().parse().unwrap()
}

#[test]
fn idle_connections_are_closed_in_every_state() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("header_timeout_ms", "500")]);
    let http2 = [PREFACE, &SETTINGS, &SETTINGS_ACK].concat();
    for (what, request) in [
        ("nothing", &b""[..]),
        ("an incomplete preface", &PREFACE[..10]),
        ("an incomplete head", b"GET /health HTTP/1.1\r\nhost: x\r\n"),
        ("a request, then nothing", b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"),
        ("a preface", PREFACE),
        ("HTTP/2 without a request", &http2),
    ] {
        let took = time_until_closed(&service, request);
        assert!(took < Duration::from_secs(5), "{what}: {took:?}");
    }
    wait_for("the connections to close", 10, || {
        (read_metric(&service, "http_connections") <= 1).then_some(())
    });
}

#[test]
fn pings_do_not_keep_an_idle_connection_open() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("header_timeout_ms", "500")]);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(&[PREFACE, &SETTINGS, &SETTINGS_ACK].concat()).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let reading = std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
    let began = Instant::now();
    while stream.write_all(&PING).is_ok() && !reading.is_finished() {
        assert!(began.elapsed() < Duration::from_secs(10), "the connection is still open");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_incomplete_tls_handshake_times_out() {
    let database = Database::with_sample();
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    make_certificate(&key, &certificate);
    let settings = [
        ("tls_key", key.to_str().unwrap()),
        ("tls_certificate", certificate.to_str().unwrap()),
        ("header_timeout_ms", "500"),
    ];
    let service = Service::start(&database, &settings);
    for bytes in [&b""[..], &[22, 3, 1, 2, 0, 1]] {
        let took = time_until_closed(&service, bytes);
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

fn make_certificate(key: &Path, certificate: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-keyout"]).arg(key).arg("-out").arg(certificate);
    run_ok(openssl);
}

#[test]
fn connections_per_address_are_limited() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("max_connections_per_address", "5")]);
    let open: Vec<TcpStream> =
        (0..5).map(|_| connect_from(9, &service.address, LARGE_BUFFER).unwrap()).collect();
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let get_from = |last| {
        let mut stream = connect_from(last, &service.address, LARGE_BUFFER).unwrap();
        exchange(&mut stream, request, Duration::from_secs(5))
    };
    wait_for("the limit to be reached", 10, || get_from(9).is_empty().then_some(()));
    assert!(get_from(8).starts_with("HTTP/1.1 200"));
    assert!(read_metric(&service, "http_connections_refused_total") >= 1);
    drop(open);
    wait_for("a free connection", 10, || get_from(9).starts_with("HTTP/1.1 200").then_some(()));
}

#[test]
fn clients_that_never_read_are_disconnected() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("stall_timeout_ms", "1000")]);
    let requests = "GET /api/v1/events?limit=1000 HTTP/1.1\r\nhost: x\r\n\r\n".repeat(12);
    let readers: Vec<TcpStream> = (0..10)
        .map(|_| {
            let mut stream = connect_from(7, &service.address, SMALL_BUFFER).unwrap();
            stream.write_all(requests.as_bytes()).unwrap();
            stream
        })
        .collect();
    wait_for("the connections", 10, || {
        (read_metric(&service, "http_connections") > 5).then_some(())
    });
    wait_for("the connections to close", 20, || {
        (read_metric(&service, "http_connections") <= 1).then_some(())
    });
    let metric = "http_bytes_in_flight{of=\"responses\"}";
    wait_for("the response buffers to be freed", 5, || {
        (read_metric(&service, metric) == 0).then_some(())
    });
    drop(readers);
}
