//! What others make of the description: a generated client, and a program that looks for answers which break it.

use std::fs;
use std::path::Path;
use std::process::Command;

use ntsb_tests::announce;
use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use ntsb_tests::process::run_ok;

use crate::service::Service;

/// The Python that has the two; none where they cannot be installed.
fn python() -> Option<String> {
    let python = std::env::var("NTSB_TEST_PYTHON").ok().filter(|path| !path.is_empty());
    if python.is_none() {
        announce("skipped: a generated client and schemathesis, as they cannot be installed");
    }
    python
}

fn command(python: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.current_dir(folder).args(arguments).env("NO_COLOR", "1");
    command
}

fn described() -> (Database, Service) {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    (database, service)
}

/// Asks for a summary, a list and a prediction, and prints one number of each.
const USE: &str = r#"
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
fn a_generated_client_asks_and_understands() {
    let Some(python) = python() else { return };
    let (database, service) = described();
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
    run_ok(command(&python, folder.path(), &generate));
    let token = service.bearer(&database, "api_user", "premium");
    let token = token.strip_prefix("Bearer ").unwrap();
    let said = run_ok(command(&python, folder.path(), &["-c", USE, &service.url(""), token]));
    let label: String = database.query_value(
        r#"SELECT ntsb_severity_label(predicted_severity) FROM ntsb_predict_severity('{"acft_make": "CESSNA", "lat": 61.2}'::jsonb)"#,
    );
    assert_eq!(said, format!("{}\n7\n{label}\n", database.count_rows("ntsb.fact_accidents")));
}

/// Left out is what asks that everything a schema allows be answered: no schema knows which conditions
/// and columns there are.
#[test]
fn schemathesis_finds_no_answer_that_breaks_the_description() {
    let Some(python) = python() else { return };
    let (database, service) = described();
    let folder = tempfile::tempdir().unwrap();
    let header = format!("Authorization: {}", service.bearer(&database, "admin", "premium"));
    let address = service.url("/api/v1/openapi.json");
    let run = "from schemathesis.cli import schemathesis; schemathesis()";
    let said = run_ok(command(
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
    assert!(said.contains("Tested: 39"), "{said}");
}
