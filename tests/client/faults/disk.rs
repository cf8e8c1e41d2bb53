//! A server whose disk is full, while a file is copied and while it is checked.

use ntsb_tests::cluster::Cluster;
use ntsb_tests::contents::{BOOKKEEPING, Contents, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::disk::Disk;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{load, load_command};
use ntsb_tests::process::{Finished, run};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// Tries to load the sample with so much free. Fails if something of a load that failed is there.
fn load_with(cluster: &Cluster, free: u64, nothing: &Contents) -> Finished {
    cluster.disk().leave(free);
    let database = cluster.warehouse();
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    cluster.disk().free();
    if finished.code != Some(0) {
        assert_eq!(contents(&database, &[]), *nothing, "{}", finished.said());
        assert_eq!(database.count("ntsb_staging.events"), 0);
    }
    finished
}

/// The whole sample, once there is space.
fn assert_loads(database: &Database) {
    load(database, &["--full"], &fixture("sample.zip")).assert_nothing_lost();
    assert_same(&Database::with_sample(), database, BOOKKEEPING);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_full_disk_undoes_a_load_and_says_what_to_do() {
    let wal = TempDir::new().unwrap();
    let Some(mut cluster) = Cluster::start_on_disk(256, &[]) else { return };
    cluster.stop();
    cluster.move_wal(wal.path());
    cluster.run();
    let database = cluster.warehouse();
    let nothing = contents(&database, &[]);
    let (mut copying, mut ingesting) = (0, 0);
    for free in [1, 3, 6, 9, 12, 15].map(|mib| mib * MIB) {
        let finished = load_with(&cluster, free, &nothing);
        if finished.code == Some(0) {
            break;
        }
        assert_eq!(finished.code, Some(1), "{}", finished.said());
        let said = ["SQLSTATE: 53100", "hint: The server's disk is full", "nothing of sample.zip"];
        for said in said {
            assert!(finished.stderr.contains(said), "{}", finished.stderr);
        }
        let copied = finished.stderr.contains("dt_flight_crew: ");
        *(if copied { &mut ingesting } else { &mut copying }) += 1;
    }
    assert!(copying > 0 && ingesting > 0, "{copying} while copying, {ingesting} later");
    assert_loads(&database);
}

/// PostgreSQL cannot go on without its log: it ends at once, and starts again when there is space.
#[test]
fn a_server_that_cannot_write_its_log_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let Some(disk) = Disk::mount(folder.path(), 128) else { return };
    let mut cluster = Cluster::start(&[]);
    cluster.stop();
    cluster.move_wal(folder.path());
    cluster.run();
    let database = cluster.warehouse();
    let nothing = contents(&database, &[]);
    // Less than the next segment takes, which the load is the first to need.
    disk.leave(4 * MIB);
    database.execute("SELECT pg_switch_wal()");
    let finished = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    disk.free();
    cluster.recover();
    assert!(cluster.log().contains("PANIC"), "{}", cluster.log());
    // It is the load that ends the server, or another process is before it.
    assert!([Some(1), Some(4)].contains(&finished.code), "{}", finished.said());
    assert!(finished.stderr.contains("hint: "), "{}", finished.stderr);
    assert_eq!(contents(&database, &[]), nothing);
    assert_loads(&database);
}
