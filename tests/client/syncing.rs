//! `ntsb sync` against a server that fails in every way.

use std::fs;
use std::time::Duration;

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::command;
use ntsb_tests::process::{Finished, Running};
use ntsb_tests::web::{Reply, Web};
use serde_json::json;
use tempfile::TempDir;

const MONDAY: &str = "Mon, 02 Nov 2026 08:00:00 GMT";
const TUESDAY: &str = "Tue, 03 Nov 2026 08:00:00 GMT";

struct Stage {
    web: Web,
    folder: TempDir,
    database: Database,
}

impl Stage {
    fn new() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        Stage { web: Web::start(), folder, database: Database::blank() }
    }

    fn sync(&self, arguments: &[&str]) -> Finished {
        let mut command = command(&self.database.server, &self.database.name);
        command.arg("sync").args(arguments).arg("--folder").arg(self.folder.path());
        command.env("NTSB_API_KEY", "made-up-key");
        if !arguments.contains(&"--cases") {
            command.args(["--from", &format!("http://{}/{{file}}", self.web.address)]);
        }
        Running::start(command).finish_within(Duration::from_secs(60))
    }

    #[track_caller]
    fn synced(&self, arguments: &[&str]) -> Finished {
        let finished = self.sync(arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.said());
        finished
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32, words: &str) {
        let finished = self.sync(arguments);
        assert_eq!(finished.code, Some(code), "{}", finished.said());
        assert!(finished.stderr.contains(words), "no {words:?} in: {}", finished.stderr);
    }
}

fn sample() -> Vec<u8> {
    fs::read(fixture("sample.zip")).unwrap()
}

fn tagged(tag: &str) -> Vec<(&'static str, String)> {
    vec![("ETag", format!("\"{tag}\"")), ("Last-Modified", MONDAY.to_owned())]
}

fn file(body: Vec<u8>, tag: &str) -> Reply {
    Reply::File { body, headers: tagged(tag) }
}

fn status(status: u16) -> Reply {
    Reply::Answer { status, headers: Vec::new(), body: b"sorry".to_vec() }
}

#[test]
fn what_is_new_is_loaded_and_what_is_not_is_not_asked_for_again() {
    let stage = Stage::new();
    stage.web.plan("/avall.zip", vec![file(sample(), "1")]);
    stage.synced(&[]);
    let events = stage.database.count("ntsb.events");
    assert!(events > 2000, "{events}");
    assert_eq!(stage.database.count("ntsb.batch"), 1);
    stage.web.asked();

    let again = stage.synced(&[]);
    assert!(again.stderr.contains("avall.zip: unchanged"), "{}", again.stderr);
    let asked = stage.web.asked();
    let all = asked.iter().find(|r| r.target == "/avall.zip").unwrap();
    assert_eq!(all.headers.get("if-none-match").map(String::as_str), Some("\"1\""));
    assert!(asked.iter().filter(|r| r.target != "/avall.zip").all(|r| r.method == "HEAD"));
    assert_eq!(stage.database.count("ntsb.batch"), 1);

    // The same bytes under another tag are no news, either.
    stage.web.plan("/avall.zip", vec![file(sample(), "2")]);
    stage.synced(&[]);
    assert_eq!(stage.database.count("ntsb.batch"), 1);
}

#[test]
fn weekly_files_follow_that_are_newer_than_the_file_of_all() {
    let stage = Stage::new();
    stage.web.plan("/avall.zip", vec![file(sample(), "1")]);
    let update = fs::read(fixture("up08NOV.zip")).unwrap();
    let published = |day: &str| Reply::File {
        body: update.clone(),
        headers: vec![("ETag", "\"u\"".into()), ("Last-Modified", day.to_owned())],
    };
    // Whatever the day is, six weeks hold every one of these days.
    for name in ["up01", "up08", "up15", "up22"] {
        for month in
            ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        {
            let day = if name == "up08" { TUESDAY } else { MONDAY };
            stage.web.plan(&format!("/{name}{month}.zip"), vec![published(day)]);
        }
    }
    stage.synced(&[]);
    let sources: Vec<String> =
        stage.database.column("SELECT source FROM ntsb.batch ORDER BY batch_id", &[]);
    assert_eq!(sources[0], "avall.zip");
    assert!(sources.len() > 1, "{sources:?}");
    assert!(sources[1..].iter().all(|name| name.starts_with("up08")), "{sources:?}");
    let modes: Vec<String> =
        stage.database.column("SELECT DISTINCT mode FROM ntsb.batch WHERE batch_id > 1", &[]);
    assert_eq!(modes, ["increment"]);
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let stage = Stage::new();
    let body = sample();
    let cut = |after| Reply::Cut { body: body.clone(), headers: tagged("1"), after };
    stage.web.plan("/avall.zip", vec![cut(30_000), cut(20_000), file(body.clone(), "1")]);
    stage.synced(&["avall.zip", "--no-load"]);
    let ranges: Vec<_> =
        stage.web.asked().iter().map(|r| r.headers.get("range").cloned()).collect();
    assert_eq!(ranges, [None, Some("bytes=30000-".into()), Some("bytes=50000-".into())]);
    assert_eq!(fs::read(stage.folder.path().join("avall.zip")).unwrap(), body);
}

#[test]
fn a_run_that_gave_up_leaves_what_it_has_to_the_next() {
    let stage = Stage::new();
    let body = sample();
    let cut = Reply::Cut { body: body.clone(), headers: tagged("1"), after: 40_000 };
    stage.web.plan("/avall.zip", vec![cut, Reply::Hangup]);
    stage.refused(&["avall.zip", "--no-load", "--attempts", "2"], 1, "given up after 2 attempts");
    assert!(!stage.folder.path().join("avall.zip").exists());
    stage.web.asked();
    stage.web.plan("/avall.zip", vec![file(body.clone(), "1")]);
    stage.synced(&["avall.zip", "--no-load"]);
    let range = stage.web.asked()[0].headers.get("range").cloned();
    assert_eq!(range.as_deref(), Some("bytes=40000-"));
    assert_eq!(fs::read(stage.folder.path().join("avall.zip")).unwrap(), body);
}

#[test]
fn what_changed_meanwhile_is_fetched_from_its_beginning() {
    let stage = Stage::new();
    let old = fs::read(fixture("up08NOV.zip")).unwrap();
    let cut = Reply::Cut { body: old, headers: tagged("old"), after: 10_000 };
    stage.web.plan("/avall.zip", vec![cut, file(sample(), "new")]);
    stage.synced(&["avall.zip", "--no-load"]);
    assert_eq!(fs::read(stage.folder.path().join("avall.zip")).unwrap(), sample());
}

#[test]
fn passing_troubles_are_waited_for() {
    let stage = Stage::new();
    let busy = |status| Reply::Answer {
        status,
        headers: vec![("Retry-After", "0".into())],
        body: Vec::new(),
    };
    let page = Reply::Answer {
        status: 200,
        headers: vec![("Content-Type", "text/html; charset=utf-8".into())],
        body: b"<html>down for maintenance</html>".to_vec(),
    };
    stage
        .web
        .plan("/avall.zip", vec![busy(503), busy(429), page, Reply::Hangup, file(sample(), "1")]);
    let said = stage.synced(&["avall.zip", "--no-load"]).stderr;
    for words in ["503", "429", "web page", "does not answer"] {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
}

#[test]
fn a_damaged_file_is_never_loaded() {
    let stage = Stage::new();
    let mut flipped = sample();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xFF;
    stage.web.plan("/avall.zip", vec![file(flipped.clone(), "1")]);
    stage.refused(&["avall.zip", "--attempts", "2"], 1, "no whole zip");
    // Whole in itself, and not what the server says that it sent.
    let digest = vec![("Repr-Digest", "sha-256=:AAAA:".to_owned())];
    stage.web.plan("/avall.zip", vec![Reply::File { body: sample(), headers: digest }]);
    stage.refused(&["avall.zip", "--attempts", "1"], 1, "SHA-256");
    assert_eq!(stage.database.count("ntsb.batch"), 0);
    stage.web.plan("/avall.zip", vec![file(flipped, "1"), file(sample(), "1")]);
    stage.synced(&["avall.zip"]);
    assert_eq!(stage.database.count("ntsb.batch"), 1);
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    let stage = Stage::new();
    stage.refused(&["nosuch.zip"], 1, "the server has no nosuch.zip");
    stage.web.plan("/avall.zip", vec![status(403)]);
    stage.refused(&["avall.zip"], 1, "403");
    assert_eq!(stage.web.asked().len(), 2);
    stage.web.plan("/avall.zip", vec![Reply::Silence(Duration::from_secs(5))]);
    stage.refused(&["avall.zip", "--timeout", "1", "--attempts", "1"], 1, "does not answer");
}

#[test]
fn a_load_that_failed_is_made_up_for_without_a_download() {
    let stage = Stage::new();
    stage.web.plan("/avall.zip", vec![file(sample(), "1")]);
    stage.database.execute("ALTER TABLE ntsb.events RENAME TO away");
    assert_ne!(stage.sync(&["avall.zip"]).code, Some(0));
    stage.database.execute("ALTER TABLE ntsb.away RENAME TO events");
    let said = stage.synced(&["avall.zip"]).stderr;
    assert!(said.contains("unchanged"), "{said}");
    assert!(stage.database.count("ntsb.events") > 2000);
}

#[test]
fn cases_come_page_by_page_since_last_time() {
    let stage = Stage::new();
    let text = fs::read_to_string(fixture("cases.json")).unwrap();
    let cases: Vec<serde_json::Value> =
        serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect();
    let page = |cases: &[serde_json::Value], next: Option<&str>| Reply::Answer {
        status: 200,
        headers: vec![("Content-Type", "application/json".into())],
        body: json!({ "data": cases, "hasMore": next.is_some(), "nextMarker": next })
            .to_string()
            .into_bytes(),
    };
    let (first, second) = cases.split_at(cases.len() / 2);
    stage.web.plan("/cases", vec![page(first, Some("m2")), status(500), page(second, None)]);
    let api = format!("http://{}/cases", stage.web.address);
    stage.synced(&["--cases", "--api", &api, "--since", "2026-10-01"]);
    let asked = stage.web.asked();
    assert!(asked[0].target.contains("startDate=2026-10-01"), "{}", asked[0].target);
    assert!(asked[2].target.contains("marker=m2"), "{}", asked[2].target);
    assert!(asked.iter().all(|r| r.headers["ocp-apim-subscription-key"] == "made-up-key"));
    assert!(stage.database.count("ntsb.events") > 0);

    stage.web.plan("/cases", vec![page(&[], None)]);
    stage.synced(&["--cases", "--api", &api]);
    let today: String = stage.database.one("SELECT (now() AT TIME ZONE 'UTC')::date::text");
    let target = &stage.web.asked()[0].target;
    assert!(target.contains(&format!("startDate={today}")), "{target}");

    stage.web.plan("/cases", vec![page(&[], Some("same"))]);
    stage.refused(&["--cases", "--api", &api], 1, "in a circle");
}

fn redirect(to: String) -> Reply {
    Reply::Answer { status: 302, headers: vec![("Location", to)], body: Vec::new() }
}

#[test]
fn a_key_goes_to_the_host_of_the_api_and_to_no_other() {
    let stage = Stage::new();
    let other = Web::start();
    let none = Reply::Answer {
        status: 200,
        headers: vec![("Content-Type", "application/json".into())],
        body: br#"{"data": [], "hasMore": false}"#.to_vec(),
    };
    let api = format!("http://{}/cases", stage.web.address);
    let elsewhere = [
        format!("http://{}/cases", other.address),
        format!("http://localhost:{}/cases", other.address.rsplit(':').next().unwrap()),
    ];
    other.plan("/cases", vec![none.clone()]);
    for to in elsewhere {
        stage.web.plan("/cases", vec![redirect(to)]);
        let finished = stage.sync(&["--cases", "--api", &api]);
        assert_eq!(finished.code, Some(1), "{}", finished.said());
        let said = &finished.stderr;
        assert!(said.contains("a redirect was not followed"), "{said}");
        assert!(said.contains("which would be given the key"), "{said}");
        assert_eq!(stage.web.asked().len(), 1, "it was asked again");
        assert!(other.asked().is_empty(), "another host was asked");
    }
    // The same host may have moved it.
    stage.web.plan("/cases", vec![redirect(format!("http://{}/new", stage.web.address))]);
    stage.web.plan("/new", vec![none]);
    stage.synced(&["--cases", "--api", &api]);
    assert_eq!(stage.web.asked()[1].headers["ocp-apim-subscription-key"], "made-up-key");
}

/// Files carry no key, and lie elsewhere at times.
#[test]
fn a_file_may_come_from_another_host() {
    let stage = Stage::new();
    let other = Web::start();
    other.plan("/avall.zip", vec![file(sample(), "1")]);
    let to = format!("http://{}/avall.zip", other.address);
    stage.web.plan("/avall.zip", vec![redirect(to)]);
    stage.synced(&["avall.zip", "--no-load"]);
    assert!(other.asked().iter().all(|r| !r.headers.contains_key("ocp-apim-subscription-key")));
}

#[test]
fn a_page_without_an_end_is_not_read_to_it() {
    let stage = Stage::new();
    let api = format!("http://{}/cases", stage.web.address);
    let long = Reply::Cut { body: vec![b' '; 65 << 20], headers: Vec::new(), after: 100 };
    for endless in [Reply::Endless, long] {
        stage.web.plan("/cases", vec![endless]);
        stage.refused(&["--cases", "--api", &api], 1, "a page has more than 67108864 bytes");
    }
}
