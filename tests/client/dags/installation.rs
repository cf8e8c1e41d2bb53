//! The pipelines of dags-sql: installed, run without pg_cron, and removed.

use std::path::Path;
use std::time::Duration;

use ntsb_tests::cli::{load, ntsb_command};
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::model::register_model;
use ntsb_tests::process::{ChildProcess, run_ok};

const PIPELINES: [&str; 10] = [
    "arrival",
    "drift",
    "maintenance",
    "nightly",
    "predictions",
    "reindex",
    "report",
    "restore_drill",
    "retention",
    "training",
];

/// Runs a file of dags-sql in a database without pg_cron.
fn run_file(file: &str, database: &Database) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dags-sql").join(file);
    let mut psql = database.server.command("psql", &database.name);
    psql.args(["-X", "-q", "-f"]).arg(path);
    run_ok(psql)
}

fn defined(database: &Database) -> Vec<String> {
    database.query_column("SELECT dag FROM ntsb.dag ORDER BY dag", &[])
}

#[test]
fn all_pipelines_run_without_pg_cron_and_are_removed() {
    let cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    load(&database, &["--full", "--no-refresh"], &fixture("sample.zip"));
    let output = run_file("install.sql", &database);
    assert_eq!(defined(&database), PIPELINES);
    assert!(output.contains("pg_cron is not installed in this database"), "{output}");
    let before = database.query_json("SELECT * FROM ntsb.dag ORDER BY dag");
    assert!(
        !run_file("install.sql", &database).contains(" t\n"),
        "the second time nothing changes"
    );
    assert_eq!(database.query_json("SELECT * FROM ntsb.dag ORDER BY dag"), before);

    register_model(&database, 1, "Production", 0.4);
    database.execute(
        "SELECT ntsb_record_restore_drill('20240914-021500F', now(), 12.5, 3,
             '{\"events\": {\"expected\": {\"rows\": 2}, \"restored\": {\"rows\": 2}}}', 0)",
    );
    // The others need the data that this one derives.
    database.execute("CALL ntsb_run_dag('arrival')");
    assert!(database.count_rows("ntsb.predictions") > 2000);
    // Training takes minutes; the test of ntsb_train_candidates has a small model.
    database.execute(
        "UPDATE ntsb.dag SET next_due_at = now() WHERE dag <> 'training' AND schedule IS NOT NULL",
    );
    let mut command = ntsb_command(&database.server, &database.name);
    command.args(["run-dags", "--until-idle", "--parallel", "2"]);
    let output = ChildProcess::start(command).finish_within(Duration::from_secs(400));
    assert_eq!(output.code, Some(0), "{}", output.all_output());
    let unfinished = "SELECT dag || ' ' || coalesce(status, 'none') FROM ntsb.job_status WHERE status IS DISTINCT FROM 'succeeded'";
    assert_eq!(database.query_column::<String>(unfinished, &[]), ["training none"]);
    assert!(database.count_rows("ntsb.accidents") > 2000);
    assert!(database.count_rows("ntsb.drift_report") > 0);
    assert!(database.count_rows("ntsb.maintenance WHERE action = 'vacuum'") > 10);
    assert_eq!(database.count_rows("ntsb.monthly_report"), 1);

    run_file("uninstall.sql", &database);
    assert_eq!(defined(&database), Vec::<String>::new());
    run_file("uninstall.sql", &database);
    assert!(database.count_rows("ntsb.dag_run") >= 9, "the history stays");
}

#[test]
fn training_puts_a_candidate_beside_production() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    assert_eq!(
        database.query_value::<i32>("SELECT ntsb_train_candidates()"),
        0,
        "no model in Production"
    );
    database.execute(
        "SELECT ntsb_train_model('example', 'fatal', 'scene', '{\"rounds\": 5}');
         SELECT ntsb_promote_model(1, 'Staging'); SELECT ntsb_promote_model(1, 'Production')",
    );
    assert_eq!(database.query_value::<i32>("SELECT ntsb_train_candidates('{\"rounds\": 8}')"), 1);
    let stages: Vec<String> = database.query_column(
        "SELECT format('%s:%s %s', name, version, stage) FROM ntsb.model ORDER BY model_id",
        &[],
    );
    assert_eq!(stages, ["example:1 Production", "example:2 Staging"]);
    let sql = "SELECT message FROM ntsb.alert WHERE kind = 'model_candidate'
               AND jsonb_array_length(details -> 'comparison') > 0 AND details ->> 'candidate' = '2'";
    let message: String = database.query_value(sql);
    assert!(
        message.contains("ntsb_promote_model(2)") && message.contains("accuracy 0."),
        "{message}"
    );
}

#[test]
fn the_monthly_report_counts_the_events_of_its_month() {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let month: String = database.query_value(
        "SELECT date_trunc('month', ev_date)::date::text FROM ntsb.accidents WHERE ev_date IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    );
    let body: String = database.query_value(&format!("SELECT ntsb_create_report('{month}')"));
    let count: i64 = database.count_rows(&format!(
        "ntsb.accidents WHERE to_char(ev_date, 'YYYY-MM') = '{}'",
        &month[..7]
    ));
    assert!(count > 0 && body.contains(&format!("\nEvents: {count}, ")), "{body}");
    database.execute(&format!("SELECT ntsb_create_report('{month}')"));
    let stored: i64 = database.query_value(
        "SELECT sum((details #>> '{events,count}')::bigint)::bigint FROM ntsb.monthly_report",
    );
    assert_eq!(stored, count);
}

#[test]
fn a_missing_or_old_restore_drill_is_an_error() {
    let database = Database::empty_warehouse();
    let check = |age: &str| {
        let sql = "SELECT ntsb_check_restore_drill($1::text::interval)";
        let result = database.connect().query_one(sql, &[&age]);
        result.map(drop).map_err(|error| error.code().unwrap().code().to_owned())
    };
    assert_eq!(check("35 days"), Err("55000".to_owned()));
    let record = |passes: bool| {
        database.execute(&format!(
            "SELECT ntsb_record_restore_drill('20240914-021500F', now(), 12.5, 3,
                 '{{\"events\": {{\"expected\": {{\"rows\": 2}}, \"restored\": {{\"rows\": {}}}}}}}', 0)",
            if passes { 2 } else { 1 }
        ));
    };
    record(false);
    assert_eq!(check("35 days"), Err("55000".to_owned()), "a drill that failed does not count");
    record(true);
    database.execute("UPDATE ntsb.restore_drill SET drilled_at = now() - interval '10 days'");
    assert_eq!((check("35 days"), check("9 days")), (Ok(()), Err("55000".to_owned())));
}
