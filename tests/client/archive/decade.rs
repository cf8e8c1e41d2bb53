//! Archives a decade and attaches it again. Loads in between must not withdraw or insert its events.

use std::path::Path;

use ntsb_tests::cli::load;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::star::{assert_same_star, read_rebuilt_star, read_star};
use ntsb_tests::warehouse_contents::{digest_tables, list_tables};

use super::{path_str, shared_folder};

/// A refreshed warehouse with the sample and a folder for archives.
pub fn archiving_database(folder: &Path) -> Database {
    let database = Database::with_sample();
    database.execute("CALL ntsb_refresh()");
    let name = &database.name;
    database.execute(&format!(
        "ALTER DATABASE {name} SET ntsb.archive_directory = '{}'",
        path_str(folder)
    ));
    database
}

/// The number of rows of a decade in all tables with an ev_id, except those that are not archived.
pub fn count_rows_of_decade(database: &Database, decade: i32) -> i64 {
    let not_archived = ["event_key", "archived_event", "change_log", "staging_quarantine"];
    let has_event = "SELECT 1 FROM pg_attribute WHERE attname = 'ev_id'
                     AND attrelid = to_regclass('ntsb.' || quote_ident($1::text))";
    let archived_tables = list_tables(database).into_iter().filter(|table| {
        !not_archived.contains(&table.as_str())
            && !database.query_rows(has_event, &[table]).is_empty()
    });
    let mut counts = archived_tables.map(|table| {
        database.count_rows(&format!(
            "ntsb.{table} JOIN ntsb.event_key k USING (ev_id)
             WHERE k.ev_year BETWEEN {decade} AND {decade} + 9"
        ))
    });
    counts.by_ref().sum()
}

/// The search documents, without their position in the index.
fn search_documents(database: &Database) -> Vec<String> {
    database.query_column(
        "SELECT (to_jsonb(d) - '{segment,doc}'::text[])::text FROM ntsb.search_document d ORDER BY ev_id",
        &[],
    )
}

fn search_hits(database: &Database) -> Vec<String> {
    database.query_column("SELECT ev_id FROM ntsb_search('engine power') ORDER BY ev_id", &[])
}

#[test]
fn an_attached_decade_is_restored_unchanged() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    let mut client = database.connect();
    let (before, star_before) = (digest_tables(&database, &[]), read_star(&mut client));
    let (documents, hits) = (search_documents(&database), search_hits(&database));
    let total = database.count_rows("ntsb.events");
    let decade = database.count_rows("ntsb.events WHERE ev_year BETWEEN 1990 AND 1999");
    assert!(decade > 100 && count_rows_of_decade(&database, 1990) > 2 * decade);

    database.execute("CALL ntsb_archive_decade(1990)");
    assert_eq!(database.count_rows("ntsb.events"), total - decade);
    assert_eq!(count_rows_of_decade(&database, 1990), 0);
    assert_eq!(database.count_rows("ntsb.archived_event"), decade);
    assert_eq!(database.count_rows("ntsb.fact_accidents WHERE ev_year BETWEEN 1990 AND 1999"), 0);
    assert_eq!(database.count_rows("ntsb.mv_year_severity WHERE ev_year BETWEEN 1990 AND 1999"), 0);
    assert_eq!(
        database.count_rows("ntsb.search_document JOIN ntsb.archived_event USING (ev_id)"),
        0
    );
    assert_same_star(
        &read_star(&mut client),
        &read_rebuilt_star(&mut client),
        "without the decade",
    );
    let archive: (i64, String, i64) = {
        let row = &database.query_rows(
            "SELECT events, path, (SELECT sum((t ->> 'rows')::bigint)::bigint FROM jsonb_array_elements(tables) t)
             FROM ntsb.archive", &[])[0];
        (row.get(0), row.get(1), row.get(2))
    };
    assert_eq!(archive.0, decade);
    assert!(archive.2 > 2 * decade);
    assert!(Path::new(&archive.1).join("events/manifest.json").is_file());

    database.execute("CALL ntsb_attach_archive(1990)");
    let after = digest_tables(&database, &[]);
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    assert_same_star(&read_star(&mut client), &star_before, "with the decade again");
    assert_eq!(search_documents(&database), documents);
    assert_eq!(search_hits(&database), hits);
    assert_eq!(database.count_rows("ntsb.archived_event"), 0);
    assert_eq!(database.count_rows("ntsb.archive WHERE attached_by IS NOT NULL"), 1);
    let violations = database.count_rows("ntsb_verify_change_log()");
    assert_eq!(violations, 0);
}

/// Neither the same file nor a newer one restores or withdraws an archived event.
#[test]
fn loads_do_not_change_an_archived_decade() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    database.execute("CALL ntsb_archive_decade(1990)");
    let (before, log) = (digest_tables(&database, &[]), database.count_rows("ntsb.change_log"));
    let report = load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    report.assert_counts_add_up();
    assert_eq!(report.count_changed(), 0, "{report:?}");
    let decade = database.count_rows("ntsb.archived_event");
    assert!(report.count("events", "stale") >= decade, "{report:?}");
    assert_eq!(database.count_rows("ntsb.change_log"), log);
    let after = digest_tables(&database, &[]);
    assert_eq!(after["events"], before["events"]);
    assert_eq!(after["aircraft"], before["aircraft"]);

    database.execute("CALL ntsb_attach_archive(1990)");
    // The same file is compared again, because its rows of the decade were skipped.
    let report = load(&database, &["--full"], &fixture("sample.zip"));
    assert_eq!(report.count_changed(), 0, "{report:?}");
    assert_eq!(report.count("events", "stale"), 0, "{report:?}");
}

#[test]
fn changes_to_an_archived_event_wait_until_it_is_attached() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    let (event, number): (String, String) = {
        let row = &database.query_rows(
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
    // A case that identifies the event by its NTSB number does not insert it again.
    let adopt = "SELECT ntsb_adopt_cases($batch)";
    assert_eq!(ingest(adopt, false, "20250101M00001"), (0, 0, 1));
    assert_eq!(count_rows_of_decade(&database, 1990), 0);
    database.execute("CALL ntsb_attach_archive(1990)");
    assert_eq!(ingest("", false, &event), (0, 1, 0));
    let city: String =
        database.query_value(&format!("SELECT ev_city FROM ntsb.events WHERE ev_id = '{event}'"));
    assert_eq!(city.to_lowercase(), "newstown");
}

/// A new event of an archived decade is stored, archived by the next call, and attached with the others.
#[test]
fn a_late_event_goes_into_its_own_archive() {
    let folder = shared_folder();
    let database = archiving_database(folder.path());
    database.execute("CALL ntsb_archive_decade(1990)");
    database.execute(
        "SELECT ntsb_begin_batch('late');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, lchg_date)
         VALUES ('20240101X99999', '05/05/93 00:00:00', '01/02/24 00:00:00');
         DO $$ BEGIN CALL ntsb_ingest(current_setting('ntsb.batch_id')::bigint); END $$",
    );
    assert_eq!(database.count_rows("ntsb.events_1990s"), 1);
    database.execute("CALL ntsb_archive_decade(1990)");
    assert_eq!(database.count_rows("ntsb.events_1990s"), 0);
    assert_eq!(database.count_rows("ntsb.archive"), 2);
    let archived = database.count_rows("ntsb.archived_event");
    database.execute("CALL ntsb_attach_archive(1990)");
    assert_eq!(database.count_rows("ntsb.events_1990s"), archived);
}
