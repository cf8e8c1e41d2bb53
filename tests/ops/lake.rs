//! `ntsb lake`: other engines count what the database counts.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::cli::{load, run_ntsb, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::{announce, fixture};
use serde_json::{Value, json};
use tempfile::tempdir;

/// The Python of the readers, or None where no package registry could be reached.
fn readers_python() -> Option<String> {
    let python = std::env::var("NTSB_TEST_PYTHON").ok();
    if python.is_none() {
        announce(
            "skipped: the lake is not read back, because the Python readers are not installed",
        );
    }
    python
}

fn read_lake(python: &str, folder: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers/read_lake.py");
    let mut command = Command::new(python);
    command.arg(script).arg(folder);
    serde_json::from_str(&run_ok(command)).unwrap()
}

/// The counts of the star schema.
fn count_in_database(database: &Database) -> Value {
    let rows = |sql: &str| -> Value {
        let text: String =
            database.query_value(&format!("SELECT json_agg(r)::text FROM ({sql}) x (r)"));
        serde_json::from_str(&text).unwrap()
    };
    json!({
        "by_year": rows("SELECT json_build_array(ev_year, events, fatal_events) FROM ntsb.yearly_stats ORDER BY ev_year"),
        "by_state": rows("SELECT json_build_array(ev_state, events) FROM ntsb.state_heatmap ORDER BY ev_state COLLATE \"C\""),
    })
}

fn write_lake(database: &Database, folder: &Path) -> Value {
    let text = run_ntsb_ok(
        database,
        &["lake", "accidents", "--json", "--output", folder.to_str().unwrap()],
    );
    serde_json::from_str(&text).unwrap()
}

fn assert_counts(read: &Value, database: &Database, version: u64) {
    let expected = count_in_database(database);
    for engine in ["duckdb", "pyarrow", "delta"] {
        assert_eq!(read[engine], expected, "{engine}");
    }
    assert_eq!(read["version"], version);
    assert_eq!(read["wrong_files"], json!([]));
}

#[test]
fn engines_count_what_the_database_counts_and_a_new_version_writes_only_changed_years() {
    let Some(python) = readers_python() else { return };
    let database = Database::with_sample();
    let parent = tempdir().unwrap();
    let folder = parent.path().join("accidents");
    let first = write_lake(&database, &folder);
    let years: i64 =
        database.query_value("SELECT count(DISTINCT ev_year) FROM ntsb.fact_accidents");
    assert_eq!((&first["version"], &first["files_written"]), (&json!(0), &json!(years)));
    let read = read_lake(&python, &folder);
    assert_counts(&read, &database, 0);
    let columns: i64 = database.query_value(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'ntsb.accidents'::regclass AND attnum > 0",
    );
    assert_eq!(read["delta_columns"], columns);

    // Nothing changed: no new version.
    let again = write_lake(&database, &folder);
    assert_eq!((&again["version"], &again["files_written"]), (&json!(0), &json!(0)));

    load(&database, &[], &fixture("up08NOV.zip"));
    let second = write_lake(&database, &folder);
    assert_eq!(second["version"], 1);
    let written = second["files_written"].as_i64().unwrap();
    assert!(written >= 1 && written <= years, "{second}");
    assert!(second["data_version"].as_i64() > first["data_version"].as_i64());
    assert_counts(&read_lake(&python, &folder), &database, 1);
    let parts = |entry: &fs::DirEntry| fs::read_dir(entry.path()).unwrap().count();
    let folders = fs::read_dir(&folder).unwrap().filter_map(Result::ok);
    let folders = folders.filter(|e| e.file_name().to_string_lossy().starts_with("ev_year="));
    assert!(folders.into_iter().all(|entry| parts(&entry) == 1), "a replaced file is left");
}

#[test]
fn a_lake_is_refused_where_it_would_mix_with_other_files() {
    let database = Database::with_sample();
    let parent = tempdir().unwrap();
    let lake = |what: &str, folder: &Path| {
        run_ntsb(&database, &["lake", what, "--output", folder.to_str().unwrap()])
    };
    let photos = parent.path().join("photos");
    fs::create_dir(&photos).unwrap();
    fs::write(photos.join("photo.jpg"), "x").unwrap();
    let output = lake("accidents", &photos);
    assert_eq!(output.code, Some(2), "{}", output.all_output());
    assert!(output.stderr.contains("is neither empty nor a table that ntsb lake wrote"));
    assert_eq!(fs::read_dir(&photos).unwrap().count(), 1);

    let table = parent.path().join("table");
    assert_eq!(lake("fact_accidents", &table).code, Some(0));
    let other = lake("events", &table);
    assert_eq!(other.code, Some(2), "{}", other.all_output());
    assert!(
        other.stderr.contains("holds the table fact_accidents, not events"),
        "{}",
        other.stderr
    );
    let version = table.join("_delta_log/00000000000000000000.json");
    for damage in ["", "{\"add\":", "{\"commitInfo\":{\"operation\":\"WRITE\"}}\n"] {
        fs::write(&version, damage).unwrap();
        let damaged = lake("fact_accidents", &table);
        assert_eq!(damaged.code, Some(2), "{damage}: {}", damaged.all_output());
        assert!(damaged.stderr.contains("or is damaged"), "{}", damaged.stderr);
    }

    let without_year = lake("narratives", &parent.path().join("narratives"));
    assert_eq!(without_year.code, Some(2), "{}", without_year.all_output());
    assert!(without_year.stderr.contains("has no column ev_year"), "{}", without_year.stderr);
    let missing = lake("nothing", &parent.path().join("nothing"));
    assert_eq!(missing.code, Some(2), "{}", missing.all_output());
}
