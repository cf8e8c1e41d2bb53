//! Limits of withdrawals: a load may withdraw a few events, and more only with `--allow-withdraw`.

use std::fs;
use std::path::{Path, PathBuf};

use ntsb_tests::cli::{LoadReport, load, load_command};
use ntsb_tests::database::Database;
use ntsb_tests::mdb::{export_csv, extract_mdb};
use ntsb_tests::process::run;
use ntsb_tests::warehouse_contents::digest_tables;
use ntsb_tests::{count_sample_events, fixture};
use postgres::error::DbError;
use postgres::{Client, GenericClient};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// Begins a full batch and stages the events that match a condition, with all their rows.
fn begin_batch(client: &mut impl GenericClient, condition: &str) -> i64 {
    let batch = client.query_one("SELECT ntsb_begin_batch('again.mdb', 'full')", &[]).unwrap();
    let tables = "SELECT DISTINCT table_name FROM ntsb_source_columns() WHERE NOT reference";
    for row in client.query(tables, &[]).unwrap() {
        let of_events = format!("ev_id IN (SELECT ev_id FROM ntsb.events WHERE {condition})");
        stage_rows(client, row.get(0), &of_events);
    }
    batch.get(0)
}

/// Stages the stored rows of a table in the format of a file.
fn stage_rows(client: &mut impl GenericClient, table: &str, condition: &str) {
    let columns: String = client
        .query_one(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM ntsb_source_columns()
             WHERE table_name = $1 AND NOT derived",
            &[&table],
        )
        .unwrap()
        .get(0);
    let texts = columns.replace(", ", "::text, ");
    let sql = format!(
        "INSERT INTO ntsb_staging.{table} ({columns}) SELECT {texts}::text FROM ntsb.{table}
         WHERE withdrawn_batch IS NULL AND {condition}"
    );
    client.batch_execute(&sql).unwrap();
}

fn ingest(client: &mut Client, batch: i64, allowed: Option<i64>) -> Result<(), Box<DbError>> {
    let call = "CALL ntsb_ingest($1, allow_withdraw => $2)";
    let called = client.execute(call, &[&batch, &allowed]);
    let db_error = |e: postgres::Error| e.as_db_error().cloned().unwrap_or_else(|| panic!("{e:?}"));
    called.map(|_| ()).map_err(|e| Box::new(db_error(e)))
}

fn count_current_events(database: &Database) -> i64 {
    database.count_rows("ntsb.events WHERE withdrawn_batch IS NULL")
}

/// Loads the events since 2008 and one more row as a full file.
fn load_recent_events_and(row: &str) -> Database {
    let database = Database::with_sample();
    let mut client = database.connect();
    let batch = begin_batch(&mut client, "ev_date >= '2008-01-01'");
    let more = format!("INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date) VALUES {row}");
    client.batch_execute(&more).unwrap();
    ingest(&mut client, batch, None).unwrap();
    database
}

#[test]
fn a_rejected_row_of_1925_does_not_extend_the_period_of_a_file() {
    let database = load_recent_events_and("('20250101X09999', '1925-01-01', '2025-01-01')");
    assert_eq!(
        count_current_events(&database),
        count_sample_events(),
        "events before 2008 were withdrawn"
    );
    let quarantined = "ntsb.staging_quarantine WHERE ev_id = '20250101X09999'
                AND rule_id = 'events.date_before_1962'";
    assert_eq!(database.count_rows(quarantined), 1);
    let since: String = database
        .query_value("SELECT lower(period)::text FROM ntsb.batch ORDER BY batch_id DESC LIMIT 1");
    assert!(since.starts_with("2008-"), "{since}");
}

/// A single early event does not extend the period of a file.
#[test]
fn a_row_decades_before_the_others_withdraws_nothing() {
    let database = load_recent_events_and("('20250101X09999', '1985-05-05', '2025-01-01')");
    assert_eq!(count_current_events(&database), count_sample_events() + 1);
    // The letter L marks events before 1982.
    let database = load_recent_events_and("('20250101L09999', '1985-05-05', '2025-01-01')");
    assert_eq!(count_current_events(&database), count_sample_events() + 1);
}

#[test]
fn a_load_that_would_withdraw_too_many_events_fails() {
    let database = Database::with_sample();
    let withdrawn = "SELECT ev_id FROM ntsb.events WHERE ev_year IN (2011, 2012)
                  ORDER BY ev_year, ev_id LIMIT 30";
    let [old, new]: [i64; 2] = ["2011", "2012"].map(|year| {
        database.query_value(&format!(
            "SELECT count(*) FROM ({withdrawn}) x WHERE ev_id IN
             (SELECT ev_id FROM ntsb.events WHERE ev_year = {year})"
        ))
    });
    let before = digest_tables(&database, &[]);
    let mut client = database.connect();
    let mut attempt = |allowed| {
        let mut transaction = client.transaction().unwrap();
        let batch = begin_batch(&mut transaction, &format!("ev_id NOT IN ({withdrawn})"));
        let call = "CALL ntsb_ingest($1, allow_withdraw => $2)";
        let called = transaction.execute(call, &[&batch, &allowed]);
        match called {
            Ok(_) => transaction.commit().map(|()| batch),
            Err(error) => Err(error),
        }
    };
    for allowed in [None, Some(0_i64), Some(29)] {
        let error = attempt(allowed).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!(error.code().code(), "55000");
        let total = count_sample_events();
        let message = format!("the load would withdraw 30 of the {total} events between 1982-");
        assert!(error.message().starts_with(&message), "{}", error.message());
        let years = [("2011", old), ("2012", new)];
        let years: Vec<_> = years
            .iter()
            .filter(|(_, n)| *n > 0)
            .map(|(year, events)| format!("{year}: {events}"))
            .collect();
        assert_eq!(error.detail(), Some(&*format!("By year: {}.", years.join(", "))));
        assert!(error.hint().unwrap().contains("--allow-withdraw 30"), "{:?}", error.hint());
        assert_eq!(digest_tables(&database, &[]), before, "something was stored");
    }
    let batch = attempt(Some(30)).unwrap();
    assert_eq!(count_current_events(&database), count_sample_events() - 30);
    let alert = database.query_json(
        "SELECT kind, severity, details FROM ntsb.alert ORDER BY alert_id DESC LIMIT 1",
    );
    assert_eq!(
        (&alert[0]["kind"], &alert[0]["severity"]),
        (&"withdrawal".into(), &"warning".into())
    );
    let details = &alert[0]["details"];
    assert_eq!((&details["events"], &details["batch_id"]), (&30.into(), &batch.into()));
    assert_eq!(details["ev_ids"].as_array().map(Vec::len), Some(30));
    let allow_withdraw: i64 = database
        .query_value(&format!("SELECT allow_withdraw FROM ntsb.batch WHERE batch_id = {batch}"));
    assert_eq!(allow_withdraw, 30);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);
}

#[test]
fn a_few_events_are_withdrawn_with_an_alert() {
    let database = Database::with_sample();
    let mut client = database.connect();
    let condition =
        "ev_id NOT IN (SELECT ev_id FROM ntsb.events WHERE ev_year = 2012 ORDER BY ev_id LIMIT 3)";
    let batch = begin_batch(&mut client, condition);
    ingest(&mut client, batch, None).unwrap();
    assert_eq!(count_current_events(&database), count_sample_events() - 3);
    let message: String =
        database.query_value("SELECT message FROM ntsb.alert WHERE kind = 'withdrawal'");
    assert!(message.starts_with("again.mdb: 3 events withdrawn"), "{message}");
}

#[test]
fn an_event_under_a_new_id_is_not_withdrawn() {
    let database = Database::with_sample();
    database.execute(
        "CREATE TABLE public.renamed AS SELECT ev_id, ntsb_no FROM ntsb.events
         WHERE ev_year = 2012 AND ntsb_no IS NOT NULL ORDER BY ev_id LIMIT 40",
    );
    let mut client = database.connect();
    let batch = begin_batch(&mut client, "ev_id NOT IN (SELECT ev_id FROM public.renamed)");
    client
        .batch_execute(
            "INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date)
             SELECT '20250101Y' || to_char(row_number() OVER (), 'FM00000'), ntsb_no, '2012-05-05'
             FROM public.renamed",
        )
        .unwrap();
    // No withdrawal is allowed.
    ingest(&mut client, batch, Some(0)).unwrap();
    assert_eq!(count_current_events(&database), count_sample_events());
}

#[test]
fn a_negative_limit_is_refused() {
    let database = Database::with_sample();
    let error = ingest(&mut database.connect(), 1, Some(-1)).unwrap_err();
    assert_eq!(error.code().code(), "22023");
    assert_eq!(error.message(), "allow_withdraw must be 0 or more, got -1");
}

/// Exports the sample as CSV and truncates one file to a share of its rows.
fn export_truncated(file: &str, share: f64) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let mdb = extract_mdb(&fixture("sample.zip"), folder.path());
    let csv = export_csv(&mdb, "avall", &["-T", "%Y-%m-%d %H:%M:%S"]);
    let path = csv.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let rows: Vec<usize> = text.match_indices("\n\"").map(|(at, _)| at).collect();
    let end = rows[(rows.len() as f64 * share) as usize];
    fs::write(&path, &text[..=end]).unwrap();
    (folder, csv)
}

/// Runs a load that must fail with SQLSTATE 55000, and returns stderr.
fn expect_refusal(database: &Database, options: &[&str], file: &Path) -> String {
    let finished = run(load_command(database, options, file));
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    assert!(finished.stderr.contains("SQLSTATE: 55000"), "{}", finished.stderr);
    finished.stderr
}

#[test]
fn a_folder_with_a_truncated_table_is_refused_in_both_modes() {
    let database = Database::with_sample();
    let (_folder, csv) = export_truncated("aircraft.csv", 0.5);
    let stderr = expect_refusal(&database, &[], &csv);
    assert!(stderr.contains("the file is short: it has "), "{stderr}");
    assert!(stderr.contains("rows of aircraft, sample.zip had "), "{stderr}");
    let stderr = expect_refusal(&database, &["--increment"], &csv);
    assert!(stderr.contains("rows of aircraft, which are missing in the file"), "{stderr}");
    assert!(stderr.contains("They belong to "), "{stderr}");
    let events = stderr.split("--allow-withdraw ").nth(1).unwrap();
    let events: String = events.chars().take_while(char::is_ascii_digit).collect();
    let one_less = (events.parse::<i64>().unwrap() - 1).to_string();
    expect_refusal(&database, &["--increment", "--allow-withdraw", &one_less], &csv);
    assert_eq!(database.count_rows("ntsb.batch"), 1);
    let report = load(&database, &["--increment", "--allow-withdraw", "5000"], &csv);
    assert!(report.count("aircraft", "withdrawn") > 500, "{report:?}");
}

#[test]
fn a_file_with_truncated_events_is_refused() {
    let database = Database::with_sample();
    let (_folder, csv) = export_truncated("events.csv", 0.9);
    let stderr = expect_refusal(&database, &[], &csv);
    assert!(stderr.contains("the file is short: it has "), "{stderr}");
    assert!(stderr.contains("rows of events, sample.zip had "), "{stderr}");
    let report = load(&database, &["--allow-withdraw", "5000"], &csv);
    assert_eq!(report.mode, "full");
}

/// Each file must contain complete code lists.
#[test]
fn a_truncated_code_list_is_refused() {
    let database = Database::with_sample();
    let mut client = database.connect();
    client.batch_execute("SELECT ntsb_begin_batch('codes.mdb')").unwrap();
    let batch: i64 =
        client.query_one("SELECT current_setting('ntsb.batch_id')::bigint", &[]).unwrap().get(0);
    stage_rows(&mut client, "states", "state < 'F'");
    // Stages the newest events, so that the file is not older than the stored code list.
    stage_rows(&mut client, "events", "lchg_date = (SELECT max(lchg_date) FROM ntsb.events)");
    let error = ingest(&mut client, batch, None).unwrap_err();
    assert!(
        error.message().contains("codes of states, which are missing in the file"),
        "{error:?}"
    );
    assert_eq!(error.code().code(), "55000");
}

/// Copies a fixture under another name.
fn copy_fixture_as(fixture_name: &str, name: &str) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    fs::copy(fixture(fixture_name), &path).unwrap();
    (folder, path)
}

#[test]
fn a_file_name_alone_does_not_make_a_load_full() {
    let database = Database::with_sample();
    let (_folder, weekly) = copy_fixture_as("up08NOV.zip", "avall-week45.zip");
    let finished = run(load_command(&database, &["--json"], &weekly));
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    let report = LoadReport::parse(&finished.stdout);
    assert_eq!((report.mode.as_str(), report.count("events", "withdrawn")), ("increment", 0));
    let note = "avall-week45.zip is loaded as an increment despite its name";
    assert!(
        finished.stderr.contains(note) && finished.stderr.contains("--full"),
        "{}",
        finished.stderr
    );
    let mode: String =
        database.query_value("SELECT mode FROM ntsb.batch ORDER BY batch_id DESC LIMIT 1");
    assert_eq!(mode, "increment");
    // The result is that of the original name.
    let original_name = Database::with_sample();
    assert_eq!(load(&original_name, &[], &fixture("up08NOV.zip")).tables, report.tables);
}

#[test]
fn a_full_file_with_its_usual_name_loads_as_full() {
    let (_folder, file) = copy_fixture_as("sample.zip", "avall.zip");
    for database in [Database::empty_warehouse(), Database::with_sample()] {
        let report = load(&database, &["--recheck"], &file);
        assert_eq!(report.mode, "full");
    }
}

#[test]
fn a_file_of_cases_is_never_full_because_of_its_name() {
    let (_folder, file) = copy_fixture_as("cases.json", "avall");
    let database = Database::with_sample();
    let report = load(&database, &[], &file);
    assert_eq!((report.mode.as_str(), report.count("events", "withdrawn")), ("increment", 0));
}

#[test]
fn a_change_date_in_the_future_is_dropped_and_makes_nothing_stale() {
    let database = Database::empty_warehouse();
    let stage_rows = |city: &str, date: &str| {
        database.execute(&format!(
            "SELECT ntsb_begin_batch('dated.mdb');
             INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_city, lchg_date)
             VALUES ('20250101X00001', '2025-01-01', '{city}', '{date}'),
                    ('20250101X00002', '2025-01-01', 'Reno', '2025-02-01');
             CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint)"
        ));
    };
    stage_rows("Early", "2099-01-01 10:00:00");
    let row = "SELECT ev_city || ' ' || coalesce(lchg_date::date::text, 'undated') FROM ntsb.events
               WHERE ev_id = '20250101X00001'";
    assert_eq!(database.query_value::<String>(row), "Early undated");
    let defect = database.query_json(
        "SELECT column_name, raw_value, action FROM ntsb.row_defects
                                WHERE defect = 'any.changed_in_future'",
    );
    let expected =
        r#"[{"column_name":"lchg_date","raw_value":"2099-01-01 10:00:00","action":"null"}]"#;
    assert_eq!(defect, serde_json::from_str::<Value>(expected).unwrap());
    let as_of = "SELECT as_of::date::text FROM ntsb.batch ORDER BY batch_id DESC LIMIT 1";
    assert_eq!(database.query_value::<String>(as_of), "2025-02-01");
    // A later change date is newer than none.
    stage_rows("Late", "2025-03-01");
    assert_eq!(database.query_value::<String>(row), "Late 2025-03-01");
    // Tomorrow is accepted because of time zones, but as_of is never in the future.
    let tomorrow: String = database.query_value("SELECT (current_date + 1)::text");
    stage_rows("Last", &tomorrow);
    let in_future = "ntsb.batch WHERE as_of > localtimestamp(0)";
    assert_eq!(database.count_rows(in_future), 0);
}
