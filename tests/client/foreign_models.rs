//! Model files from other sources: an accepted file is rewritten before it is stored or returned, and
//! libxgboost never reads it.

use std::fs;
use std::path::{Path, PathBuf};

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use postgres::Client;

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/models/src/forest/golden/versions")
}

fn convert(client: &mut Client, artifact: &[u8], format: &str) -> Result<Vec<u8>, String> {
    let row =
        client.query_one("SELECT ntsb_internal.convert_artifact($1, $2)", &[&artifact, &format]);
    row.map(|row| row.get(0)).map_err(|error| {
        let error = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
        format!("{} {}", error.code().code(), error.message())
    })
}

/// Overwrites bytes after a key.
fn patch_after_key(file: &[u8], key: &str, skip: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let at = file.windows(key.len()).position(|w| w == key.as_bytes()).unwrap();
    let at = at + key.len() + skip;
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn each_xgboost_version_and_format_converts_to_a_canonical_artifact() {
    let database = Database::empty_warehouse();
    let mut client = database.connect();
    let mut count = 0;
    for version in ["1.7.6", "2.1.4", "3.2.0"] {
        for name in ["two", "three", "one_hot"] {
            let file =
                |ending: &str| fs::read(golden_folder().join(format!("{version}_{name}.{ending}")));
            let (ubj, json) = (file("ubj").unwrap(), file("json").unwrap());
            let canonical = convert(&mut client, &ubj, "ubj").unwrap();
            assert_ne!(canonical, ubj);
            assert_eq!(convert(&mut client, &json, "ubj").unwrap(), canonical);
            let text = convert(&mut client, &canonical, "json").unwrap();
            assert_eq!(convert(&mut client, &text, "ubj").unwrap(), canonical);
            count += 1;
        }
    }
    assert_eq!(count, 9);
    let maps: String =
        client.query_one("SELECT pg_read_file('/proc/self/maps')", &[]).unwrap().get(0);
    assert!(maps.contains("pg_ntsb.so") && !maps.contains("xgboost"), "libxgboost was loaded");
}

/// Corrupts numbers that XGBoost's own reader would use as memory offsets.
#[test]
fn a_model_file_cannot_crash_the_server() {
    let database = Database::empty_warehouse();
    let mut client = database.connect();
    let started: String = database.query_value("SELECT pg_postmaster_start_time()::text");
    let good = fs::read(golden_folder().join("1.7.6_three.ubj")).unwrap();
    // After the key of a typed array follow 13 bytes for its type and count.
    for (key, skip, bytes) in [
        ("categories_segments", 13, &(1_i64 << 40).to_be_bytes()[..]),
        ("categories_segments", 13, &(-1_i64).to_be_bytes()),
        ("categories_sizes", 13, &i64::MAX.to_be_bytes()),
        ("categories_nodes", 13, &i32::MAX.to_be_bytes()),
        ("categories", 13, &(-1_i32).to_be_bytes()),
        ("categories", 13, &i32::MAX.to_be_bytes()),
        ("split_type", 13, &[0, 0, 0]),
        ("left_children", 13, &0_i32.to_be_bytes()),
        ("left_children", 13, &i32::MAX.to_be_bytes()),
        ("right_children", 13, &i32::MIN.to_be_bytes()),
        ("split_indices", 13, &i32::MAX.to_be_bytes()),
        ("split_conditions", 13, &f32::INFINITY.to_be_bytes()),
        ("num_nodes", 9, b"9"),
        ("num_trees", 9, b"8"),
        ("version", 12, &[9]),
    ] {
        let result = convert(&mut client, &patch_after_key(&good, key, skip, bytes), "json");
        // Values that the forest does not use may be ignored. They are not in the output.
        match result {
            Err(message) => assert!(message.starts_with("22023 "), "{key}: {message}"),
            Ok(text) => assert!(!text.is_empty(), "{key}"),
        }
    }
    assert_eq!(database.query_value::<String>("SELECT pg_postmaster_start_time()::text"), started);
    assert!(client.query_one("SELECT 1", &[]).is_ok(), "the session was lost");
}

/// The digest of a stored model is that of the validated artifact.
#[test]
fn stored_artifacts_are_canonical() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    database
        .execute("SELECT ntsb_import_model(ntsb_export_model(1, 'json'), ntsb_describe_model(1))");
    let mismatches = database.count_rows(
        "ntsb.model m WHERE m.model_id > 1 AND (m.artifact <> ntsb_internal.convert_artifact(m.artifact, 'ubj')
             OR m.artifact_digest <> sha256(m.artifact))",
    );
    assert_eq!(mismatches, 0);
}
