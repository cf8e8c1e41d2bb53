//! A connection that cannot be made, or breaks: what is tried again is safe.

use std::net::TcpListener;
use std::process::Command;

use ntsb_tests::contents::{BOOKKEEPING, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{Report, load_command};
use ntsb_tests::process::{Finished, run};
use ntsb_tests::proxy::{Fate, Proxy};
use ntsb_tests::server::server;

/// Loads the sample through a network that fails so, into a warehouse that holds nothing.
fn load_through(fates: &[Fate]) -> (Database, Proxy, Finished) {
    let database = Database::blank();
    let proxy = Proxy::before(server(), fates);
    let behind = Database::of(proxy.server(server()), &database.name);
    let finished = run(load_command(&behind, &["--full", "--json"], &fixture("sample.zip")));
    (database, proxy, finished)
}

fn assert_loaded_once(database: &Database, finished: &Finished) {
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    Report::read(&finished.stdout).assert_nothing_lost();
    assert_eq!(database.count("ntsb.batch"), 1, "{}", finished.stderr);
    assert_same(&Database::with_sample(), database, BOOKKEEPING);
}

#[test]
fn a_connection_refused_twice_is_made_the_third_time() {
    let (database, proxy, finished) = load_through(&[Fate::Refused, Fate::Refused, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 3);
    let said = &finished.stderr;
    assert!(said.contains("trying again in 1 s") && said.contains("trying again in 2 s"), "{said}");
}

#[test]
fn a_load_cut_in_the_midst_of_a_copy_starts_anew_as_a_whole() {
    let cut = Fate::CutAfter(700_000);
    let (database, proxy, finished) = load_through(&[cut, cut, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 3);
    let said = &finished.stderr;
    assert!(said.contains("starting sample.zip anew in 2 s"), "{said}");
}

#[test]
fn a_load_cut_three_times_is_given_up_and_nothing_of_it_is_there() {
    let (database, proxy, finished) = load_through(&[Fate::CutAfter(300_000)]);
    database.wait_until_quiet();
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    assert_eq!(proxy.seen(), 3);
    for said in ["given up after 3 attempts", "nothing of sample.zip was stored", "try again"] {
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
    }
    assert_eq!(contents(&database, &[]), contents(&Database::blank(), &[]));
}

#[test]
fn a_load_whose_commit_was_done_but_not_answered_is_not_done_twice() {
    let (database, proxy, finished) = load_through(&[Fate::CommitUnanswered, Fate::Whole]);
    assert_loaded_once(&database, &finished);
    assert_eq!(proxy.seen(), 2);
    assert!(finished.stderr.contains("was stored"), "{}", finished.stderr);
}

#[test]
fn without_an_answer_to_any_commit_nobody_knows_and_loading_again_does_no_harm() {
    let fates = [Fate::CommitUnanswered, Fate::Refused];
    let (database, _, finished) = load_through(&fates);
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    assert!(finished.stderr.contains("may or may not be there"), "{}", finished.stderr);
    let again = run(load_command(&database, &["--full", "--json"], &fixture("sample.zip")));
    assert_eq!(Report::read(&again.stdout).changed(), 0);
}

#[test]
fn where_nobody_listens_it_says_so_after_three_attempts() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut status: Command = server().at("127.0.0.1", closed).command(server().ntsb(), "ntsb");
    status.arg("status");
    let finished = run(status);
    assert_eq!(finished.code, Some(4), "{}", finished.said());
    let address = format!("127.0.0.1:{closed}");
    for said in [address.as_str(), "given up after 3 attempts", "PGHOST"] {
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
    }
}
