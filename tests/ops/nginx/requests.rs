//! The service's own requests pass the proxy unchanged: ModSecurity raises no false alarm.

use ntsb_tests::database::Database;
use ntsb_tests::filters::FILTERS;
use ntsb_tests::model::{read_fixture_model, register_model, register_model_for};
use serde_json::{Value, json};

use super::proxy::{Nginx, Request};
use super::service::Service;

/// A service with sample data and models, that trusts the proxy.
pub fn start_service(database: &Database) -> Service {
    // A line for each request would hide the message of a failed test.
    let log = "info,ntsb_rest::middleware=warn";
    Service::start(database, &[("trusted_proxies", r#"["127.0.0.1/32"]"#), ("log", log)])
}

pub fn percent_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What people search for, with quotes, apostrophes, operators and words that rules look for.
const SEARCHES: &[&str] = &[
    "O'Hare",
    "\"engine power\" -fuel",
    "\"carburetor ice\" OR \"carburettor ice\"",
    "pilot's failure to maintain airspeed",
    "St. John's",
    "Martha's Vineyard",
    "loss of control; stall/spin",
    "50% power & full flaps",
    "select the fuel tank",
    "union of the flap and the wing",
    "the pilot's \"last words\"",
    "cat II approach",
    "or 1 engine out",
    "drop table mountain",
    "passenger exec jet",
    "insert of the fuel line",
    "<200 ft ceiling",
    "altitude >= 3000",
    "ground-loop --taxi",
    "Cessna 172/182",
    "who was flying",
    "ping the tower",
    "script for the air show",
    "C:130",
    "Señor Añasco",
    "#2 engine",
    "wget",
    "load & balance (aft c.g.)",
    "10/10/2008",
    "user's manual",
];

const PATHS: &[&str] = &[
    "/",
    "/docs/",
    "/docs/swagger-ui.css",
    "/health",
    "/health/ready",
    "/api/v1/openapi.json",
    "/api/v1/events?from_year=1990&to_year=1995",
    "/api/v1/events?state=ak,CA",
    "/api/v1/events?state=alaska,CA&severity=Fatal,sers",
    "/api/v1/events?make=CESSNA%20AIRCRAFT%20CO",
    "/api/v1/events?make=PIPER&model=PA28-140",
    "/api/v1/events?make=O%27Neill&limit=3",
    "/api/v1/events?far_part=135,121&weather=IMC",
    "/api/v1/events?bbox=-125,30,-100,50",
    "/api/v1/events?bbox=150,-90,-120,90&domestic=true",
    "/api/v1/events?limit=333&sort=-ev_date",
    "/api/v2/events?limit=3",
    "/api/v1/events?limit=0",
    "/api/v1/events?page=nonsense",
    "/api/v1/events?bbox=1,2,3",
    "/api/v1/events/20240914902470",
    "/api/v1/events/20240914902470/crew",
    "/api/v1/events/20240914902470/narratives",
    "/api/v1/events/99999999X99999",
    "/api/v1/stats/yearly?from_year=2000&to_year=2010",
    "/api/v1/stats/by-aircraft-type?make=CESSNA&limit=7",
    "/api/v1/stats/causes?era=2008&kind=finding&limit=1000",
    "/api/v1/analytics/near?lat=39.7&lon=-105&km=200&limit=17",
    "/api/v1/analytics/near?lat=39.7&lon=-105&km=-1",
    "/nowhere",
];

fn openapi_requests(document: &Value) -> Vec<Request> {
    let mut requests = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let is_own = path.contains("metrics") || path.starts_with("/ws/") || method == "delete";
            if !is_own {
                requests.push(openapi_request(document, path, method, operation));
            }
            // Every path that takes a filter needs the exclusion for it.
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            if parameters.into_iter().any(|parameter| parameter["name"] == "filter") {
                let mut request = openapi_request(document, path, method, operation);
                let (address, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
                let others = query.split('&').filter(|pair| !pair.starts_with("filter="));
                let filter = percent_encode(
                    "severity = 'FATL' AND (acft_make = 'Cessna' OR ev_state IN ('AK', 'CA'))",
                );
                let query: Vec<String> =
                    others.map(str::to_owned).chain([format!("filter={filter}")]).collect();
                request.path = format!("{address}?{}", query.join("&").trim_start_matches('&'));
                requests.push(request);
            }
        }
    }
    requests
}

/// With the parameters that have an example, and the example of the body.
fn openapi_request(document: &Value, path: &str, method: &str, operation: &Value) -> Request {
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let text = match (&parameter["example"], name) {
            (Value::String(text), _) => percent_encode(text),
            (Value::Null, "ev_id") => "20240914902470".to_owned(),
            (Value::Null, "z" | "x") => "0".to_owned(),
            (Value::Null, _) => continue,
            (other, _) => other.to_string(),
        };
        if parameter["in"] == "path" {
            path = path.replace(&format!("{{{name}}}"), &text);
        } else {
            query.push(format!("{name}={text}"));
        }
    }
    let url = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    if method == "get" {
        return Request::get(url);
    }
    let content = &operation["requestBody"]["content"]["application/json"];
    let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
    let schema = &document["components"]["schemas"][schema.rsplit('/').next().unwrap()]["example"];
    let example = if content["example"].is_null() { schema } else { &content["example"] };
    let body =
        if example.is_null() { json!({ "api_key": "ntsb_unknown" }) } else { example.clone() };
    Request::post(url, &body)
}

fn search_requests() -> Vec<Request> {
    let mut requests = Vec::new();
    for words in SEARCHES {
        requests.push(Request::get(format!("/api/v1/search?q={}&limit=5", percent_encode(words))));
    }
    for filter in FILTERS {
        let text = percent_encode(filter);
        requests.push(Request::get(format!("/api/v1/search?q=pilot&limit=5&filter={text}")));
        requests.push(Request::post(
            "/api/v1/search/advanced",
            &json!({ "filter": filter, "limit": 5 }),
        ));
    }
    let tree = json!({"and": [{"column": "acft_make", "op": "eq", "value": "O'Neill"},
        {"or": [{"column": "ev_state", "op": "in", "value": ["AK", "CA"]},
                {"not": {"column": "wx_cond_basic", "op": "eq", "value": "IMC"}}]}]});
    requests.push(Request::post("/api/v1/search/advanced", &json!({ "tree": tree, "limit": 5 })));
    requests.push(Request::post(
        "/api/v1/search/advanced",
        &json!({ "filter": "pg_sleep(1) IS NULL" }),
    ));
    requests.push(Request::get(format!(
        "/api/v1/analytics/near?lat=40&lon=-100&km=500&limit=3&filter={}",
        percent_encode("acft_make = 'Cessna' AND (fatalities > 0 OR severity = 'SERS')")
    )));
    requests
}

fn prediction_requests() -> Vec<Request> {
    let fixture = read_fixture_model();
    let facts: Vec<Value> = fixture["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["facts"].clone())
        .filter(|facts| facts.as_object().unwrap().values().any(|v| !v.is_null()))
        .collect();
    let mut requests = Vec::new();
    for facts in &facts {
        for path in ["severity", "severity/explain", "causes"] {
            requests.push(Request::post(format!("/api/v1/predictions/{path}"), facts));
        }
    }
    let many: Vec<&Value> = facts.iter().cycle().take(2_000).collect();
    for rows in [json!(facts), json!(many)] {
        requests.push(Request::post("/api/v1/predictions/batch", &json!({ "rows": rows })));
    }
    requests
}

/// The status of the service itself.
fn direct_status(service: &Service, request: &Request) -> u16 {
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .filter(|(name, _)| name != "content-type")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    match &request.body {
        None => service.get_with(&request.path, &headers).status,
        Some(body) => {
            service.post(&request.path, &headers, &serde_json::from_str(body).unwrap()).status
        }
    }
}

#[test]
fn no_request_of_the_service_raises_a_false_alarm() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = start_service(&database);
    let bearer = service.create_bearer(&database, "analyst", "premium");
    let nginx = Nginx::start_unlimited(&service.address);
    let document = service.get("/api/v1/openapi.json").json();
    let mut requests: Vec<Request> = PATHS.iter().map(|path| Request::get(*path)).collect();
    requests.extend(openapi_requests(&document));
    requests.extend(search_requests());
    requests.extend(prediction_requests());
    let agents = [
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "python-requests/2.32",
        "curl/8.5.0",
        "okhttp/4.12",
    ];
    for (request, agent) in requests.iter_mut().zip(agents.iter().cycle()) {
        *request = request.clone().header("authorization", &bearer).header("user-agent", agent);
    }
    let responses = nginx.send(&requests);
    let refused_by = nginx.refused_by();
    let mut wrong = Vec::new();
    for (request, response) in requests.iter().zip(&responses) {
        let expected = direct_status(&service, request);
        if response.status != expected {
            let rules = refused_by.get(&request.path);
            let body = request.body.as_deref().unwrap_or_default();
            let body = body.get(..200).unwrap_or(body);
            wrong.push(format!(
                "{} {} {body}: {} not {expected}, {rules:?}",
                request.method, request.path, response.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), requests.len(), wrong.join("\n"));
    let succeeded = responses.iter().filter(|response| response.status == 200).count();
    assert!(requests.len() >= 250 && succeeded >= 220, "{succeeded} of {}", requests.len());
    println!("{} requests, {succeeded} with status 200", requests.len());
}
