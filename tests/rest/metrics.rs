//! Metrics, traces and logs.

use ntsb_tests::database::Database;
use ntsb_tests::wait_for;
use serde_json::Value;

use crate::service::Service;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[test]
fn requests_are_counted_by_route_template() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.get("/api/v1/events/20240914902470");
    service.get("/api/v1/events/99999999X99999");
    service.get("/no/such/address");
    let text = service.get("/metrics").text();
    for line in [
        r#"api_requests_total{endpoint="/api/v1/events/{ev_id}",method="GET",status="200"} 1"#,
        r#"api_requests_total{endpoint="/api/v1/events/{ev_id}",method="GET",status="404"} 1"#,
        r#"api_requests_total{endpoint="(none)",method="GET",status="404"} 1"#,
        r#"api_request_duration_seconds_count{endpoint="/api/v1/events/{ev_id}",method="GET"} 2"#,
        r#"database_queries_total{outcome="ok"}"#,
        "database_query_duration_seconds_count",
        r#"database_pool_connections{state="open"}"#,
        r#"cache_requests_total{outcome="miss"}"#,
        "websocket_connections 0",
        "ml_prediction_confidence_count 0",
        "process_resident_memory_bytes",
        "\ndatabase_up 1\n",
        "\n# TYPE ntsb_events gauge\n",
        "\nntsb_load_events{outcome=\"withdrawn\"} 0\n",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("99999999X99999"));
    assert_eq!(service.get("/health/metrics").status, 200);
}

#[test]
fn a_trace_id_reaches_the_log_and_the_database() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("statement_timeout_ms", "5000")]);
    service.wait_until_listening();
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    std::thread::scope(|scope| {
        scope.spawn(|| service.get_with("/api/v1/events", &[("traceparent", &parent)]));
        let sql = "SELECT application_name FROM pg_stat_activity
                   WHERE application_name LIKE 'ntsb-rest %' AND state = 'active' AND datname = current_database()";
        let name: String = wait_for("the statement", 5, || database.query_column(sql, &[]).pop());
        assert_eq!(name, format!("ntsb-rest {TRACE}"));
        blocker.batch_execute("ROLLBACK").unwrap();
    });
    let line = wait_for("the log line", 5, || {
        service
            .log()
            .lines()
            .find(|l| l.contains(TRACE) && l.contains("answered"))
            .map(str::to_owned)
    });
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["span"]["request_id"], &line["status"]),
        (&Value::from(TRACE), &Value::from(200))
    );
    assert_eq!(line["span"]["http.route"], "/api/v1/events");
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(line["span"]["user"], "address:127.0.0.1");
}

#[test]
fn logs_contain_no_key_or_token() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("log", "debug")]);
    let (_, key) = crate::service::create_key(&database, "viewer", "free");
    let response = service.post("/api/v1/auth/token", &[], &serde_json::json!({ "api_key": key }));
    let token = response.json()["access_token"].as_str().unwrap().to_owned();
    service.get_with("/api/v1/stats/summary", &[("authorization", &format!("Bearer {token}"))]);
    let log = service.log();
    assert!(log.contains("/api/v1/auth/token") && !log.contains(&key) && !log.contains(&token));
}

#[test]
fn metrics_can_be_served_on_a_separate_address() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("metrics_listen", "127.0.0.1:0")]);
    for path in ["/metrics", "/health/metrics"] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
    let log = service.log();
    let line = log.lines().find(|line| line.contains("serving metrics")).unwrap();
    let address =
        serde_json::from_str::<Value>(line).unwrap()["address"].as_str().unwrap().to_owned();
    let mut response = ureq::get(format!("http://{address}/metrics")).call().unwrap();
    assert!(response.body_mut().read_to_string().unwrap().contains("http_connections"));
    let other = ureq::get(format!("http://{address}/api/v1/stats/summary")).call();
    assert!(matches!(other, Err(ureq::Error::StatusCode(404))), "{other:?}");
}

fn raise_alert(database: &Database) {
    database.execute("SELECT ntsb_raise_alert('drift', 'info', 'x', 'y')");
}

#[test]
fn the_metrics_of_the_warehouse_are_read_at_most_once_per_interval() {
    let database = Database::with_sample();
    let (slow, fast) = (
        Service::start(&database, &[("metrics_read_ms", "600000")]),
        Service::start(&database, &[("metrics_read_ms", "0")]),
    );
    let open = |service: &Service, count: usize| {
        let line = format!("ntsb_alerts_open{{kind=\"drift\",severity=\"info\"}} {count}\n");
        service.get("/metrics").text().contains(&line)
    };
    raise_alert(&database);
    assert!(open(&slow, 1) && open(&fast, 1));
    raise_alert(&database);
    assert!(open(&slow, 1) && open(&fast, 2));
}

#[test]
fn a_database_without_the_function_is_up_but_has_no_metrics() {
    let database = Database::with_sample();
    database.execute(
        "ALTER EXTENSION pg_ntsb DROP FUNCTION ntsb_metrics(); DROP FUNCTION ntsb_metrics()",
    );
    let service = Service::start(&database, &[]);
    let response = service.get("/metrics");
    assert_eq!(response.status, 200);
    let text = response.text();
    assert!(text.contains("\ndatabase_up 1\n") && !text.contains("\nntsb_"), "{text}");
    assert!(
        service.log().contains("could not read the metrics of the warehouse"),
        "{}",
        service.log()
    );
}

#[test]
fn a_locked_table_does_not_mean_that_the_database_is_down() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("metrics_read_ms", "0")]);
    let mut blocker = database.connect();
    blocker.batch_execute("BEGIN; LOCK TABLE ntsb.alert").unwrap();
    let text = service.get("/metrics").text();
    assert!(text.contains("\ndatabase_up 1\n") && !text.contains("\nntsb_"), "{text}");
    blocker.batch_execute("ROLLBACK").unwrap();
    assert!(service.get("/metrics").text().contains("\nntsb_events "));
}
