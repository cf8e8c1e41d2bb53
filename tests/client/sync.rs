//! `ntsb sync` against a test server that can fail.

use std::fs;
use std::time::Duration;

use ntsb_tests::cli::ntsb_command;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::{ChildProcess, ProcessOutput};
use ntsb_tests::web_server::{Reply, WebServer};
use tempfile::TempDir;

const MONDAY: &str = "Mon, 02 Nov 2026 08:00:00 GMT";
const TUESDAY: &str = "Tue, 03 Nov 2026 08:00:00 GMT";

struct SyncTest {
    web: WebServer,
    folder: TempDir,
    database: Database,
}

impl SyncTest {
    fn new() -> SyncTest {
        let folder = tempfile::tempdir().unwrap();
        SyncTest { web: WebServer::start(), folder, database: Database::empty_warehouse() }
    }

    fn sync(&self, arguments: &[&str]) -> ProcessOutput {
        let mut command = ntsb_command(&self.database.server, &self.database.name);
        command.arg("sync").args(arguments).arg("--folder").arg(self.folder.path());
        command.env("NTSB_API_KEY", "test-key");
        command.args(["--from", &format!("http://{}/{{file}}", self.web.address)]);
        ChildProcess::start(command).finish_within(Duration::from_secs(60))
    }

    #[track_caller]
    fn sync_ok(&self, arguments: &[&str]) -> ProcessOutput {
        let finished = self.sync(arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.all_output());
        finished
    }

    #[track_caller]
    fn sync_fails(&self, arguments: &[&str], code: i32, message: &str) {
        let finished = self.sync(arguments);
        assert_eq!(finished.code, Some(code), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    }
}

fn sample_zip() -> Vec<u8> {
    fs::read(fixture("sample.zip")).unwrap()
}

fn etag_headers(tag: &str) -> Vec<(&'static str, String)> {
    vec![("ETag", format!("\"{tag}\"")), ("Last-Modified", MONDAY.to_owned())]
}

fn file_reply(body: Vec<u8>, tag: &str) -> Reply {
    Reply::File { body, headers: etag_headers(tag) }
}

fn error_reply(status: u16) -> Reply {
    Reply::Response { status, headers: Vec::new(), body: b"sorry".to_vec() }
}

#[test]
fn only_new_files_are_downloaded_and_loaded() {
    let test = SyncTest::new();
    test.web.set_replies("/avall.zip", vec![file_reply(sample_zip(), "1")]);
    test.sync_ok(&[]);
    let events = test.database.count_rows("ntsb.events");
    assert!(events > 2000, "{events}");
    assert_eq!(test.database.count_rows("ntsb.batch"), 1);
    test.web.take_requests();

    let again = test.sync_ok(&[]);
    assert!(again.stderr.contains("avall.zip: unchanged"), "{}", again.stderr);
    let requests = test.web.take_requests();
    let all = requests.iter().find(|r| r.target == "/avall.zip").unwrap();
    assert_eq!(all.headers.get("if-none-match").map(String::as_str), Some("\"1\""));
    assert!(requests.iter().filter(|r| r.target != "/avall.zip").all(|r| r.method == "HEAD"));
    assert_eq!(test.database.count_rows("ntsb.batch"), 1);

    // The same bytes with another ETag are not loaded again.
    test.web.set_replies("/avall.zip", vec![file_reply(sample_zip(), "2")]);
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.batch"), 1);
}

#[test]
fn weekly_files_newer_than_the_full_file_are_loaded() {
    let test = SyncTest::new();
    test.web.set_replies("/avall.zip", vec![file_reply(sample_zip(), "1")]);
    let update = fs::read(fixture("up08NOV.zip")).unwrap();
    let published = |day: &str| Reply::File {
        body: update.clone(),
        headers: vec![("ETag", "\"u\"".into()), ("Last-Modified", day.to_owned())],
    };
    // Six weeks contain each of these days of the month, whatever today is.
    for name in ["up01", "up08", "up15", "up22"] {
        for month in
            ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        {
            let day = if name == "up08" { TUESDAY } else { MONDAY };
            test.web.set_replies(&format!("/{name}{month}.zip"), vec![published(day)]);
        }
    }
    test.sync_ok(&[]);
    let sources: Vec<String> =
        test.database.query_column("SELECT source FROM ntsb.batch ORDER BY batch_id", &[]);
    assert_eq!(sources[0], "avall.zip");
    assert!(sources.len() > 1, "{sources:?}");
    assert!(sources[1..].iter().all(|name| name.starts_with("up08")), "{sources:?}");
    let modes: Vec<String> =
        test.database.query_column("SELECT DISTINCT mode FROM ntsb.batch WHERE batch_id > 1", &[]);
    assert_eq!(modes, ["increment"]);
}

#[test]
fn an_interrupted_download_resumes() {
    let test = SyncTest::new();
    let body = sample_zip();
    let cut =
        |after| Reply::TruncatedFile { body: body.clone(), headers: etag_headers("1"), after };
    test.web
        .set_replies("/avall.zip", vec![cut(30_000), cut(20_000), file_reply(body.clone(), "1")]);
    test.sync_ok(&["avall.zip", "--no-load"]);
    let ranges: Vec<_> =
        test.web.take_requests().iter().map(|r| r.headers.get("range").cloned()).collect();
    assert_eq!(ranges, [None, Some("bytes=30000-".into()), Some("bytes=50000-".into())]);
    assert_eq!(fs::read(test.folder.path().join("avall.zip")).unwrap(), body);
}

#[test]
fn a_failed_run_leaves_a_partial_download_for_the_next() {
    let test = SyncTest::new();
    let body = sample_zip();
    let cut =
        Reply::TruncatedFile { body: body.clone(), headers: etag_headers("1"), after: 40_000 };
    test.web.set_replies("/avall.zip", vec![cut, Reply::Hangup]);
    test.sync_fails(&["avall.zip", "--no-load", "--attempts", "2"], 1, "gave up after 2 attempts");
    assert!(!test.folder.path().join("avall.zip").exists());
    test.web.take_requests();
    test.web.set_replies("/avall.zip", vec![file_reply(body.clone(), "1")]);
    test.sync_ok(&["avall.zip", "--no-load"]);
    let range = test.web.take_requests()[0].headers.get("range").cloned();
    assert_eq!(range.as_deref(), Some("bytes=40000-"));
    assert_eq!(fs::read(test.folder.path().join("avall.zip")).unwrap(), body);
}

#[test]
fn a_file_that_changed_is_downloaded_from_the_start() {
    let test = SyncTest::new();
    let old = fs::read(fixture("up08NOV.zip")).unwrap();
    let cut = Reply::TruncatedFile { body: old, headers: etag_headers("old"), after: 10_000 };
    test.web.set_replies("/avall.zip", vec![cut, file_reply(sample_zip(), "new")]);
    test.sync_ok(&["avall.zip", "--no-load"]);
    assert_eq!(fs::read(test.folder.path().join("avall.zip")).unwrap(), sample_zip());
}

#[test]
fn temporary_errors_are_retried() {
    let test = SyncTest::new();
    let retry_later = |status| Reply::Response {
        status,
        headers: vec![("Retry-After", "0".into())],
        body: Vec::new(),
    };
    let page = Reply::Response {
        status: 200,
        headers: vec![("Content-Type", "text/html; charset=utf-8".into())],
        body: b"<html>down for maintenance</html>".to_vec(),
    };
    test.web.set_replies(
        "/avall.zip",
        vec![
            retry_later(503),
            retry_later(429),
            page,
            Reply::Hangup,
            file_reply(sample_zip(), "1"),
        ],
    );
    let stderr = test.sync_ok(&["avall.zip", "--no-load"]).stderr;
    for words in ["503", "429", "web page", "no response from the server"] {
        assert!(stderr.contains(words), "no {words:?} in {stderr}");
    }
}

#[test]
fn a_damaged_file_is_not_loaded() {
    let test = SyncTest::new();
    let mut damaged = sample_zip();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    test.web.set_replies("/avall.zip", vec![file_reply(damaged.clone(), "1")]);
    test.sync_fails(&["avall.zip", "--attempts", "2"], 1, "the zip is damaged");
    // A complete zip whose digest differs from the server's header.
    let digest = vec![("Repr-Digest", "sha-256=:AAAA:".to_owned())];
    test.web.set_replies("/avall.zip", vec![Reply::File { body: sample_zip(), headers: digest }]);
    test.sync_fails(&["avall.zip", "--attempts", "1"], 1, "SHA-256");
    assert_eq!(test.database.count_rows("ntsb.batch"), 0);
    test.web
        .set_replies("/avall.zip", vec![file_reply(damaged, "1"), file_reply(sample_zip(), "1")]);
    test.sync_ok(&["avall.zip"]);
    assert_eq!(test.database.count_rows("ntsb.batch"), 1);
}

#[test]
fn permanent_errors_are_not_retried() {
    let test = SyncTest::new();
    test.sync_fails(&["nosuch.zip"], 1, "the server has no file nosuch.zip");
    test.web.set_replies("/avall.zip", vec![error_reply(403)]);
    test.sync_fails(&["avall.zip"], 1, "403");
    assert_eq!(test.web.take_requests().len(), 2);
    test.web.set_replies("/avall.zip", vec![Reply::Silence(Duration::from_secs(5))]);
    test.sync_fails(
        &["avall.zip", "--timeout", "1", "--attempts", "1"],
        1,
        "no response from the server",
    );
}

#[test]
fn a_failed_load_is_repeated_without_a_download() {
    let test = SyncTest::new();
    test.web.set_replies("/avall.zip", vec![file_reply(sample_zip(), "1")]);
    test.database.execute("ALTER TABLE ntsb.events RENAME TO away");
    assert_ne!(test.sync(&["avall.zip"]).code, Some(0));
    test.database.execute("ALTER TABLE ntsb.away RENAME TO events");
    let stderr = test.sync_ok(&["avall.zip"]).stderr;
    assert!(stderr.contains("unchanged"), "{stderr}");
    assert!(test.database.count_rows("ntsb.events") > 2000);
}

fn redirect(to: String) -> Reply {
    Reply::Response { status: 302, headers: vec![("Location", to)], body: Vec::new() }
}

/// Requests for files carry no API key, so they may be redirected.
#[test]
fn a_file_may_be_redirected_to_another_host() {
    let test = SyncTest::new();
    let other = WebServer::start();
    other.set_replies("/avall.zip", vec![file_reply(sample_zip(), "1")]);
    let to = format!("http://{}/avall.zip", other.address);
    test.web.set_replies("/avall.zip", vec![redirect(to)]);
    test.sync_ok(&["avall.zip", "--no-load"]);
    assert!(
        other.take_requests().iter().all(|r| !r.headers.contains_key("ocp-apim-subscription-key"))
    );
}

#[test]
fn a_sync_that_changed_something_runs_the_pipeline_arrival() {
    let test = SyncTest::new();
    test.database.execute(
        "SELECT ntsb_define_dag('arrival', 'A test', ARRAY[
             ntsb_build_task('a', 'CREATE TABLE public.arrived AS SELECT count(*) AS events FROM ntsb.events')])",
    );
    test.web.set_replies("/avall.zip", vec![file_reply(sample_zip(), "1")]);
    test.sync_ok(&[]);
    assert!(test.database.query_value::<i64>("SELECT events FROM public.arrived") > 2000);
    let runs = "SELECT string_agg(state, ',' ORDER BY run_id) FROM ntsb.dag_run";
    assert_eq!(test.database.query_value::<String>(runs), "succeeded");
    // Refreshing derived data is left to the pipeline.
    assert_eq!(test.database.count_rows("ntsb.accidents"), 0);

    // Without a change there is no run.
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.dag_run"), 1);

    // A failure of the pipeline is a warning.
    test.database.execute(
        "SELECT ntsb_define_dag('arrival', 'A test', ARRAY[ntsb_build_task('bad', 'SELECT 1 / 0', max_attempts => 1)])",
    );
    let increment = fs::read(fixture("up08NOV.zip")).unwrap();
    test.web.set_replies("/up.zip", vec![file_reply(increment, "1")]);
    let output = test.sync_ok(&["up.zip"]);
    assert!(output.stderr.contains("pipeline arrival did not succeed"), "{}", output.stderr);
    assert_eq!(test.database.query_value::<String>(runs), "succeeded,failed");
}
