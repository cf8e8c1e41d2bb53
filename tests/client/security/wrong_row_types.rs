//! `ntsb_internal.clean_row` reads rows by column type. It must refuse wrong types before it reads a row.

use ntsb_tests::database::Database;

fn clean_row(database: &Database, setup: &str, shape: &str, from: &str) -> Result<u64, String> {
    let mut client = database.connect();
    client.batch_execute(setup).unwrap();
    let sql = format!(
        "SELECT (ntsb_internal.clean_row('ct_seqevt', raw, NULL, NULL, current_date, '[]', '{{}}', {shape})).* FROM {from}"
    );
    client.execute(&sql, &[]).map_err(|e| {
        let db_error = e.as_db_error().unwrap_or_else(|| panic!("the server crashed: {e}"));
        format!("{} {}", db_error.code().code(), db_error.message())
    })
}

const RAW: &str = "CREATE TEMP TABLE raw AS SELECT '100'::text AS code, 'meaning'::text AS meaning";

#[test]
fn a_shape_with_wrong_column_types_is_refused() {
    let database = Database::empty_warehouse();
    for (column, message) in [
        ("code text", "column code of shape must be integer, got text"),
        ("meaning integer", "column meaning of shape must be text, got integer"),
        ("content_hash bigint", "column content_hash of shape must be bytea, got bigint"),
        ("defects text", "column defects of shape must be jsonb, got text"),
        ("rejected_by integer", "column rejected_by of shape must be text, got integer"),
    ] {
        let setup = format!("{RAW}; CREATE TYPE pg_temp.shape AS ({column})");
        let result = clean_row(&database, &setup, "NULL::pg_temp.shape", "raw");
        assert_eq!(result, Err(format!("42804 {message}")), "{column}");
    }
}

#[test]
fn a_shape_that_is_not_a_row_is_refused() {
    let database = Database::empty_warehouse();
    for shape in ["NULL::integer", "NULL::text[]", "1", "ROW(1)"] {
        let result = clean_row(&database, RAW, shape, "raw").unwrap_err();
        assert!(!result.starts_with("XX"), "{shape}: {result}");
    }
}

/// Alternates two row types and two tables in one call site. The cache must check them on each call.
#[test]
fn the_cache_between_calls_is_checked_on_each_call() {
    let database = Database::empty_warehouse();
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE TEMP TABLE narrow AS SELECT '1'::text AS code;
             CREATE TEMP TABLE wide AS SELECT 7 AS x, 8::bigint AS code, '2'::text AS meaning;
             CREATE FUNCTION pg_temp.either(first boolean) RETURNS record LANGUAGE plpgsql AS $$
             DECLARE r record;
             BEGIN
                 IF first THEN SELECT * INTO r FROM pg_temp.narrow; ELSE SELECT * INTO r FROM pg_temp.wide; END IF;
                 RETURN r;
             END $$",
        )
        .unwrap();
    let rows = client
        .query(
            "SELECT (c).code, (c).meaning FROM (
                 SELECT ntsb_internal.clean_row('ct_seqevt', pg_temp.either(i % 2 = 1), NULL, NULL, current_date, '[]', '{}',
                                       NULL::ntsb_staging.clean_ct_seqevt) AS c
                 FROM generate_series(1, 6) i) x",
            &[],
        )
        .unwrap();
    let found: Vec<(Option<i32>, Option<String>)> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    // A code that is not text counts as missing.
    let (narrow, wide) = ((Some(1), None), (None, Some("2".to_owned())));
    assert_eq!(found, [&narrow, &wide, &narrow, &wide, &narrow, &wide].map(Clone::clone));

    // The same call site with another table for each row.
    let states: Vec<Option<String>> = client
        .query(
            "SELECT (ntsb_internal.clean_row(t, s, NULL, NULL, current_date, '[]', '{}', NULL::ntsb_staging.clean_states)).state
             FROM (VALUES ('states'), ('country'), ('states')) v (t),
                  (SELECT 'AK'::text AS state, 'CA'::text AS country_code) s",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(states, [Some("AK".to_owned()), None, Some("AK".to_owned())]);
}
