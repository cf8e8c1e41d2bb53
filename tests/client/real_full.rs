//! Loads the real events with their narratives from CSV folders in `NTSB_DATA`/full, if present. Compares row
//! counts, the facts in view and functions, and yearly totals with those that NTSB publishes.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ntsb_tests::cli::load_within;
use ntsb_tests::database::Database;
use ntsb_tests::filters::FILTERS;
use ntsb_tests::process::run_ok;
use ntsb_tests::server::real_data_dir;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

const LIMIT: Duration = Duration::from_secs(300);

fn unpack(archive: &Path) -> TempDir {
    let folder = tempdir().unwrap();
    let mut tar = Command::new("tar");
    tar.arg("--zstd").arg("-xf").arg(archive).arg("-C").arg(folder.path());
    run_ok(tar);
    folder
}

#[test]
fn real_events_with_narratives_load_with_the_expected_counts() {
    let archive = real_data_dir().map(|folder| folder.join("full/real-full.tar.zst"));
    let Some(archive) = archive.filter(|archive| archive.is_file()) else {
        println!("skipped: NTSB_DATA names no folder with full/real-full.tar.zst");
        return;
    };
    let expected = std::fs::read_to_string(archive.with_file_name("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let (folder, database) = (unpack(&archive), Database::empty_warehouse());
    for name in ["avall", "Pre2008"] {
        let (report, peak) =
            load_within(&database, &["--full", "--no-refresh"], &folder.path().join(name), LIMIT);
        report.assert_counts_add_up();
        println!("figure: {name} of the real events with texts: {peak} MiB at most");
        for (table, rows) in expected[name].as_object().unwrap() {
            // A name with a blank is a number of events, not of rows.
            if !table.contains(' ') {
                assert_eq!(
                    Some(report.count(&table.to_lowercase(), "staged")),
                    rows.as_i64(),
                    "{name}: {table}"
                );
            }
        }
    }
    let rows = |table: &str| {
        ["avall", "Pre2008"]
            .iter()
            .map(|name| expected[*name][table].as_i64().unwrap())
            .sum::<i64>()
    };
    for table in ["narratives", "Findings", "Events_Sequence", "flight_time"] {
        let stored = database.count_rows(&format!("ntsb.{}", table.to_lowercase()));
        let quarantined =
            format!("ntsb.staging_quarantine WHERE table_name = '{}'", table.to_lowercase());
        assert_eq!(stored + database.count_rows(&quarantined), rows(table), "{table}");
    }
    database.execute("CALL ntsb_refresh_star(); CALL ntsb_refresh_views()");
    assert_functions_agree_with_view(&database);
    assert_published_totals(&database);
}

fn assert_functions_agree_with_view(database: &Database) {
    let mut client = database.connect();
    for condition in FILTERS {
        let filter = condition.replace('\'', "''");
        let count = |client: &mut postgres::Client, sql: &str| -> i64 {
            client.query_one(sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0)
        };
        let view = format!("SELECT count(*) FROM ntsb.accidents WHERE {condition}");
        let series = format!(
            "SELECT coalesce(sum(value), 0)::bigint FROM ntsb_time_series('events', 'year', '{filter}')"
        );
        let expected = count(&mut client, &view);
        assert_eq!(count(&mut client, &series), expected, "{condition}");
        let with_coordinates =
            format!("{view} AND lat IS NOT NULL").replace(condition, &format!("({condition})"));
        let clusters = format!("SELECT count(*) FROM ntsb_cluster_accidents(1, 1000, '{filter}')");
        assert_eq!(
            count(&mut client, &clusters),
            count(&mut client, &with_coordinates),
            "{condition}"
        );
        if expected <= 10_000 {
            let search =
                format!("SELECT count(*) FROM ntsb_search_advanced('{filter}', 'ev_id', 10000)");
            assert_eq!(count(&mut client, &search), expected, "{condition}");
        }
    }
}

/// Accidents of U.S. civil aviation must be within 0.3 % of NTSB's published totals, fatal ones within 2.5 %.
fn assert_published_totals(database: &Database) {
    for (year, accidents, fatal) in [
        (1985, 2_935_i64, 547_i64),
        (1990, 2_388, 482),
        (2000, 1_985, 371),
        (2012, 1_538, 281),
        (2015, 1_281, 238),
    ] {
        let counted = database.query_rows(
            "SELECT count(*), count(*) FILTER (WHERE severity = 'FATL') FROM ntsb.accidents
             WHERE is_us_civil_accident AND ev_year = $1::int",
            &[&year],
        );
        let (all, fatal_found): (i64, i64) = (counted[0].get(0), counted[0].get(1));
        println!(
            "figure: {year}: {all} accidents, {fatal_found} fatal; published {accidents}, {fatal}"
        );
        assert!((all - accidents).abs() * 1000 <= accidents * 3, "{year}: {all}");
        assert!((fatal_found - fatal).abs() * 40 <= fatal, "{year}: {fatal_found}");
    }
    let general: i64 = database.query_value(
        "SELECT count(*) FROM ntsb.accidents WHERE is_general_aviation AND ev_year IN (2010, 2011, 2014)",
    );
    // Published: 1,435, 1,470 and 1,223.
    assert!((general - 4_128).abs() <= 12, "{general}");
}
