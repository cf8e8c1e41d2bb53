//! Every route responds as the OpenAPI document declares.

use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use serde_json::{Map, Value, json};

use crate::service::Service;

/// Values for parameters without an example in the document.
fn parameter_value(name: &str) -> Option<&'static str> {
    match name {
        "ev_id" => Some("20240914902470"),
        "z" | "x" => Some("0"),
        "key_id" => Some("1"),
        _ => None,
    }
}

/// The URL of an operation, with its path parameters and the query parameters that have an example.
fn build_url(path: &str, operation: &Value) -> String {
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let example = &parameter["example"];
        let text = match example {
            Value::String(text) => text.replace(' ', "%20"),
            Value::Null => parameter_value(name).unwrap_or_default().to_owned(),
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

fn example_body(document: &Value, operation: &Value) -> Value {
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

/// The media type and schema that an operation declares for a status, with the referenced components.
fn declared_schema(document: &Value, operation: &Value, status: u16) -> Option<(String, Value)> {
    let content = operation["responses"][status.to_string()]["content"].as_object()?;
    let (media_type, declared) = content.iter().next()?;
    let mut schema: Map<String, Value> = declared["schema"].as_object()?.clone();
    schema.insert("components".into(), document["components"].clone());
    Some((media_type.clone(), Value::Object(schema)))
}

#[test]
fn every_route_responds_as_declared() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "admin", "premium");
    let bearer = [("authorization", token.as_str())];
    let document = service.get("/api/v1/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let mut checked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let url = build_url(path, operation);
            let response = match method.as_str() {
                "get" => service.get_with(&url, &bearer),
                "post" => service.post(&url, &bearer, &example_body(&document, operation)),
                "delete" => service.delete("/api/v1/admin/api-keys/999999", &bearer),
                other => panic!("{other} {path}"),
            };
            let declared = &operation["responses"][response.status.to_string()];
            assert!(
                declared.is_object(),
                "{method} {url} responds {}: {}",
                response.status,
                response.text()
            );
            let succeeded = [200, 204].contains(&response.status);
            let is_expected = succeeded
                || ["/ws/live-updates", "/api/v1/auth/token"].contains(&path.as_str())
                || method == "delete";
            assert!(
                is_expected,
                "{method} {url} responds {}: {}",
                response.status,
                response.text()
            );
            let Some((media_type, schema)) = declared_schema(&document, operation, response.status)
            else {
                continue;
            };
            assert!(
                response.header("content-type").starts_with(&media_type),
                "{url}: {media_type}"
            );
            if media_type.ends_with("json") {
                let validator =
                    jsonschema::validator_for(&schema).unwrap_or_else(|e| panic!("{path}: {e}"));
                let errors: Vec<_> = validator
                    .iter_errors(&response.json())
                    .map(|e| format!("{e} at {}", e.instance_path()))
                    .collect();
                assert!(errors.is_empty(), "{method} {url}: {errors:?}");
            }
            checked += 1;
        }
    }
    assert!(checked >= 34, "checked only {checked} routes");
}

#[test]
fn every_operation_has_a_unique_id_and_a_summary() {
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
