//! Limits on size and time of requests, security headers and TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::process::{run, run_ok};
use serde_json::json;

use crate::service::Service;

fn send_raw(service: &Service, request: &[u8]) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The service may close the connection before it has read everything.
    let _ = stream.write_all(request);
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    (String::from_utf8_lossy(&response).into_owned(), began.elapsed())
}

#[test]
fn large_or_compressed_requests_are_refused() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("max_body_bytes", "10000"), ("max_batch_bytes", "100000")]);
    let token = service.create_bearer(&database, "api_user", "premium");
    let bearer = [("authorization", token.as_str())];
    let large = json!({ "filter": "x".repeat(20_000) });
    let response = service.post("/api/v1/search/advanced", &bearer, &large);
    assert_eq!((response.status, response.json()["code"].as_str()), (413, Some("too_large")));
    let batch = json!({ "rows": [{ "acft_make": "x".repeat(200_000) }] });
    assert_eq!(service.post("/api/v1/predictions/batch", &bearer, &batch).status, 413);
    let compressed = [bearer[0], ("content-encoding", "gzip")];
    assert_eq!(service.post("/api/v1/search/advanced", &compressed, &json!({})).status, 415);

    let head = format!("GET /health HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(100_000));
    let (response, _) = send_raw(&service, head.as_bytes());
    assert!(response.starts_with("HTTP/1.1 431"), "{response}");
    let headers: String = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    let (response, _) =
        send_raw(&service, format!("GET /health HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes());
    assert!(response.starts_with("HTTP/1.1 431"), "{response}");
    assert_eq!(service.get("/health").status, 200);
}

#[test]
fn slow_requests_time_out() {
    let database = Database::with_sample();
    let service =
        Service::start(&database, &[("header_timeout_ms", "500"), ("body_timeout_ms", "500")]);
    let (_, took) = send_raw(&service, b"GET /health HTTP/1.1\r\nhost: x\r\n");
    assert!(took < Duration::from_secs(5), "an incomplete head timed out after {took:?}");
    let (response, took) = send_raw(
        &service,
        b"POST /api/v1/auth/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 50\r\n\r\n{",
    );
    assert!(response.starts_with("HTTP/1.1 408"), "{response}");
    assert!(took < Duration::from_secs(5), "an incomplete body timed out after {took:?}");
    // Many idle connections do not block other clients.
    let idle: Vec<TcpStream> =
        (0..500).map(|_| TcpStream::connect(&service.address).unwrap()).collect();
    assert_eq!(service.get("/health").status, 200);
    drop(idle);
}

#[test]
fn slow_queries_time_out() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "300")]);
    service.wait_until_listening();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let response = service.get("/api/v1/events");
    assert_eq!((response.status, response.json()["code"].as_str()), (504, Some("timeout")));
    blocker.batch_execute("ROLLBACK").unwrap();
    assert_eq!(service.get("/api/v1/events").status, 200);
}

#[test]
fn responses_have_security_and_cors_headers() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cors_origins", r#"["https://maps.example"]"#)]);
    let response = service.get_with("/api/v1/stats/summary", &[("origin", "https://maps.example")]);
    assert_eq!(response.header("access-control-allow-origin"), "https://maps.example");
    assert_eq!(response.header("x-content-type-options"), "nosniff");
    assert_eq!(response.header("x-frame-options"), "DENY");
    let other = service.get_with("/api/v1/stats/summary", &[("origin", "https://else.example")]);
    assert_eq!(other.header("access-control-allow-origin"), "");
    // The documentation loads nothing from other hosts.
    let page = service.get("/docs/").text();
    assert!(
        page.contains("swagger-ui-bundle.js")
            && !page.contains("http://")
            && !page.contains("https://")
    );
    assert!(service.get("/docs/swagger-ui-bundle.js").body.len() > 100_000);
}

#[test]
fn a_service_with_a_certificate_serves_tls_only() {
    let database = Database::with_sample();
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args([
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
    openssl
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    run_ok(openssl);
    let settings =
        [("tls_key", key.to_str().unwrap()), ("tls_certificate", certificate.to_str().unwrap())];
    let service = Service::start(&database, &settings);
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--max-time", "20", "--cacert"]).arg(&certificate);
    curl.arg(format!("https://{}/health", service.address));
    assert!(run_ok(curl).contains(r#""status":"ok""#));
    let mut plain_http = Command::new("curl");
    plain_http.args(["-sS", "--max-time", "20"]).arg(service.url("/health"));
    assert_ne!(run(plain_http).code, Some(0));
}
