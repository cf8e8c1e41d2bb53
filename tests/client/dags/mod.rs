//! Pipelines: definition, order, retries, crashes, several schedulers, privileges and the command line.

mod command_line;
mod commands;
mod concurrency;
mod crash;
mod definitions;
mod installation;
mod lateness;
mod privileges;
mod retries;
mod standby;

use ntsb_tests::database::Database;
use postgres::Client;

/// Defines a pipeline. `tasks` are calls of `ntsb_build_task`.
fn define(database: &Database, dag: &str, tasks: &str) {
    database.execute(&format!("SELECT ntsb_define_dag('{dag}', 'A test', ARRAY[{tasks}])"));
}

/// Defines a pipeline of two tasks, each of which ends only when it sees the other one running.
fn define_concurrent_tasks(database: &Database, dag: &str) {
    let wait_for = |other: &str| {
        format!(
            "$q$DO $do$ BEGIN FOR n IN 1..600 LOOP
                 IF EXISTS (SELECT FROM ntsb.task_run WHERE task = '{other}' AND state <> 'waiting') THEN RETURN; END IF;
                 PERFORM pg_sleep(0.05); COMMIT;
             END LOOP; RAISE EXCEPTION 'not side by side'; END $do$$q$"
        )
    };
    let tasks = format!(
        "ntsb_build_task('a', {}, max_attempts => 1), ntsb_build_task('b', {}, max_attempts => 1)",
        wait_for("b"),
        wait_for("a")
    );
    define(database, dag, &tasks);
}

/// A database with a table in which commands write what they do.
fn database_with_log() -> Database {
    let database = Database::empty_warehouse();
    create_log(&database);
    database
}

fn create_log(database: &Database) {
    database.execute(
        "CREATE TABLE public.log (seq bigint GENERATED ALWAYS AS IDENTITY, task text, pid integer DEFAULT pg_backend_pid());
         GRANT ALL ON public.log TO PUBLIC",
    );
}

/// A task that writes its name into the log.
fn log_task(name: &str, more: &str) -> String {
    format!("ntsb_build_task('{name}', $$INSERT INTO public.log (task) VALUES ('{name}')$$ {more})")
}

/// The names in the log, in order.
fn logged(database: &Database) -> Vec<String> {
    database.query_column("SELECT task FROM public.log ORDER BY seq", &[])
}

fn tick(database: &Database) {
    database.execute("CALL ntsb_run_dags()");
}

fn request(database: &Database, dag: &str) -> i64 {
    database.query_value(&format!("SELECT ntsb_request_run('{dag}')"))
}

/// The tasks of a run with state and attempts, such as `a succeeded 1`.
fn states(database: &Database, run_id: i64) -> Vec<String> {
    let sql = "SELECT format('%s %s %s', task, state, attempts) FROM ntsb.task_run WHERE run_id = $1 ORDER BY position";
    database.query_column(sql, &[&run_id])
}

fn run_state(database: &Database, run_id: i64) -> String {
    database.query_value(&format!("SELECT state FROM ntsb.dag_run WHERE run_id = {run_id}"))
}

/// Runs a statement that must fail and returns SQLSTATE and message.
fn fails(client: &mut Client, sql: &str) -> (String, String) {
    let error = client.batch_execute(sql).expect_err(sql);
    let error = error.as_db_error().unwrap_or_else(|| panic!("{sql}: {error:?}"));
    (error.code().code().to_owned(), error.message().to_owned())
}

/// Makes all tasks due that wait for their next attempt.
fn skip_pause(database: &Database) {
    database.execute("UPDATE ntsb.task_run SET next_attempt_at = clock_timestamp() WHERE next_attempt_at IS NOT NULL");
}
