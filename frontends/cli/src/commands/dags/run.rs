//! Runs pipelines: one by name, or all tasks that are due.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::try_join_all;

use crate::args::{RunDagArgs, RunDagsArgs};
use crate::database::{Query, connect};
use crate::failure::Failure;
use crate::output::Terminal;

/// The attempts that finished since a moment.
const FINISHED_TASKS: &str = "
    SELECT r.dag, t.task, t.state, t.attempts, t.rows,
           round(extract(epoch FROM t.finished_at - t.started_at)::numeric, 2) AS seconds,
           t.next_attempt_at, t.sqlstate, t.error
    FROM ntsb.task_run t JOIN ntsb.dag_run r USING (run_id)
    WHERE t.finished_at >= $1::text::timestamptz AND ($2::text IS NULL OR r.dag = $2)
    ORDER BY t.finished_at, t.task_run_id";

/// Each message ends with the tasks that failed.
const FAILED_RUNS: &str = "
    SELECT d.message FROM ntsb.dag_run r CROSS JOIN LATERAL ntsb_internal.describe_run(r.run_id) d
    WHERE r.state = 'failed' AND r.finished_at >= $1::text::timestamptz ORDER BY r.run_id";

/// Seconds until the next attempt of a task; null if no run is unfinished. Other tasks than those between two
/// attempts are running in another session, or can run now.
const SECONDS_TO_NEXT: &str = "
    SELECT CASE WHEN count(*) > 0 THEN greatest(0, extract(epoch FROM min(t.next_attempt_at) - clock_timestamp())) END::float8
    FROM ntsb.dag_run r JOIN ntsb.dag d USING (dag) LEFT JOIN ntsb.task_run t
        ON t.run_id = r.run_id AND t.state = 'waiting' AND t.next_attempt_at IS NOT NULL
    WHERE r.state IN ('queued', 'running') AND d.is_enabled";

/// The shortest and the longest pause between two rounds of `--until-idle`.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

pub async fn run_dag(
    args: &RunDagArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    if args.queue {
        let row = client.query_one("SELECT ntsb_request_run($1)", &[&args.name]).await?;
        return terminal.print(&format!("requested run {}\n", row.try_get::<_, i64>(0)?));
    }
    let started_at: String =
        client.query_one("SELECT clock_timestamp()::text", &[]).await?.try_get(0)?;
    let result = {
        let _step = terminal.start_step(format!("running pipeline {}", args.name));
        client.execute("CALL ntsb_run_dag($1)", &[&args.name]).await
    };
    let tasks = Query::new(FINISHED_TASKS)
        .bind(started_at)
        .bind(Some(args.name.clone()))
        .fetch(&client)
        .await;
    if let Ok(tasks) = tasks {
        tasks.print(args.output, terminal)?;
    }
    result?;
    Ok(())
}

pub async fn run_dags(
    args: &RunDagsArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let started_at: String =
        client.query_one("SELECT clock_timestamp()::text", &[]).await?.try_get(0)?;
    drop(client);
    loop {
        let active = Cell::new(0);
        let workers = (0..args.parallel).map(|_| run_worker(&active, dsn, terminal));
        try_join_all(workers).await?;
        if !args.until_idle {
            break;
        }
        let Some(pause) = pause_before_next(dsn, terminal).await? else { break };
        tokio::time::sleep(pause).await;
    }
    let client = connect(dsn, terminal).await?;
    let tasks = Query::new(FINISHED_TASKS)
        .bind(started_at.clone())
        .bind(None::<String>)
        .fetch(&client)
        .await?;
    if tasks.is_empty() {
        terminal.message("No task was due.");
    } else {
        tasks.print(args.output, terminal)?;
    }
    let failed = client.query(FAILED_RUNS, &[&started_at]).await?;
    let failed: Vec<String> = failed.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if failed.is_empty() { Ok(()) } else { Err(Failure::Other(failed.join("\n"))) }
}

/// Runs ticks until no other worker is running one: the end of its task may let others start.
async fn run_worker(
    active: &Cell<usize>,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    loop {
        active.set(active.get() + 1);
        let result = client.batch_execute("CALL ntsb_run_dags()").await;
        active.set(active.get() - 1);
        result?;
        if active.get() == 0 {
            return Ok(());
        }
        tokio::time::sleep(MIN_PAUSE).await;
    }
}

/// How long to wait, without a connection; None if no run is unfinished.
async fn pause_before_next(
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<Option<Duration>, Failure> {
    let client = connect(dsn, terminal).await?;
    if client.query_one("SELECT pg_is_in_recovery()", &[]).await?.try_get(0)? {
        return Ok(None);
    }
    let seconds: Option<f64> = client.query_one(SECONDS_TO_NEXT, &[]).await?.try_get(0)?;
    let pause = seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(MAX_PAUSE));
    Ok(pause.map(|pause| pause.clamp(MIN_PAUSE, MAX_PAUSE)))
}
