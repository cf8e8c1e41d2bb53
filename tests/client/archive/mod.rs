//! Parquet exports and archives: other programs read exactly the stored rows, and an attached decade is restored
//! unchanged.

mod client_export;
mod decade;
mod failures;
mod s3_export;
mod server_export;

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use serde_json::Value;
use tempfile::TempDir;

/// A folder that the server can write and the test can read.
fn shared_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("ntsb_test_archive_").tempdir_in("/tmp").unwrap();
    set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    folder
}

fn path_str(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The Python with pyarrow, DuckDB and moto, or None if they cannot be installed.
fn python() -> Option<String> {
    let python = std::env::var("NTSB_TEST_PYTHON").ok().filter(|path| !path.is_empty());
    if python.is_none() {
        announce(
            "skipped: tests with pyarrow, DuckDB and S3, because their packages cannot be installed",
        );
    }
    python
}

/// Reads exports with pyarrow and DuckDB.
fn read_back(python: &str, paths: &[&Path]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers/read_back.py");
    let mut command = Command::new(python);
    command.arg(script).args(paths);
    serde_json::from_str(&run_ok(command)).unwrap()
}

/// The number of stored rows that match a condition, and their digest as `read_back.py` computes it.
fn count_and_digest(
    database: &Database,
    relation: &str,
    columns: &[(String, String)],
    condition: &str,
) -> (i64, String) {
    let as_text = |(name, sql_type): &(String, String)| {
        let name = format!("\"{name}\"");
        let value = match sql_type.as_str() {
            "real" => format!("encode(float4send({name}), 'hex')"),
            "double precision" => format!("encode(float8send({name}), 'hex')"),
            "bytea" => format!("encode({name}, 'hex')"),
            "boolean" => format!("{name}::text"),
            kind if kind.starts_with("timestamp with") => {
                format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')")
            }
            kind if kind.starts_with("timestamp") => {
                format!("to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US')")
            }
            kind if kind.starts_with("geography") => {
                format!("encode(ST_AsBinary({name}), 'hex')")
            }
            // An infinite date becomes null, because Parquet has none.
            "date" => format!("CASE WHEN isfinite({name}) THEN {name}::text END"),
            _ => format!("{name}::text"),
        };
        format!("coalesce({value}, '\\N')")
    };
    let line: Vec<_> = columns.iter().map(as_text).collect();
    let sql = format!(
        "SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"), ''),
             'UTF8')), 'hex')
         FROM (SELECT array_to_string(ARRAY[{}], '|') AS line FROM ntsb.\"{relation}\" WHERE {condition}) l",
        line.join(", ")
    );
    let row = database.connect().query_one(&sql, &[]).unwrap();
    (row.get(0), row.get(1))
}

fn columns_of(manifest: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let columns = manifest["columns"].as_array().unwrap().iter();
    columns.map(|c| (text(&c["name"]), text(&c["sql_type"]))).collect()
}
