//! A session or the server is killed while a task runs.

use std::thread;

use libc::SIGKILL;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::process::send_signal;
use ntsb_tests::wait_for;

use super::{create_log, define, log_task, logged, request, run_state, states, tick};

/// A pipeline whose second task takes as long as the table says.
fn define_slow(database: &Database) -> i64 {
    create_log(database);
    database.execute(
        "CREATE TABLE public.pause (seconds integer); INSERT INTO public.pause VALUES (600)",
    );
    let slow = "ntsb_build_task('slow', $$INSERT INTO public.log (task) SELECT 'slow' FROM public.pause, pg_sleep(seconds)$$, '{first}')";
    define(
        database,
        "x",
        &[log_task("first", ""), slow.to_owned(), log_task("last", ", '{slow}'")].join(", "),
    );
    request(database, "x")
}

/// Runs `interrupt` with the process that runs the slow task.
fn interrupt_slow_task(database: &Database, interrupt: impl FnOnce(u32)) {
    thread::scope(|scope| {
        // Its connection ends with an error.
        scope.spawn(|| drop(database.connect().batch_execute("CALL ntsb_run_dags()")));
        let sql = "SELECT t.pid FROM ntsb.task_run t JOIN pg_stat_activity a USING (pid)
                   WHERE t.task = 'slow' AND t.state = 'running' AND a.wait_event = 'PgSleep'";
        let pid = wait_for("the slow task", 60, || {
            database.query_column::<i32>(sql, &[]).first().copied()
        });
        // Another scheduler leaves the running task alone.
        tick(database);
        interrupt(u32::try_from(pid).unwrap());
    });
}

/// The next tick goes on with the interrupted task, and repeats no other.
fn assert_resumes(database: &Database, run: i64) {
    assert_eq!(states(database, run), ["first succeeded 1", "slow running 1", "last waiting 0"]);
    database.execute("UPDATE public.pause SET seconds = 0");
    tick(database);
    assert_eq!(
        states(database, run),
        ["first succeeded 1", "slow succeeded 2", "last succeeded 1"]
    );
    assert_eq!(run_state(database, run), "succeeded");
    assert_eq!(logged(database), ["first", "slow", "last"]);
    let sqlstate = "SELECT failures -> 0 ->> 'sqlstate' FROM ntsb.task_run WHERE task = 'slow'";
    assert_eq!(database.query_value::<String>(sqlstate), "57P02");
}

#[test]
fn a_run_resumes_after_the_session_was_terminated() {
    let database = Database::empty_warehouse();
    let run = define_slow(&database);
    interrupt_slow_task(&database, |pid| {
        assert!(
            database.query_value::<bool>(&format!("SELECT pg_terminate_backend({pid}, 10000)"))
        );
    });
    assert_resumes(&database, run);
}

#[test]
fn a_run_resumes_after_the_process_and_after_the_server_was_killed() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.copy_warehouse("killed_process");
    let run = define_slow(&database);
    interrupt_slow_task(&database, |pid| assert!(send_signal(pid, SIGKILL)));
    cluster.wait_for_recovery();
    assert_resumes(&database, run);

    let database = cluster.copy_warehouse("killed_server");
    let run = define_slow(&database);
    interrupt_slow_task(&database, |_| cluster.kill());
    cluster.start_postgres();
    assert_resumes(&database, run);
}

#[test]
fn a_task_that_ends_its_session_each_time_fails_in_the_end() {
    let database = Database::empty_warehouse();
    create_log(&database);
    define(
        &database,
        "x",
        "ntsb_build_task('suicide', 'SELECT pg_terminate_backend(pg_backend_pid())')",
    );
    let run = request(&database, "x");
    for _ in 0..3 {
        assert!(database.connect().batch_execute("CALL ntsb_run_dags()").is_err());
        // The lock ends with the session, which may take a moment.
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = x'6e746467'::bigint::oid
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        wait_for("the end of the session", 30, || {
            (database.query_value::<i64>(locks) == 0).then_some(())
        });
    }
    tick(&database);
    assert_eq!(states(&database, run), ["suicide failed 3"]);
    assert_eq!(database.count_rows("ntsb.alert WHERE kind = 'dag_failed'"), 1);
}

#[test]
fn a_cancelled_scheduler_records_the_attempt_and_stops() {
    let database = Database::empty_warehouse();
    let run = define_slow(&database);
    interrupt_slow_task(&database, |pid| {
        assert!(database.query_value::<bool>(&format!("SELECT pg_cancel_backend({pid})")));
    });
    assert_eq!(states(&database, run), ["first succeeded 1", "slow waiting 1", "last waiting 0"]);
    let sqlstate: String =
        database.query_value("SELECT sqlstate FROM ntsb.task_run WHERE task = 'slow'");
    assert_eq!(sqlstate, "57014");
}
