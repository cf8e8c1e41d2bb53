//! Cached responses, which a load invalidates.

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::wait_for;

use crate::service::Service;

const PATH: &str = "/api/v1/stats/summary";
const EVENT: &str = "/api/v1/events/20240914902470";

fn count_cache_hits(service: &Service) -> u64 {
    let text = service.get("/metrics").text();
    let line = text.lines().find(|l| l.starts_with(r#"cache_requests_total{outcome="hit"}"#));
    line.map_or(0, |l| l.split(' ').next_back().unwrap().parse().unwrap())
}

#[test]
fn a_load_invalidates_cached_responses() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let first = service.get(EVENT);
    let etag = first.header("etag").to_owned();
    assert!(etag.len() > 10 && first.header("cache-control") == "public, no-cache");

    let same = service.get_with(EVENT, &[("if-none-match", &etag)]);
    assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, etag.as_str()));
    assert!(count_cache_hits(&service) >= 1, "the second response did not come from the cache");

    // up08NOV.zip corrects the severity of this event.
    let before = service.get(PATH).json();
    load(&database, &[], &fixture("up08NOV.zip"));
    let severity: String = database
        .query_value("SELECT severity FROM ntsb.fact_accidents WHERE ev_id = '20240914902470'");
    let response = wait_for("the new response", 5, || {
        let response = service.get_with(EVENT, &[("if-none-match", &etag)]);
        (response.status == 200).then_some(response)
    });
    assert_ne!(first.json()["severity"], response.json()["severity"]);
    assert_eq!(response.json()["severity"], severity);
    let events = database.count_rows("ntsb.fact_accidents");
    wait_for("the new count", 5, || (service.get(PATH).json()["events"] == events).then_some(()));
    assert_ne!(before["events"], events);
}

#[test]
fn a_cache_of_0_bytes_stores_nothing() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cache_bytes", "0")]);
    service.wait_until_listening();
    for _ in 0..3 {
        assert_eq!(service.get(PATH).status, 200);
    }
    assert_eq!(count_cache_hits(&service), 0);
    // Responses differ by role and by format.
    let token = service.create_bearer(&database, "viewer", "free");
    let authorized = service.get_with(PATH, &[("authorization", &token)]);
    assert_eq!(authorized.status, 200);
    let csv = service.get_with("/api/v1/stats/yearly", &[("accept", "text/csv")]);
    assert!(csv.text().starts_with("ev_year,"));
    assert_eq!(service.get("/api/v1/stats/yearly").header("content-type"), "application/json");
}

#[test]
fn the_cache_is_bounded_by_bytes() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("cache_bytes", "50000")]);
    service.wait_until_listening();
    let read_metric = |name: &str| -> u64 {
        let text = service.get("/metrics").text();
        text.lines().find_map(|l| l.strip_prefix(name)).unwrap().trim().parse().unwrap()
    };
    for n in 1..60 {
        assert_eq!(service.get(&format!("/api/v1/events?limit={n}")).status, 200);
        let bytes = read_metric("cache_bytes ");
        assert!(bytes <= 50_000, "{bytes}");
    }
    let entries = read_metric("cache_entries ");
    assert!((1..59).contains(&entries), "{entries}");
    // The most recent response is still cached.
    let before = count_cache_hits(&service);
    service.get("/api/v1/events?limit=59");
    assert_eq!(count_cache_hits(&service), before + 1);
}

#[test]
fn unknown_parameters_are_refused_with_the_nearest_name() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    for (path, hint) in [
        ("/api/v1/events?states=AK", "Did you mean state?"),
        ("/api/v1/events?form_year=2000", "Did you mean from_year?"),
        ("/api/v1/stats/yearly?to_yaer=2000", "Did you mean to_year?"),
        ("/api/v1/stats/summary?x=1", "This address takes no query parameters."),
        ("/api/v1/events/20240914902470?x=1", "This address takes no query parameters."),
        ("/ws/live-updates?sinec=1", "Did you mean since?"),
    ] {
        let refused = service.get(path);
        assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("bad_input")));
        assert_eq!(refused.json()["hint"], hint, "{path}");
    }
    let no_match = service.get("/api/v1/events?zzzzzzzz=1");
    assert!(
        no_match.json()["hint"].as_str().unwrap().contains("from_year, to_year, ev_type, state")
    );
}
