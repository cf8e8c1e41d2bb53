//! `ntsb sync --api` against an API that fails in every way.

use std::time::Duration;

use ntsb_tests::case_api::{CASE, CHANGES, MONTH, case_record, json_reply};
use ntsb_tests::web_server::{Reply, WebServer};
use serde_json::json;

use super::api::ApiTest;

fn status(status: u16) -> Reply {
    Reply::Response { status, headers: Vec::new(), body: b"sorry".to_vec() }
}

/// A stub with five changed cases of one month.
fn five_cases() -> ApiTest {
    let test = ApiTest::new();
    for key in 1..=5 {
        test.api.publish(&case_record(key, &format!("2025-03-{key:02}")), &test.day(1));
    }
    test
}

#[test]
fn passing_faults_are_retried() {
    let test = five_cases();
    let whole = json!({"data": [], "hasMore": false}).to_string().into_bytes();
    let half = |after| Reply::TruncatedFile { body: whole.clone(), headers: Vec::new(), after };
    let busy = Reply::Response {
        status: 429,
        headers: vec![("Retry-After", "0".to_owned())],
        body: Vec::new(),
    };
    test.api.fail(CHANGES, vec![status(500), busy, Reply::Hangup]);
    test.api.fail(MONTH, vec![half(10), status(503)]);
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.events"), 5);
    assert_eq!(test.complete_until(), Some(test.day(0)));
}

#[test]
fn lasting_faults_store_no_day() {
    for (path, reply, message) in [
        (CHANGES, status(401), "NTSB_API_KEY"),
        (CHANGES, json_reply(&json!({"data": 1})), "not a list of cases"),
        (CHANGES, json_reply(&json!([{"ntsbNumber": "X"}])), "an entry has no mkey"),
        (MONTH, json_reply(&json!({"data": [], "hasMore": true})), "more pages, but no marker"),
        (
            MONTH,
            json_reply(&json!({"data": [], "hasMore": true, "nextMarker": "same"})),
            "the marker same is repeated",
        ),
        (MONTH, json_reply(&json!({"data": [{"color": "red"}]})), "an entry is not a case"),
        (MONTH, Reply::Endless, "a page has more than 67108864 bytes"),
        (
            MONTH,
            Reply::Response { status: 200, headers: Vec::new(), body: b"{\"data\": [".to_vec() },
            "not complete JSON",
        ),
        (MONTH, Reply::Silence(Duration::from_secs(3)), "no response from the server"),
    ] {
        let test = five_cases();
        test.api.fail(path, vec![reply; 9]);
        let finished = test.sync(&["--attempts", "2", "--timeout", "1"]);
        assert_eq!(finished.code, Some(1), "{message}: {}", finished.all_output());
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
        assert_eq!(test.complete_until(), None, "{message}");
        assert_eq!(test.database.count_rows("ntsb.events"), 0, "{message}");
        // The next run loads everything.
        test.api.fail(path, Vec::new());
        test.sync_ok(&[]);
        assert_eq!(test.database.count_rows("ntsb.events"), 5, "{message}");
    }
}

#[test]
fn a_day_is_remembered_only_when_its_cases_are_stored() {
    let test = five_cases();
    test.database.execute("ALTER TABLE ntsb.events RENAME TO away");
    assert_ne!(test.sync(&[]).code, Some(0));
    assert_eq!(test.complete_until(), None);
    test.database.execute("ALTER TABLE ntsb.away RENAME TO events");
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.events"), 5);
}

#[test]
fn a_quiet_day_duplicates_and_vanished_cases_are_no_errors() {
    let test = ApiTest::new();
    test.sync_ok(&[]);
    assert_eq!(test.complete_until(), Some(test.day(0)));
    // The same case twice in the list, one that is gone, and pages that overlap.
    let today = test.day(0);
    for _ in 0..2 {
        test.api.publish(&case_record(7, "2025-03-07"), &today);
    }
    test.api.withdraw(8, &today);
    let report = test.sync_ok(&[]);
    assert!(report.stderr.contains("2 aviation cases changed"), "{}", report.stderr);
    assert!(report.stderr.contains("1 no longer published"), "{}", report.stderr);
    assert_eq!(test.database.count_rows("ntsb.events"), 1);

    let test = five_cases();
    let page = |keys: [u64; 3], next: Option<&str>| {
        let cases = keys.map(|key| case_record(key, &format!("2025-03-{key:02}")));
        json_reply(&json!({"data": cases, "hasMore": next.is_some(), "nextMarker": next}))
    };
    test.api.fail(MONTH, vec![page([1, 2, 3], Some("a")), page([3, 4, 5], None)]);
    let report = test.sync_ok(&[]);
    assert!(report.stderr.contains("5 records fetched"), "{}", report.stderr);
    assert_eq!(test.database.count_rows("ntsb.events"), 5);
}

#[test]
fn an_unknown_member_is_counted_and_named() {
    let test = ApiTest::new();
    let mut record = case_record(1, "2025-03-01");
    record["aircrafts"][0]["aircraftColor"] = json!("red");
    test.api.publish(&record, &test.day(0));
    let output = test.sync_ok(&[]).all_output();
    assert!(output.contains("not known: 1 (aircrafts.aircraftColor)"), "{output}");
    assert_eq!(test.database.count_rows("ntsb.events"), 1);
}

#[test]
fn the_key_is_sent_to_the_api_only_and_never_printed() {
    let test = five_cases();
    let other = WebServer::start();
    for host in
        [other.address.clone(), format!("localhost:{}", other.address.rsplit(':').next().unwrap())]
    {
        let to = format!("http://{host}{CHANGES}");
        test.api.fail(
            CHANGES,
            vec![Reply::Response {
                status: 302,
                headers: vec![("Location", to)],
                body: Vec::new(),
            }],
        );
        let finished = test.sync(&[]);
        assert_eq!(finished.code, Some(1), "{}", finished.all_output());
        assert!(finished.stderr.contains("which would receive the API key"), "{}", finished.stderr);
        assert!(other.take_requests().is_empty(), "another host got a request");
        assert!(!finished.all_output().contains("test-key"));
    }
    test.api.web.take_requests();
    let finished = test.sync_ok(&[]);
    assert!(!finished.all_output().contains("test-key"));
    let requests = test.api.web.take_requests();
    assert!(requests.iter().all(|r| r.headers["ocp-apim-subscription-key"] == "test-key"));
    assert!(requests.iter().all(|r| !r.target.contains("test-key")));
    test.api.fail(CASE, Vec::new());

    let mut command = ntsb_tests::cli::ntsb_command(&test.database.server, &test.database.name);
    command.args(["sync", "--api", "--api-url", "http://api.example/public"]);
    let refused = ntsb_tests::process::run(command);
    assert_eq!(refused.code, Some(2), "{}", refused.all_output());
    assert!(refused.stderr.contains("https://"), "{}", refused.stderr);
}
