//! After a random series of loads that change, withdraw and return rows, a refreshed star schema equals
//! a rebuilt one. The seed is fixed, so that failures are reproducible.

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::star::{assert_same_star, read_rebuilt_star, read_star};
use postgres::Client;
use tempfile::tempdir;

const ROUNDS: i32 = 11;

/// Random edits of staged rows.
const EDITS: &[&str] = &[
    "UPDATE ntsb_staging.events SET ev_highest_injury =
         (ARRAY['FATL','SERS','MINR','NONE',NULL])[1 + (random() * 4)::int] WHERE random() < 0.3",
    "UPDATE ntsb_staging.events SET ev_city = 'Elsewhere', ev_state = 'AK' WHERE random() < 0.1",
    "UPDATE ntsb_staging.events SET (ev_date, ev_year, ev_month, ev_dow) =
         (SELECT d::text, extract(year FROM d)::text, extract(month FROM d)::text, NULL
          FROM (SELECT date '2004-06-15' + (random() * 1500)::int AS d) x) WHERE random() < 0.2",
    "UPDATE ntsb_staging.events SET wx_cond_basic = 'IMC', vis_sm = '0.5', wind_vel_kts = '33' WHERE random() < 0.1",
    // Few registrations, so that many events share one.
    "UPDATE ntsb_staging.aircraft SET regis_no = 'N' || (100 + (random() * 25)::int) WHERE random() < 0.5",
    "UPDATE ntsb_staging.aircraft SET regis_no = NULL WHERE random() < 0.05",
    "UPDATE ntsb_staging.aircraft SET acft_make = 'Cessna', acft_model = '172', acft_serial_no = NULL WHERE random() < 0.5",
    "UPDATE ntsb_staging.aircraft SET total_seats = (2 + (random() * 2)::int)::text WHERE random() < 0.5",
    "UPDATE ntsb_staging.aircraft SET num_eng = NULL, acft_category = NULL WHERE random() < 0.3",
    "UPDATE ntsb_staging.engines SET eng_type = 'TP' WHERE random() < 0.1",
    "DELETE FROM ntsb_staging.findings WHERE random() < 0.2",
    "UPDATE ntsb_staging.findings SET finding_code = '0206304044', finding_description = 'Other words' WHERE random() < 0.1",
    "UPDATE ntsb_staging.findings SET cause_factor = 'C' WHERE random() < 0.2",
    "UPDATE ntsb_staging.events_sequence SET defining_ev = CASE WHEN random() < 0.5 THEN '1' ELSE '0' END WHERE random() < 0.3",
    "DELETE FROM ntsb_staging.occurrences WHERE random() < 0.1",
    "DELETE FROM ntsb_staging.dt_flight_crew WHERE random() < 0.3",
    "UPDATE ntsb_staging.dt_flight_crew SET code = 'COMM' WHERE col_name = 'crew_cert_code' AND code = 'PRI' AND random() < 0.5",
    "UPDATE ntsb_staging.flight_crew SET crew_age = (20 + (random() * 60)::int)::text WHERE random() < 0.3",
    "DELETE FROM ntsb_staging.flight_crew WHERE random() < 0.05",
    "UPDATE ntsb_staging.flight_time SET flight_hours = '1234.5' WHERE flight_craft = 'ALL' AND random() < 0.2",
    "UPDATE ntsb_staging.narratives SET narr_cause = NULL WHERE random() < 0.3",
];

struct LoadSeries {
    database: Database,
    client: Client,
    /// Table, its source columns, and their values as text.
    tables: Vec<(String, String, String)>,
}

impl LoadSeries {
    fn new() -> LoadSeries {
        let database = Database::empty_warehouse();
        load_synthetic_events(&database, 150);
        let tables = database
            .query_rows(
                "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY position),
                        string_agg(format('t.%I::text', column_name), ', ' ORDER BY position)
                 FROM ntsb_source_columns() WHERE NOT derived AND NOT reference
                 GROUP BY 1 ORDER BY table_name <> 'events', 1",
                &[],
            )
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect();
        let client = database.connect();
        LoadSeries { database, client, tables }
    }

    /// Loads edited copies of 20 % of the events as an increment, or of 90 % as a full file. Some withdrawn
    /// rows return.
    fn load_round(&mut self, number: i32) {
        let full = number % 4 == 3;
        let (mode, share) = if full { ("full", 0.9) } else { ("increment", 0.2) };
        let mut transaction = self.client.transaction().unwrap();
        let seed = f64::from(number) / 100.0;
        transaction.execute("SELECT setseed($1)", &[&seed]).unwrap();
        let batch: i64 = transaction
            .query_one("SELECT ntsb_begin_batch('round.csv', $1)", &[&mode])
            .unwrap()
            .get(0);
        transaction
            .execute(
                "CREATE TEMP TABLE chosen ON COMMIT DROP AS
                 SELECT ev_id FROM ntsb.events, random() r WHERE random() < $1::float8 ORDER BY ev_id",
                &[&share],
            )
            .unwrap();
        for (table, columns, values) in &self.tables {
            let copy = format!(
                "INSERT INTO ntsb_staging.{table} (batch_id, {columns}) SELECT {batch}, {values} FROM ntsb.{table} t
                 WHERE ev_id IN (SELECT ev_id FROM chosen)
                   AND (withdrawn_batch IS NULL OR random() < 0.3 OR '{table}' = 'events')"
            );
            transaction.batch_execute(&copy).unwrap_or_else(|e| panic!("{copy}: {e:?}"));
            let set_change_date = format!(
                "UPDATE ntsb_staging.{table} SET lchg_date = '2025-12-01 00:00:00'::timestamp + interval '1 day' * {number}"
            );
            transaction
                .batch_execute(&set_change_date)
                .unwrap_or_else(|e| panic!("{set_change_date}: {e:?}"));
        }
        for edit in EDITS {
            transaction.batch_execute(edit).unwrap_or_else(|e| panic!("{edit}: {e:?}"));
        }
        // Many events lack rows on purpose.
        transaction.execute("CALL ntsb_ingest($1, allow_withdraw => 10000)", &[&batch]).unwrap();
        transaction.commit().unwrap();
    }

    fn refresh_and_compare(&mut self, number: i32) {
        self.client.batch_execute("CALL ntsb_refresh_star()").unwrap();
        let refreshed = read_star(&mut self.client);
        let rebuilt = read_rebuilt_star(&mut self.client);
        assert_same_star(&refreshed, &rebuilt, &format!("after round {number}"));
    }
}

/// Loads synthetic events. A larger number includes the events of a smaller one.
fn load_synthetic_events(database: &Database, events: u32) {
    let folder = tempdir().unwrap();
    let out = folder.path().join("synthetic");
    let (events, out_path) = (events.to_string(), out.to_str().unwrap());
    let finished = run_ntsb(
        database,
        &["generate", "--events", &events, "--seed", "3", "--words", "5", "--out", out_path],
    );
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    load(database, &["--increment", "--no-refresh"], &out);
}

#[test]
fn after_random_loads_a_refreshed_star_equals_a_rebuilt_one() {
    let mut series = LoadSeries::new();
    series.refresh_and_compare(0);
    for number in 1..=ROUNDS {
        if number == ROUNDS / 2 {
            load_synthetic_events(&series.database, 220);
        }
        series.load_round(number);
        // Skips some refreshes, so that the next one processes two loads.
        if number % 3 != 2 {
            series.refresh_and_compare(number);
        }
    }
    let count = |sql: &str| series.database.query_value::<i64>(sql);
    // The series must have covered withdrawals, returns and new versions.
    assert!(count("SELECT count(*) FROM ntsb.events WHERE withdrawn_batch IS NOT NULL") > 5);
    assert!(count("SELECT count(*) FROM ntsb.change_log WHERE action = 'return'") > 50);
    assert!(count("SELECT count(*) FROM ntsb.dim_aircraft WHERE NOT is_current") > 20);
    assert!(count("SELECT count(*) FROM ntsb.dim_crew WHERE NOT is_current") > 20);
    assert!(
        count("SELECT max(n) FROM (SELECT count(*) AS n FROM ntsb.dim_crew GROUP BY member) m") > 2
    );
}
