//! Real NTSB files, where there are any: `NTSB_DATA` names their folder, whose expected.json says
//! what a loader must come to.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ntsb_tests::access::{export, unzip};
use ntsb_tests::contents::{AS_FOUND, BOOKKEEPING, assert_same, tuples_written, versions};
use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{Report, load_within, ntsb};
use ntsb_tests::server::real_data;
use ntsb_tests::star::{assert_same_star, rebuilt, star};
use postgres::Client;
use serde_json::Value;
use tempfile::tempdir;

/// For one file, which takes about ten seconds on two cores.
const LIMIT: Duration = Duration::from_secs(300);
/// MiB.
const MEMORY: u64 = 256;

/// What expected.json calls the rows in which something is null.
const NULLS: [(&str, &str); 7] = [
    ("null_dec_latitude", "dec_latitude IS NULL"),
    ("null_dec_longitude", "dec_longitude IS NULL"),
    ("null_either", "dec_latitude IS NULL OR dec_longitude IS NULL"),
    ("null_both", "dec_latitude IS NULL AND dec_longitude IS NULL"),
    ("null_latitude_text", "latitude IS NULL"),
    ("null_ev_state", "ev_state IS NULL"),
    ("null_lchg_date", "lchg_date IS NULL"),
];

/// `raw`, with the columns of a CSV file's header, all text; `found`, what of it is counted.
const RAW_EVENTS: &str = "
    CREATE TEMP TABLE found (ev_year int, ev_state text, injury text, killed int);
    CREATE FUNCTION pg_temp.raw_events(header text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        DROP TABLE IF EXISTS raw;
        EXECUTE format('CREATE TEMP TABLE raw (%s)',
            (SELECT string_agg(format('%I text', lower(trim(name, E' \"\r'))), ', ')
             FROM regexp_split_to_table(header, ',') name));
    END $$;";

/// Pairs of latitude and longitude in Pre2008 that hold nothing but blanks, which become null.
const BLANK_PAIRS: i64 = 1088;

struct Real {
    folder: PathBuf,
    expected: Value,
    database: Database,
    start: Instant,
}

#[test]
fn real_files_from_the_first_load_to_an_older_one() {
    let Some(folder) = real_data() else {
        println!("skipped: NTSB_DATA names no folder of real NTSB files");
        return;
    };
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected = serde_json::from_str(&expected).unwrap();
    let real = Real { folder, expected, database: Database::blank(), start: Instant::now() };
    real.loads_what_is_expected("avall");
    real.loads_the_same_from_csv();
    real.loads_what_is_expected("Pre2008");
    assert_eq!(real.database.count("ntsb.events"), 92_767);
    real.star_counts_what_the_files_hold();
    real.loads_again_without_writing();
    real.loads_an_increment();
    real.loads_the_full_file_after_the_increment();
    assert_eq!(real.database.count("ntsb_verify_change_log()"), 0);
    real.done("the change log is whole");
}

impl Real {
    fn load(&self, name: &str) -> Report {
        self.load_with(name, &[])
    }

    fn load_with(&self, name: &str, options: &[&str]) -> Report {
        let file = self.folder.join(format!("{name}.zip"));
        let (report, peak) = load_within(&self.database, options, &file, LIMIT);
        self.done(&format!("{name} loaded with {peak} MiB"));
        report.assert_nothing_lost();
        assert!((1..MEMORY).contains(&peak), "loading {name} took {peak} MiB");
        report
    }

    /// Seen with `--nocapture`.
    fn done(&self, what: &str) {
        println!("{:6.1} s  {what}", self.start.elapsed().as_secs_f64());
    }

    fn loads_what_is_expected(&self, name: &str) {
        let report = self.load(name);
        assert_eq!((report.mode.as_str(), report.total["rejected"]), ("full", 0));
        for (table, rows) in self.expected[name]["tables"].as_object().unwrap() {
            let staged = report.of(&table.to_lowercase(), "staged");
            assert_eq!(Some(staged), rows.as_i64(), "{name}: {table}");
        }
        let of_file = |table| format!("ntsb.{table} WHERE first_batch = {}", report.batch_id);
        for (table, columns) in [
            ("events", &["ev_highest_injury", "ev_type", "wx_cond_basic", "ev_year"][..]),
            ("aircraft", &["damage", "acft_category", "far_part", "aircraft_key"]),
        ] {
            for column in columns {
                let expected = expected_classes(&self.expected[name][table], column);
                assert_eq!(self.classes(&of_file(table), column), expected, "{name}: {column}");
            }
        }
        for (what, condition) in NULLS {
            let mut expected = self.expected[name]["events"][what].as_i64().unwrap();
            if (name, what) == ("Pre2008", "null_latitude_text") {
                expected += BLANK_PAIRS;
            }
            let found = self.database.count(&format!("{} AND ({condition})", of_file("events")));
            assert_eq!(found, expected, "{name}: {what}");
        }
    }

    fn classes(&self, from: &str, column: &str) -> BTreeMap<String, i64> {
        let sql =
            format!("SELECT coalesce({column}::text, 'null'), count(*) FROM {from} GROUP BY 1");
        self.database.rows(&sql, &[]).iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Counts of the star and, by way of mdb-export and none of our code, of the files.
    fn star_counts_what_the_files_hold(&self) {
        let mut client = self.database.connect();
        client.batch_execute(RAW_EVENTS).unwrap();
        for name in ["avall", "Pre2008"] {
            self.find_events(&mut client, name);
        }
        for (of_star, of_files) in [
            ("ev_year::text", "ev_year::text"),
            ("ev_state", "nullif(ev_state, '')"),
            ("severity", "CASE WHEN killed > 0 THEN 'FATL' ELSE injury END"),
        ] {
            let facts = "(SELECT *, fatalities AS killed FROM ntsb.fact_accidents) f";
            let counted = deaths_by(&mut client, of_star, facts);
            assert!(counted.len() > 3, "{of_star}");
            assert_eq!(counted, deaths_by(&mut client, of_files, "found"), "{of_star}");
        }
        self.done("the star counts what the files hold");
        let refreshed = star(&mut client);
        assert_same_star(&refreshed, &rebuilt(&mut client), "real files");
        self.done("a rebuilt star is the same");
    }

    /// Adds what a file says of events to the table `found`.
    fn find_events(&self, client: &mut Client, name: &str) {
        let folder = tempdir().unwrap();
        let mdb = unzip(&self.folder.join(format!("{name}.zip")), folder.path());
        let events = fs::read_to_string(export(&mdb, name, &[]).join("events.csv")).unwrap();
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

    /// As mdb-export writes it: avall has no date whose century two digits leave open.
    fn loads_the_same_from_csv(&self) {
        let folder = tempdir().unwrap();
        let csv = export(&unzip(&self.folder.join("avall.zip"), folder.path()), "avall", &[]);
        let database = Database::blank();
        load_within(&database, &[], &csv, LIMIT);
        self.done("avall loaded from CSV");
        assert_same(&self.database, &database, &[BOOKKEEPING, AS_FOUND].concat());
        self.done("the same as from the .mdb");
    }

    fn loads_again_without_writing(&self) {
        let (written, before) = (tuples_written(&self.database), versions(&self.database));
        for (name, options) in
            [("Pre2008", &[][..]), ("avall", &["--recheck"]), ("Pre2008", &["--recheck"])]
        {
            let again = self.load_with(name, options);
            assert_eq!((again.changed(), again.total["stale"]), (0, 0), "{again:?}");
        }
        assert_eq!(tuples_written(&self.database), written);
        assert_eq!(versions(&self.database), before);
        self.done("nothing was written by loading again");
    }

    fn loads_an_increment(&self) {
        let report = self.load("up22APR");
        let expected = &self.expected["up22APR"]["against_avall"];
        for table in ["events", "aircraft", "Events_Sequence"] {
            let found = ["inserted", "updated", "unchanged"]
                .map(|what| report.of(&table.to_lowercase(), what));
            let expected = ["inserts", "updates", "unchanged"]
                .map(|what| expected[table][what].as_i64().unwrap());
            assert_eq!(found, expected, "{table}");
        }
        // The one engine that differs does so by a trailing blank.
        assert_eq!(report.of("engines", "unchanged"), 27);
        assert_eq!((report.total["withdrawn"], report.total["stale"]), (0, 0));
        let new: Vec<String> = self
            .database
            .column("SELECT ev_id FROM ntsb.events WHERE first_batch = $1", &[&report.batch_id]);
        assert_eq!(expected["events"]["inserted_ev_id"], Value::from(new));
        let after = &self.expected["up22APR"]["events_of_avall_after_replacing_rows"];
        for column in ["ev_highest_injury", "ev_type"] {
            let found = self.classes("ntsb.events WHERE ev_year >= 2008", column);
            assert_eq!(found, expected_classes(after, column), "{column}");
        }
    }

    /// avall is of October and the increment of March; but the events that the increment changed
    /// carry no date in avall, so that the increment's word on them is the newer one.
    fn loads_the_full_file_after_the_increment(&self) {
        let increment: i64 = self.database.one("SELECT max(batch_id) FROM ntsb.batch");
        let changed = |table| self.changed_by(increment, table);
        let before = ["events", "aircraft"].map(changed);
        let report = self.load("avall");
        assert_eq!((report.total["inserted"], report.total["updated"]), (0, 0), "{report:?}");
        assert_eq!(["events", "aircraft"].map(|table| report.of(table, "stale")), [99, 99]);
        assert_eq!(["events", "aircraft"].map(changed), before);
        // What a complete and newer file does not hold is gone: the event that the increment
        // brought, its aircraft and the one entry of its sequence.
        let withdrawn: Vec<String> = self.database.column(
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
        self.tells_the_history(increment, new);
    }

    /// The rows that a batch changed and that still are as it left them.
    fn changed_by(&self, batch: i64, table: &str) -> Vec<String> {
        let rows: Vec<String> = self.database.column(
            &format!(
                "SELECT t::text FROM ntsb.{table} t
                 WHERE last_batch = $1 AND first_batch <> $1 ORDER BY ev_id"
            ),
            &[&batch],
        );
        assert_eq!(rows.len(), 99, "{table}");
        rows
    }

    fn tells_the_history(&self, increment: i64, new: &str) {
        let story = |ev_id| ntsb(&self.database, &["history", ev_id]).stdout;
        let of_new = story(new);
        let lines: Vec<_> = of_new.lines().collect();
        assert!(lines[0].starts_with(&format!("batch {increment} · up22APR.zip · ")), "{of_new}");
        assert!(lines[0].ends_with(" · data as of 2025-03-31"), "{of_new}");
        assert_eq!(lines[1], "  first seen: 1 aircraft, 1 events_sequence");
        assert_eq!(lines[4], "  events: withdrawn");

        let changed: String = self.database.one(&format!(
            "SELECT min(ev_id) FROM ntsb.events WHERE last_batch = {increment} AND ev_city = 'Charata'"
        ));
        let of_changed = story(&changed);
        let lines: Vec<_> = of_changed.lines().collect();
        assert!(lines[0].starts_with("batch 1 · avall.zip · "), "{of_changed}");
        assert_eq!(lines[1], "  first seen: 1 ntsb_admin, 1 aircraft");
        assert!(lines.contains(&"  events: ev_city: nothing → 'Charata'"), "{of_changed}");
    }
}

/// Events and people killed, by a value.
fn deaths_by(client: &mut Client, what: &str, from: &str) -> Vec<(Option<String>, i64, i64)> {
    let sql = format!(
        "SELECT {what}, count(*), coalesce(sum(killed), 0)::bigint FROM {from} GROUP BY 1 ORDER BY 1"
    );
    let rows = client.query(&sql, &[]).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Words for unknown count as null, which cleaning makes of them.
fn expected_classes(table: &Value, column: &str) -> BTreeMap<String, i64> {
    let classes = match column {
        "ev_year" => &table["per_ev_year"],
        "aircraft_key" => &table["rows_by_Aircraft_Key"],
        column => &table[column],
    };
    let mut all = BTreeMap::new();
    for (class, count) in classes.as_object().unwrap() {
        let unknown = ["UNK", "Unk", "UNKN"].contains(&class.as_str());
        let class = if unknown { "null" } else { class };
        *all.entry(class.to_owned()).or_default() += count.as_i64().unwrap();
    }
    all
}
