//! Predictions over HTTP are those of SQL, and so are the errors.

use ntsb_tests::database::Database;
use ntsb_tests::model::{read_fixture_model, register_model, register_model_for};
use postgres::types::Json;
use serde_json::{Value, json};

use crate::service::{Answer, Service};

const SEVERITY: &str = "/api/v1/predictions/severity";
const CAUSES: &str = "/api/v1/predictions/causes";
const EXPLAIN: &str = "/api/v1/predictions/severity/explain";
const BATCH: &str = "/api/v1/predictions/batch";

/// What SQL answers to facts ($1).
const SAID: &str = "SELECT to_jsonb(p) FROM ntsb_predict_severity($1::jsonb) p";

fn predicting() -> Database {
    let database = Database::empty_warehouse();
    register_model(&database, 1, "Production", 0.6);
    register_model_for("cause_category", &database, 1, "Production", 0.6);
    database
}

/// Over HTTP an accident needs at least one fact.
fn facts() -> Vec<Value> {
    let fixture = read_fixture_model();
    let all = fixture["cases"].as_array().unwrap().iter().map(|case| case["facts"].clone());
    all.filter(|facts| facts.as_object().unwrap().values().any(|v| !v.is_null())).collect()
}

fn in_sql(database: &Database, sql: &str, facts: &Value) -> Vec<Value> {
    let rows = database.query_rows(sql, &[&Json(facts)]);
    rows.iter().map(|row| row.get::<_, Json<Value>>(0).0).collect()
}

fn label(code: &Value) -> &'static str {
    match code.as_str().unwrap() {
        "FATL" => "Fatal",
        "SERS" => "Serious",
        "MINR" => "Minor",
        "NONE" => "None",
        other => panic!("{other} is no severity"),
    }
}

struct Asked {
    service: Service,
    token: String,
}

impl Asked {
    fn of(database: &Database) -> Asked {
        let service = Service::start(database, &[]);
        let token = service.bearer(database, "api_user", "premium");
        Asked { service, token }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.service.post(path, &[("authorization", &self.token)], body)
    }
}

#[test]
fn a_severity_has_code_label_and_the_numbers_of_sql() {
    let database = predicting();
    let asked = Asked::of(&database);
    for facts in facts() {
        let answer = asked.post(SEVERITY, &facts);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut found = answer.json();
        let named = found.as_object_mut().unwrap().remove("label").unwrap();
        assert_eq!(named, label(&found["predicted_severity"]));
        assert_eq!(found, in_sql(&database, SAID, &facts)[0]);
    }
    let metrics = asked.service.get("/metrics").text();
    let count = facts().len();
    for line in [
        format!(r#"ml_predictions_total{{model="severity",outcome="ok"}} {count}"#),
        format!("ml_prediction_confidence_count {count}"),
    ] {
        assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
    }
}

#[test]
fn explanations_and_causes_are_those_of_sql() {
    let database = predicting();
    let asked = Asked::of(&database);
    for facts in facts().iter().take(5) {
        let explained = "SELECT to_jsonb(e) FROM ntsb_explain_severity($1::jsonb) e";
        let found = asked.post(EXPLAIN, facts).json();
        assert_eq!(found, Value::Array(in_sql(&database, explained, facts)));
        let caused = "SELECT to_jsonb(c) FROM ntsb_predict_causes($1::jsonb, 2) c";
        let found = asked.post(&format!("{CAUSES}?k=2"), facts).json();
        assert_eq!(found.as_array().unwrap().len(), 2);
        assert_eq!(found, Value::Array(in_sql(&database, caused, facts)));
    }
}

#[test]
fn a_row_that_is_wrong_leaves_the_others_of_its_batch_right() {
    let database = predicting();
    let asked = Asked::of(&database);
    let bad = json!({ "dec_latitude": 91 });
    let mut rows = facts();
    rows.insert(1, bad.clone());
    rows.push(json!(7));
    let answer = asked.post(BATCH, &json!({ "rows": rows })).json();
    assert_eq!((&answer["count"], &answer["failed"]), (&json!(rows.len()), &json!(2)));
    for (row, told) in rows.iter().zip(answer["results"].as_array().unwrap()) {
        if row == &bad || row == &json!(7) {
            assert!(told["result"].is_null(), "{told}");
            assert_eq!(told["error"]["code"], "22023", "{told}");
            continue;
        }
        assert_eq!(
            (&told["result"], &told["error"]),
            (&asked.post(SEVERITY, row).json(), &json!(null))
        );
    }
    let alone = asked.post(SEVERITY, &bad);
    assert_eq!(alone.status, 422, "{}", alone.text());
    assert_eq!(alone.json()["message"], answer["results"][1]["error"]["message"]);
    assert!(alone.json()["message"].as_str().unwrap().contains("91"), "{}", alone.text());
    assert!(!alone.json()["hint"].is_null());

    let causes = asked.post(BATCH, &json!({ "rows": [facts()[0]], "target": "causes" })).json();
    assert_eq!(causes["results"][0]["result"], asked.post(CAUSES, &facts()[0]).json());
}

#[test]
fn a_batch_has_1_to_10_000_rows() {
    let database = predicting();
    let asked = Asked::of(&database);
    let of = |count: usize| json!({ "rows": vec![json!({ "acft_make": "CESSNA" }); count] });
    for (body, status) in [
        (of(0), 422),
        (of(10_001), 422),
        (json!({ "rows": [{}], "target": "weather" }), 422),
        (json!({ "rows": {} }), 422),
        (of(10_000), 200),
    ] {
        let answer = asked.post(BATCH, &body);
        let text = answer.text();
        assert_eq!(answer.status, status, "{}", text.get(..200).unwrap_or(&text));
    }
}

#[test]
fn without_a_model_the_answer_says_what_to_do() {
    let database = Database::empty_warehouse();
    let asked = Asked::of(&database);
    let fact = json!({ "acft_make": "CESSNA" });
    let rows = json!({ "rows": [fact] });
    for (path, body) in [(SEVERITY, &fact), (CAUSES, &fact), (BATCH, &rows)] {
        let answer = asked.post(path, body);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (503, Some("no_model")),
            "{path}"
        );
        assert!(answer.json()["hint"].as_str().unwrap().contains("ntsb_promote_model"), "{path}");
    }
    assert_eq!(asked.service.get("/api/v1/models/info").json(), json!([]));
}

#[test]
fn labels_are_those_of_the_warehouse() {
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
