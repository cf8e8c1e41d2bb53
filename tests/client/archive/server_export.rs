//! `ntsb_export_parquet`, which writes files on the server.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;
use postgres::error::SqlState;
use serde_json::Value;

use super::{columns_of, count_and_digest, path_str, python, read_back, shared_folder};

fn export(database: &Database, relation: &str, path: &Path) {
    let sql = "SELECT count(*) FROM ntsb_export_parquet($1, $2)";
    database.query_rows(sql, &[&relation, &path_str(path)]);
}

/// Makes a call that must fail with a hint, and returns its SQLSTATE.
fn export_error(database: &Database, relation: &str, path: &str, overwrite: bool) -> SqlState {
    let sql = "SELECT * FROM ntsb_export_parquet($1, $2, $3)";
    let error = database.connect().query(sql, &[&relation, &path, &overwrite]).unwrap_err();
    assert!(error.as_db_error().unwrap().hint().is_some(), "{error:?}");
    error.code().unwrap().clone()
}

/// Two other programs must read every table and view of a refreshed warehouse bit by bit as stored.
#[test]
fn pyarrow_and_duckdb_read_the_stored_rows() {
    let Some(python) = python() else { return };
    let (database, folder) = (Database::with_sample(), shared_folder());
    database.execute("CALL ntsb_refresh()");
    let names: Vec<String> = database.query_column(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'ntsb'::regnamespace
         AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
         AND relname NOT IN ('index_usage', 'search_source') ORDER BY 1",
        &[],
    );
    assert!(names.len() > 50, "{names:?}");
    for name in &names {
        export(&database, name, &folder.path().join(name));
    }
    let paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
    let found = read_back(&python, &paths.iter().map(|p| p.as_path()).collect::<Vec<_>>());
    for (name, path) in names.iter().zip(&paths) {
        let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let (rows, sha256) = count_and_digest(&database, name, &columns_of(&manifest), "true");
        assert_eq!(manifest["rows"], rows, "{name}");
        for engine in ["pyarrow", "duckdb"] {
            let result = &found[path_str(path)][engine];
            assert_eq!(
                (result["rows"].as_i64(), result["sha256"].as_str()),
                (Some(rows), Some(sha256.as_str())),
                "{name} by {engine}"
            );
        }
    }
    let events = &found[path_str(&folder.path().join("events"))];
    for (column, kind) in [
        ("ev_date", "date32[day]"),
        ("ev_highest_injury", "dictionary<values=string, indices=int32, ordered=0>"),
        ("ev_time", "int16"),
        ("lchg_date", "timestamp[us]"),
        ("dec_latitude", "double"),
        ("altimeter", "float"),
        ("content_hash", "binary"),
        ("geog", "binary"),
    ] {
        assert_eq!(events["types"][column], kind, "{column}");
    }
    let geo = &events["geo"];
    assert_eq!((&geo["version"], &geo["primary_column"]), (&"1.1.0".into(), &"geog".into()));
    let fact = &found[path_str(&folder.path().join("fact_accidents"))]["types"];
    assert_eq!(fact["damage_cost_usd"], "decimal128(14, 2)");
}

#[test]
fn files_are_complete_and_partitioned_by_year() {
    let (database, folder) = (Database::with_sample(), shared_folder());
    let path = folder.path().join("aircraft");
    let rows = database.query_rows(
        "SELECT file, year, rows FROM ntsb_export_parquet('aircraft', $1)",
        &[&path_str(&path)],
    );
    for row in &rows {
        let (file, year, count): (String, i32, i64) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(file, format!("year={year}/part-0.parquet"));
        assert!(path.join(&file).is_file());
        let stored = database.count_rows(&format!(
            "ntsb.aircraft JOIN ntsb.event_key USING (ev_id) WHERE ev_year = {year}"
        ));
        assert_eq!(count, stored, "{year}");
    }
    assert!(rows.len() > 30);
    let names = |path: &Path| -> Vec<_> {
        fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name()).collect()
    };
    assert_eq!(names(folder.path()), ["aircraft"]);
    // A second export of the same rows gives the same files.
    export(&database, "aircraft", &folder.path().join("again"));
    let manifest = |name: &str| fs::read(folder.path().join(name).join("manifest.json")).unwrap();
    assert_eq!(manifest("aircraft"), manifest("again"));
}

#[test]
fn an_existing_export_is_replaced_only_with_overwrite() {
    let (database, folder) = (Database::with_sample(), shared_folder());
    let path = folder.path().join("states");
    export(&database, "states", &path);
    assert_eq!(export_error(&database, "states", path_str(&path), false), SqlState::DUPLICATE_FILE);
    database
        .query_rows("SELECT * FROM ntsb_export_parquet('country', $1, true)", &[&path_str(&path)]);
    let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
    assert!(manifest.contains("country_code"), "{manifest}");
    // A folder that is not an export is never removed, nor is the target of a link.
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("precious"), "x").unwrap();
    symlink(&path, folder.path().join("link")).unwrap();
    assert_eq!(export_error(&database, "states", path_str(&other), true), SqlState::DUPLICATE_FILE);
    let link = folder.path().join("link");
    assert_eq!(export_error(&database, "states", path_str(&link), true), SqlState::DUPLICATE_FILE);
    assert!(other.join("precious").is_file());
    assert_eq!(
        export_error(&database, "states", "relative", false),
        SqlState::INVALID_PARAMETER_VALUE
    );
    let nowhere = folder.path().join("no/where");
    assert_eq!(
        export_error(&database, "states", path_str(&nowhere), false),
        SqlState::UNDEFINED_FILE
    );
    let injected = "states; DROP TABLE ntsb.states";
    let error = export_error(&database, injected, path_str(&folder.path().join("x")), false);
    assert_eq!(error, SqlState::INVALID_PARAMETER_VALUE);
}

/// A cancelled export leaves no file, neither under its name nor a temporary one.
#[test]
fn a_cancelled_export_leaves_nothing() {
    let (database, folder) = (Database::with_sample(), shared_folder());
    let path = folder.path().join("slow");
    // Every row takes a millisecond.
    database.execute(
        "CREATE VIEW ntsb.slow AS SELECT e.ev_id, e.ev_year, pg_sleep(0.001)::text AS slept
         FROM (SELECT * FROM ntsb.events ORDER BY ev_year OFFSET 0) e",
    );
    for end in ["pg_cancel_backend", "pg_terminate_backend"] {
        let mut client = database.connect();
        let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
        let target = path_str(&path).to_owned();
        let export = std::thread::spawn(move || {
            client.query("SELECT * FROM ntsb_export_parquet('slow', $1)", &[&target]).map(drop)
        });
        let part = folder.path().join(format!(".slow.{backend}.part"));
        wait_for("first file", 60, || part.exists().then_some(()));
        database.query_rows(&format!("SELECT {end}($1)"), &[&backend]);
        assert!(export.join().unwrap().is_err());
        wait_for("end", 30, || fs::read_dir(folder.path()).unwrap().next().is_none().then_some(()));
    }
}

#[test]
fn an_export_needs_the_privileges_to_write_and_to_read() {
    let (database, folder) = (Database::with_sample(), shared_folder());
    let role = format!("{}_writer", database.name);
    database.execute(&format!(
        "CREATE ROLE {role}; GRANT USAGE ON SCHEMA ntsb TO {role}; GRANT SELECT ON ntsb.states, ntsb.events TO {role};
         GRANT EXECUTE ON FUNCTION ntsb_export_parquet(text, text, boolean) TO {role}"
    ));
    let mut client = database.connect();
    let path = folder.path().join("states");
    let mut export_as_role = |grant: &str, relation: &str| {
        client.batch_execute(&format!("{grant}; SET ROLE {role}")).unwrap();
        let sql = "SELECT sum(rows)::bigint FROM ntsb_export_parquet($1, $2)";
        let rows =
            client.query_one(sql, &[&relation, &path_str(&path)]).map(|row| row.get::<_, i64>(0));
        client.batch_execute("RESET ROLE").unwrap();
        rows.map_err(|e| e.code().unwrap().clone())
    };
    assert_eq!(export_as_role("SELECT 1", "states"), Err(SqlState::INSUFFICIENT_PRIVILEGE));
    let grant = format!("GRANT pg_write_server_files TO {role}");
    // The role cannot export what it may not read.
    assert_eq!(export_as_role(&grant, "country"), Err(SqlState::INSUFFICIENT_PRIVILEGE));
    assert!(!path.exists());
    assert!(export_as_role("SELECT 1", "states").unwrap() > 0);
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
