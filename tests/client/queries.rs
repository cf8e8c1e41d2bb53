//! Commands of `ntsb` return what the SQL functions return.

use ntsb_tests::cli::{run_ntsb, run_ntsb_json, run_ntsb_ok};
use ntsb_tests::database::Database;
use serde_json::Value;

/// Commands, and the SQL queries that must give the same rows.
const EQUIVALENT_QUERIES: &[(&[&str], &str)] = &[
    (
        &["search", "engine", "--limit", "7"],
        "SELECT * FROM ntsb_search('engine', max_rows => 7)",
    ),
    (
        &["search", "engine", "--from", "2000", "--to", "2010", "--state", "TX", "--state", "CA", "--severity", "NONE"],
        "SELECT * FROM ntsb_search('engine', 2000, 2010, '{TX,CA}', NULL, '{NONE}')",
    ),
    (
        &["search", "engine", "--where", "is_domestic AND ev_type = 'ACC'"],
        "SELECT * FROM ntsb_search('engine', filter => 'is_domestic AND ev_type = ''ACC''')",
    ),
    (
        &["search", "engine", "--make", "Cessna", "--domestic", "true"],
        "SELECT * FROM ntsb_search('engine', make => 'Cessna', domestic => true)",
    ),
    (
        &["search", "--where", "ev_state = 'AK' AND fatalities > 0", "--order", "fatalities DESC"],
        "SELECT * FROM ntsb_search_advanced('ev_state = ''AK'' AND fatalities > 0', 'fatalities DESC', 20)",
    ),
    (
        &["near", "61.2", "-149.9", "--km", "300", "--where", "ev_year > 1990"],
        "SELECT * FROM ntsb_accidents_near(61.2, -149.9, 300, 20, 'ev_year > 1990')",
    ),
    (
        &["cluster", "--km", "60", "--min-points", "8", "--members", "--where", "ev_year > 1990"],
        "SELECT * FROM ntsb_cluster_accidents(60, 8, 'ev_year > 1990')",
    ),
    (
        &["cluster", "--km", "60", "--min-points", "8", "--limit", "3"],
        "SELECT cluster_id, events, fatal_events, fatal_share, fatalities, fatal_events_without_count, lat, lon, radius_km, top_make, top_phase,
                first_year, last_year FROM ntsb_cluster_summary(60, 8) LIMIT 3",
    ),
    (
        &["stats"],
        "SELECT count(*) AS events, count(*) FILTER (WHERE severity = 'FATL') AS fatal_events,
                sum(fatalities) AS fatalities,
                count(*) FILTER (WHERE severity = 'FATL' AND fatalities IS NULL) AS fatal_events_without_count,
                count(*) FILTER (WHERE is_final) AS final_reports,
                min(ev_year) AS first_year, max(ev_year) AS last_year FROM ntsb.accidents",
    ),
    (
        &["stats", "state", "--limit", "4"],
        "SELECT ev_state, count(*) AS events, count(*) FILTER (WHERE severity = 'FATL') AS fatal_events,
                sum(fatalities) AS fatalities,
                count(*) FILTER (WHERE severity = 'FATL' AND fatalities IS NULL) AS fatal_events_without_count, min(ev_year) AS first_year, max(ev_year) AS last_year
         FROM ntsb.accidents WHERE ev_state IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
    ),
    (&["stats", "month"], "SELECT * FROM ntsb.mv_monthly_stats ORDER BY ev_year, ev_month"),
    (&["stats", "aircraft"], "SELECT acft_make, acft_model, events, fatal_events, fatalities, fatal_events_without_count, first_year, last_year
         FROM ntsb.mv_aircraft_stats ORDER BY events DESC, 1, 2 LIMIT 20"),
    (
        &["forecast", "fatalities", "--bucket", "quarter", "--horizon", "3", "--level", "0.8", "--where", "is_domestic"],
        "SELECT * FROM ntsb_forecast('fatalities', 'quarter', 3, 0.8, 'is_domestic')",
    ),
    (
        &["forecast", "--accuracy", "--horizon", "6"],
        "SELECT * FROM ntsb_forecast_accuracy('events', 'month', 6, 0.95)",
    ),
];

#[test]
fn commands_return_what_sql_returns() {
    let database = Database::with_sample();
    for (arguments, sql) in EQUIVALENT_QUERIES {
        let rows = run_ntsb_json(&database, arguments);
        let expected = database.query_json(sql);
        assert!(!expected.as_array().unwrap().is_empty(), "{arguments:?} finds no rows");
        assert_eq!(rows, expected, "{arguments:?}");
    }
}

#[test]
fn csv_equals_the_output_of_copy() {
    let database = Database::with_sample();
    let near = ["near", "61.2", "-149.9", "--km", "300", "--output", "csv"];
    let rows = run_ntsb_ok(&database, &near);
    let copied = database.query_csv("SELECT * FROM ntsb_accidents_near(61.2, -149.9, 300, 20)");
    assert_eq!(rows, copied);
}

#[test]
fn a_page_has_the_cursor_of_the_next_page() {
    let database = Database::with_sample();
    let page = |more: &[&str]| {
        let options = ["search", "--where", "fatalities > 0", "--limit", "5"];
        run_ntsb_json(&database, &[&options[..], more].concat()).as_array().unwrap().clone()
    };
    let first = page(&[]);
    let next = page(&["--page", first[4]["next_page"].as_str().unwrap()]);
    let both = [first, next].concat();
    let all_rows = database
        .query_json("SELECT ev_id FROM ntsb_search_advanced('fatalities > 0', max_rows => 10)");
    let ids = |rows: &[Value]| rows.iter().map(|r| r["ev_id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&both), ids(all_rows.as_array().unwrap()));
    let table = run_ntsb(&database, &["search", "--where", "fatalities > 0", "--limit", "5"]);
    assert!(table.stderr.contains("--page '"), "{}", table.stderr);
    assert!(!table.stdout.contains("next_page"), "{}", table.stdout);
}

#[test]
fn invalid_arguments_are_refused_with_a_reason() {
    let database = Database::with_sample();
    for (arguments, code, message) in [
        (&["search"][..], 2, "WORDS"),
        (&["search", "--where", "1 = 1; DROP TABLE x"], 1, "42501"),
        (&["search", "ice", "--where", "true", "--order", "ev_id"], 2, "cannot be used with"),
        (&["search", "--where", "true", "--state", "AK"], 2, "required"),
        (&["search", "--where", "severity = 'FATALITY'"], 1, "did you mean \"FATL\"?"),
        (&["search", "ice", "--state", "ZZ"], 1, "ev_state has no code \"ZZ\""),
        (&["near", "91", "0"], 1, "lat must be between -90 and 90, got 91"),
        (&["cluster", "--km", "0"], 1, "22023"),
        (&["forecast", "luck"], 1, "measure must be one of events, fatal_events"),
        (&["stats", "weather"], 2, "possible values"),
    ] {
        let finished = run_ntsb(&database, arguments);
        assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.all_output());
        assert!(finished.stdout.is_empty(), "{}", finished.stdout);
        assert!(finished.stderr.contains(message), "no {message:?} in: {}", finished.stderr);
    }
}

/// Runs `ntsb doctor` and returns the check and verdict of each finding.
fn run_doctor(database: &Database, code: i32) -> Vec<(String, String)> {
    let finished = run_ntsb(database, &["doctor", "--deep", "--output", "json"]);
    assert_eq!(finished.code, Some(code), "{}", finished.all_output());
    let findings: Value = serde_json::from_str(&finished.stdout).unwrap();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = findings.as_array().unwrap().iter();
    findings.map(|f| (text(f, "check"), text(f, "verdict"))).collect()
}

fn verdict<'f>(findings: &'f [(String, String)], check: &str) -> &'f str {
    findings.iter().find(|(name, _)| name == check).map_or("", |(_, verdict)| verdict)
}

#[test]
fn doctor_reports_problems() {
    let bare = run_doctor(&Database::without_extension(), 1);
    assert_eq!(verdict(&bare, "pg_ntsb"), "problem");
    assert_eq!(verdict(&bare, "warehouse"), "problem");

    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let healthy = run_doctor(&database, 0);
    for check in ["pg_ntsb", "warehouse", "loads", "derived", "role", "change log"] {
        assert_eq!(verdict(&healthy, check), "ok", "{healthy:?}");
    }
    assert_eq!(verdict(&healthy, "quarantine"), "warning");

    database.execute("UPDATE ntsb.refresh_state SET last_seq = 0 WHERE what = 'star'");
    database.execute(
        "SET session_replication_role = replica; UPDATE ntsb.change_log SET old_hash = '\\x00' WHERE seq = 2",
    );
    let broken = run_doctor(&database, 1);
    assert_eq!(verdict(&broken, "derived"), "warning");
    assert_eq!(verdict(&broken, "change log"), "problem");
}

#[test]
fn refresh_reports_what_it_did() {
    let database = Database::with_sample();
    database.execute("TRUNCATE ntsb.refresh_state");
    let output = run_ntsb_ok(&database, &["refresh"]);
    assert!(output.contains("derived objects"), "{output}");
    assert_eq!(run_ntsb_ok(&database, &["refresh"]), "Everything was up to date.\n");
}

#[test]
fn completions_and_man_pages_cover_every_command() {
    let database = Database::without_extension();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run_ntsb_ok(&database, &["completions", shell]);
        let words = ["quarantine", "min-points", "promote", "fail-on-drift", "pilot-hours"];
        assert!(words.iter().all(|word| script.contains(word)), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    run_ntsb_ok(&database, &["man", folder.path().to_str().unwrap()]);
    let page = std::fs::read_to_string(folder.path().join("ntsb-near.1")).unwrap();
    assert!(page.contains("degrees north"), "{page}");
    for command in ["predict", "explain", "train", "models", "models-export", "promote", "drift"] {
        assert!(folder.path().join(format!("ntsb-{command}.1")).exists(), "{command}");
    }
}

#[test]
fn a_range_of_years_that_ends_before_it_begins_is_refused() {
    let database = Database::with_sample();
    for function in [
        "ntsb_search('engine', 2020, 2010)",
        "ntsb_search_asrs('engine', 20, 2020, 2010)",
        "ntsb_search_recommendations('engine', 20, 2020, 2010)",
        "ntsb_weather_disagreements(2020, 2010)",
    ] {
        let sql = format!("SELECT * FROM {function}");
        let error = database.connect().batch_execute(&sql).unwrap_err();
        let error = error.as_db_error().unwrap_or_else(|| panic!("{function}: {error}"));
        assert_eq!(error.code().code(), "22023", "{function}");
        let message = error.message();
        assert!(message.contains("2020") && message.contains("2010"), "{function}: {message}");
        assert_eq!(error.hint(), Some("Both years are included; null means no limit."));
    }
    assert_eq!(
        database.count_rows("ntsb_search('engine', 2010, 2010) WHERE ev_date < '2010-01-01'"),
        0
    );
}
