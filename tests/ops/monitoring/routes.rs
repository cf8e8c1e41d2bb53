//! Who is told of which alert.

use ntsb_tests::process::run_ok;

use super::{command, path, read};

const CONFIG: &str = "alertmanager/alertmanager.yml";

#[test]
fn alertmanager_accepts_the_configuration() {
    let output = run_ok(command("amtool", &["check-config", path(CONFIG).to_str().unwrap()]));
    for part in ["3 receivers", "3 inhibit rules", "1 templates"] {
        assert!(output.contains(part), "{output}");
    }
}

#[test]
fn alerts_go_to_those_who_can_act() {
    let config = format!("--config.file={}", path(CONFIG).display());
    for (receivers, labels) in [
        ("pagerduty,slack", ["alertname=DatabaseDown", "severity=critical", "area=database"]),
        ("pagerduty,slack", ["alertname=WarehouseAlertOpen", "severity=critical", "area=data"]),
        ("data-team", ["alertname=ModelDrift", "severity=warning", "area=data"]),
        ("slack", ["alertname=HighLatency", "severity=warning", "area=service"]),
        ("slack", ["alertname=ReplicationLag", "severity=warning", "area=database"]),
        ("slack", ["alertname=Unknown", "severity=info", "area=other"]),
    ] {
        let verify = format!("--verify.receivers={receivers}");
        let mut test = command("amtool", &["config", "routes", "test", &config, &verify]);
        test.args(labels);
        run_ok(test);
    }
}

#[test]
fn no_secret_is_in_the_configuration() {
    let text = read(CONFIG);
    for key in
        ["slack_api_url:", "routing_key:", "service_key:", "smtp_auth_password:", "password:"]
    {
        assert!(
            !text.contains(key),
            "{key} holds a secret; use {key}_file",
            key = key.trim_end_matches(':')
        );
    }
    assert_eq!(text.matches("_file: /etc/alertmanager/secrets/").count(), 3);
}
