//! Pages: no list is truncated silently, and an empty CSV still has its header.

use ntsb_tests::database::Database;
use serde_json::{Value, json};

use crate::service::{Response, Service};

/// A URL of each list with an empty result, and the start of its CSV header.
const EMPTY_LISTS: &[(&str, &str)] = &[
    ("/api/v1/events?from_year=9000", "ev_id,ntsb_no,"),
    ("/api/v2/events?from_year=9000", "ev_id,ntsb_no,"),
    ("/api/v1/search?q=zzzzqqqq", "ev_id,ev_date,"),
    ("/api/v1/analytics/near?lat=0&lon=0&km=1", "ev_id,ev_date,"),
    ("/api/v1/stats/yearly?from_year=9000", "ev_year,events,"),
    ("/api/v1/stats/monthly?from_year=9000", "ev_year,ev_month,"),
    ("/api/v1/stats/annual?from_year=9000", "ev_year,accidents,"),
    ("/api/v1/stats/rates?from_year=9000", "ev_year,operations,"),
    ("/api/v1/stats/by-aircraft-type?make=zzzz", "acft_make,acft_model,"),
];

#[test]
fn an_empty_csv_has_a_header() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "api_user", "premium");
    let csv = [("accept", "text/csv"), ("authorization", token.as_str())];
    for (path, start) in EMPTY_LISTS {
        let empty = service.get_with(path, &csv);
        assert_eq!(empty.status, 200, "{path}: {}", empty.text());
        let text = empty.text();
        assert!(text.starts_with(start) && text.ends_with("\r\n"), "{path}: {text:?}");
        assert_eq!((text.lines().count(), text.contains("next_page")), (1, false), "{path}");
    }
    let filter = json!({ "filter": "fatalities > 30000" });
    let empty = service.post("/api/v1/search/advanced", &csv, &filter).text();
    assert!(empty.starts_with("ev_id,") && empty.lines().count() == 1, "{empty:?}");
    // The header is the same as that of a list with rows.
    let one = service.get_with("/api/v1/events?limit=1", &csv).text();
    let none = service.get_with("/api/v1/events?from_year=9000", &csv).text();
    assert_eq!(one.lines().next(), none.lines().next());
}

/// Parses the URL in `Link: <…>; rel="next"`.
fn next_link(response: &Response) -> Option<String> {
    let link = response.header("link").strip_prefix('<')?;
    let (path, rest) = link.split_once('>')?;
    assert_eq!(rest, "; rel=\"next\"");
    Some(path.to_owned())
}

/// Reads all pages by following their links. Checks that `next_page` in the body agrees with the link.
fn follow_links(service: &Service, path: &str) -> Vec<Value> {
    let (mut all, mut path) = (Vec::new(), path.to_owned());
    loop {
        let response = service.get(&path);
        all.extend(response.rows());
        let next_page = response.json()["next_page"].as_str().map(str::to_owned);
        let link = next_link(&response);
        assert_eq!(next_page.is_some(), link.is_some(), "{path}");
        match (next_page, link) {
            (Some(page), Some(link)) => {
                assert!(link.ends_with(&format!("page={page}")), "{link}");
                path = link;
            }
            _ => return all,
        }
    }
}

#[test]
fn every_list_links_its_next_page_and_pages_join_to_the_whole() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    for (path, limit, source) in [
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
        let pages = follow_links(&service, &format!("{path}limit={limit}"));
        let count = usize::try_from(database.count_rows(source)).unwrap();
        assert!(count > limit, "{path} has only one page");
        assert_eq!(pages.len(), count, "{path}");
        let mut unique: Vec<String> = pages.iter().map(ToString::to_string).collect();
        let long_pages = follow_links(&service, &format!("{path}limit=1000"));
        assert_eq!(pages, long_pages, "{path}");
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), count, "{path} repeats a row");
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
fn other_formats_have_the_next_page_too() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let (first_page, empty_list) =
        ("/api/v1/events?state=AK&limit=5", "/api/v1/events?from_year=9000");
    let page = service.get(first_page).json()["next_page"].as_str().unwrap().to_owned();
    let get_as = |path, accept| service.get_with(path, &[("accept", accept)]);
    let last_line = |response: Response| -> Value {
        serde_json::from_str(response.text().lines().last().unwrap()).unwrap()
    };
    assert_eq!(last_line(get_as(first_page, "application/x-ndjson")), json!({ "next_page": page }));
    assert_eq!(last_line(get_as(empty_list, "application/x-ndjson")), json!({ "next_page": null }));
    let csv = get_as(first_page, "text/csv");
    assert_eq!(csv.header("next-page"), page);
    assert_eq!(next_link(&csv), Some(format!("{first_page}&page={page}")));
    assert_eq!(next_link(&get_as(empty_list, "text/csv")), None);
    assert_eq!(get_as(first_page, "application/geo+json").json()["next_page"], page.as_str());
    assert!(get_as(empty_list, "application/geo+json").json()["next_page"].is_null());
}
