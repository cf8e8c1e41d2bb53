//! Several schedulers at once.

use std::thread;

use ntsb_tests::database::Database;

use super::{database_with_log, define, define_concurrent_tasks, logged, request, run_state};

/// Runs ticks in several sessions at once.
fn tick_at_once(database: &Database, sessions: usize) {
    thread::scope(|scope| {
        for _ in 0..sessions {
            scope.spawn(|| database.execute("CALL ntsb_run_dags()"));
        }
    });
}

#[test]
fn four_schedulers_run_each_task_exactly_once() {
    let database = database_with_log();
    let mut tasks = Vec::new();
    for n in 0..40 {
        let depends_on = if n < 20 { String::new() } else { format!(", '{{t{}}}'", n - 20) };
        tasks.push(format!(
            "ntsb_build_task('t{n}', $$WITH i AS (INSERT INTO public.log (task) VALUES ('t{n}') RETURNING 1) SELECT pg_sleep(0.02) FROM i$${depends_on})"
        ));
    }
    define(&database, "many", &tasks.join(", "));
    for round in 1..=3 {
        let run = request(&database, "many");
        tick_at_once(&database, 4);
        // A session may have ended while another one still ran the last tasks that others depend on.
        super::tick(&database);
        assert_eq!(run_state(&database, run), "succeeded");
        let mut names = logged(&database);
        assert_eq!(names.len(), 40 * round);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 40);
        assert_eq!(
            database.count_rows("ntsb.task_run WHERE attempts <> 1 OR state <> 'succeeded'"),
            0
        );
    }
    let sessions: i64 = database.query_value("SELECT count(DISTINCT pid) FROM ntsb.task_run");
    assert!(sessions > 3, "only {sessions} sessions took part");
}

#[test]
fn a_due_run_starts_once_although_many_sessions_find_it() {
    let database = database_with_log();
    database.execute(
        "SELECT ntsb_define_dag('x', 'A test', ARRAY[ntsb_build_task('a', $$INSERT INTO public.log (task) VALUES ('a')$$)], '0 0 1 1 *')",
    );
    for round in 1..=5 {
        database.execute("UPDATE ntsb.dag SET next_due_at = now()");
        tick_at_once(&database, 4);
        assert_eq!(logged(&database).len(), round);
    }
    assert_eq!(database.count_rows("ntsb.dag_run"), 5);
}

#[test]
fn independent_tasks_run_side_by_side() {
    let database = database_with_log();
    define_concurrent_tasks(&database, "x");
    let run = request(&database, "x");
    tick_at_once(&database, 2);
    assert_eq!(run_state(&database, run), "succeeded");
}

#[test]
fn a_request_during_a_run_leads_to_another_run_and_several_to_one() {
    let database = database_with_log();
    define(&database, "x", "ntsb_build_task('a', $$INSERT INTO public.log (task) VALUES ('a')$$)");
    let first = request(&database, "x");
    assert_eq!(request(&database, "x"), first, "one queued run is enough");
    database.execute("SELECT ntsb_internal.start_due_runs('x')");
    let second = request(&database, "x");
    assert_ne!(second, first);
    assert_eq!(request(&database, "x"), second);
    super::tick(&database);
    assert_eq!(logged(&database).len(), 2);
}
