//! Configuration from environment variables.

use std::process::{Command, Stdio};

use ntsb_tests::process::run;
use ntsb_tests::server::env_var;

#[test]
fn kubernetes_service_variables_do_not_break_the_start() {
    let mut command = Command::new(env_var("NTSB_SERVICE_BIN"));
    for (name, value) in [
        ("NTSB_REST_PORT", "tcp://10.0.0.7:8015"),
        ("NTSB_REST_SERVICE_HOST", "10.0.0.7"),
        ("NTSB_REST_SERVICE_PORT", "8015"),
        ("NTSB_REST_SERVICE_PORT_HTTP", "8015"),
        ("NTSB_REST_PORT_8015_TCP", "tcp://10.0.0.7:8015"),
        ("NTSB_REST_PORT_8015_TCP_PROTO", "tcp"),
        ("NTSB_REST_PORT_8015_TCP_PORT", "8015"),
        ("NTSB_REST_PORT_8015_TCP_ADDR", "10.0.0.7"),
        ("NTSB_REST_POOL_SIZE", "3"),
    ] {
        command.env(name, value);
    }
    command.arg("--print-config").stdin(Stdio::null());
    let output = run(command);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("pool_size = 3"), "{}", output.stdout);
    let mut unknown_variable = Command::new(env_var("NTSB_SERVICE_BIN"));
    unknown_variable.env("NTSB_REST_PORTS", "1").arg("--print-config");
    assert_eq!(run(unknown_variable).code, Some(1));
}
