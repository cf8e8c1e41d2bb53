//! What commands may do, and what they leave behind in the session.

use std::time::Instant;

use super::{database_with_log, define, fails, logged, request, states, tick};

fn error_of(database: &ntsb_tests::database::Database, task: &str) -> (String, String) {
    let sql =
        "SELECT sqlstate, error FROM ntsb.task_run WHERE task = $1 ORDER BY run_id DESC LIMIT 1";
    let row = &database.query_rows(sql, &[&task])[0];
    (row.get(0), row.get(1))
}

#[test]
fn each_task_has_its_own_time_limit() {
    let database = database_with_log();
    define(
        &database,
        "x",
        "ntsb_build_task('slow', 'SELECT pg_sleep(60)', timeout => '300 ms', max_attempts => 1),
         ntsb_build_task('slow_call', 'DO $do$ BEGIN COMMIT; PERFORM pg_sleep(60); END $do$', timeout => '300 ms', max_attempts => 1),
         ntsb_build_task('fast', 'SELECT pg_sleep(0.5)', timeout => '1 minute')",
    );
    let start = Instant::now();
    // The limit of the session does not apply.
    database.execute("SET statement_timeout = '10s'");
    let run = request(&database, "x");
    tick(&database);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert_eq!(states(&database, run), ["slow failed 1", "slow_call failed 1", "fast succeeded 1"]);
    assert_eq!(
        error_of(&database, "slow"),
        ("57014".to_owned(), "canceling statement due to statement timeout".to_owned())
    );
    assert_eq!(error_of(&database, "slow_call").0, "57014");
}

#[test]
fn a_task_does_not_wait_for_a_lock_longer_than_allowed() {
    let database = database_with_log();
    define(
        &database,
        "x",
        "ntsb_build_task('blocked', 'TRUNCATE public.log', lock_timeout => '200 ms', max_attempts => 1)",
    );
    let mut holder = database.connect();
    let mut lock = holder.transaction().unwrap();
    lock.batch_execute("LOCK TABLE public.log").unwrap();
    let start = Instant::now();
    let run = request(&database, "x");
    tick(&database);
    assert!(start.elapsed().as_secs() < 20);
    assert_eq!(states(&database, run), ["blocked failed 1"]);
    assert_eq!(error_of(&database, "blocked").0, "55P03");
}

#[test]
fn commands_may_commit_and_vacuum_and_any_error_is_caught() {
    let database = database_with_log();
    database.execute(
        "CREATE PROCEDURE public.commit_then_fail() LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO public.log (task) VALUES ('committed'); COMMIT;
             INSERT INTO public.log (task) VALUES ('lost'); RAISE EXCEPTION 'on purpose' USING ERRCODE = '22000'; END $$;
         CREATE TABLE public.parent (id integer PRIMARY KEY);
         CREATE TABLE public.child (id integer REFERENCES public.parent DEFERRABLE INITIALLY DEFERRED)",
    );
    let one = ", max_attempts => 1";
    let tasks = [
        format!("ntsb_build_task('call', 'CALL public.commit_then_fail()'{one})"),
        // An error within a loop leaves an open portal.
        format!("ntsb_build_task('loop', $q$DO $do$ DECLARE r record; BEGIN FOR r IN SELECT generate_series(1, 100) LOOP PERFORM 1 / 0; END LOOP; END $do$$q${one})"),
        format!("ntsb_build_task('nested', $q$DO $do$ BEGIN BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN PERFORM 'x'::integer; END; END $do$$q${one})"),
        format!("ntsb_build_task('at_commit', 'INSERT INTO public.child VALUES (1)'{one})"),
        "ntsb_build_task('vacuum', 'VACUUM (ANALYZE) public.log')".to_owned(),
        "ntsb_build_task('ddl', 'CREATE TABLE public.made AS SELECT generate_series(1, 7) AS n')".to_owned(),
        "ntsb_build_task('rows', 'UPDATE public.made SET n = n + 1', '{ddl}')".to_owned(),
        "ntsb_build_task('value', 'SELECT sum(n) FROM public.made', '{rows}')".to_owned(),
        "ntsb_build_task('many', 'SELECT * FROM public.made', '{rows}')".to_owned(),
        "ntsb_build_task('settings', $$SELECT set_config('search_path', 'pg_temp', false), set_config('lock_timeout', '1', false)$$)".to_owned(),
        "ntsb_build_task('path', $q$DO $do$ BEGIN ASSERT current_setting('search_path') = 'pg_catalog, public, pg_temp'; END $do$ $q$, '{settings}')".to_owned(),
        "ntsb_build_task('maintain', $$CALL ntsb_maintain('vacuum')$$, '{path}')".to_owned(),
    ];
    define(&database, "x", &tasks.join(", "));
    let run = request(&database, "x");
    let mut client = database.connect();
    client.batch_execute("SET lock_timeout = '7s'; SET search_path = public, pg_temp").unwrap();
    client.batch_execute("CALL ntsb_run_dags()").unwrap();
    let expected = [
        "call failed 1",
        "loop failed 1",
        "nested failed 1",
        "at_commit failed 1",
        "vacuum succeeded 1",
        "ddl succeeded 1",
        "rows succeeded 1",
        "value succeeded 1",
        "many succeeded 1",
        "settings succeeded 1",
        "path succeeded 1",
        "maintain succeeded 1",
    ];
    assert_eq!(states(&database, run), expected);
    let codes = ["call", "loop", "nested", "at_commit"].map(|task| error_of(&database, task).0);
    assert_eq!(codes, ["22000", "22012", "22P02", "23503"]);
    assert_eq!(logged(&database), ["committed"]);
    let rows = "SELECT string_agg(format('%s %s', task, rows), ', ' ORDER BY position) FROM ntsb.task_run WHERE rows IS NOT NULL";
    // 2 + 3 + … + 8 = 35
    assert_eq!(database.query_value::<String>(rows), "rows 7, value 35, many 7, settings 1");
    assert!(database.count_rows("ntsb.maintenance WHERE action = 'vacuum'") > 0);

    // The session goes on with its own settings, and holds no lock.
    let row = client
        .query_one("SELECT current_setting('lock_timeout'), current_setting('search_path'),
                           (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())", &[])
        .unwrap();
    assert_eq!(
        (row.get::<_, String>(0), row.get::<_, String>(1), row.get::<_, i64>(2)),
        ("7s".to_owned(), "public, pg_temp".to_owned(), 0)
    );
    client.batch_execute("CALL ntsb_run_dags()").unwrap();
}

#[test]
fn a_scheduler_needs_a_statement_of_its_own_and_is_no_task() {
    let database = database_with_log();
    let mut client = database.connect();
    for sql in [
        "BEGIN; CALL ntsb_run_dags()",
        "DO $$ BEGIN CALL ntsb_run_dags(); END $$",
        "SELECT 1; CALL ntsb_run_dags()",
    ] {
        assert_eq!(fails(&mut client, sql).0, "25001", "{sql}");
        let _ = client.batch_execute("ROLLBACK");
    }
    define(&database, "x", "ntsb_build_task('nested', 'CALL ntsb_run_dags()', max_attempts => 1)");
    request(&database, "x");
    tick(&database);
    assert_eq!(error_of(&database, "nested").0, "55000");
}
