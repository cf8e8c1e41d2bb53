//! Permissions of the roles: every endpoint for every role, and the same in SQL.

use ntsb_tests::database::Database;
use ntsb_tests::model::{register_model, register_model_for};
use serde_json::{Value, json};

use crate::service::Service;

const ROLES: [&str; 4] = ["viewer", "api_user", "analyst", "admin"];

/// Method, URL, and the index in ROLES of the first role that has access.
const ENDPOINTS: &[(&str, &str, usize)] = &[
    ("GET", "/api/v1/events?limit=1", 0),
    ("GET", "/api/v2/events?limit=1", 0),
    ("GET", "/api/v1/events/20240914902470", 0),
    ("GET", "/api/v1/events/20240914902470/aircraft", 0),
    ("GET", "/api/v1/events/20240914902470/crew", 0),
    ("GET", "/api/v1/events/20240914902470/findings", 0),
    ("GET", "/api/v1/events/20240914902470/narratives", 0),
    ("GET", "/api/v1/events/20240914902470/history", 0),
    ("GET", "/api/v1/search?q=engine", 0),
    ("GET", "/api/v1/stats/summary", 0),
    ("GET", "/api/v1/stats/yearly", 0),
    ("GET", "/api/v1/stats/monthly", 0),
    ("GET", "/api/v1/stats/annual", 0),
    ("GET", "/api/v1/stats/rates", 0),
    ("GET", "/api/v1/stats/by-state", 0),
    ("GET", "/api/v1/stats/by-aircraft-type", 0),
    ("GET", "/api/v1/stats/causes", 0),
    ("GET", "/api/v1/analytics/near?lat=39.7&lon=-105&km=100", 0),
    ("GET", "/api/v1/tiles/0/0/0.mvt", 0),
    ("GET", "/api/v1/analytics/time-series?bucket=year", 0),
    ("GET", "/api/v1/models/info", 0),
    ("POST", "/api/v1/search/advanced", 1),
    ("POST", "/api/v1/predictions/severity", 1),
    ("POST", "/api/v1/predictions/causes", 1),
    ("POST", "/api/v1/predictions/severity/explain", 1),
    ("POST", "/api/v1/predictions/batch", 1),
    ("GET", "/api/v1/analytics/forecast?bucket=year", 2),
    ("GET", "/api/v1/analytics/geospatial?eps_km=50&min_points=5", 2),
    ("GET", "/api/v1/analytics/hotspots?cell_deg=5", 2),
    ("GET", "/api/v1/analytics/density?cell_deg=5", 2),
    ("GET", "/api/v1/analytics/correlations?columns=fatalities,pilot_age", 2),
    ("GET", "/api/v1/admin/api-keys", 3),
    ("POST", "/api/v1/admin/api-keys", 3),
];

fn example_body(path: &str) -> Value {
    match path {
        "/api/v1/search/advanced" => json!({ "filter": "fatalities > 3" }),
        "/api/v1/admin/api-keys" => json!({ "name": "another" }),
        "/api/v1/predictions/batch" => json!({ "rows": [{ "acft_make": "CESSNA" }] }),
        _ => json!({ "acft_make": "CESSNA", "wx_cond_basic": "VMC" }),
    }
}

#[test]
fn each_role_has_exactly_its_permissions() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    register_model_for("cause_category", &database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    let tokens = ROLES.map(|role| service.create_bearer(&database, role, "premium"));
    for (method, path, first) in ENDPOINTS {
        for (rank, token) in tokens.iter().enumerate() {
            let bearer = [("authorization", token.as_str())];
            let response = match *method {
                "POST" => service.post(path, &bearer, &example_body(path)),
                _ => service.get_with(path, &bearer),
            };
            let expected = if rank < *first { 403 } else { 200 };
            assert_eq!(response.status, expected, "{} {path}: {}", ROLES[rank], response.text());
            if expected == 403 {
                let message = format!("The role {} is required.", ROLES[*first]);
                assert!(response.text().contains(&message), "{path}: {}", response.text());
            }
        }
        // A caller without a token is a viewer.
        let response = match *method {
            "POST" => service.post(path, &[], &example_body(path)),
            _ => service.get(path),
        };
        assert_eq!(response.status, if *first > 0 { 403 } else { 200 }, "no token, {path}");
    }
}

#[test]
fn sql_roles_have_exactly_their_permissions() {
    let database = Database::with_sample();
    register_model(&database, 1, "Production", 0.4);
    let service = Service::start(&database, &[]);
    drop(service);
    for (role, sql, is_allowed) in [
        ("ntsb_viewer", "SELECT count(*) FROM ntsb.events", true),
        ("ntsb_viewer", "SELECT * FROM ntsb_search_advanced('fatalities > 3')", false),
        ("ntsb_api_user", "SELECT * FROM ntsb_search_advanced('fatalities > 3')", true),
        ("ntsb_api_user", "SELECT count(*) FROM ntsb.row_defects", false),
        ("ntsb_analyst", "SELECT count(*) FROM ntsb.row_defects", true),
        ("ntsb_viewer", "SELECT * FROM ntsb_predict_severity('{}'::jsonb)", false),
        ("ntsb_viewer", "SELECT * FROM ntsb_predict_batch('[]')", false),
        ("ntsb_api_user", "SELECT * FROM ntsb_predict_severity('{}'::jsonb)", true),
        ("ntsb_api_user", "SELECT * FROM ntsb_forecast()", false),
        ("ntsb_api_user", "CALL ntsb_predict_pending()", false),
        ("ntsb_analyst", "SELECT * FROM ntsb_forecast()", true),
        ("ntsb_analyst", "SELECT ntsb_promote_model(1, 'Archived')", false),
        ("ntsb_analyst", "SELECT count(*) FROM ntsb.api_key", false),
        ("ntsb_analyst", "SELECT * FROM ntsb_create_api_key('mine')", false),
        ("ntsb_analyst", "SELECT * FROM ntsb_internal.check_api_key('x')", false),
        ("ntsb_admin", "SELECT * FROM ntsb_api_keys()", true),
        ("ntsb_admin", "DELETE FROM ntsb.events", false),
        ("ntsb_admin", "SELECT ntsb_begin_batch('mine')", false),
        ("ntsb_service", "SELECT count(*) FROM ntsb.events", false),
        ("ntsb_service", "SELECT * FROM ntsb_internal.check_api_key('x')", true),
    ] {
        let sql = format!("BEGIN; SET LOCAL ROLE {role}; {sql}; ROLLBACK");
        let result = database.connect().batch_execute(&sql);
        let state = result.as_ref().err().and_then(|e| e.code()).map(|code| code.code().to_owned());
        assert_eq!(
            state.as_deref(),
            if is_allowed { None } else { Some("42501") },
            "{sql}: {result:?}"
        );
    }
}

#[test]
fn a_closed_service_requires_a_token() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("open_read", "false")]);
    let refused = service.get("/api/v1/stats/summary");
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
    let token = service.create_bearer(&database, "viewer", "free");
    let response = service.get_with("/api/v1/stats/summary", &[("authorization", &token)]);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("cache-control"), "private, no-cache");
    assert_eq!(service.get("/health").status, 200);
}
