//! Each file format and each way to load a file gives the same rows and hashes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::mdb::{export_csv, extract_mdb};
use ntsb_tests::process::run;
use ntsb_tests::server::test_server;
use ntsb_tests::warehouse_contents::{
    BOOKKEEPING_COLUMNS, RAW_COLUMNS, assert_same_contents, list_ntsb_tables, list_rows,
};
use ntsb_tests::{fixture, read_manifest};
use tempfile::tempdir;

const FOUR_DIGIT_YEARS: [&str; 2] = ["-T", "%Y-%m-%d %H:%M:%S"];

fn source_columns() -> Vec<&'static str> {
    [BOOKKEEPING_COLUMNS, RAW_COLUMNS].concat()
}

#[test]
fn an_mdb_file_loads_the_same_rows_as_its_zip() {
    let folder = tempdir().unwrap();
    let mdb = extract_mdb(&fixture("sample.zip"), folder.path());
    let database = Database::empty_warehouse();
    load(&database, &["--full"], &mdb);
    assert_same_contents(&Database::with_sample(), &database, BOOKKEEPING_COLUMNS);
}

#[test]
fn csv_with_four_digit_years_loads_the_same_rows() {
    let folder = tempdir().unwrap();
    let csv =
        export_csv(&extract_mdb(&fixture("sample.zip"), folder.path()), "csv", &FOUR_DIGIT_YEARS);
    let database = Database::empty_warehouse();
    let report = load(&database, &["--full"], &csv);
    report.assert_counts_add_up();
    assert!(report.warnings.is_empty(), "{report:?}");
    assert_same_contents(&Database::with_sample(), &database, &source_columns());
}

/// The sample has dates in future years. Two digits leave their century open.
#[test]
fn csv_with_two_digit_years_differs_only_in_ambiguous_dates() {
    let folder = tempdir().unwrap();
    let csv = export_csv(&extract_mdb(&fixture("sample.zip"), folder.path()), "csv", &[]);
    let (exact, database) = (Database::with_sample(), Database::empty_warehouse());
    load(&database, &["--full"], &csv);
    // 2091 is rejected as a date in the future, 91 is read as 1991.
    let ambiguous: Vec<String> = exact.query_column(
        "SELECT ev_id FROM ntsb.staging_quarantine WHERE rule_id = 'events.date_in_future'",
        &[],
    );
    assert_eq!(read_manifest("sample")["planted"]["date_in_future"], ambiguous.len());
    let ignored = source_columns();
    // Excludes row_defects, because some rules compare with the median of all rows.
    for table in list_ntsb_tables(&exact) {
        let [left, right] =
            [&exact, &database].map(|d| BTreeSet::from_iter(list_rows(d, &table, &ignored)));
        for row in left.symmetric_difference(&right) {
            assert!(ambiguous.iter().any(|ev_id| row.contains(ev_id)), "{table}: {row}");
        }
    }
}

/// Runs the commands of docs/loading-with-psql.md unchanged.
#[test]
fn psql_loads_the_same_rows_as_ntsb() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/loading-with-psql.md");
    let document = fs::read_to_string(document).unwrap();
    let folder = tempdir().unwrap();
    let mdb = extract_mdb(&fixture("sample.zip"), folder.path());
    fs::rename(mdb, folder.path().join("avall.mdb")).unwrap();
    let database = Database::empty_warehouse();
    for (language, block) in fenced_blocks(&document) {
        let file = folder.path().join(format!("block.{language}"));
        fs::write(&file, block).unwrap();
        let mut command = match language {
            "sh" => test_server().command("sh", &database.name),
            "sql" => test_server().command("psql", &database.name),
            other => panic!("unexpected language of a block: {other}"),
        };
        match language {
            "sh" => command.arg("-eu").arg(&file),
            _ => command.args(["-X", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&file),
        };
        let finished = run({
            command.current_dir(folder.path());
            command
        });
        assert_eq!(finished.code, Some(0), "{block}\n{}", finished.all_output());
        assert!(!finished.stderr.contains("ERROR"), "{}", finished.stderr);
    }
    assert_same_contents(&Database::with_sample(), &database, &source_columns());
}

/// The fenced code blocks of a Markdown text: language and text.
fn fenced_blocks(markdown: &str) -> Vec<(&str, &str)> {
    let fenced = markdown.split("\n```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}
