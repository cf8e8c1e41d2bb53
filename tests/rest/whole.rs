//! No list is cut off silently, and none is without its columns.

use ntsb_tests::database::Database;
use serde_json::{Value, json};

use crate::service::{Answer, Service};

/// All that are lists, with parameters for which nothing is found.
const EMPTY: &[(&str, &str)] = &[
    ("/api/v1/events?from_year=9000", "ev_id,ntsb_no,"),
    ("/api/v2/events?from_year=9000", "ev_id,ntsb_no,"),
    ("/api/v1/search?q=zzzzqqqq", "ev_id,ev_date,"),
    ("/api/v1/analytics/near?lat=0&lon=0&km=1", "ev_id,ev_date,"),
    ("/api/v1/stats/yearly?from_year=9000", "ev_year,events,"),
    ("/api/v1/stats/monthly?from_year=9000", "ev_year,ev_month,"),
    ("/api/v1/stats/by-aircraft-type?make=zzzz", "acft_make,acft_model,"),
];

#[test]
fn an_empty_csv_has_its_header_line() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "api_user", "premium");
    let csv = [("accept", "text/csv"), ("authorization", token.as_str())];
    for (path, start) in EMPTY {
        let empty = service.get_with(path, &csv);
        assert_eq!(empty.status, 200, "{path}: {}", empty.text());
        let text = empty.text();
        assert!(text.starts_with(start) && text.ends_with("\r\n"), "{path}: {text:?}");
        assert_eq!((text.lines().count(), text.contains("next_page")), (1, false), "{path}");
    }
    let filter = json!({ "filter": "fatalities > 30000" });
    let empty = service.post("/api/v1/search/advanced", &csv, &filter).text();
    assert!(empty.starts_with("ev_id,") && empty.lines().count() == 1, "{empty:?}");
    // As that of a list that is not empty.
    let one = service.get_with("/api/v1/events?limit=1", &csv).text();
    let none = service.get_with("/api/v1/events?from_year=9000", &csv).text();
    assert_eq!(one.lines().next(), none.lines().next());
}

/// The address in `Link: <…>; rel="next"`.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link").strip_prefix('<')?;
    let (path, rest) = link.split_once('>')?;
    assert_eq!(rest, "; rel=\"next\"");
    Some(path.to_owned())
}

/// All pages, by their links; each says the same in the body.
fn followed(service: &Service, path: &str) -> Vec<Value> {
    let (mut all, mut path) = (Vec::new(), path.to_owned());
    loop {
        let answer = service.get(&path);
        all.extend(answer.data());
        let said = answer.json()["next_page"].as_str().map(str::to_owned);
        let link = next(&answer);
        assert_eq!(said.is_some(), link.is_some(), "{path}");
        match (said, link) {
            (Some(page), Some(link)) => {
                assert!(link.ends_with(&format!("page={page}")), "{link}");
                path = link;
            }
            _ => return all,
        }
    }
}

#[test]
fn every_list_tells_its_next_page_and_pages_join_to_the_whole() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    for (path, short, whole) in [
        ("/api/v1/stats/by-aircraft-type?", 2, "ntsb.mv_aircraft_stats"),
        ("/api/v1/stats/causes?", 7, "ntsb.mv_cause_stats"),
        ("/api/v1/stats/causes?era=2008&", 3, "ntsb.mv_cause_stats WHERE era = '2008'"),
        (
            "/api/v1/analytics/near?lat=39.7&lon=-105&km=2000&",
            17,
            "ntsb_accidents_near(39.7, -105, 2000, 10000)",
        ),
        ("/api/v1/events?state=AK&", 5, "ntsb.fact_accidents WHERE ev_state = 'AK'"),
        ("/api/v1/search?q=engine&", 9, "ntsb_search('engine', max_rows => 10000)"),
    ] {
        let pages = followed(&service, &format!("{path}limit={short}"));
        let count = usize::try_from(database.count_rows(whole)).unwrap();
        assert!(count > short, "{path} has one page");
        assert_eq!(pages.len(), count, "{path}");
        let mut seen: Vec<String> = pages.iter().map(ToString::to_string).collect();
        let long = followed(&service, &format!("{path}limit=1000"));
        assert_eq!(pages, long, "{path}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "{path} repeats a row");
    }
    for bad in
        ["/api/v1/stats/causes?page=x", "/api/v1/analytics/near?lat=0&lon=0&km=1&page=WyJ4Il0"]
    {
        let refused = service.get(bad);
        assert_eq!(refused.status, 422, "{bad}");
        assert!(refused.json()["message"].as_str().unwrap().starts_with("invalid page cursor"));
    }
}

#[test]
fn other_forms_tell_the_next_page_too() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let (part, whole) = ("/api/v1/events?state=AK&limit=5", "/api/v1/events?from_year=9000");
    let page = service.get(part).json()["next_page"].as_str().unwrap().to_owned();
    let of = |path, accept| service.get_with(path, &[("accept", accept)]);
    let last_line = |answer: Answer| -> Value {
        serde_json::from_str(answer.text().lines().last().unwrap()).unwrap()
    };
    assert_eq!(last_line(of(part, "application/x-ndjson")), json!({ "next_page": page }));
    assert_eq!(last_line(of(whole, "application/x-ndjson")), json!({ "next_page": null }));
    let csv = of(part, "text/csv");
    assert_eq!(csv.header("next-page"), page);
    assert_eq!(next(&csv), Some(format!("{part}&page={page}")));
    assert_eq!(next(&of(whole, "text/csv")), None);
    assert_eq!(of(part, "application/geo+json").json()["next_page"], page.as_str());
    assert!(of(whole, "application/geo+json").json()["next_page"].is_null());
}
