//! Predictions over HTTP match those of SQL, and so do the errors.

use ntsb_tests::database::Database;
use ntsb_tests::model::{read_fixture_model, register_model, register_model_for};
use postgres::types::Json;
use serde_json::{Value, json};

use crate::service::{Response, Service};

const SEVERITY: &str = "/api/v1/predictions/severity";
const CAUSES: &str = "/api/v1/predictions/causes";
const EXPLAIN: &str = "/api/v1/predictions/severity/explain";
const BATCH: &str = "/api/v1/predictions/batch";

/// Predicts the severity in SQL from the facts in $1.
const PREDICT_SEVERITY: &str = "SELECT to_jsonb(p) FROM ntsb_predict_severity($1::jsonb) p";

fn database_with_models() -> Database {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    register_model_for("cause_category", &database, 1, "Production", 0.6);
    database
}

/// The cases of the fixture with at least one fact, which the service requires.
fn read_facts() -> Vec<Value> {
    let fixture = read_fixture_model();
    let all = fixture["cases"].as_array().unwrap().iter().map(|case| case["facts"].clone());
    all.filter(|facts| facts.as_object().unwrap().values().any(|v| !v.is_null())).collect()
}

fn query_sql(database: &Database, sql: &str, facts: &Value) -> Vec<Value> {
    let rows = database.query_rows(sql, &[&Json(facts)]);
    rows.iter().map(|row| row.get::<_, Json<Value>>(0).0).collect()
}

fn label(code: &Value) -> &'static str {
    match code.as_str().unwrap() {
        "FATL" => "Fatal",
        "SERS" => "Serious",
        "MINR" => "Minor",
        "NONE" => "None",
        other => panic!("unknown severity {other}"),
    }
}

struct Client {
    service: Service,
    token: String,
}

impl Client {
    fn start(database: &Database) -> Client {
        let service = Service::start(database, &[]);
        let token = service.create_bearer(database, "api_user", "premium");
        Client { service, token }
    }

    fn post(&self, path: &str, body: &Value) -> Response {
        self.service.post(path, &[("authorization", &self.token)], body)
    }
}

#[test]
fn a_severity_has_a_code_a_label_and_the_numbers_of_sql() {
    let database = database_with_models();
    let client = Client::start(&database);
    for facts in read_facts() {
        let response = client.post(SEVERITY, &facts);
        assert_eq!(response.status, 200, "{}", response.text());
        let mut found = response.json();
        let found_label = found.as_object_mut().unwrap().remove("label").unwrap();
        assert_eq!(found_label, label(&found["predicted_severity"]));
        assert_eq!(found, query_sql(&database, PREDICT_SEVERITY, &facts)[0]);
    }
    let metrics = client.service.get("/metrics").text();
    let count = read_facts().len();
    for line in [
        format!(r#"ml_predictions_total{{model="severity",outcome="ok"}} {count}"#),
        format!("ml_prediction_confidence_count {count}"),
    ] {
        assert!(metrics.contains(&line), "{line} is missing in\n{metrics}");
    }
}

#[test]
fn explanations_and_causes_match_sql() {
    let database = database_with_models();
    let client = Client::start(&database);
    for facts in read_facts().iter().take(5) {
        let explain = "SELECT to_jsonb(e) FROM ntsb_explain_severity($1::jsonb) e";
        let found = client.post(EXPLAIN, facts).json();
        assert_eq!(found, Value::Array(query_sql(&database, explain, facts)));
        let predict = "SELECT to_jsonb(c) FROM ntsb_predict_causes($1::jsonb, 2) c";
        let found = client.post(&format!("{CAUSES}?k=2"), facts).json();
        assert_eq!(found.as_array().unwrap().len(), 2);
        assert_eq!(found, Value::Array(query_sql(&database, predict, facts)));
    }
}

#[test]
fn an_invalid_row_does_not_affect_the_rest_of_its_batch() {
    let database = database_with_models();
    let client = Client::start(&database);
    let invalid = json!({ "dec_latitude": 91 });
    let mut rows = read_facts();
    rows.insert(1, invalid.clone());
    rows.push(json!(7));
    let response = client.post(BATCH, &json!({ "rows": rows })).json();
    assert_eq!((&response["count"], &response["failed"]), (&json!(rows.len()), &json!(2)));
    for (row, result) in rows.iter().zip(response["results"].as_array().unwrap()) {
        if row == &invalid || row == &json!(7) {
            assert!(result["result"].is_null(), "{result}");
            assert_eq!(result["error"]["code"], "22023", "{result}");
            continue;
        }
        assert_eq!(
            (&result["result"], &result["error"]),
            (&client.post(SEVERITY, row).json(), &json!(null))
        );
    }
    let single = client.post(SEVERITY, &invalid);
    assert_eq!(single.status, 422, "{}", single.text());
    assert_eq!(single.json()["message"], response["results"][1]["error"]["message"]);
    assert!(single.json()["message"].as_str().unwrap().contains("91"), "{}", single.text());
    assert!(!single.json()["hint"].is_null());

    let causes =
        client.post(BATCH, &json!({ "rows": [read_facts()[0]], "target": "causes" })).json();
    assert_eq!(causes["results"][0]["result"], client.post(CAUSES, &read_facts()[0]).json());
}

#[test]
fn a_batch_must_have_1_to_10_000_rows() {
    let database = database_with_models();
    let client = Client::start(&database);
    let batch_of = |count: usize| json!({ "rows": vec![json!({ "acft_make": "CESSNA" }); count] });
    for (body, status) in [
        (batch_of(0), 422),
        (batch_of(10_001), 422),
        (json!({ "rows": [{}], "target": "weather" }), 422),
        (json!({ "rows": {} }), 422),
        (batch_of(10_000), 200),
    ] {
        let response = client.post(BATCH, &body);
        let text = response.text();
        assert_eq!(response.status, status, "{}", text.get(..200).unwrap_or(&text));
    }
}

#[test]
fn without_a_model_the_hint_names_ntsb_promote_model() {
    let database = Database::empty_warehouse();
    let client = Client::start(&database);
    let fact = json!({ "acft_make": "CESSNA" });
    let rows = json!({ "rows": [fact] });
    for (path, body) in [(SEVERITY, &fact), (CAUSES, &fact), (BATCH, &rows)] {
        let response = client.post(path, body);
        assert_eq!(
            (response.status, response.json()["code"].as_str()),
            (503, Some("no_model")),
            "{path}"
        );
        assert!(response.json()["hint"].as_str().unwrap().contains("ntsb_promote_model"), "{path}");
    }
    assert_eq!(client.service.get("/api/v1/models/info").json(), json!([]));
}

#[test]
fn labels_match_those_of_the_warehouse() {
    let database = Database::with_sample();
    let sql = "SELECT DISTINCT severity, ntsb_severity_label(severity), severity_label FROM ntsb.accidents
               WHERE severity IN ('FATL', 'SERS', 'MINR', 'NONE')";
    let rows = database.query_rows(sql, &[]);
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert_eq!(row.get::<_, String>(1), row.get::<_, String>(2));
        assert_eq!(row.get::<_, String>(1), label(&json!(row.get::<_, String>(0))));
    }
}

#[test]
fn a_prediction_needs_at_least_one_fact() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    register_model_for("cause_category", &database, 1, "Production", 0.6);
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "api_user", "premium");
    let post = |path: &str, body: &Value| service.post(path, &[("authorization", &token)], body);
    for path in ["severity", "severity/explain", "causes"] {
        for body in [json!({}), json!({ "acft_make": null }), json!([]), json!(7)] {
            let response = post(&format!("/api/v1/predictions/{path}"), &body);
            assert_eq!(response.status, 422, "{path} {body}: {}", response.text());
            let error = format!("{}{}", response.json()["message"], response.json()["hint"]);
            assert!(error.contains("at least one"), "{error}");
        }
    }
}

#[test]
fn rows_with_nul_or_without_facts_fail_alone_in_a_batch() {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "api_user", "premium");
    let valid = json!({ "acft_make": "CESSNA" });
    let rows = json!([valid, { "acft_make": "a\u{0}" }, {}, valid, { "dec_latitude": 91 }]);
    let batch = json!({ "rows": rows });
    let response = service.post("/api/v1/predictions/batch", &[("authorization", &token)], &batch);
    assert_eq!(response.status, 200, "{}", response.text());
    let response = response.json();
    assert_eq!((&response["count"], &response["failed"]), (&json!(5), &json!(3)));
    let codes: Vec<&Value> =
        response["results"].as_array().unwrap().iter().map(|row| &row["error"]["code"]).collect();
    assert_eq!(
        codes,
        [&json!(null), &json!("22P05"), &json!("22023"), &json!(null), &json!("22023")]
    );
    assert_eq!(response["results"][0]["result"], response["results"][3]["result"]);
    assert!(response["results"][0]["result"].is_object());
}
