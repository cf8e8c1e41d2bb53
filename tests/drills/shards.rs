//! Events of three clusters by decade, with kills during distributed steps.

use std::time::Instant;

use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::{ProcessOutput, run, run_ok};
use ntsb_tests::shards::{ShardedWarehouse, assert_same_answers};
use ntsb_tests::{announce, count_sample_events, fixture};

const DECIDED: &str =
    "BEFORE UPDATE ON ntsb.distributed_load FOR EACH ROW WHEN (NEW.decision = 'commit')";
const FIRST_PREPARED: &str = "BEFORE UPDATE ON ntsb.distributed_load_shard FOR EACH ROW
    WHEN (NEW.prepared_at IS NOT NULL AND OLD.prepared_at IS NULL AND NEW.shard_name = 'until_1989')";

#[test]
fn three_clusters_answer_like_one_and_survive_the_loss_of_a_server_in_each_step() {
    let mut warehouse = ShardedWarehouse::start(3);
    let sample = fixture("sample.zip");

    // A server dies while another shard has prepared and it has not: no shard stores the load.
    let load = warehouse.load_command(&["--full"], &sample);
    let paused = warehouse.pause_load("the first prepare", FIRST_PREPARED, load);
    warehouse.clusters[1].kill();
    let output = paused.resume();
    assert_eq!(output.code, Some(4), "{}", output.all_output());
    restart(&mut warehouse, 1, "the prepare of another");
    assert_whole(&warehouse, 0);

    // A server dies after the decision: every shard stores the load.
    let load = warehouse.load_command(&["--full"], &sample);
    let paused = warehouse.pause_load("the decision", DECIDED, load);
    warehouse.clusters[0].kill();
    assert_will_be_stored(paused.resume());
    restart(&mut warehouse, 0, "the decision");
    assert_whole(&warehouse, 1);
    assert_eq!(warehouse.count_events().iter().sum::<i64>(), count_sample_events());

    // A server dies when it has prepared and the others have not: they go on, and it commits after its restart.
    let weekly = fixture("up08NOV.zip");
    let load = warehouse.load_command(&["--increment"], &weekly);
    let paused = warehouse.pause_load("its prepare", FIRST_PREPARED, load);
    warehouse.clusters[0].kill();
    assert_will_be_stored(paused.resume());
    restart(&mut warehouse, 0, "its prepare");
    assert_whole(&warehouse, 2);

    for shard in &warehouse.shards {
        shard.execute("CALL ntsb_refresh()");
        assert_eq!(shard.count_rows("ntsb_verify_change_log()"), 0);
    }
    warehouse.coordinator.execute("CALL ntsb_refresh()");
    let one = Database::with_sample();
    ntsb_tests::cli::load(&one, &["--increment"], &weekly);
    assert_same_answers(&one, &warehouse.coordinator);

    // The server is gone before the load: nothing is stored, and the next load succeeds.
    warehouse.clusters[1].kill();
    let output =
        run(warehouse.load_command(&["--increment", "--attempts", "1", "--force"], &weekly));
    assert_eq!(output.code, Some(4), "{}", output.all_output());
    restart(&mut warehouse, 1, "no load");
    assert_whole(&warehouse, 2);
    warehouse.load(&["--increment"], &weekly);
    assert_whole(&warehouse, 3);
}

fn assert_will_be_stored(output: ProcessOutput) {
    assert_eq!(output.code, Some(4), "{}", output.all_output());
    let promise = "is decided and will be stored on every shard";
    assert!(output.stderr.contains(promise), "{}", output.stderr);
}

fn restart(warehouse: &mut ShardedWarehouse, index: usize, after: &str) {
    let start = Instant::now();
    warehouse.clusters[index].start_postgres();
    let recovered = start.elapsed();
    warehouse.resolve();
    announce(&format!(
        "figure: server killed after {after}: recovered in {:.1} s, loads resolved in {:.1} s",
        recovered.as_secs_f64(),
        (start.elapsed() - recovered).as_secs_f64()
    ));
}

/// No prepared transaction is left, and all shards have the same number of loads.
fn assert_whole(warehouse: &ShardedWarehouse, batches: i64) {
    assert_eq!(warehouse.count_prepared(), 0);
    let unfinished = "ntsb.distributed_load WHERE finished_at IS NULL";
    assert_eq!(warehouse.coordinator.count_rows(unfinished), 0);
    for shard in &warehouse.shards {
        assert_eq!(shard.count_rows("ntsb.batch"), batches, "{}", shard.name);
    }
}

/// Passwords are in a file that only the server reads; no role but a superuser sees any in the catalog.
#[test]
fn a_shard_is_read_and_loaded_with_passwords_from_a_file() {
    let address = Cluster::unused_loopback_address();
    let mut warehouse = ShardedWarehouse::start(1);
    let listen = format!("listen_addresses={address}");
    let remote = Cluster::start(&["max_prepared_transactions=10", &listen]);
    let shard = remote.warehouse();
    shard.execute(
        "CALL ntsb_create_roles(); CREATE ROLE ntsb_reader LOGIN PASSWORD 'read-secret' IN ROLE ntsb_viewer;
         ALTER ROLE postgres PASSWORD 'load-secret'; CALL ntsb_prepare_shard(4, NULL, 1989)",
    );
    remote.write_config(&[(
        "pg_hba.conf",
        b"local all all trust\nhost all all 127.0.0.0/8 scram-sha-256\n",
    )]);
    let passfile = format!(
        "{address}:5432:ntsb:ntsb_reader:read-secret\n{address}:5432:ntsb:postgres:load-secret\n"
    );
    warehouse.clusters[0].write_config(&[("shards.pgpass", passfile.as_bytes())]);
    let file = warehouse.clusters[0].data_dir().join("shards.pgpass");
    let coordinator = &warehouse.coordinator;
    coordinator.execute("CALL ntsb_detach_shard('until_1989')");
    coordinator.execute(&format!(
        "CALL ntsb_attach_shard('remote', '{address}', 'ntsb', loader => 'postgres', passfile => '{}')",
        file.display()
    ));
    let shown: String = coordinator.query_value(
        "SELECT coalesce(string_agg(o, ' '), '') FROM (
             SELECT array_to_string(srvoptions, ' ') AS o FROM pg_foreign_server
             UNION ALL SELECT array_to_string(umoptions, ' ') FROM pg_user_mappings) x",
    );
    assert!(!shown.contains("secret"), "{shown}");
    let own = tempfile::tempdir().unwrap();
    let own = own.path().join("pgpass");
    std::fs::write(&own, &passfile).unwrap();
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut load = warehouse.load_command(&["--full"], &fixture("sample.zip"));
    load.env("PGPASSFILE", &own);
    let wrong = std::fs::read_to_string(&own).unwrap().replace("load-secret", "wrong");
    run_ok(load);
    let events: i64 =
        coordinator.query_value("SELECT count(*) FROM ntsb.events WHERE ev_year < 1990");
    assert_eq!(events, shard.count_rows("ntsb.events"));
    assert!(events > 0);
    // A viewer reads through the shard's reader, and can neither write there nor see the loader's mapping.
    let mut viewer = coordinator.connect();
    viewer.batch_execute("SET ROLE ntsb_viewer").unwrap();
    let seen: i64 = viewer
        .query_one("SELECT count(*) FROM ntsb.events WHERE ev_year < 1990", &[])
        .unwrap()
        .get(0);
    assert_eq!(seen, events);
    let error = viewer.batch_execute("DELETE FROM ntsb_shard_remote.events").unwrap_err();
    assert!(
        error.as_db_error().is_some_and(|e| e.message().contains("permission denied")),
        "{error:?}"
    );
    std::fs::write(&own, wrong).unwrap();
    let mut load =
        warehouse.load_command(&["--increment", "--attempts", "1"], &fixture("up08NOV.zip"));
    load.env("PGPASSFILE", &own);
    let output = run(load);
    assert_eq!(output.code, Some(4), "{}", output.all_output());
    warehouse.shards.clear();
}
