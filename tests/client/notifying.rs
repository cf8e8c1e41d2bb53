//! `ntsb notify` against a made-up chat and a made-up mail server.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ntsb_tests::database::Database;
use ntsb_tests::mail::MailServer;
use ntsb_tests::ntsb::command;
use ntsb_tests::process::{Finished, Running, signal};
use ntsb_tests::web::{Reply, Web};

fn taken(status: u16) -> Reply {
    Reply::Answer { status, headers: Vec::new(), body: b"ok".to_vec() }
}

fn start(database: &Database, arguments: &[&str]) -> Running {
    let mut command = command(&database.server, &database.name);
    command.arg("notify").args(arguments);
    Running::start(command)
}

fn notify(database: &Database, arguments: &[&str]) -> Finished {
    start(database, arguments).finish_within(Duration::from_secs(30))
}

fn raise(database: &Database, severity: &str, message: &str) {
    database.execute(&format!(
        "SELECT ntsb_raise_alert('drift', '{severity}', 'a model', '{message}')"
    ));
}

#[test]
fn each_alert_goes_once_to_each_target() {
    let (database, web, mail) = (Database::blank(), Web::start(), MailServer::start());
    web.plan("/hook", vec![taken(200)]);
    let (hook, smtp) = (format!("http://{}/hook", web.address), format!("smtp://{}", mail.address));
    let targets = ["--once", "--webhook", &hook, "--mail", "a@example.org", "--smtp", &smtp];
    raise(&database, "info", "first");
    raise(&database, "critical", "second <!here>");
    let finished = notify(&database, &targets);
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    assert!(!finished.said().contains("/hook"), "the URL is a secret: {}", finished.said());

    let posts: Vec<String> = web.asked().into_iter().map(|request| request.body).collect();
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[0].contains("first") && posts[1].contains("second &lt;!here&gt;"), "{posts:?}");
    let mails = mail.taken();
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails[1].contains("Subject: NTSB warehouse: critical: drift (a model)"), "{mails:?}");
    assert!(mails[1].contains("To: a@example.org"), "{mails:?}");

    assert_eq!(notify(&database, &targets).code, Some(0));
    assert!(web.asked().is_empty() && mail.taken().is_empty());
    assert_eq!(database.count("ntsb.alert_delivery"), 4);
}

#[test]
fn what_could_not_be_delivered_is_tried_again_and_others_get_theirs() {
    let (database, web, mail) = (Database::blank(), Web::start(), MailServer::start());
    web.plan("/hook", vec![taken(500), taken(200)]);
    let (hook, smtp) = (format!("http://{}/hook", web.address), format!("smtp://{}", mail.address));
    let targets = ["--once", "--webhook", &hook, "--mail", "a@example.org", "--smtp", &smtp];
    raise(&database, "warning", "look");
    mail.refuse(true);
    let finished = notify(&database, &targets);
    assert_eq!(finished.code, Some(1), "{}", finished.said());
    assert!(finished.stderr.contains("answered 500"), "{}", finished.stderr);
    assert!(finished.stderr.contains("not now"), "{}", finished.stderr);
    mail.refuse(false);
    assert_eq!(notify(&database, &targets).code, Some(0));
    assert_eq!((web.asked().len(), mail.taken().len()), (2, 1));
}

#[test]
fn what_nobody_need_know_is_not_passed_on() {
    let (database, web) = (Database::blank(), Web::start());
    web.plan("/hook", vec![taken(200)]);
    let hook = format!("http://{}/hook", web.address);
    raise(&database, "info", "light");
    raise(&database, "critical", "known");
    database.execute("SELECT ntsb_acknowledge_alert(max(alert_id)) FROM ntsb.alert");
    raise(&database, "critical", "old");
    database.execute(
        "UPDATE ntsb.alert SET raised_at = now() - interval '8 days' WHERE message = 'old'",
    );
    let finished = notify(&database, &["--once", "--webhook", &hook, "--least", "warning"]);
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    assert!(web.asked().is_empty());
}

#[test]
fn an_alert_is_passed_on_as_it_is_raised_and_after_a_lost_connection() {
    let (database, web) = (Database::blank(), Web::start());
    web.plan("/hook", vec![taken(200)]);
    let hook = format!("http://{}/hook", web.address);
    let relay = start(&database, &["--webhook", &hook]);
    let listening = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
                     AND query LIKE 'LISTEN%' OR query LIKE '%FROM ntsb.alert a%' AND pid <> pg_backend_pid()";
    until("it listens", || database.one(listening));
    raise(&database, "warning", "now");
    until("the alert has come", || web.asked().iter().any(|r| r.body.contains("now")));
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    raise(&database, "warning", "afterwards");
    until("it came back", || web.asked().iter().any(|r| r.body.contains("afterwards")));
    let other = notify(&database, &["--once", "--webhook", &hook]);
    assert!(other.stderr.contains("another ntsb notify"), "{}", other.said());
    assert!(signal(relay.id(), 2), "interrupted");
    assert_eq!(relay.finish_within(Duration::from_secs(10)).code, Some(0));
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "in vain: {what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn wrong_targets_are_refused_without_their_secrets() {
    let database = Database::blank();
    for (arguments, words) in [
        (&["--once"][..], "to whom?"),
        (&["--mail", "a@example.org"], "--smtp"),
        (&["--webhook", "ftp://secret"], "no URL that begins"),
        (&["--mail", "nobody", "--smtp", "smtp://localhost"], "no mail address"),
        (&["--mail", "a@example.org", "--smtp", "secret://x"], "no URL of a mail server"),
    ] {
        let finished = notify(&database, arguments);
        assert_eq!(finished.code, Some(2), "{}", finished.said());
        assert!(finished.stderr.contains(words), "no {words:?} in {}", finished.stderr);
        assert!(!finished.stderr.contains("secret"), "{}", finished.stderr);
    }
}
