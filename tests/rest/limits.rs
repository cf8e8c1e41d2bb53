//! How often somebody may ask.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;

use crate::service::{Answer, Service};

const PATH: &str = "/api/v1/stats/summary";

fn left(answer: &Answer) -> (u16, &str, &str) {
    (answer.status, answer.header("ratelimit-limit"), answer.header("ratelimit-remaining"))
}

#[test]
fn a_hundred_a_minute_by_address_and_a_thousand_by_key() {
    let database = Database::with_sample();
    let settings = [
        ("free_per_minute", "100"),
        ("premium_per_minute", "1000"),
        ("trusted_proxies", r#"["127.0.0.0/8"]"#),
    ];
    let service = Service::start(&database, &settings);
    let from = |address| service.get_with(PATH, &[("x-forwarded-for", address)]);
    for n in (0..100).rev() {
        assert_eq!(left(&from("203.0.113.1")), (200, "100", n.to_string().as_str()));
    }
    let refused = from("203.0.113.1");
    assert_eq!(left(&refused), (429, "100", "0"));
    assert_eq!(refused.json()["code"], "rate_limited");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(from("203.0.113.2").status, 200);
    // What the caller made up itself stands before what the proxy saw.
    assert_eq!(from("203.0.113.9, 203.0.113.1").status, 429);
    // Those who watch over the service are not counted.
    assert_eq!(service.get("/health").status, 200);

    let token = service.bearer(&database, "viewer", "premium");
    let mine = || {
        let headers = [("authorization", token.as_str()), ("x-forwarded-for", "203.0.113.1")];
        service.get_with(PATH, &headers)
    };
    for n in (0..1000).rev() {
        let answer = mine();
        assert_eq!(left(&answer), (200, "1000", n.to_string().as_str()));
    }
    assert_eq!(mine().status, 429);
}

#[test]
fn without_a_trusted_proxy_nobody_hides_behind_another_address() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("free_per_minute", "5")]);
    for n in 0..7 {
        let answer = service.get_with(PATH, &[("x-forwarded-for", &format!("203.0.113.{n}"))]);
        assert_eq!(answer.status, if n < 5 { 200 } else { 429 });
    }
    // Tokens that do not hold are counted as well.
    let guess = service.get_with(PATH, &[("authorization", "Bearer guess")]);
    assert_eq!(guess.status, 429);
}

#[test]
fn callers_behind_a_proxy_are_told_apart_by_address_and_by_network() {
    let database = Database::with_sample();
    let settings =
        [("free_per_minute", "10"), ("trusted_proxies", r#"["127.0.0.0/8", "10.0.0.0/8"]"#)];
    let service = Service::start(&database, &settings);
    let good = |address: &dyn Fn(usize) -> String| {
        let from = |n| service.get_with(PATH, &[("x-forwarded-for", &address(n))]).status;
        (0..15).filter(|n| from(*n) == 200).count()
    };
    // One caller from many ports is one caller, and no other.
    assert_eq!(good(&|n| format!("198.51.100.1:{}", 5_000 + n)), 10);
    assert_eq!(good(&|n| format!("198.51.100.2:{}, 10.1.1.1:80", 5_000 + n)), 10);
    assert_eq!(good(&|n| format!("[2001:db8::1]:{}", 5_000 + n)), 10);
    // Whoever has one address of IPv6 has 2^64.
    assert_eq!(good(&|n| format!("2001:db8:1:2::{n:x}")), 10);
    assert_eq!(good(&|n| format!("[2001:db8:1:2:ffff::{n:x}]:443")), 0);
    assert_eq!(good(&|n| format!("2001:db8:1:3::{n:x}")), 10);
}

struct Redis(Child, u16);

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn redis() -> Redis {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string()]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let redis = Redis(child, port);
    wait_for("Redis", 20, || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
    redis
}

#[test]
fn services_with_one_redis_count_together() {
    let database = Database::with_sample();
    let redis = redis();
    let url = format!("redis://127.0.0.1:{}", redis.1);
    let settings = [("free_per_minute", "20"), ("redis_url", url.as_str())];
    let services = [Service::start(&database, &settings), Service::start(&database, &settings)];
    let ok = (0..30).filter(|n| services[n % 2].get(PATH).status == 200).count();
    assert_eq!(ok, 20);
    // Without Redis each counts by itself, and answers.
    drop(redis);
    assert_eq!(services[0].get(PATH).status, 200);
}
