//! `ntsb export`, which writes files on the client.

use std::fs;
use std::path::Path;

use ntsb_tests::cli::{ntsb_command, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, run};
use serde_json::Value;

use super::{count_and_digest, path_str, python, read_back};

fn export_ok(database: &Database, arguments: &[&str]) -> String {
    let finished = run_ntsb(database, &[&["export"], arguments].concat());
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    finished.stdout
}

#[test]
fn a_parquet_file_holds_the_stored_rows() {
    let Some(python) = python() else { return };
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let path = folder.path().join("accidents.parquet");
    let report = export_ok(
        &database,
        &["accidents", "--format", "parquet", "--output", path_str(&path), "--json"],
    );
    let report: Value = serde_json::from_str(&report).unwrap();
    let columns: Vec<_> = database
        .query_rows(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
             WHERE attrelid = 'ntsb.accidents'::regclass AND attnum > 0 ORDER BY attnum",
            &[],
        )
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let (rows, sha256) = count_and_digest(&database, "accidents", &columns, "true");
    assert_eq!(report["rows"], rows);
    assert_eq!(report["bytes"], fs::metadata(&path).unwrap().len());
    let found = &read_back(&python, &[&path])[path_str(&path)];
    for engine in ["pyarrow", "duckdb"] {
        assert_eq!(found[engine]["sha256"], sha256, "{engine}");
    }
}

#[test]
fn a_filter_selects_rows_and_cannot_inject_sql() {
    let database = Database::with_sample();
    let filter = "ev_state IN ('AK', 'CA') AND ev_date >= '2000-01-01' AND lat > 30.5";
    let csv = export_ok(&database, &["events", "--format", "csv", "--filter", filter]);
    let rows = database.count_rows(&format!("ntsb.events WHERE {filter}"));
    assert!(rows > 10);
    assert_eq!(csv.lines().count() as i64, rows + 1);
    for injection in
        ["true; DROP TABLE ntsb.events", "(SELECT 1) = 1", "pg_sleep(9) IS NULL", "nothing = 1"]
    {
        let finished =
            run_ntsb(&database, &["export", "events", "--format", "csv", "--filter", injection]);
        assert_eq!(finished.code, Some(2), "{injection}: {}", finished.all_output());
    }
}

#[test]
fn geojson_has_a_feature_for_each_row() {
    let database = Database::with_sample();
    let json = export_ok(&database, &["events", "--format", "geojson"]);
    let collection: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(collection["type"], "FeatureCollection");
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len() as i64, database.count_rows("ntsb.events"));
    let with_geometry = features.iter().filter(|f| !f["geometry"].is_null()).count() as i64;
    assert_eq!(with_geometry, database.count_rows("ntsb.events WHERE geog IS NOT NULL"));
    let first = features.iter().find(|f| !f["geometry"].is_null()).unwrap();
    assert_eq!(first["geometry"]["type"], "Point");
    assert_eq!(first["id"], first["properties"]["ev_id"]);
    let lon = first["geometry"]["coordinates"][0].as_f64().unwrap();
    assert!((lon - first["properties"]["lon"].as_f64().unwrap()).abs() < 1e-6);
    let without_coordinates = run_ntsb(&database, &["export", "states", "--format", "geojson"]);
    assert_eq!(without_coordinates.code, Some(2), "{}", without_coordinates.all_output());
    let unknown_table = run_ntsb(&database, &["export", "no_such", "--format", "csv"]);
    assert_eq!(unknown_table.code, Some(2), "{}", unknown_table.all_output());
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let path = folder.path().join("states.csv");
    fs::write(&path, "mine").unwrap();
    let arguments = ["export", "states", "--format", "csv", "--output", path_str(&path)];
    assert_eq!(run_ntsb(&database, &arguments).code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(run_ntsb(&database, &[&arguments[..], &["--overwrite"]].concat()).code, Some(0));
    assert!(fs::read_to_string(&path).unwrap().starts_with("state,name"));
}

/// The export buffers one row group. A killed export leaves no file under the final name.
#[test]
fn memory_does_not_grow_with_the_number_of_rows() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    // 400 MB of text that hardly compresses.
    database.execute(
        "CREATE VIEW ntsb.wide AS SELECT n, (SELECT string_agg(md5((n * 100 + i)::text), '')
             FROM generate_series(1, 125) i) AS t FROM generate_series(1, 100000) n",
    );
    let path = folder.path().join("wide.parquet");
    let mut export = ntsb_command(&database.server, &database.name);
    export.args(["export", "wide", "--format", "parquet", "--output", path_str(&path)]);
    let finished = ChildProcess::start(export).finish();
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert!(fs::metadata(&path).unwrap().len() > 100 << 20);
    assert!(finished.peak_mib < 200, "{} MiB", finished.peak_mib);
    fs::remove_file(&path).unwrap();
    let mut export = ntsb_command(&database.server, &database.name);
    export.args(["export", "wide", "--format", "parquet", "--output", path_str(&path)]);
    let running = ChildProcess::start(export);
    let has_started = |folder: &Path| {
        fs::read_dir(folder).unwrap().any(|e| e.unwrap().metadata().unwrap().len() > 1 << 20)
    };
    ntsb_tests::wait_for("first bytes", 60, || has_started(folder.path()).then_some(()));
    running.kill();
    assert!(!path.exists());
}

#[test]
fn a_role_without_file_privileges_can_export() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let role = format!("{}_reader", database.name);
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA ntsb TO {role}; GRANT SELECT ON ntsb.states TO {role}"
    ));
    let path = folder.path().join("states.parquet");
    let mut export = ntsb_command(&database.server, &database.name);
    export.env("PGUSER", &role);
    export.args(["export", "states", "--format", "parquet", "--output", path_str(&path)]);
    let finished = run(export);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
