//! Growth: load, refresh, search, clustering and prediction of more and more made-up events.
//!
//! `NTSB_SCALE_EVENTS` lists the numbers of events, `NTSB_SCALE_WORDS` is the median length of a narrative. A
//! thousand events with 20 words take about 14 MB of disk for a moment, so the default fits everywhere.

use std::env;
use std::time::{Duration, Instant};

use ntsb_tests::announce;
use ntsb_tests::cli::ntsb_command;
use ntsb_tests::cluster::Cluster;
use ntsb_tests::database::Database;
use ntsb_tests::model::register_model;
use ntsb_tests::process::ChildProcess;
use tempfile::tempdir;

const LIMIT: Duration = Duration::from_secs(3600);

/// Two common words, a phrase, a rare word with a filter, and similar accidents.
const SEARCHES: [&str; 4] = [
    "SELECT count(*) FROM ntsb_search('engine power')",
    "SELECT count(*) FROM ntsb_search('\"landing gear\"')",
    "SELECT count(*) FROM ntsb_search('fuel exhaustion', first_year => 2000, states => '{AK,TX}')",
    "SELECT count(*) FROM ntsb_similar_accidents((SELECT min(ev_id) FROM ntsb.fact_accidents), 10)",
];

fn seconds_of(what: impl FnOnce()) -> f64 {
    let start = Instant::now();
    what();
    start.elapsed().as_secs_f64()
}

fn run_command(database: &Database, arguments: &[&str]) {
    let mut command = ntsb_command(&database.server, &database.name);
    command.args(arguments);
    let output = ChildProcess::start(command).finish_within(LIMIT);
    assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.all_output());
}

/// The median of nine runs, after one to warm up, in milliseconds.
fn median_ms(client: &mut postgres::Client, sql: &str) -> f64 {
    let mut times: Vec<f64> = (0..10)
        .map(|_| {
            1000.0
                * seconds_of(|| {
                    client.query(sql, &[]).unwrap();
                })
        })
        .skip(1)
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn measure(events: u64, words: &str) -> (f64, i64) {
    let cluster = Cluster::start(&[
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=512MB",
        "shared_buffers=512MB",
        "work_mem=64MB",
        "maintenance_work_mem=256MB",
    ]);
    let database = cluster.warehouse();
    let folder = tempdir().unwrap();
    let out = folder.path().join("csv");
    let (count, path) = (events.to_string(), out.to_str().unwrap().to_owned());
    run_command(
        &database,
        &["generate", "--events", &count, "--words", words, "--from", "1962", "--out", &path],
    );
    let load = seconds_of(|| run_command(&database, &["load", "--full", "--no-refresh", &path]));
    let refresh = seconds_of(|| run_command(&database, &["refresh"]));
    folder.close().unwrap();
    let stored = database.count_rows("ntsb.fact_accidents");
    let rows: i64 = database.query_value("SELECT sum(inserted)::bigint FROM ntsb.batch_table");
    let size: i64 = database.query_value("SELECT pg_database_size(current_database())");
    let mut client = database.connect();
    client.batch_execute("SET statement_timeout = 0").unwrap();
    let searches: Vec<f64> = SEARCHES.iter().map(|sql| median_ms(&mut client, sql)).collect();
    let count = median_ms(
        &mut client,
        "SELECT ev_year, severity, count(*) FROM ntsb.fact_accidents GROUP BY 1, 2",
    );
    let view = median_ms(&mut client, "SELECT * FROM ntsb.year_severity");
    let cluster_seconds = seconds_of(|| {
        client.query("SELECT count(*) FROM ntsb_cluster_summary(10, 10)", &[]).unwrap();
    });
    register_model(&database, 1, "Production", 0.4);
    let sample = 1000.min(stored);
    let predict = seconds_of(|| {
        let sql = format!(
            "SELECT count(p.confidence) FROM (SELECT * FROM ntsb.accident_features LIMIT {sample}) f
             CROSS JOIN LATERAL ntsb_predict_severity(to_jsonb(f), NULL) p"
        );
        client.query(&sql, &[]).unwrap();
    });
    announce(&format!(
        "figure: {stored} events, {rows} rows, {} MB: load {load:.1} s, refresh {refresh:.1} s, searches {} ms, \
         year x severity {count:.0} ms (view {view:.1} ms), clusters {cluster_seconds:.2} s, \
         predict {sample} stored events {predict:.2} s",
        size >> 20,
        searches.iter().map(|ms| format!("{ms:.0}")).collect::<Vec<_>>().join("/"),
    ));
    (load / stored as f64, size)
}

#[test]
fn growth_is_measured_and_loading_stays_linear() {
    let sizes = env::var("NTSB_SCALE_EVENTS").unwrap_or_else(|_| "2000,8000".to_owned());
    let words = env::var("NTSB_SCALE_WORDS").unwrap_or_else(|_| "20".to_owned());
    let rates: Vec<(f64, i64)> =
        sizes.split(',').map(|events| measure(events.trim().parse().unwrap(), &words)).collect();
    // A load that is quadratic in anything would show: its rate may fall by half at most.
    let (first, last) = (rates.first().unwrap().0, rates.last().unwrap().0);
    assert!(
        last < 2.0 * first,
        "a load takes {first:.5} s per event at first, {last:.5} s at last"
    );
}
