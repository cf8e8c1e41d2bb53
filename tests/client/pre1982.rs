//! Accidents of 1962 to 1981 beside those of later files.

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::load;

const LEGACY: &str = "ntsb.events WHERE substr(ev_id, 9, 1) = 'L'";

#[test]
fn the_old_series_loads_twice_alike_and_no_later_file_withdraws_it() {
    let database = Database::blank();
    let first = load(&database, &["--full"], &fixture("pre1982"));
    first.assert_nothing_lost();
    assert!(first.of("events", "inserted") > 20, "{} events", first.of("events", "inserted"));
    assert!(first.of("legacy_cause", "inserted") > 0);
    let again = load(&database, &["--full"], &fixture("pre1982"));
    assert_eq!(again.changed(), 0);

    // A later file whose oldest event lies in the old series' years.
    let stored = database.count(LEGACY);
    database.execute(
        "SELECT ntsb_begin_batch('late.mdb', 'full');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date)
         VALUES ('20001212X00001', '1963-01-01', '2021-01-01'),
                ('20001212X00002', '1999-01-01', '2021-01-01');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))",
    );
    let standing = database.count(&format!("{LEGACY} AND withdrawn_batch IS NULL"));
    assert_eq!(standing, stored);
}
