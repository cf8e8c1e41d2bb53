//! Pipelines: `ntsb_run_dag` and `ntsb_run_dags`, which run the tasks of `ntsb.task_run`.
//!
//! Which task is next, and what its outcome means, is decided in SQL (`sql/functions/dags/run.sql`). These
//! procedures run the commands, because PL/pgSQL can neither catch the errors of a command that commits nor limit
//! its time.

mod command;
mod error;
mod runner;
mod settings;
mod transaction;

use error::DagError;
use ntsb_dags::{Schedule, Task};
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::Value;

#[pg_extern(
    immutable,
    strict,
    parallel_safe,
    sql = r#"
CREATE FUNCTION ntsb_internal.find_next_run(schedule text, after bigint) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.find_next_run(text, bigint) IS
'Internal: called by ntsb_next_run. The first time after a moment that matches a schedule, both in seconds since 1970-01-01. Errors: 22023 not a schedule.';
"#
)]
fn find_next_run(schedule: &str, after: i64) -> Result<i64, ErrorReport> {
    let next = Schedule::parse(schedule).and_then(|parsed| parsed.next_after(after));
    let describe =
        |reason| DagError::Schedule { text: schedule.chars().take(100).collect(), reason };
    Ok(next.map_err(describe)?)
}

#[pg_extern(
    stable,
    strict,
    sql = r#"
CREATE FUNCTION ntsb_internal.check_tasks(tasks jsonb) RETURNS void
STABLE STRICT LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON FUNCTION ntsb_internal.check_tasks(jsonb) IS
'Internal: called by ntsb_define_dag. Checks the names, the dependencies and the commands of an array of ntsb_build_task. Errors: 22023 an unknown task, a cycle (the message names it), a command that is not one statement; 42601 a syntax error.';
"#
)]
fn check_tasks(tasks: pgrx::JsonB) -> Result<(), ErrorReport> {
    let definitions = read_definitions(&tasks.0)?;
    let graph: Vec<Task> = definitions.iter().map(|(task, _)| task.clone()).collect();
    ntsb_dags::check_tasks(&graph).map_err(DagError::from)?;
    for (task, command) in &definitions {
        command::check(&task.name, command)?;
    }
    Ok(())
}

/// Reads the tasks with their commands.
fn read_definitions(tasks: &Value) -> Result<Vec<(Task, String)>, DagError> {
    let read = |value: &Value| {
        let text = |member: &str| Some(value.get(member)?.as_str()?.to_owned());
        let names = value.get("depends_on")?.as_array()?.iter();
        let depends_on =
            names.map(|name| Some(name.as_str()?.to_owned())).collect::<Option<_>>()?;
        Some((Task { name: text("task")?, depends_on }, text("command")?))
    };
    let malformed =
        |value: &Value| DagError::MalformedTask(value.to_string().chars().take(200).collect());
    let all = tasks.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|value| read(value).ok_or_else(|| malformed(value))).collect()
}

#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_run_dags()
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_run_dags() IS
'Runs all tasks of pipelines that can run now: starts the runs that are due, tries failed tasks again whose pause is over and tasks that a crash interrupted, and raises alerts of kind dag_late for late runs and of kind dag_failed for failed ones. A scheduler calls it each minute; several sessions at once share the tasks. Each task runs in a transaction of its own with its own time limits, whatever statement_timeout of the session is; its outcome is in ntsb.task_run, not in an error of this procedure. Does nothing, with a NOTICE, on a standby. Errors: 25001 inside a transaction block, 42501 not the owner of the warehouse, 57014 cancelled, 3F000 no warehouse.';
"#)]
fn ntsb_run_dags(fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    // SAFETY: `fcinfo` is that of the current call.
    let is_atomic = unsafe { crate::admin::is_atomic(fcinfo) };
    runner::run("CALL ntsb_run_dags()", is_atomic, None)
}

#[pg_extern(sql = r#"
CREATE PROCEDURE ntsb_run_dag(dag text)
LANGUAGE c AS 'MODULE_PATHNAME', '@FUNCTION_NAME@';
COMMENT ON PROCEDURE ntsb_run_dag(text) IS
'Requests a run of a pipeline (ntsb_request_run) and runs its tasks until none can run now. If a task failed and waits for its next attempt, or another session is running one, a NOTICE says so, and CALL ntsb_run_dags() goes on with it. Does nothing, with a NOTICE, on a standby. Errors: 38000 the run failed, 42704 no such pipeline, 55000 the pipeline is paused; else as ntsb_run_dags.';
"#)]
fn ntsb_run_dag(dag: Option<&str>, fcinfo: pg_sys::FunctionCallInfo) -> Result<(), ErrorReport> {
    // SAFETY: `fcinfo` is that of the current call.
    let is_atomic = unsafe { crate::admin::is_atomic(fcinfo) };
    runner::run("CALL ntsb_run_dag()", is_atomic, Some(dag.map(str::to_owned)))
}
