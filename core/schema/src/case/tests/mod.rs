mod records;

use super::*;
use crate::tables::Table;
use serde_json::json;

/// Converts a case. Returns the rows of a target, each as `column=value` of the non-null cells, and
/// the notes.
fn convert_with_notes(target: &str, value: &Value) -> (Vec<String>, ConversionNotes) {
    let target = TARGETS.iter().find(|t| t.table == target).unwrap();
    let (columns, mut notes, mut rows) = (target.columns(), ConversionNotes::default(), Vec::new());
    target.convert_case(&Case::parse(value).unwrap(), &mut notes, &mut |cells| {
        assert_eq!(cells.len(), columns.len(), "{}", target.table);
        let filled = columns.iter().zip(cells).filter_map(|(c, v)| Some((c, v.as_ref()?)));
        rows.push(filled.map(|(c, v)| format!("{c}={v}")).collect::<Vec<_>>().join(" "));
    });
    (rows, notes)
}

fn convert(target: &str, value: &Value) -> Vec<String> {
    convert_with_notes(target, value).0
}

/// A case of the query tool with these members.
fn tool_case(more: Value) -> Value {
    with(json!({"cm_mkey": 900001, "cm_ntsbNum": "XXX25LA001", "cm_mode": "Aviation"}), more)
}

/// A case of the public API with these members.
fn api_case(more: Value) -> Value {
    let case = json!({
        "mKey": 900001, "ntsbNumber": "XXX25LA001", "mode": "Aviation",
        "caseCreatedDateTimeUtc": "2025-05-07T13:00:00"
    });
    with(case, more)
}

fn with(mut case: Value, more: Value) -> Value {
    let members = case.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    case
}

#[test]
fn target_columns_exist_and_are_unique() {
    for target in TARGETS {
        let (table, columns) = (Table::find(target.table).unwrap(), target.columns());
        for column in &columns {
            assert!(table.has(column), "{}.{column}", target.table);
            assert_eq!(columns.iter().filter(|c| *c == column).count(), 1, "{column}");
        }
        assert!(table.key.iter().all(|key| columns.contains(key)), "{}", target.table);
    }
}

#[test]
fn recognizes_cases() {
    let parse = |value: Value| Case::parse(&value).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(parse(tool_case(json!({}))), Ok(()));
    assert_eq!(parse(api_case(json!({}))), Ok(()));
    assert_eq!(parse(json!({"ntsbNumber": "XXX25LA001"})), Ok(()));
    assert_eq!(parse(json!([1])).unwrap_err(), "is not a JSON object");
    assert!(parse(json!({"a": 1})).unwrap_err().contains("neither cm_mkey"));
    let summary = json!({"ntsbnumber": "X", "mkey": 1, "lastChangeDateTimeUtc": "2025-01-01"});
    assert!(parse(summary).unwrap_err().contains("GetAviationCase"));
    let rail = tool_case(json!({"cm_mode": "Railroad"}));
    assert!(matches!(Case::parse(&rail), Err(CaseError::OtherMode(mode)) if mode == "Railroad"));
}

#[test]
fn derives_ev_ids() {
    let created = "2025-05-07T13:00:00";
    for (case, id) in [
        // Created since ev_ids contain the key: NTSB's ev_id.
        (json!({"mKey": 200127, "caseCreatedDateTimeUtc": created}), Some("20250507200127")),
        (json!({"mKey": 102038, "caseCreatedDateTimeUtc": "2020-09-28"}), Some("20200928102038")),
        // Created before, or without the day of creation: synthetic.
        (
            json!({"mKey": 76124, "caseCreatedDateTimeUtc": created, "eventDate": "2010-05-24"}),
            Some("20100524M01MQK"),
        ),
        (
            json!({"cm_mkey": 200127, "cm_eventDate": "2025-04-30T19:50:00Z"}),
            Some("20250430M04AF3"),
        ),
        (json!({"cm_mkey": "200127"}), Some("19000101M04AF3")),
        (json!({"cm_mkey": 1, "cm_eventDate": "soon"}), Some("19000101M00001")),
        (json!({"cm_mkey": 60466175}), Some("19000101MZZZZZ")),
        (json!({"cm_mkey": 60466176}), None),
        (json!({"cm_ntsbNum": "XXX25LA001"}), None),
        (json!({"mKey": 1, "ev_id": "20250507200127"}), Some("20250507200127")),
        (json!({"mKey": 1, "ev_id": "not one"}), Some("19000101M00001")),
    ] {
        assert_eq!(derive_ev_id(&case).as_deref(), id, "{case}");
    }
    // Without a key the ev_id is the NTSB number, which the gates will reject.
    assert_eq!(convert("events", &json!({"ntsbNumber": "XXX1"})), ["ev_id=XXX1 ntsb_no=XXX1"]);
}

#[test]
fn converts_an_event_of_the_query_tool_in_local_time() {
    let case = tool_case(json!({
        "cm_eventType": "ACC", "cm_eventDate": "2025-04-30T19:50:00Z", "cm_city": "Springfield",
        "cm_state": "OH", "cm_country": "USA", "cm_Latitude": 39.84, "cm_Longitude": -83.840,
        "cm_highestInjury": "Minor", "cm_agency": "NTSB", "accidentSiteCondition": "VMC",
        "cm_fatalInjuryCount": 0, "cm_seriousInjuryCount": 0, "cm_minorInjuryCount": 1,
        "cm_onboard_None": 2, "cm_injury_onground_Minor": 1, "airportId": "SGH",
        "cm_recentReportPublishDate": "2025-05-15T17:44:28.99Z", "cm_originalPublishedDate": null
    }));
    assert_eq!(
        convert("events", &case),
        ["ev_id=20250430M0JAG1 ntsb_no=XXX25LA001 ev_type=ACC ev_city=Springfield ev_state=OH \
         ev_country=USA dec_latitude=39.84 dec_longitude=-83.84 ev_nr_apt_id=SGH \
         ev_highest_injury=MINR inj_m_grnd=1 inj_tot_f=0 inj_tot_s=0 inj_tot_m=1 \
         inj_tot_n=2 invest_agy=N wx_cond_basic=VMC ev_date=2025-04-30 ev_dow=We ev_time=1950 inj_tot_t=3 \
         lchg_date=2025-05-15T17:44:28.99Z"]
    );
    let midnight = convert("events", &tool_case(json!({"cm_eventDate": "2025-04-30T00:00:00Z"})));
    assert!(!midnight[0].contains("ev_time"), "midnight means unknown");
}

#[test]
fn converts_an_event_of_the_api_in_utc() {
    let case = api_case(json!({
        "eventType": "Accident", "eventDate": "2025-05-07", "eventTimeUtc": "04:05:00",
        "eventLatLongEstimated": true, "publishDateTime": "2020-09-25T15:01:28.482",
        "lastRevisionDate": "2021-01-02", "highestInjuryLevel": "Fatal", "totalFatal": 1,
        "weatherConditions": [{"daylightCondition": "Night/dark", "windSpeedKts": 11,
            "accidentSiteCondition": "Instrument (IMC)", "barometricSettingMmHg": 29.80}],
        "aircrafts": [{"airports": [{"airportOnAirportAirstrip": "No"}]}]
    }));
    assert_eq!(
        convert("events", &case),
        ["ev_id=20250507900001 ntsb_no=XXX25LA001 ev_type=ACC latlong_acq=EST ev_nr_apt_loc=OFAP \
         ev_highest_injury=FATL inj_tot_f=1 light_cond=NDRK wx_cond_basic=IMC wind_vel_kts=11 \
         altimeter=29.8 wind_vel_ind=SPEC ev_date=2025-05-07 ev_dow=We ev_time=0405 ev_tmzn=UTC inj_tot_t=1 \
         lchg_date=2021-01-02"]
    );
}

#[test]
fn converts_aircraft_of_both_forms() {
    let tool = tool_case(json!({"cm_vehicles": [
        {"cm_vehicleNum": 1, "DamageLevel": "Destroyed", "FireType": "On-Ground", "amateurBuilt": true,
         "aircraftCategory": "AIR", "flightOperationType": "PERS",
         "regulationFlightConductedUnder": "091", "numberOfEngines": 1},
        {"cm_vehicleNum": 2, "DamageLevel": "Crumpled", "registrationNumber": "N1"}
    ]}));
    let (rows, notes) = convert_with_notes("aircraft", &tool);
    assert_eq!(
        rows,
        [
            "ev_id=19000101M0JAG1 aircraft_key=1 ntsb_no=XXX25LA001A far_part=091 damage=DEST \
         acft_fire=GRD acft_category=AIR homebuilt=Y num_eng=1 type_fly=PERS",
            "ev_id=19000101M0JAG1 aircraft_key=2 ntsb_no=XXX25LA001B regis_no=N1",
        ]
    );
    let unmapped = notes.unmapped.into_iter().collect::<Vec<_>>();
    assert_eq!(unmapped, [(("aircraft.damage".to_owned(), "Crumpled".to_owned()), 1)]);
    let api = api_case(json!({"aircrafts": [{
        "aircraftMake": "PIPER", "aircraftRetractableLandingGear": true, "aircraftUnmanned": false,
        "aircraftAccidents": [{"damageLevel": "Minor", "fireType": "Unknown"}],
        "ownerOperators": [{"flightOperationType": "Aerial Application",
                            "regulationFlightConductedUnder": "137"}],
        "itinerary": [{"flightPlan": "VFR/IFR", "departureCity": "Akron"}]
    }]}));
    assert_eq!(
        convert("aircraft", &api),
        [
            "ev_id=20250507900001 aircraft_key=1 ntsb_no=XXX25LA001 far_part=137 flt_plan_filed=VFIF \
         damage=MINR acft_make=PIPER fixed_retractable=RETR type_fly=AAPL dprt_city=Akron unmanned=0"
        ]
    );
}

#[test]
fn converts_occurrences_and_findings() {
    let case = tool_case(json!({"cm_vehicles": [{
        "cm_events": [{"cm_eventNum": 2, "cm_eventCode": "552230", "cm_isDefiningEvent": true,
            "cm_tier1Name": "Landing-landing roll", "cm_tier2Name": "Loss of control on ground "}],
        "cm_findings": [{"cm_findingNum": 1, "cm_findingCode": "0206304044", "cm_inPc": true,
            "cm_findingText": "Personnel issues"},
            {"cm_findingNum": 2, "cm_findingCode": "020630"}]
    }]}));
    let head = "ev_id=19000101M0JAG1 aircraft_key=1";
    assert_eq!(
        convert("events_sequence", &case),
        [format!(
            "{head} occurrence_no=2 occurrence_code=552230 defining_ev=1 occurrence_description=\
         Landing-landing roll Loss of control on ground phase_no=552 eventsoe_no=230"
        )]
    );
    assert_eq!(
        convert("findings", &case),
        [
            format!(
                "{head} finding_no=1 finding_code=0206304044 finding_description=Personnel issues \
                 cm_inpc=T category_no=02 subcategory_no=06 section_no=30 subsection_no=40 \
                 modifier_no=44"
            ),
            format!("{head} finding_no=2 finding_code=020630"),
        ]
    );
}

#[test]
fn converts_narratives() {
    let vehicles = json!([{"cm_vehicleNum": 1}]);
    let tool = tool_case(json!({"cm_vehicles": vehicles, "prelimNarrative": "Soon.",
        "factualNarrative": "Facts.", "analysisNarrative": " ", "cm_probableCause": "Why."}));
    let expected = ["ev_id=19000101M0JAG1 aircraft_key=1 narr_accp=Facts. narr_cause=Why."];
    assert_eq!(convert("narratives", &tool), expected);
    let api = api_case(json!({"narratives": [
        {"aircraftNumber": 2, "prelimNarrative": "Soon.", "analysisNarrative": "Thought."},
        {"aircraftNumber": 1, "probableCause": null}
    ]}));
    let expected = ["ev_id=20250507900001 aircraft_key=2 narr_accp=Soon. narr_accf=Thought."];
    assert_eq!(convert("narratives", &api), expected);
    let without_aircraft = tool_case(json!({"factualNarrative": "Facts."}));
    assert_eq!(convert("narratives", &without_aircraft), [""; 0]);
}

#[test]
fn converts_people_aboard() {
    let expected = |key, role, level, count| {
        format!(
            "ev_id=19000101M0JAG1 aircraft_key={key} inj_person_category={role} \
                 injury_level={level} inj_person_count={count}"
        )
    };
    let case = tool_case(json!({"cm_vehicles": [
        {"cm_injuries": [{"cm_crew_Fatal": 1, "cm_passengers_Minor": 2, "cm_crew_None": 0}]},
        {"cm_injuries": [{"cm_crew_None": 2, "cm_cabincrew_None": 1}]}
    ]}));
    let (rows, notes) = convert_with_notes("injury", &case);
    assert_eq!(
        rows,
        [
            expected(1, "PLT", "FATL", 1),
            expected(1, "PLT", "TOTL", 1),
            expected(1, "PAX", "MINR", 2),
            expected(1, "PAX", "TOTL", 2),
            expected(1, "ABRD", "FATL", 1),
            expected(1, "ABRD", "MINR", 2),
            expected(1, "ABRD", "TOTL", 3),
            expected(2, "CABN", "NONE", 1),
            expected(2, "CABN", "TOTL", 1),
            expected(2, "ABRD", "NONE", 3),
            expected(2, "ABRD", "TOTL", 3),
        ]
    );
    assert_eq!(notes.crew_without_roles, 1);
}

#[test]
fn converts_crew_and_hours() {
    let case = api_case(json!({"aircrafts": [{"aircraftNumber": 1, "crewAndOccupants": [{
        "crewOccupantNumber": 1, "age": 31, "sex": "Female", "crewCategory": "Flight instructor",
        "medicalCertificate": "Class 2", "injuryLevel": "None", "pilotFlying": true,
        "restraintUsed": "Unknown", "occupationalPilot": "No", "pilotsFlightTimeMatrix": [
            {"flightTimeType": "Total", "flightTimeCraft": "All AC", "flightHours": 2500},
            {"flightTimeType": "90 Days", "flightTimeCraft": "Hang glider", "flightHours": 1}
        ]
    }]}]}));
    let head = "ev_id=20250507900001 aircraft_key=1 crew_no=1";
    assert_eq!(
        convert("flight_crew", &case),
        [format!(
            "{head} crew_category=FLTI crew_age=31 crew_sex=F med_certf=CL2 crew_inj_level=NONE \
         pc_profession=NO pilot_flying=1"
        )]
    );
    let (rows, notes) = convert_with_notes("flight_time", &case);
    assert_eq!(rows, [format!("{head} flight_type=TOTL flight_craft=ALL flight_hours=2500")]);
    assert_eq!(notes.unmapped.len(), 1);
}

#[test]
fn malformed_members_do_not_panic() {
    let malformed =
        [json!(null), json!([]), json!({}), json!("x"), json!(1e300), json!([[1]]), json!(true)];
    for value in malformed {
        let case = tool_case(json!({
            "cm_vehicles": value, "aircrafts": [value, {"engines": value, "events": [value],
            "crewAndOccupants": [{"pilotsFlightTimeMatrix": value}]}], "narratives": [value],
            "cm_eventDate": value, "cm_fatalInjuryCount": value, "eventTimeUtc": value
        }));
        for target in TARGETS {
            convert_with_notes(target.table, &case);
        }
    }
}

#[test]
fn number_of_counted_words_is_limited() {
    let mut notes = ConversionNotes::default();
    for word in 0..2 * MAX_WORDS {
        notes.add_unmapped("aircraft", "damage", &word.to_string());
    }
    notes.add_unmapped("aircraft", "damage", "0");
    assert_eq!(notes.unmapped.len(), MAX_WORDS);
    assert_eq!(notes.unmapped[&("aircraft.damage".to_owned(), "0".to_owned())], 2);
}
