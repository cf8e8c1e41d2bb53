//! Headers, compression, caching, WebSocket, and the address of the client.

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;
use serde_json::json;

use super::proxy::{Nginx, Request, Response};
use super::requests::start_service;
use super::service::Service;

const SECURITY_HEADERS: &[&str] = &[
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "content-security-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "x-request-id",
];

fn count_header(response: &Response, name: &str) -> usize {
    let start = format!("{name}: ");
    response.head.to_lowercase().lines().filter(|line| line.starts_with(&start)).count()
}

#[test]
fn every_response_has_each_security_header_once() {
    let database = Database::with_sample();
    let service = start_service(&database);
    let nginx = Nginx::start_unlimited(&service.address);
    let responses = nginx.send(&[
        Request::get("/api/v1/stats/summary"),
        Request::get("/docs/"),
        Request::get("/nowhere"),
        Request::get("/api/v1/search?q=%3Cscript%3E"),
        Request::get("/metrics"),
        Request::get("/health/metrics"),
        Request::post("/api/v1/predictions/severity", &json!({ "acft_make": "x".repeat(300_000) })),
    ]);
    let statuses: Vec<u16> = responses.iter().map(|response| response.status).collect();
    assert_eq!(statuses, [200, 200, 404, 403, 404, 404, 413]);
    for (response, status) in responses.iter().zip(statuses) {
        for name in SECURITY_HEADERS {
            assert_eq!(count_header(response, name), 1, "{status} {name}: {}", response.head);
        }
        assert_eq!(response.header("server"), Some("nginx"), "no version");
    }
    // The pages of the service keep its own policy; answers of nginx load nothing.
    assert!(responses[1].header("content-security-policy").unwrap().contains("default-src 'self'"));
    assert!(responses[3].header("content-security-policy").unwrap().contains("default-src 'none'"));
    // Errors of nginx have the fields of the service's.
    let error: serde_json::Value = serde_json::from_slice(&responses[6].body).unwrap();
    let mut names: Vec<&String> = error.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["code", "details", "hint", "message", "request_id"]);
    assert_eq!(error["details"], "status 413");
}

#[test]
fn text_is_compressed_once_and_tiles_are_not() {
    let database = Database::with_sample();
    let service = start_service(&database);
    let nginx = Nginx::start_unlimited(&service.address);
    let get = |path: &str| Request::get(path).header("accept-encoding", "gzip");
    let tile = "/api/v1/tiles/0/0/0.mvt";
    let responses = nginx.send(&[
        get("/api/v1/events?limit=50"),
        get("/docs/swagger-ui.css"),
        get(tile),
        get("/health"),
        Request::get("/api/v1/events?limit=50"),
    ]);
    let encodings: Vec<_> =
        responses.iter().map(|r| (r.status, r.header("content-encoding"))).collect();
    assert_eq!(
        encodings,
        [(200, Some("gzip")), (200, Some("gzip")), (200, None), (200, None), (200, None)],
        "{} {tile}",
        responses[2].head
    );
    assert!(responses[0].body.len() * 3 < responses[4].body.len());
    // The entity tag survives compression.
    let tag = responses[0].header("etag").unwrap().to_owned();
    assert!(tag.starts_with("W/"), "{tag}");
    let again = &nginx.send(&[get("/api/v1/events?limit=50").header("if-none-match", &tag)])[0];
    assert_eq!(again.status, 304);
}

#[test]
fn pages_are_cached_and_data_are_not() {
    let database = Database::with_sample();
    let service = start_service(&database);
    let nginx = Nginx::start_unlimited(&service.address);
    let style = || Request::get("/docs/swagger-ui.css");
    let responses = nginx.send(&[style(), style(), Request::get("/api/v1/stats/summary")]);
    let cached: Vec<_> = responses.iter().map(|response| response.header("x-cache")).collect();
    assert_eq!(cached, [Some("MISS"), Some("HIT"), None]);
    assert_eq!(responses[0].body, responses[1].body);
    assert_eq!(responses[1].header("cache-control"), Some("max-age=3600"));
    // The pages remain while the service restarts; data are unavailable with a hint.
    drop(service);
    let responses = nginx.send(&[style(), Request::get("/api/v1/stats/summary")]);
    assert_eq!((responses[0].status, responses[1].status), (200, 502));
    assert_eq!(responses[1].header("retry-after"), Some("5"));
    assert!(responses[1].text().contains(r#""code":"unavailable""#), "{}", responses[1].text());
}

#[test]
fn a_websocket_and_an_export_pass_through() {
    let database = Database::with_sample();
    let service = start_service(&database);
    let nginx = Nginx::start_unlimited(&service.address);
    let origin = format!("https://{}:{}", super::proxy::NAME, nginx.port);
    let upgrade = |origin: &str| {
        Request::get("/ws/live-updates")
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("origin", origin)
    };
    // The socket stays open until curl gives up.
    let options = ["http1.1", "max-time = 3"];
    let responses = nginx.send_with(&[upgrade(&origin), upgrade("https://evil.example")], &options);
    assert_eq!((responses[0].status, responses[1].status), (101, 403));
    assert!(responses[0].text().contains(r#""type":"hello""#), "{}", responses[0].text());
    let export =
        Request::get("/api/v1/events?limit=200000").header("accept", "application/x-ndjson");
    let direct = service.get_with(&export.path, &[("accept", "application/x-ndjson")]);
    let proxied = &nginx.send(&[export])[0];
    assert_eq!((proxied.status, proxied.body.len()), (200, direct.body.len()));
    assert!(proxied.text().lines().last().unwrap().contains("next_page"));
}

/// The service counts callers by the address that nginx saw, not by one that the client invents.
#[test]
fn the_address_of_the_client_cannot_be_forged() {
    let database = Database::with_sample();
    let settings = [("trusted_proxies", r#"["127.0.0.1/32"]"#), ("free_per_minute", "3")];
    let service = Service::start(&database, &settings);
    let nginx = Nginx::start_unlimited(&service.address);
    let forged =
        |address: &str| Request::get("/api/v1/stats/summary").header("x-forwarded-for", address);
    let requests = ["6.6.6.1", "6.6.6.2", "6.6.6.3", "6.6.6.4, 6.6.6.5"].map(forged);
    let statuses: Vec<u16> = nginx.send(&requests).iter().map(|response| response.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    // Another address has its own allowance.
    let other = nginx.send_with(&[forged("6.6.6.1")], &["interface = \"127.0.0.2\""]);
    assert_eq!(other[0].status, 200);
    // The ID of a request is the client's if it is plain, and is in both logs.
    let request = |id: &str| Request::get("/health").header("x-request-id", id);
    let responses = nginx.send(&[request("mine-1"), request("a b; c")]);
    assert_eq!(responses[0].header("x-request-id"), Some("mine-1"));
    assert_eq!(responses[1].header("x-request-id").unwrap().len(), 32);
    wait_for("the entries in both logs", 30, || {
        let is_passed_on = nginx.log("ntsb.log").contains(r#""request_id":"mine-1""#);
        (is_passed_on && service.log().contains("mine-1")).then_some(())
    });
}
