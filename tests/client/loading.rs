//! Full loads, reloads and dry runs.

use std::collections::BTreeSet;

use ntsb_tests::cli::{LoadReport, load, load_command, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::process::run;
use ntsb_tests::warehouse_contents::{count_tuples_written, digest_row_versions, digest_tables};
use ntsb_tests::{count_sample_events, fixture, read_manifest};

#[test]
fn a_full_load_accounts_for_every_row() {
    let database = Database::empty_warehouse();
    let finished = run(load_command(&database, &["--full", "--json"], &fixture("sample.zip")));
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert_eq!(finished.stdout.lines().count(), 1, "{}", finished.stdout);
    assert!(!finished.stderr.contains('{'), "{}", finished.stderr);

    let report = LoadReport::parse(&finished.stdout);
    assert_eq!((report.mode.as_str(), report.dry_run), ("full", false));
    report.assert_counts_add_up();
    let expected = read_manifest("sample");
    let expected = expected["rows"].as_object().unwrap();
    for (table, rows) in expected {
        let table = table.to_lowercase();
        assert_eq!(Some(report.count(&table, "staged")), rows.as_i64(), "{table}");
        let stored = database.count_rows(&format!("ntsb.{table}"));
        assert_eq!(report.count(&table, "inserted"), stored, "{table}");
    }
    // The file has only some of the tables.
    let rows: i64 = expected.values().filter_map(|rows| rows.as_i64()).sum();
    assert_eq!(report.total["staged"], rows);
    assert_eq!(report.total["rejected"], database.count_rows("ntsb.staging_quarantine"));
    assert_eq!(database.count_rows("ntsb_staging.events"), 0, "rows left in staging");
}

#[test]
fn an_orphan_row_is_quarantined_with_its_raw_values() {
    let database = Database::with_sample();
    let rows = database.query_rows(
        "SELECT table_name, row_key, reason, payload ->> 'crew_category' IS NOT NULL
         FROM ntsb.staging_quarantine WHERE rule_id = 'schema.orphan'",
        &[],
    );
    assert_eq!(rows.len(), 1);
    let text = |column| rows[0].get::<usize, &str>(column);
    assert_eq!((text(0), text(1)), ("flight_crew", "20990101X99999/1/1"));
    assert!(text(2).contains("aircraft"), "{}", text(2));
    assert!(rows[0].get::<_, bool>(3), "the payload lacks the raw row");
}

#[test]
fn an_event_in_the_future_is_quarantined_with_all_its_rows() {
    let database = Database::with_sample();
    let events: Vec<String> = database.query_column(
        "SELECT ev_id FROM ntsb.staging_quarantine WHERE rule_id = 'events.date_in_future'",
        &[],
    );
    assert_eq!(read_manifest("sample")["planted"]["date_in_future"], events.len());
    let parents_of_children: Vec<String> = database.query_column(
        "SELECT DISTINCT ev_id FROM ntsb.staging_quarantine
         WHERE rule_id = 'schema.parent_rejected' AND table_name <> 'events'",
        &[],
    );
    assert_eq!(BTreeSet::from_iter(parents_of_children), BTreeSet::from_iter(events));
    assert_eq!(database.count_rows("ntsb.events"), count_sample_events());
    assert_eq!(database.count_rows("ntsb.event_key"), count_sample_events());
}

#[test]
fn a_reload_writes_nothing() {
    let database = Database::with_sample();
    let (written, before) = (count_tuples_written(&database), digest_row_versions(&database));

    let again = run(load_command(&database, &["--full"], &fixture("sample.zip")));
    assert_eq!(again.code, Some(0), "{}", again.all_output());
    assert!(again.stdout.contains("Nothing changed: every row of sample.zip"), "{}", again.stdout);
    assert!(again.stderr.contains("was loaded before"), "{}", again.stderr);
    let repeated = load(&database, &["--full"], &fixture("sample.zip"));
    let compared = load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    assert_eq!(repeated.tables, compared.tables, "the repeated report differs from a comparison");
    for report in [repeated, compared] {
        report.assert_counts_add_up();
        assert_eq!(report.count_changed(), 0);
        assert_eq!(report.total["stale"], 0);
        assert_eq!(report.count("events", "unchanged"), count_sample_events());
    }

    assert_eq!(count_tuples_written(&database), written);
    assert_eq!(digest_row_versions(&database), before);
}

#[test]
fn a_dry_run_reports_the_changes_and_writes_nothing() {
    let database = Database::with_sample();
    let before = (digest_tables(&database, &[]), digest_row_versions(&database));
    let file = fixture("up08NOV.zip");
    let dry_run = load(&database, &["--dry-run"], &file);
    let finished = run_ntsb(&database, &["load", "--dry-run", file.to_str().unwrap()]);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert!(finished.stdout.contains("Dry run: nothing was written"), "{}", finished.stdout);
    assert_eq!((digest_tables(&database, &[]), digest_row_versions(&database)), before);
    assert_eq!(database.count_rows("ntsb.batch"), 1);
    assert_eq!(database.count_rows("ntsb_staging.events"), 0);

    let report = load(&database, &[], &file);
    assert!(dry_run.dry_run && !report.dry_run);
    assert_eq!(dry_run.tables, report.tables);
    assert!(report.count_changed() > 0);
}

/// A known file is compared again if rows or rules have changed.
#[test]
fn a_file_loaded_before_is_compared_again_after_a_change() {
    let database = Database::with_sample();
    let is_skipped = |database: &Database| {
        let again = run(load_command(database, &["--full"], &fixture("sample.zip")));
        assert_eq!(again.code, Some(0), "{}", again.all_output());
        again.stderr.contains("was loaded before")
    };
    assert!(is_skipped(&database));
    database.execute(
        "UPDATE ntsb.validation_rule SET threshold = 101 WHERE rule_id = 'flight_crew.age_high'",
    );
    assert!(!is_skipped(&database), "a rule was changed");
    assert!(is_skipped(&database));
    load(&database, &[], &fixture("up08NOV.zip"));
    assert!(!is_skipped(&database), "another file changed rows");
}
