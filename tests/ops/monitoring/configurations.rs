//! Configurations whose own programs are not in Debian: dashboards and data sources of Grafana, Loki, Vector,
//! OpenTelemetry collector, Jaeger. Python libraries read them as far as that is possible.

use std::process::Command;

use ntsb_tests::process::run_ok;
use ntsb_tests::{announce, server::env_var};

use super::path;

/// Lines of the service's log as `tests/rest/metrics.rs` sees them.
const LOG: &str = r#"{"timestamp":"2026-11-30T19:00:00.000000Z","level":"INFO","address":"127.0.0.1:8015","message":"listening","target":"ntsb_rest"}
{"timestamp":"2026-11-30T19:00:01.000000Z","level":"INFO","message":"answered","status":200,"duration_ms":12.5,"target":"ntsb_rest::middleware","span":{"http.method":"GET","http.route":"/api/v1/events","http.status":200,"otel.kind":"server","otel.name":"GET /api/v1/events","request_id":"4bf92f3577b34da6a3ce929d0e0e4736","user":"address:127.0.0.1","name":"request"}}
{"timestamp":"2026-11-30T19:00:02.000000Z","level":"WARN","message":"the database does not answer; further failures are counted","error":"connection refused","target":"ntsb_rest::outage"}
"#;

#[test]
fn configurations_of_other_programs_are_well_formed() {
    if std::env::var_os("NTSB_TEST_MONITORING_PYTHON").is_none() {
        announce(
            "skipped: dashboards against Grafana's schema, Vector's programs: no Python packages",
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, LOG).unwrap();
    let mut check = Command::new(env_var("NTSB_TEST_MONITORING_PYTHON"));
    check.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/ops/monitoring/check_configurations.py"));
    check.arg(path("")).arg(&log);
    let output = run_ok(check);
    for part in ["4 YAML", "ntsb-data.json", "VRL programs ran on 3 log lines"] {
        assert!(output.contains(part.trim_start_matches("4 ")), "{output}");
    }
}
