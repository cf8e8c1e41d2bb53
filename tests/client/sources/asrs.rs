//! `ntsb load-asrs`: NASA's voluntary reports, in a schema of their own, never among accidents.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ntsb_tests::cli::{run_ntsb, run_ntsb_json, run_ntsb_ok};
use ntsb_tests::database::Database;
use ntsb_tests::server::real_data_dir;
use ntsb_tests::{announce, fixture};
use serde_json::{Value, json};

fn load(database: &Database, file: &Path) -> String {
    run_ntsb_ok(database, &["load-asrs", file.to_str().unwrap()])
}

fn warehouse_with(name: &str) -> Database {
    let database = Database::empty_warehouse();
    load(&database, &fixture(&format!("asrs/{name}.csv")));
    database
}

fn report(database: &Database, acn: i32) -> Value {
    database.query_value(&format!("SELECT ntsb_asrs_report({acn})"))
}

#[test]
fn a_report_is_stored_with_its_values_split() {
    let database = Database::empty_warehouse();
    let text = load(&database, &fixture("asrs/reports.csv"));
    assert!(text.contains("3 rows; reports: 3 new, 0 changed, 0 unchanged, 0 rejected"), "{text}");
    assert!(text.contains("voluntary") && text.contains("does not verify"), "{text}");
    let expected = json!({
        "acn": 2_000_001, "year": 2019, "month": 2, "local_time": "0601-1200",
        "locale": "ZZZ.Airport", "state": "AK", "distance_nm": 4.5, "altitude_msl_ft": 3500,
        "flight_conditions": "IMC", "weather": ["Icing", "Snow"], "visibility_sm": 1.5,
        "light": "Daylight", "ceiling_ft": 900,
        "contributing_factors": ["Human Factors", "Weather"], "primary_problem": "Weather",
        "synopsis": "A PA28 pilot reported carburetor ice and airframe icing in climb and diverted.",
        "aircraft": [{
            "aircraft_no": 1, "make_model": "PA-28 Cherokee/Archer/Dakota/Pillan/Warrior",
            "operator": "Personal", "operating_under": "Part 91", "far_part": "91", "crew_size": 1,
            "flight_phase": ["Climb", "Cruise"]
        }],
        "persons": [{
            "person_no": 1, "function": ["Single Pilot", "Pilot Flying"],
            "qualification": ["Flight Crew Private", "Flight Crew Instrument"],
            "experience": {"Flight Crew Last 90 Days": 42.5, "Flight Crew Total": 5000, "Flight Crew Type": 310},
            "flight_hours_90_days": 42.5, "flight_hours_total": 5000, "flight_hours_type": 310,
            "human_factors": ["Situational Awareness", "Time Pressure"], "report_acn": 2_000_001
        }],
        "event": {
            "anomaly": ["Inflight Event / Encounter Weather / Turbulence", "Deviation - Altitude Overshoot"],
            "detector": ["Person Flight Crew"], "passengers_involved": false,
            "result": ["Flight Crew Diverted", "Flight Crew Requested ATC Assistance / Clarification"]
        },
        "narratives": [{
            "narrative_no": 1,
            "narrative": "Climbing through cloud the windshield iced over and the carburetor lost power.\n\
                          I asked for lower and landed at an alternate."
        }]
    });
    assert_eq!(report(&database, 2_000_001), expected);
    let drone = report(&database, 2_000_003);
    assert_eq!(
        drone["unread"],
        json!(["Person 1.Experience=several seasons", "Place.Altitude.AGL.Single Value=about 100"])
    );
    assert_eq!(drone["aircraft"][0]["uas_visual_observer"], json!(true));
    let anomalies = "asrs.report_value WHERE field = 'anomaly' AND value LIKE 'Deviation%'";
    assert_eq!(database.count_rows(anomalies), 1);
    let clear = "asrs.report WHERE is_sky_clear AND ceiling_ft IS NULL AND visibility_sm = 10";
    assert_eq!(database.count_rows(clear), 1);
    assert_eq!(database.count_rows("asrs.narrative WHERE acn = 2000002"), 2);
    assert_eq!(database.count_rows("ntsb_staging.asrs_report"), 0);
}

#[test]
fn a_later_file_changes_only_what_differs_and_is_logged() {
    let database = warehouse_with("reports");
    let row = "SELECT xmin::text FROM asrs.report WHERE acn = 2000001";
    let untouched: String = database.query_value(row);
    let text = load(&database, &fixture("asrs/later.csv"));
    assert!(text.contains("7 rows; reports: 1 new, 1 changed, 2 unchanged, 3 rejected"), "{text}");
    assert!(text.contains("found \"20-3\"") && text.contains("found \"March 2019\""), "{text}");
    assert!(text.contains("occurs before in the file with other content"), "{text}");
    assert_eq!(database.query_value::<String>(row), untouched);
    assert_eq!(database.count_rows("asrs.report"), 4, "a report that a file lacks is kept");
    let changes: Value =
        database.query_value("SELECT changes FROM asrs.change_log WHERE action = 'update'");
    assert_eq!(changes["light"], json!({"old": null, "new": "Dusk"}));
    assert_eq!(changes["event"]["old"]["miss_horizontal_ft"], json!(300));
    assert_eq!(changes["event"]["new"]["miss_horizontal_ft"], json!(500));
    assert_eq!(changes.as_object().unwrap().len(), 2);
    let loads = "asrs.report WHERE acn = 2000002 AND (first_load, last_load) = (1, 2)";
    assert_eq!(database.count_rows(loads), 1);
    // Again: nothing is written.
    let text = load(&database, &fixture("asrs/later.csv"));
    assert!(text.contains("0 new, 0 changed, 4 unchanged, 3 rejected"), "{text}");
    assert_eq!(database.count_rows("asrs.change_log"), 5);
    assert_eq!(database.count_rows("ntsb_verify_asrs_log()"), 0);
    let status: String = database.query_value(
        "SELECT name || ' ' || row_count FROM ntsb.source_status WHERE source = 'asrs'",
    );
    assert_eq!(status, "later.csv 4");
}

#[test]
fn tampering_with_reports_or_their_log_is_found() {
    let database = warehouse_with("reports");
    let error = database.connect().batch_execute("DELETE FROM asrs.change_log").unwrap_err();
    assert_eq!(error.code().unwrap().code(), "23001");
    database.execute("UPDATE asrs.person SET flight_hours_total = 1 WHERE acn = 2000001");
    let problem: String = database.query_value("SELECT problem FROM ntsb_verify_asrs_log()");
    assert!(problem.contains("2000001"), "{problem}");
    database.execute(
        "ALTER TABLE asrs.change_log DISABLE TRIGGER append_only;
         UPDATE asrs.change_log SET acn = 7 WHERE seq = 2",
    );
    assert_eq!(database.count_rows("ntsb_verify_asrs_log() WHERE seq = 2"), 2);
}

/// Every number that a user may take for a count of accidents.
const COUNTS: &str = "SELECT jsonb_build_object(
    'accidents', (SELECT count(*) FROM ntsb.accidents),
    'facts', (SELECT count(*) FROM ntsb.fact_accidents),
    'series', (SELECT jsonb_agg(s) FROM ntsb_time_series('events', 'year') s),
    'yearly', (SELECT jsonb_agg(s) FROM ntsb.yearly_stats s),
    'monthly', (SELECT jsonb_agg(s) FROM ntsb.mv_monthly_stats s),
    'states', (SELECT jsonb_agg(s) FROM ntsb.mv_state_heatmap s),
    'aircraft', (SELECT count(*) FROM ntsb.aircraft_stats),
    'documents', (SELECT count(*) FROM ntsb.search_document),
    'log', (SELECT count(*) FROM ntsb.change_log),
    'hits', (SELECT jsonb_agg(h.ev_id) FROM ntsb_search('carburetor OR diverted OR icing', max_rows => 1000) h))";

#[test]
fn reports_are_never_among_accidents() {
    let database = Database::with_sample();
    let before: Value = database.query_value(COUNTS);
    assert!(before["accidents"].as_i64().unwrap() > 0 && before["series"].is_array());
    load(&database, &fixture("asrs/reports.csv"));
    database.execute("CALL ntsb_rebuild_star(); CALL ntsb_refresh()");
    assert_eq!(database.query_value::<Value>(COUNTS), before);
}

#[test]
fn words_find_reports_as_a_kind_of_their_own() {
    let database = warehouse_with("reports");
    let search = |words: &str| -> Vec<i64> {
        let hits = run_ntsb_json(&database, &["search", words, "--kind", "asrs"]);
        hits.as_array().unwrap().iter().map(|hit| hit["acn"].as_i64().unwrap()).collect()
    };
    assert_eq!(search("carburetor icing"), [2_000_001]);
    assert_eq!(search("PA 28"), [2_000_001]);
    assert_eq!(search("\"lost link\""), [2_000_003]);
    assert_eq!(search("737 -drone"), [2_000_002]);
    assert_eq!(search("tcas"), [2_000_002], "callbacks are searched");
    assert_eq!(search("zzyzx"), [0_i64; 0]);
    // A word of the synopsis counts more than one of a narrative.
    let airport = search("airport");
    assert_eq!((airport[0], airport.len()), (2_000_003, 3), "{airport:?}");
    let hit = database.query_json(
        "SELECT kind, caveat, snippet FROM ntsb_search_asrs('windshield', first_year => 2019, last_year => 2019)",
    );
    assert_eq!(hit[0]["kind"], "asrs");
    assert_eq!(hit[0]["caveat"], "voluntary report, not verified");
    assert!(hit[0]["snippet"].as_str().unwrap().contains("«windshield»"), "{hit}");
    assert_eq!(database.count_rows("ntsb_search_asrs('windshield', first_year => 2020)"), 0);
    for (rows, shown) in [("0", "0"), ("1001", "1001"), ("NULL", "null")] {
        let sql = format!("SELECT * FROM ntsb_search_asrs('x', {rows})");
        let error = database.connect().batch_execute(&sql).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!(error.code().code(), "22023");
        assert!(error.message().ends_with(&format!("got {shown}")), "{error}");
    }
    let output = run_ntsb(&database, &["search", "x", "--kind", "asrs", "--state", "AK"]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
}

#[test]
fn a_file_that_is_no_export_stores_nothing() {
    let database = warehouse_with("reports");
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(fixture("asrs/reports.csv")).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let header: String = text.split_inclusive('\n').take(2).collect();
    let mut packed = Vec::new();
    {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
        encoder.write_all(&whole).unwrap();
    }
    let utf16: Vec<u8> =
        b"\xFF\xFE".iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let one_header: String = text.split_inclusive('\n').skip(1).collect();
    let other = "ev_id,ev_date\r\n1,2\r\n".to_owned();
    let twice = header.replace("Local Time Of Day", "Date");
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("empty.csv", Vec::new(), "empty"),
        ("header.csv", header.clone().into(), "no reports follow"),
        ("other.csv", other.into(), "not reports of ASRS"),
        ("one_header.csv", one_header.into(), "not reports of ASRS"),
        ("twice.csv", twice.into(), "two columns have the name \"Time.Date\""),
        ("truncated.csv", whole[..whole.len() - 300].to_vec(), "line"),
        (
            "short_row.csv",
            format!("{header}1,2,3\r\n").into(),
            "the row has 3 values, the header 126",
        ),
        ("truncated.csv.gz", packed[..packed.len() / 2].to_vec(), "cannot read"),
        ("utf16.csv", utf16, "UTF-16"),
        ("program.csv", b"\x7FELF\x02\x01\x01\0\0\0\"\0\0".to_vec(), ""),
    ];
    let log = "SELECT count(*) FROM asrs.change_log";
    let before: i64 = database.query_value(log);
    for (name, bytes, message) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let output = run_ntsb(&database, &["load-asrs", path.to_str().unwrap()]);
        assert_eq!(output.code, Some(3), "{name}: {}", output.stderr);
        assert!(output.stderr.contains(message), "{name}: {}", output.stderr);
        assert_eq!(database.query_value::<i64>(log), before, "{name}");
    }
    // The whole file, compressed, is what was loaded before.
    let path = folder.path().join("reports.csv.gz");
    fs::write(&path, packed).unwrap();
    assert!(load(&database, &path).contains("0 new, 0 changed, 3 unchanged"));
}

#[test]
fn rows_that_are_not_reports_are_an_error_of_the_database() {
    let database = warehouse_with("reports");
    let adopt = "SELECT * FROM ntsb_adopt_asrs('x')";
    let fail = |sql: &str| {
        let error = database.connect().batch_execute(sql).unwrap_err();
        error.code().unwrap().code().to_owned()
    };
    assert_eq!(fail(adopt), "55000");
    for fields in ["NULL", "''", "'{'", "'[]'", r#"'{"ACN": "1"}'"#, r#"'{"ACN": 1}'"#] {
        let stage = format!("INSERT INTO ntsb_staging.asrs_report VALUES ('x', {fields})");
        assert_eq!(fail(&format!("BEGIN; {stage}; {adopt}")), "22P02", "{fields}");
    }
    assert_eq!(database.count_rows("asrs.report"), 3);
    database.execute("DROP SCHEMA asrs CASCADE");
    assert_eq!(fail(adopt), "3F000");
    assert_eq!(fail("SELECT * FROM ntsb_search_asrs('x')"), "3F000");
}

#[test]
fn a_dump_of_both_schemas_keeps_the_reports() {
    let database = warehouse_with("reports");
    let both = database.dump_and_restore_with(&["--schema=ntsb", "--schema=asrs"]);
    both.execute("CALL ntsb_create_warehouse()");
    assert_eq!(both.count_rows("asrs.report"), 3);
    assert_eq!(both.count_rows("ntsb_verify_asrs_log()"), 0);
    assert_eq!(both.count_rows("ntsb_missing_objects()"), 0);
    load(&both, &fixture("asrs/later.csv"));
    let one = database.dump_and_restore_with(&["--schema=ntsb"]);
    assert_eq!(one.count_rows("ntsb_missing_objects() WHERE name = 'asrs'"), 1);
    one.execute("CALL ntsb_create_warehouse()");
    assert_eq!(one.count_rows("ntsb_missing_objects()"), 0);
    assert_eq!(one.count_rows("asrs.report"), 0);
    load(&one, &fixture("asrs/reports.csv"));
    assert_eq!(one.count_rows("asrs.report"), 3);
}

#[test]
fn reports_outlive_the_accidents() {
    let database = warehouse_with("reports");
    database.execute("DROP SCHEMA ntsb CASCADE; CALL ntsb_create_warehouse()");
    assert_eq!(database.count_rows("asrs.report"), 3);
    load(&database, &fixture("asrs/later.csv"));
    assert_eq!(database.count_rows("asrs.report"), 4);
    assert_eq!(database.count_rows("ntsb_verify_asrs_log()"), 0);
}

#[test]
fn a_viewer_reads_reports_and_changes_nothing() {
    let database = warehouse_with("reports");
    database.execute("CALL ntsb_create_roles(); CALL ntsb_create_warehouse()");
    let mut client = database.connect();
    client.batch_execute("SET ROLE ntsb_viewer").unwrap();
    for relation in
        ["report", "aircraft", "person", "event", "narrative", "report_value", "load", "change_log"]
    {
        client.batch_execute(&format!("SELECT * FROM asrs.{relation}")).unwrap();
    }
    client
        .batch_execute("SELECT * FROM ntsb_search_asrs('icing'); SELECT ntsb_asrs_report(2000001)")
        .unwrap();
    for sql in
        ["DELETE FROM asrs.report", "SELECT ntsb_adopt_asrs('x')", "CREATE TABLE asrs.mine ()"]
    {
        let error = client.batch_execute(sql).unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{sql}");
    }
}

/// A genuine export, if the folder `sources` lies beside NTSB_DATA.
fn real_file(name: &str) -> Option<PathBuf> {
    let path = real_data_dir()?.parent()?.join("sources").join(name);
    path.is_file().then_some(path)
}

#[test]
fn genuine_exports_load_completely() {
    let Some(file) = real_file("asrs_2005-01_2005-06.csv.gz") else {
        println!("skipped: no genuine exports of ASRS beside NTSB_DATA");
        return;
    };
    let database = Database::empty_warehouse();
    let start = Instant::now();
    let text = load(&database, &file);
    announce(&format!("asrs_2005: {} ms", start.elapsed().as_millis()));
    assert!(text.contains("1,597 new, 0 changed, 0 unchanged, 0 rejected"), "{text}");
    assert_eq!(database.count_rows("asrs.report WHERE unread IS NOT NULL"), 0);
    assert_eq!(
        database.count_rows(
            "asrs.event WHERE miss_horizontal_ft IS NOT NULL OR miss_vertical_ft IS NOT NULL"
        ),
        187
    );
    assert_eq!(database.count_rows("asrs.report WHERE is_sky_clear"), 145);
    assert_eq!(database.count_rows("ntsb_verify_asrs_log()"), 0);
    let start = Instant::now();
    assert!(load(&database, &file).contains("0 new, 0 changed, 1,597 unchanged, 0 rejected"));
    announce(&format!("asrs_2005 again: {} ms", start.elapsed().as_millis()));
    assert_eq!(database.count_rows("asrs.change_log"), 1_597);
    let other = real_file("asrs_uav.csv.gz").unwrap();
    assert!(load(&database, &other).contains("190 new, 0 changed, 0 unchanged, 0 rejected"));
}
