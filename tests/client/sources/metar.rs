//! Weather observations: loading files of them, NTSB's own reports, and the weather at an event.

use std::io::Write;
use std::path::Path;

use ntsb_tests::cli::run_ntsb;
use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::process::ProcessOutput;
use tempfile::tempdir;

fn load_metar(database: &Database, file: &Path) -> ProcessOutput {
    run_ntsb(database, &["load-metar", file.to_str().unwrap()])
}

/// An event at 37.6 N 122.25 W on 5 January 2019 at 10:18 local time (18:18 UTC), 11.1 km from KXPA;
/// one at 40.1 N 100 W at 18:30 UTC, 11.1 km from XPD; one without a time and one without a place.
const EVENTS: &str = "
    SELECT ntsb_begin_batch('weather.mdb');
    INSERT INTO ntsb_staging.events (ev_id, ev_date, ev_time, ev_tmzn, ev_state, ev_country, latitude, longitude,
        wx_cond_basic, wx_obs_fac_id, metar)
    VALUES ('20190105X00001', '2019-01-05', '1018', 'PST', 'CA', 'USA', '373600N', '1221500W', 'VMC', 'XPA',
            'METAR KXPA 051753Z 07003KT 1/2SM FG VV004 14/13 A3001=' || chr(10) || 'SPECI KXPA 051810Z 07003KT 1/4SM FG'
            || chr(10) || '   VV002 14/13 A3001='),
           ('20190105X00002', '2019-01-05', '1830', 'UTC', 'NE', 'USA', '400600N', '1000000W', 'IMC', NULL, NULL),
           ('20190105X00003', '2019-01-05', NULL, NULL, 'CA', 'USA', '373600N', '1221500W', 'VMC', 'XPA',
            '12003kt 10sm clr 14/13 a3001'),
           ('20190105X00004', '2019-01-05', '1018', 'PST', 'CA', 'USA', NULL, NULL, 'VMC', NULL, 'Ltg dsnt W');
    CALL ntsb_ingest(currval('ntsb.batch_batch_id_seq'))";

fn load_events(database: &Database, events: &str) {
    database.execute(events);
    database.execute("CALL ntsb_refresh_star()");
}

#[test]
fn a_file_is_stored_with_values_of_its_reports_or_its_columns() {
    let database = Database::empty_warehouse();
    let loaded = load_metar(&database, &fixture("weather/asos.csv"));
    assert_eq!(loaded.code, Some(0), "{}", loaded.all_output());
    let expected = "asos.csv: 11 rows; observations: 7 new, 0 changed, 1 unchanged, 3 rejected";
    assert!(loaded.stdout.starts_with(expected), "{}", loaded.stdout);
    let rows: Vec<String> = database.query_column(
        "SELECT concat_ws('|', station, to_char(observed_at AT TIME ZONE 'UTC', 'DD HH24:MI'), kind, parsed_from,
             coalesce(wind_dir_deg::text, '-'), wind_kt, coalesce(gust_kt::text, '-'), visibility_sm,
             coalesce(ceiling_ft::text, '-'), temp_c, dew_point_c, altimeter_inhg, flight_category)
         FROM ntsb.metar ORDER BY station, observed_at",
        &[],
    );
    assert_eq!(
        rows,
        [
            "KXPA|05 16:53|METAR|report|90|3|-|10|-|13.9|12.8|30.02|VFR",
            "KXPA|05 17:53|METAR|report|70|3|-|0.5|400|13.9|13.3|30.01|LIFR",
            "KXPA|05 18:20|SPECI|report|80|6|-|3|900|14|13|30|IFR",
            "KXPA|05 19:53|METAR|report|-|4|-|10|-|16|13|30|VFR",
            "KXPB|05 16:40|METAR|report|-|0|-|10|-|14|13|30.02|VFR",
            "KXPC|05 18:10|METAR|report|-|0|-|10|-|14|13|30.02|VFR",
            "XPD|05 18:00|METAR|columns|180|5|12|10|4500|10|0|30.01|VFR",
        ]
    );
    let details = "SELECT concat_ws(' ', rvr, clouds, weather, remarks, is_corrected) FROM ntsb.metar
                   WHERE station = $1 AND kind = 'METAR' AND extract(hour FROM observed_at AT TIME ZONE 'UTC') = $2::text::int";
    let detail = |station: &str, hour: &str| {
        database.query_column::<String>(details, &[&station, &hour]).remove(0)
    };
    assert_eq!(
        detail("KXPA", "17"),
        r#"[{"ft": 2000, "max_ft": 4000, "runway": "06L"}] {FG} AO2 SLP162 P0000 T01390133 f"#
    );
    assert_eq!(detail("KXPA", "19"), r#"[{"ft": 4500, "cover": "FEW"}] t"#);
    assert_eq!(
        detail("XPD", "18"),
        r#"[{"ft": 1200, "cover": "FEW"}, {"ft": 4500, "cover": "BKN"}, {"ft": 6000, "cover": "OVC"}] {-RA,BR}"#
    );
    let status = "SELECT concat_ws(' ', status, row_count, name) FROM ntsb.source_status WHERE source = 'metar'";
    assert_eq!(database.query_value::<String>(status), "current 7 asos.csv");
}

#[test]
fn a_repeated_load_changes_nothing() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    load_metar(&database, &fixture("weather/asos.csv"));
    let digest = "SELECT md5(string_agg(m::text, '' ORDER BY metar_id)) FROM ntsb.metar m";
    let before = database.query_value::<String>(digest);
    let again = load_metar(&database, &fixture("weather/asos.csv"));
    assert!(again.stdout.starts_with("asos.csv: skipped, loaded on"), "{}", again.all_output());
    // The same rows in another file, compressed.
    let copy = folder.path().join("copy.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(&copy).unwrap(), Default::default());
    encoder.write_all(&std::fs::read(fixture("weather/asos.csv")).unwrap()).unwrap();
    encoder.finish().unwrap();
    for arguments in [&["load-metar"][..], &["load-metar", "--recheck"]] {
        let arguments = [arguments, &[copy.to_str().unwrap()]].concat();
        let again = run_ntsb(&database, &arguments);
        let expected =
            "copy.csv.gz: 11 rows; observations: 0 new, 0 changed, 8 unchanged, 3 rejected";
        assert!(again.stdout.starts_with(expected), "{}", again.all_output());
    }
    assert_eq!(database.query_value::<String>(digest), before);

    // A later file corrects one report and adds one.
    let later = folder.path().join("later.csv");
    std::fs::write(
        &later,
        "station,valid,metar\nXPA,2019-01-05 19:53,KXPA 051953Z COR VRB04KT 10SM FEW045 17/13 A3000\n\
         XPA,2019-01-05 20:53,KXPA 052053Z VRB04KT 10SM FEW045 17/13 A3000\n# end\n",
    )
    .unwrap();
    let loaded = load_metar(&database, &later);
    assert!(
        loaded.stdout.contains("1 new, 1 changed, 0 unchanged, 0 rejected"),
        "{}",
        loaded.all_output()
    );
    assert_eq!(database.count_rows("ntsb.metar"), 8);
}

#[test]
fn an_invalid_file_is_refused_and_nothing_is_stored() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    load_metar(&database, &fixture("weather/asos.csv"));
    let stored =
        "SELECT md5(concat((SELECT string_agg(m::text, '' ORDER BY metar_id) FROM ntsb.metar m),
                      (SELECT string_agg(f::text, '') FROM ntsb.metar_file f),
                      (SELECT s::text FROM ntsb.source_state s WHERE source = 'metar')))";
    let before = database.query_value::<String>(stored);
    let header = "station,valid,metar\n";
    let good = "XPA,2019-01-05 20:53,KXPA 052053Z VRB04KT 10SM FEW045 17/13 A3000\n";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    packed.write_all(format!("{header}{}", good.repeat(1000)).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let utf16: Vec<u8> =
        format!("\u{FEFF}{header}{good}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    const OTHER: &str = "not a file of weather observations";
    let local_time =
        format!("{header}XPA,2019-01-05 12:53,KXPA 052053Z VRB04KT 10SM FEW045 17/13 A3000\n");
    let cases: [(&str, Vec<u8>, i32, &str); 10] = [
        ("empty", Vec::new(), 3, "the file is empty"),
        ("comments only", b"#DEBUG: x\n# y\n".to_vec(), 3, "the file is empty"),
        ("header only", header.into(), 3, "all tables are empty"),
        ("other table", b"ev_id,ev_date\n1,2\n".to_vec(), 3, OTHER),
        ("no time", b"station,metar\nXPA,KXPA 052053Z VRB04KT\n".to_vec(), 3, OTHER),
        ("truncated row", format!("{header}{good}XPA,2019-01").into(), 3, "line 3"),
        ("truncated gzip", packed[..packed.len() / 2].to_vec(), 3, "bad.csv.gz: cannot read"),
        ("UTF-16", utf16, 3, "UTF-16"),
        ("binary", vec![0, 159, 146, 150, 255, 10, 7], 3, OTHER),
        (
            "local time",
            local_time.into(),
            1,
            "1 rows: the time of the report differs from column valid (UTC)",
        ),
    ];
    for (name, bytes, code, message) in cases {
        let path = folder.path().join("bad.csv.gz");
        std::fs::write(&path, bytes).unwrap();
        let finished = load_metar(&database, &path);
        assert_eq!(finished.code, Some(code), "{name}: {}", finished.all_output());
        assert!(finished.stderr.contains(message), "{name}: {}", finished.stderr);
        assert_eq!(database.query_value::<String>(stored), before, "{name}");
    }
    let missing = load_metar(&database, &folder.path().join("absent.csv"));
    assert_eq!(missing.code, Some(3), "{}", missing.all_output());
}

#[test]
fn an_event_has_the_latest_observation_of_the_nearest_station() {
    let database = Database::empty_warehouse();
    load_events(&database, EVENTS);
    load_metar(&database, &fixture("weather/asos.csv"));
    let weather = "SELECT concat_ws('|', ev_id, source, station, to_char(observed_at AT TIME ZONE 'UTC', 'HH24:MI'),
                       coalesce(distance_km::text, '-'), age_minutes, flight_category, coalesce(ceiling_ft::text, '-'),
                       visibility_sm, wind_kt, temp_c)
                   FROM ntsb.event_weather ORDER BY ev_id, source";
    // KXPB is nearer, but its last report is 98 minutes old; KXPC is 122 km away; the report of 18:20 is later.
    assert_eq!(
        database.query_column::<String>(weather, &[]),
        [
            "20190105X00001|iem|KXPA|17:53|11.1|25|LIFR|400|0.5|3|13.9",
            "20190105X00001|ntsb|KXPA|18:10|11.1|8|LIFR|200|0.25|3|14",
            "20190105X00002|iem|XPD|18:00|11.1|30|VFR|4500|10|5|10",
        ]
    );
    let disagreements =
        "SELECT concat_ws('|', ev_year, ev_state, compared, vmc_in_ifr, vmc_in_lifr, imc_in_vfr)
                         FROM ntsb_weather_disagreements()";
    assert_eq!(
        database.query_column::<String>(disagreements, &[]),
        ["2019|CA|1|0|1|0", "2019|NE|1|0|0|1"]
    );
    assert_eq!(database.count_rows("ntsb_weather_disagreements(2020, NULL)"), 0);
}

#[test]
fn reports_of_changed_events_are_parsed_again() {
    let database = Database::empty_warehouse();
    load_events(&database, EVENTS);
    let reports = "SELECT concat_ws('|', ev_id, report_no, station, kind,
                       coalesce(to_char(observed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), '-'), visibility_sm, raw)
                   FROM ntsb.metar WHERE source = 'ntsb' ORDER BY ev_id, report_no";
    assert_eq!(
        database.query_column::<String>(reports, &[]),
        [
            "20190105X00001|1|KXPA|METAR|2019-01-05 17:53|0.5|METAR KXPA 051753Z 07003KT 1/2SM FG VV004 14/13 A3001",
            "20190105X00001|2|KXPA|SPECI|2019-01-05 18:10|0.25|SPECI KXPA 051810Z 07003KT 1/4SM FG VV002 14/13 A3001",
            "20190105X00003|1|XPA|METAR|-|10|12003KT 10SM CLR 14/13 A3001",
        ]
    );
    // The station of the report is unknown, so its distance is, too.
    let distance = "SELECT distance_km::text FROM ntsb.event_weather WHERE source = 'ntsb'";
    assert_eq!(database.query_column::<Option<String>>(distance, &[]), [None]);

    let before = "SELECT array_agg(metar_id ORDER BY metar_id) FROM ntsb.metar WHERE ev_id = '20190105X00003'";
    let unchanged = database.query_value::<Vec<i64>>(before);
    let changed = EVENTS
        .replace("weather.mdb", "later.mdb")
        .replace("SPECI KXPA 051810Z", "SPECI KXPA 011810Z")
        .replace("METAR KXPA 051753Z", "METAR KXPA 311753Z");
    load_events(&database, &changed);
    // 31 December is within five days, but not within three; so is 1 January.
    let times: Vec<Option<String>> = database.query_column(
        "SELECT observed_at::text FROM ntsb.metar WHERE ev_id = '20190105X00001' ORDER BY report_no", &[]);
    assert_eq!(times, [None, None]);
    assert_eq!(database.query_value::<Vec<i64>>(before), unchanged);
    database.execute("CALL ntsb_rebuild_star()");
    assert_eq!(database.query_column::<String>(reports, &[]).len(), 3);
}

#[test]
fn a_station_without_coordinates_gets_those_of_its_airport() {
    let (database, folder) = (Database::empty_warehouse(), tempdir().unwrap());
    let file = folder.path().join("plain.csv");
    std::fs::write(
        &file,
        "station,valid,metar\nXPA,2019-01-05 17:53,KXPA 051753Z VRB04KT 10SM FEW045 17/13 A3000\n\
         XPZ,2019-01-05 17:53,KXPZ 051753Z VRB04KT 10SM FEW045 17/13 A3000\n",
    )
    .unwrap();
    let loaded = load_metar(&database, &file);
    assert!(
        loaded.stdout.contains("stations: 2, 2 without coordinates"),
        "{}",
        loaded.all_output()
    );
    let airports = folder.path().join("airports.csv");
    let header = "ident,type,name,latitude_deg,longitude_deg,iso_country,iso_region,municipality,icao_code,gps_code,local_code\n";
    let airport = "KXPA,small_airport,Harbor Test,37.5,-122.25,US,US-CA,Harbor,KXPA,KXPA,XPA\n";
    std::fs::write(&airports, format!("{header}{airport}")).unwrap();
    let listed = run_ntsb(&database, &["load-airports", airports.to_str().unwrap()]);
    assert_eq!(listed.code, Some(0), "{}", listed.all_output());
    let stations = "SELECT concat_ws('|', station, lat, lon, coord_source) FROM ntsb.weather_station ORDER BY station";
    assert_eq!(
        database.query_column::<String>(stations, &[]),
        ["KXPA|37.5|-122.25|airport", "KXPZ"]
    );
    // Coordinates of a file win, and a later list of airports does not change them.
    std::fs::write(
        &file,
        "station,valid,lon,lat,metar\nXPA,2019-01-05 18:53,-122.3,37.4,KXPA 051853Z VRB04KT 10SM FEW045 17/13 A3000\n",
    )
    .unwrap();
    load_metar(&database, &file);
    run_ntsb(&database, &["load-airports", airports.to_str().unwrap()]);
    assert_eq!(database.query_column::<String>(stations, &[]), ["KXPA|37.4|-122.3|file", "KXPZ"]);
}

#[test]
fn sql_functions_accept_any_argument() {
    let database = Database::empty_warehouse();
    for (sql, expected) in [
        ("SELECT ntsb_flight_category(NULL, 0.5)", Some("LIFR")),
        ("SELECT ntsb_flight_category('Infinity', 10)", Some("VFR")),
        ("SELECT ntsb_flight_category(3000, 10)", Some("MVFR")),
        ("SELECT ntsb_flight_category(NULL, 10)", None),
        ("SELECT ntsb_flight_category('NaN', 10)", None),
        ("SELECT station FROM ntsb_parse_metar('METAR KXPA 051753Z 07003KT')", Some("KXPA")),
        (
            "SELECT string_agg(station, ',') FROM ntsb_parse_metar('KXPA 051753Z 07003KT=KXPB 051753Z 07003KT')",
            Some("KXPA,KXPB"),
        ),
        ("SELECT max(raw) FROM ntsb_parse_metar('garbage')", None),
        ("SELECT max(raw) FROM ntsb_parse_metar(NULL)", None),
        (
            "SELECT to_char(ntsb_internal.place_report_time(31, 23, 59, '2019-03-02 00:00+00') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')",
            Some("2019-01-31 23:59"),
        ),
        (
            "SELECT to_char(ntsb_internal.place_report_time(31, 23, 59, '2019-01-01 00:10+00') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')",
            Some("2018-12-31 23:59"),
        ),
        (
            "SELECT to_char(ntsb_internal.place_report_time(1, 0, 5, '2018-12-31 23:50+00') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')",
            Some("2019-01-01 00:05"),
        ),
    ] {
        assert_eq!(database.query_value::<Option<String>>(sql).as_deref(), expected, "{sql}");
    }
    for (sql, state) in [
        ("SELECT ntsb_flight_category(-1, 10)", "22023"),
        ("SELECT * FROM ntsb_parse_metar(repeat('x', 100001))", "22023"),
        ("SELECT ntsb_adopt_metar('x')", "55000"),
    ] {
        let error = database.connect().batch_execute(sql).unwrap_err();
        assert_eq!(error.code().map(|code| code.code()), Some(state), "{sql}");
    }
}
