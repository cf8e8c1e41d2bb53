//! A function whose result type changes under a running service, and database errors with internal details.

use ntsb_tests::database::Database;

use crate::service::Service;

const EVENT: &str = "20240914902470";

/// Replaces the function ntsb_event_history, as an upgrade would.
fn replace_history(database: &Database, columns: &str, body: &str) {
    let is_member =
        "SELECT count(*) FROM pg_depend WHERE objid = 'ntsb_event_history(text)'::regprocedure
                  AND deptype = 'e'";
    if database.query_value::<i64>(is_member) > 0 {
        database.execute("ALTER EXTENSION pg_ntsb DROP FUNCTION ntsb_event_history(text)");
    }
    database.execute(&format!(
        "DROP FUNCTION ntsb_event_history(text);
         CREATE FUNCTION ntsb_event_history(ev_id text) RETURNS TABLE ({columns})
         LANGUAGE plpgsql STABLE AS $body$ BEGIN {body} END $body$;
         GRANT EXECUTE ON FUNCTION ntsb_event_history(text) TO PUBLIC"
    ));
}

#[test]
fn a_changed_result_type_takes_effect_at_once() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[("pool_size", "2"), ("cache_bytes", "0")]);
    service.wait_until_listening();
    let path = format!("/api/v1/events/{EVENT}/history");
    for _ in 0..6 {
        assert_eq!(service.get(&path).status, 200);
    }
    for (columns, body, expected) in [
        ("a integer, b text", "RETURN QUERY SELECT 1, 'x';", r#"{"a":1,"b":"x"}"#),
        (
            "a integer, b text, c integer",
            "RETURN QUERY SELECT 1, 'x', 3;",
            r#"{"a":1,"b":"x","c":3}"#,
        ),
        ("b text", "RETURN QUERY SELECT 'y';", r#"{"b":"y"}"#),
    ] {
        replace_history(&database, columns, body);
        for _ in 0..6 {
            let response = service.get(&path);
            assert_eq!(response.status, 200, "{}", response.text());
            assert!(response.text().contains(expected), "{}", response.text());
        }
    }
}

#[test]
fn errors_contain_no_backtraces_or_paths() {
    let database = Database::with_sample();
    let service = Service::start(&database, &[]);
    service.wait_until_listening();
    let detail = "it happened\n   0: pgrx_pg_sys::submodules::panic::do_ereport\n             at /root/.cargo/registry/src/x.rs:12:5\n   1: main";
    for (state, status) in [("57014", 504), ("22023", 422), ("P0002", 404), ("55P03", 409)] {
        let body = format!(
            "RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'no file \"/var/lib/postgresql/15/x\"',
             DETAIL = '{detail}', HINT = 'see /usr/share/postgresql/15/y';"
        );
        replace_history(&database, "a integer", &body);
        let response = service.get(&format!("/api/v1/events/{EVENT}/history"));
        assert_eq!(response.status, status, "{}", response.text());
        let text = response.text();
        for secret in ["/root", "/var", "/usr", "pgrx", ".rs:", "main"] {
            assert!(!text.contains(secret), "{state}: {text}");
        }
        assert_eq!(response.json()["details"], "it happened");
    }
}
