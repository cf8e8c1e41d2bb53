//! A cluster destroyed and restored from a backup to a moment in between.

mod damage;
mod s3;

use std::fs;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::backup_repository::BackupRepository;
use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::{run, run_ok};
use ntsb_tests::wait_for;
use ntsb_tests::warehouse_contents::{Contents, digest_tables};
use postgres::types::ToSql;
use serde_json::{Value, json};

/// archive_timeout of the drill. deploy/backup/postgresql.conf sets 60 s.
const ARCHIVE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a warehouse contains: rows and hash of each table, and the head of the change log.
struct State {
    tables: Contents,
    head: Option<(i64, String)>,
}

fn read_state(database: &Database) -> State {
    let sql = "SELECT seq, entry_hash FROM ntsb_change_log_head()";
    let head = database.query_rows(sql, &[]);
    State { tables: digest_tables(database, &[]), head: head.first().map(|r| (r.get(0), r.get(1))) }
}

/// The comparison that ntsb_record_restore_drill takes.
fn compare(expected: &State, restored: &State) -> Value {
    let entry = |rows: i64, hash: &str| json!({"rows": rows, "hash": hash});
    let tables = expected.tables.iter().map(|(table, (rows, hash))| {
        let found = restored.tables.get(table).map(|(rows, hash)| entry(*rows, hash));
        (table.clone(), json!({"expected": entry(*rows, hash), "restored": found}))
    });
    let head = |state: &State| state.head.as_ref().map(|(seq, hash)| entry(*seq, hash));
    let heads = json!({"expected": head(expected), "restored": head(restored)});
    tables.chain([("head of change_log".to_owned(), heads)]).collect()
}

fn back_up(repository: &BackupRepository, cluster: &Cluster, kind: &str) -> Duration {
    let start = Instant::now();
    let mut script = repository.script("ntsb-backup", cluster);
    script.arg(kind);
    run_ok(script);
    start.elapsed()
}

/// Kills all processes of the cluster and removes its data.
fn destroy(cluster: &mut Cluster) {
    cluster.kill();
    fs::remove_dir_all(cluster.data_dir()).unwrap();
}

/// Restores and starts the cluster and returns the time until it accepts writes.
fn restore(repository: &BackupRepository, cluster: &mut Cluster, options: &[&str]) -> Duration {
    let start = Instant::now();
    repository.run_ok(&[options, &["restore"]].concat());
    cluster.start_postgres();
    let database = cluster.warehouse();
    wait_for("the end of the recovery", 120, || {
        (!database.query_value::<bool>("SELECT pg_is_in_recovery()")).then_some(())
    });
    start.elapsed()
}

/// Commits a row every 20 ms until `period` has passed. Returns the number of the last acknowledged row.
fn write_probes(database: &Database, period: Duration) -> i64 {
    let mut client = database.connect();
    client
        .batch_execute("CREATE TABLE public.probe (n bigint PRIMARY KEY, at timestamptz DEFAULT clock_timestamp())")
        .unwrap();
    let start = Instant::now();
    let mut number = 0;
    while start.elapsed() < period {
        number += 1;
        client.execute("INSERT INTO public.probe (n) VALUES ($1)", &[&number]).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    number
}

fn figure(text: &str) {
    announce(&format!("figure: restore: {text}"));
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

#[test]
fn a_destroyed_cluster_is_restored_to_a_moment_between() {
    let Some(repository) = BackupRepository::prepare() else { return };
    let mut cluster = repository.start_cluster(&format!("{}s", ARCHIVE_TIMEOUT.as_secs()));
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    let full = back_up(&repository, &cluster, "full");
    load(&database, &[], &fixture("up08NOV.zip"));
    let incremental = back_up(&repository, &cluster, "incremental");
    let expected = read_state(&database);
    let target: String = database.query_value("SELECT clock_timestamp()::text");
    load(&database, &[], &fixture("cases.json"));
    let later = read_state(&database);
    assert_ne!(expected.tables, later.tables, "the third load changed nothing");
    let size: i64 = database.query_value("SELECT max(size_bytes) FROM ntsb.backup");
    let stored: i64 = database.query_value("SELECT sum(stored_bytes)::bigint FROM ntsb.backup");

    // Everything that was archived comes back; what was not is the RPO.
    let acknowledged = write_probes(&database, 3 * ARCHIVE_TIMEOUT);
    let last = database.query_value::<String>("SELECT max(at)::text FROM public.probe");
    destroy(&mut cluster);
    let to_end = restore(&repository, &mut cluster, &[]);
    let restored = read_state(&database);
    assert_eq!(restored.tables, later.tables);
    assert_eq!(restored.head, later.head);
    let sql = "SELECT count(*), extract(epoch FROM $1::text::timestamptz - max(at))::double precision FROM public.probe";
    let row = &database.query_rows(sql, &[&last])[0];
    let (kept, rpo): (i64, f64) = (row.get(0), row.get(1));
    assert!(kept > 0 && kept <= acknowledged, "{kept} of {acknowledged}");
    assert!(rpo < 2.0 * ARCHIVE_TIMEOUT.as_secs_f64(), "RPO {rpo} s");

    // The moment between the second and the third load.
    destroy(&mut cluster);
    let to_moment = restore(
        &repository,
        &mut cluster,
        &["--type=time", &format!("--target={target}"), "--target-action=promote"],
    );
    let restored = read_state(&database);
    let comparison = compare(&expected, &restored);
    let problems = database.count_rows("ntsb_verify_change_log()");
    let rto = seconds(to_moment);
    let details = json!({"restore_to_end_seconds": seconds(to_end), "full_backup_seconds": seconds(full),
        "incremental_backup_seconds": seconds(incremental), "size_bytes": size, "stored_bytes": stored});
    let sql = "SELECT passed FROM ntsb_record_restore_drill(
        (SELECT label FROM ntsb.backup ORDER BY backup_id DESC LIMIT 1), $1::text::timestamptz, $2, $3, $4, $5, NULL, $6)";
    let parameters: [&(dyn ToSql + Sync); 6] =
        [&target, &rto, &rpo, &comparison, &problems, &details];
    let row = &database.query_rows(sql, &parameters)[0];
    assert!(row.get::<_, bool>(0), "{comparison:#} {problems}");
    let stored_drill =
        "ntsb.restore_drill WHERE passed AND tables_compared > 40 AND tables_different = 0
                        AND change_log_problems = 0 AND rto_seconds > 0";
    assert_eq!(database.count_rows(stored_drill), 1);
    let tables = expected.tables.len();
    let rows: i64 = expected.tables.values().map(|(rows, _)| rows).sum();
    assert_eq!(database.count_rows("ntsb.batch WHERE finished_at IS NOT NULL"), 2);
    // The restored cluster goes on: it loads, archives and is backed up.
    load(&database, &[], &fixture("cases.json"));
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
    back_up(&repository, &cluster, "full");

    figure(&format!("{tables} tables with {rows} rows and the change log are as before"));
    figure(&format!("RTO {rto:.1} s to a moment, {:.1} s to the end", seconds(to_end)));
    figure(&format!(
        "RPO {rpo:.1} s with archive_timeout {} s ({} of {acknowledged} commits lost)",
        ARCHIVE_TIMEOUT.as_secs(),
        acknowledged - kept
    ));
    figure(&format!(
        "full backup {:.1} s for {} MB, stored {} MB with the incremental one ({:.1} s)",
        seconds(full),
        size / 1_000_000,
        stored / 1_000_000,
        seconds(incremental)
    ));
}

#[test]
fn the_drill_of_production_passes_and_fails_where_it_must() {
    let Some(repository) = BackupRepository::prepare() else { return };
    let cluster = repository.start_cluster("60s");
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    back_up(&repository, &cluster, "full");
    let drill = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut script = repository.script("ntsb-restore-drill", &cluster);
        script.args(arguments).arg(repository.path("drill")).envs(variables.iter().copied());
        run(script)
    };
    let output = drill(&[], &[]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert!(!repository.path("drill").exists(), "the restored cluster was not removed");
    let compared: i32 = database.query_value(
        "SELECT tables_compared FROM ntsb.restore_drill WHERE passed AND comparison #>> '{events,expected,rows}'
             = (SELECT count(*) FROM ntsb.events)::text",
    );
    let tables = "(SELECT DISTINCT table_name FROM ntsb.change_log) t";
    assert_eq!(i64::from(compared), database.count_rows(tables) + 1);

    // The warehouse moves on, and the drill restores the state before.
    let target: String = database.query_value("SELECT clock_timestamp()::text");
    load(&database, &[], &fixture("up08NOV.zip"));
    database.execute("SELECT pg_switch_wal()");
    let output = drill(&["--target", &target], &[]);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    assert_eq!(
        database.count_rows("ntsb.restore_drill WHERE passed AND target_time IS NOT NULL"),
        1
    );

    let output = drill(&[], &[("PGBACKREST_REPO1_CIPHER_PASS", "wrong")]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(output.stderr.contains("the passphrase of repository 1 is wrong"), "{}", output.stderr);
    let failed =
        "ntsb.restore_drill WHERE NOT passed AND error LIKE '%passphrase of repository 1%'";
    assert_eq!(database.count_rows(failed), 1);
    assert_eq!(database.count_rows("ntsb.alert WHERE kind = 'restore_drill'"), 1);

    // Rows that vanished without a trace are found.
    database.execute("SET session_replication_role = replica; DELETE FROM ntsb.findings");
    let head: i64 = database.query_value("SELECT max(seq) FROM ntsb.change_log");
    back_up(&repository, &cluster, "incremental");
    let output = drill(&[], &[]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    let different: i64 = database.query_value(
        "SELECT (comparison #>> '{findings,expected,rows}')::bigint FROM ntsb.restore_drill
         WHERE tables_different = 1 AND comparison #>> '{findings,restored,rows}' = '0'",
    );
    assert!(different > 0 && head > different);
}
