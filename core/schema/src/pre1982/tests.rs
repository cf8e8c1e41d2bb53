use super::location::{Location, parse_location};
use super::*;
use crate::clean::{DefectKinds, Value, code as code_cleaner};
use std::collections::HashSet;

/// Converts a record. Returns the rows of a target, each as `column=value` of the non-null cells.
fn convert_with(target: &str, record: &[(&str, &str)], index: &FileIndex) -> Vec<String> {
    let target = TARGETS.iter().find(|t| t.table == target).unwrap();
    let row = |name: &str| record.iter().find(|(column, _)| *column == name).map(|(_, text)| *text);
    let mut rows = Vec::new();
    target.convert_row(&row, index, &mut |cells| {
        assert_eq!(cells.len(), target.columns.len(), "{}", target.table);
        let filled = target.columns.iter().zip(cells).filter_map(|(c, v)| Some((c, v.as_ref()?)));
        rows.push(filled.map(|(c, v)| format!("{c}={v}")).collect::<Vec<_>>().join(" "));
    });
    rows
}

fn convert(target: &str, record: &[(&str, &str)]) -> Vec<String> {
    convert_with(target, record, &FileIndex::default())
}

const ID: &str = "ev_id=19620723L00040";
const RECORD: [(&str, &str); 2] = [("recnum", "40"), ("date_occurrence", "07/23/62 00:00:00")];

fn record<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    RECORD.iter().chain(more).copied().collect()
}

#[test]
fn target_columns_exist() {
    for target in TARGETS {
        assert_eq!(target.table_columns().count(), target.columns.len(), "{}", target.table);
        let table = Table::find(target.table).unwrap();
        assert!(table.key.iter().all(|key| target.columns.contains(key)), "{}", target.table);
    }
}

#[test]
fn no_column_of_the_first_half_is_lost() {
    let stored_elsewhere = [
        "regist_no",
        "date_occurrence",
        "acft_make",
        "acft_model",
        "time_occur",
        "airport_name",
        "other_grnd_fatal",
        "other_grnd_serious",
        "other_grnd_minor",
        "grand_total_fatal",
        "grand_total_serious",
        "grand_total_minor",
        "grand_total_none",
    ];
    let stored: HashSet<&str> =
        wide::LEGACY_EVENT_COLUMNS.iter().chain(&stored_elsewhere).copied().collect();
    let counts: HashSet<String> = injuries::ROLES
        .iter()
        .flat_map(|(role, _)| injuries::LEVELS.iter().map(move |(l, _)| format!("{role}_{l}")))
        .collect();
    for column in FIRST_HALF.columns {
        let name = column.name;
        let is_cause = name.starts_with("cause_factor_");
        assert!(stored.contains(name) || counts.contains(name) || is_cause, "{name} is lost");
    }
    assert_eq!(FIRST_HALF.columns.len(), 203);
}

#[test]
fn derived_ev_id_is_stable_and_valid() {
    for (recnum, date, id) in [
        ("40", Some("07/23/62 00:00:00"), "19620723L00040"),
        ("87039", Some("12/31/81 00:00:00"), "19811231L87039"),
        ("87039.0", Some("1981-12-31 00:00:00"), "19811231L87039"),
        ("00040", Some("07/23/2062 00:00:00"), "19620723L00040"),
        ("7", Some("02/29/64 00:00:00"), "19640229L00007"),
        ("7", Some("02/30/64 00:00:00"), "19620101L00007"),
        ("7", None, "19620101L00007"),
        ("99999", None, "19620101L99999"),
        ("100000", None, "19620101LA0000"),
        ("100036", None, "19620101LA0010"),
        ("43770015", None, "19620101LZZZZZ"),
    ] {
        let derived = derive_ev_id(recnum, date).unwrap();
        assert_eq!(derived, id);
        let cleaned = code_cleaner::clean_ev_id(&derived, &mut DefectKinds::default());
        assert_eq!(cleaned, Value::Text(id.into()), "{id} is a valid ev_id");
    }
    for recnum in ["", "x", "-1", "4.5", "43770016", "99999999999"] {
        assert_eq!(derive_ev_id(recnum, None), None, "{recnum:?}");
    }
}

#[test]
fn derived_ev_ids_are_unique() {
    let numbers = (0..200_000).chain((200_000..43_770_016).step_by(9_973));
    let mut seen = HashSet::new();
    for number in numbers {
        assert!(seen.insert(derive_ev_id(&number.to_string(), None).unwrap()), "{number}");
    }
}

#[test]
fn parses_locations() {
    let locate = |city, state, country| Location { city, state, country };
    for (location, number, expected) in [
        ("CLEVELAND,OHIO", "35", locate(Some("CLEVELAND"), Some("OH"), Some("USA"))),
        ("AVALON BAY,CALIF", "05", locate(Some("AVALON BAY"), Some("CA"), Some("USA"))),
        ("WRONG TEXT,OHIO", "5", locate(Some("WRONG TEXT"), Some("CA"), Some("USA"))),
        ("FIRST", "01", locate(Some("FIRST"), Some("AL"), Some("USA"))),
        ("LAST,WYO", "50", locate(Some("LAST"), Some("WY"), Some("USA"))),
        ("WASHINGTON,D.C.", "51", locate(Some("WASHINGTON"), Some("DC"), Some("USA"))),
        ("LAS CRUCES,N. MEX.", "52", locate(Some("LAS CRUCES"), Some("NM"), Some("USA"))),
        ("NEAR ELKINS,W.VA.", "", locate(Some("NEAR ELKINS"), Some("WV"), Some("USA"))),
        ("NOWHERE", "52", locate(Some("NOWHERE"), None, None)),
        ("SOMEWHERE,XYZ", "99X", locate(Some("SOMEWHERE"), None, None)),
        ("SAN JUAN,P.R.", "61", locate(Some("SAN JUAN"), Some("PR"), None)),
        ("PAGO PAGO,SAMOA", "63", locate(Some("PAGO PAGO"), None, None)),
        ("LIMA,PERU", "70", locate(Some("LIMA"), Some("OF"), None)),
        ("TORONTO,ONT", "71", locate(Some("TORONTO"), Some("OF"), Some("CA"))),
        ("MEXICO CITY,MEX", "85", locate(Some("MEXICO CITY"), Some("OF"), Some("MX"))),
        (",TEX", "43", locate(None, Some("TX"), Some("USA"))),
        ("", "00", locate(None, None, None)),
    ] {
        let location = Some(location).filter(|l| !l.is_empty());
        assert_eq!(parse_location(location, Some(number)), expected, "{location:?} {number}");
    }
    assert_eq!(parse_location(None, None), Location::default());
}

#[test]
fn all_fifty_states_and_the_district_have_a_number() {
    let states: HashSet<_> =
        (1..=51).filter_map(|n| parse_location(None, Some(&format!("{n:02}"))).state).collect();
    assert_eq!(states.len(), 51);
    for (number, code) in [(9, "FL"), (15, "IA"), (21, "MA"), (25, "MO"), (32, "NY"), (46, "VA")] {
        assert_eq!(parse_location(None, Some(&number.to_string())).state, Some(code));
    }
}

#[test]
fn converts_an_event() {
    let rows = convert(
        "events",
        &record(&[
            ("time_occur", "0825"),
            ("location", "CLEVELAND,OHIO"),
            ("locat_state_terr", "35"),
            ("acc_inc_class", "A"),
            ("injury_index", "S"),
            ("airport_name", "LOST NATION"),
            ("light_cond", "B"),
            ("type_weathr", "A"),
            ("grand_total_fatal", "0"),
            ("grand_total_serious", "1"),
            ("grand_total_minor", " 2 "),
            ("grand_total_none", "3"),
            ("grand_total_totals", "6"),
            ("other_grnd_serious", "1"),
        ]),
    );
    assert_eq!(
        rows,
        [format!(
            "{ID} ev_type=ACC ev_date=1962-07-23 ev_dow=Mo ev_time=0825 ev_city=CLEVELAND ev_state=OH \
         ev_country=USA apt_name=LOST NATION ev_highest_injury=SERS inj_s_grnd=1 inj_tot_f=0 \
         inj_tot_s=1 inj_tot_m=2 inj_tot_n=3 inj_tot_t=3"
        )]
    );
}

#[test]
fn uncertain_codes_are_stored_only_in_legacy_event() {
    for (column, codes, table, mapped) in [
        ("acc_inc_class", "A=ACC I=INC i=INC C= Z=", "events", "ev_type"),
        ("injury_index", "F=FATL S=SERS M=MINR N=NONE Z= C=", "events", "ev_highest_injury"),
        ("acft_adamg", "D=DEST S=SUBS M=MINR N=NONE Z= Q=", "aircraft", "damage"),
        ("no_engines", "0=0 2=2 Z=", "aircraft", "num_eng"),
        ("light_cond", "A= B= D=", "events", "light_cond"),
        ("type_weathr", "A= B=", "events", "wx_cond_basic"),
    ] {
        for pair in codes.split(' ') {
            let (legacy, current) = pair.split_once('=').unwrap();
            let record = record(&[(column, legacy)]);
            let cell = format!(" {mapped}={current}");
            let rows = convert(table, &record);
            assert_eq!(rows[0].contains(&cell), !current.is_empty(), "{rows:?}");
            let unchanged = convert("legacy_event", &record);
            assert!(unchanged[0].contains(&format!(" {column}={legacy}")), "{unchanged:?}");
        }
    }
}

#[test]
fn malformed_dates_and_numbers_are_passed_on_to_the_gates() {
    let rows = convert("events", &[("recnum", "12"), ("date_occurrence", "13/45/62")]);
    assert_eq!(rows, ["ev_id=19620101L00012 ev_date=13/45/62"]);
    let rows = convert("events", &[("recnum", "#12"), ("date_occurrence", "07/23/62 00:00:00")]);
    assert_eq!(rows, ["ev_id=#12 ev_date=1962-07-23 ev_dow=Mo"]);
    assert_eq!(convert("events", &[]), [""]);
    let rows = convert("events", &record(&[("grand_total_fatal", "?"), ("time_occur", "ZZZZ")]));
    assert_eq!(rows, [format!("{ID} ev_date=1962-07-23 ev_dow=Mo ev_time=ZZZZ inj_tot_f=?")]);
}

#[test]
fn converts_crew_with_ages_and_hours() {
    let both = record(&[
        ("age_pilot1", "46A"),
        ("hours_total_pilot1", "11508A"),
        ("hours_in_type_pilot1", "ZA"),
        ("age_pilot2", "ZB"),
        ("hours_total_pilot2", "312B"),
        ("hours_in_type_pilot2", "4B"),
        ("pilot_none", "1"),
        ("pilot_totals", "1"),
        ("dual_student_minor", "1"),
        ("dual_student_totals", "1"),
    ]);
    assert_eq!(
        convert("flight_crew", &both),
        [
            format!(
                "{ID} aircraft_key=1 crew_no=1 crew_category=PLT crew_age=46 crew_inj_level=NONE"
            ),
            format!("{ID} aircraft_key=1 crew_no=2 crew_category=DSTU crew_inj_level=MINR"),
        ]
    );
    let hours = "aircraft_key=1 crew_no=";
    assert_eq!(
        convert("flight_time", &both),
        [
            format!("{ID} {hours}1 flight_type=TOTL flight_craft=ALL flight_hours=11508"),
            format!("{ID} {hours}2 flight_type=TOTL flight_craft=ALL flight_hours=312"),
            format!("{ID} {hours}2 flight_type=TOTL flight_craft=MAKE flight_hours=4"),
        ]
    );
    for (more, rows) in [
        (&[("age_pilot1", "ZA"), ("hours_total_pilot1", "")][..], 0),
        (&[("age_pilot1", "ZA"), ("pilot_totals", "1")][..], 1),
        (&[("age_pilot2", "30B")][..], 1),
        (&[("age_pilot1", "46AB")][..], 0),
    ] {
        assert_eq!(convert("flight_crew", &record(more)).len(), rows, "{more:?}");
    }
    let two_roles =
        record(&[("age_pilot2", "30B"), ("co_pilot_totals", "1"), ("chk_pilot_totals", "1")]);
    assert_eq!(
        convert("flight_crew", &two_roles),
        [format!("{ID} aircraft_key=1 crew_no=2 crew_age=30")]
    );
    let two_pilots = record(&[("pilot_totals", "2"), ("pilot_fatal", "1"), ("pilot_none", "1")]);
    assert!(!convert("flight_crew", &two_pilots)[0].contains("crew_inj_level"));
}

#[test]
fn converts_injuries_by_role_and_level() {
    let rows = convert(
        "injury",
        &record(&[
            ("pilot_fatal", "1"),
            ("pilot_serious", "0"),
            ("pilot_totals", "1"),
            ("passengers_minor", "12"),
            ("total_abrd_totals", "013"),
            ("navigtr_none", "1"),
            ("other_airc_fatal", "2"),
            ("pilot_unknown", "1"),
        ]),
    );
    let expected = |category, level, count| {
        format!(
            "{ID} aircraft_key=1 inj_person_category={category} injury_level={level} inj_person_count={count}"
        )
    };
    assert_eq!(
        rows,
        [
            expected("PLT", "FATL", "1"),
            expected("PLT", "TOTL", "1"),
            expected("PAX", "MINR", "12"),
            expected("ABRD", "TOTL", "013"),
        ]
    );
}

#[test]
fn converts_causes_with_their_texts() {
    let mut index = FileIndex::default();
    for (name, code, text) in [
        ("CAUSE_FACTOR", "**", "HEADER"),
        ("CAUSE_FACTOR", "64", "PILOT IN COMMAND"),
        ("cause_factor", "6404", "CONTINUED INTO WEATHER"),
        ("LIGHT_COND", "70", "NOT A CAUSE"),
    ] {
        let row = |column: &str| match column {
            "name" => Some(name),
            "code" => Some(code),
            "meang" => Some(text),
            _ => None,
        };
        index.add_cause_code(&row);
    }
    let record = record(&[
        ("cause_factor_1p", "64"),
        ("cause_factor_1m", "A"),
        ("cause_factor_1s", "04"),
        ("cause_factor_2p", "70"),
        ("cause_factor_10m", "B"),
    ]);
    assert_eq!(
        convert_with("legacy_cause", &record, &index),
        [
            format!(
                "{ID} aircraft_key=1 cause_no=1 code_p=64 code_m=A code_s=04 \
                 text_p=PILOT IN COMMAND text_s=CONTINUED INTO WEATHER"
            ),
            format!("{ID} aircraft_key=1 cause_no=2 code_p=70"),
            format!("{ID} aircraft_key=1 cause_no=10 code_m=B"),
        ]
    );
}

#[test]
fn second_half_uses_the_ev_id_of_the_first() {
    let mut index = FileIndex::default();
    let first = record(&[]);
    index.add_record(&|name| first.iter().find(|(c, _)| *c == name).map(|(_, v)| *v));
    let second = [("recnum", "40"), ("remarks", "ENG QUIT"), ("cause", " ")];
    let expected = [format!("{ID} aircraft_key=1 narr_accp=ENG QUIT")];
    assert_eq!(convert_with("narratives", &second, &index), expected);
    let orphan = [("recnum", "41"), ("cause", "ICE")];
    assert_eq!(
        convert_with("narratives", &orphan, &index),
        ["ev_id=41 aircraft_key=1 narr_cause=ICE"]
    );
    assert_eq!(convert_with("narratives", &[("recnum", "40")], &index), [""; 0]);
}

#[test]
fn source_tables_are_found_by_their_names_in_the_file() {
    assert_eq!(find_source_table("tblFirstHalf").unwrap().name, "tblfirsthalf");
    assert_eq!(find_source_table("TBLSECONDHALF").unwrap().name, "tblsecondhalf");
    assert!(find_source_table("tblOccurrences").is_none());
}
