//! Promotion by hand: synchronous replication, the primary lost, the standby promoted, the old primary rewound.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use ntsb_tests::cli::load;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::Server;
use ntsb_tests::server_user::{command_as_server_user, server_program};
use ntsb_tests::{fixture, wait_for};

use super::{StopOnDrop, figure};

/// What pg_rewind needs: hints in WAL, and WAL back to the last common checkpoint.
const SETTINGS: &str = "wal_log_hints = on\nwal_keep_size = '1GB'\n";

/// Inserts numbers until the server is gone. Keeps those whose COMMIT returned.
fn insert(server: &Server, writer: i64, acknowledged: &Mutex<Vec<i64>>, stop: &AtomicBool) {
    let Ok(mut client) = server.try_connect("ntsb") else { return };
    for n in 0.. {
        let number = writer * 1_000_000 + n;
        let inserted = client.execute("INSERT INTO public.probe VALUES ($1)", &[&number]);
        if inserted.is_err() || stop.load(Ordering::SeqCst) {
            return;
        }
        acknowledged.lock().unwrap().push(number);
    }
}

#[test]
fn a_promoted_standby_has_every_acknowledged_commit() {
    let mut primary = Cluster::start(&[]);
    primary.write_config(&[("postgresql.auto.conf", SETTINGS.as_bytes())]);
    primary.stop();
    primary.start_postgres();
    let database = primary.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    database.execute("CREATE TABLE public.probe (n bigint PRIMARY KEY)");
    let standby = primary.start_standby();
    let settings = format!("{SETTINGS}synchronous_standby_names = '*'\n");
    primary.write_config(&[("postgresql.auto.conf", settings.as_bytes())]);
    let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    wait_for("the synchronous standby", 30, || {
        (database.query_value::<i64>(synchronous) == 1).then_some(())
    });

    let (acknowledged, stop) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let killed = scope(|scope| {
        let _stop = StopOnDrop(&stop);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (server, acknowledged, stop) = (primary.server(), &acknowledged, &stop);
                scope.spawn(move || insert(&server, writer, acknowledged, stop))
            })
            .collect();
        wait_for("writes", 60, || (acknowledged.lock().unwrap().len() > 500).then_some(()));
        let killed = Instant::now();
        primary.kill();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        killed
    });
    let promoted = standby.warehouse();
    assert!(promoted.query_value::<bool>("SELECT pg_promote()"));
    promoted.execute("INSERT INTO public.probe VALUES (-1)");
    let elapsed = killed.elapsed().as_secs_f64();
    let acknowledged = acknowledged.into_inner().unwrap();
    let lost: Vec<i64> = promoted.query_column(
        "SELECT n FROM unnest($1::bigint[]) a(n) WHERE NOT EXISTS (SELECT FROM public.probe p WHERE p.n = a.n)",
        &[&acknowledged],
    );
    assert_eq!(lost, Vec::<i64>::new());
    assert_eq!(promoted.count_rows("ntsb_verify_change_log()"), 0);
    load(&promoted, &[], &fixture("up08NOV.zip"));
    figure(&format!(
        "promotion by hand: writes {elapsed:.1} s after the kill, 0 of {} acknowledged commits lost",
        acknowledged.len()
    ));

    // The old primary becomes a standby of the new one. pg_rewind reads the new timeline from the control file, where
    // the next checkpoint writes it.
    promoted.execute("CHECKPOINT");
    let start = Instant::now();
    let mut rewind = command_as_server_user();
    rewind.arg(server_program("pg_rewind")).arg("--no-sync").arg("--write-recovery-conf");
    rewind.arg("--target-pgdata").arg(primary.data_dir());
    let source =
        format!("host={} port=5432 user=postgres dbname=postgres", standby.folder().display());
    rewind.arg(format!("--source-server={source}")).current_dir("/");
    run_ok(rewind);
    primary.start_postgres();
    let rejoined = primary.warehouse();
    assert!(rejoined.query_value::<bool>("SELECT pg_is_in_recovery()"));
    let count = "SELECT count(*) FROM ntsb.change_log";
    let expected: i64 = promoted.query_value(count);
    wait_for("the replay", 60, || {
        sleep(Duration::from_millis(50));
        (rejoined.query_value::<i64>(count) == expected).then_some(())
    });
    figure(&format!(
        "pg_rewind: the old primary follows after {:.1} s",
        start.elapsed().as_secs_f64()
    ));
}
