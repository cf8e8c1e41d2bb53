//! `ntsb load-recommendations`: NTSB's safety recommendations, their history and their events.

use std::fs;
use std::path::Path;

use ntsb_tests::cli::{run_ntsb, run_ntsb_json, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use serde_json::{Value, json};

/// An event of the sample.
const EVENT: &str = "20240914902470";

/// Loads a fixture that refers to the sample's event.
fn load_fixture(database: &Database, name: &str, ntsb_no: &str) -> String {
    let text = fs::read_to_string(fixture(&format!("recommendations/{name}"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text.replace("LAX24LA470", ntsb_no)).unwrap();
    load(database, &path)
}

fn load(database: &Database, path: &Path) -> String {
    run_ntsb_ok(database, &["load-recommendations", path.to_str().unwrap()])
}

fn sample_number(database: &Database) -> String {
    database.query_value(&format!("SELECT ntsb_no FROM ntsb.events WHERE ev_id = '{EVENT}'"))
}

const OF_EVENT: &str =
    "SELECT rec_no, issued_on, closed_on, status, is_open, subject, recommendation, addressees
    FROM ntsb_safety_recommendations('20240914902470')";

#[test]
fn recommendations_are_stored_and_linked_to_their_event() {
    let database = Database::with_sample();
    let number = sample_number(&database);
    let text = load_fixture(&database, "page.json", &number);
    assert!(text.contains("3 records; recommendations: 2 new, 0 changed, 0 unchanged"), "{text}");
    assert!(text.contains("1 of other modes, 0 rejected"), "{text}");
    assert!(text.contains("events: 1 found, 1 not found"), "{text}");
    assert!(
        text.contains("not read, with the number of recommendations: lettermailedby (2)"),
        "{text}"
    );
    let expected = json!([{
        "rec_no": "A-21-007", "issued_on": "2021-06-15", "closed_on": null,
        "status": "Open - Await Response", "is_open": true, "subject": "Carburetor heat",
        "recommendation": "Require an inspection of the carburetor heat valve of Piper PA-28 airplanes.",
        "addressees": [
            {"addressee": "Federal Aviation Administration", "status": "Open - Await Response",
             "is_open": true, "closed_on": null},
            {"addressee": "Piper Aircraft, Inc.", "status": "Open - Initial Response Received",
             "is_open": true, "closed_on": null}
        ]
    }]);
    assert_eq!(database.query_json(OF_EVENT), expected);
    let closed = "ntsb.safety_recommendation_addressee WHERE rec_no = 'A-20-003' AND NOT is_open
        AND closed_on = '2020-12-24' AND status = 'Closed - Acceptable Action'";
    assert_eq!(database.count_rows(closed), 1);
    let missing = "ntsb.safety_recommendation_event WHERE ev_id IS NULL AND ntsb_no = 'WPR19LA999' AND mkey = 99999";
    assert_eq!(database.count_rows(missing), 1);
    assert_eq!(database.count_rows("ntsb_safety_recommendations('99999999X99999')"), 0);
    let status: String = database.query_value(
        "SELECT name || ' ' || row_count FROM ntsb.source_status WHERE source = 'safety_recommendations'",
    );
    assert_eq!(status, "page.json 2");
}

#[test]
fn a_changed_status_is_a_new_version_of_the_history() {
    let database = Database::with_sample();
    let number = sample_number(&database);
    load_fixture(&database, "page.json", &number);
    let text = load_fixture(&database, "later.jsonl", &number);
    assert!(text.contains("0 new, 1 changed, 0 unchanged; 0 of other modes, 1 rejected"), "{text}");
    assert!(text.contains("record 3: ") && text.contains("found \"twenty\""), "{text}");
    // One record per addressee: their statuses differ, and none is stated for the whole.
    let now = &database.query_json(OF_EVENT)[0];
    assert_eq!((&now["status"], &now["is_open"]), (&json!(null), &json!(true)));
    assert_eq!(
        now["addressees"],
        json!([
            {"addressee": "Federal Aviation Administration", "status": "Closed - Acceptable Action",
             "is_open": false, "closed_on": "2023-03-01"},
            {"addressee": "Piper Aircraft, Inc.", "status": "Open - Acceptable Response",
             "is_open": true, "closed_on": null}
        ])
    );
    let history = database.query_json(
        "SELECT version, status, content -> 'addressees' -> 0 ->> 'status' AS first
         FROM ntsb.safety_recommendation_history WHERE rec_no = 'A-21-007' ORDER BY version",
    );
    assert_eq!(
        history,
        json!([
            {"version": 1, "status": "Open - Await Response", "first": "Open - Await Response"},
            {"version": 2, "status": null, "first": "Closed - Acceptable Action"}
        ])
    );
    let text = load_fixture(&database, "later.jsonl", &number);
    assert!(text.contains("0 new, 0 changed, 1 unchanged"), "{text}");
    assert_eq!(database.count_rows("ntsb.safety_recommendation_history"), 3);
    let differ = "ntsb.safety_recommendation r JOIN ntsb.safety_recommendation_history h USING (rec_no, version)
        WHERE encode(r.content_hash, 'hex') <> ntsb_content_hash(h.content)";
    assert_eq!(database.count_rows(differ), 0);
    let delete = "DELETE FROM ntsb.safety_recommendation_history";
    let error = database.connect().batch_execute(delete).unwrap_err();
    assert_eq!(error.code().unwrap().code(), "23001");
}

#[test]
fn a_refresh_links_events_that_arrive_later() {
    let database = Database::with_sample();
    load_fixture(&database, "page.json", "XYZ24LA001");
    assert_eq!(database.count_rows(&format!("ntsb_safety_recommendations('{EVENT}')")), 0);
    database.execute(&format!(
        "UPDATE ntsb.events SET ntsb_no = 'XYZ24LA001' WHERE ev_id = '{EVENT}'; CALL ntsb_refresh()"
    ));
    assert_eq!(database.count_rows(&format!("ntsb_safety_recommendations('{EVENT}')")), 1);
    // By the key of the case, which an ev_id of 14 digits contains.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("by_key.json");
    let key: i32 = database.query_value(&format!("SELECT ntsb_case_key('{EVENT}')"));
    fs::write(&path, format!(r#"[{{"recNo": "A-22-1", "text": "x", "mkey": {key}}}]"#)).unwrap();
    assert!(load(&database, &path).contains("1 found, 0 not found"));
    assert_eq!(database.count_rows(&format!("ntsb_safety_recommendations('{EVENT}')")), 2);
}

#[test]
fn words_find_recommendations_as_a_kind_of_their_own() {
    let database = Database::with_sample();
    let counts = "SELECT jsonb_build_array((SELECT count(*) FROM ntsb.accidents),
        (SELECT jsonb_agg(s) FROM ntsb.yearly_stats s),
        (SELECT jsonb_agg(h.ev_id) FROM ntsb_search('carburetor OR piper', max_rows => 1000) h))";
    let before: Value = database.query_value(counts);
    let number = sample_number(&database);
    load_fixture(&database, "page.json", &number);
    database.execute("CALL ntsb_refresh()");
    assert_eq!(database.query_value::<Value>(counts), before);
    let search = |words: &str| -> Vec<String> {
        let hits = run_ntsb_json(&database, &["search", words, "--kind", "recommendation"]);
        hits.as_array().unwrap().iter().map(|h| h["rec_no"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(search("carburetor"), ["A-21-007"]);
    assert_eq!(search("PA 28"), ["A-21-007"]);
    assert_eq!(search("airspace -drones"), [""; 0]);
    assert_eq!(search("inspection -drones"), ["A-21-007"]);
    assert_eq!(search("\"unmanned aircraft\""), ["A-20-003"]);
    let hit = database.query_json(
        "SELECT kind, ev_ids, snippet FROM ntsb_search_recommendations('valve', first_year => 2021, last_year => 2021)",
    );
    assert_eq!((&hit[0]["kind"], &hit[0]["ev_ids"]), (&json!("recommendation"), &json!([EVENT])));
    assert!(hit[0]["snippet"].as_str().unwrap().contains("«valve»"), "{hit}");
    assert_eq!(database.count_rows("ntsb_search_recommendations('valve', last_year => 2020)"), 0);
    for year in ["-2147483648", "2147483647"] {
        let sql = format!("ntsb_search_recommendations('valve', 20, {year}, {year})");
        assert_eq!(database.count_rows(&sql), 0);
    }
}

#[test]
fn a_file_without_recommendations_stores_nothing() {
    let database = Database::empty_warehouse();
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read(fixture("recommendations/page.json")).unwrap();
    let cases: [(&str, &[u8], i32, &str); 9] = [
        ("empty.json", b"", 3, "empty"),
        ("truncated.json", &page[..page.len() / 2], 3, "EOF"),
        ("table.csv", b"rec,status\r\n1,2\r\n", 3, "expected safety recommendations"),
        ("numbers.json", b"[1, 2]", 3, "a record is not an object"),
        ("text.json", b"{\"data\": \"x\"}", 3, "expected"),
        ("utf16.json", b"\xFF\xFE[\0]\0", 3, "UTF-16"),
        ("latin1.json", b"[{\"recNo\": \"A-21-1\", \"text\": \"caf\xE9\"}]", 3, "UTF-8"),
        ("packed.json.gz", b"\x1F\x8B\x08\0\0\0\0\0", 3, "cannot read"),
        (
            "case.json",
            b"{\"mKey\": 1, \"ntsbNumber\": \"ERA22FA001\"}",
            1,
            "are not safety recommendations",
        ),
    ];
    for (name, bytes, code, message) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let output = run_ntsb(&database, &["load-recommendations", path.to_str().unwrap()]);
        assert_eq!(output.code, Some(code), "{name}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{name}: {}", output.stderr);
        assert_eq!(database.count_rows("ntsb.safety_recommendation"), 0, "{name}");
    }
    for (name, bytes) in [("list.json", "[]"), ("page.json", r#"{"data": null, "hasMore": false}"#)]
    {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert!(load(&database, &path).contains("no recommendations"), "{name}");
    }
    let error = database
        .connect()
        .batch_execute("SELECT * FROM ntsb_adopt_recommendations('x')")
        .unwrap_err();
    assert_eq!(error.code().unwrap().code(), "55000");
}

#[test]
fn a_viewer_reads_recommendations() {
    let database = Database::empty_warehouse();
    load_fixture(&database, "page.json", "XYZ24LA001");
    database.execute("CALL ntsb_create_roles(); CALL ntsb_create_warehouse()");
    let mut client = database.connect();
    client
        .batch_execute(
            "SET ROLE ntsb_viewer; SELECT * FROM ntsb_safety_recommendations('x');
             SELECT * FROM ntsb_search_recommendations('carburetor');
             SELECT * FROM ntsb.safety_recommendation_history",
        )
        .unwrap();
    let error = client.batch_execute("SELECT ntsb_adopt_recommendations('x')").unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501");
}
