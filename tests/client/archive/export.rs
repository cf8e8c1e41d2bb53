//! `ntsb export`, which writes where the client is.

use std::fs;
use std::path::Path;

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{command, ntsb};
use ntsb_tests::process::{Running, run};
use serde_json::Value;

use super::{python, read_back, stored, text};

fn export(database: &Database, arguments: &[&str]) -> String {
    let done = ntsb(database, &[&["export"], arguments].concat());
    assert_eq!(done.code, Some(0), "{}", done.said());
    done.stdout
}

#[test]
fn parquet_of_the_client_is_what_is_stored() {
    let Some(python) = python() else { return };
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let path = folder.path().join("accidents.parquet");
    let said =
        export(&database, &["accidents", "--format", "parquet", "--output", text(&path), "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let columns: Vec<_> = database
        .rows(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
             WHERE attrelid = 'ntsb.accidents'::regclass AND attnum > 0 ORDER BY attnum",
            &[],
        )
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let (rows, sha256) = stored(&database, "accidents", &columns, "true");
    assert_eq!(said["rows"], rows);
    assert_eq!(said["bytes"], fs::metadata(&path).unwrap().len());
    let found = &read_back(&python, &[&path])[text(&path)];
    for engine in ["pyarrow", "duckdb"] {
        assert_eq!(found[engine]["sha256"], sha256, "{engine}");
    }
}

#[test]
fn a_filter_chooses_rows_and_does_nothing_else() {
    let database = Database::with_sample();
    let filter = "ev_state IN ('AK', 'CA') AND ev_date >= '2000-01-01' AND lat > 30.5";
    let csv = export(&database, &["events", "--format", "csv", "--filter", filter]);
    let rows = database.count(&format!("ntsb.events WHERE {filter}"));
    assert!(rows > 10);
    assert_eq!(csv.lines().count() as i64, rows + 1);
    for evil in
        ["true; DROP TABLE ntsb.events", "(SELECT 1) = 1", "pg_sleep(9) IS NULL", "nothing = 1"]
    {
        let done = ntsb(&database, &["export", "events", "--format", "csv", "--filter", evil]);
        assert_eq!(done.code, Some(2), "{evil}: {}", done.said());
    }
}

#[test]
fn geojson_holds_a_feature_for_each_row() {
    let database = Database::with_sample();
    let json = export(&database, &["events", "--format", "geojson"]);
    let collection: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(collection["type"], "FeatureCollection");
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len() as i64, database.count("ntsb.events"));
    let placed = features.iter().filter(|f| !f["geometry"].is_null()).count() as i64;
    assert_eq!(placed, database.count("ntsb.events WHERE geog IS NOT NULL"));
    let first = features.iter().find(|f| !f["geometry"].is_null()).unwrap();
    assert_eq!(first["geometry"]["type"], "Point");
    assert_eq!(first["id"], first["properties"]["ev_id"]);
    let lon = first["geometry"]["coordinates"][0].as_f64().unwrap();
    assert!((lon - first["properties"]["lon"].as_f64().unwrap()).abs() < 1e-6);
    let none = ntsb(&database, &["export", "states", "--format", "geojson"]);
    assert_eq!(none.code, Some(2), "{}", none.said());
    let place = ntsb(&database, &["export", "no_such", "--format", "csv"]);
    assert_eq!(place.code, Some(2), "{}", place.said());
}

#[test]
fn a_file_that_is_there_stays() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let path = folder.path().join("states.csv");
    fs::write(&path, "mine").unwrap();
    let arguments = ["export", "states", "--format", "csv", "--output", text(&path)];
    assert_eq!(ntsb(&database, &arguments).code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(ntsb(&database, &[&arguments[..], &["--overwrite"]].concat()).code, Some(0));
    assert!(fs::read_to_string(&path).unwrap().starts_with("state,name"));
}

/// Memory is that of a row group, whatever is exported; killed, it leaves nothing under the name.
#[test]
fn memory_does_not_grow_with_the_rows() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    // 400 MB of text which hardly compresses.
    database.execute(
        "CREATE VIEW ntsb.wide AS SELECT n, (SELECT string_agg(md5((n * 100 + i)::text), '')
             FROM generate_series(1, 125) i) AS t FROM generate_series(1, 100000) n",
    );
    let path = folder.path().join("wide.parquet");
    let mut export = command(&database.server, &database.name);
    export.args(["export", "wide", "--format", "parquet", "--output", text(&path)]);
    let done = Running::start(export).finish();
    assert_eq!(done.code, Some(0), "{}", done.said());
    assert!(fs::metadata(&path).unwrap().len() > 100 << 20);
    assert!(done.peak < 200, "{} MiB", done.peak);
    fs::remove_file(&path).unwrap();
    let mut export = command(&database.server, &database.name);
    export.args(["export", "wide", "--format", "parquet", "--output", text(&path)]);
    let running = Running::start(export);
    let begun = |folder: &Path| {
        fs::read_dir(folder).unwrap().any(|e| e.unwrap().metadata().unwrap().len() > 1 << 20)
    };
    ntsb_tests::wait_for("first bytes", 60, || begun(folder.path()).then_some(()));
    running.kill();
    assert!(!path.exists());
}

#[test]
fn a_reader_without_rights_to_files_exports() {
    let (database, folder) = (Database::with_sample(), tempfile::tempdir().unwrap());
    let role = format!("{}_reader", database.name);
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA ntsb TO {role}; GRANT SELECT ON ntsb.states TO {role}"
    ));
    let path = folder.path().join("states.parquet");
    let mut export = command(&database.server, &database.name);
    export.env("PGUSER", &role);
    export.args(["export", "states", "--format", "parquet", "--output", text(&path)]);
    let done = run(export);
    assert_eq!(done.code, Some(0), "{}", done.said());
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
