//! Scheduled jobs of dags-sql, in a real pg_cron.

use std::path::Path;
use std::time::Instant;

use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::test_server;
use ntsb_tests::wait_for;
use postgres::Client;

/// The database of pg_cron: cron.database_name of the cluster.
const CRON_DATABASE: &str = "ntsb";

/// Runs a file of dags-sql as its header says.
fn run_file(file: &str, database: &Database) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dags-sql").join(file);
    let mut psql = test_server().command("psql", CRON_DATABASE);
    psql.args(["-X", "-q", "-v"]).arg(format!("database={}", database.name)).arg("-f").arg(path);
    run_ok(psql)
}

/// Runs the commands of the jobs that need a Production model.
fn run_model_jobs(cron: &mut Client, database: &Database) {
    register_model(database, 1, "Production", 0.4);
    let sql = "SELECT command FROM cron.job WHERE jobname IN ('ntsb_nightly_predictions', 'ntsb_monthly_drift')";
    let commands = cron.query(sql, &[]).unwrap();
    assert_eq!(commands.len(), 2);
    for command in commands {
        database.execute(&command.get::<_, String>(0));
    }
    assert!(database.count_rows("ntsb.predictions") > 0);
    assert!(database.count_rows("ntsb.drift_report") > 0);
}

#[test]
fn a_scheduled_job_runs_and_a_second_install_adds_none() {
    let database = Database::with_sample();
    database.execute("TRUNCATE ntsb.refresh_state");
    let mut cron = test_server().connect(CRON_DATABASE);
    cron.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_cron; TRUNCATE cron.job_run_details")
        .unwrap();
    run_file("install.sql", &Database::empty_warehouse());
    let output = run_file("install.sql", &database);
    assert_eq!(output.matches(" | t\n").count(), 3, "not three active jobs:\n{output}");
    let output = run_file("predictions.sql", &database);
    assert_eq!(output.matches(" | t\n").count(), 2, "not two active jobs:\n{output}");
    run_model_jobs(&mut cron, &database);

    let every_minute = "SELECT cron.alter_job(jobid, schedule => '* * * * *')
                        FROM cron.job WHERE jobname = 'ntsb_nightly_refresh'";
    let mut changed_at = None::<Instant>;
    // pg_cron starts jobs at the full minute. It can miss a change that comes while it processes another,
    // so this repeats the change.
    wait_for("a run of the nightly refresh", 290, || {
        if changed_at.is_none_or(|changed_at| changed_at.elapsed().as_secs() >= 20) {
            cron.batch_execute(every_minute).unwrap();
            changed_at = Some(Instant::now());
        }
        let finished_runs = "SELECT d.status FROM cron.job_run_details d JOIN cron.job j USING (jobid)
                    WHERE j.jobname = 'ntsb_nightly_refresh' AND d.status IN ('succeeded', 'failed')";
        let rows = cron.query(finished_runs, &[]).unwrap();
        rows.first().map(|row| assert_eq!(row.get::<_, String>(0), "succeeded"))
    });
    assert_eq!(database.count_rows("ntsb.refresh_state WHERE what = 'star'"), 1);

    assert_eq!(run_file("uninstall.sql", &database).matches(" | t\n").count(), 5);
    let remaining = "SELECT count(*) FROM cron.job WHERE jobname LIKE 'ntsb\\_%'";
    assert_eq!(cron.query_one(remaining, &[]).unwrap().get::<_, i64>(0), 0);
}
