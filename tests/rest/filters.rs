//! Filters and parameters find the same events as SQL conditions on ntsb.accidents.

use std::collections::BTreeSet;

use ntsb_tests::filters::FILTERS;
use ntsb_tests::special_events;
use serde_json::{Value, json};

use crate::service::Service;

fn event_ids(response: &Value) -> BTreeSet<String> {
    let rows = response["data"].as_array().unwrap();
    rows.iter().map(|row| row["ev_id"].as_str().unwrap().to_owned()).collect()
}

/// The events of a list, read page by page.
fn read_all_pages(service: &Service, address: &str) -> BTreeSet<String> {
    let (mut found, mut page) = (BTreeSet::new(), String::new());
    loop {
        let response = service.get(&format!("{address}{page}"));
        assert_eq!(response.status, 200, "{address}: {}", response.text());
        let response = response.json();
        found.extend(event_ids(&response));
        match response["next_page"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => return found,
        }
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn filters_find_the_same_events_as_sql() {
    let database = special_events::create_database();
    let service = Service::start(
        &database,
        &[("free_per_minute", "100000"), ("premium_per_minute", "100000")],
    );
    let bearer = service.create_bearer(&database, "api_user", "premium");
    for condition in FILTERS {
        let sql = format!("SELECT ev_id FROM ntsb.accidents WHERE {condition}");
        let expected: BTreeSet<String> = database.query_column(&sql, &[]).into_iter().collect();
        let (mut found, mut page) = (BTreeSet::new(), Value::Null);
        loop {
            let body = json!({"filter": condition, "limit": 1000, "page": page});
            let headers = [("authorization", bearer.as_str())];
            let response = service.post("/api/v1/search/advanced", &headers, &body);
            assert_eq!(response.status, 200, "{condition}: {}", response.text());
            let response = response.json();
            found.extend(event_ids(&response));
            page = response["next_page"].clone();
            if page.is_null() {
                break;
            }
        }
        assert_eq!(found, expected, "{condition}");
    }
}

#[test]
fn parameters_find_the_same_events_as_sql() {
    let database = special_events::create_database();
    let service = Service::start(
        &database,
        &[("free_per_minute", "100000"), ("premium_per_minute", "100000")],
    );
    let hits =
        read_all_pages(&service, "/api/v1/search?q=pilot%20OR%20cessna%20OR%20piper&limit=1000");
    assert!(hits.len() > 500);
    for (parameters, condition) in [
        ("domestic=true", "is_domestic"),
        ("domestic=false", "is_domestic = false"),
        ("severity=FATL", "severity = 'FATL'"),
        ("severity=Fatal,sers", "severity IN ('FATL', 'SERS')"),
        ("state=AK", "ev_state = 'AK'"),
        ("state=alaska,CA", "ev_state IN ('AK', 'CA')"),
        ("make=CESSNA", "acft_make = 'Cessna'"),
        ("from_year=1990&to_year=1999", "ev_year BETWEEN 1990 AND 1999"),
        (
            "make=piper&severity=NONE&domestic=true",
            "acft_make = 'Piper' AND severity = 'NONE' AND is_domestic",
        ),
    ] {
        let sql = format!("SELECT ev_id FROM ntsb.accidents WHERE {condition}");
        let expected: BTreeSet<String> = database.query_column(&sql, &[]).into_iter().collect();
        assert!(!expected.is_empty(), "{condition}");
        let events = read_all_pages(&service, &format!("/api/v1/events?limit=1000&{parameters}"));
        assert_eq!(events, expected, "{parameters}");
        let found: BTreeSet<String> = hits.intersection(&expected).cloned().collect();
        let search = "/api/v1/search?q=pilot%20OR%20cessna%20OR%20piper&limit=1000";
        assert_eq!(
            read_all_pages(&service, &format!("{search}&{parameters}")),
            found,
            "{parameters}"
        );
        let filtered = format!("{search}&filter={}", percent_encode(condition));
        assert_eq!(read_all_pages(&service, &filtered), found, "{condition}");
    }
    for (parameters, condition) in [
        ("ev_type=INC", "ev_type = 'INC'"),
        ("ev_type=accident", "ev_type = 'ACC'"),
        ("far_part=91", "far_part = '091'"),
        ("far_part=121,135", "far_part IN ('121', '135')"),
        ("weather=imc", "wx_cond_basic = 'IMC'"),
        ("make=cessna&model=172n", "acft_make = 'Cessna' AND acft_model = '172N'"),
        ("model=172N", "acft_model = '172N'"),
        ("bbox=-170,50,-130,72", "lon BETWEEN -170 AND -130 AND lat BETWEEN 50 AND 72"),
    ] {
        let sql = format!("SELECT ev_id FROM ntsb.accidents WHERE {condition}");
        let expected: BTreeSet<String> = database.query_column(&sql, &[]).into_iter().collect();
        assert!(!expected.is_empty(), "{condition}");
        let events = read_all_pages(&service, &format!("/api/v1/events?limit=1000&{parameters}"));
        assert_eq!(events, expected, "{parameters}");
    }
}

#[test]
fn an_unknown_code_is_an_error_with_a_hint() {
    let database = special_events::create_database();
    let service = Service::start(&database, &[]);
    for (address, value, hint) in [
        ("/api/v1/events?severity=FATALITY", "severity has no code \"FATALITY\"", "FATL (Fatal)"),
        ("/api/v1/events?state=ZZ", "ev_state has no code \"ZZ\"", "AK (Alaska)"),
        ("/api/v1/events?far_part=9", "far_part has no code \"9\"", "091 (Part 91"),
        ("/api/v1/events?weather=fog", "wx_cond_basic has no code \"fog\"", "IMC"),
        ("/api/v1/events?ev_type=crash", "ev_type has no code \"crash\"", "ACC (Accident)"),
        ("/api/v1/search?q=ice&state=Alska", "did you mean \"AK\"?", "AK (Alaska)"),
        ("/api/v1/search?q=ice&severity=bad", "severity has no code \"bad\"", "FATL (Fatal)"),
        (
            "/api/v1/analytics/near?lat=0&lon=0&km=1&filter=damage%3D%27TOTAL%27",
            "damage has no code",
            "DEST (Destroyed)",
        ),
    ] {
        let response = service.get(address);
        assert_eq!(response.status, 422, "{address}: {}", response.text());
        assert!(
            response.text().replace("\\\"", "\"").contains(value),
            "{address}: {}",
            response.text()
        );
        assert!(response.text().contains(hint), "{address}: {}", response.text());
    }
}
