//! The pipelines of dags-sql, run by a real pg_cron.

use std::path::Path;

use ntsb_tests::database::Database;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::test_server;
use ntsb_tests::wait_for;

/// The database of pg_cron: cron.database_name of the cluster.
const CRON_DATABASE: &str = "ntsb";

/// Runs a file of dags-sql as its header says.
fn run_file(file: &str, database: &Database) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dags-sql").join(file);
    let mut psql = test_server().command("psql", CRON_DATABASE);
    psql.args(["-X", "-q", "-v"]).arg(format!("database={}", database.name)).arg("-f").arg(path);
    run_ok(psql)
}

#[test]
fn pg_cron_runs_the_pipelines_and_a_second_install_adds_no_job() {
    let database = Database::with_sample();
    let mut cron = test_server().connect(CRON_DATABASE);
    cron.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_cron; TRUNCATE cron.job_run_details")
        .unwrap();
    // A job of an earlier release.
    let old = "SELECT cron.schedule('ntsb_nightly_refresh', '30 9 * * *', 'CALL ntsb_refresh()')";
    cron.batch_execute(old).unwrap();
    run_file("install.sql", &Database::empty_warehouse());
    let output = run_file("install.sql", &database);
    let jobs = "SELECT string_agg(format('%s %s', jobname, database = $1), ', ' ORDER BY jobname) FROM cron.job WHERE jobname LIKE 'ntsb\\_%' AND active";
    let jobs = |cron: &mut postgres::Client| {
        cron.query_one(jobs, &[&database.name]).unwrap().get::<_, Option<String>>(0)
    };
    let expected = "ntsb_forget_old_runs f, ntsb_run_dags t, ntsb_run_dags_2 t";
    assert_eq!(jobs(&mut cron).as_deref(), Some(expected), "{output}");

    database.execute("UPDATE ntsb.dag SET next_due_at = now() WHERE dag = 'nightly'");
    // pg_cron starts jobs at the full minute. It can miss a change that comes while it processes another, so this
    // repeats the change.
    let mut polls = 0_u32;
    let state = wait_for("a run of the pipeline nightly", 290, || {
        polls += 1;
        std::thread::sleep(std::time::Duration::from_millis(500));
        if polls.is_multiple_of(60) {
            cron.batch_execute("SELECT cron.alter_job(jobid, schedule => '* * * * *') FROM cron.job WHERE jobname LIKE 'ntsb\\_run%'")
                .unwrap();
        }
        let sql =
            "SELECT state FROM ntsb.dag_run WHERE dag = 'nightly' AND finished_at IS NOT NULL";
        database.query_column::<String>(sql, &[]).first().cloned()
    });
    assert_eq!(state, "succeeded");
    assert_eq!(database.count_rows("ntsb.refresh_state WHERE what = 'star'"), 1);
    assert_eq!(database.count_rows("ntsb.task_run WHERE attempts > 1"), 0);

    run_file("uninstall.sql", &database);
    assert_eq!(jobs(&mut cron), None);
    assert_eq!(database.count_rows("ntsb.dag"), 0);
    run_file("uninstall.sql", &database);
}
