//! FAA's NASR beside a worldwide list, and the airport of an event within its country.

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ProcessOutput;
use tempfile::tempdir;

fn load_airports(database: &Database, name: &str) -> ProcessOutput {
    run_ntsb(database, &["load-airports", fixture(name).to_str().unwrap()])
}

fn list_airports(database: &Database) -> Vec<String> {
    let sql = "SELECT concat_ws('|', airport_id, local_id, country, kind, source) FROM ntsb.airport ORDER BY airport_id";
    database.query_column(sql, &[])
}

/// The worldwide list has FA08 in South Africa (as an ICAO code) and in Florida (as a local identifier).
#[test]
fn nasr_replaces_only_the_airports_of_the_us() {
    let database = Database::empty_warehouse();
    let first = load_airports(&database, "airports/worldwide.csv");
    assert_eq!(first.code, Some(0), "{}", first.all_output());
    assert_eq!(database.count_rows("ntsb.airport"), 9);
    let second = load_airports(&database, "airports/APT_BASE.csv");
    assert_eq!(second.code, Some(0), "{}", second.all_output());
    // KZZQ is gone. The ranch keeps the identifier that it had in the worldwide list.
    assert!(second.stdout.contains("5 rows; airports: 4 stored, 1 rejected"), "{}", second.stdout);
    let expected = [
        "9TX9|9TX9|US|heliport|APT_BASE.csv",
        "AR-0009|LOB|AR|small_airport|worldwide.csv",
        "AU-9001|PAO|AU|small_airport|worldwide.csv",
        "EDZZ|DE|small_airport|worldwide.csv",
        "FA08|FA08|ZA|small_airport|worldwide.csv",
        "KPAO|PAO|US|airport|APT_BASE.csv",
        "LOZZ|AT|small_airport|worldwide.csv",
        "TJZZ|ZZP|PR|airport|APT_BASE.csv",
        "US-9008|FA08|US|airport|APT_BASE.csv",
    ];
    assert_eq!(list_airports(&database), expected);
    let status = "SELECT concat_ws('|', name, edition, row_count, status) FROM ntsb.source_status WHERE source = 'airports'";
    let found: String = database.query_value(status);
    assert_eq!(found, "APT_BASE.csv|2026-01-22|9|current");

    // The same list again changes nothing; the worldwide list replaces all.
    let again = load_airports(&database, "airports/APT_BASE.csv");
    assert_eq!(again.code, Some(0), "{}", again.all_output());
    assert_eq!(list_airports(&database), expected);
    load_airports(&database, "airports/worldwide.csv");
    assert_eq!(database.count_rows("ntsb.airport WHERE source = 'worldwide.csv'"), 9);
}

/// Without the ranch in the worldwide list, its identifier would be that of the South African airport.
#[test]
fn an_identifier_of_nasr_that_is_taken_abroad_gets_a_prefix() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let list = std::fs::read_to_string(fixture("airports/worldwide.csv")).unwrap();
    let list: Vec<&str> = list.lines().filter(|line| !line.contains("US-9008")).collect();
    let path = folder.path().join("airports.csv");
    std::fs::write(&path, list.join("\n")).unwrap();
    run_ntsb(&database, &["load-airports", path.to_str().unwrap()]);
    load_airports(&database, "airports/APT_BASE.csv");
    for (arguments, airport) in [
        ("'FA08'", "US-FA08"),
        ("'FA08', 'ZA'", "FA08"),
        ("'FA08', NULL", "US-FA08"),
        ("'KPAO'", "KPAO"),
        ("'PAO', 'AU'", "AU-9001"),
    ] {
        let sql = format!("SELECT ntsb_find_airport({arguments})");
        assert_eq!(database.query_value::<String>(&sql), airport, "{arguments}");
    }
}

/// AU is Austria in NTSB's codes and Australia in ISO's.
#[test]
fn events_abroad_are_located_within_their_country() {
    let database = Database::empty_warehouse();
    database.execute(
        "SELECT ntsb_begin_batch('abroad.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_state, ev_country, ev_nr_apt_id, ev_nr_apt_loc)
         VALUES ('20190105X00001', '2019-01-05', NULL, 'AU', 'LOZZ', 'ONAP'),
                ('20190105X00002', '2019-01-05', NULL, 'AU', 'PAO', 'ONAP'),
                ('20190105X00003', '2019-01-05', NULL, 'AS', 'PAO', 'ONAP'),
                ('20190105X00004', '2019-01-05', NULL, 'GM', 'EDZZ', 'ONAP'),
                ('20190105X00005', '2019-01-05', NULL, 'GE', 'EDZZ', 'ONAP'),
                ('20190105X00006', '2019-01-05', NULL, 'UN', 'EDZZ', 'ONAP'),
                ('20190105X00007', '2019-01-05', NULL, NULL, 'PAO', 'ONAP'),
                ('20190105X00008', '2019-01-05', 'FL', 'USA', 'FA08', 'ONAP'),
                ('20190105X00009', '2019-01-05', NULL, 'SF', 'FA08', 'ONAP'),
                ('20190105X00010', '2019-01-05', NULL, 'RQ', 'ZZP', 'ONAP');
         INSERT INTO ntsb_staging.states (state, name) VALUES ('FL', 'Florida');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))",
    );
    let loaded = load_airports(&database, "airports/worldwide.csv");
    let report = "events located by their airport: 6 (6 new, 0 changed, 0 lost)";
    assert!(loaded.stdout.contains(report), "{}", loaded.all_output());
    let sql = "SELECT coalesce(n.airport_id, '-') FROM ntsb.events e LEFT JOIN ntsb.event_airport n USING (ev_id)
               ORDER BY e.ev_id";
    let airports: Vec<String> = database.query_column(sql, &[]);
    // GM is The Gambia in ISO, and Germany in FIPS, but not a code of NTSB's: left out.
    let expected = ["LOZZ", "-", "AU-9001", "-", "EDZZ", "-", "-", "US-9008", "FA08", "TJZZ"];
    assert_eq!(airports, expected);
    let sql =
        "SELECT array_agg(lat ORDER BY ev_id) FROM ntsb.events WHERE coord_source = 'airport'";
    let latitudes: Vec<f64> = database.query_value(sql);
    assert_eq!(latitudes, [47.3, -31.2, 51.5, 28.6, -28.5, 18.3]);
}

#[test]
fn a_batch_that_does_not_exist_is_an_error() {
    let database = Database::empty_warehouse();
    let error = database.connect().simple_query("SELECT ntsb_locate_by_airport(99)").unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(error.code().code(), "42704");
    assert_eq!(error.message(), "batch 99 does not exist");
    assert!(error.hint().unwrap().contains("ntsb.batch"));
}

#[test]
fn a_wrong_list_of_nasr_is_refused() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    load_airports(&database, "airports/worldwide.csv");
    let list = std::fs::read_to_string(fixture("airports/APT_BASE.csv")).unwrap();
    let path = folder.path().join("APT_BASE.csv");
    for (text, code, message) in [
        (list.replace("LAT_DECIMAL", "LAT"), 3, "not a list of airports"),
        (list.replacen("2026/01/22", "2026/02/19", 1), 1, "the list mixes 2 editions"),
        (
            list.replace("37.461", "").replace("28.6", "").replace("31.5", "").replace("18.3", ""),
            1,
            "5 of 5 rows have no identifier, name or coordinates",
        ),
        (list.get(..list.len() - 20).unwrap().to_owned(), 3, "line 6"),
        (String::new(), 3, "the file is empty"),
        ("PK\u{3}\u{4}\0\0".to_owned(), 3, "not a list of airports"),
    ] {
        std::fs::write(&path, text).unwrap();
        let finished = run_ntsb(&database, &["load-airports", path.to_str().unwrap()]);
        assert_eq!(finished.code, Some(code), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
        assert_eq!(database.count_rows("ntsb.airport WHERE source = 'worldwide.csv'"), 9);
    }
}
