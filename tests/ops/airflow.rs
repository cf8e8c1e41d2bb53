//! The example DAG file for Airflow, read by Airflow's own DagBag.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::process::run_ok;

/// Prints the errors of the import, and name and schedule of each DAG with its tasks.
const READ_DAGS: &str = "
import json, sys
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
bag = DagBag(dag_folder=sys.argv[1])
def schedule(dag):
    timetable = dag.timetable
    return getattr(timetable, 'expression', None) or getattr(timetable, '_expression', None)
print(json.dumps({'errors': bag.import_errors, 'dags': {d.dag_id: {
    'schedule': schedule(d), 'edges': sorted([t.task_id, n] for t in d.tasks for n in t.downstream_task_ids),
} for d in bag.dags.values()}}))
";

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dags-sql").join(name)
}

/// Name and schedule of each pipeline in dags-sql/pipelines.
fn pipelines() -> BTreeMap<String, Option<String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder("pipelines")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let schedule = text.split_once("schedule => '").and_then(|(_, rest)| rest.split_once('\''));
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        found.insert(name, schedule.map(|(schedule, _)| schedule.to_owned()));
    }
    found
}

/// `NTSB_AIRFLOW_PYTHON` names the Python of a virtual environment with apache-airflow and its PostgreSQL provider.
/// They take a gigabyte, so no test installs them.
#[test]
fn airflow_imports_one_dag_for_each_pipeline_with_its_schedule() {
    let Some(python) = env::var_os("NTSB_AIRFLOW_PYTHON") else {
        return announce(
            "skipped: dags-sql/airflow is not read by Airflow, as NTSB_AIRFLOW_PYTHON names no Python with it",
        );
    };
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.args(["-c", READ_DAGS]).arg(folder("airflow")).env("AIRFLOW_HOME", home.path());
    command
        .env("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        .env("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR");
    let output = run_ok(command);
    let last = output.lines().last().unwrap();
    let read: serde_json::Value =
        serde_json::from_str(last).unwrap_or_else(|e| panic!("{e}: {output}"));
    assert_eq!(read["errors"], serde_json::json!({}));
    let dags = read["dags"].as_object().unwrap();
    let expected = pipelines();
    assert_eq!(dags.len(), expected.len());
    for (name, schedule) in expected {
        let dag = &dags[&format!("ntsb_{name}")];
        assert_eq!(dag["schedule"].as_str(), schedule.as_deref(), "{name}");
        assert_eq!(dag["edges"], serde_json::json!([["request_run", "run_tasks"]]), "{name}");
    }
}
