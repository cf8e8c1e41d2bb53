//! Connections that only hold their place, in each way in which a client can be silent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::wait_for;

use crate::service::Service;
use crate::sockets::{LARGE, SMALL, connect_from, talk};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// An empty frame of type SETTINGS, and one that acknowledges.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const ACKNOWLEDGED: [u8; 9] = [0, 0, 0, 4, 1, 0, 0, 0, 0];
const PING: [u8; 17] = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

/// How long until the service hangs up.
fn ended_after(service: &Service, said: &[u8]) -> Duration {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    let began = Instant::now();
    talk(&mut stream, said, Duration::from_secs(20));
    began.elapsed()
}

fn number(service: &Service, name: &str) -> i64 {
    let text = service.get("/metrics").text();
    text.lines().find_map(|l| l.strip_prefix(&format!("{name} "))).unwrap().parse().unwrap()
}

#[test]
fn silent_connections_end_whatever_they_said_before() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("header_timeout_ms", "500")]);
    let http2 = [PREFACE, &SETTINGS, &ACKNOWLEDGED].concat();
    for (what, said) in [
        ("nothing", &b""[..]),
        ("half a preface", &PREFACE[..10]),
        ("half a head", b"GET /health HTTP/1.1\r\nhost: x\r\n"),
        ("a request, then nothing", b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"),
        ("a preface", PREFACE),
        ("HTTP/2 without a request", &http2),
    ] {
        let took = ended_after(&service, said);
        assert!(took < Duration::from_secs(5), "{what}: {took:?}");
    }
    wait_for("their places", 10, || (number(&service, "http_connections") <= 1).then_some(()));
}

#[test]
fn pings_alone_keep_no_connection() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("header_timeout_ms", "500")]);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(&[PREFACE, &SETTINGS, &ACKNOWLEDGED].concat()).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let reading = std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
    let began = Instant::now();
    while stream.write_all(&PING).is_ok() && !reading.is_finished() {
        assert!(began.elapsed() < Duration::from_secs(10), "it still answers pings");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn half_a_tls_handshake_ends() {
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
    for said in [&b""[..], &[22, 3, 1, 2, 0, 1]] {
        let took = ended_after(&service, said);
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

fn make_certificate(key: &Path, certificate: &Path) {
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]);
    make.args(["-subj", "/CN=localhost", "-keyout"]).arg(key).arg("-out").arg(certificate);
    run_ok(make);
}

#[test]
fn an_address_has_so_many_connections_and_no_more() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("max_connections_per_address", "5")]);
    let open: Vec<TcpStream> =
        (0..5).map(|_| connect_from(9, &service.address, LARGE).unwrap()).collect();
    let ask = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let ask = |last| {
        let mut stream = connect_from(last, &service.address, LARGE).unwrap();
        talk(&mut stream, ask, Duration::from_secs(5))
    };
    wait_for("five connections", 10, || ask(9).is_empty().then_some(()));
    assert!(ask(8).starts_with("HTTP/1.1 200"));
    assert!(number(&service, "http_connections_refused_total") >= 1);
    drop(open);
    wait_for("a place", 10, || ask(9).starts_with("HTTP/1.1 200").then_some(()));
}

#[test]
fn who_never_reads_is_given_up() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("stall_timeout_ms", "1000")]);
    let ask = "GET /api/v1/events?limit=1000 HTTP/1.1\r\nhost: x\r\n\r\n".repeat(12);
    let readers: Vec<TcpStream> = (0..10)
        .map(|_| {
            let mut stream = connect_from(7, &service.address, SMALL).unwrap();
            stream.write_all(ask.as_bytes()).unwrap();
            stream
        })
        .collect();
    wait_for("the readers", 10, || (number(&service, "http_connections") > 5).then_some(()));
    wait_for("their end", 20, || (number(&service, "http_connections") <= 1).then_some(()));
    let held = "http_bytes_in_flight{of=\"responses\"}";
    wait_for("their bytes", 5, || (number(&service, held) == 0).then_some(()));
    drop(readers);
}
