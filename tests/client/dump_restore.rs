//! Dump and restore, missing objects, and the warehouse without its extension.

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::star::{assert_same_star, read_star};
use ntsb_tests::warehouse_contents::{BOOKKEEPING_COLUMNS, assert_same_contents, digest_tables};

const COMMENTS: &str = "pg_description d JOIN pg_class c ON d.objoid = c.oid
    AND d.classoid = 'pg_class'::regclass
    WHERE c.relnamespace IN ('ntsb'::regnamespace, 'ntsb_staging'::regnamespace)";

#[test]
fn a_restored_dump_is_complete_and_loads_files() {
    let original = Database::with_sample();
    load(&original, &[], &fixture("up08NOV.zip"));
    let restored = original.dump_and_restore();

    assert_same_contents(&original, &restored, &[]);
    let stars = [&original, &restored].map(|database| read_star(&mut database.connect()));
    assert_same_star(&stars[0], &stars[1], "restored");
    assert_eq!(original.count_rows(COMMENTS), restored.count_rows(COMMENTS));
    assert!(restored.count_rows(COMMENTS) > 400);
    assert_eq!(restored.count_rows("ntsb_verify_change_log()"), 0);
    assert!(restored.count_rows("ntsb_event_history('20251031902489')") > 1);
    assert_eq!(original.count_rows("ntsb.batch"), restored.count_rows("ntsb.batch"));

    let again = load(&restored, &[], &fixture("up08NOV.zip"));
    assert_eq!((again.count_changed(), again.total["stale"]), (0, 0), "{again:?}");
    assert_same_contents(&original, &restored, &[]);
    // The sequence of batch IDs continues.
    assert_eq!(
        again.batch_id,
        original.query_value::<i64>("SELECT max(batch_id) FROM ntsb.batch") + 1
    );
}

#[test]
fn dropping_and_reinstalling_the_extension_keeps_the_data() {
    let database = Database::with_sample();
    let before = digest_tables(&database, &[]);
    database.execute("DROP EXTENSION pg_ntsb");
    assert_eq!(digest_tables(&database, &[]), before);
    let finished = run_ntsb(&database, &["load", fixture("up08NOV.zip").to_str().unwrap()]);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("CREATE EXTENSION pg_ntsb"), "{}", finished.stderr);
    assert_eq!(digest_tables(&database, &[]), before);

    database.execute("CREATE EXTENSION pg_ntsb; CALL ntsb_create_warehouse()");
    assert_eq!(digest_tables(&database, &[]), before);
    let undisturbed = Database::with_sample();
    for database in [&database, &undisturbed] {
        assert_eq!(load(database, &[], &fixture("up08NOV.zip")).count("events", "inserted"), 10);
    }
    assert_same_contents(&undisturbed, &database, BOOKKEEPING_COLUMNS);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

const BATCHES: &str =
    "SELECT b::text FROM ntsb.batch b UNION ALL SELECT t::text FROM ntsb.batch_table t ORDER BY 1";

#[test]
fn a_dump_of_both_schemas_is_a_complete_warehouse() {
    let original = Database::with_sample();
    let restored = original.dump_and_restore_with(&["--schema=ntsb", "--schema=asrs"]);
    assert_same_contents(&original, &restored, &[]);
    let batches = [&original, &restored].map(|d| d.query_column::<String>(BATCHES, &[]));
    assert_eq!(batches[0], batches[1]);
    let kinds = "SELECT contype::text || count(*) FROM pg_constraint
                 WHERE connamespace = 'ntsb'::regnamespace GROUP BY contype ORDER BY 1";
    let constraints = [&original, &restored].map(|d| d.query_column::<String>(kinds, &[]));
    assert_eq!(constraints[0], constraints[1]);
    assert!(constraints[0].contains(&"x3".to_owned()), "{constraints:?}");

    // Only the staging tables are missing. They hold no permanent data.
    let finished = run_ntsb(&restored, &["load", fixture("up08NOV.zip").to_str().unwrap()]);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("CALL ntsb_create_warehouse()"), "{}", finished.stderr);
    let others = "ntsb_missing_objects() WHERE kind <> 'staging table'";
    assert_eq!(
        (restored.count_rows(others), restored.count_rows("ntsb_missing_objects()") > 20),
        (0, true)
    );
    restored.execute("CALL ntsb_create_warehouse()");
    assert_eq!(restored.count_rows("ntsb_missing_objects()"), 0);
    assert_eq!(restored.count_rows("ntsb_verify_change_log()"), 0);
    for database in [&original, &restored] {
        assert_eq!(load(database, &[], &fixture("up08NOV.zip")).count("events", "inserted"), 10);
    }
    assert_same_contents(&original, &restored, BOOKKEEPING_COLUMNS);
    assert_eq!(restored.count_rows("ntsb_verify_change_log()"), 0);
}

fn doctor_output(database: &Database) -> String {
    run_ntsb(database, &["doctor"]).all_output()
}

#[test]
fn missing_objects_are_reported_and_recreated() {
    let database = Database::with_sample();
    let before = digest_tables(&database, &[]);
    let drop_objects = "DROP VIEW ntsb.data_dictionary;
        ALTER TABLE ntsb.dim_aircraft DROP CONSTRAINT dim_aircraft_no_overlap;
        DROP INDEX ntsb.airport_icao_idx; DROP TRIGGER append_only ON ntsb.change_log;
        DROP MATERIALIZED VIEW ntsb.mv_state_heatmap CASCADE; DROP SCHEMA ntsb_staging CASCADE";
    let objects = "SELECT kind || name FROM ntsb_internal.list_warehouse_objects() ORDER BY 1";
    let all_objects = database.query_column::<String>(objects, &[]);
    let comments = database.count_rows(COMMENTS);
    database.execute(drop_objects);
    let output = doctor_output(&database);
    for name in
        ["view ntsb.data_dictionary", "dim_aircraft_no_overlap", "airport_icao_idx", "append_only"]
    {
        assert!(output.contains(name), "{name}: {output}");
    }
    assert!(output.contains("CALL ntsb_create_warehouse()"), "{output}");
    database.execute("CALL ntsb_create_warehouse()");
    assert_eq!(database.query_column::<String>(objects, &[]), all_objects);
    assert_eq!(database.count_rows(COMMENTS), comments);
    assert_eq!(digest_tables(&database, &[]), before);
    assert!(!doctor_output(&database).contains("missing"), "{}", doctor_output(&database));
    load(&database, &[], &fixture("up08NOV.zip")).assert_counts_add_up();
}

#[test]
fn missing_tables_are_reported() {
    let original = Database::with_sample();
    for (options, missing) in [
        (&["--schema=ntsb", "--exclude-table=ntsb.change_log"], "table ntsb.change_log"),
        (&["--schema=ntsb", "--exclude-table=ntsb.schema_version"], "table ntsb.schema_version"),
        (&["--schema=ntsb", "--schema-only"], "rows"),
    ] {
        let restored = original.dump_and_restore_with(options);
        let output = doctor_output(&restored);
        let call = restored.connect().batch_execute("CALL ntsb_create_warehouse()").unwrap_err();
        let error = call.as_db_error().unwrap();
        assert_eq!(error.code().code(), "55000", "{error:?}");
        assert!(error.message().contains(missing), "{error:?}");
        assert!(error.hint().unwrap().contains("pg_dump --schema=ntsb"), "{error:?}");
        assert!(output.contains(missing), "{output}");
    }
}

#[test]
fn objects_of_users_are_ignored() {
    let database = Database::empty_warehouse();
    database.execute("CREATE TABLE ntsb.notes (ev_id text PRIMARY KEY, note text)");
    database.execute(
        "CALL ntsb_create_warehouse(); DROP TABLE ntsb.notes; CALL ntsb_create_warehouse()",
    );
    assert_eq!(database.count_rows("ntsb_missing_objects()"), 0);
}
