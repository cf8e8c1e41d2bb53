//! The description of the service is true: every route answers as it says.

use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use serde_json::{Map, Value, json};

use crate::service::Service;

/// Values for parameters without an example.
fn value(name: &str) -> Option<&'static str> {
    match name {
        "ev_id" => Some("20240914902470"),
        "z" | "x" => Some("0"),
        "key_id" => Some("1"),
        _ => None,
    }
}

/// The address with its parameters: those that have to be, and those with an example.
fn address(path: &str, operation: &Value) -> String {
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let example = &parameter["example"];
        let text = match example {
            Value::String(text) => text.replace(' ', "%20"),
            Value::Null => value(name).unwrap_or_default().to_owned(),
            other => other.to_string(),
        };
        if parameter["in"] == "path" {
            assert_ne!(text, "", "{path}: {name} has no example");
            path = path.replace(&format!("{{{name}}}"), &text);
        } else if !text.is_empty() {
            query.push(format!("{name}={text}"));
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn example(document: &Value, operation: &Value) -> Value {
    let content = &operation["requestBody"]["content"]["application/json"];
    if content["example"].is_object() {
        return content["example"].clone();
    }
    let schema = &content["schema"];
    let name = schema["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let found = &document["components"]["schemas"][name]["example"];
    match name {
        "Batch" => json!({ "rows": [{ "acft_make": "CESSNA" }] }),
        "Key" => json!({ "api_key": "unknown" }),
        _ => found.clone(),
    }
}

/// The schema that an operation promises for a status, with all that it refers to.
fn promised(document: &Value, operation: &Value, status: u16) -> Option<(String, Value)> {
    let content = operation["responses"][status.to_string()]["content"].as_object()?;
    let (media, of) = content.iter().next()?;
    let mut schema: Map<String, Value> = of["schema"].as_object()?.clone();
    schema.insert("components".into(), document["components"].clone());
    Some((media.clone(), Value::Object(schema)))
}

#[test]
fn every_route_answers_as_its_description_says() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "admin", "premium");
    let bearer = [("authorization", token.as_str())];
    let document = service.get("/api/v1/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let mut answered = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let address = address(path, operation);
            let answer = match method.as_str() {
                "get" => service.get_with(&address, &bearer),
                "post" => service.post(&address, &bearer, &example(&document, operation)),
                "delete" => service.delete("/api/v1/admin/api-keys/999999", &bearer),
                other => panic!("{other} {path}"),
            };
            let declared = &operation["responses"][answer.status.to_string()];
            assert!(
                declared.is_object(),
                "{method} {address} answers {}: {}",
                answer.status,
                answer.text()
            );
            let good = [200, 204].contains(&answer.status);
            let meant = good
                || ["/ws/live-updates", "/api/v1/auth/token"].contains(&path.as_str())
                || method == "delete";
            assert!(meant, "{method} {address} answers {}: {}", answer.status, answer.text());
            let Some((media, schema)) = promised(&document, operation, answer.status) else {
                continue;
            };
            assert!(answer.header("content-type").starts_with(&media), "{address}: {media}");
            if media.ends_with("json") {
                let validator =
                    jsonschema::validator_for(&schema).unwrap_or_else(|e| panic!("{path}: {e}"));
                let problems: Vec<_> = validator
                    .iter_errors(&answer.json())
                    .map(|e| format!("{e} at {}", e.instance_path()))
                    .collect();
                assert!(problems.is_empty(), "{method} {address}: {problems:?}");
            }
            answered += 1;
        }
    }
    assert!(answered >= 34, "only {answered} routes answered");
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_how_it_fails() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let document = service.get("/api/v1/openapi.json").json();
    let mut names = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{path}");
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), count >= 35), (count, true), "{names:?}");
}
