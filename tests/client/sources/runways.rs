//! Lists of runways, and the runway of an aircraft beside what NTSB reports.

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ProcessOutput;
use tempfile::tempdir;

fn load_list(database: &Database, command: &str, name: &str) -> ProcessOutput {
    let finished = run_ntsb(database, &[command, fixture(name).to_str().unwrap()]);
    assert_eq!(finished.code, Some(0), "{}", finished.all_output());
    finished
}

fn list_runways(database: &Database) -> Vec<String> {
    let sql = "SELECT concat_ws('|', airport_id, ident, le_ident, he_ident, opposite_ident, length_ft, width_ft,
                      surface, is_lighted, is_closed) FROM ntsb.runway ORDER BY airport_id, ident";
    database.query_column(sql, &[])
}

#[test]
fn nasr_replaces_only_the_runways_of_the_us() {
    let database = Database::empty_warehouse();
    load_list(&database, "load-airports", "airports/worldwide.csv");
    let first = load_list(&database, "load-runways", "airports/runways.csv");
    let report = "7 rows; runways: 6 stored, 1 rejected (no runway, unknown airport or duplicate), 0 removed";
    assert!(first.stdout.contains(report), "{}", first.stdout);
    let expected = [
        "EDZZ|09/27|09|27|2600|60|GRS|f|f",
        "KPAO|13/31|13|31|2443|70|ASP|t|f",
        "KZZQ|07L/25R|07L|25R|10000|150|ASP|t|f",
        "KZZQ|07R/25L|07R|25L|8000|100|CON|t|f",
        "KZZQ|17|17|35|3000|75|TURF|f|f",
        "KZZQ|NE/SW|NE|SW|WATER|t",
    ];
    assert_eq!(list_runways(&database), expected);

    load_list(&database, "load-airports", "airports/APT_BASE.csv");
    let second = load_list(&database, "load-runways", "airports/APT_RWY.csv");
    assert!(second.stdout.contains("3 rows; runways: 3 stored, 0 rejected"), "{}", second.stdout);
    let found = list_runways(&database);
    assert!(found.contains(&"9TX9|H1|50|50|CONC|f".to_owned()), "{found:?}");
    assert!(found.contains(&"KPAO|13/31|13|31|2443|70|ASPH|t|f".to_owned()), "{found:?}");
    assert!(found.contains(&"US-9008|N/S|N|S|1800|100|TURF|f|f".to_owned()), "{found:?}");
    assert!(found.contains(&expected[0].to_owned()), "{found:?}");
    let status = "SELECT concat_ws('|', name, edition, status) FROM ntsb.source_status WHERE source = 'runways'";
    assert_eq!(database.query_value::<String>(status), "APT_RWY.csv|2026-01-22|current");
}

/// ntsb.aircraft of one event each, at an airport of the list.
const EVENTS: &str = "
    SELECT ntsb_begin_batch('runways.mdb');
    INSERT INTO ntsb_staging.states (state, name) VALUES ('CO', 'Colorado'), ('CA', 'California');
    INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_state, ev_country, ev_nr_apt_id)
    SELECT format('20190105X0000%s', n), '2019-01-05', CASE n WHEN 9 THEN 'CA' ELSE 'CO' END, 'USA', 'ZZQ'
    FROM generate_series(1, 9) n;
    INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, rwy_num, rwy_len, rwy_width)
    VALUES ('20190105X00001', '1', '7L', '9950', '150'),
           ('20190105X00002', '1', '25L', '9000', '100'),
           ('20190105X00003', '1', '35', '2700', NULL),
           ('20190105X00004', '1', '08', '8000', '100'),
           ('20190105X00005', '1', 'SW', NULL, NULL),
           ('20190105X00006', '1', '0', '8000', '100'),
           ('20190105X00007', '1', '17', '2901', '75'),
           ('20190105X00008', '1', '17', '2600', '60'),
           ('20190105X00008', '2', '25R', '11001', '150'),
           ('20190105X00009', '1', '7L', '9950', '150');
    CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))";

/// Longer or shorter by more than 10 % and more than 100 ft: 9,000 beside 8,000 and 11,001 beside 10,000 are, 2,700
/// beside 3,000 is not (exactly 10 %), 2,901 is not. The last event's state is not the airport's.
#[test]
fn a_reported_length_is_compared_with_the_listed_one() {
    let database = Database::empty_warehouse();
    database.execute(EVENTS);
    load_list(&database, "load-airports", "airports/worldwide.csv");
    load_list(&database, "load-runways", "airports/runways.csv");
    let sql = "SELECT concat_ws('|', right(ev_id, 1), aircraft_key, runway, match, coalesce(ident, '-'),
                      coalesce(length_difference_ft::text, '-'), coalesce(width_difference_ft::text, '-'),
                      coalesce(length_disagrees::text, '-'))
               FROM ntsb.event_runway ORDER BY ev_id, aircraft_key";
    let found: Vec<String> = database.query_column(sql, &[]);
    let expected = [
        "1|1|07L|ident|07L/25R|-50|0|false",
        "2|1|25L|ident|07R/25L|1000|0|true",
        "3|1|35|reciprocal|17|-300|-|false",
        "4|1|08|no such runway|-|-|-|-",
        "5|1|SW|ident|NE/SW|-|-|-",
        "7|1|17|ident|17|-99|0|false",
        "8|1|17|ident|17|-400|-15|true",
        "8|2|25R|ident|07L/25R|1001|0|true",
    ];
    assert_eq!(found, expected);
}

/// The view states the rule of ntsb_standard_runway in SQL, because views do not depend on the extension.
#[test]
fn the_view_reads_designators_as_the_function_does() {
    let database = Database::empty_warehouse();
    load_list(&database, "load-airports", "airports/worldwide.csv");
    load_list(&database, "load-runways", "airports/runways.csv");
    database.execute(EVENTS);
    let mut client = database.connect();
    let spellings = [
        "07",
        "7",
        " 27l ",
        "9R",
        "RWY 27",
        "RWY27",
        "Runway 04 Left",
        "R/W 18",
        "RW9",
        "36C",
        "27 R",
        "06/2",
        "07/25",
        "18-36",
        "16 34",
        "18W",
        "NE",
        "N/S",
        "RWY W",
        "00",
        "0",
        "37",
        "360",
        "1836",
        "27X",
        "NONE",
        "N/A",
        "UNK",
        "H1",
        "",
        "é7",
        "7é",
        "1",
        "01",
        "19 center",
        "NNW",
        "RWY",
        "NORTH",
        "36RT",
        "9.5",
    ];
    for spelling in spellings {
        let sql = "UPDATE ntsb.aircraft SET rwy_num = $1 WHERE ev_id = '20190105X00001'";
        client.execute(sql, &[&spelling]).unwrap();
        let view = "SELECT (SELECT runway FROM ntsb.event_runway WHERE ev_id = '20190105X00001'), ntsb_standard_runway($1)";
        let row = client.query_one(view, &[&spelling]).unwrap();
        let (view, function): (Option<String>, Option<String>) = (row.get(0), row.get(1));
        assert_eq!(view, function, "{spelling:?}");
    }
}

#[test]
fn a_wrong_list_of_runways_is_refused() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let list = std::fs::read_to_string(fixture("airports/runways.csv")).unwrap();
    let path = folder.path().join("runways.csv");
    std::fs::write(&path, &list).unwrap();
    let load = || run_ntsb(&database, &["load-runways", path.to_str().unwrap()]);
    let early = load();
    assert_eq!(early.code, Some(1), "{}", early.all_output());
    assert!(early.stderr.contains("Load a list of airports first"), "{}", early.stderr);

    load_list(&database, "load-airports", "airports/worldwide.csv");
    assert_eq!(load().code, Some(0));
    for (text, code, message) in [
        (list.replace("airport_ident", "airport"), 3, "not a list of runways"),
        (
            list.replace("KPAO", "Q1").replace("KZZQ", "Q2").replace("EDZZ", "Q3"),
            1,
            "7 of 7 rows have no runway or no airport",
        ),
        (list.get(..list.len() - 12).unwrap().to_owned(), 3, "line 8"),
        (String::new(), 3, "the file is empty"),
        (
            "\u{FEFF}airport_ident,le_ident,length_ft\n".to_owned(),
            1,
            "ntsb_staging.runway is empty",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let finished = load();
        assert_eq!(finished.code, Some(code), "{}", finished.all_output());
        assert!(finished.stderr.contains(message), "{}", finished.stderr);
        assert_eq!(database.count_rows("ntsb.runway"), 6);
    }
    std::fs::write(&path, [0xFF, 0xFE, b'a', 0]).unwrap();
    let finished = load();
    assert!(finished.code == Some(3) && finished.stderr.contains("UTF-16"), "{}", finished.stderr);
}
