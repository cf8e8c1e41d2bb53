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

const JOURNALS: &str =
    "SELECT b::text FROM ntsb.batch b UNION ALL SELECT t::text FROM ntsb.batch_table t ORDER BY 1";

#[test]
fn a_dump_of_schema_ntsb_is_a_whole_warehouse() {
    let original = Database::with_sample();
    let restored = original.restored_with(&["--schema=ntsb"]);
    assert_same(&original, &restored, &[]);
    let journals = [&original, &restored].map(|d| d.column::<String>(JOURNALS, &[]));
    assert_eq!(journals[0], journals[1]);
    let kinds = "SELECT contype::text || count(*) FROM pg_constraint
                 WHERE connamespace = 'ntsb'::regnamespace GROUP BY contype ORDER BY 1";
    let constraints = [&original, &restored].map(|d| d.column::<String>(kinds, &[]));
    assert_eq!(constraints[0], constraints[1]);
    assert!(constraints[0].contains(&"x2".to_owned()), "{constraints:?}");

    // Only the staging tables are missing, which hold nothing that lasts.
    let refused = ntsb(&restored, &["load", fixture("up08NOV.zip").to_str().unwrap()]);
    assert_eq!(refused.code, Some(1), "{}", refused.said());
    assert!(refused.stderr.contains("CALL ntsb_create_warehouse()"), "{}", refused.stderr);
    let others = "ntsb_missing_objects() WHERE kind <> 'staging table'";
    assert_eq!((restored.count(others), restored.count("ntsb_missing_objects()") > 20), (0, true));
    restored.execute("CALL ntsb_create_warehouse()");
    assert_eq!(restored.count("ntsb_missing_objects()"), 0);
    assert_eq!(restored.count("ntsb_verify_change_log()"), 0);
    for database in [&original, &restored] {
        assert_eq!(load(database, &[], &fixture("up08NOV.zip")).of("events", "inserted"), 10);
    }
    assert_same(&original, &restored, BOOKKEEPING);
    assert_eq!(restored.count("ntsb_verify_change_log()"), 0);
}

fn doctor(database: &Database) -> String {
    ntsb(database, &["doctor"]).said()
}

#[test]
fn what_a_restore_lacks_is_made_anew_or_named() {
    let database = Database::with_sample();
    let before = contents(&database, &[]);
    let removed = "DROP VIEW ntsb.data_dictionary;
        ALTER TABLE ntsb.dim_aircraft DROP CONSTRAINT dim_aircraft_no_overlap;
        DROP INDEX ntsb.airport_icao_idx; DROP TRIGGER append_only ON ntsb.change_log;
        DROP MATERIALIZED VIEW ntsb.mv_state_heatmap CASCADE; DROP SCHEMA ntsb_staging CASCADE";
    let objects = "SELECT kind || name FROM ntsb_internal.list_warehouse_objects() ORDER BY 1";
    let whole = database.column::<String>(objects, &[]);
    let comments = database.count(COMMENTS);
    database.execute(removed);
    let said = doctor(&database);
    for name in
        ["view ntsb.data_dictionary", "dim_aircraft_no_overlap", "airport_icao_idx", "append_only"]
    {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(said.contains("CALL ntsb_create_warehouse()"), "{said}");
    database.execute("CALL ntsb_create_warehouse()");
    assert_eq!(database.column::<String>(objects, &[]), whole);
    assert_eq!(database.count(COMMENTS), comments);
    assert_eq!(contents(&database, &[]), before);
    assert!(!doctor(&database).contains("missing"), "{}", doctor(&database));
    load(&database, &[], &fixture("up08NOV.zip")).assert_nothing_lost();
}

#[test]
fn tables_that_a_restore_lacks_are_named() {
    let original = Database::with_sample();
    for (options, missing) in [
        (&["--schema=ntsb", "--exclude-table=ntsb.change_log"], "table ntsb.change_log"),
        (&["--schema=ntsb", "--exclude-table=ntsb.schema_version"], "table ntsb.schema_version"),
        (&["--schema=ntsb", "--schema-only"], "rows"),
    ] {
        let restored = original.restored_with(options);
        let said = doctor(&restored);
        let call = restored.connect().batch_execute("CALL ntsb_create_warehouse()").unwrap_err();
        let refusal = call.as_db_error().unwrap();
        assert_eq!(refusal.code().code(), "55000", "{refusal:?}");
        assert!(refusal.message().contains(missing), "{refusal:?}");
        assert!(refusal.hint().unwrap().contains("pg_dump --schema=ntsb"), "{refusal:?}");
        assert!(said.contains(missing), "{said}");
    }
}

#[test]
fn what_a_user_adds_to_the_schema_is_not_taken_for_ours() {
    let database = Database::blank();
    database.execute("CREATE TABLE ntsb.notes (ev_id text PRIMARY KEY, note text)");
    database.execute(
        "CALL ntsb_create_warehouse(); DROP TABLE ntsb.notes; CALL ntsb_create_warehouse()",
    );
    assert_eq!(database.count("ntsb_missing_objects()"), 0);
}
