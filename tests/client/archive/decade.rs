//! A decade goes into files and comes back, and nothing takes it for withdrawn or new meanwhile.

use std::path::Path;

use ntsb_tests::contents::{contents, tables};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::load;
use ntsb_tests::star::{assert_same_star, rebuilt, star};

use super::{shared_folder, text};

/// A refreshed warehouse of the sample, which archives into a folder.
pub fn archiving(folder: &Path) -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let name = &database.name;
    database
        .execute(&format!("ALTER DATABASE {name} SET ntsb.archive_directory = '{}'", text(folder)));
    database
}

/// Rows of a decade in each table that knows events by name, but those that are kept.
pub fn of_decade(database: &Database, decade: i32) -> i64 {
    let kept = ["event_key", "archived_event", "change_log", "staging_quarantine"];
    let has_event = "SELECT 1 FROM pg_attribute WHERE attname = 'ev_id'
                     AND attrelid = to_regclass('ntsb.' || quote_ident($1::text))";
    let named = tables(database).into_iter().filter(|table| {
        !kept.contains(&table.as_str()) && !database.rows(has_event, &[table]).is_empty()
    });
    let mut counted = named.map(|table| {
        database.count(&format!(
            "ntsb.{table} JOIN ntsb.event_key k USING (ev_id)
             WHERE k.ev_year BETWEEN {decade} AND {decade} + 9"
        ))
    });
    counted.by_ref().sum()
}

/// What search knows of events, wherever it keeps it.
fn searched(database: &Database) -> Vec<String> {
    database.column(
        "SELECT (to_jsonb(d) - '{segment,doc}'::text[])::text FROM ntsb.search_document d ORDER BY ev_id",
        &[],
    )
}

fn found(database: &Database) -> Vec<String> {
    database.column("SELECT ev_id FROM ntsb_search('engine power') ORDER BY ev_id", &[])
}

#[test]
fn a_decade_comes_back_as_it_was() {
    let folder = shared_folder();
    let database = archiving(folder.path());
    let mut client = database.connect();
    let (before, star_before) = (contents(&database, &[]), star(&mut client));
    let (words, answers) = (searched(&database), found(&database));
    let total = database.count("ntsb.events");
    let decade = database.count("ntsb.events WHERE ev_year BETWEEN 1990 AND 1999");
    assert!(decade > 100 && of_decade(&database, 1990) > 2 * decade);

    database.execute("CALL ntsb_archive_decade(1990)");
    assert_eq!(database.count("ntsb.events"), total - decade);
    assert_eq!(of_decade(&database, 1990), 0);
    assert_eq!(database.count("ntsb.archived_event"), decade);
    assert_eq!(database.count("ntsb.fact_accidents WHERE ev_year BETWEEN 1990 AND 1999"), 0);
    assert_eq!(database.count("ntsb.mv_year_severity WHERE ev_year BETWEEN 1990 AND 1999"), 0);
    assert_eq!(database.count("ntsb.search_document JOIN ntsb.archived_event USING (ev_id)"), 0);
    assert_same_star(&star(&mut client), &rebuilt(&mut client), "without the decade");
    let archive: (i64, String, i64) = {
        let row = &database.rows(
            "SELECT events, path, (SELECT sum((t ->> 'rows')::bigint)::bigint FROM jsonb_array_elements(tables) t)
             FROM ntsb.archive", &[])[0];
        (row.get(0), row.get(1), row.get(2))
    };
    assert_eq!(archive.0, decade);
    assert!(archive.2 > 2 * decade);
    assert!(Path::new(&archive.1).join("events/manifest.json").is_file());

    database.execute("CALL ntsb_attach_archive(1990)");
    let after = contents(&database, &[]);
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    assert_same_star(&star(&mut client), &star_before, "with the decade again");
    assert_eq!(searched(&database), words);
    assert_eq!(found(&database), answers);
    assert_eq!(database.count("ntsb.archived_event"), 0);
    assert_eq!(database.count("ntsb.archive WHERE attached_by IS NOT NULL"), 1);
    let broken = database.count("ntsb_verify_change_log()");
    assert_eq!(broken, 0);
}

/// Neither the same file nor a newer one brings an archived event back or tells it as withdrawn.
#[test]
fn loads_leave_an_archived_decade_alone() {
    let folder = shared_folder();
    let database = archiving(folder.path());
    database.execute("CALL ntsb_archive_decade(1990)");
    let (before, log) = (contents(&database, &[]), database.count("ntsb.change_log"));
    let report = load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    report.assert_nothing_lost();
    assert_eq!(report.changed(), 0, "{report:?}");
    let decade = database.count("ntsb.archived_event");
    assert!(report.of("events", "stale") >= decade, "{report:?}");
    assert_eq!(database.count("ntsb.change_log"), log);
    let after = contents(&database, &[]);
    assert_eq!(after["events"], before["events"]);
    assert_eq!(after["aircraft"], before["aircraft"]);

    database.execute("CALL ntsb_attach_archive(1990)");
    // The very same file is compared again, as what it said of the decade was left alone.
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    assert_eq!(report.changed(), 0, "{report:?}");
    assert_eq!(report.of("events", "stale"), 0, "{report:?}");
}

#[test]
fn news_of_an_archived_event_waits() {
    let folder = shared_folder();
    let database = archiving(folder.path());
    let (event, number): (String, String) = {
        let row = &database.rows(
            "SELECT ev_id, ntsb_no FROM ntsb.events WHERE ev_year = 1995 AND withdrawn_batch IS NULL
             AND ntsb_no IS NOT NULL ORDER BY ev_id LIMIT 1", &[])[0];
        (row.get(0), row.get(1))
    };
    database.execute("CALL ntsb_archive_decade(1990)");
    let ingest = |adopt: &str, force: bool, id: &str| -> (i64, i64, i64) {
        let mut client = database.connect();
        let batch: i64 = client.query_one("SELECT ntsb_begin_batch('news')", &[]).unwrap().get(0);
        client
            .execute(
                "INSERT INTO ntsb_staging.events (ev_id, ntsb_no, ev_date, ev_city, lchg_date)
             SELECT $1, $2, '07/01/95 00:00:00', 'NEWSTOWN', '01/02/25 00:00:00'",
                &[&id, &number],
            )
            .unwrap();
        client.batch_execute(adopt.replace("$batch", &batch.to_string()).as_str()).unwrap();
        client.batch_execute(&format!("CALL ntsb_ingest({batch}, {force})")).unwrap();
        let row = client
            .query_one(
                "SELECT inserted, updated, stale FROM ntsb.batch_table
             WHERE batch_id = $1 AND table_name = 'events'",
                &[&batch],
            )
            .unwrap();
        (row.get(0), row.get(1), row.get(2))
    };
    assert_eq!(ingest("", false, &event), (0, 0, 1));
    assert_eq!(ingest("", true, &event), (0, 0, 1));
    // A case that knows the event by its number alone does not make it anew.
    let adopt = "SELECT ntsb_adopt_cases($batch)";
    assert_eq!(ingest(adopt, false, "20250101M00001"), (0, 0, 1));
    assert_eq!(of_decade(&database, 1990), 0);
    database.execute("CALL ntsb_attach_archive(1990)");
    assert_eq!(ingest("", false, &event), (0, 1, 0));
    let city: String =
        database.one(&format!("SELECT ev_city FROM ntsb.events WHERE ev_id = '{event}'"));
    assert_eq!(city.to_lowercase(), "newstown");
}

/// A new event of an archived decade is stored, archived by the next call, and comes back with the rest.
#[test]
fn a_late_event_goes_into_an_archive_of_its_own() {
    let folder = shared_folder();
    let database = archiving(folder.path());
    database.execute("CALL ntsb_archive_decade(1990)");
    database.execute(
        "SELECT ntsb_begin_batch('late');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date)
         VALUES ('20240101X99999', '05/05/93 00:00:00', '01/02/24 00:00:00');
         DO $$ BEGIN CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint); END $$",
    );
    assert_eq!(database.count("ntsb.events_1990s"), 1);
    database.execute("CALL ntsb_archive_decade(1990)");
    assert_eq!(database.count("ntsb.events_1990s"), 0);
    assert_eq!(database.count("ntsb.archive"), 2);
    let archived = database.count("ntsb.archived_event");
    database.execute("CALL ntsb_attach_archive(1990)");
    assert_eq!(database.count("ntsb.events_1990s"), archived);
}
