//! Accidents from 1962 to 1981, loaded together with later files.

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;

const LEGACY_EVENTS: &str = "ntsb.events WHERE substr(ev_id, 9, 1) = 'L'";

#[test]
fn a_reload_changes_nothing_and_later_files_withdraw_no_legacy_events() {
    let database = Database::empty_warehouse();
    let first = load(&database, &["--full"], &fixture("pre1982"));
    first.assert_counts_add_up();
    assert!(first.count("events", "inserted") > 20, "{} events", first.count("events", "inserted"));
    assert!(first.count("legacy_cause", "inserted") > 0);
    let again = load(&database, &["--full"], &fixture("pre1982"));
    assert_eq!(again.count_changed(), 0);

    // A later file whose oldest event is in the years of the legacy data.
    let stored = database.count_rows(LEGACY_EVENTS);
    database.execute(
        "SELECT ntsb_begin_batch('late.mdb', 'full');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date)
         VALUES ('20001212X00001', '1963-01-01', '2021-01-01'),
                ('20001212X00002', '1999-01-01', '2021-01-01');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))",
    );
    let current = database.count_rows(&format!("{LEGACY_EVENTS} AND withdrawn_batch IS NULL"));
    assert_eq!(current, stored);
}
