//! Names and forms of answers, and starts and ends of the service.

use std::process::{Command, Stdio};
use std::time::Duration;

use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use ntsb_tests::process::run;
use ntsb_tests::server::env_var;
use ntsb_tests::wait_for;
use serde_json::{Value, json};

use crate::service::Service;
use crate::sockets::{LARGE, connect_from};

#[test]
fn the_first_address_says_where_all_others_are() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let index = service.get("/");
    assert_eq!((index.status, &index.json()["openapi"]), (200, &json!("/api/v1/openapi.json")));
    let page = service.get_with("/", &[("accept", "text/html,*/*;q=0.8")]);
    assert!(page.header("content-type").starts_with("text/html"));
    for address in ["/docs/", "/api/v1/openapi.json"] {
        assert!(
            page.text().contains(&format!("\"{address}\"")) && service.get(address).status == 200
        );
    }
}

#[test]
fn rings_of_geojson_run_counterclockwise() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "analyst", "premium");
    let path = "/api/v1/analytics/geospatial?eps_km=50&min_points=5";
    let features = service.get_with(path, &[("authorization", &token)]).json();
    let mut rings = 0;
    for feature in features["features"].as_array().unwrap() {
        if feature["geometry"]["type"] != "Polygon" {
            continue;
        }
        let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
        let at = |n: usize, axis: usize| ring[n][axis].as_f64().unwrap();
        let area: f64 =
            (1..ring.len()).map(|n| at(n - 1, 0) * at(n, 1) - at(n, 0) * at(n - 1, 1)).sum();
        assert!(area > 0.0, "{feature}");
        rings += 1;
    }
    assert!(rings > 3, "{rings} rings");
}

#[test]
fn without_a_fact_nothing_is_predicted() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    register_model_for("cause_category", &database, 1, "Production", 0.6);
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "api_user", "premium");
    let ask = |path: &str, body: &Value| service.post(path, &[("authorization", &token)], body);
    for path in ["severity", "severity/explain", "causes"] {
        for body in [json!({}), json!({ "acft_make": null }), json!([]), json!(7)] {
            let answer = ask(&format!("/api/v1/predictions/{path}"), &body);
            assert_eq!(answer.status, 422, "{path} {body}: {}", answer.text());
            let said = format!("{}{}", answer.json()["message"], answer.json()["hint"]);
            assert!(said.contains("at least one"), "{said}");
        }
    }
}

#[test]
fn one_row_that_cannot_be_stored_fails_alone() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "api_user", "premium");
    let good = json!({ "acft_make": "CESSNA" });
    let rows = json!([good, { "acft_make": "a\u{0}" }, {}, good, { "dec_latitude": 91 }]);
    let batch = json!({ "rows": rows });
    let answer = service.post("/api/v1/predictions/batch", &[("authorization", &token)], &batch);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert_eq!((&answer["count"], &answer["failed"]), (&json!(5), &json!(3)));
    let codes: Vec<&Value> =
        answer["results"].as_array().unwrap().iter().map(|row| &row["error"]["code"]).collect();
    assert_eq!(
        codes,
        [&json!(null), &json!("22P05"), &json!("22023"), &json!(null), &json!("22023")]
    );
    assert_eq!(answer["results"][0]["result"], answer["results"][3]["result"]);
    assert!(answer["results"][0]["result"].is_object());
}

#[test]
fn a_distance_below_0_is_refused_in_plain_words() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let answer = service.get("/api/v1/analytics/near?lat=39.7&lon=-105&km=-1");
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["message"], "km must be 0 or more, got -1");
}

#[test]
fn a_client_that_hangs_up_costs_no_connection() {
    let database = Database::with_sample();
    let settings = [("pool_size", "1"), ("cache_bytes", "0"), ("statement_timeout_ms", "60000")];
    let service = Service::start(&database, &settings);
    service.hears();
    let path = "/api/v1/events?limit=3";
    assert_eq!(service.get(path).status, 200);
    let queries = "SELECT pid FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() ORDER BY pid";
    let before: Vec<i32> = database.query_column(queries, &[]);
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'ntsb_rest_test'
                   AND datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..5 {
        let mut blocker = database.connect();
        blocker.batch_execute("BEGIN; LOCK TABLE ntsb.fact_accidents").unwrap();
        let mut stream = connect_from(1, &service.address, LARGE).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        wait_for("question", 5, || (database.query_value::<i64>(waiting) == 1).then_some(()));
        drop(stream);
        wait_for("end of the question", 5, || {
            (database.query_value::<i64>(waiting) == 0).then_some(())
        });
        blocker.batch_execute("ROLLBACK").unwrap();
        assert_eq!(service.get(path).status, 200);
    }
    let after: Vec<i32> = database.query_column(queries, &[]);
    assert_eq!(before, after, "a connection was made anew");
}

#[test]
fn variables_of_kubernetes_do_not_break_the_start() {
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
    let done = run(command);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("pool_size = 3"), "{}", done.stdout);
    let mut wrong = Command::new(env_var("NTSB_SERVICE_BIN"));
    wrong.env("NTSB_REST_PORTS", "1").arg("--print-config");
    assert_eq!(run(wrong).code, Some(1));
}

#[test]
fn an_outage_is_logged_once_and_then_counted() {
    let mut cluster = Cluster::start(&[]);
    let database = cluster.warehouse();
    let service = Service::start(&database, &[("cache_bytes", "0"), ("pool_wait_ms", "300")]);
    service.hears();
    let path = "/api/v1/stats/yearly";
    assert_eq!(service.get(path).status, 200);
    cluster.stop();
    wait_for("503", 10, || (service.get(path).status == 503).then_some(()));
    let before = service.log().lines().count();
    for _ in 0..200 {
        assert_eq!(service.get(path).status, 503);
    }
    std::thread::sleep(Duration::from_secs(1));
    let log = service.log();
    let new = log.lines().count() - before;
    assert!(new < 10, "200 failures wrote {new} lines:\n{log}");
    let once = log.lines().filter(|line| line.contains("further failures are counted")).count();
    assert_eq!(once, 1, "{log}");
    cluster.start_postgres();
    let line = wait_for("end of the outage", 20, || {
        service.get(path);
        let log = service.log();
        log.lines().find(|line| line.contains("the database answers again")).map(str::to_owned)
    });
    let line: Value = serde_json::from_str(&line).unwrap();
    assert!(line["failures"].as_u64().unwrap() >= 200, "{line}");
}

#[test]
fn metrics_may_have_an_address_of_their_own() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("metrics_listen", "127.0.0.1:0")]);
    for path in ["/metrics", "/health/metrics"] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
    let log = service.log();
    let line = log.lines().find(|line| line.contains("serving metrics")).unwrap();
    let address =
        serde_json::from_str::<Value>(line).unwrap()["address"].as_str().unwrap().to_owned();
    let mut answer = ureq::get(format!("http://{address}/metrics")).call().unwrap();
    assert!(answer.body_mut().read_to_string().unwrap().contains("http_connections"));
    let other = ureq::get(format!("http://{address}/api/v1/stats/summary")).call();
    assert!(matches!(other, Err(ureq::Error::StatusCode(404))), "{other:?}");
}
