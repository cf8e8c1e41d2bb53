//! Limits of requests, connections and bodies, and that they agree with those of the service.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::Command;

use ntsb_tests::process::run_ok;
use ntsb_tests::server::env_var;
use ntsb_tests::web_server::{Reply, WebServer};
use serde_json::json;

use super::proxy::{Nginx, Request, Response};
use crate::helm::repository;

fn count(responses: &[Response], status: u16) -> usize {
    responses.iter().filter(|response| response.status == status).count()
}

#[test]
fn floods_are_refused() {
    let ok =
        |_: &_| Some(Reply::Response { status: 200, headers: Vec::new(), body: b"ok".to_vec() });
    let server = WebServer::start_with(ok);
    let nginx = Nginx::start(&server.address);
    // 20 a second with a reserve of 100: of 300 at once some 100 pass.
    let requests = vec![Request::get("/health"); 300];
    let responses = nginx.send_parallel(&requests, 60);
    let (passed, refused) = (count(&responses, 200), count(&responses, 429));
    assert_eq!(passed + refused, 300);
    assert!((100..280).contains(&passed), "{passed}");
    let refusal = responses.iter().find(|response| response.status == 429).unwrap();
    assert_eq!(refusal.header("retry-after"), Some("1"));
    assert!(refusal.text().contains("status 429"), "{}", refusal.text());
    // Logins have a stricter limit: 10 a minute with a reserve of 10. Another address is not affected.
    let login = Request::post("/api/v1/auth/token", &json!({ "api_key": "x" }));
    let logins = nginx.send_with(&vec![login; 20], &["interface = \"127.0.0.3\""]);
    assert!((10..=13).contains(&count(&logins, 200)), "{}", count(&logins, 200));
}

#[test]
fn one_client_has_at_most_100_requests_in_progress() {
    // A service that accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nginx = Nginx::start_unlimited(&silent.local_addr().unwrap().to_string());
    let requests = vec![Request::get("/health"); 130];
    let responses = nginx.send_parallel(&requests, 10);
    assert_eq!((count(&responses, 429), count(&responses, 0)), (30, 100));
}

/// The settings of the service, as it prints them.
fn service_settings() -> BTreeMap<String, String> {
    let mut service = Command::new(env_var("NTSB_SERVICE_BIN"));
    service.env_clear().arg("--print-config");
    run_ok(service)
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The values of a directive in the files of deploy/nginx, without units, in their order.
fn directive(file: &str, name: &str) -> Vec<u64> {
    let text = fs::read_to_string(repository().join("deploy/nginx").join(file)).unwrap();
    let values = text.lines().filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(' '));
    values
        .map(|value| {
            let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
            let unit = &value[digits.len()..];
            let factor = if unit.starts_with('k') {
                1 << 10
            } else if unit.starts_with('m') {
                1 << 20
            } else {
                1
            };
            digits.parse::<u64>().unwrap() * factor
        })
        .collect()
}

#[test]
fn limits_agree_with_those_of_the_service() {
    let settings = service_settings();
    let setting = |name: &str| settings[name].parse::<u64>().unwrap();
    assert_eq!(directive("nginx.conf", "client_max_body_size"), [setting("max_body_bytes")]);
    assert_eq!(directive("site.conf", "client_max_body_size"), [setting("max_batch_bytes")]);
    assert_eq!(
        directive("modsecurity/main.conf", "SecRequestBodyLimit"),
        [setting("max_batch_bytes")]
    );
    assert_eq!(
        directive("nginx.conf", "client_header_timeout")[0] * 1_000,
        setting("header_timeout_ms")
    );
    assert_eq!(
        directive("nginx.conf", "client_body_timeout")[0] * 1_000,
        setting("body_timeout_ms")
    );
    assert_eq!(directive("nginx.conf", "send_timeout")[0] * 1_000, setting("stall_timeout_ms"));
    let read = directive("proxy.conf", "proxy_read_timeout")[0] * 1_000;
    assert!(
        read > setting("export_timeout_ms")
            && read > setting("statement_timeout_ms") + setting("pool_wait_ms")
    );
    // The proxy closes idle connections before the service does.
    let keepalive = directive("nginx.conf", "keepalive_timeout");
    assert!(keepalive[1] * 1_000 < setting("header_timeout_ms"), "{keepalive:?}");
    // Two pings.
    assert!(directive("site.conf", "proxy_read_timeout")[0] * 1_000 > 2 * setting("heartbeat_ms"));
}
