//! `ntsb sync --api` against a stub of NTSB's API.

use std::time::Duration;

use ntsb_tests::case_api::{CHANGES, CaseApi, MONTH, RECOMMENDATIONS, case_record, json_reply};
use ntsb_tests::cli::{load, ntsb_command};
use ntsb_tests::database::Database;
use ntsb_tests::process::{ChildProcess, ProcessOutput};
use serde_json::json;
use tempfile::TempDir;

pub struct ApiTest {
    pub api: CaseApi,
    pub database: Database,
    folder: TempDir,
}

impl ApiTest {
    pub fn new() -> ApiTest {
        let (api, folder) = (CaseApi::start(), tempfile::tempdir().unwrap());
        ApiTest { api, database: Database::empty_warehouse(), folder }
    }

    pub fn sync(&self, arguments: &[&str]) -> ProcessOutput {
        let mut command = ntsb_command(&self.database.server, &self.database.name);
        command.args(["sync", "--api", "--requests-per-minute", "6000", "--api-url"]);
        command.arg(self.api.url()).args(arguments).arg("--folder").arg(self.folder.path());
        command.env("NTSB_API_KEY", "test-key");
        ChildProcess::start(command).finish_within(Duration::from_secs(120))
    }

    #[track_caller]
    pub fn sync_ok(&self, arguments: &[&str]) -> ProcessOutput {
        let finished = self.sync(arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.all_output());
        finished
    }

    /// A day, counted back from today (UTC), as the stub and the command see it.
    pub fn day(&self, back: i32) -> String {
        self.database
            .query_value(&format!("SELECT ((now() AT TIME ZONE 'UTC')::date - {back})::text"))
    }

    pub fn complete_until(&self) -> Option<String> {
        let sql = "SELECT (SELECT complete_until::text FROM ntsb.source_state WHERE source = 'api_cases')";
        self.database.query_value(sql)
    }
}

#[test]
fn few_changes_are_fetched_singly_and_many_by_month() {
    let test = ApiTest::new();
    let changed = test.day(2);
    for key in 1..=3 {
        test.api.publish(&case_record(key, &format!("2025-03-{key:02}")), &changed);
    }
    for key in 11..=17 {
        test.api.publish(&case_record(key, &format!("2025-05-{key:02}")), &changed);
    }
    // An unchanged case of May, and cases that are not about aviation.
    test.api.publish(&case_record(18, "2025-05-18"), "2025-05-20");
    for (key, mode) in [(21, "Marine"), (22, "Railroad")] {
        let mut other = case_record(key, "2025-05-21");
        other["mode"] = json!(mode);
        test.api.publish(&other, &changed);
    }
    let report = test.sync_ok(&[]);
    let summary =
        "10 aviation cases changed (2 of other modes); 11 records fetched, 1 whole months, 0 no";
    assert!(report.stderr.contains(summary), "{}", report.stderr);
    assert_eq!(test.database.count_rows("ntsb.events"), 11);
    let targets = test.api.take_targets();
    let count = |path: &str| targets.iter().filter(|target| target.starts_with(path)).count();
    assert_eq!((count(CHANGES), count(MONTH), targets.len()), (1, 1, 5), "{targets:?}");
    assert!(
        targets.iter().any(|t| t.contains("startDate=2025-05-01&endDate=2025-05-31&mode=aviation"))
    );
    assert_eq!(test.complete_until(), Some(test.day(0)));

    // The next run asks from the last day on, and finds nothing new.
    test.sync_ok(&[]);
    let today = test.day(0);
    let expected = format!("{CHANGES}?startDate={today}&endDate={today}");
    assert_eq!(test.api.take_targets(), [expected]);
    assert_eq!(test.database.count_rows("ntsb.batch"), 1);
}

#[test]
fn a_record_fills_the_tables_as_an_access_file_would() {
    let test = ApiTest::new();
    test.api.publish(&case_record(200_127, "2025-05-07"), &test.day(1));
    let report = test.sync_ok(&[]);
    assert!(!report.all_output().contains("not stored because"), "{}", report.all_output());
    for (sql, expected) in [
        ("SELECT ev_id FROM ntsb.events", "20250507200127"),
        // 20:00 UTC is 16:00 in Ohio in May; the record's own offset differs.
        (
            "SELECT concat_ws(' ', local_date, local_time, time_zone) FROM ntsb.fact_accidents",
            "2025-05-07 16:00:00 America/New_York",
        ),
        (
            "SELECT concat_ws(' ', wx_temp_c, wx_dew_pt_c, sky_cond_nonceil, sky_ceil_ht, vis_sm, wind_dir_deg, wind_vel_kts, altimeter, wx_obs_time, light_cond) FROM ntsb.events",
            "10 5 FEW 10000 10 340 4 29.61 1053 DAYL",
        ),
        (
            "SELECT concat_ws(' ', case_closed, completion_status, parties, utc_offset_hours) FROM ntsb.case_record",
            "f In work FAA -5",
        ),
        ("SELECT rec_stat FROM ntsb.ntsb_admin", "P"),
        (
            "SELECT concat_ws('|', sequence_no, event_group, phase_group) FROM ntsb.sequence_group",
            "1|Loss of Control (Ground)|Landing",
        ),
        (
            "SELECT string_agg(col_name || ' ' || code, ', ' ORDER BY col_name) FROM ntsb.dt_flight_crew",
            "crew_cert_code PRI, crew_rat_airpln SEL, crew_rat_instrum APLN",
        ),
        ("SELECT col_name || ' ' || code FROM ntsb.dt_aircraft", "landing_gear TRI"),
        (
            "SELECT concat_ws(' ', flight_type, flight_craft, flight_hours) FROM ntsb.flight_time",
            "TOTL ALL 1400",
        ),
        ("SELECT eng_type || ' ' || eng_mfgr FROM ntsb.engines", "REC Lycoming"),
        ("SELECT dprt_time::text FROM ntsb.aircraft", "1915"),
        ("SELECT finding_code FROM ntsb.findings", "0106201220"),
    ] {
        assert_eq!(test.database.query_value::<String>(sql), expected, "{sql}");
    }
}

#[test]
fn earlier_events_are_loaded_by_month_and_resumed() {
    let test = ApiTest::new();
    test.api.set_page_size(2);
    for key in 1..=5 {
        test.api.publish(&case_record(key, &format!("2026-07-{key:02}")), "2026-07-20");
    }
    test.api.publish(&case_record(9, "2026-08-09"), "2026-08-20");
    // The second month fails: the first stays loaded.
    let failure = ntsb_tests::web_server::Reply::Response {
        status: 403,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let july = "2026-07-01";
    test.api.fail(MONTH, Vec::new());
    assert_eq!(test.sync(&["--since", "July"]).code, Some(2));
    test.api.withdraw(9, "2026-08-21");
    test.sync_ok(&["--since", july]);
    assert_eq!(test.database.count_rows("ntsb.events"), 5);
    let pages = test.api.take_targets();
    let of_july = |target: &&String| target.contains("startDate=2026-07-01");
    assert_eq!(pages.iter().filter(of_july).count(), 3, "{pages:?}");

    // A run that breaks off in August goes on with August.
    let other = ApiTest::new();
    other.api.publish(&case_record(1, "2026-07-03"), "2026-07-20");
    other.api.publish(&case_record(9, "2026-08-09"), "2026-08-20");
    let july_page = json_reply(&json!({"data": [case_record(1, "2026-07-03")]}));
    other.api.fail(MONTH, vec![july_page, failure]);
    assert_eq!(other.sync(&["--since", july]).code, Some(1));
    assert_eq!(other.database.count_rows("ntsb.events"), 1);
    assert_eq!(other.complete_until(), None);
    other.api.take_targets();
    other.sync_ok(&[]);
    assert_eq!(other.database.count_rows("ntsb.events"), 2);
    let targets = other.api.take_targets();
    assert!(targets[0].contains("startDate=2026-08-01&endDate=2026-08-31"), "{targets:?}");
    assert_eq!(other.complete_until(), Some(other.day(0)));
}

#[test]
fn recent_months_are_read_again_on_request() {
    let test = ApiTest::new();
    let month: String = test.day(0)[..7].to_owned();
    test.api.publish(&case_record(1, &format!("{month}-01")), &test.day(40));
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.events"), 0);
    test.sync_ok(&["--reread", "1"]);
    assert_eq!(test.database.count_rows("ntsb.events"), 1);
}

#[test]
fn a_preliminary_text_stays_in_the_history_when_the_case_closes() {
    let test = ApiTest::new();
    let mut record = case_record(200_127, "2025-05-07");
    test.api.publish(&record, &test.day(1));
    test.sync_ok(&[]);
    record["narratives"] = json!([{"aircraftNumber": 1, "prelimNarrative": null,
        "concatenatedFactualNarrative": "The facts.", "probableCause": "A made-up cause."}]);
    record["caseClosed"] = json!(true);
    record["completionStatus"] = json!("Completed");
    record["publishDateTime"] = json!("2026-01-02T18:00:00");
    test.api.publish(&record, &test.day(0));
    test.sync_ok(&[]);
    let versions: Vec<String> = test.database.query_column(
        "SELECT concat_ws('|', version, kind, text, valid_until IS NULL) FROM ntsb.narrative_version
         WHERE ev_id = '20250507200127' ORDER BY kind, version",
        &[],
    );
    assert_eq!(
        versions,
        [
            "1|facts|A made-up preliminary text.|f",
            "2|facts|The facts.|t",
            "1|probable cause|A made-up cause.|t"
        ]
    );
    let history: String = test.database.query_value(
        "SELECT old_value FROM ntsb_event_history('20250507200127') WHERE column_name = 'narr_accp'",
    );
    assert_eq!(history, "A made-up preliminary text.");
    let links: Vec<String> = test.database.query_column(
        "SELECT kind || ' ' || url FROM ntsb_case_link('20250507200127') ORDER BY kind",
        &[],
    );
    assert!(
        links.contains(&"docket https://data.ntsb.gov/Docket?ProjectID=200127".to_owned()),
        "{links:?}"
    );
}

#[test]
fn a_record_never_empties_what_an_access_file_gave() {
    let test = ApiTest::new();
    let full = case_record(200_127, "2025-05-07");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("full.json");
    std::fs::write(&file, full.to_string()).unwrap();
    load(&test.database, &[], &file);
    let facts = "SELECT to_jsonb(e) - '{last_batch,lchg_date,content_hash,hash_version}'::text[] FROM ntsb.events e";
    let before = test.database.query_json(facts);
    let mut sparse = full.clone();
    for name in ["weatherConditions", "aircrafts", "narratives", "eventCity"] {
        sparse.as_object_mut().unwrap().remove(name);
    }
    sparse["publishDateTime"] = json!("2026-01-02T18:00:00");
    test.api.publish(&sparse, &test.day(0));
    test.sync_ok(&[]);
    assert_eq!(test.database.query_json(facts), before);
    assert_eq!(test.database.count_rows("ntsb.flight_time WHERE withdrawn_batch IS NULL"), 1);
}

#[test]
fn the_local_date_follows_from_the_place_or_else_from_the_stated_offset() {
    let test = ApiTest::new();
    let mut at_night = case_record(200_127, "2022-03-08");
    at_night["eventTimeUtc"] = json!("02:30:00");
    let mut without_place = case_record(200_128, "2022-03-08");
    without_place["eventTimeUtc"] = json!("02:30:00");
    for name in ["eventLatitude", "eventLongitude"] {
        without_place[name] = json!(null);
    }
    let mut without_offset = without_place.clone();
    without_offset["mKey"] = json!(200_129);
    without_offset["ntsbNumber"] = json!("XXX22LA129");
    without_offset["eventTimeUtcOffsetHours"] = json!(null);
    for record in [&at_night, &without_place, &without_offset] {
        test.api.publish(record, &test.day(0));
    }
    test.sync_ok(&[]);
    let local: Vec<String> = test.database.query_column(
        "SELECT concat_ws(' ', local_date, local_time) FROM ntsb.fact_accidents ORDER BY ev_id",
        &[],
    );
    // 02:30 UTC is 21:30 of the day before in Ohio, and with the stated offset of -5 hours.
    assert_eq!(local, ["2022-03-07 21:30:00", "2022-03-07 21:30:00", ""]);
}

/// Where the rows of the two doors differ: Access files write U, F and T where the API states calm,
/// variable or absent wind, or nothing.
const DIFFERENCES: [&str; 3] = ["events.gust_ind", "events.wind_dir_ind", "events.wind_vel_ind"];

#[test]
fn the_same_case_by_both_doors_gives_the_same_rows() {
    let (by_file, by_api) = (Database::empty_warehouse(), Database::empty_warehouse());
    let folder = tempfile::tempdir().unwrap();
    let json_file = folder.path().join("case.json");
    std::fs::write(&json_file, case_record(200_127, "2025-05-07").to_string()).unwrap();
    load(&by_api, &[], &json_file);
    load(&by_file, &["--increment"], &ntsb_tests::fixture("api_case_as_csv"));
    let columns: Vec<String> = by_api.query_column(
        "SELECT table_name || '.' || column_name FROM ntsb_source_columns()
         WHERE NOT derived AND NOT reference AND table_name NOT IN ('case_record', 'sequence_group')
           AND column_name <> 'lchg_date'
         ORDER BY table_name, position",
        &[],
    );
    let mut differing = Vec::new();
    for column in &columns {
        let (table, name) = column.split_once('.').unwrap();
        let sql = format!(
            "SELECT coalesce(string_agg(coalesce({name}::text, '-'), '|' ORDER BY content_hash, {name}), '') FROM ntsb.{table}"
        );
        let sorted = |text: String| {
            let mut values: Vec<String> = text.split('|').map(str::to_owned).collect();
            values.sort();
            values
        };
        let (file, api) = (by_file.query_value::<String>(&sql), by_api.query_value::<String>(&sql));
        if sorted(file) != sorted(api) {
            differing.push(column.as_str());
        }
    }
    differing.sort_unstable();
    assert_eq!(differing, DIFFERENCES);
}

#[test]
fn a_year_of_cases_is_loaded_and_kept_current() {
    let test = ApiTest::new();
    test.api.set_page_size(20);
    for key in 1..=360_u64 {
        let day = test.day(361 - i32::try_from(key).unwrap());
        test.api.publish(&case_record(300_000 + key, &day), "2020-01-01");
    }
    test.sync_ok(&["--since", &test.day(361)]);
    let current = "ntsb.events WHERE withdrawn_batch IS NULL";
    assert_eq!(test.database.count_rows(current), 360);
    let months = "SELECT count(DISTINCT date_trunc('month', ev_date)) FROM ntsb.events";
    assert_eq!(
        test.database.query_value::<i64>(months),
        test.database.count_rows("ntsb.batch"),
        "one load per month"
    );

    // Six cases change.
    test.api.take_targets();
    for key in [300_101_u64, 300_102, 300_103, 300_104, 300_105, 300_300] {
        let day = test.day(361 - i32::try_from(key - 300_000).unwrap());
        let mut record = case_record(key, &day);
        record["totalMinor"] = json!(2);
        record["publishDateTime"] = json!(format!("{}T18:00:00", test.day(0)));
        test.api.publish(&record, &test.day(0));
    }
    test.sync_ok(&[]);
    assert_eq!(test.database.count_rows("ntsb.events WHERE inj_tot_m = 2"), 6);
    assert_eq!(test.database.count_rows(current), 360);
    let updated = "SELECT sum(updated)::bigint FROM ntsb.batch_table WHERE table_name = 'events'";
    assert_eq!(test.database.query_value::<i64>(updated), 6);
}

#[test]
fn recommendations_that_changed_are_loaded_with_the_cases() {
    let test = ApiTest::new();
    let recommendation = json!({"data": [{"safetyRecNo": "A-21-007", "mode": "Aviation",
        "subject": "Carburetor heat", "recommendationText": "Inspect the valve.",
        "overallStatus": "Open - Await Response", "ntsbNumber": "XXX25LA127",
        "issueDate": "2021-06-15"}], "hasMore": false});
    test.api.publish(&case_record(200_127, "2025-05-07"), &test.day(0));
    test.api.fail(RECOMMENDATIONS, vec![json_reply(&recommendation)]);
    test.sync_ok(&[]);
    let linked = "SELECT rec_no FROM ntsb_safety_recommendations('20250507200127')";
    assert_eq!(test.database.query_value::<String>(linked), "A-21-007");
    let states: Vec<String> = test.database.query_column(
        "SELECT source || ' ' || status FROM ntsb.source_status WHERE complete_until IS NOT NULL",
        &[],
    );
    assert_eq!(states, ["api_cases current", "safety_recommendations current"]);
    // A failure leaves its day open, and the cases stored.
    let more = json_reply(&json!({"data": [], "hasMore": true, "nextMarker": "2"}));
    test.api.fail(RECOMMENDATIONS, vec![more]);
    test.api.publish(&case_record(200_128, "2025-05-08"), &test.day(0));
    assert_eq!(test.sync(&[]).code, Some(1));
    assert_eq!(test.database.count_rows("ntsb.events"), 2);
}
