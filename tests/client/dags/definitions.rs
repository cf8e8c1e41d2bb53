//! What `ntsb_define_dag` accepts and refuses.

use ntsb_tests::database::Database;

use super::{database_with_log, fails, log_task, logged, request, states, tick};

#[track_caller]
fn assert_refused(database: &Database, sql: &str, code: &str, message: &str) {
    let (actual_code, actual) = fails(&mut database.connect(), sql);
    assert!(actual.contains(message), "{actual:?} lacks {message:?}");
    assert_eq!(actual_code, code, "{sql}: {actual}");
    assert_eq!(database.count_rows("ntsb.dag"), 0, "{sql}");
}

#[test]
fn cycles_unknown_tasks_and_wrong_limits_are_refused() {
    let database = Database::empty_warehouse();
    let cases = [
        (
            "ntsb_build_task('a', 'SELECT 1', '{c}'), ntsb_build_task('b', 'SELECT 1', '{a}'), ntsb_build_task('c', 'SELECT 1', '{b}')",
            "the tasks depend on each other in a cycle: a -> c -> b -> a",
        ),
        ("ntsb_build_task('a', 'SELECT 1', '{a}')", "in a cycle: a -> a"),
        (
            "ntsb_build_task('a', 'SELECT 1', '{b}')",
            "task a depends on \"b\", which is no task of this pipeline",
        ),
        (
            "ntsb_build_task('a', 'SELECT 1'), ntsb_build_task('a', 'SELECT 2')",
            "task a is defined twice",
        ),
        ("ntsb_build_task('a', 'SELECT 1; SELECT 2')", "must be one SQL statement, got 2"),
        ("ntsb_build_task('a', '')", "must be one SQL statement, got 0"),
        ("ntsb_build_task('a', 'COMMIT')", "must not begin or end a transaction"),
        (
            "ntsb_build_task('a', 'SELECT 1', max_attempts => 0)",
            "max_attempts of task a must be between 1 and 10, got 0",
        ),
        (
            "ntsb_build_task('a', 'SELECT 1', timeout => '0')",
            "timeout of task a must be between 1 ms and 1 day",
        ),
        (
            "ntsb_build_task('a', 'SELECT 1', timeout => NULL)",
            "timeout of task a must be between 1 ms and 1 day, got null",
        ),
        (
            "ntsb_build_task('a', 'SELECT 1', backoff => '-1 s')",
            "backoff of task a must be between 0 and 1 day",
        ),
        (
            "ntsb_build_task('a', 'SELECT 1', lock_timeout => '2 days')",
            "lock_timeout of task a must be between",
        ),
        ("ntsb_build_task('a', 'SELECT 1', sla => '-1 hour')", "sla of task a must be more than 0"),
        ("ntsb_build_task('a', NULL)", "tasks must be written by ntsb_build_task"),
        ("'[]'::jsonb", "tasks must be written by ntsb_build_task"),
        ("NULL::jsonb", "tasks must be written by ntsb_build_task"),
    ];
    for (tasks, message) in cases {
        assert_refused(
            &database,
            &format!("SELECT ntsb_define_dag('x', 'A test', ARRAY[{tasks}])"),
            "22023",
            message,
        );
    }
    let syntax = "SELECT ntsb_define_dag('x', 'A test', ARRAY[ntsb_build_task('a', 'SELEC 1')])";
    assert_refused(&database, syntax, "42601", "syntax error");
    assert_refused(
        &database,
        "SELECT ntsb_define_dag('x', 'A test', '{}')",
        "22023",
        "1 to 100 tasks, got 0",
    );
}

#[test]
fn hostile_names_and_schedules_are_refused() {
    let database = Database::empty_warehouse();
    for name in
        ["", "A", "x; DROP TABLE ntsb.dag", "x\"", "x' OR true --", "é", "1x", "x-y", "x\ny"]
    {
        let task = format!(
            "SELECT ntsb_define_dag('x', 'A test', ARRAY[ntsb_build_task($n${name}$n$, 'SELECT 1')])"
        );
        assert_refused(&database, &task, "22023", "the name of a task must be");
        let dag = format!(
            "SELECT ntsb_define_dag($n${name}$n$, 'A test', ARRAY[ntsb_build_task('a', 'SELECT 1')])"
        );
        assert_refused(&database, &dag, "22023", "dag must be lower-case letters");
    }
    for schedule in ["* * * *", "@daily", "60 * * * *", "0 0 30 2 *", "x"] {
        let sql = format!(
            "SELECT ntsb_define_dag('x', 'A test', ARRAY[ntsb_build_task('a', 'SELECT 1')], '{schedule}')"
        );
        assert_refused(&database, &sql, "22023", "schedule must be five cron fields in GMT");
    }
    for call in
        ["ntsb_request_run('none')", "ntsb_request_run(NULL)", "ntsb_enable_dag('x'' --', false)"]
    {
        assert_eq!(fails(&mut database.connect(), &format!("SELECT {call}")).0, "42704", "{call}");
    }
    assert_eq!(fails(&mut database.connect(), "CALL ntsb_run_dag('none')").0, "42704");
    assert!(!database.query_value::<bool>("SELECT ntsb_drop_dag('none')"));
}

#[test]
fn the_next_run_is_computed_in_gmt() {
    let database = Database::empty_warehouse();
    let sql = "SET TimeZone = 'America/New_York'; SELECT 1";
    let mut client = database.connect();
    client.batch_execute(sql).unwrap();
    // 5 December 2026 is a Saturday.
    let next: String = client
        .query_one(
            "SELECT (ntsb_next_run('0 2 * * 0', '2026-12-05 23:00+00') AT TIME ZONE 'UTC')::text",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(next, "2026-12-06 02:00:00");
}

#[test]
fn a_new_definition_replaces_the_old_one_and_a_running_run_keeps_its_own() {
    let database = database_with_log();
    let define = |tasks: &str| -> bool {
        database.query_value(&format!(
            "SELECT ntsb_define_dag('x', 'A test', ARRAY[{tasks}], '0 0 1 1 *')"
        ))
    };
    let first = format!("{}, {}", log_task("a", ""), log_task("b", ", '{a}'"));
    assert!(define(&first));
    assert!(!define(&first), "an equal definition is no change");
    let due = "SELECT next_due_at::text FROM ntsb.dag";
    let due_before: String = database.query_value(due);
    // The run starts, and stops before its first task.
    let run = request(&database, "x");
    database.execute("SELECT ntsb_internal.start_due_runs('x')");
    assert!(define(&log_task("c", "")));
    assert_eq!(database.query_value::<String>(due), due_before, "the schedule has not changed");
    tick(&database);
    assert_eq!(states(&database, run), ["a succeeded 1", "b succeeded 1"]);
    database.execute("CALL ntsb_run_dag('x')");
    assert_eq!(logged(&database), ["a", "b", "c"]);

    // A dropped pipeline keeps its history, and its unfinished run is cancelled.
    let queued = request(&database, "x");
    assert!(database.query_value::<bool>("SELECT ntsb_drop_dag('x')"));
    assert_eq!(super::run_state(&database, queued), "cancelled");
    assert_eq!(database.count_rows("ntsb.dag_run"), 3);
    tick(&database);
    assert_eq!(logged(&database).len(), 3);
}

#[test]
fn a_paused_pipeline_does_not_run() {
    let database = database_with_log();
    super::define(&database, "x", &log_task("a", ""));
    let run = request(&database, "x");
    database.execute("SELECT ntsb_enable_dag('x', false)");
    tick(&database);
    assert_eq!(logged(&database), Vec::<String>::new());
    assert_eq!(fails(&mut database.connect(), "CALL ntsb_run_dag('x')").0, "55000");
    database.execute("SELECT ntsb_enable_dag('x')");
    tick(&database);
    assert_eq!(states(&database, run), ["a succeeded 1"]);
}
