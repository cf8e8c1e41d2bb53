//! `ntsb notify` against a test webhook and a test mail server.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ntsb_tests::cli::ntsb_command;
use ntsb_tests::database::Database;
use ntsb_tests::mail_server::MailServer;
use ntsb_tests::process::{ChildProcess, ProcessOutput, send_signal};
use ntsb_tests::web_server::{Reply, WebServer};

fn reply(status: u16) -> Reply {
    Reply::Response { status, headers: Vec::new(), body: b"ok".to_vec() }
}

fn start(database: &Database, arguments: &[&str]) -> ChildProcess {
    let mut command = ntsb_command(&database.server, &database.name);
    command.arg("notify").args(arguments);
    ChildProcess::start(command)
}

fn notify(database: &Database, arguments: &[&str]) -> ProcessOutput {
    start(database, arguments).finish_within(Duration::from_secs(30))
}

fn raise(database: &Database, severity: &str, message: &str) {
    database.execute(&format!(
        "SELECT ntsb_raise_alert('drift', '{severity}', 'a model', '{message}')"
    ));
}

#[test]
fn each_alert_is_delivered_once_to_each_target() {
    let (database, web, mail) =
        (Database::empty_warehouse(), WebServer::start(), MailServer::start());
    web.set_replies("/hook", vec![reply(200)]);
    let (hook, smtp) = (format!("http://{}/hook", web.address), format!("smtp://{}", mail.address));
    let targets = ["--once", "--webhook", &hook, "--mail", "a@example.org", "--smtp", &smtp];
    raise(&database, "info", "first");
    raise(&database, "critical", "second <!here>");
    let finished = notify(&database, &targets);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert!(
        !finished.all_output().contains("/hook"),
        "the URL is a secret: {}",
        finished.all_output()
    );

    let posts: Vec<String> = web.take_requests().into_iter().map(|request| request.body).collect();
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[0].contains("first") && posts[1].contains("second &lt;!here&gt;"), "{posts:?}");
    let mails = mail.take_messages();
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails[1].contains("Subject: NTSB warehouse: critical: drift (a model)"), "{mails:?}");
    assert!(mails[1].contains("To: a@example.org"), "{mails:?}");

    assert_eq!(notify(&database, &targets).code, Some(0));
    assert!(web.take_requests().is_empty() && mail.take_messages().is_empty());
    assert_eq!(database.count_rows("ntsb.alert_delivery"), 4);
}

#[test]
fn a_failed_delivery_is_retried_without_repeating_the_others() {
    let (database, web, mail) =
        (Database::empty_warehouse(), WebServer::start(), MailServer::start());
    web.set_replies("/hook", vec![reply(500), reply(200)]);
    let (hook, smtp) = (format!("http://{}/hook", web.address), format!("smtp://{}", mail.address));
    let targets = ["--once", "--webhook", &hook, "--mail", "a@example.org", "--smtp", &smtp];
    raise(&database, "warning", "look");
    mail.set_refusing(true);
    let finished = notify(&database, &targets);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("returned 500"), "{}", finished.stderr);
    assert!(finished.stderr.contains("try again later"), "{}", finished.stderr);
    mail.set_refusing(false);
    assert_eq!(notify(&database, &targets).code, Some(0));
    assert_eq!((web.take_requests().len(), mail.take_messages().len()), (2, 1));
}

#[test]
fn minor_acknowledged_and_old_alerts_are_not_sent() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/hook", vec![reply(200)]);
    let hook = format!("http://{}/hook", web.address);
    raise(&database, "info", "light");
    raise(&database, "critical", "known");
    database.execute("SELECT ntsb_acknowledge_alert(max(alert_id)) FROM ntsb.alert");
    raise(&database, "critical", "old");
    database.execute(
        "UPDATE ntsb.alert SET raised_at = now() - interval '8 days' WHERE message = 'old'",
    );
    let finished = notify(&database, &["--once", "--webhook", &hook, "--min-severity", "warning"]);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert!(web.take_requests().is_empty());
}

#[test]
fn alerts_are_sent_at_once_and_after_a_lost_connection() {
    let (database, web) = (Database::empty_warehouse(), WebServer::start());
    web.set_replies("/hook", vec![reply(200)]);
    let hook = format!("http://{}/hook", web.address);
    let notifier = start(&database, &["--webhook", &hook]);
    let listening = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
                     AND query LIKE 'LISTEN%' OR query LIKE '%FROM ntsb.alert a%' AND pid <> pg_backend_pid()";
    wait_until("LISTEN", || database.query_value(listening));
    raise(&database, "warning", "now");
    wait_until("the alert", || web.take_requests().iter().any(|r| r.body.contains("now")));
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    raise(&database, "warning", "afterwards");
    wait_until("the alert after reconnecting", || {
        web.take_requests().iter().any(|r| r.body.contains("afterwards"))
    });
    let second = notify(&database, &["--once", "--webhook", &hook]);
    assert!(second.stderr.contains("another ntsb notify"), "{}", second.all_output());
    assert!(send_signal(notifier.id(), 2), "it has already ended");
    assert_eq!(notifier.finish_within(Duration::from_secs(10)).code, Some(0));
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "timeout waiting for {what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn invalid_targets_are_refused_without_printing_secrets() {
    let database = Database::empty_warehouse();
    for (arguments, message) in [
        (&["--once"][..], "no target: give --webhook URL"),
        (&["--mail", "a@example.org"], "--smtp"),
        (&["--webhook", "ftp://secret"], "--webhook must be a URL"),
        (&["--mail", "nobody", "--smtp", "smtp://localhost"], "invalid e-mail address"),
        (
            &["--mail", "a@example.org", "--smtp", "secret://x"],
            "--smtp must be the URL of a mail server",
        ),
    ] {
        let finished = notify(&database, arguments);
        assert_eq!(finished.code, Some(2), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
        assert!(!finished.stderr.contains("secret"), "{}", finished.stderr);
    }
}
