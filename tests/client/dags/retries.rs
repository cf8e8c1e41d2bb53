//! Order of tasks, retries, and dependants of a failure.

use super::{
    database_with_log, define, fails, log_task, logged, request, run_state, skip_pause, states,
    tick,
};

#[test]
fn tasks_run_in_the_order_of_their_dependencies() {
    let database = database_with_log();
    let tasks = [
        log_task("d", ", '{b,c}'"),
        log_task("c", ", '{a}'"),
        log_task("b", ", '{a}'"),
        log_task("a", ""),
    ];
    define(&database, "diamond", &tasks.join(", "));
    database.execute("CALL ntsb_run_dag('diamond')");
    assert_eq!(logged(&database), ["a", "c", "b", "d"]);
    let sql =
        "SELECT status, rows, error, last_finished_at >= last_started_at FROM ntsb.job_status";
    let row = &database.query_rows(sql, &[])[0];
    assert_eq!(row.get::<_, String>(0), "succeeded");
    assert_eq!(row.get::<_, i64>(1), 4, "each task inserts one row");
    assert_eq!(row.get::<_, Option<String>>(2), None);
    assert!(row.get::<_, bool>(3));
    assert_eq!(database.count_rows("ntsb.alert"), 0);
}

#[test]
fn a_failed_task_is_tried_three_times_with_growing_pauses_then_its_dependants_are_skipped() {
    let database = database_with_log();
    let tasks = [
        "ntsb_build_task('bad', 'SELECT 1 / 0', backoff => '10 minutes')".to_owned(),
        log_task("next", ", '{bad}'"),
        log_task("last", ", '{next,other}'"),
        log_task("other", ""),
    ];
    define(&database, "x", &tasks.join(", "));
    let run = request(&database, "x");
    let pause = "SELECT extract(epoch FROM next_attempt_at - finished_at)::float8 FROM ntsb.task_run WHERE task = 'bad'";
    for (attempt, seconds) in [(1, 600.0), (2, 1200.0)] {
        tick(&database);
        // Nothing happens until the pause is over.
        tick(&database);
        let waiting = format!("bad waiting {attempt}");
        assert_eq!(
            states(&database, run),
            [waiting.as_str(), "next waiting 0", "last waiting 0", "other succeeded 1"]
        );
        let actual: f64 = database.query_value(pause);
        assert!((actual - seconds).abs() < 1.0, "{actual} s after attempt {attempt}");
        assert_eq!(run_state(&database, run), "running");
        assert_eq!(database.count_rows("ntsb.alert"), 0);
        skip_pause(&database);
    }
    tick(&database);
    assert_eq!(
        states(&database, run),
        ["bad failed 3", "next skipped 0", "last skipped 0", "other succeeded 1"]
    );
    assert_eq!(run_state(&database, run), "failed");
    assert_eq!(logged(&database), ["other"]);

    let failures = database.query_json(
        "SELECT jsonb_array_length(failures) AS n, failures -> 0 ->> 'sqlstate' AS first, sqlstate, error FROM ntsb.task_run WHERE task = 'bad'",
    );
    let expected = serde_json::json!([{"n": 3, "first": "22012", "sqlstate": "22012", "error": "division by zero"}]);
    assert_eq!(failures, expected);
    let alerts = database.query_json(
        "SELECT kind, severity, subject, message, details -> 'skipped' AS skipped, details -> 'failed' -> 0 ->> 'task' AS task FROM ntsb.alert",
    );
    let message = format!(
        "Run {run} of pipeline x failed: bad (SQLSTATE 22012): division by zero. Skipped: next, last"
    );
    let expected = serde_json::json!([{"kind": "dag_failed", "severity": "critical", "subject": "x", "message": message,
        "skipped": ["next", "last"], "task": "bad"}]);
    assert_eq!(alerts, expected);
    let error: String = database.query_value("SELECT error FROM ntsb.job_status");
    assert_eq!(error, "bad: division by zero (SQLSTATE 22012)");
}

#[test]
fn a_task_that_succeeds_at_the_second_attempt_does_not_fail_the_run() {
    let database = database_with_log();
    // The first attempt fails, and its row is rolled back; a sequence is not.
    database.execute("CREATE SEQUENCE public.attempt");
    let flaky = "ntsb_build_task('flaky', $$INSERT INTO public.log (task) SELECT 'flaky' || 1 / (nextval('public.attempt') - 1)$$, backoff => '0')";
    define(&database, "x", &format!("{flaky}, {}", log_task("after", ", '{flaky}'")));
    let run = request(&database, "x");
    tick(&database);
    assert_eq!(states(&database, run), ["flaky succeeded 2", "after succeeded 1"]);
    assert_eq!(logged(&database), ["flaky1", "after"]);
    let sql = "SELECT error IS NULL AND sqlstate IS NULL AND jsonb_array_length(failures) = 1 FROM ntsb.task_run WHERE task = 'flaky'";
    assert!(database.query_value::<bool>(sql), "the failure stays in the history only");
    assert_eq!(database.count_rows("ntsb.alert"), 0);
}

#[test]
fn a_failed_run_is_an_error_of_ntsb_run_dag() {
    let database = database_with_log();
    define(&database, "x", "ntsb_build_task('bad', 'SELECT * FROM missing', max_attempts => 1)");
    let (code, message) = fails(&mut database.connect(), "CALL ntsb_run_dag('x')");
    assert_eq!(code, "38000");
    assert_eq!(
        message,
        "run 1 of x failed: bad: relation \"missing\" does not exist (SQLSTATE 42P01)"
    );
    // With an attempt left, it is not.
    define(&database, "y", "ntsb_build_task('bad', 'SELECT * FROM missing')");
    database.execute("CALL ntsb_run_dag('y')");
}

#[test]
fn missed_runs_are_caught_up_with_one_run() {
    let database = database_with_log();
    database.execute(&format!(
        "SELECT ntsb_define_dag('x', 'A test', ARRAY[{}], '0 * * * *')",
        log_task("a", "")
    ));
    tick(&database);
    assert_eq!(database.count_rows("ntsb.dag_run"), 0, "nothing is due");
    database.execute("UPDATE ntsb.dag SET next_due_at = now() - interval '5 hours'");
    tick(&database);
    tick(&database);
    assert_eq!(logged(&database), ["a"]);
    let sql =
        "SELECT next_due_at > now() AND next_due_at <= now() + interval '1 hour' FROM ntsb.dag";
    assert!(database.query_value::<bool>(sql));
    let sql = "SELECT started_by FROM ntsb.dag_run";
    assert_eq!(database.query_value::<String>(sql), "schedule");
}
