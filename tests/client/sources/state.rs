//! `ntsb.source_status` and `ntsb status`: when each source was last asked and loaded, and what is due.

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;

#[test]
fn a_source_is_due_again_when_its_publisher_has_renewed_it() {
    let database = Database::empty_warehouse();
    let status = "SELECT status FROM ntsb.source_status WHERE source = 'airports'";
    assert_eq!(database.query_value::<String>(status), "never loaded");
    let list = fixture("airports/airports.csv");
    assert_eq!(run_ntsb(&database, &["load-airports", list.to_str().unwrap()]).code, Some(0));
    assert_eq!(database.query_value::<String>(status), "current");
    let stored = database.count_rows("ntsb.airport");
    let counted = "SELECT row_count FROM ntsb.source_status WHERE source = 'airports'";
    assert_eq!(database.query_value::<i64>(counted), stored);
    let text = run_ntsb(&database, &["status"]).stdout;
    assert!(text.contains("airports.csv") && text.contains("never loaded"), "{text}");

    database.execute("UPDATE ntsb.source_state SET asked_at = now() - interval '29 days'");
    assert_eq!(database.query_value::<String>(status), "due");
}
