//! A file comes in: once, twice, on trial, twice at once.

use ntsb_tests::contents::{contents, tuples_written, versions};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{Report, load, load_command, ntsb};
use ntsb_tests::process::run;
use ntsb_tests::{fixture, manifest};

#[test]
fn a_full_load_accounts_for_every_row() {
    let database = Database::blank();
    let finished = run(load_command(&database, &["--full", "--json"], &fixture("sample.zip")));
    assert_eq!(finished.code, Some(0), "{}", finished.said());
    assert_eq!(finished.stdout.lines().count(), 1, "{}", finished.stdout);
    assert!(!finished.stderr.contains('{'), "{}", finished.stderr);

    let report = Report::read(&finished.stdout);
    assert_eq!((report.mode.as_str(), report.dry_run), ("full", false));
    report.assert_nothing_lost();
    let expected = manifest("sample");
    let expected = expected["rows"].as_object().unwrap();
    assert_eq!(report.tables.len(), expected.len());
    for (table, rows) in expected {
        let table = table.to_lowercase();
        assert_eq!(Some(report.of(&table, "staged")), rows.as_i64(), "{table}");
        let stored = database.count(&format!("ntsb.{table}"));
        assert_eq!(report.of(&table, "inserted"), stored, "{table}");
    }
    assert_eq!(report.total["rejected"], 1);
    assert_eq!(database.count("ntsb_staging.events"), 0, "rows left in staging");
}

#[test]
fn a_row_without_its_parent_is_put_aside_as_it_was() {
    let database = Database::with_sample();
    let rows = database.rows(
        "SELECT table_name, row_key, rule_id, reason, payload ->> 'crew_category' IS NOT NULL
         FROM ntsb.staging_quarantine",
        &[],
    );
    assert_eq!(rows.len(), 1);
    let text = |column| rows[0].get::<usize, &str>(column);
    assert_eq!((text(0), text(1), text(2)), ("flight_crew", "20990101X99999/1/1", "orphan"));
    assert!(text(3).contains("aircraft"), "{}", text(3));
    assert!(rows[0].get::<_, bool>(4), "the payload lacks the raw row");
}

#[test]
fn the_same_file_again_writes_nothing() {
    let database = Database::with_sample();
    let (written, before) = (tuples_written(&database), versions(&database));

    let again = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    assert_eq!(again.code, Some(0), "{}", again.said());
    assert!(again.stdout.contains("Nothing changed: every row of sample.zip"), "{}", again.stdout);
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    report.assert_nothing_lost();
    assert_eq!(report.changed(), 0);
    assert_eq!(report.total["stale"], 0);
    assert_eq!(report.of("events", "unchanged"), 2500);

    assert_eq!(tuples_written(&database), written);
    assert_eq!(versions(&database), before);
}

#[test]
fn a_dry_run_tells_what_a_load_would_do_and_does_nothing() {
    let database = Database::with_sample();
    let before = (contents(&database, &[]), versions(&database));
    let file = fixture("up08NOV.zip");
    let tried = load(&database, &["--dry-run"], &file);
    let told = ntsb(&database, &["load", "--dry-run", file.to_str().unwrap()]);
    assert_eq!(told.code, Some(0), "{}", told.said());
    assert!(told.stdout.contains("Dry run: nothing was written"), "{}", told.stdout);
    assert_eq!((contents(&database, &[]), versions(&database)), before);
    assert_eq!(database.count("ntsb.batch"), 1);
    assert_eq!(database.count("ntsb_staging.events"), 0);

    let done = load(&database, &[], &file);
    assert!(tried.dry_run && !done.dry_run);
    assert_eq!(tried.tables, done.tables);
    assert!(done.changed() > 0);
}
