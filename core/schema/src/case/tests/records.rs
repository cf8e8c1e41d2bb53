//! What only the records of NTSB's API hold.

use super::*;

#[test]
fn converts_the_weather_to_what_an_access_file_holds() {
    let weather = json!({"investigationWeatherSource": "Witness", "observationFacilityId": "PAXX",
        "observationTimeUtc": "02:16:00", "observationUtcOffsetHours": -9, "temperatureF": 33.8,
        "dewPointF": 30.2, "cloudCondition": "Scattered", "lowestCloudConditionFtAgl": 8000,
        "lowestCeiling": "Broken", "lowestCeilingFtAgl": 9000, "visibilitySm": 10,
        "windDirectionVariable": false, "windCalm": true, "windGustsAbsent": true,
        "observationFacilityDistanceNm": 2.6, "runwayVisualRangeFt": null});
    let found = |more: Value, column: &str| {
        let case = with(api_case(json!({"weatherConditions": [weather]})), more);
        let start = format!("{column}=");
        let row = convert("events", &case).remove(0);
        row.split(' ').find_map(|cell| cell.strip_prefix(&start).map(str::to_owned))
    };
    for (column, value) in [
        ("wx_src_iic", Some("WIT")),
        ("wx_obs_fac_id", Some("PAXX")),
        // 02:16 UTC is 17:16 of the day before, nine hours west.
        ("wx_obs_time", Some("1716")),
        ("wx_obs_dist", Some("3")),
        // The ev_id has 14 digits, so the Access file would be in Fahrenheit.
        ("wx_temp", Some("34")),
        ("wx_dew_pt", Some("30")),
        ("sky_cond_nonceil", Some("SCAT")),
        ("sky_nonceil_ht", Some("8000")),
        ("sky_cond_ceil", Some("BKN")),
        ("sky_ceil_ht", Some("9000")),
        ("vis_sm", Some("10")),
        ("vis_rvr", None),
        ("wind_dir_ind", None),
        ("wind_vel_ind", Some("CALM")),
        ("gust_ind", Some("N")),
    ] {
        assert_eq!(found(json!({}), column).as_deref(), value, "{column}");
    }
    // Before 2020, Access files of foreign events are in Celsius: 33.8 F is 1 C.
    let foreign = json!({"eventCountry": "FR", "ev_id": "20090216X03720"});
    assert_eq!(found(foreign, "wx_temp").as_deref(), Some("1"));
}

#[test]
fn converts_certificates_ratings_and_approaches() {
    let case = api_case(json!({"aircrafts": [{
        "aircraftNumber": 1, "aircraftLandingGearFormation": "Tricycle",
        "operatingCertificates": ["None"],
        "airworthinessCertificates":
            [{"airworthinessCertificateType": "Standard", "airworthinessCertificate": "Normal"}],
        "approaches": [{"ifrapproach": "None", "vfrapproachLanding": "Traffic pattern"}],
        "airports": [{"airportLandingSurfaceCondition": "Snow"}],
        "crewAndOccupants": [{"crewOccupantNumber": 1,
            "pilotCertificates": ["Airline transport", "Flight instructor", "Wizard"],
            "pilotRatingForAirplanes": ["Single-engine land", "Multi-engine land"],
            "pilotRatingsForInstruments": ["Airplane"]}]
    }]}));
    let answers = |target: &str| -> Vec<String> {
        let rows = convert(target, &case);
        let tail = |row: &String| {
            let (_, tail) = row.split_once("col_name=").unwrap();
            tail.replace(" code=", " ")
        };
        rows.iter().map(tail).collect()
    };
    assert_eq!(
        answers("dt_aircraft"),
        [
            "acft_awy_cert STN",
            "instm_appr NONE",
            "landing_gear TRI",
            "rwy_cond SNOW",
            "vfr_appr TPAT"
        ]
    );
    assert_eq!(
        answers("dt_flight_crew"),
        [
            "crew_cert_code ATP",
            "crew_cert_code CFI",
            "crew_rat_airpln MEL",
            "crew_rat_airpln SEL",
            "crew_rat_instrum APLN"
        ]
    );
    let (_, notes) = convert_with_notes("dt_flight_crew", &case);
    let unmapped: Vec<_> = notes.unmapped.into_keys().collect();
    assert_eq!(unmapped, [("dt_flight_crew.crew_cert_code".to_owned(), "Wizard".to_owned())]);
}

#[test]
fn converts_the_state_of_the_case() {
    let case = api_case(json!({"completionStatus": "Completed", "caseClosed": true,
        "reportDate": "2026-05-12T04:00:00Z", "investigatingParties": ["FAA", " "],
        "eventTimeUtcOffsetHours": -4}));
    assert_eq!(
        convert("ntsb_admin", &case),
        ["ev_id=20250507900001 rec_stat=B approval_date=2026-05-12"]
    );
    assert_eq!(
        convert("case_record", &case),
        ["ev_id=20250507900001 mkey=900001 case_closed=1 completion_status=Completed \
          report_date=2026-05-12 utc_offset_hours=-4 parties=FAA"]
    );
    assert_eq!(convert("ntsb_admin", &api_case(json!({}))), [""; 0]);
}

#[test]
fn a_member_that_is_neither_converted_nor_left_out_is_counted() {
    let case = api_case(json!({
        "eventMoonPhase": "Full", "topicMode": "Aviation",
        "aircrafts": [
            {"aircraftMake": "PIPER", "engines": [{"engineColor": null}, {"engineColor": "red"}]},
            {"injuries": [{"anything": 1}]}
        ]
    }));
    let mut notes = ConversionNotes::default();
    notes.add_unknown_members(&Case::parse(&case).unwrap());
    let unknown: Vec<_> = notes.unknown_members.into_iter().collect();
    assert_eq!(
        unknown,
        [("aircrafts.engines.engineColor".to_owned(), 2), ("eventMoonPhase".to_owned(), 1)]
    );
}

/// Genuine records, where they are at hand.
#[test]
fn every_member_of_a_genuine_record_is_in_the_catalogue() {
    let Some(folder) = std::env::var_os("NTSB_DATA") else { return };
    let mut count = 0;
    for name in ["api_case_ANC09CA020.json", "CEN25LA173.json", "carol_case_WPR26LA036.json"] {
        let path = std::path::Path::new(&folder).join("cases").join(name);
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let cases: Value = serde_json::from_str(&text).unwrap();
        let cases = cases.as_array().cloned().unwrap_or_else(|| vec![cases]);
        let mut notes = ConversionNotes::default();
        for case in &cases {
            notes.add_unknown_members(&Case::parse(case).unwrap());
            count += 1;
        }
        assert_eq!(notes.unknown_members, BTreeMap::new(), "{name}");
    }
    assert!(count > 0, "no records in {}", folder.display());
}
