//! CSV output (docs/csv.md): text that a spreadsheet would run as a formula is escaped, numbers are not.

use ntsb_tests::cli::{run_ntsb, run_ntsb_ok};
use ntsb_tests::database::Database;

/// A synthetic event and aircraft whose texts look like formulas, with negative coordinates.
pub fn database_with_formulas() -> Database {
    let database = Database::empty_warehouse();
    database.execute(
        r#"SELECT ntsb_begin_batch('formulas.csv');
           INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
           VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', '@Testville, "North"', 'OH', 'USA', '395012N', '0834936W', 'NONE', '06/01/20 00:00:00');
           INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model, owner_acft, lchg_date)
           VALUES ('20190105X00001', '1', '=TEST', '-28', '=HYPERLINK("http://x")', '06/01/20 00:00:00');
           CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'));
           CALL ntsb_refresh()"#,
    );
    database
}

/// The values of a column. Only for columns before any quoted comma.
fn column_values<'a>(csv: &'a str, name: &str) -> Vec<&'a str> {
    let at = csv.lines().next().unwrap().split(',').position(|c| c == name).unwrap();
    csv.lines().skip(1).map(|line| line.split(',').nth(at).unwrap()).collect()
}

#[test]
fn an_export_escapes_formulas_and_leaves_numbers() {
    let database = database_with_formulas();
    let aircraft = ["export", "aircraft", "--format", "csv"];
    let csv = run_ntsb_ok(&database, &aircraft);
    assert!(csv.contains(r#""'=HYPERLINK(""http://x"")""#), "{csv}");
    assert_eq!(column_values(&csv, "acft_model"), ["\"'-28\""]);
    let exact = run_ntsb_ok(&database, &[&aircraft[..], &["--exact-text"]].concat());
    assert!(exact.contains(r#""=HYPERLINK(""http://x"")""#), "{exact}");
    assert_eq!(column_values(&exact, "acft_model"), ["-28"]);

    let events = ["export", "events", "--format", "csv"];
    let csv = run_ntsb_ok(&database, &events);
    assert!(csv.contains(r#""'@Testville, ""North""""#), "{csv}");
    // A negative number is not escaped.
    assert!(csv.contains(",-83.826"), "{csv}");
    let exact = run_ntsb_ok(&database, &[&events[..], &["--exact-text"]].concat());
    assert!(exact.contains(r#","@Testville, ""North""","#), "{exact}");
    // The header is the one that COPY writes.
    assert_eq!(
        exact.lines().next(),
        database.query_csv("SELECT * FROM ntsb.events").lines().next()
    );
}

#[test]
fn query_results_are_escaped_like_exports() {
    let database = database_with_formulas();
    let search = ["search", "--where", "ev_year = 2019", "--output", "csv"];
    let csv = run_ntsb_ok(&database, &search);
    assert!(csv.contains(r#","'=Test -28","#), "{csv}");
    let exact = run_ntsb_ok(&database, &[&search[..], &["--exact-text"]].concat());
    assert!(exact.contains(",=Test -28,"), "{exact}");
    let near = run_ntsb_ok(&database, &["near", "39.8", "-83.8", "--output", "csv"]);
    assert!(near.contains(",-83.8266667,"), "{near}");
}

#[test]
fn an_empty_result_is_a_header() {
    let database = Database::empty_warehouse();
    let commands: [&[&str]; 9] = [
        &["search", "zzzz"],
        &["search", "--where", "ev_year = 1800"],
        &["near", "0", "0"],
        &["cluster"],
        &["stats", "year"],
        &["stats", "cause"],
        &["models"],
        &["verify"],
        &["cluster", "--members"],
    ];
    for arguments in commands {
        let csv = run_ntsb_ok(&database, &[arguments, &["--output", "csv"]].concat());
        assert_eq!(csv.lines().count(), 1, "{arguments:?}: {csv:?}");
        assert!(csv.contains(','), "{arguments:?}: {csv:?}");
    }
    for table in ["events", "findings", "accidents"] {
        let finished = run_ntsb(&database, &["export", table, "--format", "csv"]);
        assert_eq!(
            (finished.code, finished.stdout.lines().count()),
            (Some(0), 1),
            "{}",
            finished.all_output()
        );
    }
}
