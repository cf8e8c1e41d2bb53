//! Refused and lost connections: retries must be safe.

use std::net::TcpListener;
use std::process::Command;

use ntsb_tests::cli::{LoadReport, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::{ProcessOutput, run};
use ntsb_tests::proxy::{ConnectionFault, Proxy};
use ntsb_tests::server::test_server;
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, assert_same_contents, digest_tables};

/// Loads the sample into a blank warehouse through a proxy with these faults, one per connection.
fn load_through(faults: &[ConnectionFault]) -> (Database, Proxy, ProcessOutput) {
    let database = Database::empty_warehouse();
    let proxy = Proxy::start(test_server(), faults);
    let proxied = Database::attach(proxy.proxied_server(test_server()), &database.name);
    let finished = run(load_command(&proxied, &["--full", "--json"], &fixture("sample.zip")));
    (database, proxy, finished)
}

fn assert_loaded_once(database: &Database, finished: &ProcessOutput) {
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    LoadReport::parse(&finished.stdout).assert_counts_add_up();
    assert_eq!(database.count_rows("ntsb.batch"), 1, "{}", finished.stderr);
    assert_same_contents(&Database::with_sample(), database, BOOKKEEPING_COLUMNS);
}

#[test]
fn a_refused_connection_is_retried() {
    let (database, proxy, finished) =
        load_through(&[ConnectionFault::Refuse, ConnectionFault::Refuse, ConnectionFault::None]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.connection_count(), 3);
    let stderr = &finished.stderr;
    assert!(stderr.contains("retrying in 1 s") && stderr.contains("retrying in 2 s"), "{stderr}");
}

#[test]
fn a_load_interrupted_during_a_copy_restarts_from_the_beginning() {
    let cut = ConnectionFault::CutAfterBytes(700_000);
    let (database, proxy, finished) = load_through(&[cut, cut, ConnectionFault::None]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.connection_count(), 3);
    let stderr = &finished.stderr;
    assert!(stderr.contains("retrying sample.zip in 2 s"), "{stderr}");
}

#[test]
fn a_load_interrupted_three_times_fails_and_stores_nothing() {
    let (database, proxy, finished) = load_through(&[ConnectionFault::CutAfterBytes(300_000)]);
    database.wait_for_other_sessions();
    assert_eq!(finished.code, Some(4), "{}", finished.all_output());
    assert_eq!(proxy.connection_count(), 3);
    for message in ["gave up after 3 attempts", "nothing of sample.zip was stored", "try again"] {
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
    assert_eq!(digest_tables(&database, &[]), digest_tables(&Database::empty_warehouse(), &[]));
}

#[test]
fn a_committed_load_without_a_response_is_not_repeated() {
    let (database, proxy, finished) =
        load_through(&[ConnectionFault::DropCommitReply, ConnectionFault::None]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.connection_count(), 2);
    assert!(finished.stderr.contains("the previous attempt was committed"), "{}", finished.stderr);
}

#[test]
fn an_unknown_commit_is_reported_and_a_reload_changes_nothing() {
    let faults = [ConnectionFault::DropCommitReply, ConnectionFault::Refuse];
    let (database, _, finished) = load_through(&faults);
    assert_eq!(finished.code, Some(4), "{}", finished.all_output());
    assert!(finished.stderr.contains("may or may not be stored"), "{}", finished.stderr);
    let reload = run(load_command(&database, &["--full", "--json"], &fixture("sample.zip")));
    assert_eq!(LoadReport::parse(&reload.stdout).count_changed(), 0);
}

#[test]
fn an_unreachable_server_is_reported_after_three_attempts() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut status: Command = test_server()
        .with_address("127.0.0.1", closed)
        .command(test_server().ntsb_binary(), "ntsb");
    status.arg("status");
    let finished = run(status);
    assert_eq!(finished.code, Some(4), "{}", finished.all_output());
    let address = format!("127.0.0.1:{closed}");
    for message in [address.as_str(), "gave up after 3 attempts", "PGHOST"] {
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
    }
}
