//! Responses of the endpoints match the results of SQL, in each format and version.

use std::collections::HashSet;

use ntsb_tests::database::Database;
use serde_json::{Value, json};

use crate::service::Service;

/// A URL and the SQL query that returns the same rows.
const URLS_AND_QUERIES: &[(&str, &str)] = &[
    (
        "/api/v1/stats/yearly?from_year=2000&to_year=2010",
        "SELECT ev_year, events, fatal_events, serious_events, minor_events, uninjured_events, domestic_events,
                domestic_fatal_events, fatalities, fatal_events_without_count, serious, minor, uninjured, with_findings, final_reports,
                completeness::float8
         FROM ntsb.mv_yearly_stats WHERE ev_year BETWEEN 2000 AND 2010 ORDER BY ev_year",
    ),
    (
        "/api/v1/stats/monthly",
        "SELECT * FROM ntsb.mv_monthly_stats ORDER BY ev_year, ev_month",
    ),
    ("/api/v1/stats/annual?from_year=2003&to_year=2009", "SELECT * FROM ntsb_annual_statistics() WHERE ev_year BETWEEN 2003 AND 2009 ORDER BY ev_year"),
    (
        "/api/v1/stats/rates?from_year=2003",
        "SELECT ev_year, operations, acft_category, accidents, fatal_accidents, fatalities, fatal_accidents_without_count,
                hours, accidents_per_100k_hours, fatal_accidents_per_100k_hours, fatalities_per_100k_hours, source, edition,
                revision, year_completeness::float8 AS year_completeness
         FROM ntsb.accident_rates WHERE ev_year >= 2003 ORDER BY ev_year, operations, acft_category NULLS FIRST",
    ),
    (
        "/api/v1/stats/by-state",
        "SELECT ev_state, ntsb_code_meaning('state', ev_state) AS state_name, events, fatal_events, fatalities,
                fatal_events_without_count, placed_events, first_year, last_year, ST_Y(centroid::geometry) AS lat, ST_X(centroid::geometry) AS lon
         FROM ntsb.mv_state_heatmap ORDER BY events DESC, ev_state",
    ),
    (
        "/api/v1/stats/by-aircraft-type?make=CESSNA&limit=7",
        "SELECT acft_make, acft_model, events, fatal_events, fatalities, fatal_events_without_count, first_year, last_year
         FROM ntsb.mv_aircraft_stats WHERE acft_make = 'Cessna' ORDER BY events DESC, acft_make, acft_model LIMIT 7",
    ),
    (
        "/api/v1/stats/causes?era=2008&kind=finding&limit=1000",
        "SELECT * FROM ntsb.mv_cause_stats WHERE era = '2008' AND kind = 'finding'
         ORDER BY events DESC, era, kind, code, in_probable_cause LIMIT 1000",
    ),
    (
        "/api/v1/search?q=engine%20power&limit=5&state=AK,CA",
        "SELECT ev_id, ev_date, place, aircraft, severity, rank, snippet
         FROM ntsb_search('engine power', states => '{AK,CA}', max_rows => 5)",
    ),
    (
        "/api/v1/events/20240914902470/crew",
        "SELECT aircraft_key, crew_no, crew_category, category AS crew_category_meaning, crew_age, total_hours,
                make_hours, last_90_days FROM ntsb.crew_enriched WHERE ev_id = '20240914902470'",
    ),
];

/// Makes all numbers floats: PostgreSQL writes 1 where Rust writes 1.0.
fn normalize_numbers(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64()),
        Value::Array(all) => all.into_iter().map(normalize_numbers).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(name, v)| (name, normalize_numbers(v))).collect()
        }
        other => other,
    }
}

fn query_rows_as_json(database: &Database, sql: &str) -> Value {
    let sql = format!("SELECT coalesce(json_agg(to_json(q)), '[]')::text FROM ({sql}) q");
    serde_json::from_str(&database.query_value::<String>(&sql)).unwrap()
}

#[test]
fn numbers_match_sql() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    for (path, sql) in URLS_AND_QUERIES {
        let found = Value::Array(service.get(path).rows());
        assert_ne!(found, json!([]), "{path}");
        assert_eq!(
            normalize_numbers(found),
            normalize_numbers(query_rows_as_json(&database, sql)),
            "{path}"
        );
    }
    let summary = service.get("/api/v1/stats/summary").json();
    let count = database.count_rows("ntsb.fact_accidents");
    assert_eq!(summary["events"], json!(count));
}

/// Reads all pages of a list.
fn read_all_pages(service: &Service, path: &str) -> Vec<Value> {
    let (mut all, mut page) = (Vec::new(), String::new());
    loop {
        let response = service.get(&format!("{path}{page}"));
        all.extend(response.rows());
        match response.json()["next_page"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => return all,
        }
    }
}

fn event_ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["ev_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_together_are_the_whole_list_in_every_sort_order() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let date = "coalesce(ev_date, make_date(ev_year::int, 1, 1))";
    for (sort, order) in [
        ("-ev_date", format!("{date} DESC, ev_id DESC")),
        ("ev_date", format!("{date}, ev_id")),
        ("-fatalities", "coalesce(fatalities, 0) DESC, ev_id DESC".to_owned()),
        ("ev_id", "ev_id".to_owned()),
    ] {
        let expected: Vec<String> = database
            .query_column(&format!("SELECT ev_id FROM ntsb.fact_accidents ORDER BY {order}"), &[]);
        let found =
            event_ids(&read_all_pages(&service, &format!("/api/v1/events?limit=333&sort={sort}")));
        assert_eq!(found, expected, "{sort}");
    }
}

#[test]
fn parameters_filter_like_the_sql_condition() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    for (query, condition) in [
        ("from_year=1990&to_year=1995", "ev_year BETWEEN 1990 AND 1995"),
        ("state=ak,CA", "ev_state IN ('AK', 'CA')"),
        ("severity=FATL,SERS", "severity IN ('FATL', 'SERS')"),
        ("make=CESSNA%20AIRCRAFT%20CO", "acft_make = 'Cessna'"),
        ("make=PIPER&model=PA28-140", "acft_make = 'Piper' AND acft_model = 'PA-28-140'"),
        ("far_part=135,121", "far_part IN ('135', '121')"),
        ("weather=IMC", "wx_cond_basic = 'IMC'"),
        ("bbox=-125,30,-100,50", "lon BETWEEN -125 AND -100 AND lat BETWEEN 30 AND 50"),
        ("bbox=150,-90,-120,90", "(lon >= 150 OR lon <= -120) AND lat BETWEEN -90 AND 90"),
        ("domestic=true", "is_domestic"),
        (
            "state=AK&severity=FATL&domestic=true",
            "ev_state = 'AK' AND severity = 'FATL' AND is_domestic",
        ),
    ] {
        let sql = format!("SELECT ev_id FROM ntsb.fact_accidents WHERE {condition}");
        let expected: HashSet<String> = database.query_column(&sql, &[]).into_iter().collect();
        assert!(!expected.is_empty(), "the sample has no row for {condition}");
        let found =
            event_ids(&read_all_pages(&service, &format!("/api/v1/events?limit=1000&{query}")));
        assert_eq!(found.len(), expected.len(), "{query}");
        assert_eq!(found.into_iter().collect::<HashSet<_>>(), expected, "{query}");
    }
}

#[test]
fn all_four_formats_have_the_same_rows() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let path = "/api/v1/events?limit=40";
    let expected = service.get(path).rows();
    let get_as = |accept| service.get_with(path, &[("accept", accept)]);

    let lines = get_as("application/x-ndjson");
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let mut rows =
        lines.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<Value>>();
    assert_eq!(rows.pop().unwrap()["next_page"], service.get(path).json()["next_page"]);
    assert_eq!(rows, expected);

    let features = get_as("application/geo+json").json();
    assert_eq!(features["type"], "FeatureCollection");
    for (feature, row) in features["features"].as_array().unwrap().iter().zip(&expected) {
        assert_eq!(&feature["properties"], row);
        let point = &feature["geometry"]["coordinates"];
        assert!(row["lat"].is_null() || *point == json!([row["lon"], row["lat"]]), "{feature}");
    }

    let csv = get_as("text/csv").text();
    assert_eq!(csv.lines().count(), 41);
    assert!(csv.starts_with("ev_id,ntsb_no,"), "{csv}");
    assert!(csv.contains(expected[0]["ev_id"].as_str().unwrap()));

    let all_rows =
        service.get_with("/api/v1/events?limit=200000", &[("accept", "application/x-ndjson")]);
    assert_eq!(
        all_rows.text().lines().count(),
        usize::try_from(database.count_rows("ntsb.fact_accidents")).unwrap() + 1
    );
    assert_eq!(get_as("image/png").status, 406);
}

#[test]
fn version_2_has_the_same_rows_in_an_envelope() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let (one, two) = (service.get("/api/v1/events?limit=3"), service.get("/api/v2/events?limit=3"));
    let (one, two) = (one.json(), two.json());
    assert_eq!(two["version"], "2");
    assert_eq!((&one["data"], &one["next_page"]), (&two["data"], &two["meta"]["next_page"]));
    let years = one["caveat"]["completeness"].as_array().unwrap();
    assert_eq!(years.len(), 5);
    assert!(one["caveat"]["note"].as_str().unwrap().contains("incomplete"));
}

#[test]
fn all_errors_have_the_same_fields() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "admin", "premium");
    let bearer = [("authorization", token.as_str())];
    for (path, status, code) in [
        ("/api/v1/events?limit=0", 422, "bad_input"),
        ("/api/v1/events?limit=x", 422, "bad_input"),
        ("/api/v1/events?from_year=2020&to_year=2010", 422, "bad_input"),
        ("/api/v1/search?q=engine&from_year=2020&to_year=2010", 422, "bad_input"),
        ("/api/v1/stats/annual?from_year=2020&to_year=2010", 422, "bad_input"),
        ("/api/v1/events?sort=ev_city", 422, "bad_input"),
        ("/api/v1/events?page=nonsense", 422, "bad_input"),
        ("/api/v1/events?bbox=1,2,3", 422, "bad_input"),
        ("/api/v1/events?state=A%00", 422, "bad_input"),
        ("/api/v1/events/short", 422, "bad_input"),
        ("/api/v1/events/99999999X99999", 404, "not_found"),
        ("/api/v1/events/99999999X99999/crew", 404, "not_found"),
        ("/api/v1/search", 422, "bad_input"),
        ("/api/v1/stats/annual?from_year=x", 422, "bad_input"),
        ("/api/v1/stats/rates?year=2010", 422, "bad_input"),
        ("/api/v1/search?q=x&page=nonsense", 422, "bad_input"),
        ("/nowhere", 404, "not_found"),
    ] {
        let response = service.get_with(path, &[("x-request-id", "mine-1")]);
        assert_eq!(
            (response.status, response.json()["code"].as_str().unwrap()),
            (status, code),
            "{path}"
        );
        let mut names: Vec<_> = response.json().as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["code", "details", "hint", "message", "request_id"]);
        assert_eq!(response.json()["request_id"], "mine-1");
    }
    for (filter, code) in [
        ("fatalities > (SELECT 1)", 422),
        ("no_such_column = 1", 422),
        ("fatalities >", 422),
        ("fatalities = 'many'", 422),
        ("pg_sleep(1) IS NULL", 422),
    ] {
        let response =
            service.post("/api/v1/search/advanced", &bearer, &json!({ "filter": filter }));
        assert_eq!(response.status, code, "{filter}: {}", response.text());
    }
    assert_eq!(service.delete("/api/v1/admin/api-keys/999999", &bearer).status, 404);
}

#[test]
fn a_filter_tree_matches_the_equivalent_filter_text() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "api_user", "free");
    let search = |body: Value| {
        service.post("/api/v1/search/advanced", &[("authorization", &token)], &body).rows()
    };
    let tree = json!({"and": [{"column": "acft_make", "op": "eq", "value": "CESSNA"},
        {"or": [{"column": "ev_state", "op": "in", "value": ["AK", "CA"]},
                {"not": {"column": "wx_cond_basic", "op": "eq", "value": "IMC"}}]}]});
    let filter = "acft_make = 'CESSNA' AND (ev_state IN ('AK', 'CA') OR NOT wx_cond_basic = 'IMC')";
    let by_tree = search(json!({ "tree": tree, "limit": 500 }));
    assert!(by_tree.len() > 100);
    assert_eq!(by_tree, search(json!({ "filter": filter, "limit": 500 })));
}

#[test]
fn the_index_links_to_the_documentation() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let index = service.get("/");
    assert_eq!((index.status, &index.json()["openapi"]), (200, &json!("/api/v1/openapi.json")));
    let page = service.get_with("/", &[("accept", "text/html,*/*;q=0.8")]);
    assert!(page.header("content-type").starts_with("text/html"));
    for path in ["/docs/", "/api/v1/openapi.json"] {
        assert!(page.text().contains(&format!("\"{path}\"")) && service.get(path).status == 200);
    }
}

#[test]
fn geojson_rings_are_counterclockwise() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.create_bearer(&database, "analyst", "premium");
    let path = "/api/v1/analytics/geospatial?eps_km=50&min_points=5";
    let features = service.get_with(path, &[("authorization", &token)]).json();
    let mut rings = 0;
    for feature in features["features"].as_array().unwrap() {
        if feature["geometry"]["type"] != "Polygon" {
            continue;
        }
        let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
        let coordinate = |n: usize, axis: usize| ring[n][axis].as_f64().unwrap();
        let area: f64 = (1..ring.len())
            .map(|n| {
                coordinate(n - 1, 0) * coordinate(n, 1) - coordinate(n, 0) * coordinate(n - 1, 1)
            })
            .sum();
        assert!(area > 0.0, "{feature}");
        rings += 1;
    }
    assert!(rings > 3, "{rings} rings");
}

#[test]
fn a_negative_distance_is_refused() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let response = service.get("/api/v1/analytics/near?lat=39.7&lon=-105&km=-1");
    assert_eq!(response.status, 422);
    assert_eq!(response.json()["message"], "km must be 0 or more, got -1");
}
