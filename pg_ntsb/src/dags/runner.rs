//! Takes tasks and runs them, until none is left that can run now.

use super::command::{self, StatementTimer};
use super::error::DagError;
use super::settings::{self, Settings};
use super::transaction::{self, Failure};
use crate::spi::{extension_schema, require_table, with_fixed_search_path};
use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiTupleTable};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Time limit to wait for a lock of the tables of pipelines, in milliseconds.
const LOCK_TIMEOUT_MS: i32 = 60_000;

thread_local! {
    /// Whether this session is running tasks.
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Marks the session as running tasks, also when an error unwinds.
struct RunningGuard;

impl RunningGuard {
    fn new() -> RunningGuard {
        IS_RUNNING.set(true);
        RunningGuard
    }
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        IS_RUNNING.set(false);
    }
}

/// A task that this session has taken.
struct ClaimedTask {
    task_run_id: i32,
    command: String,
    timeout_ms: i32,
    lock_timeout_ms: i32,
}

/// Runs the tasks of all pipelines, or requests a run of one pipeline and runs its tasks.
pub fn run(
    name: &'static str,
    is_atomic: bool,
    dag: Option<Option<String>>,
) -> Result<(), ErrorReport> {
    // SAFETY: RecoveryInProgress has no preconditions.
    let is_standby = unsafe { pg_sys::RecoveryInProgress() };
    if is_atomic {
        return Err(DagError::InTransactionBlock(name).into());
    } else if IS_RUNNING.get() {
        return Err(DagError::WithinTask(name).into());
    } else if is_standby {
        pgrx::notice!("skipped: pipelines do not run on a standby; its primary runs them");
        return Ok(());
    }
    let schema = with_fixed_search_path(check_warehouse)?;
    let previous = Settings::read();
    let running = RunningGuard::new();
    let outcome = run_with_settings(&schema, dag);
    drop(running);
    // Also after an error, for the statements that the session runs next.
    let cleanup = transaction::run(|| {
        let released = release_locks();
        previous.restore();
        released
    });
    outcome.map_err(Failure::into_report)?;
    cleanup.map_err(Failure::into_report)??;
    Ok(())
}

/// Returns the quoted schema of the extension's functions. Fails if there are no pipelines, or the caller does not
/// own them.
fn check_warehouse() -> Result<String, DagError> {
    Spi::connect(|client| {
        require_table(client, "ntsb.task_run")?;
        client.select("SELECT ntsb_internal.check_dag_owner()", None, &[])?;
        Ok(pgrx::spi::quote_identifier(extension_schema(client, "pg_ntsb")?))
    })
}

fn run_with_settings(schema: &str, dag: Option<Option<String>>) -> Result<(), Failure> {
    transaction::run(|| Settings::apply(schema, LOCK_TIMEOUT_MS))?;
    let Some(dag) = dag else { return run_tasks(schema, None) };
    let request = format!("SELECT {schema}.ntsb_request_run($1)");
    let run_id = update(&request, &[dag.clone().into()], |row| row.get_one::<i64>())?;
    run_tasks(schema, dag.as_deref())?;
    let sql = "SELECT state, message FROM ntsb_internal.describe_run($1)";
    let (state, message) = update(sql, &[run_id.into()], |row| row.get_two::<String, String>())?;
    let message = message.unwrap_or_default();
    match state.as_deref() {
        Some("succeeded") => pgrx::notice!("{message}"),
        Some("failed" | "cancelled") => return Err(failure(DagError::RunFailed(message))),
        _ => pgrx::notice!("{message}; CALL ntsb_run_dags() goes on with it"),
    }
    Ok(())
}

fn run_tasks(schema: &str, dag: Option<&str>) -> Result<(), Failure> {
    while let Some(task) = claim(dag)? {
        let start = Instant::now();
        let result = run_command(&task);
        // The command may have changed the settings of the session.
        transaction::run(|| Settings::apply(schema, LOCK_TIMEOUT_MS))?;
        let failed = match result {
            Ok(rows) => {
                record(
                    "ntsb_internal.complete_task($1, $2)",
                    &[task.task_run_id.into(), rows.into()],
                )?;
                continue;
            }
            Err(failed) => failed,
        };
        record(
            "ntsb_internal.fail_task($1, $2, $3, $4, $5)",
            &[
                task.task_run_id.into(),
                failed.sqlstate().into(),
                failed.message.clone().into(),
                failed.detail.clone().into(),
                failed.hint.clone().into(),
            ],
        )?;
        // Somebody cancelled the procedure, not its timer.
        let timeout = Duration::from_millis(u64::try_from(task.timeout_ms).unwrap_or_default());
        if failed.is_cancel() && start.elapsed() < timeout {
            return Err(failed);
        }
    }
    Ok(())
}

fn claim(dag: Option<&str>) -> Result<Option<ClaimedTask>, Failure> {
    let sql = "SELECT task_run_id, command, timeout_ms, lock_timeout_ms FROM ntsb_internal.claim_task($1)";
    update(sql, &[dag.map(str::to_owned).into()], |row| {
        let Some(task_run_id) = row.get::<i32>(1)? else { return Ok(None) };
        Ok(Some(ClaimedTask {
            task_run_id,
            command: row.get::<String>(2)?.unwrap_or_default(),
            timeout_ms: row.get::<i32>(3)?.unwrap_or(1),
            lock_timeout_ms: row.get::<i32>(4)?.unwrap_or(1),
        }))
    })
}

fn run_command(task: &ClaimedTask) -> Result<Option<i64>, Failure> {
    transaction::run(|| settings::set_lock_timeout(task.lock_timeout_ms))?;
    let _timer = StatementTimer::start(task.timeout_ms);
    transaction::run(|| command::run(&task.command).unwrap_or_else(|error| raise(error)))
}

/// Records an outcome and releases the lock of the task, in one transaction.
fn record(call: &str, arguments: &[pgrx::datum::DatumWithOid]) -> Result<(), Failure> {
    transaction::run(|| {
        let recorded = Spi::connect_mut(|client| {
            client.update(&format!("SELECT {call}"), None, arguments)?;
            Ok::<_, DagError>(())
        });
        recorded.and_then(|()| release_locks()).unwrap_or_else(|error| raise(error));
    })
}

fn release_locks() -> Result<(), DagError> {
    Spi::connect_mut(|client: &mut SpiClient| {
        client.update("SELECT ntsb_internal.release_task_locks()", None, &[])?;
        Ok(())
    })
}

/// Runs a query in a transaction of its own and reads its first row.
fn update<R>(
    sql: &str,
    arguments: &[pgrx::datum::DatumWithOid],
    read: impl FnOnce(SpiTupleTable) -> Result<R, pgrx::spi::Error>,
) -> Result<R, Failure> {
    transaction::run(|| {
        let result = Spi::connect_mut(|client| {
            let row = client.update(sql, Some(1), arguments)?.first();
            Ok::<_, DagError>(read(row)?)
        });
        result.unwrap_or_else(|error| raise(error))
    })
}

/// Raises an error, which [`transaction::run`] catches.
fn raise(error: DagError) -> ! {
    ErrorReport::from(error).report(PgLogLevel::ERROR);
    unreachable!("an error report of level ERROR does not return")
}

fn failure(error: DagError) -> Failure {
    let report = ErrorReport::from(error);
    Failure {
        code: PgSqlErrorCode::ERRCODE_EXTERNAL_ROUTINE_EXCEPTION,
        message: report.message().to_owned(),
        detail: None,
        hint: report.hint().map(str::to_owned),
    }
}
