//! Rate limits per address and per API key.

use ntsb_tests::database::Database;
use ntsb_tests::redis_server::RedisServer;

use crate::service::{Response, Service};

const PATH: &str = "/api/v1/stats/summary";

/// The status and the headers of the rate limit.
fn rate_limit(response: &Response) -> (u16, &str, &str) {
    (response.status, response.header("ratelimit-limit"), response.header("ratelimit-remaining"))
}

#[test]
fn limits_are_100_a_minute_per_address_and_1000_per_key() {
    let database = Database::with_sample();
    let settings = [
        ("free_per_minute", "100"),
        ("premium_per_minute", "1000"),
        ("trusted_proxies", r#"["127.0.0.0/8"]"#),
    ];
    let service = Service::start(&database, &settings);
    let get_from = |address| service.get_with(PATH, &[("x-forwarded-for", address)]);
    for n in (0..100).rev() {
        assert_eq!(rate_limit(&get_from("203.0.113.1")), (200, "100", n.to_string().as_str()));
    }
    let refused = get_from("203.0.113.1");
    assert_eq!(rate_limit(&refused), (429, "100", "0"));
    assert_eq!(refused.json()["code"], "rate_limited");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(get_from("203.0.113.2").status, 200);
    // Only the last address counts. The caller can forge those before it.
    assert_eq!(get_from("203.0.113.9, 203.0.113.1").status, 429);
    // Health checks are not rate limited.
    assert_eq!(service.get("/health").status, 200);

    let token = service.create_bearer(&database, "viewer", "premium");
    let get_with_token = || {
        let headers = [("authorization", token.as_str()), ("x-forwarded-for", "203.0.113.1")];
        service.get_with(PATH, &headers)
    };
    for n in (0..1000).rev() {
        let response = get_with_token();
        assert_eq!(rate_limit(&response), (200, "1000", n.to_string().as_str()));
    }
    assert_eq!(get_with_token().status, 429);
}

#[test]
fn without_a_trusted_proxy_x_forwarded_for_is_ignored() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("free_per_minute", "5")]);
    for n in 0..7 {
        let response = service.get_with(PATH, &[("x-forwarded-for", &format!("203.0.113.{n}"))]);
        assert_eq!(response.status, if n < 5 { 200 } else { 429 });
    }
    // Requests with invalid tokens count too.
    let guess = service.get_with(PATH, &[("authorization", "Bearer guess")]);
    assert_eq!(guess.status, 429);
}

#[test]
fn callers_behind_a_proxy_are_counted_by_address_or_ipv6_network() {
    let database = Database::with_sample();
    let settings =
        [("free_per_minute", "10"), ("trusted_proxies", r#"["127.0.0.0/8", "10.0.0.0/8"]"#)];
    let service = Service::start(&database, &settings);
    let count_accepted = |address: &dyn Fn(usize) -> String| {
        let status_of = |n| service.get_with(PATH, &[("x-forwarded-for", &address(n))]).status;
        (0..15).filter(|n| status_of(*n) == 200).count()
    };
    // The port does not matter.
    assert_eq!(count_accepted(&|n| format!("198.51.100.1:{}", 5_000 + n)), 10);
    assert_eq!(count_accepted(&|n| format!("198.51.100.2:{}, 10.1.1.1:80", 5_000 + n)), 10);
    assert_eq!(count_accepted(&|n| format!("[2001:db8::1]:{}", 5_000 + n)), 10);
    // IPv6 addresses are counted per /64 network, as one client usually has all of it.
    assert_eq!(count_accepted(&|n| format!("2001:db8:1:2::{n:x}")), 10);
    assert_eq!(count_accepted(&|n| format!("[2001:db8:1:2:ffff::{n:x}]:443")), 0);
    assert_eq!(count_accepted(&|n| format!("2001:db8:1:3::{n:x}")), 10);
}

#[test]
fn services_that_share_a_redis_share_their_limits() {
    let database = Database::with_sample();
    let redis = RedisServer::start();
    let url = redis.url();
    let settings = [("free_per_minute", "20"), ("redis_url", url.as_str())];
    let services = [Service::start(&database, &settings), Service::start(&database, &settings)];
    let accepted = (0..30).filter(|n| services[n % 2].get(PATH).status == 200).count();
    assert_eq!(accepted, 20);
    // Without Redis each service counts by itself and keeps working.
    drop(redis);
    assert_eq!(services[0].get(PATH).status, 200);
}
