//! dags-sql: jobs of a real pg_cron.

use std::path::Path;
use std::time::Instant;

use ntsb_tests::database::Database;
use ntsb_tests::model::register;
use ntsb_tests::process::succeed;
use ntsb_tests::server::server;
use ntsb_tests::wait_for;
use postgres::Client;

/// Where pg_cron lives: cron.database_name of the cluster.
const HOME: &str = "ntsb";

/// Runs a file of dags-sql as its head says.
fn psql(file: &str, database: &Database) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dags-sql").join(file);
    let mut psql = server().command("psql", HOME);
    psql.args(["-X", "-q", "-v"]).arg(format!("database={}", database.name)).arg("-f").arg(path);
    succeed(psql)
}

/// What is scheduled for a model runs where one is in Production.
fn watches_the_model(home: &mut Client, database: &Database) {
    register(database, 1, "Production", 0.4);
    let sql = "SELECT command FROM cron.job WHERE jobname IN ('ntsb_nightly_predictions', 'ntsb_monthly_drift')";
    let commands = home.query(sql, &[]).unwrap();
    assert_eq!(commands.len(), 2);
    for command in commands {
        database.execute(&command.get::<_, String>(0));
    }
    assert!(database.count("ntsb.predictions") > 0);
    assert!(database.count("ntsb.drift_report") > 0);
}

#[test]
fn a_scheduled_job_runs_by_itself_and_installing_twice_adds_none() {
    let database = Database::with_sample();
    database.execute("TRUNCATE ntsb.refresh_state");
    let mut home = server().connect(HOME);
    home.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_cron; TRUNCATE cron.job_run_details")
        .unwrap();
    psql("install.sql", &Database::blank());
    let said = psql("install.sql", &database);
    assert_eq!(said.matches(" | t\n").count(), 3, "three active jobs:\n{said}");
    let said = psql("predictions.sql", &database);
    assert_eq!(said.matches(" | t\n").count(), 2, "two active jobs:\n{said}");
    watches_the_model(&mut home, &database);

    let every_minute = "SELECT cron.alter_job(jobid, schedule => '* * * * *')
                        FROM cron.job WHERE jobname = 'ntsb_nightly_refresh'";
    let mut asked = None::<Instant>;
    // pg_cron starts jobs at the full minute. A change that comes while it takes in another it can
    // miss for good, so it is told again.
    wait_for("a run of the nightly refresh", 290, || {
        if asked.is_none_or(|asked| asked.elapsed().as_secs() >= 20) {
            home.batch_execute(every_minute).unwrap();
            asked = Some(Instant::now());
        }
        let done = "SELECT d.status FROM cron.job_run_details d JOIN cron.job j USING (jobid)
                    WHERE j.jobname = 'ntsb_nightly_refresh' AND d.status IN ('succeeded', 'failed')";
        let rows = home.query(done, &[]).unwrap();
        rows.first().map(|row| assert_eq!(row.get::<_, String>(0), "succeeded"))
    });
    assert_eq!(database.count("ntsb.refresh_state WHERE what = 'star'"), 1);

    assert_eq!(psql("uninstall.sql", &database).matches(" | t\n").count(), 5);
    let left = "SELECT count(*) FROM cron.job WHERE jobname LIKE 'ntsb\\_%'";
    assert_eq!(home.query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
}
