//! Lists of airports: loading them, and the coordinates that events get from them.

use std::io::Write;

use ntsb_tests::cli::{load, run_ntsb};
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use tempfile::tempdir;

/// The format of OurAirports, with a closed airport and one without coordinates.
const OURAIRPORTS: &str = r#""id","ident","type","name","latitude_deg","longitude_deg","elevation_ft","continent","iso_country","iso_region","municipality","scheduled_service","icao_code","iata_code","gps_code","local_code"
1,"KXPA","small_airport","Harbor ""North"" Field",37.5,-122.25,10,"NA","US","US-CA","Harbor, East","no","KXPA",,"KXPA","XPA"
2,"X99","closed","Gone Field",38,-120,,"NA","US","US-CA","Gone","no",,,,"X99"
3,"X98","small_airport","Nowhere",,,,"NA","US","US-CA","Nowhere","no",,,,"X98"
"#;

fn load_airports(
    database: &Database,
    file: &std::path::Path,
) -> ntsb_tests::process::ProcessOutput {
    run_ntsb(database, &["load-airports", file.to_str().unwrap()])
}

#[test]
fn both_list_formats_are_accepted_and_a_new_list_replaces_the_old() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let first = load_airports(&database, &fixture("airports/airports.csv"));
    assert_eq!(first.code, Some(0), "{}", first.all_output());
    let stored = database.count_rows("ntsb.airport");
    assert!(stored > 100, "{stored}");
    assert_eq!(database.query_value::<String>("SELECT ntsb_find_airport(' kpao ')"), "KPAO");
    assert_eq!(database.query_value::<String>("SELECT ntsb_find_airport('PAO')"), "KPAO");

    let list = folder.path().join("airports.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(&list).unwrap(), Default::default());
    encoder.write_all(OURAIRPORTS.as_bytes()).unwrap();
    encoder.finish().unwrap();
    let second = load_airports(&database, &list);
    assert_eq!(second.code, Some(0), "{}", second.all_output());
    assert!(second.stdout.contains("3 rows; airports: 1 stored, 2 rejected"), "{}", second.stdout);
    let all: Vec<String> = database.query_column(
        "SELECT concat_ws('|', airport_id, local_id, name, city, region, elevation_ft) FROM ntsb.airport",
        &[],
    );
    assert_eq!(all, [r#"KXPA|XPA|Harbor "North" Field|Harbor, East|CA|10"#]);
}

#[test]
fn an_invalid_list_is_refused_and_the_old_one_stays() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    load_airports(&database, &fixture("airports/airports.csv"));
    let stored = database.count_rows("ntsb.airport");
    let invalid = folder.path().join("events.csv");
    std::fs::write(&invalid, "ev_id,ev_date\n1,2\n").unwrap();
    let finished = load_airports(&database, &invalid);
    assert_eq!(finished.code, Some(3), "{}", finished.all_output());
    assert!(finished.stderr.contains("not a list of airports"), "{}", finished.stderr);
    std::fs::write(&invalid, "icao,lid,name,lat,lon\nKAAA,AAA,Somewhere,north,west\n").unwrap();
    let finished = load_airports(&database, &invalid);
    assert_eq!(finished.code, Some(1), "{}", finished.all_output());
    let message = "1 of 1 rows have no identifier, name or coordinates";
    assert!(finished.stderr.contains(message), "{}", finished.stderr);
    assert_eq!(database.count_rows("ntsb.airport"), stored);
}

/// Only events without coordinates that NTSB places on or near the airport, in the airport's state.
#[test]
fn events_without_coordinates_get_those_of_their_airport() {
    let database = Database::empty_warehouse();
    let events = "
        SELECT ntsb_begin_batch('places.mdb');
        INSERT INTO ntsb_staging.events
            (ev_id, ev_date, ev_state, ev_country, ev_nr_apt_id, ev_nr_apt_loc, apt_dist, latitude, longitude)
        VALUES ('20190105X00001', '2019-01-05', 'CA', 'USA', 'PAO', 'ONAP', NULL, NULL, NULL),
               ('20190105X00002', '2019-01-05', 'CA', 'USA', 'KPAO', 'OFAP', '2.5', NULL, NULL),
               ('20190105X00003', '2019-01-05', 'CA', 'USA', 'PAO', 'OFAP', '25', NULL, NULL),
               ('20190105X00004', '2019-01-05', 'TX', 'USA', 'PAO', 'ONAP', NULL, NULL, NULL),
               ('20190105X00005', '2019-01-05', 'CA', 'USA', 'PAO', 'ONAP', NULL, '370000N', '1210000W');
        INSERT INTO ntsb_staging.states (state, name) VALUES ('CA', 'California '), ('TX', 'Texas');
        CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))";
    database.execute(events);
    let sources = "SELECT array_agg(coord_source ORDER BY ev_id) FROM ntsb.events";
    let none = ["none", "none", "none", "none", "dms"].map(String::from);
    assert_eq!(database.query_value::<Vec<String>>(sources), none);

    load_airports(&database, &fixture("airports/airports.csv"));
    let with_airports = ["airport", "airport", "none", "none", "dms"].map(String::from);
    assert_eq!(database.query_value::<Vec<String>>(sources), with_airports);
    let at = "SELECT count(*) FROM ntsb.events e JOIN ntsb.airport a ON a.airport_id = 'KPAO'
              AND e.lat = a.lat AND e.lon = a.lon AND e.geog IS NOT NULL";
    assert_eq!(database.query_value::<i64>(at), 2);
    assert_eq!(database.count_rows("ntsb_verify_change_log()"), 0);

    // Loading the same rows again changes nothing. A changed event gets its coordinates during the load.
    database.execute(events);
    assert_eq!(database.query_value::<Vec<String>>(sources), with_airports);
    database.execute(&events.replace("'TX', 'USA'", "'CA', 'USA'").replace("places", "later"));
    assert_eq!(database.query_value::<Vec<String>>(sources)[3], "airport");
}

/// Foreign airstrips with the local identifiers of U.S. airports, before and after them.
const DUPLICATE_IDENTIFIERS: &str = "ident,type,name,latitude_deg,longitude_deg,iso_country,iso_region,municipality,icao_code,gps_code,local_code
AU-9001,small_airport,Synthetic Strip,-31.2,146.1,AU,AU-NSW,Nowhere,,,PAO
KPAO,small_airport,Palo Alto Test,37.461,-122.115,US,US-CA,Palo Alto,KPAO,KPAO,PAO
AU-9002,small_airport,Synthetic Farm,-31.5,146.4,AU,AU-NSW,Nowhere,,,FA08
US-9004,small_airport,Synthetic Ranch,28.6,-81.9,US,US-FL,Sampleton,,FA08,FA08
AR-0001,small_airport,Synthetic Lobos,-35.1,-59.1,AR,AR-B,Lobos,,,BOS
KBOS,large_airport,Synthetic Bay,42.36,-71.01,US,US-MA,Boston,KBOS,KBOS,BOS
EGZZ,small_airport,Synthetic Moor,54.1,-2.1,GB,GB-ENG,Moor,EGZZ,EGZZ,ZZ
AU-9003,small_airport,Synthetic Bore,-30.1,145.1,AU,AU-NSW,Nowhere,,,9AU9
TJZZ,small_airport,Synthetic Cay,18.3,-65.3,PR,PR-U-A,Cay,TJZZ,TJZZ,ZZP
";

#[test]
fn an_identifier_is_looked_up_in_its_own_country() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    database.execute(
        "SELECT ntsb_begin_batch('abroad.mdb');
         INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_state, ev_country, ev_nr_apt_id, ev_nr_apt_loc)
         VALUES ('20190105X00001', '2019-01-05', 'CA', 'USA', 'PAO', 'ONAP'),
                ('20190105X00002', '2019-01-05', 'FL', 'USA', 'FA08', 'ONAP'),
                ('20190105X00003', '2019-01-05', 'MA', 'USA', 'BOS', 'ONAP'),
                ('20190105X00004', '2019-01-05', NULL, 'USA', '9AU9', 'ONAP'),
                ('20190105X00005', '2019-01-05', 'PR', 'USA', 'ZZP', 'ONAP');
         CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))",
    );
    let (header, rows) = DUPLICATE_IDENTIFIERS.split_once('\n').unwrap();
    let (rows, mut reversed) = (rows.lines().collect::<Vec<_>>(), rows.lines().collect::<Vec<_>>());
    reversed.reverse();
    let load_rows = |rows: &[&str]| {
        let list = folder.path().join("airports.csv");
        std::fs::write(&list, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        load_airports(&database, &list).all_output()
    };
    let latitudes = "SELECT array_agg(lat::text ORDER BY ev_id) FROM ntsb.events";
    let expected = ["37.461", "28.6", "42.36"].map(|lat| Some(lat.to_owned()));
    let first = load_rows(&rows);
    assert!(
        first.contains("events located by their airport: 4 (4 new, 0 changed, 0 lost)"),
        "{first}"
    );
    for rows in [&rows, &reversed] {
        load_rows(rows);
        let found = database.query_value::<Vec<Option<String>>>(latitudes);
        assert_eq!(
            (&found[..3], &found[3], found[4].as_deref()),
            (&expected[..], &None, Some("18.3"))
        );
        for (arguments, airport) in [
            ("'BOS'", Some("KBOS")),
            ("'PAO', 'USA'", Some("KPAO")),
            ("'pao ', 'AU'", Some("AU-9001")),
            ("'FA08'", Some("US-9004")),
            ("'KFA08', 'US'", None),
            ("'EGZZ'", Some("EGZZ")),
            ("'ZZ'", None),
            ("'9AU9'", None),
            ("'9AU9', NULL", Some("AU-9003")),
            ("'PAO', NULL", Some("KPAO")),
            ("NULL", None),
        ] {
            let sql = format!("SELECT ntsb_find_airport({arguments})");
            assert_eq!(
                database.query_value::<Option<String>>(&sql).as_deref(),
                airport,
                "{arguments}"
            );
        }
    }
    // One airport moves, another is removed.
    let others: Vec<_> =
        DUPLICATE_IDENTIFIERS.lines().skip(1).filter(|row| !row.starts_with("KBOS")).collect();
    let others: Vec<_> = others.iter().map(|row| row.replace("37.461", "37.5")).collect();
    let output = load_rows(&others.iter().map(String::as_str).collect::<Vec<_>>());
    let expected = "events located by their airport: 3 (0 new, 1 changed, 1 lost)";
    assert!(output.contains(expected), "{output}");
    let star = "SELECT count(*) FROM ntsb.accidents WHERE lat IS NULL";
    assert_eq!(
        database.query_value::<i64>(star),
        2,
        "the star schema follows events that lost their coordinates"
    );
}

#[test]
fn a_reload_with_airports_changes_nothing() {
    let database = Database::with_sample();
    let loaded = load_airports(&database, &fixture("airports/airports.csv"));
    assert_eq!(loaded.code, Some(0), "{}", loaded.all_output());
    let again = load(&database, &["--full", "--recheck"], &fixture("sample.zip"));
    assert_eq!(again.count_changed(), 0);
}
