//! The configuration of backups in deploy/backup, checked by the programs that read it.

use std::fs;
use std::process::Command;

use ntsb_tests::backup_repository::{BackupRepository, STANZA, backup_folder};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::process::{run, run_ok};

/// One cycle with the files of deploy/backup: archiving, full and incremental backup, verification, and the
/// records in the warehouse. Then a missing WAL segment and a wrong passphrase.
#[test]
fn a_backup_is_made_verified_and_recorded() {
    let Some(repository) = BackupRepository::prepare() else { return };
    let cluster = repository.start_cluster("60s");
    repository.run_ok(&["check"]);
    assert_standby_makes_no_backup(&repository, &cluster);
    assert_arguments_are_checked(&repository, &cluster);
    let database = cluster.warehouse();
    let backup = |kind: &str| {
        let mut script = repository.script("ntsb-backup", &cluster);
        script.arg(kind).env("NTSB_BACKUP_VERIFY", "always");
        run(script)
    };
    let output = backup("full");
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(backup("incremental").code, Some(0));
    let recorded: Vec<String> = database.query_column(
        "SELECT concat_ws(' ', stanza, repository, type, error, verification_error) FROM ntsb.backup
         WHERE size_bytes > 20e6 AND stored_bytes > 0 AND verified_at > finished_at ORDER BY started_at",
        &[],
    );
    assert_eq!(recorded, ["ntsb 1 full", "ntsb 1 incremental"]);
    assert_eq!(repository.info()[0]["cipher"], "aes-256-cbc");
    assert_eq!(repository.info()[0]["name"], STANZA);
    // Nothing of the repository is readable without the passphrase.
    for file in repository.list_files("") {
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"Salted__"), "{} is not encrypted", file.display());
    }

    // A segment in the middle is missing.
    let segments = repository.list_wal();
    let lost = &segments[segments.len() / 2];
    fs::remove_file(lost).unwrap();
    let output = backup("incremental");
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("WAL missing between"), "{}", output.stderr);
    let problem: String = database
        .query_value("SELECT min(verification_error) FROM ntsb.backup WHERE expired_at IS NULL");
    assert!(problem.contains("WAL missing between"), "{problem}");

    // A wrong passphrase is a failure that the warehouse knows of, with a message that says so.
    let mut script = repository.script("ntsb-backup", &cluster);
    script.arg("full").env("PGBACKREST_REPO1_CIPHER_PASS", "wrong");
    let output = run(script);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("the passphrase of the repository"), "{}", output.stderr);
    let failed =
        "ntsb.backup WHERE label IS NULL AND error LIKE 'the passphrase%' AND type = 'full'";
    assert_eq!(database.count_rows(failed), 1);
    assert_eq!(database.count_rows("ntsb.alert WHERE kind = 'backup'"), 2);
}

fn assert_standby_makes_no_backup(repository: &BackupRepository, cluster: &Cluster) {
    let standby = cluster.start_standby();
    let mut script = repository.script("ntsb-backup", &standby);
    script.arg("full");
    let output = run(script);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(output.stderr.contains("standby"), "{}", output.stderr);
    assert!(repository.info()[0]["backup"].as_array().unwrap().is_empty());
}

fn assert_arguments_are_checked(repository: &BackupRepository, cluster: &Cluster) {
    for arguments in [vec![], vec!["monthly"]] {
        let mut script = repository.script("ntsb-backup", cluster);
        script.args(arguments);
        assert_eq!(run(script).code, Some(2));
    }
    let mut script = repository.script("ntsb-restore-drill", cluster);
    script.arg(repository.path("conf.d"));
    let output = run(script);
    assert_eq!(output.code, Some(2), "{}", output.all_output());
    assert!(output.stderr.contains("is not empty"), "{}", output.stderr);
}

/// HAProxy accepts deploy/cluster/haproxy.cfg with the variables of haproxy.env. `./dev drill failover` runs it.
#[test]
fn haproxy_accepts_its_configuration() {
    let folder = backup_folder().join("../cluster");
    let variables = fs::read_to_string(folder.join("haproxy.env")).unwrap();
    let mut haproxy = Command::new("/usr/sbin/haproxy");
    haproxy.arg("-c").arg("-f").arg(folder.join("haproxy.cfg"));
    let lines = variables.lines().filter(|line| !line.starts_with('#'));
    haproxy.envs(lines.filter_map(|line| line.split_once('=')));
    run_ok(haproxy);
}

/// The retention and the schedules are those of the documentation.
#[test]
fn schedules_are_valid_and_retention_is_30_days() {
    let configuration = fs::read_to_string(backup_folder().join("pgbackrest.conf")).unwrap();
    for line in [
        "repo1-cipher-type=aes-256-cbc",
        "repo1-retention-full-type=time",
        "repo1-retention-full=30",
    ] {
        assert!(configuration.lines().any(|found| found == line), "{line}");
    }
    let mut runs = Vec::new();
    for timer in ["ntsb-backup-full", "ntsb-backup-incremental", "ntsb-restore-drill"] {
        let file = backup_folder().join(format!("systemd/{timer}.timer"));
        let text = fs::read_to_string(&file).unwrap();
        let calendar = text.lines().find_map(|line| line.strip_prefix("OnCalendar=")).unwrap();
        let mut analyze = Command::new("systemd-analyze");
        analyze.args([
            "calendar",
            "--base-time=2024-09-01 00:00:00 UTC",
            "--iterations=800",
            calendar,
        ]);
        analyze.env("TZ", "UTC");
        let output = run_ok(analyze);
        runs.push(output.lines().filter(|line| line.contains("2024-09-")).count());
    }
    // 30 days: daily, hourly but for the hour of the full backup, monthly.
    assert_eq!(runs, [30, 30 * 23, 1]);
}
