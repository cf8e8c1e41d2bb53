//! Loads real NTSB files if `NTSB_DATA` names a folder with them. Its expected.json has the expected
//! counts.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ntsb_tests::cli::{LoadReport, load_within, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::mdb::{export_csv, extract_mdb};
use ntsb_tests::server::real_data_dir;
use ntsb_tests::star::{assert_same_star, read_rebuilt_star, read_star};
use ntsb_tests::warehouse_contents::{
    BOOKKEEPING_COLUMNS, RAW_COLUMNS, assert_same_contents, count_tuples_written,
    digest_row_versions,
};
use postgres::Client;
use serde_json::Value;
use tempfile::tempdir;

/// Time limit to load one file, which takes about ten seconds on two cores.
const LIMIT: Duration = Duration::from_secs(300);
/// Memory limit of a load, in MiB.
const MAX_MEMORY_MIB: u64 = 256;

/// Counts of null values: the name in expected.json, and the condition.
const NULLS: [(&str, &str); 7] = [
    ("null_dec_latitude", "dec_latitude IS NULL"),
    ("null_dec_longitude", "dec_longitude IS NULL"),
    ("null_either", "dec_latitude IS NULL OR dec_longitude IS NULL"),
    ("null_both", "dec_latitude IS NULL AND dec_longitude IS NULL"),
    ("null_latitude_text", "latitude IS NULL"),
    ("null_ev_state", "ev_state IS NULL"),
    ("null_lchg_date", "lchg_date IS NULL"),
];

/// Creates table `found` for the values that are compared, and a function that creates table `raw` with the text
/// columns of a CSV header.
const RAW_EVENTS: &str = "
    CREATE TEMP TABLE found (ev_year int, ev_state text, injury text, killed int);
    CREATE FUNCTION pg_temp.raw_events(header text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        DROP TABLE IF EXISTS raw;
        EXECUTE format('CREATE TEMP TABLE raw (%s)',
            (SELECT string_agg(format('%I text', lower(trim(name, E' \"\r'))), ', ')
             FROM regexp_split_to_table(header, ',') name));
    END $$;";

/// Number of latitude and longitude pairs in Pre2008 that are blank and become null.
const BLANK_PAIRS: i64 = 1088;

struct RealDataTest {
    folder: PathBuf,
    expected: Value,
    database: Database,
    start: Instant,
}

#[test]
fn real_files_load_with_the_expected_counts() {
    let Some(folder) = real_data_dir() else {
        println!("skipped: NTSB_DATA names no folder of real NTSB files");
        return;
    };
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected = serde_json::from_str(&expected).unwrap();
    let real = RealDataTest {
        folder,
        expected,
        database: Database::empty_warehouse(),
        start: Instant::now(),
    };
    real.check_load("avall");
    real.check_csv_load();
    real.check_load("Pre2008");
    assert_eq!(real.database.count_rows("ntsb.events"), 92_767);
    real.check_star();
    real.check_reload_writes_nothing();
    real.check_increment();
    real.check_full_file_after_increment();
    assert_eq!(real.database.count_rows("ntsb_verify_change_log()"), 0);
    real.report_time("the change log is valid");
}

impl RealDataTest {
    fn load(&self, name: &str) -> LoadReport {
        self.load_with(name, &[])
    }

    fn load_with(&self, name: &str, options: &[&str]) -> LoadReport {
        let file = self.folder.join(format!("{name}.zip"));
        let (report, peak) = load_within(&self.database, options, &file, LIMIT);
        self.report_time(&format!("{name} loaded with {peak} MiB"));
        report.assert_counts_add_up();
        assert!((1..MAX_MEMORY_MIB).contains(&peak), "loading {name} took {peak} MiB");
        report
    }

    /// Prints the elapsed time. Visible with `--nocapture`.
    fn report_time(&self, what: &str) {
        println!("{:6.1} s  {what}", self.start.elapsed().as_secs_f64());
    }

    fn check_load(&self, name: &str) {
        let report = self.load(name);
        assert_eq!((report.mode.as_str(), report.total["rejected"]), ("full", 0));
        for (table, rows) in self.expected[name]["tables"].as_object().unwrap() {
            let staged = report.count(&table.to_lowercase(), "staged");
            assert_eq!(Some(staged), rows.as_i64(), "{name}: {table}");
        }
        let from_file = |table| format!("ntsb.{table} WHERE first_batch = {}", report.batch_id);
        for (table, columns) in [
            ("events", &["ev_highest_injury", "ev_type", "wx_cond_basic", "ev_year"][..]),
            ("aircraft", &["damage", "acft_category", "far_part", "aircraft_key"]),
        ] {
            for column in columns {
                let expected = expected_counts(&self.expected[name][table], column);
                assert_eq!(self.count_by(&from_file(table), column), expected, "{name}: {column}");
            }
        }
        for (what, condition) in NULLS {
            let mut expected = self.expected[name]["events"][what].as_i64().unwrap();
            if (name, what) == ("Pre2008", "null_latitude_text") {
                expected += BLANK_PAIRS;
            }
            let found =
                self.database.count_rows(&format!("{} AND ({condition})", from_file("events")));
            assert_eq!(found, expected, "{name}: {what}");
        }
    }

    fn count_by(&self, from: &str, column: &str) -> BTreeMap<String, i64> {
        let sql =
            format!("SELECT coalesce({column}::text, 'null'), count(*) FROM {from} GROUP BY 1");
        self.database.query_rows(&sql, &[]).iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Compares counts of the star schema with counts of the files as mdb-export reads them.
    fn check_star(&self) {
        let mut client = self.database.connect();
        client.batch_execute(RAW_EVENTS).unwrap();
        for name in ["avall", "Pre2008"] {
            self.read_raw_events(&mut client, name);
        }
        for (star_column, file_column) in [
            ("ev_year::text", "ev_year::text"),
            ("ev_state", "nullif(ev_state, '')"),
            ("severity", "CASE WHEN killed > 0 THEN 'FATL' ELSE injury END"),
        ] {
            let facts = "(SELECT *, fatalities AS killed FROM ntsb.fact_accidents) f";
            let star_counts = count_deaths_by(&mut client, star_column, facts);
            assert!(star_counts.len() > 3, "{star_column}");
            assert_eq!(
                star_counts,
                count_deaths_by(&mut client, file_column, "found"),
                "{star_column}"
            );
        }
        self.report_time("the star schema agrees with the files");
        let refreshed = read_star(&mut client);
        assert_same_star(&refreshed, &read_rebuilt_star(&mut client), "real files");
        self.report_time("a rebuilt star schema is the same");
    }

    /// Adds the raw events of a file to the table `found`.
    fn read_raw_events(&self, client: &mut Client, name: &str) {
        let folder = tempdir().unwrap();
        let mdb = extract_mdb(&self.folder.join(format!("{name}.zip")), folder.path());
        let events = fs::read_to_string(export_csv(&mdb, name, &[]).join("events.csv")).unwrap();
        let (header, _) = events.split_once('\n').unwrap();
        client.execute("SELECT pg_temp.raw_events($1)", &[&header]).unwrap();
        let mut copy = client.copy_in("COPY raw FROM STDIN (FORMAT csv, HEADER)").unwrap();
        copy.write_all(events.as_bytes()).unwrap();
        copy.finish().unwrap();
        let unknown = "ev_highest_injury IN ('UNKN', 'UNK', '')";
        let sql = format!(
            "INSERT INTO found SELECT ev_year::int, btrim(ev_state),
                 CASE WHEN {unknown} THEN NULL ELSE ev_highest_injury END, inj_tot_f::int FROM raw"
        );
        client.batch_execute(&sql).unwrap();
    }

    /// Loads CSV from mdb-export. Every date of avall is unambiguous with a two-digit year.
    fn check_csv_load(&self) {
        let folder = tempdir().unwrap();
        let csv =
            export_csv(&extract_mdb(&self.folder.join("avall.zip"), folder.path()), "avall", &[]);
        let database = Database::empty_warehouse();
        load_within(&database, &[], &csv, LIMIT);
        self.report_time("avall loaded from CSV");
        assert_same_contents(
            &self.database,
            &database,
            &[BOOKKEEPING_COLUMNS, RAW_COLUMNS].concat(),
        );
        self.report_time("CSV and .mdb give the same rows");
    }

    fn check_reload_writes_nothing(&self) {
        let (written, before) =
            (count_tuples_written(&self.database), digest_row_versions(&self.database));
        for (name, options) in
            [("Pre2008", &[][..]), ("avall", &["--recheck"]), ("Pre2008", &["--recheck"])]
        {
            let again = self.load_with(name, options);
            assert_eq!((again.count_changed(), again.total["stale"]), (0, 0), "{again:?}");
        }
        assert_eq!(count_tuples_written(&self.database), written);
        assert_eq!(digest_row_versions(&self.database), before);
        self.report_time("reloads wrote nothing");
    }

    fn check_increment(&self) {
        let report = self.load("up22APR");
        let expected = &self.expected["up22APR"]["against_avall"];
        for table in ["events", "aircraft", "Events_Sequence"] {
            let found = ["inserted", "updated", "unchanged"]
                .map(|what| report.count(&table.to_lowercase(), what));
            let expected = ["inserts", "updates", "unchanged"]
                .map(|what| expected[table][what].as_i64().unwrap());
            assert_eq!(found, expected, "{table}");
        }
        // One engine differs only by a trailing blank.
        assert_eq!(report.count("engines", "unchanged"), 27);
        assert_eq!((report.total["withdrawn"], report.total["stale"]), (0, 0));
        let new: Vec<String> = self.database.query_column(
            "SELECT ev_id FROM ntsb.events WHERE first_batch = $1",
            &[&report.batch_id],
        );
        assert_eq!(expected["events"]["inserted_ev_id"], Value::from(new));
        let after = &self.expected["up22APR"]["events_of_avall_after_replacing_rows"];
        for column in ["ev_highest_injury", "ev_type"] {
            let found = self.count_by("ntsb.events WHERE ev_year >= 2008", column);
            assert_eq!(found, expected_counts(after, column), "{column}");
        }
    }

    /// avall is from October and the increment from March. But the events that the increment changed
    /// have no change date in avall, so the increment's version counts as newer.
    fn check_full_file_after_increment(&self) {
        let increment: i64 = self.database.query_value("SELECT max(batch_id) FROM ntsb.batch");
        let changed = |table| self.rows_changed_by(increment, table);
        let before = ["events", "aircraft"].map(changed);
        let report = self.load("avall");
        assert_eq!((report.total["inserted"], report.total["updated"]), (0, 0), "{report:?}");
        assert_eq!(["events", "aircraft"].map(|table| report.count(table, "stale")), [99, 99]);
        assert_eq!(["events", "aircraft"].map(changed), before);
        // Rows that a newer full file lacks are withdrawn: the event that the increment inserted,
        // its aircraft and its sequence entry.
        let withdrawn: Vec<String> = self.database.query_column(
            "SELECT table_name || ' ' || row_key FROM ntsb.change_log
             WHERE action = 'withdraw' ORDER BY seq",
            &[],
        );
        let new = "20250324199899";
        let expected = [
            format!("events {new}"),
            format!("aircraft {new}/1"),
            format!("events_sequence {new}/1/1"),
        ];
        assert_eq!(withdrawn, expected);
        self.check_history(increment, new);
    }

    /// The rows that a batch updated and that no later batch changed.
    fn rows_changed_by(&self, batch: i64, table: &str) -> Vec<String> {
        let rows: Vec<String> = self.database.query_column(
            &format!(
                "SELECT t::text FROM ntsb.{table} t
                 WHERE last_batch = $1 AND first_batch <> $1 ORDER BY ev_id"
            ),
            &[&batch],
        );
        assert_eq!(rows.len(), 99, "{table}");
        rows
    }

    fn check_history(&self, increment: i64, new: &str) {
        let history = |ev_id| run_ntsb(&self.database, &["history", ev_id]).stdout;
        let new_history = history(new);
        let lines: Vec<_> = new_history.lines().collect();
        assert!(
            lines[0].starts_with(&format!("batch {increment} · up22APR.zip · ")),
            "{new_history}"
        );
        assert!(lines[0].ends_with(" · data as of 2025-03-31"), "{new_history}");
        assert_eq!(lines[1], "  first seen: 1 aircraft, 1 events_sequence");
        assert_eq!(lines[4], "  events: withdrawn");

        let changed: String = self.database.query_value(&format!(
            "SELECT min(ev_id) FROM ntsb.events WHERE last_batch = {increment} AND ev_city = 'Charata'"
        ));
        let changed_history = history(&changed);
        let lines: Vec<_> = changed_history.lines().collect();
        assert!(lines[0].starts_with("batch 1 · avall.zip · "), "{changed_history}");
        assert_eq!(lines[1], "  first seen: 1 ntsb_admin, 1 aircraft");
        assert!(lines.contains(&"  events: ev_city: null → 'Charata'"), "{changed_history}");
    }
}

/// Numbers of events and fatalities, grouped by an expression.
fn count_deaths_by(client: &mut Client, what: &str, from: &str) -> Vec<(Option<String>, i64, i64)> {
    let sql = format!(
        "SELECT {what}, count(*), coalesce(sum(killed), 0)::bigint FROM {from} GROUP BY 1 ORDER BY 1"
    );
    let rows = client.query(&sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Expected counts per value. Codes for unknown count as null, because cleaning replaces them.
fn expected_counts(table: &Value, column: &str) -> BTreeMap<String, i64> {
    let classes = match column {
        "ev_year" => &table["per_ev_year"],
        "aircraft_key" => &table["rows_by_Aircraft_Key"],
        column => &table[column],
    };
    let mut all = BTreeMap::new();
    for (value, count) in classes.as_object().unwrap() {
        let unknown = ["UNK", "Unk", "UNKN"].contains(&value.as_str());
        let value = if unknown { "null" } else { value };
        *all.entry(value.to_owned()).or_default() += count.as_i64().unwrap();
    }
    all
}
