//! A full disk on the server, during COPY and during the ingest.

use ntsb_tests::cli::{load, load_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::disk::Disk;
use ntsb_tests::fixture;
use ntsb_tests::process::{ProcessOutput, run};
use ntsb_tests::warehouse_contents::{
    BOOKKEEPING_COLUMNS, Contents, assert_same_contents, digest_tables,
};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// Loads the sample with `free` bytes of disk space. Fails if a failed load has stored anything.
fn load_with_free_space(cluster: &Cluster, free: u64, blank: &Contents) -> ProcessOutput {
    cluster.disk().limit_free_space(free);
    let database = cluster.warehouse();
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    cluster.disk().release_space();
    if finished.code != Some(0) {
        assert_eq!(digest_tables(&database, &[]), *blank, "{}", finished.all_output());
        assert_eq!(database.count_rows("ntsb_staging.events"), 0);
    }
    finished
}

/// Loads the complete sample, now that there is space.
fn assert_loads(database: &Database) {
    load(database, &["--full"], &fixture("sample.zip")).assert_counts_add_up();
    assert_same_contents(&Database::with_sample(), database, BOOKKEEPING_COLUMNS);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_full_disk_rolls_back_the_load_with_a_hint() {
    let wal = TempDir::new().unwrap();
    let Some(mut cluster) = Cluster::start_on_disk(256, &[]) else { return };
    cluster.stop();
    cluster.move_wal(wal.path());
    cluster.start_postgres();
    let database = cluster.warehouse();
    let blank = digest_tables(&database, &[]);
    let (mut copying, mut ingesting) = (0, 0);
    for free in [1, 3, 6, 9, 12, 15].map(|mib| mib * MIB) {
        let finished = load_with_free_space(&cluster, free, &blank);
        if finished.code == Some(0) {
            break;
        }
        assert_eq!(finished.code, Some(1), "{}", finished.all_output());
        let messages =
            ["SQLSTATE: 53100", "hint: The server's disk is full", "nothing of sample.zip"];
        for message in messages {
            assert!(finished.stderr.contains(message), "{}", finished.stderr);
        }
        let copied = finished.stderr.contains("dt_flight_crew: ");
        *(if copied { &mut ingesting } else { &mut copying }) += 1;
    }
    assert!(copying > 0 && ingesting > 0, "{copying} while copying, {ingesting} later");
    assert_loads(&database);
}

/// PostgreSQL stops at once if it cannot write its WAL, and starts again when there is space.
#[test]
fn a_server_that_cannot_write_its_wal_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let Some(disk) = Disk::mount(folder.path(), 128) else { return };
    let mut cluster = Cluster::start(&[]);
    cluster.stop();
    cluster.move_wal(folder.path());
    cluster.start_postgres();
    let database = cluster.warehouse();
    let blank = digest_tables(&database, &[]);
    // Less space than the next WAL segment needs. The load is the first to need one.
    disk.limit_free_space(4 * MIB);
    database.execute("SELECT pg_switch_wal()");
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    disk.release_space();
    cluster.wait_for_recovery();
    assert!(cluster.read_log().contains("PANIC"), "{}", cluster.read_log());
    // The load or another process triggers the PANIC.
    assert!([Some(1), Some(4)].contains(&finished.code), "{}", finished.all_output());
    assert!(finished.stderr.contains("hint: "), "{}", finished.stderr);
    assert_eq!(digest_tables(&database, &[]), blank);
    assert_loads(&database);
}
