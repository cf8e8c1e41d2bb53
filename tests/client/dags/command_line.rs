//! `ntsb dag`, `ntsb run-dags`, the pipelines in `ntsb status`, and the pipeline that `ntsb sync` starts.

use ntsb_tests::cli::{run_ntsb, run_ntsb_json, run_ntsb_ok};
use serde_json::json;

use super::{
    database_with_log, define, define_concurrent_tasks, log_task, logged, request, run_state,
    states,
};

#[test]
fn run_dags_runs_what_is_due_and_its_exit_code_tells_of_failures() {
    let database = database_with_log();
    assert!(run_ntsb(&database, &["run-dags"]).stderr.contains("No task was due."));
    define(&database, "good", &log_task("a", ""));
    request(&database, "good");
    let tasks = run_ntsb_json(&database, &["run-dags"]);
    assert_eq!(
        (&tasks[0]["dag"], &tasks[0]["task"], &tasks[0]["state"], &tasks[0]["rows"]),
        (&json!("good"), &json!("a"), &json!("succeeded"), &json!(1))
    );

    define(&database, "bad", "ntsb_build_task('b', 'SELECT 1 / 0', max_attempts => 1)");
    request(&database, "bad");
    let output = run_ntsb(&database, &["run-dags"]);
    assert_eq!(output.code, Some(1), "{}", output.all_output());
    assert!(
        output.stderr.contains("of bad failed: b: division by zero (SQLSTATE 22012)"),
        "{}",
        output.stderr
    );
    // The failure is told once.
    assert_eq!(run_ntsb(&database, &["run-dags"]).code, Some(0));
}

#[test]
fn run_dags_waits_for_the_next_attempt_only_if_asked() {
    let database = database_with_log();
    database.execute("CREATE SEQUENCE public.attempt");
    let flaky = "ntsb_build_task('flaky', $$SELECT 1 / (nextval('public.attempt') - 1)$$, backoff => '1 second')";
    define(&database, "x", &format!("{flaky}, {}", log_task("after", ", '{flaky}'")));
    let run = request(&database, "x");
    run_ntsb_ok(&database, &["run-dags"]);
    assert_eq!(states(&database, run), ["flaky waiting 1", "after waiting 0"]);
    run_ntsb_ok(&database, &["run-dags", "--until-idle"]);
    assert_eq!(states(&database, run), ["flaky succeeded 2", "after succeeded 1"]);
}

#[test]
fn run_dags_runs_tasks_side_by_side() {
    let database = database_with_log();
    define_concurrent_tasks(&database, "x");
    let run = request(&database, "x");
    run_ntsb_ok(&database, &["run-dags", "--parallel", "2"]);
    assert_eq!(run_state(&database, run), "succeeded");
}

#[test]
fn dag_lists_runs_and_draws_pipelines() {
    let database = database_with_log();
    let tasks = format!("{}, {}", log_task("a", ""), log_task("end", ", '{a}'"));
    database
        .execute(&format!("SELECT ntsb_define_dag('x', 'A test', ARRAY[{tasks}], '30 9 * * *')"));
    let graph = run_ntsb_ok(&database, &["dag", "graph", "x"]);
    let expected = "flowchart LR\n    subgraph g1[\"x: 30 9 * * *\"]\n        t1[\"a\"]\n        t2[\"end\"]\n        t1 --> t2\n    end\n";
    assert_eq!(graph, expected);
    let unknown = run_ntsb(&database, &["dag", "graph", "none"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("pipeline \"none\" does not exist"), "{}", unknown.stderr);

    assert!(run_ntsb_ok(&database, &["dag", "run", "x"]).contains("succeeded"));
    assert_eq!(logged(&database), ["a", "end"]);
    assert!(run_ntsb_ok(&database, &["dag", "run", "x", "--queue"]).contains("requested run 2"));
    assert_eq!(logged(&database).len(), 2);
    let unknown = run_ntsb(&database, &["dag", "run", "no'ne"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("pipeline 'no''ne' does not exist"), "{}", unknown.stderr);

    run_ntsb_ok(&database, &["run-dags"]);
    let list = run_ntsb_json(&database, &["dag", "list"]);
    assert_eq!(
        (&list[0]["dag"], &list[0]["status"], &list[0]["rows"], &list[0]["is_late"]),
        (&json!("x"), &json!("succeeded"), &json!(2), &json!(false))
    );
    assert!(list[0]["next_due_at"].as_str().unwrap().contains("09:30"), "{list}");
    let status = run_ntsb_ok(&database, &["status"]);
    let line = status.lines().find(|line| line.starts_with("x ")).unwrap();
    assert!(line.contains("succeeded") && line.contains("09:30"), "{line}");
    let status: serde_json::Value =
        serde_json::from_str(&run_ntsb_ok(&database, &["status", "--json"])).unwrap();
    assert_eq!(
        (&status["pipelines"][0]["pipeline"], &status["pipelines"][0]["rows"]),
        (&json!("x"), &json!(2))
    );
}
