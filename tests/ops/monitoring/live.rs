//! The whole stack at work: metrics, rules, dashboards and traces, then faults, until the right people are told.

use std::collections::BTreeSet;
use std::time::Instant;

use ntsb_tests::process::ChildProcess;
use ntsb_tests::web_server::Request;
use ntsb_tests::{announce, wait_for};
use serde_json::{Value, json};

use super::stack::{Stack, get, get_json};
use super::{alert_names, command, dashboards, traces};

/// One stack for all of them, because it takes long to start, in an order in which none disturbs the next.
#[test]
fn monitoring_works_from_the_metric_to_the_message() {
    let start = Instant::now();
    let mut stack = Stack::start();
    announce(&format!(
        "figure: the monitoring stack starts in {:.0} s",
        start.elapsed().as_secs_f64()
    ));
    let bearer = stack.bearer("api_user");
    use_the_service(&stack, &bearer);
    traces::check(&stack);
    check_metrics(&stack);
    check_rules(&stack);
    check_targets(&stack);
    dashboards::check_promql(&stack, &|| use_the_service(&stack, &bearer));
    dashboards::check_sql(&stack.primary.warehouse());
    the_data_team_gets_mail(&stack);
    a_silence_mutes_an_alert(&mut stack);
    a_database_fault_is_reported_and_resolved(&mut stack);
}

/// One request of each kind.
fn use_the_service(stack: &Stack, bearer: &str) {
    let facts = json!({ "acft_make": "CESSNA", "wx_cond_basic": "IMC" });
    stack.post("/api/v1/predictions/severity", bearer, &facts);
    for address in ["/api/v1/events", "/api/v1/stats/summary", "/api/v1/events/99999999X99999"] {
        stack.get(address);
    }
}

/// The time series of the warehouse in a text of metrics: name and sorted labels, without those that the scrape adds.
fn warehouse_series(text: &str) -> BTreeSet<String> {
    let mut series = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("ntsb_") && !line.ends_with(" NaN")) {
        let (name, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = name.split_once('{').unwrap_or((name, "}"));
        let labels = labels.trim_end_matches('}').split("\",").filter(|pair| !pair.is_empty());
        let mut labels: Vec<String> =
            labels.map(|pair| pair.trim_end_matches('"').replace("=\"", "=")).collect();
        labels.retain(|label| !label.starts_with("server="));
        labels.sort();
        series.insert(format!("{name} {}", labels.join(", ")));
    }
    series
}

/// The rows of `ntsb_metrics()` for a role.
fn database_series(stack: &Stack, role: &str) -> BTreeSet<String> {
    let sql = "SELECT name || ' ' || coalesce((SELECT string_agg(key || '=' || value, ', ' ORDER BY key)
                                               FROM jsonb_each_text(labels)), '') FROM ntsb_metrics()";
    let rows = stack.primary.warehouse().connect_as(role).query(sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The service and postgres_exporter show what the database says, under the same names.
fn check_metrics(stack: &Stack) {
    let (status, text) = stack.get("/metrics");
    assert_eq!(status, 200);
    assert_eq!(warehouse_series(&text), database_series(stack, "ntsb_grafana"));
    for line in ["database_up 1", "process_resident_memory_bytes ", "process_cpu_seconds_total "] {
        assert!(text.lines().any(|l| l.starts_with(line)), "{line} is missing in\n{text}");
    }
    assert!(text.contains(
        "api_request_duration_seconds_bucket{endpoint=\"/api/v1/events\",method=\"GET\",le=\"0.2\"}"
    ));
    let exported = get(&format!("http://{}/metrics", stack.exporter)).1;
    let expected = database_series(stack, "ntsb_exporter");
    assert_eq!(warehouse_series(&exported), expected);
    for name in [
        "ntsb_replication_lag_seconds standby=",
        "ntsb_archiver_failing ",
        "ntsb_backup_age_seconds kind=any",
    ] {
        assert!(
            expected.iter().any(|series| series.starts_with(name)),
            "no {name} in {expected:?}"
        );
    }
    // A viewer must not learn of standbys.
    assert!(!text.contains("ntsb_standbys") && exported.contains("ntsb_standbys"));
    let lint =
        ChildProcess::start_with_input(command("promtool", &["check", "metrics"]), &text).finish();
    assert_eq!(lint.all_output(), "", "promtool check metrics");
}

fn check_rules(stack: &Stack) {
    let rules = get_json(&format!("http://{}/api/v1/rules?type=alert", stack.prometheus));
    let groups = rules["data"]["groups"].as_array().unwrap();
    let alerts: Vec<&Value> =
        groups.iter().flat_map(|group| group["rules"].as_array().unwrap()).collect();
    let mut names: Vec<&str> = alerts.iter().map(|alert| alert["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, alert_names());
    for alert in alerts {
        let severity = alert["labels"]["severity"].as_str().unwrap_or_default();
        assert!(["critical", "warning"].contains(&severity), "{alert}");
        for annotation in ["summary", "description", "runbook_url"] {
            assert!(
                alert["annotations"][annotation].as_str().is_some_and(|a| a.len() > 10),
                "{alert}"
            );
        }
    }
    wait_for("all rules to be evaluated without an error", 20, || {
        let rules = get_json(&format!("http://{}/api/v1/rules", stack.prometheus));
        let groups = rules["data"]["groups"].as_array().unwrap();
        let mut rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
        rules.all(|rule| rule["health"] == "ok").then_some(())
    });
}

fn check_targets(stack: &Stack) {
    let jobs = ["alertmanager", "node", "ntsb-rest", "postgres", "prometheus"];
    wait_for("all targets to be scraped", 30, || {
        let targets = get_json(&format!("http://{}/api/v1/targets", stack.prometheus));
        let targets = targets["data"]["activeTargets"].as_array().unwrap().clone();
        let is_up = |job: &&str| {
            let mut target = targets.iter().filter(|target| target["labels"]["job"] == *job);
            target.any(|target| target["health"] == "up")
        };
        (targets.len() == jobs.len() && jobs.iter().all(is_up)).then_some(())
    });
}

/// The failed pipeline of the test data is a warning of area data.
fn the_data_team_gets_mail(stack: &Stack) {
    let mut mails = Vec::new();
    let mail = wait_for("the mail about the failed pipeline", 60, || {
        mails.extend(stack.mail.take_messages());
        mails.iter().find(|mail| mail.contains("PipelineFailed")).cloned()
    });
    for part in [
        "To: data@ntsb.example",
        "[FIRING] PipelineFailed",
        "The pipeline nightly failed",
        "#pipelinefailed",
    ] {
        // Lines of the body may be wrapped in quoted-printable.
        let text = mail.replace("=\r\n", "");
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

fn a_silence_mutes_an_alert(stack: &mut Stack) {
    stack.amtool(&[
        "silence",
        "add",
        "alertname=TargetDown",
        "--duration=1h",
        "--author=test",
        "--comment=planned work",
    ]);
    stack.stop_exporter();
    let alert = wait_for("the alert TargetDown", 60, || stack.alerts("TargetDown").pop());
    assert_eq!(alert["labels"]["job"], "postgres");
    wait_for("the silence of TargetDown", 10, || {
        let alert = stack.alerts("TargetDown").pop()?;
        (alert["status"]["silencedBy"].as_array()?.len() == 1).then_some(())
    });
    let messages = stack.slack.take_requests();
    assert!(!messages.iter().any(|message| message.body.contains("TargetDown")), "{messages:?}");
}

/// Requests to a stub that mention all words.
fn take_messages(seen: &mut Vec<Request>, new: Vec<Request>, words: &[&str]) -> Option<Request> {
    seen.extend(new);
    seen.iter().find(|message| words.iter().all(|word| message.body.contains(word))).cloned()
}

fn a_database_fault_is_reported_and_resolved(stack: &mut Stack) {
    let (mut slack, mut pagerduty) = (Vec::new(), Vec::new());
    stack.primary.stop();
    let fault = Instant::now();
    let message = wait_for("the message in Slack", 60, || {
        stack.get("/api/v1/stats/rates");
        take_messages(&mut slack, stack.slack.take_requests(), &["[FIRING] DatabaseDown"])
    });
    announce(&format!(
        "figure: Slack told of a stopped database after {:.1} s, with minutes as seconds",
        fault.elapsed().as_secs_f64()
    ));
    assert_eq!(message.target, "/services/T0/B0/secret");
    assert!(
        message.body.contains("#ntsb-alerts") && message.body.contains("runbook.md#databasedown"),
        "{}",
        message.body
    );
    let event = wait_for("the event at PagerDuty", 20, || {
        take_messages(
            &mut pagerduty,
            stack.pagerduty.take_requests(),
            &["DatabaseDown", "\"trigger\""],
        )
    });
    let event: Value = serde_json::from_str(&event.body).unwrap();
    assert_eq!(event["routing_key"], "0123456789abcdef0123456789abcdef");
    assert_eq!(event["payload"]["severity"], "critical");

    let (status, text) = stack.get("/metrics");
    assert_eq!(status, 200);
    assert!(text.contains("\ndatabase_up 0\n"), "{text}");
    assert_eq!(warehouse_series(&text), BTreeSet::new());

    // Failed requests are a consequence, of which nobody is told separately.
    wait_for("HighErrorRate to be inhibited", 60, || {
        for _ in 0..5 {
            assert_eq!(stack.get("/api/v1/stats/rates").0, 503);
        }
        let alert = stack.alerts("HighErrorRate").pop()?;
        (!alert["status"]["inhibitedBy"].as_array()?.is_empty()).then_some(())
    });
    take_messages(&mut slack, stack.slack.take_requests(), &[]);
    assert!(!slack.iter().any(|message| message.body.contains("HighErrorRate")), "{slack:?}");

    stack.primary.start_postgres();
    wait_for("the end of the alert in Slack", 60, || {
        take_messages(&mut slack, stack.slack.take_requests(), &["[RESOLVED] DatabaseDown"])
    });
    wait_for("the end of the alert at PagerDuty", 30, || {
        take_messages(
            &mut pagerduty,
            stack.pagerduty.take_requests(),
            &["DatabaseDown", "\"resolve\""],
        )
    });
    wait_for("the metrics of the warehouse", 20, || {
        let text = stack.get("/metrics").1;
        (text.contains("\ndatabase_up 1\n") && text.contains("\nntsb_events ")).then_some(())
    });
}
