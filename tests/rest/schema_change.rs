//! A function whose result type changes under a running service, and database errors with internal details.

use ntsb_tests::database::Database;

use crate::service::Service;

const EVENT: &str = "20240914902470";

/// The columns that the service reads, with a type for `batch_id`.
fn columns(batch_id: &str) -> String {
    format!(
        "changed_at text, batch_id {batch_id}, source text, as_of text, table_name text, row_key text,
         action text, column_name text, old_value text, new_value text"
    )
}

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
    for (batch_id, value, expected) in [
        ("integer", "7", r#""batch_id":7,"#),
        ("text", "'x'", r#""batch_id":"x","#),
        ("double precision", "1.5::float8", r#""batch_id":1.5,"#),
    ] {
        let row = format!(
            "RETURN QUERY SELECT 't', {value}, 's', 'a', 'b', 'r', 'insert', 'c', 'o', 'n';"
        );
        replace_history(&database, &columns(batch_id), &row);
        for _ in 0..6 {
            let response = service.get(&path);
            assert_eq!(response.status, 200, "{}", response.text());
            assert!(response.text().contains(expected), "{}", response.text());
        }
    }
    // Without a column that the service reads, the extension is too old.
    replace_history(&database, "a integer", "RETURN QUERY SELECT 1;");
    let response = service.get(&path);
    assert_eq!(response.status, 501, "{}", response.text());
    assert!(response.json()["hint"].as_str().unwrap().contains("ALTER EXTENSION pg_ntsb UPDATE"));
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
        replace_history(&database, &columns("integer"), &body);
        let response = service.get(&format!("/api/v1/events/{EVENT}/history"));
        assert_eq!(response.status, status, "{}", response.text());
        let text = response.text();
        for secret in ["/root", "/var", "/usr", "pgrx", ".rs:", "main"] {
            assert!(!text.contains(secret), "{state}: {text}");
        }
        assert_eq!(response.json()["details"], "it happened");
    }
}
