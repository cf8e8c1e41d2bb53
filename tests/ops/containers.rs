//! compose.yaml in deploy/container, read by the compose plugin.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use ntsb_tests::process::{run, run_ok};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::helm::{optional_tool, repository};

struct Stack {
    config: Value,
    _secrets: TempDir,
    secrets: PathBuf,
}

fn compose(program: &Path, secrets: &Path) -> Command {
    let mut compose = Command::new(program);
    compose.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", secrets);
    compose
        .env("SECRETS", secrets)
        .arg("--file")
        .arg(repository().join("deploy/container/compose.yaml"));
    compose.args(["--profile", "*"]);
    compose
}

/// The configuration as the plugin resolves it. None if there is no plugin.
fn stack() -> Option<&'static Stack> {
    static STACK: OnceLock<Option<Stack>> = OnceLock::new();
    let read = || {
        let program = optional_tool("NTSB_TEST_COMPOSE")?;
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        let mut make = Command::new("sh");
        make.arg(repository().join("deploy/container/secrets.sh")).arg(&secrets);
        run_ok(make);
        let mut config = compose(&program, &secrets);
        config.args(["config", "--format", "json"]);
        let config = serde_json::from_str(&run_ok(config)).unwrap();
        Some(Stack { config, _secrets: folder, secrets })
    };
    STACK.get_or_init(read).as_ref()
}

fn services(config: &Value) -> impl Iterator<Item = (&String, &Value)> {
    config["services"].as_object().unwrap().iter()
}

fn strings(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().map(|v| v.as_str().unwrap()).collect()
}

#[test]
fn the_stack_has_every_part() {
    let Some(stack) = stack() else { return };
    let names: Vec<&str> = services(&stack.config).map(|(name, _)| name.as_str()).collect();
    for part in [
        "database",
        "ntsb-rest",
        "ntsb",
        "redis",
        "s3",
        "prometheus",
        "alertmanager",
        "grafana",
        "loki",
        "jaeger",
        "otel-collector",
        "vector",
        "postgres-exporter",
        "node-exporter",
    ] {
        assert!(names.contains(&part), "{part} is missing in {names:?}");
    }
}

#[test]
fn every_container_is_restricted() {
    let Some(stack) = stack() else { return };
    for (name, service) in services(&stack.config) {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        assert!(service["privileged"].is_null() && service["network_mode"].is_null(), "{name}");
        assert!(service["mem_limit"].is_string(), "{name}");
        // The collector of logs reads files of root, and has no other capability.
        let capabilities = if name == "vector" { json!(["DAC_READ_SEARCH"]) } else { json!(null) };
        assert_eq!(service["cap_add"], capabilities, "{name}");
        for mount in service["volumes"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().unwrap();
            assert!(!source.contains("docker.sock"), "{name}");
            assert!(
                mount["type"] == "volume" || mount["read_only"] == true,
                "{name}: {source} is writable"
            );
        }
    }
}

#[test]
fn every_container_has_a_health_check_or_a_reason() {
    let Some(stack) = stack() else { return };
    for (name, service) in services(&stack.config) {
        let reason = service["labels"]["org.pg-ntsb.healthcheck"].as_str();
        let has_check = service["healthcheck"]["test"].is_array();
        assert!(has_check || reason.is_some_and(|reason| reason.starts_with("none: ")), "{name}");
        assert!(!(has_check && reason.is_some()), "{name}");
    }
    let waits = &stack.config["services"]["ntsb-rest"]["depends_on"]["database"]["condition"];
    assert_eq!(waits, "service_healthy");
}

#[test]
fn versions_are_pinned_and_can_be_changed() {
    let Some(stack) = stack() else { return };
    for (name, service) in services(&stack.config) {
        let image = service["image"].as_str().unwrap();
        let (_, tag) = image.rsplit_once(':').unwrap_or_else(|| panic!("{name}: {image}"));
        let is_number = tag.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
        assert!(is_number && tag.matches('.').count() >= 1, "{name}: {image}");
    }
    let program = optional_tool("NTSB_TEST_COMPOSE").unwrap();
    let mut other = compose(&program, &stack.secrets);
    other.env("PROMETHEUS_VERSION", "v9.9.9").args(["config", "--images"]);
    assert!(run_ok(other).contains("prometheus:v9.9.9"));
    let text = fs::read_to_string(repository().join("deploy/container/compose.yaml")).unwrap();
    for line in text.lines().filter(|line| line.trim().starts_with("image: ")) {
        assert!(line.contains("_VERSION:-"), "{line}");
    }
}

#[test]
fn three_tiers_are_three_networks() {
    let Some(stack) = stack() else { return };
    let networks = |service: &str| -> BTreeSet<&str> {
        let all = stack.config["services"][service]["networks"].as_object().unwrap();
        all.keys().map(String::as_str).collect()
    };
    for (service, expected) in [
        ("database", vec!["data"]),
        ("redis", vec!["data"]),
        ("s3", vec!["data"]),
        ("ntsb-rest", vec!["data", "front", "monitoring"]),
        ("loki", vec!["monitoring"]),
        ("postgres-exporter", vec!["data", "monitoring"]),
    ] {
        assert_eq!(networks(service), expected.into_iter().collect(), "{service}");
    }
    for network in ["data", "monitoring"] {
        assert_eq!(stack.config["networks"][network]["internal"], true, "{network}");
    }
    for (name, service) in services(&stack.config) {
        for port in service["ports"].as_array().into_iter().flatten() {
            assert_eq!(port["host_ip"], "127.0.0.1", "{name} is published to other machines");
            assert!(networks(name).contains("front"), "{name}");
        }
    }
}

/// No secret is in compose.yaml: each comes from a file, and nobody else may enter their folder.
#[test]
fn secrets_are_files() {
    let Some(stack) = stack() else { return };
    let mode = fs::metadata(&stack.secrets).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    let text = stack.config.to_string();
    let mut read = BTreeSet::new();
    for (name, secret) in stack.config["secrets"].as_object().unwrap() {
        let file = PathBuf::from(secret["file"].as_str().unwrap());
        assert!(file.is_file(), "{name}");
        read.insert(name.as_str());
        let content = fs::read_to_string(&file).unwrap();
        let has_random = content.trim().len() >= 48;
        assert!(!has_random || !text.contains(content.trim()), "{name} is in compose.yaml");
    }
    let used: BTreeSet<&str> = services(&stack.config)
        .flat_map(|(_, service)| service["secrets"].as_array().into_iter().flatten())
        .map(|secret| secret["source"].as_str().unwrap())
        .collect();
    assert_eq!(used, read, "secrets that no service uses");
    // A second run keeps the values.
    let before = fs::read_to_string(stack.secrets.join("ntsb-rest.toml")).unwrap();
    let mut again = Command::new("sh");
    again.arg(repository().join("deploy/container/secrets.sh")).arg(&stack.secrets);
    run_ok(again);
    assert_eq!(fs::read_to_string(stack.secrets.join("ntsb-rest.toml")).unwrap(), before);
}

/// The service accepts the settings that secrets.sh writes.
#[test]
fn the_settings_of_the_service_are_valid() {
    let Some(stack) = stack() else { return };
    let settings = fs::read_to_string(stack.secrets.join("ntsb-rest.toml")).unwrap();
    // The paths of the container are those of the test.
    let settings = settings.replace("/run/secrets", stack.secrets.to_str().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ntsb-rest.toml");
    fs::write(&file, settings).unwrap();
    let mut service = Command::new(ntsb_tests::server::env_var("NTSB_SERVICE_BIN"));
    service.env_clear().arg("--print-config").arg("--config").arg(file);
    let output = run(service);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains("host=database"), "{}", output.stdout);
    // The grace period is longer than the service's own.
    assert_eq!(stack.config["services"]["ntsb-rest"]["stop_grace_period"], "30s");
    assert!(output.stdout.contains("shutdown_seconds = 20"));
}

#[test]
fn every_mounted_file_exists() {
    let Some(stack) = stack() else { return };
    let root = repository().to_str().unwrap();
    let mut count = 0;
    for (name, service) in services(&stack.config) {
        for mount in service["volumes"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().unwrap();
            if source.starts_with(root) {
                assert!(Path::new(source).exists(), "{name} mounts {source}");
                count += 1;
            }
        }
    }
    assert!(count >= 14, "{count}");
    let scripts = strings(&stack.config["services"]["database"]["entrypoint"]);
    assert!(scripts.iter().any(|text| text.contains("/etc/ntsb/database/init.sh")));
}
