//! CSV responses escape formulas like the command line does (docs/csv.md), and the head of the change log.

use ntsb_tests::cli::run_ntsb_ok;
use ntsb_tests::database::Database;

use crate::service::Service;

fn database_with_formula() -> Database {
    let database = Database::empty_warehouse();
    database.execute(
        "SELECT ntsb_begin_batch('formulas.csv');
         INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, ev_state, ev_country, latitude, longitude, ev_highest_injury, lchg_date)
         VALUES ('20190105X00001', 'ERA19LA001', '01/02/19 00:00:00', 'Testville', 'OH', 'USA', '395012N', '0834936W', 'NONE', '06/01/20 00:00:00');
         INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, acft_make, acft_model, lchg_date)
         VALUES ('20190105X00001', '1', 'TEST', '=1+1', '06/01/20 00:00:00');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'));
         CALL ntsb_refresh()",
    );
    database
}

#[test]
fn text_that_looks_like_a_formula_is_escaped_unless_exact_text_is_requested() {
    let database = database_with_formula();
    let service = Service::start(&database, &[]);
    let csv = [("accept", "text/csv")];
    for path in ["/api/v1/events?state=OH", "/api/v2/events?state=OH"] {
        let escaped = service.get_with(path, &csv).text();
        assert!(escaped.contains(r#","'=1+1","#), "{escaped}");
        // A negative number is not escaped.
        assert!(escaped.contains(",-83.826"), "{escaped}");
        let exact = service.get_with(&format!("{path}&exact_text=true"), &csv).text();
        assert!(exact.contains(",=1+1,"), "{exact}");
        assert_eq!(escaped.replace(r#""'=1+1""#, "=1+1"), exact);
        let by_media_type =
            service.get_with(path, &[("accept", "text/csv; exact_text=true")]).text();
        assert_eq!(by_media_type, exact);
    }
    let json = service.get("/api/v1/events?state=OH&exact_text=true").rows();
    assert_eq!(json[0]["acft_model"], "=1+1");
    let invalid = service.get_with("/api/v1/events?exact_text=1", &csv);
    assert_eq!(invalid.status, 422, "{}", invalid.text());
    // The command line writes the same cell.
    let export = run_ntsb_ok(&database, &["export", "aircraft", "--format", "csv"]);
    assert!(export.contains(r#","'=1+1","#), "{export}");
}

#[test]
fn the_head_of_the_change_log_is_published() {
    let database = database_with_formula();
    let service = Service::start(&database, &[]);
    let head = service.get("/api/v1/changes/head").json();
    let stored: String = database.query_value("SELECT entry_hash FROM ntsb_change_log_head()");
    assert_eq!(head["entry_hash"], stored);
    assert_eq!(head["batch_id"], 1);
    assert_eq!(head["seq"], database.query_value::<i64>("SELECT max(seq) FROM ntsb.change_log"));
    assert!(head["finished_at"].as_str().unwrap().ends_with('Z'), "{head}");
    let empty = Database::empty_warehouse();
    let service = Service::start(&empty, &[]);
    assert_eq!(service.get("/api/v1/changes/head").status, 404);
}
