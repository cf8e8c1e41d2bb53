#![allow(clippy::unwrap_used)]

use super::place::{Place, read};
use super::*;
use crate::clean::{DefectKinds, Value, code as code_cleaner};
use std::collections::HashSet;

/// The rows that a target gets of a record, each as `column=value` of what is not null.
fn made(target: &str, record: &[(&str, &str)], known: &Known) -> Vec<String> {
    let target = TARGETS.iter().find(|t| t.table == target).unwrap();
    let row = |name: &str| record.iter().find(|(column, _)| *column == name).map(|(_, text)| *text);
    let mut rows = Vec::new();
    target.rows(&row, known, &mut |cells| {
        assert_eq!(cells.len(), target.columns.len(), "{}", target.table);
        let filled = target.columns.iter().zip(cells).filter_map(|(c, v)| Some((c, v.as_ref()?)));
        rows.push(filled.map(|(c, v)| format!("{c}={v}")).collect::<Vec<_>>().join(" "));
    });
    rows
}

fn of(target: &str, record: &[(&str, &str)]) -> Vec<String> {
    made(target, record, &Known::default())
}

const ID: &str = "ev_id=19620723L00040";
const RECORD: [(&str, &str); 2] = [("recnum", "40"), ("date_occurrence", "07/23/62 00:00:00")];

fn record<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    RECORD.iter().chain(more).copied().collect()
}

#[test]
fn every_target_column_is_one_of_its_table() {
    for target in TARGETS {
        assert_eq!(target.described().count(), target.columns.len(), "{}", target.table);
        let table = Table::find(target.table).unwrap();
        assert!(table.key.iter().all(|key| target.columns.contains(key)), "{}", target.table);
    }
}

#[test]
fn no_column_of_the_first_half_is_lost() {
    let taken_whole = [
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
    let taken: HashSet<&str> = wide::KEPT.iter().chain(&taken_whole).copied().collect();
    let counted: HashSet<String> = injuries::ROLES
        .iter()
        .flat_map(|(role, _)| injuries::LEVELS.iter().map(move |(l, _)| format!("{role}_{l}")))
        .collect();
    for column in FIRST_HALF.columns {
        let name = column.name;
        let cause = name.starts_with("cause_factor_");
        assert!(taken.contains(name) || counted.contains(name) || cause, "{name} is lost");
    }
    assert_eq!(FIRST_HALF.columns.len(), 203);
}

#[test]
fn a_made_up_identifier_is_stable_valid_and_none_of_ntsbs() {
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
        let made = ev_id(recnum, date).unwrap();
        assert_eq!(made, id);
        let cleaned = code_cleaner::clean_ev_id(&made, &mut DefectKinds::default());
        assert_eq!(cleaned, Value::Text(id.into()), "{id} is a valid ev_id");
    }
    for recnum in ["", "x", "-1", "4.5", "43770016", "99999999999"] {
        assert_eq!(ev_id(recnum, None), None, "{recnum:?}");
    }
}

#[test]
fn no_two_record_numbers_share_an_identifier() {
    let numbers = (0..200_000).chain((200_000..43_770_016).step_by(9_973));
    let mut seen = HashSet::new();
    for number in numbers {
        assert!(seen.insert(ev_id(&number.to_string(), None).unwrap()), "{number}");
    }
}

#[test]
fn places() {
    let place = |city, state, country| Place { city, state, country };
    for (location, number, expected) in [
        ("CLEVELAND,OHIO", "35", place(Some("CLEVELAND"), Some("OH"), Some("USA"))),
        ("AVALON BAY,CALIF", "05", place(Some("AVALON BAY"), Some("CA"), Some("USA"))),
        ("WRONG TEXT,OHIO", "5", place(Some("WRONG TEXT"), Some("CA"), Some("USA"))),
        ("FIRST", "01", place(Some("FIRST"), Some("AL"), Some("USA"))),
        ("LAST,WYO", "50", place(Some("LAST"), Some("WY"), Some("USA"))),
        ("WASHINGTON,D.C.", "51", place(Some("WASHINGTON"), Some("DC"), Some("USA"))),
        ("LAS CRUCES,N. MEX.", "52", place(Some("LAS CRUCES"), Some("NM"), Some("USA"))),
        ("NEAR ELKINS,W.VA.", "", place(Some("NEAR ELKINS"), Some("WV"), Some("USA"))),
        ("NOWHERE", "52", place(Some("NOWHERE"), None, None)),
        ("SOMEWHERE,XYZ", "99X", place(Some("SOMEWHERE"), None, None)),
        ("SAN JUAN,P.R.", "61", place(Some("SAN JUAN"), Some("PR"), None)),
        ("PAGO PAGO,SAMOA", "63", place(Some("PAGO PAGO"), None, None)),
        ("LIMA,PERU", "70", place(Some("LIMA"), Some("OF"), None)),
        ("TORONTO,ONT", "71", place(Some("TORONTO"), Some("OF"), Some("CA"))),
        ("MEXICO CITY,MEX", "85", place(Some("MEXICO CITY"), Some("OF"), Some("MX"))),
        (",TEX", "43", place(None, Some("TX"), Some("USA"))),
        ("", "00", place(None, None, None)),
    ] {
        let location = Some(location).filter(|l| !l.is_empty());
        assert_eq!(read(location, Some(number)), expected, "{location:?} {number}");
    }
    assert_eq!(read(None, None), Place::default());
}

#[test]
fn all_fifty_states_and_the_district_have_a_number() {
    let states: HashSet<_> =
        (1..=51).filter_map(|n| read(None, Some(&format!("{n:02}"))).state).collect();
    assert_eq!(states.len(), 51);
    for (number, code) in [(9, "FL"), (15, "IA"), (21, "MA"), (25, "MO"), (32, "NY"), (46, "VA")] {
        assert_eq!(read(None, Some(&number.to_string())).state, Some(code));
    }
}

#[test]
fn an_event() {
    let rows = of(
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
fn codes_that_are_not_certain_are_left_to_legacy_event() {
    for (column, codes, table, mapped) in [
        ("acc_inc_class", "A=ACC I=INC i=INC C= Z=", "events", "ev_type"),
        ("injury_index", "F=FATL S=SERS M=MINR N=NONE Z= C=", "events", "ev_highest_injury"),
        ("acft_adamg", "D=DEST S=SUBS M=MINR N=NONE Z= Q=", "aircraft", "damage"),
        ("no_engines", "0=0 2=2 Z=", "aircraft", "num_eng"),
        ("light_cond", "A= B= D=", "events", "light_cond"),
        ("type_weathr", "A= B=", "events", "wx_cond_basic"),
    ] {
        for pair in codes.split(' ') {
            let (legacy, today) = pair.split_once('=').unwrap();
            let record = record(&[(column, legacy)]);
            let told = format!(" {mapped}={today}");
            let rows = of(table, &record);
            assert_eq!(rows[0].contains(&told), !today.is_empty(), "{rows:?}");
            let kept = of("legacy_event", &record);
            assert!(kept[0].contains(&format!(" {column}={legacy}")), "{kept:?}");
        }
    }
}

#[test]
fn a_date_or_number_that_cannot_be_read_is_passed_on_for_the_gates() {
    let rows = of("events", &[("recnum", "12"), ("date_occurrence", "13/45/62")]);
    assert_eq!(rows, ["ev_id=19620101L00012 ev_date=13/45/62"]);
    let rows = of("events", &[("recnum", "#12"), ("date_occurrence", "07/23/62 00:00:00")]);
    assert_eq!(rows, ["ev_id=#12 ev_date=1962-07-23 ev_dow=Mo"]);
    assert_eq!(of("events", &[]), [""]);
    let rows = of("events", &record(&[("grand_total_fatal", "?"), ("time_occur", "ZZZZ")]));
    assert_eq!(rows, [format!("{ID} ev_date=1962-07-23 ev_dow=Mo ev_time=ZZZZ inj_tot_f=?")]);
}

#[test]
fn crew_with_ages_and_hours() {
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
        of("flight_crew", &both),
        [
            format!(
                "{ID} aircraft_key=1 crew_no=1 crew_category=PLT crew_age=46 crew_inj_level=NONE"
            ),
            format!("{ID} aircraft_key=1 crew_no=2 crew_category=DSTU crew_inj_level=MINR"),
        ]
    );
    let hours = "aircraft_key=1 crew_no=";
    assert_eq!(
        of("flight_time", &both),
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
        assert_eq!(of("flight_crew", &record(more)).len(), rows, "{more:?}");
    }
    let two_roles =
        record(&[("age_pilot2", "30B"), ("co_pilot_totals", "1"), ("chk_pilot_totals", "1")]);
    assert_eq!(
        of("flight_crew", &two_roles),
        [format!("{ID} aircraft_key=1 crew_no=2 crew_age=30")]
    );
    let two_pilots = record(&[("pilot_totals", "2"), ("pilot_fatal", "1"), ("pilot_none", "1")]);
    assert!(!of("flight_crew", &two_pilots)[0].contains("crew_inj_level"));
}

#[test]
fn injuries_by_role_and_level() {
    let rows = of(
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
    let line = |category, level, count| {
        format!(
            "{ID} aircraft_key=1 inj_person_category={category} injury_level={level} inj_person_count={count}"
        )
    };
    assert_eq!(
        rows,
        [
            line("PLT", "FATL", "1"),
            line("PLT", "TOTL", "1"),
            line("PAX", "MINR", "12"),
            line("ABRD", "TOTL", "013"),
        ]
    );
}

#[test]
fn causes_with_their_texts() {
    let mut known = Known::default();
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
        known.note_code(&row);
    }
    let record = record(&[
        ("cause_factor_1p", "64"),
        ("cause_factor_1m", "A"),
        ("cause_factor_1s", "04"),
        ("cause_factor_2p", "70"),
        ("cause_factor_10m", "B"),
    ]);
    assert_eq!(
        made("legacy_cause", &record, &known),
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
fn the_second_half_borrows_the_identifier() {
    let mut known = Known::default();
    let first = record(&[]);
    known.note_record(&|name| first.iter().find(|(c, _)| *c == name).map(|(_, v)| *v));
    let second = [("recnum", "40"), ("remarks", "ENG QUIT"), ("cause", " ")];
    let told = [format!("{ID} aircraft_key=1 narr_accp=ENG QUIT")];
    assert_eq!(made("narratives", &second, &known), told);
    let orphan = [("recnum", "41"), ("cause", "ICE")];
    assert_eq!(made("narratives", &orphan, &known), ["ev_id=41 aircraft_key=1 narr_cause=ICE"]);
    assert_eq!(made("narratives", &[("recnum", "40")], &known), [""; 0]);
}

#[test]
fn the_raw_tables_are_found_by_the_names_of_the_file() {
    assert_eq!(source_table("tblFirstHalf").unwrap().name, "tblfirsthalf");
    assert_eq!(source_table("TBLSECONDHALF").unwrap().name, "tblsecondhalf");
    assert!(source_table("tblOccurrences").is_none());
}
