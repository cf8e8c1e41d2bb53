//! Stored content hashes can be recomputed, in SQL and in Python.

use std::fs;

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::run;
use ntsb_tests::server::test_server;
use ntsb_tests::warehouse_contents::list_ntsb_tables;
use tempfile::tempdir;

/// Reads lines of a JSON row, a tab and the stored hash. Prints each row whose hash differs, and the number of rows.
const PYTHON: &str = r#"
import hashlib, json, sys
checked = 0
for line in open(sys.argv[1], encoding="utf-8"):
    row, stored = line.rstrip("\n").split("\t")
    canonical = json.dumps(json.loads(row), sort_keys=True)
    if hashlib.sha256(canonical.encode()).hexdigest() != stored:
        print("different hash:", canonical, stored)
    checked += 1
print(checked)
"#;

#[test]
fn stored_hashes_match_their_rows() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    for table in list_ntsb_tables(&database) {
        let mismatches = database.count_rows(&format!(
            "ntsb.{table} t WHERE encode(content_hash, 'hex')
                 <> ntsb_content_hash(to_jsonb(t) - ntsb_unhashed_columns('{table}'))"
        ));
        assert_eq!(mismatches, 0, "{table}");
    }
}

#[test]
fn python_computes_the_same_hashes() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let mut lines = String::new();
    let mut count = 0;
    for table in list_ntsb_tables(&database) {
        // JSON escapes tabs and line ends, so they can separate the fields.
        let sample: Vec<String> = database.query_column(
            &format!(
                "SELECT (to_jsonb(t) - ntsb_unhashed_columns('{table}'))::text || E'\\t'
                     || encode(content_hash, 'hex')
                 FROM ntsb.{table} t ORDER BY md5(content_hash) LIMIT 20"
            ),
            &[],
        );
        count += sample.len();
        lines.extend(sample.iter().map(|line| format!("{line}\n")));
    }
    assert!(count >= 200, "{count} rows are too few for a comparison");
    let folder = tempdir().unwrap();
    let file = folder.path().join("rows");
    fs::write(&file, lines).unwrap();
    let mut python = test_server().command("python3", &database.name);
    python.arg("-c").arg(PYTHON).arg(&file);
    let finished = run(python);
    assert_eq!(finished.all_output().trim(), count.to_string());
}
