//! SQL examples in the documentation print the output that the documentation shows.
//!
//! Each `sql` block runs against the sample data, and the `text` block right after it is the expected
//! output. After an intended change, BLESS=1 writes the new output into the documents.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::run;
use ntsb_tests::server::test_server;

const QUERY_START: &str = "```sql\n";
const OUTPUT_START: &str = "\n\n```text\n";
const BLOCK_END: &str = "```";

pub fn path(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document)
}

/// The sample with its increment and the made-up files of other sources, and all derived data refreshed.
fn refreshed_sample() -> Database {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    for (command, file) in [
        ("load-airports", "airports/airports.csv"),
        ("load-asrs", "asrs/reports.csv"),
        ("load-registry", "registry/ReleasableAircraft.zip"),
        ("load-recommendations", "recommendations/page.json"),
    ] {
        run_ntsb(&database, &[command, fixture(file).to_str().unwrap()]);
    }
    database.execute("CALL ntsb_refresh()");
    database
}

/// The output of psql, including errors, without trailing blanks.
fn run_query(database: &Database, query: &str) -> String {
    let mut psql = test_server().command("psql", &database.name);
    psql.args(["-X", "-q", "-c", query]);
    let finished = run(psql);
    let output = format!("{}{}", finished.stdout, finished.stderr);
    let lines: Vec<_> = output.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// The document with the output that the database gives now, and the number of examples.
fn rewrite_outputs(text: &str, database: &Database) -> (String, usize) {
    let mut parts = text.split(QUERY_START);
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut examples = 0;
    for part in parts {
        let (query, rest) = part.split_once(BLOCK_END).expect("an unterminated SQL block");
        let rest = rest
            .strip_prefix(OUTPUT_START)
            .unwrap_or_else(|| panic!("no output block after {query}"));
        let (_, rest) = rest.split_once(BLOCK_END).expect("an unterminated output block");
        let output = run_query(database, query);
        out += &format!("{QUERY_START}{query}{BLOCK_END}{OUTPUT_START}{output}{BLOCK_END}{rest}");
        examples += 1;
    }
    (out, examples)
}

pub fn check(document: &str, min_examples: usize) {
    let database = refreshed_sample();
    let expected = fs::read_to_string(path(document)).unwrap();
    let (actual, examples) = rewrite_outputs(&expected, &database);
    assert!(examples >= min_examples, "{document} has only {examples} examples");
    if env::var_os("BLESS").is_some() {
        return fs::write(path(document), &actual).unwrap();
    }
    for (expected, actual) in expected.split(QUERY_START).zip(actual.split(QUERY_START)) {
        assert_eq!(expected, actual, "{document}");
    }
    assert!(
        !actual.contains("does not exist\nLINE"),
        "{document} uses an object that does not exist"
    );
}

#[test]
fn examples_of_the_readme_match() {
    check("README.md", 5);
}

#[test]
fn examples_of_the_questions_page_match() {
    check("docs/questions.md", 20);
}

#[test]
fn examples_of_the_bi_page_match() {
    check("docs/bi.md", 1);
}

#[test]
fn examples_of_the_geo_page_match() {
    check("docs/geo.md", 8);
}

#[test]
fn examples_of_the_timeseries_page_match() {
    check("docs/timeseries.md", 9);
}

#[test]
fn examples_of_the_models_page_match() {
    check("docs/models.md", 5);
}

#[test]
fn examples_of_the_predictions_page_match() {
    check("docs/predictions.md", 9);
}

#[test]
fn examples_of_the_pipelines_page_match() {
    check("docs/pipelines.md", 8);
}

#[test]
fn examples_of_the_monitoring_page_match() {
    check("docs/monitoring.md", 1);
}
