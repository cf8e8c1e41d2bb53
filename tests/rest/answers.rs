//! Every number that an endpoint gives is the one that SQL gives.

use std::collections::HashSet;

use ntsb_tests::database::Database;
use serde_json::{Value, json};

use crate::service::Service;

/// An address, and the rows that SQL gives for it.
const SAME: &[(&str, &str)] = &[
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

/// PostgreSQL writes 1 where Rust writes 1.0.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64()),
        Value::Array(all) => all.into_iter().map(plain).collect(),
        Value::Object(all) => all.into_iter().map(|(name, v)| (name, plain(v))).collect(),
        other => other,
    }
}

fn sql_rows(database: &Database, sql: &str) -> Value {
    let sql = format!("SELECT coalesce(json_agg(to_json(q)), '[]')::text FROM ({sql}) q");
    serde_json::from_str(&database.query_value::<String>(&sql)).unwrap()
}

#[test]
fn numbers_are_those_of_sql() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    for (path, sql) in SAME {
        let found = Value::Array(service.get(path).data());
        assert_ne!(found, json!([]), "{path}");
        assert_eq!(plain(found), plain(sql_rows(&database, sql)), "{path}");
    }
    let summary = service.get("/api/v1/stats/summary").json();
    let counted = database.count_rows("ntsb.fact_accidents");
    assert_eq!(summary["events"], json!(counted));
}

/// All pages of a list, joined.
fn walked(service: &Service, path: &str) -> Vec<Value> {
    let (mut all, mut page) = (Vec::new(), String::new());
    loop {
        let answer = service.get(&format!("{path}{page}"));
        all.extend(answer.data());
        match answer.json()["next_page"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => return all,
        }
    }
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["ev_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_join_to_the_whole_in_every_order() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let date = "coalesce(ev_date, make_date(ev_year::int, 1, 1))";
    for (sort, order) in [
        ("-ev_date", format!("{date} DESC, ev_id DESC")),
        ("ev_date", format!("{date}, ev_id")),
        ("-fatalities", "coalesce(fatalities, 0) DESC, ev_id DESC".to_owned()),
        ("ev_id", "ev_id".to_owned()),
    ] {
        let wanted: Vec<String> = database
            .query_column(&format!("SELECT ev_id FROM ntsb.fact_accidents ORDER BY {order}"), &[]);
        let found = ids(&walked(&service, &format!("/api/v1/events?limit=333&sort={sort}")));
        assert_eq!(found, wanted, "{sort}");
    }
}

#[test]
fn filters_say_what_their_sql_says() {
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
        let wanted: HashSet<String> = database.query_column(&sql, &[]).into_iter().collect();
        assert!(!wanted.is_empty(), "the sample has nothing for {condition}");
        let found = ids(&walked(&service, &format!("/api/v1/events?limit=1000&{query}")));
        assert_eq!(found.len(), wanted.len(), "{query}");
        assert_eq!(found.into_iter().collect::<HashSet<_>>(), wanted, "{query}");
    }
}

#[test]
fn a_list_comes_in_four_forms_with_the_same_rows() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let path = "/api/v1/events?limit=40";
    let wanted = service.get(path).data();
    let of = |accept| service.get_with(path, &[("accept", accept)]);

    let lines = of("application/x-ndjson");
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let mut rows =
        lines.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<Value>>();
    assert_eq!(rows.pop().unwrap()["next_page"], service.get(path).json()["next_page"]);
    assert_eq!(rows, wanted);

    let features = of("application/geo+json").json();
    assert_eq!(features["type"], "FeatureCollection");
    for (feature, row) in features["features"].as_array().unwrap().iter().zip(&wanted) {
        assert_eq!(&feature["properties"], row);
        let point = &feature["geometry"]["coordinates"];
        assert!(row["lat"].is_null() || *point == json!([row["lon"], row["lat"]]), "{feature}");
    }

    let csv = of("text/csv").text();
    assert_eq!(csv.lines().count(), 41);
    assert!(csv.starts_with("ev_id,ntsb_no,"), "{csv}");
    assert!(csv.contains(wanted[0]["ev_id"].as_str().unwrap()));

    let whole =
        service.get_with("/api/v1/events?limit=200000", &[("accept", "application/x-ndjson")]);
    assert_eq!(
        whole.text().lines().count(),
        usize::try_from(database.count_rows("ntsb.fact_accidents")).unwrap() + 1
    );
    assert_eq!(of("image/png").status, 406);
}

#[test]
fn version_2_says_the_same_in_its_envelope() {
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
fn errors_have_one_form() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "admin", "premium");
    let bearer = [("authorization", token.as_str())];
    for (path, status, code) in [
        ("/api/v1/events?limit=0", 422, "bad_input"),
        ("/api/v1/events?limit=x", 422, "bad_input"),
        ("/api/v1/events?sort=ev_city", 422, "bad_input"),
        ("/api/v1/events?page=nonsense", 422, "bad_input"),
        ("/api/v1/events?bbox=1,2,3", 422, "bad_input"),
        ("/api/v1/events?state=A%00", 422, "bad_input"),
        ("/api/v1/events/short", 422, "bad_input"),
        ("/api/v1/events/99999999X99999", 404, "not_found"),
        ("/api/v1/events/99999999X99999/crew", 404, "not_found"),
        ("/api/v1/search", 422, "bad_input"),
        ("/api/v1/search?q=x&page=nonsense", 422, "bad_input"),
        ("/nowhere", 404, "not_found"),
    ] {
        let answer = service.get_with(path, &[("x-request-id", "mine-1")]);
        assert_eq!(
            (answer.status, answer.json()["code"].as_str().unwrap()),
            (status, code),
            "{path}"
        );
        let mut names: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["code", "details", "hint", "message", "request_id"]);
        assert_eq!(answer.json()["request_id"], "mine-1");
    }
    for (filter, code) in [
        ("fatalities > (SELECT 1)", 422),
        ("no_such_column = 1", 422),
        ("fatalities >", 422),
        ("fatalities = 'many'", 422),
        ("pg_sleep(1) IS NULL", 422),
    ] {
        let answer = service.post("/api/v1/search/advanced", &bearer, &json!({ "filter": filter }));
        assert_eq!(answer.status, code, "{filter}: {}", answer.text());
    }
    assert_eq!(service.delete("/api/v1/admin/api-keys/999999", &bearer).status, 404);
}

#[test]
fn a_tree_says_what_its_condition_says() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    let token = service.bearer(&database, "api_user", "free");
    let ask = |body: Value| {
        service.post("/api/v1/search/advanced", &[("authorization", &token)], &body).data()
    };
    let tree = json!({"and": [{"column": "acft_make", "op": "eq", "value": "CESSNA"},
        {"or": [{"column": "ev_state", "op": "in", "value": ["AK", "CA"]},
                {"not": {"column": "wx_cond_basic", "op": "eq", "value": "IMC"}}]}]});
    let filter = "acft_make = 'CESSNA' AND (ev_state IN ('AK', 'CA') OR NOT wx_cond_basic = 'IMC')";
    let by_tree = ask(json!({ "tree": tree, "limit": 500 }));
    assert!(by_tree.len() > 100);
    assert_eq!(by_tree, ask(json!({ "filter": filter, "limit": 500 })));
}
