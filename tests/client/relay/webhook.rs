//! A webhook that misbehaves.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput, send_signal};
use ntsb_tests::wait_for;
use ntsb_tests::web_server::{Reply, Request, WebServer};
use serde_json::Value;

use super::{
    add_changes, change_ids, cursor, parse_events, relay, relay_command, relay_ok, start, text,
};

fn reply(status: u16) -> Reply {
    reply_with(status, &[])
}

fn reply_with(status: u16, headers: &[(&'static str, &str)]) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Response { status, headers, body: Vec::new() }
}

fn ids(requests: &[Request]) -> Vec<String> {
    let bodies = requests.iter().map(|request| request.body.as_str());
    parse_events(bodies).iter().map(|event| text(event, "id").to_owned()).collect()
}

/// HMAC-SHA256 in base64, as openssl calculates it.
fn openssl_hmac(key: &str, message: &str) -> String {
    let mut command = Command::new("sh");
    command.args(["-c", "openssl dgst -sha256 -hmac \"$0\" -binary | base64", key]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn run_with(database: &Database, variables: &[(&str, &str)], arguments: &[&str]) -> ProcessOutput {
    let mut command = relay_command(database, arguments);
    command.envs(variables.iter().copied());
    ChildProcess::start(command).finish_within(Duration::from_secs(60))
}

#[test]
fn each_request_is_one_signed_event() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/secret-path", vec![reply(202)]);
    let url = format!("http://{}/secret-path", web.address);
    add_changes(&database, 2);
    let secrets = [("NTSB_RELAY_HMAC_KEY", "k3y"), ("NTSB_RELAY_TOKEN", "t0ken")];
    let output = run_with(&database, &secrets, &["--to", &url, "--once"]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    for secret in ["k3y", "t0ken", "secret-path"] {
        assert!(!output.all_output().contains(secret), "{}", output.all_output());
    }
    let name: String = database.query_value("SELECT min(target) FROM ntsb.relay_cursor");
    assert!(name.starts_with("webhook 127.0.0.1 ") && !name.contains("secret"), "{name}");
    let requests = web.take_requests();
    assert_eq!(ids(&requests), change_ids(&database));
    for request in &requests {
        assert_eq!(request.headers["content-type"], "application/cloudevents+json; charset=utf-8");
        assert_eq!(request.headers["authorization"], "Bearer t0ken");
        let event: Value = serde_json::from_str(&request.body).unwrap();
        let (id, time) = (&request.headers["webhook-id"], &request.headers["webhook-timestamp"]);
        assert_eq!(id, text(&event, "id"));
        let expected = openssl_hmac("k3y", &format!("{id}.{time}.{}", request.body));
        assert_eq!(request.headers["webhook-signature"], format!("v1,{expected}"));
    }
}

#[test]
fn a_batch_is_one_request() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/", vec![reply(200)]);
    add_changes(&database, 5);
    let url = format!("http://{}/", web.address);
    relay_ok(&database, &["--to", &url, "--once", "--batched", "--batch", "3"]);
    let requests = web.take_requests();
    let batches: Vec<Vec<Value>> =
        requests.iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2]);
    let all: Vec<Value> = batches.concat();
    assert_eq!(super::first_ids(&all), change_ids(&database));
    let kind = &requests[0].headers["content-type"];
    assert_eq!(kind, "application/cloudevents-batch+json; charset=utf-8");
    assert!(!requests[0].headers.contains_key("webhook-signature"));
}

#[test]
fn errors_hang_ups_and_silence_are_retried_in_order() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    let silence = Reply::Silence(Duration::from_millis(2_500));
    let replies = vec![reply(500), Reply::Hangup, silence, reply(200), reply(503), reply(200)];
    web.set_replies("/", replies);
    add_changes(&database, 3);
    let url = format!("http://{}/", web.address);
    let output = relay_ok(&database, &["--to", &url, "--once", "--timeout", "1"]);
    let expected: Vec<String> = change_ids(&database);
    let requests: Vec<String> = ids(&web.take_requests());
    let tries = [4, 2, 1].into_iter().zip(&expected);
    let repeated: Vec<String> =
        tries.flat_map(|(count, id)| std::iter::repeat_n(id.clone(), count)).collect();
    assert_eq!(requests, repeated);
    assert!(output.stderr.contains("returned 500"), "{}", output.stderr);
    assert!(output.stderr.contains("no response from the webhook"), "{}", output.stderr);
}

#[test]
fn a_busy_receiver_decides_when_to_retry() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/", vec![reply_with(429, &[("Retry-After", "3")]), reply(200)]);
    add_changes(&database, 1);
    let begin = Instant::now();
    relay_ok(&database, &["--to", &format!("http://{}/", web.address), "--once"]);
    assert!(begin.elapsed() >= Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_eq!(web.take_requests().len(), 2);
}

#[test]
fn a_refusal_ends_the_relay_and_keeps_the_cursor() {
    for (status, note) in
        [(410, "wants no more"), (302, "redirects are not followed"), (400, "400")]
    {
        let (database, web) = (Database::empty_warehouse(), WebServer::start());
        let elsewhere = format!("http://{}/elsewhere", web.address);
        web.set_replies("/", vec![reply(200), reply_with(status, &[("Location", &elsewhere)])]);
        web.set_replies("/elsewhere", vec![reply(200)]);
        add_changes(&database, 3);
        // Without --once it ends as well: a person has to act.
        let output = relay(&database, &["--to", &format!("http://{}/", web.address)]);
        assert_eq!(output.code, Some(1), "{}", output.all_output());
        assert!(output.stderr.contains(note), "{}", output.stderr);
        assert_eq!(cursor(&database, "changes"), 1, "{status}");
        let requests = web.take_requests();
        assert!(requests.iter().all(|request| request.target == "/"), "{requests:?}");
        assert_eq!(ids(&requests), change_ids(&database)[..2]);
    }
}

#[test]
fn once_gives_up_after_its_attempts() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/", vec![reply(500)]);
    add_changes(&database, 1);
    let url = format!("http://{}/", web.address);
    let output = relay(&database, &["--to", &url, "--once", "--attempts", "2"]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("gave up after 2 attempts"), "{}", output.stderr);
    assert_eq!((web.take_requests().len(), cursor(&database, "changes")), (2, 0));
}

#[test]
fn sigterm_ends_a_relay_whose_target_is_down() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/", vec![reply_with(503, &[("Retry-After", "600")])]);
    add_changes(&database, 1);
    let url = format!("http://{}/", web.address);
    let follower = start(&database, &["--to", &url]);
    wait_for("the request", 30, || (!web.take_requests().is_empty()).then_some(()));
    std::thread::sleep(Duration::from_millis(500));
    assert!(send_signal(follower.id(), libc::SIGTERM));
    let output = follower.finish_within(Duration::from_secs(10));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(output.stderr.contains("retrying in 600.0 s"), "{}", output.stderr);
    assert_eq!(cursor(&database, "changes"), 0);
}

/// A slow receiver: the batch in flight is finished, and its events are not sent again.
#[test]
fn sigterm_waits_for_the_batch_in_flight() {
    let database = Database::empty_warehouse();
    let web = WebServer::start_with(|_| {
        std::thread::sleep(Duration::from_millis(100));
        Some(Reply::Response { status: 200, headers: Vec::new(), body: Vec::new() })
    });
    add_changes(&database, 40);
    let url = format!("http://{}/", web.address);
    let follower = start(&database, &["--to", &url, "--batch", "10"]);
    let mut requests = wait_for("a request", 30, || {
        Some(web.take_requests()).filter(|requests| !requests.is_empty())
    });
    assert!(send_signal(follower.id(), libc::SIGTERM));
    assert_eq!(follower.finish_within(Duration::from_secs(20)).code, Some(0));
    requests.extend(web.take_requests());
    assert_eq!(requests.len() as i64, cursor(&database, "changes"));
    assert_eq!(requests.len() % 10, 0, "{}", requests.len());
    relay_ok(&database, &["--to", &url, "--once"]);
    requests.extend(web.take_requests());
    assert_eq!(ids(&requests), change_ids(&database));
}

#[test]
fn invalid_targets_are_refused() {
    let database = Database::empty_warehouse();
    for (arguments, message) in [
        (&["--once"][..], "no target"),
        (&["--to", "ftp://host/x"], "--to must be redis://"),
        (&["--to", "host"], "--to must be redis://"),
        (&["--to", "kafka://host/topic"], "no valid Kafka URL"),
        (&["--to", "kafka://ann@host:9092/topic"], "NTSB_RELAY_PASSWORD"),
        (&["--to", "http://h/", "--topics", "rows"], "invalid value 'rows'"),
        (&["--to", "http://h/", "--once", "--follow"], "cannot be used with"),
        (
            &["--to", "http://h/", "--hmac-key-file", "/nowhere"],
            "NTSB_RELAY_HMAC_KEY from /nowhere",
        ),
    ] {
        let output = relay(&database, arguments);
        assert_eq!(output.code, Some(2), "{arguments:?}: {}", output.all_output());
        assert!(output.stderr.contains(message), "no {message:?} in {}", output.stderr);
    }
}

#[test]
fn throughput_of_ten_thousand_changes_in_batches() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/", vec![reply(200)]);
    add_changes(&database, 10_000);
    let url = format!("http://{}/", web.address);
    let begin = Instant::now();
    relay_ok(&database, &["--to", &url, "--once", "--batched"]);
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(web.take_requests().len(), 20);
    announce(&format!(
        "figure: relay of 10,000 changes to a webhook in batches of 500: {seconds:.2} s, {:.0} events/s",
        10_000.0 / seconds
    ));
}
