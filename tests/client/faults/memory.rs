//! A server or a command that may not have the memory that it asks for.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::cluster::Cluster;
use ntsb_tests::contents::{BOOKKEEPING, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::{Finished, Running, run};
use ntsb_tests::{fixture, wait_for};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

fn assert_says(finished: &Finished, code: i32, what: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.said());
    for said in what {
        assert!(finished.stderr.contains(said), "no {said:?} in {}", finished.stderr);
    }
}

#[test]
fn a_load_beyond_temp_file_limit_is_undone_and_says_what_to_do() {
    let cluster = Cluster::start(&["temp_file_limit=64kB", "work_mem=64kB"]);
    let database = cluster.warehouse();
    let nothing = contents(&database, &[]);
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    let said = ["SQLSTATE: 53400", "temp_file_limit (64kB)", "hint: Have an administrator"];
    assert_says(&finished, 1, &said);
    assert_eq!(contents(&database, &[]), nothing);
    // The way out that it names.
    let mut with_more = load_command(&database, &["--full"], &fixture("sample.zip"));
    with_more.env("PGOPTIONS", "-c work_mem=256MB");
    assert_eq!(run(with_more).code, Some(0));
    assert_same(&Database::with_sample(), &database, BOOKKEEPING);
}

/// The address space of a session, in bytes: the most that it had.
fn address_space(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:"));
    let peak: Option<u64> = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
    peak.unwrap_or(0) << 10
}

fn dry_run(database: &Database) -> Command {
    load_command(database, &["--full", "--dry-run", "--attempts", "1"], &fixture("sample.zip"))
}

/// What a session has at its beginning, and what a load makes of it.
fn least_and_most(database: &Database) -> (u64, u64) {
    let mut observer = database.server.connect("postgres");
    let least = address_space(observer.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0));
    let mut running = Running::start(dry_run(database));
    let mut most = 0;
    wait_for("end of the load", 60, || {
        let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ntsb'";
        let sessions = observer.query(sql, &[]).unwrap();
        most = sessions.iter().map(|row| address_space(row.get(0))).max().unwrap_or(0).max(most);
        running.has_ended().then_some(())
    });
    (least, most)
}

const STEPS: u64 = 8;

#[test]
fn a_server_without_memory_refuses_and_goes_on() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    let nothing = contents(&database, &[]);
    let (least, most) = least_and_most(&database);
    // Ends if the server has to recover.
    let mut witness = database.connect();
    for step in 1..STEPS {
        cluster.limit_address_space(Some(least + (most - least) / STEPS * step));
        let finished = run(dry_run(&database));
        cluster.limit_address_space(None);
        assert_says(&finished, 1, &["hint: ", "memory", "nothing of sample.zip was stored"]);
        let code = ["SQLSTATE: 53200", "SQLSTATE: 58P01"];
        assert!(code.iter().any(|code| finished.stderr.contains(code)), "{}", finished.stderr);
    }
    let what = "jsonb_build_object('narr_cause', repeat('x', 30000000))";
    for mib in (20..220).step_by(20) {
        cluster.limit_address_space(Some(least + mib * MIB));
        let mut session = database.connect();
        if let Err(error) = session.batch_execute(&format!("SELECT ntsb_content_hash({what})")) {
            let error = error.as_db_error().unwrap_or_else(|| panic!("{mib}: {error:?}"));
            assert!(["53200", "58P01"].contains(&error.code().code()), "{mib}: {error:?}");
        }
        cluster.limit_address_space(None);
    }
    witness.batch_execute("SELECT 1").unwrap();
    assert!(!cluster.has_ended() && !cluster.log().contains("by signal"), "{}", cluster.log());
    assert_eq!(contents(&database, &[]), nothing);
    load(&database, &["--full"], &fixture("sample.zip")).assert_nothing_lost();
    assert_same(&Database::with_sample(), &database, BOOKKEEPING);
}

/// A dry run of a command that may map so many MiB.
fn limited(database: &Database, mib: u64, file: &Path) -> Finished {
    let load = load_command(database, &["--increment", "--dry-run", "--attempts", "1"], file);
    let mut limited = Command::new("prlimit");
    limited.arg(format!("--as={}", mib * MIB)).arg(load.get_program()).args(load.get_args());
    limited.envs(load.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(limited)
}

#[test]
fn a_command_without_memory_says_so_and_nothing_is_lost() {
    let database = Database::blank();
    let nothing = contents(&database, &[]);
    // Below, the program and the C library do not fit in: the kernel or the loader ends it.
    let least = (20..48)
        .find(|mib| limited(&database, *mib, &fixture("sample.zip")).code == Some(1))
        .unwrap();
    for mib in least..least + 3 {
        let finished = limited(&database, mib, &fixture("sample.zip"));
        assert_says(&finished, 1, &["error: ", "limit"]);
        assert!(!finished.stderr.contains("panicked"), "{mib}: {}", finished.stderr);
    }
    // A row is held whole, a file is not.
    let folder = TempDir::new().unwrap();
    let row = format!("ev_id,ev_city\n20080115X00050,{}\n", "x".repeat(15 << 20));
    fs::write(folder.path().join("events.csv"), row).unwrap();
    let finished = limited(&database, 48, folder.path());
    assert_says(&finished, 1, &["error: out of memory", "hint: ", "ulimit -v"]);
    assert_eq!(limited(&database, 64, &fixture("sample.zip")).code, Some(0));
    database.wait_until_quiet();
    assert_eq!(contents(&database, &[]), nothing);
}
