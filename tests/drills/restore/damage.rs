//! Damaged backups are found before they are needed, and never restored silently.

use std::fs;
use std::path::PathBuf;

use ntsb_tests::backup_repository::BackupRepository;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ProcessOutput, run, run_ok};
use ntsb_tests::server_user::{command_as_server_user, server_program};
use ntsb_tests::wait_for;

use super::{back_up, figure};

fn start() -> Option<(BackupRepository, Cluster, Database)> {
    let repository = BackupRepository::prepare()?;
    let cluster = repository.start_cluster("60s");
    let database = cluster.warehouse();
    database.execute("CREATE TABLE public.filler AS SELECT generate_series(1, 100000) AS n");
    back_up(&repository, &cluster, "full");
    Some((repository, cluster, database))
}

/// Restores into a new folder; `options` precede the command.
fn restore_elsewhere(repository: &BackupRepository, options: &[&str]) -> (ProcessOutput, PathBuf) {
    let folder = repository.path("elsewhere");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let path = format!("--pg1-path={}", folder.display());
    let own = [path.as_str(), "--archive-mode=off"];
    (repository.run(&[&own, options, &["restore"]].concat()), folder)
}

#[test]
fn a_flipped_byte_is_found_and_not_restored() {
    let Some((repository, cluster, database)) = start() else { return };
    let bundles = repository.list_files("/bundle/");
    let largest = bundles.iter().max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap();
    BackupRepository::damage(largest);
    let mut script = repository.script("ntsb-backup", &cluster);
    script.arg("incremental").env("NTSB_BACKUP_VERIFY", "always");
    let output = run(script);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("checksum invalid: 1"), "{}", output.stderr);
    let found = "ntsb.backup WHERE verification_error LIKE '%status: invalid%'";
    assert_eq!(database.count_rows(found), 2, "the full backup and the one that builds on it");
    // The incremental backup holds what changed since, so that it may not need the damaged file.
    let full: String =
        database.query_value("SELECT '--set=' || label FROM ntsb.backup WHERE type = 'full'");
    let (output, _) = restore_elsewhere(&repository, &[full.as_str()]);
    assert_ne!(output.code, Some(0), "{}", output.all_output());
    assert!(output.all_output().contains("ERROR: ["), "{}", output.all_output());
    figure("one flipped byte: found by verification, restore refused");
}

#[test]
fn a_missing_wal_segment_is_found_and_ends_the_recovery() {
    let Some((repository, cluster, database)) = start() else { return };
    let fill = "INSERT INTO public.filler SELECT generate_series(1, 10000)";
    database.execute(&format!("{fill}; SELECT pg_switch_wal()"));
    let middle: String =
        database.query_value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    database.execute(fill);
    database.execute("SELECT pg_switch_wal()");
    database.execute(fill);
    let target: String = database.query_value("SELECT clock_timestamp()::text");
    database.execute(fill);
    let last: String = database.query_value("SELECT pg_walfile_name(pg_switch_wal())");
    let archived = format!("SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver");
    wait_for("the archiver", 60, || database.query_value::<bool>(&archived).then_some(()));
    let segments = repository.list_wal();
    let lost = segments.iter().find(|file| file.to_string_lossy().contains(&middle)).unwrap();
    fs::remove_file(lost).unwrap();

    let mut script = repository.script("ntsb-backup", &cluster);
    script.arg("incremental").env("NTSB_BACKUP_VERIFY", "always");
    let output = run(script);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("WAL missing between"), "{}", output.stderr);

    // A restore from the full backup, across the gap.
    let label = repository.info()[0]["backup"][0]["label"].as_str().unwrap().to_owned();
    let set = format!("--set={label}");
    let time = format!("--target={target}");
    let (output, folder) = restore_elsewhere(&repository, &[&set, "--type=time", &time]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    let log = repository.path("lock/server.log");
    let mut start = command_as_server_user();
    start.arg(server_program("pg_ctl")).args(["start", "-w", "-t", "60", "-D"]).arg(&folder);
    start.arg("-l").arg(&log).arg("-o");
    start.arg(format!("-c listen_addresses= -k {} -c port=5433", folder.display()));
    start.current_dir("/");
    run(start);
    let refused = "recovery ended before configured recovery target was reached";
    wait_for("the end of the recovery", 60, || {
        fs::read_to_string(&log).unwrap().contains(refused).then_some(())
    });
    wait_for("the server to exit", 60, || (!folder.join("postmaster.pid").exists()).then_some(()));
    figure("a missing WAL segment: found by verification; recovery past it refused");
}

#[test]
fn a_wrong_passphrase_is_refused() {
    let Some((repository, cluster, _database)) = start() else { return };
    let keys = "[global]\nrepo1-cipher-pass=another passphrase\n";
    fs::write(repository.path("conf.d/keys.conf"), keys).unwrap();
    let (output, folder) = restore_elsewhere(&repository, &[]);
    assert_ne!(output.code, Some(0), "{}", output.all_output());
    assert!(!folder.join("PG_VERSION").exists(), "something was restored");
    let mut script = repository.script("ntsb-restore-drill", &cluster);
    script.arg(repository.path("drill"));
    let output = run(script);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("the passphrase of repository 1 is wrong"), "{}", output.stderr);
    fs::write(
        repository.path("conf.d/keys.conf"),
        "[global]\nrepo1-cipher-pass=a passphrase for tests of backups\n",
    )
    .unwrap();
    let mut script = repository.script("ntsb-restore-drill", &cluster);
    script.arg(repository.path("drill"));
    run_ok(script);
    figure("a wrong passphrase: refused, nothing restored");
}
