//! Memory limits on the server and on the command.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::cli::{load, load_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput, run};
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, assert_same_contents, digest_tables};
use ntsb_tests::{fixture, wait_for};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

fn assert_fails_with(finished: &ProcessOutput, code: i32, messages: &[&str]) {
    assert_eq!(finished.code, Some(code), "{}", finished.all_output());
    for message in messages {
        assert!(finished.stderr.contains(message), "no {message:?} in {}", finished.stderr);
    }
}

#[test]
fn temp_file_limit_rolls_back_the_load_with_a_hint() {
    let cluster = Cluster::start(&["temp_file_limit=64kB", "work_mem=64kB"]);
    let database = cluster.warehouse();
    let before = digest_tables(&database, &[]);
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    let messages = ["SQLSTATE: 53400", "temp_file_limit (64kB)", "hint: Ask an administrator"];
    assert_fails_with(&finished, 1, &messages);
    assert_eq!(digest_tables(&database, &[]), before);
    // The solution in the hint works.
    let mut with_more = load_command(&database, &["--full"], &fixture("sample.zip"));
    with_more.env("PGOPTIONS", "-c work_mem=256MB");
    assert_eq!(run(with_more).code, Some(0));
    assert_same_contents(&Database::with_sample(), &database, BOOKKEEPING_COLUMNS);
}

/// The peak address space of a process, in bytes.
fn peak_address_space(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:"));
    let peak: Option<u64> = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
    peak.unwrap_or(0) << 10
}

fn dry_run(database: &Database) -> Command {
    load_command(database, &["--full", "--dry-run", "--attempts", "1"], &fixture("sample.zip"))
}

/// The peak address space of an idle session, and of one that loads the sample.
fn idle_and_load_address_space(database: &Database) -> (u64, u64) {
    let mut observer = database.server.connect("postgres");
    let min =
        peak_address_space(observer.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0));
    let mut running = ChildProcess::start(dry_run(database));
    let mut max = 0;
    wait_for("end of the load", 60, || {
        let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ntsb'";
        let sessions = observer.query(sql, &[]).unwrap();
        max = sessions.iter().map(|row| peak_address_space(row.get(0))).max().unwrap_or(0).max(max);
        running.has_exited().then_some(())
    });
    (min, max)
}

const STEPS: u64 = 8;

#[test]
fn a_server_out_of_memory_refuses_the_load_and_keeps_running() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    let before = digest_tables(&database, &[]);
    let (min, max) = idle_and_load_address_space(&database);
    // This session ends if the server has to recover.
    let mut witness = database.connect();
    for step in 1..STEPS {
        cluster.limit_address_space(Some(min + (max - min) / STEPS * step));
        let finished = run(dry_run(&database));
        cluster.limit_address_space(None);
        assert_fails_with(&finished, 1, &["hint: ", "memory", "nothing of sample.zip was stored"]);
        let code = ["SQLSTATE: 53200", "SQLSTATE: 58P01"];
        assert!(code.iter().any(|code| finished.stderr.contains(code)), "{}", finished.stderr);
    }
    let long_row = "jsonb_build_object('narr_cause', repeat('x', 30000000))";
    for mib in (20..220).step_by(20) {
        cluster.limit_address_space(Some(min + mib * MIB));
        let mut session = database.connect();
        if let Err(error) = session.batch_execute(&format!("SELECT ntsb_content_hash({long_row})"))
        {
            let error = error.as_db_error().unwrap_or_else(|| panic!("{mib}: {error:?}"));
            assert!(["53200", "58P01"].contains(&error.code().code()), "{mib}: {error:?}");
        }
        cluster.limit_address_space(None);
    }
    witness.batch_execute("SELECT 1").unwrap();
    assert!(
        !cluster.has_exited() && !cluster.read_log().contains("by signal"),
        "{}",
        cluster.read_log()
    );
    assert_eq!(digest_tables(&database, &[]), before);
    load(&database, &["--full"], &fixture("sample.zip")).assert_counts_add_up();
    assert_same_contents(&Database::with_sample(), &database, BOOKKEEPING_COLUMNS);
}

/// A stack that cannot grow ends the process, and with it all sessions.
#[test]
fn the_stack_is_reserved_when_the_library_is_loaded() {
    let database = Database::empty_warehouse();
    let mut session = database.connect();
    let pid: i32 = session.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    session.batch_execute("SELECT ntsb_clean_text('x')").unwrap();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let stack = status.lines().find_map(|line| line.strip_prefix("VmStk:")).unwrap();
    let kilobytes: u64 = stack.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes >= 256, "{stack}");
}

/// A dry run with the address space limited to `mib`.
fn run_limited(database: &Database, mib: u64, file: &Path) -> ProcessOutput {
    let load = load_command(database, &["--increment", "--dry-run", "--attempts", "1"], file);
    let mut limited = Command::new("prlimit");
    limited.arg(format!("--as={}", mib * MIB)).arg(load.get_program()).args(load.get_args());
    limited.envs(load.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(limited)
}

#[test]
fn a_command_out_of_memory_reports_it_and_stores_nothing() {
    let database = Database::empty_warehouse();
    let before = digest_tables(&database, &[]);
    // With less memory, the kernel or the dynamic loader ends the program.
    let min = (20..48)
        .find(|mib| run_limited(&database, *mib, &fixture("sample.zip")).code == Some(1))
        .unwrap();
    for mib in min..min + 3 {
        let finished = run_limited(&database, mib, &fixture("sample.zip"));
        assert_fails_with(&finished, 1, &["error: ", "limit"]);
        assert!(!finished.stderr.contains("panicked"), "{mib}: {}", finished.stderr);
    }
    // A row must fit in memory, a file need not.
    let folder = TempDir::new().unwrap();
    let row = format!("ev_id,ev_city\n20080115X00050,{}\n", "x".repeat(15 << 20));
    fs::write(folder.path().join("events.csv"), row).unwrap();
    let finished = run_limited(&database, 48, folder.path());
    assert_fails_with(&finished, 1, &["error: out of memory", "hint: ", "ulimit -v"]);
    assert_eq!(run_limited(&database, 64, &fixture("sample.zip")).code, Some(0));
    database.wait_for_other_sessions();
    assert_eq!(digest_tables(&database, &[]), before);
}
