//! What is too large, too slow or too much does no harm.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::process::{run, run_ok};
use serde_json::json;

use crate::service::Service;

fn raw(service: &Service, said: &[u8]) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The service may hang up while we still speak.
    let _ = stream.write_all(said);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
}

#[test]
fn what_is_too_large_or_packed_is_refused() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("max_body_bytes", "10000"), ("max_batch_bytes", "100000")]);
    let token = service.bearer(&database, "api_user", "premium");
    let bearer = [("authorization", token.as_str())];
    let large = json!({ "filter": "x".repeat(20_000) });
    let answer = service.post("/api/v1/search/advanced", &bearer, &large);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("too_large")));
    let batch = json!({ "rows": [{ "acft_make": "x".repeat(200_000) }] });
    assert_eq!(service.post("/api/v1/predictions/batch", &bearer, &batch).status, 413);
    let packed = [bearer[0], ("content-encoding", "gzip")];
    assert_eq!(service.post("/api/v1/search/advanced", &packed, &json!({})).status, 415);

    let head = format!("GET /health HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    let (said, _) = raw(&service, head.as_bytes());
    assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    let many: String = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    let (said, _) =
        raw(&service, format!("GET /health HTTP/1.1\r\nhost: x\r\n{many}\r\n").as_bytes());
    assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    assert_eq!(service.get("/health").status, 200);
}

#[test]
fn who_speaks_too_slowly_is_not_waited_for() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("header_timeout_ms", "500"), ("body_timeout_ms", "500")]);
    let (_, took) = raw(&service, b"GET /health HTTP/1.1\r\nhost: x\r\n");
    assert!(took < Duration::from_secs(5), "half a head was waited for {took:?}");
    let (said, took) = raw(
        &service,
        b"POST /api/v1/auth/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 50\r\n\r\n{",
    );
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(took < Duration::from_secs(5), "half a body was waited for {took:?}");
    // A crowd of them keeps nobody out.
    let idle: Vec<TcpStream> =
        (0..500).map(|_| TcpStream::connect(&service.address).unwrap()).collect();
    assert_eq!(service.get("/health").status, 200);
    drop(idle);
}

#[test]
fn a_question_that_takes_too_long_is_ended() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "300")]);
    service.hears();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let answer = service.get("/api/v1/events");
    assert_eq!((answer.status, answer.json()["code"].as_str()), (504, Some("timeout")));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(service.get("/api/v1/events").status, 200);
}

#[test]
fn security_headers_and_cors_are_said() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cors_origins", r#"["https://maps.example"]"#)]);
    let answer = service.get_with("/api/v1/stats/summary", &[("origin", "https://maps.example")]);
    assert_eq!(answer.header("access-control-allow-origin"), "https://maps.example");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    let other = service.get_with("/api/v1/stats/summary", &[("origin", "https://else.example")]);
    assert_eq!(other.header("access-control-allow-origin"), "");
    // The pages of the documentation need no other host.
    let page = service.get("/docs/").text();
    assert!(
        page.contains("swagger-ui-bundle.js")
            && !page.contains("http://")
            && !page.contains("https://")
    );
    assert!(service.get("/docs/swagger-ui-bundle.js").body.len() > 100_000);
}

#[test]
fn tls_is_spoken_where_there_is_a_certificate() {
    let database = Database::with_sample();
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let mut make = Command::new("openssl");
    make.args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]);
    make.args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    run_ok(make);
    let settings =
        [("tls_key", key.to_str().unwrap()), ("tls_certificate", certificate.to_str().unwrap())];
    let service = Service::start(&database, &settings);
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--max-time", "20", "--cacert"]).arg(&certificate);
    curl.arg(format!("https://{}/health", service.address));
    assert!(run_ok(curl).contains(r#""status":"ok""#));
    let mut plain = Command::new("curl");
    plain.args(["-sS", "--max-time", "20"]).arg(service.url("/health"));
    assert_ne!(run(plain).code, Some(0));
}
