//! Refused and lost connections: retries must be safe.

use std::net::TcpListener;
use std::process::Command;

use ntsb_tests::contents::{BOOKKEEPING, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{Report, load_command};
use ntsb_tests::process::{Finished, run};
use ntsb_tests::proxy::{Fate, Proxy};
use ntsb_tests::server::server;

/// Loads the sample into a blank warehouse through a proxy with these faults, one per connection.
fn load_through(fates: &[Fate]) -> (Database, Proxy, Finished) {
    let database = Database::blank();
    let proxy = Proxy::before(server(), fates);
    let proxied = Database::of(proxy.server(server()), &database.name);
    let finished = run(load_command(&proxied, &["--full", "--json"], &fixture("sample.zip")));
    (database, proxy, finished)
}

fn assert_loaded_once(database: &Database, finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    Report::read(&finished.stdout).assert_nothing_lost();
    assert_eq!(database.count("ntsb.batch"), 1, "{}", finished.stderr);
    assert_same(&Database::with_sample(), database, BOOKKEEPING);
}

#[test]
fn a_refused_connection_is_retried() {
    let (database, proxy, finished) = load_through(&[Fate::Refused, Fate::Refused, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 3);
    let stderr = &finished.stderr;
    assert!(
        stderr.contains("trying again in 1 s") && stderr.contains("trying again in 2 s"),
        "{stderr}"
    );
}

#[test]
fn a_load_interrupted_during_a_copy_restarts_from_the_beginning() {
    let cut = Fate::CutAfter(700_000);
    let (database, proxy, finished) = load_through(&[cut, cut, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 3);
    let stderr = &finished.stderr;
    assert!(stderr.contains("starting sample.zip anew in 2 s"), "{stderr}");
}

#[test]
fn a_load_interrupted_three_times_fails_and_stores_nothing() {
    let (database, proxy, finished) = load_through(&[Fate::CutAfter(300_000)]);
    database.wait_until_quiet();
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    assert_eq!(proxy.seen(), 3);
    for message in ["given up after 3 attempts", "nothing of sample.zip was stored", "try again"] {
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
    assert_eq!(contents(&database, &[]), contents(&Database::blank(), &[]));
}

#[test]
fn a_committed_load_without_a_response_is_not_repeated() {
    let (database, proxy, finished) = load_through(&[Fate::CommitUnanswered, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 2);
    assert!(finished.stderr.contains("was stored"), "{}", finished.stderr);
}

#[test]
fn an_unknown_commit_is_reported_and_a_reload_changes_nothing() {
    let fates = [Fate::CommitUnanswered, Fate::Refused];
    let (database, _, finished) = load_through(&fates);
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    assert!(finished.stderr.contains("may or may not be there"), "{}", finished.stderr);
    let reload = run(load_command(&database, &["--full", "--json"], &fixture("sample.zip")));
    assert_eq!(Report::read(&reload.stdout).changed(), 0);
}

#[test]
fn an_unreachable_server_is_reported_after_three_attempts() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut status: Command = server().at("127.0.0.1", closed).command(server().ntsb(), "ntsb");
    status.arg("status");
    let finished = run(status);
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    let address = format!("127.0.0.1:{closed}");
    for message in [address.as_str(), "given up after 3 attempts", "PGHOST"] {
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
}
