//! Time series, correlations and association rules equal counts in SQL, and long calls can be cancelled.

use std::time::{Duration, Instant};

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use postgres::error::SqlState;
use tempfile::tempdir;

fn database_with_synthetic_events(events: u32) -> Database {
    let database = Database::empty_warehouse();
    let folder = tempdir().unwrap();
    let out = folder.path().join("synthetic");
    let (events, out_path) = (events.to_string(), out.to_str().unwrap());
    let finished = run_ntsb(
        &database,
        &["generate", "--events", &events, "--seed", "18", "--words", "5", "--out", out_path],
    );
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    load(&database, &["--increment"], &out);
    database
}

/// Function calls, and SQL queries that must give the same rows.
const EQUIVALENT_QUERIES: &[(&str, &str)] = &[
    (
        "SELECT bucket_start, value FROM ntsb_time_series('fatal_events', 'month', 'ev_state = ''CA''') WHERE value > 0",
        "SELECT date_trunc('month', ev_date)::date, count(*) FROM ntsb.accidents
         WHERE severity = 'FATL' AND ev_state = 'CA' GROUP BY 1",
    ),
    (
        "SELECT bucket_start, value FROM ntsb_time_series('fatalities', 'week') WHERE value > 0",
        "SELECT date_trunc('week', ev_date)::date, sum(fatalities) FROM ntsb.accidents
         WHERE ev_date IS NOT NULL GROUP BY 1 HAVING sum(fatalities) > 0",
    ),
    (
        "SELECT extract(year FROM bucket_start), value FROM ntsb_time_series(bucket => 'year')",
        "SELECT ev_year, events FROM ntsb.year_completeness",
    ),
    (
        "SELECT method, round(coefficient::numeric, 9), events FROM ntsb_correlations('{pilot_age,fatalities}', 'ev_year > 2000')",
        "SELECT 'pearson', round(corr(pilot_age, fatalities)::numeric, 9), regr_count(pilot_age, fatalities)
         FROM ntsb.accidents WHERE ev_year > 2000
         UNION ALL
         SELECT 'spearman', round(corr(x, y)::numeric, 9), count(*)
         FROM (SELECT rank() OVER (ORDER BY pilot_age) + (count(*) OVER (PARTITION BY pilot_age) - 1) / 2.0 AS x,
                      rank() OVER (ORDER BY fatalities) + (count(*) OVER (PARTITION BY fatalities) - 1) / 2.0 AS y
               FROM ntsb.accidents
               WHERE ev_year > 2000 AND pilot_age IS NOT NULL AND fatalities IS NOT NULL) r",
    ),
    (
        "SELECT 1, round(power(coefficient, 2)::numeric, 9), events FROM ntsb_correlations('{severity,wx_cond_basic}')",
        "WITH a AS (SELECT severity s, wx_cond_basic w FROM ntsb.accidents WHERE severity IS NOT NULL AND wx_cond_basic IS NOT NULL),
              c AS (SELECT count(*)::float8 AS n, sum(count(*)) OVER (PARTITION BY s) AS r, sum(count(*)) OVER (PARTITION BY w) AS c
                    FROM a GROUP BY s, w)
         SELECT 1, round(((sum(n * n / r / c) - 1) / (SELECT least(count(DISTINCT s), count(DISTINCT w)) - 1 FROM a))::numeric, 9),
                sum(n)::bigint FROM c",
    ),
    (
        "SELECT antecedent_codes[1], consequent_codes[1], events FROM ntsb_association_rules(0.01, 0, 2, kinds => '{finding}')",
        "WITH c AS (SELECT DISTINCT b.accident_id, d.code FROM ntsb.bridge_event_cause b JOIN ntsb.dim_causes d USING (cause_id)
                    WHERE d.era = '2008' AND d.kind = 'finding')
         SELECT x.code, y.code, count(*) FROM c x JOIN c y ON y.accident_id = x.accident_id AND y.code <> x.code
         GROUP BY 1, 2 HAVING count(*)::float8 / (SELECT count(DISTINCT accident_id) FROM c) >= 0.01",
    ),
];

#[test]
fn functions_return_what_sql_counts() {
    let database = database_with_synthetic_events(4000);
    let rows = |sql: &str| -> Vec<String> {
        database.query_column(&format!("SELECT t::text FROM ({sql}) t ORDER BY 1"), &[])
    };
    for (function_call, query) in EQUIVALENT_QUERIES {
        let function_rows = rows(function_call);
        assert!(!function_rows.is_empty(), "{function_call}");
        assert_eq!(function_rows, rows(query), "{function_call}");
    }
    assert_forecasts_exclude_incomplete_years(&database);
    assert_a_long_comparison_can_be_cancelled(&database);
}

fn assert_forecasts_exclude_incomplete_years(database: &Database) {
    database.execute("UPDATE ntsb.year_completeness SET completeness = 0.1 WHERE ev_year >= 2024");
    let rows = database.query_rows(
        "SELECT bucket_start = date '2024-01-01', fitted_to = date '2023-12-01', fitted_buckets,
                lower >= 0 AND lower <= forecast AND forecast <= upper
         FROM ntsb_forecast(horizon => 60)",
        &[],
    );
    assert_eq!(rows.len(), 60);
    assert!(rows[0].get::<_, bool>(0) && rows[0].get::<_, bool>(1));
    assert!(rows.iter().all(|r| r.get::<_, i32>(2) == 240 && r.get::<_, bool>(3)));
    let left_out: i32 = database.query_value("SELECT left_out FROM ntsb_trend()");
    let left_out_without_threshold: i32 =
        database.query_value("SELECT left_out FROM ntsb_trend(min_completeness => 0)");
    assert_eq!(
        (left_out, left_out_without_threshold),
        (2, 1),
        "first 2024 and 2025, then only 2025, which is not over"
    );
    // Repeated calls give identical results.
    let query =
        "SELECT string_agg(f::text, ' ') FROM ntsb_forecast('fatalities', 'quarter', 20, 0.8) f";
    assert_eq!(database.query_value::<String>(query), database.query_value::<String>(query));
}

fn assert_a_long_comparison_can_be_cancelled(database: &Database) {
    let mut client = database.connect();
    client.batch_execute("SET statement_timeout = '50ms'").unwrap();
    let start = Instant::now();
    let error = client
        .query("SELECT * FROM ntsb_forecast_accuracy('events', 'day', 60, origins => 100)", &[])
        .unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    // The session is still usable.
    client.batch_execute("SET statement_timeout = 0; SELECT * FROM ntsb_trend()").unwrap();
}
