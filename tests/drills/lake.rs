//! The Parquet archive read by other engines, with as many events as `NTSB_LAKE_EVENTS` says (default 200,000).
//!
//! The events are copies of the sample's facts under other identifiers, so that the disk holds many: a whole load of
//! so many events would take twenty times the space.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::cli::{load, ntsb_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ChildProcess;
use serde_json::{Value, json};
use tempfile::tempdir;

const LIMIT: Duration = Duration::from_secs(1200);

/// Copies the facts until there are this many. Indexes of the facts are dropped, as only the views read them.
fn multiply_facts(database: &Database, events: i64) {
    database.execute(
        "DO $$ DECLARE i record; BEGIN
             FOR i IN SELECT indexrelid::regclass AS name FROM pg_index
                      WHERE indrelid = 'ntsb.fact_accidents'::regclass AND NOT indisunique
             LOOP EXECUTE format('DROP INDEX %s', i.name); END LOOP;
         END $$",
    );
    let columns: String = database.query_value(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
         WHERE attrelid = 'ntsb.fact_accidents'::regclass AND attnum > 0 AND attgenerated = ''
           AND attname NOT IN ('accident_id', 'ev_id')",
    );
    let mut client = database.connect();
    client.batch_execute("SET statement_timeout = 0").unwrap();
    client
        .batch_execute(&format!(
            "INSERT INTO ntsb.fact_accidents (ev_id, {columns})
             SELECT f.ev_id || '-' || n, {columns} FROM ntsb.fact_accidents f,
                 generate_series(1, {events} / (SELECT count(*) FROM ntsb.fact_accidents)) n
             LIMIT greatest({events} - (SELECT count(*) FROM ntsb.fact_accidents), 0);
             REFRESH MATERIALIZED VIEW ntsb.mv_yearly_stats;
             REFRESH MATERIALIZED VIEW ntsb.mv_state_heatmap"
        ))
        .unwrap();
}

fn run_json(mut command: Command, arguments: &[&str]) -> Value {
    command.args(arguments);
    let output = ChildProcess::start(command).finish_within(LIMIT);
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    let line = output.stdout.lines().last().unwrap().to_owned();
    serde_json::from_str(&line).unwrap()
}

fn reader(variable: &str, script: &str) -> Command {
    let python = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run ./dev drill lake"));
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("readers").join(script));
    command
}

#[test]
fn spark_duckdb_and_delta_count_what_the_database_counts() {
    let events = std::env::var("NTSB_LAKE_EVENTS").map_or(200_000, |n| n.parse().unwrap());
    let cluster = Cluster::start(&["wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB"]);
    let database = cluster.warehouse();
    load(&database, &["--full"], &fixture("sample.zip"));
    multiply_facts(&database, events);
    let size: i64 = database.query_value("SELECT pg_total_relation_size('ntsb.fact_accidents')");
    let folder = tempdir().unwrap();
    let path = folder.path().join("lake");
    let start = Instant::now();
    let lake = run_json(
        ntsb_command(&database.server, &database.name),
        &["lake", "fact_accidents", "--json", "--output", path.to_str().unwrap()],
    );
    announce(&format!(
        "figure: {events} events, {} MB in PostgreSQL: lake of {} files, {} MB, written in {:.0} s",
        size >> 20,
        lake["files"],
        lake["bytes"].as_i64().unwrap() >> 20,
        start.elapsed().as_secs_f64()
    ));
    assert_eq!(lake["rows"], events);
    let rows = |sql: &str| -> Value {
        let text: String =
            database.query_value(&format!("SELECT json_agg(r)::text FROM ({sql}) x (r)"));
        serde_json::from_str(&text).unwrap()
    };
    let by_year = rows(
        "SELECT json_build_array(ev_year, events, fatal_events) FROM ntsb.yearly_stats ORDER BY ev_year",
    );
    let by_state = rows(
        "SELECT json_build_array(ev_state, events) FROM ntsb.state_heatmap ORDER BY ev_state COLLATE \"C\"",
    );
    let start = Instant::now();
    let read = run_json(reader("NTSB_TEST_PYTHON", "read_lake.py"), &[path.to_str().unwrap()]);
    announce(&format!(
        "figure: DuckDB, pyarrow and deltalake: {:.1} s together",
        start.elapsed().as_secs_f64()
    ));
    for engine in ["duckdb", "pyarrow", "delta"] {
        assert_eq!(read[engine]["by_year"], by_year, "{engine}");
        assert_eq!(read[engine]["by_state"], by_state, "{engine}");
    }
    assert_eq!(read["wrong_files"], json!([]));
    let spark =
        run_json(reader("NTSB_SPARK_PYTHON", "read_lake_spark.py"), &[path.to_str().unwrap()]);
    announce(&format!("figure: Spark {}: two queries in {} s", spark["version"], spark["seconds"]));
    assert_eq!((&spark["by_year"], &spark["by_state"]), (&by_year, &by_state));
}
