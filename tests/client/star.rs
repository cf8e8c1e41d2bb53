//! The star schema agrees with the source tables, and a refresh gives the same result as a rebuild.

use ntsb_tests::cli::{load, load_command, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::process::run;
use ntsb_tests::star::{assert_same_star, read_rebuilt_star, read_star};
use ntsb_tests::{count_sample_events, fixture};
use tempfile::tempdir;

/// A warehouse with synthetic events, including defects.
fn database_with_synthetic_events(events: u32, seed: u32) -> Database {
    let database = Database::empty_warehouse();
    load_synthetic_events(&database, events, seed);
    database
}

fn load_synthetic_events(database: &Database, events: u32, seed: u32) {
    let folder = tempdir().unwrap();
    let out = folder.path().join("synthetic");
    let (events, seed) = (events.to_string(), seed.to_string());
    let out_path = out.to_str().unwrap();
    let finished = run_ntsb(
        database,
        &["generate", "--events", &events, "--seed", &seed, "--words", "20", "--out", out_path],
    );
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    load(database, &["--increment"], &out);
}

/// Pairs of queries that must give the same rows: on the star schema, and on the source tables.
const EQUIVALENT_QUERIES: &[(&str, &str)] = &[
    (
        "SELECT ev_year::text, count(*) FROM ntsb.fact_accidents GROUP BY 1",
        "SELECT ev_year::text, count(*) FROM ntsb.events WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT d.year || '-' || d.month, count(*) FROM ntsb.fact_accidents JOIN ntsb.dim_time d USING (time_id) GROUP BY 1",
        "SELECT extract(year FROM ev_date) || '-' || extract(month FROM ev_date), count(*)
         FROM ntsb.events WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT severity, count(*) FROM ntsb.accidents GROUP BY 1",
        "SELECT CASE WHEN inj_tot_f > 0 THEN 'FATL' ELSE ev_highest_injury END, count(*)
         FROM ntsb.events WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT l.state, count(*) FROM ntsb.fact_accidents JOIN ntsb.dim_location l USING (location_id) GROUP BY 1",
        "SELECT ev_state, count(*) FROM ntsb.events WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT w.wx_cond_basic, sum(fatalities) FROM ntsb.fact_accidents JOIN ntsb.dim_weather w USING (weather_id) GROUP BY 1",
        "SELECT wx_cond_basic, sum(coalesce(inj_tot_f, CASE WHEN ev_highest_injury <> 'FATL' THEN 0 END))
         FROM ntsb.events WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT d.acft_make, count(*) FROM ntsb.bridge_event_aircraft b JOIN ntsb.dim_aircraft d USING (aircraft_id)
         WHERE d.regis_no IS NULL GROUP BY 1",
        "SELECT acft_make_std, count(*) FROM ntsb.aircraft WHERE withdrawn_batch IS NULL AND regis_no IS NULL GROUP BY 1",
    ),
    (
        "SELECT d.regis_no, count(*) FROM ntsb.bridge_event_aircraft b JOIN ntsb.dim_aircraft d USING (aircraft_id) GROUP BY 1",
        "SELECT regis_no, count(*) FROM ntsb.aircraft WHERE withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT d.certificate, count(*) FROM ntsb.bridge_event_crew b JOIN ntsb.dim_crew d USING (crew_id)
         WHERE d.crew_category = 'DSTU' GROUP BY 1",
        "SELECT d.code, count(*) FROM ntsb.flight_crew c
         LEFT JOIN ntsb.dt_flight_crew d ON d.ev_id = c.ev_id AND d.aircraft_key = c.aircraft_key
             AND d.crew_no = c.crew_no AND d.col_name = 'crew_cert_code' AND d.withdrawn_batch IS NULL
         WHERE c.crew_category = 'DSTU' AND c.withdrawn_batch IS NULL GROUP BY 1",
    ),
    (
        "SELECT d.code, count(*) FROM ntsb.bridge_event_cause b JOIN ntsb.dim_causes d USING (cause_id) GROUP BY 1",
        "SELECT code, count(*) FROM (
             SELECT finding_code AS code FROM ntsb.findings WHERE withdrawn_batch IS NULL
             UNION ALL SELECT occurrence_code FROM ntsb.events_sequence WHERE withdrawn_batch IS NULL
             UNION ALL SELECT occurrence_code::text FROM ntsb.occurrences WHERE withdrawn_batch IS NULL
             UNION ALL SELECT subj_code::text FROM ntsb.seq_of_events WHERE withdrawn_batch IS NULL) c
         WHERE code IS NOT NULL GROUP BY 1",
    ),
];

fn assert_star_counts_match_tables(database: &Database) {
    for (star_query, table_query) in EQUIVALENT_QUERIES {
        let rows = |sql: &str| -> Vec<String> {
            database.query_column(&format!("SELECT t::text FROM ({sql}) t ORDER BY 1"), &[])
        };
        let star_rows = rows(star_query);
        assert!(!star_rows.is_empty(), "{star_query}");
        assert_eq!(star_rows, rows(table_query), "{star_query}");
    }
}

#[test]
fn star_counts_match_the_tables() {
    let database = database_with_synthetic_events(1200, 7);
    assert_star_counts_match_tables(&database);
    let mut client = database.connect();
    assert_same_star(&read_star(&mut client), &read_rebuilt_star(&mut client), "generated");
}

#[test]
fn a_load_refreshes_the_star_unless_no_refresh_is_given() {
    let database = Database::with_sample();
    let facts = || database.count_rows("ntsb.accidents");
    assert_eq!(facts(), count_sample_events());
    load(&database, &["--no-refresh"], &fixture("up08NOV.zip"));
    assert_eq!(facts(), count_sample_events());
    database.execute("CALL ntsb_refresh()");
    assert_eq!(facts(), count_sample_events() + 10);
}

#[test]
fn a_failed_refresh_keeps_the_load_and_says_what_to_do() {
    let database = Database::with_sample();
    database.execute("ALTER TABLE ntsb.dim_location RENAME TO dim_location_renamed");
    let finished = run(load_command(&database, &[], &fixture("up08NOV.zip")));
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    assert!(finished.stderr.contains("ntsb refresh"), "{}", finished.stderr);
    assert_eq!(database.count_rows("ntsb.events"), count_sample_events() + 10);
    database.execute(
        "ALTER TABLE ntsb.dim_location_renamed RENAME TO dim_location; CALL ntsb_refresh()",
    );
    assert_eq!(database.count_rows("ntsb.accidents"), count_sample_events() + 10);
}

#[test]
fn a_concurrent_refresh_does_not_wait() {
    let database = Database::with_sample();
    load(&database, &["--no-refresh"], &fixture("up08NOV.zip"));
    let mut first = database.connect();
    let mut transaction = first.transaction().unwrap();
    transaction.batch_execute("CALL ntsb_refresh_star()").unwrap();
    database.execute(
        "SET statement_timeout = '20s'; CALL ntsb_refresh_star(); CALL ntsb_rebuild_star()",
    );
    assert_eq!(database.count_rows("ntsb.accidents"), count_sample_events());
    transaction.commit().unwrap();
    assert_eq!(database.count_rows("ntsb.accidents"), count_sample_events() + 10);
}
