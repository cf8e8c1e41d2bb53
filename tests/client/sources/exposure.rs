//! Flight hours, accident rates and NTSB's yearly statistics.

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ProcessOutput;
use tempfile::tempdir;

fn load_exposure(database: &Database, name: &str, options: &[&str]) -> ProcessOutput {
    let path = fixture(name);
    let arguments: Vec<&str> = ["load-exposure", path.to_str().unwrap()]
        .into_iter()
        .chain(options.iter().copied())
        .collect();
    run_ntsb(database, &arguments)
}

/// 2010: six accidents with a US registration. Three are general aviation, one of them abroad; the others have an aircraft
/// under part 121, one under part 135, or one without a part that NTSB calls an unscheduled air carrier. Not counted: an incident, a foreign aircraft in the US.
const EVENTS: &str = "
    SELECT ntsb_begin_batch('statistics.mdb');
    INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_type, ev_state, ev_country, ev_highest_injury, inj_tot_f)
    VALUES ('20100105X00001', '2010-01-05', 'ACC', 'CO', 'USA', 'FATL', '2'),
           ('20100105X00002', '2010-01-05', 'ACC', 'CO', 'USA', 'NONE', NULL),
           ('20100105X00003', '2010-01-05', 'ACC', NULL, 'CA', 'FATL', '1'),
           ('20100105X00004', '2010-01-05', 'ACC', 'CO', 'USA', 'NONE', NULL),
           ('20100105X00005', '2010-01-05', 'ACC', 'CO', 'USA', 'FATL', '4'),
           ('20100105X00006', '2010-01-05', 'INC', 'CO', 'USA', 'NONE', NULL),
           ('20100105X00007', '2010-01-05', 'ACC', 'CO', 'USA', 'FATL', '3'),
           ('20100105X00008', '2010-01-05', 'ACC', 'CO', 'USA', 'NONE', NULL);
    INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, oper_sched)
    VALUES ('20100105X00008', '1', 'N8', 'NSCH');
    INSERT INTO ntsb_staging.aircraft (ev_id, aircraft_key, regis_no, far_part, acft_category)
    VALUES ('20100105X00001', '1', 'N1', '091', 'AIR'), ('20100105X00002', '1', 'N2', '091', 'HELI'),
           ('20100105X00003', '1', 'N3', 'NUSN', 'AIR'), ('20100105X00004', '1', 'N4', '121', 'AIR'),
           ('20100105X00005', '1', 'N5', '091', 'AIR'), ('20100105X00005', '2', 'N55', '135', 'AIR'),
           ('20100105X00006', '1', 'N6', '091', 'AIR'), ('20100105X00007', '1', 'CGABC', '091', 'AIR');
    CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'));
    CALL ntsb_refresh()";

const RATES: &str = "SELECT concat_ws('|', operations, coalesce(acft_category, '-'), accidents, fatal_accidents,
                            fatalities, coalesce(hours::text, '-'), coalesce(accidents_per_100k_hours::text, '-'),
                            coalesce(fatalities_per_100k_hours::text, '-'), edition)
                     FROM ntsb.accident_rates WHERE ev_year = 2010 ORDER BY operations, acft_category NULLS FIRST";

#[test]
fn a_rate_divides_accidents_by_the_hours_of_the_same_operations() {
    let database = Database::empty_warehouse();
    database.execute(EVENTS);
    let before: Vec<String> = database.query_column(RATES, &[]);
    assert_eq!(before, ["all|-|6|3|7|-|-|-", "general_aviation|-|3|2|3|-|-|-"]);

    let loaded = load_exposure(&database, "exposure/own.csv", &[]);
    let report =
        "own.csv: 4 rows; flight hours: 4 new, 0 changed; published statistics: 0 new, 0 changed";
    assert!(loaded.code == Some(0) && loaded.stdout.contains(report), "{}", loaded.all_output());
    let expected = [
        "all|-|6|3|7|-|-|-",
        "general_aviation|-|3|2|3|1000000|0.3|0.3|2011",
        "general_aviation|HELI|1|0|0|250000.5|0.3999992000016|0|2011",
        "part_121|-|1|0|0|200000|0.5|0|2011",
    ];
    let found: Vec<String> = database.query_column(RATES, &[]);
    assert_eq!(found, expected);
    // No events of 2011 are loaded: unknown, not zero.
    let sql = "SELECT accidents IS NULL AND accidents_per_100k_hours IS NULL AND hours = 500000
               FROM ntsb.accident_rates WHERE ev_year = 2011";
    assert!(database.query_value::<bool>(sql));
    let status = "SELECT concat_ws('|', name, edition, row_count, status) FROM ntsb.source_status WHERE source = 'exposure'";
    assert_eq!(database.query_value::<String>(status), "own.csv|2012-06|19|current");
}

#[test]
fn editions_stay_beside_each_other_and_the_newest_counts() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    database.execute(EVENTS);
    let path = folder.path().join("hours.csv");
    let load = |text: &str, options: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let arguments = [&["load-exposure", path.to_str().unwrap()], options].concat();
        let finished = run_ntsb(&database, &arguments);
        assert_eq!(finished.code, Some(0), "{}", finished.all_output());
        finished.stdout
    };
    let text = |hours: u32| {
        format!("ev_year,operations,hours,source\r\n2010,general_aviation,{hours},survey\r\n")
    };
    let hours = "SELECT hours FROM ntsb.accident_rates WHERE ev_year = 2010 AND operations = 'general_aviation'";
    for (value, options, expected, report) in [
        (100, &["--edition", "2012"][..], 100.0, "1 new, 0 changed"),
        (200, &["--edition", "2011-05"], 100.0, "1 new, 0 changed"),
        (300, &["--edition", "2012-03"], 300.0, "1 new, 0 changed"),
        (400, &["--edition", "2012-03", "--revision", "1"], 400.0, "1 new, 0 changed"),
        (400, &["--edition", "2012-03", "--revision", "1"], 400.0, "0 new, 0 changed"),
        (500, &["--edition", "2012-03", "--revision", "1"], 500.0, "0 new, 1 changed"),
    ] {
        let printed = load(&text(value), options);
        assert!(printed.contains(&format!("flight hours: {report}")), "{printed}");
        assert_eq!(database.query_value::<f64>(hours), expected, "{value} {options:?}");
    }
    assert_eq!(database.count_rows("ntsb.exposure_hours WHERE ev_year = 2010"), 4);
}

#[test]
fn the_tables_of_ntsb_and_bts_are_read() {
    let database = Database::empty_warehouse();
    let workbook = load_exposure(&database, "exposure/table_10.xlsx", &["--edition", "2014"]);
    let report = "3 rows; flight hours: 2 new, 0 changed; published statistics: 3 new, 0 changed";
    assert!(
        workbook.code == Some(0) && workbook.stdout.contains(report),
        "{}",
        workbook.all_output()
    );
    let table = load_exposure(&database, "exposure/table_02_14.csv", &["--edition", "2006"]);
    let report = "4 rows; flight hours: 4 new, 0 changed; published statistics: 4 new, 0 changed";
    assert!(table.code == Some(0) && table.stdout.contains(report), "{}", table.all_output());
    let sql = "SELECT concat_ws('|', ev_year, operations, accidents, fatal_accidents, fatalities,
                                coalesce(hours::text, '-'), source)
               FROM ntsb.published_statistics WHERE edition <> '2005' ORDER BY ev_year";
    let found: Vec<String> = database.query_column(sql, &[]);
    let expected = [
        "1960|general_aviation|4793|429|787|13121000|BTS table 2-14",
        "1990|general_aviation|2242|444|770|28510000|BTS table 2-14",
        "2003|general_aviation|1741|352|632|25705000|BTS table 2-14",
        "2004|general_aviation|1614|312|556|25900000|BTS table 2-14",
        "2010|general_aviation|1200|240|400|20000000|NTSB table 10",
        "2011|general_aviation|1300|250|410|-|NTSB table 10",
        "2012|general_aviation|1100|220|380|22000000|NTSB table 10",
    ];
    assert_eq!(found, expected);
}

/// The published figures of 1990 to 2004 are shipped; those of 2010 are loaded here.
#[test]
fn annual_statistics_stand_beside_the_published_figures() {
    let database = Database::empty_warehouse();
    database.execute(EVENTS);
    load_exposure(&database, "exposure/table_10.xlsx", &["--edition", "2014"]);
    let select = |year: &str| {
        let sql = format!(
            "SELECT concat_ws('|', ev_year, coalesce(accidents::text, '-'), coalesce(fatal_accidents::text, '-'),
                coalesce(fatalities::text, '-'), coalesce(hours::text, '-'), coalesce(accidents_per_100k_hours::text, '-'),
                coalesce(published_accidents::text, '-'), coalesce(published_fatal_accidents::text, '-'),
                coalesce(published_fatalities::text, '-'), coalesce(accidents_difference::text, '-'),
                coalesce(fatal_accidents_difference::text, '-'), coalesce(fatalities_difference::text, '-'))
             FROM ntsb_annual_statistics({year})"
        );
        database.query_column::<String>(&sql, &[])
    };
    assert_eq!(select("2010"), ["2010|3|2|3|20000000|0.015|1200|240|400|-1197|-238|-397"]);
    assert_eq!(select("2011"), ["2011|-|-|-|-|-|1300|250|410|-|-|-"]);
    assert_eq!(select("1990"), ["1990|-|-|-|28510000|-|2242|444|770|-|-|-"]);
    assert_eq!(select("1985"), Vec::<String>::new());
    // 1990 to 2004 and 2010 to 2012.
    assert_eq!(select("NULL").len(), 18);
    for year in ["0", "-1", "3000", "2147483647"] {
        let sql = format!("SELECT * FROM ntsb_annual_statistics({year})");
        let error = database.connect().simple_query(&sql).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!(error.code().code(), "22023");
        assert_eq!(error.message(), format!("year must be between 1903 and 2200, got {year}"));
    }
}

/// Sums of the figures that are known from NTSB's table of the edition of 2005, taken from BTS's copy.
#[test]
fn the_shipped_figures_are_those_of_the_published_table() {
    let database = Database::empty_warehouse();
    let sql = "SELECT concat_ws('|', count(*), min(ev_year), max(ev_year), sum(accidents), sum(fatal_accidents),
                      sum(fatalities), sum(hours), count(DISTINCT edition)) FROM ntsb.published_statistics";
    assert_eq!(database.query_value::<String>(sql), "15|1990|2004|28888|5647|10084|386560000|1");
    // BTS's rate of 1999 is 6.51, of 2000 6.60 (the rates leave suicide and sabotage out).
    let sql =
        "SELECT array_agg(round((accidents * 1e5 / hours)::numeric, 2)::text ORDER BY ev_year)
               FROM ntsb.published_statistics WHERE ev_year IN (1999, 2000)";
    assert_eq!(database.query_value::<Vec<String>>(sql), ["6.51", "6.60"]);
    let sql = "SELECT count(*) FROM ntsb.published_statistics p JOIN ntsb.exposure_hours x USING (ev_year, operations, hours, source, edition)";
    assert_eq!(database.query_value::<i64>(sql), 15);
}

#[test]
fn a_file_that_cannot_be_used_is_refused_and_nothing_is_stored() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let own = "ev_year,operations,hours,source,edition\n2009,all,5,survey,2010\n";
    let bts = std::fs::read_to_string(fixture("exposure/table_02_14.csv")).unwrap();
    let workbook = std::fs::read(fixture("exposure/table_10.xlsx")).unwrap();
    let cases: Vec<(&str, Vec<u8>, i32, &str)> = vec![
        ("a.csv", b"".to_vec(), 3, "the file is empty"),
        ("a.csv", b"\xFF\xFEa\0".to_vec(), 3, "UTF-16"),
        (
            "a.csv",
            b"ev_year,operations,hours,source,edition\n2010,all,5,caf\xE9,2011\n".to_vec(),
            3,
            "not UTF-8",
        ),
        ("a.csv", b"ev_id,ev_date\n1,2\n".to_vec(), 3, "no table with a row or a column per year"),
        ("a.csv", format!("{own}2010,all\n").into(), 3, "the row has 2 values, the header 5"),
        ("a.csv", own.replace("edition", "deaths").into(), 3, "column \"deaths\" is unknown"),
        ("a.csv", own.lines().next().unwrap().into(), 3, "the file has no rows"),
        (
            "a.csv",
            own.replace(",edition", "").replace(",2010", "").into(),
            3,
            "give --edition YYYY",
        ),
        ("a.csv", own.replace("survey", "").into(), 3, "give --source TEXT"),
        ("a.csv", format!("{own}2010,military,5,survey,2011\n").into(), 1, "got 'military'"),
        (
            "a.csv",
            format!("{own}10,all,5,survey,2011\n").into(),
            1,
            "ev_year must be between 1903 and 2200, got '10'",
        ),
        (
            "a.csv",
            format!("{own}2010,all,-5,survey,2011\n").into(),
            1,
            "hours must be a number above 0, got '-5'",
        ),
        (
            "a.csv",
            format!("{own}2010,all,0,survey,2011\n").into(),
            1,
            "hours must be a number above 0, got '0'",
        ),
        (
            "a.csv",
            format!("{own}2010,all,NaN,survey,2011\n").into(),
            1,
            "hours must be a number above 0, got 'NaN'",
        ),
        (
            "a.csv",
            format!("{own}2010,all,,survey,2011\n").into(),
            1,
            "year 2010 has neither hours nor accidents",
        ),
        ("a.csv", format!("{own}2010,all,5,survey,May\n").into(), 1, "edition must be a year"),
        (
            "a.csv",
            format!("{own}2009,all,6,survey,2010\n").into(),
            1,
            "several figures for year 2009, all",
        ),
        (
            "b.csv",
            bts.replace("hours (thousands)", "distance").into(),
            3,
            "no title names flight hours",
        ),
        ("b.csv", bts.replace(" (thousands)", "").into(), 3, "so its hours have another unit"),
        (
            "b.csv",
            bts.replace("General Aviation", "Air Carrier").into(),
            3,
            "does not name general aviation",
        ),
        ("b.csv", bts.into(), 3, "give --edition YYYY"),
        ("c.xlsx", workbook.get(..3000).unwrap().to_vec(), 3, "cannot read the workbook"),
        ("c.xlsx", b"PK\x03\x04 not a workbook".to_vec(), 3, "cannot read the workbook"),
        ("c.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), 3, "the format before 2007"),
        ("c.xlsx", workbook, 3, "give --edition YYYY"),
        ("a.csv", b"\0\0\0\0".to_vec(), 3, "not UTF-8"),
    ];
    for (name, content, code, message) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, &content).unwrap();
        let finished = run_ntsb(&database, &["load-exposure", path.to_str().unwrap()]);
        assert_eq!(finished.code, Some(code), "{message}: {}", finished.all_output());
        assert!(finished.stderr.contains(message), "{message}: {}", finished.stderr);
        // Only the shipped figures.
        assert_eq!(database.count_rows("ntsb.exposure_hours"), 15, "{message}");
        assert_eq!(database.count_rows("ntsb.published_statistics"), 15, "{message}");
    }
    let usage = load_exposure(&database, "exposure/table_10.xlsx", &["--edition", "May 2014"]);
    assert_eq!(usage.code, Some(2), "{}", usage.all_output());
    let missing = load_exposure(&database, "exposure/none.xlsx", &[]);
    assert_eq!(missing.code, Some(3), "{}", missing.all_output());
}

/// A zip of 200 MB of zeros in 200 KB.
#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let path = folder.path().join("bomb.xlsx");
    let script = "import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for name in ('xl/workbook.xml', 'xl/sharedStrings.xml', 'xl/worksheets/sheet1.xml', '[Content_Types].xml'):
        z.writestr(name, bytes(50 << 20))";
    let status =
        std::process::Command::new("python3").args(["-c", script]).arg(&path).status().unwrap();
    assert!(status.success());
    let finished =
        run_ntsb(&database, &["load-exposure", path.to_str().unwrap(), "--edition", "2010"]);
    assert_eq!(finished.code, Some(3), "{}", finished.all_output());
    assert!(finished.stderr.contains("unpacks to more than 64 MiB"), "{}", finished.stderr);
}
