//! The warehouse outlives its server and its extension.

use ntsb_tests::contents::{BOOKKEEPING, assert_same, contents};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{load, ntsb};
use ntsb_tests::star::{assert_same_star, star};

const COMMENTS: &str = "pg_description d JOIN pg_class c ON d.objoid = c.oid
    AND d.classoid = 'pg_class'::regclass
    WHERE c.relnamespace IN ('ntsb'::regnamespace, 'ntsb_staging'::regnamespace)";

#[test]
fn a_dump_restores_everything_and_loading_goes_on() {
    let original = Database::with_sample();
    load(&original, &[], &fixture("up08NOV.zip"));
    let restored = original.restored();

    assert_same(&original, &restored, &[]);
    let stars = [&original, &restored].map(|database| star(&mut database.connect()));
    assert_same_star(&stars[0], &stars[1], "restored");
    assert_eq!(original.count(COMMENTS), restored.count(COMMENTS));
    assert!(restored.count(COMMENTS) > 400);
    assert_eq!(restored.count("ntsb_verify_change_log()"), 0);
    assert!(restored.count("ntsb_event_history('20251031902489')") > 1);
    assert_eq!(original.count("ntsb.batch"), restored.count("ntsb.batch"));

    let again = load(&restored, &[], &fixture("up08NOV.zip"));
    assert_eq!((again.changed(), again.total["stale"]), (0, 0), "{again:?}");
    assert_same(&original, &restored, &[]);
    // The numbers of batches go on where they were.
    assert_eq!(again.batch_id, original.one::<i64>("SELECT max(batch_id) FROM ntsb.batch") + 1);
}

#[test]
fn without_the_extension_the_data_stay_and_with_it_loading_goes_on() {
    let database = Database::with_sample();
    let before = contents(&database, &[]);
    database.execute("DROP EXTENSION pg_ntsb");
    assert_eq!(contents(&database, &[]), before);
    let refused = ntsb(&database, &["load", fixture("up08NOV.zip").to_str().unwrap()]);
    assert_eq!(refused.code, Some(1), "{}", refused.said());
    assert!(refused.stderr.contains("CREATE EXTENSION pg_ntsb"), "{}", refused.stderr);
    assert_eq!(contents(&database, &[]), before);

    database.execute("CREATE EXTENSION pg_ntsb; CALL ntsb_create_warehouse()");
    assert_eq!(contents(&database, &[]), before);
    let undisturbed = Database::with_sample();
    for database in [&database, &undisturbed] {
        assert_eq!(load(database, &[], &fixture("up08NOV.zip")).of("events", "inserted"), 10);
    }
    assert_same(&undisturbed, &database, BOOKKEEPING);
    assert_eq!(database.count("ntsb_verify_change_log()"), 0);
}
