//! Runs that are later than their SLA.

use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;

use super::{database_with_log, log_task, tick};

#[test]
fn a_late_run_and_a_late_task_raise_one_alert_each_and_notify() {
    let database = database_with_log();
    // The first attempt fails, so the run stays unfinished.
    let bad = "ntsb_build_task('bad', 'SELECT 1 / 0', backoff => '1 hour', sla => '30 minutes')";
    let tasks = format!("{}, {bad}", log_task("good", ", sla => '5 hours'"));
    database.execute(&format!(
        "SELECT ntsb_define_dag('x', 'A test', ARRAY[{tasks}], '0 0 1 1 *', '1 hour')"
    ));
    let is_late = "SELECT is_late FROM ntsb.job_status";
    assert!(!database.query_value::<bool>(is_late));
    database.execute("UPDATE ntsb.dag SET next_due_at = now() - interval '2 hours'");
    assert!(database.query_value::<bool>(is_late), "late also if no scheduler runs");
    let mut listener = database.connect();
    listener.batch_execute("LISTEN ntsb_alert").unwrap();
    tick(&database);
    tick(&database);
    let alerts = database.query_json(
        "SELECT kind, severity, subject, details ->> 'task' AS task, (details ->> 'sla_seconds')::float8 AS sla FROM ntsb.alert ORDER BY alert_id",
    );
    let expected = serde_json::json!([
        {"kind": "dag_late", "severity": "warning", "subject": "x", "task": null, "sla": 3600},
        {"kind": "dag_late", "severity": "warning", "subject": "x", "task": "bad", "sla": 1800},
    ]);
    assert_eq!(alerts, expected);
    assert!(database.query_value::<bool>(is_late));
    let count = listener.notifications().timeout_iter(Duration::from_secs(1)).count().unwrap();
    assert_eq!(count, 2);
}

#[test]
fn a_run_that_finishes_late_raises_an_alert_too_and_one_in_time_does_not() {
    let database = database_with_log();
    let task = "ntsb_build_task('a', 'SELECT pg_sleep(0.4)')";
    database.execute(&format!(
        "SELECT ntsb_define_dag('late', 'A test', ARRAY[{task}], NULL, '200 ms')"
    ));
    database.execute(&format!(
        "SELECT ntsb_define_dag('punctual', 'A test', ARRAY[{task}], NULL, '1 hour')"
    ));
    database.execute("CALL ntsb_run_dag('late')");
    database.execute("CALL ntsb_run_dag('punctual')");
    let alerts: Vec<String> =
        database.query_column("SELECT kind || ' ' || subject FROM ntsb.alert", &[]);
    assert_eq!(alerts, ["dag_late late"]);
    assert_eq!(database.count_rows("ntsb.job_status WHERE is_late"), 0, "it is finished");
}
