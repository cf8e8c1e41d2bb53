//! Tools that read the OpenAPI document: a generated client, and schemathesis, which looks for responses that
//! violate it.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use ntsb_tests::process::run_ok;

use crate::service::Service;

/// The Python with both tools. None if they could not be installed.
fn python_with_tools() -> Option<String> {
    let python = std::env::var("NTSB_TEST_PYTHON").ok().filter(|path| !path.is_empty());
    if python.is_none() {
        announce("skipped: the generated client and schemathesis: they could not be installed");
    }
    python
}

fn python_command(python: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.current_dir(folder).args(arguments).env("NO_COLOR", "1");
    command
}

fn start_with_models() -> (Database, Service) {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    (database, service)
}

/// Requests a summary, a list and a prediction and prints one value of each.
const CLIENT_SCRIPT: &str = r#"
import sys
from ntsb_client import AuthenticatedClient
from ntsb_client.api.events import list_ as events
from ntsb_client.api.predictions import severity
from ntsb_client.api.stats import summary
from ntsb_client.models import Described

client = AuthenticatedClient(sys.argv[1], token=sys.argv[2])
print(summary.sync(client=client).events)
print(len(events.sync(client=client, limit=7).data))
print(severity.sync(client=client, body=Described.from_dict({"acft_make": "CESSNA", "lat": 61.2})).label)
"#;

#[test]
fn a_generated_client_can_call_the_service() {
    let Some(python) = python_with_tools() else { return };
    let (database, service) = start_with_models();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ntsb.json"), service.get("/api/v1/openapi.json").text()).unwrap();
    let generate = [
        "-m",
        "openapi_python_client",
        "generate",
        "--path",
        "ntsb.json",
        "--meta",
        "none",
        "--output-path",
        "ntsb_client",
    ];
    run_ok(python_command(&python, folder.path(), &generate));
    let token = service.create_bearer(&database, "api_user", "premium");
    let token = token.strip_prefix("Bearer ").unwrap();
    let output = run_ok(python_command(
        &python,
        folder.path(),
        &["-c", CLIENT_SCRIPT, &service.url(""), token],
    ));
    let label: String = database.query_value(
        r#"SELECT ntsb_severity_label(predicted_severity) FROM ntsb_predict_severity('{"acft_make": "CESSNA", "lat": 61.2}'::jsonb)"#,
    );
    assert_eq!(output, format!("{}\n7\n{label}\n", database.count_rows("ntsb.fact_accidents")));
}

/// Leaves out the check that every input a schema allows is accepted, because the schema cannot describe
/// valid filters and column names.
#[test]
fn schemathesis_finds_no_violation_of_the_openapi_document() {
    let Some(python) = python_with_tools() else { return };
    let (database, service) = start_with_models();
    let folder = tempfile::tempdir().unwrap();
    let header = format!("Authorization: {}", service.create_bearer(&database, "admin", "premium"));
    let address = service.url("/api/v1/openapi.json");
    let run = "from schemathesis.cli import schemathesis; schemathesis()";
    let output = run_ok(python_command(
        &python,
        folder.path(),
        &[
            "-c",
            run,
            "run",
            &address,
            "--seed",
            "1",
            "--max-examples",
            "10",
            "--workers",
            "2",
            "--exclude-checks",
            "positive_data_acceptance",
            "-H",
            &header,
        ],
    ));
    assert!(output.contains("Tested: 41"), "{output}");
}
