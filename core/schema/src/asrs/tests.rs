use super::*;

fn report(members: &[(&str, &str)]) -> Value {
    let row: Map<String, Value> =
        members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    convert_report(&Value::Object(row).to_string()).unwrap()
}

const MINIMAL: [(&str, &str); 3] =
    [("ACN", "1000001"), ("Time.Date", "201907"), ("Report 1.Narrative", "We went around.")];

fn with(members: &[(&str, &str)]) -> Value {
    report(&[&MINIMAL, members].concat())
}

#[test]
fn a_minimal_report_has_only_what_was_stated() {
    let expected = json!({
        "acn": 1_000_001, "year": 2019, "month": 7, "aircraft": [], "persons": [], "event": {},
        "narratives": [{"narrative_no": 1, "narrative": "We went around."}]
    });
    assert_eq!(report(&MINIMAL), expected);
}

#[test]
fn lists_are_split_and_names_with_semicolons_are_not() {
    let report = with(&[
        ("Aircraft 1.Make Model Name", "Small Aircraft; Low Wing; 1 Eng; Fixed Gear"),
        ("Aircraft 2.Flight Phase", "Climb; Cruise"),
        ("Events.Anomaly", "Conflict NMAC;  ; Deviation - Altitude"),
    ]);
    assert_eq!(
        report["aircraft"],
        json!([
            {"aircraft_no": 1, "make_model": "Small Aircraft; Low Wing; 1 Eng; Fixed Gear"},
            {"aircraft_no": 2, "flight_phase": ["Climb", "Cruise"]}
        ])
    );
    assert_eq!(report["event"]["anomaly"], json!(["Conflict NMAC", "Deviation - Altitude"]));
}

#[test]
fn experience_and_distances_become_numbers() {
    let report = with(&[
        (
            "Person 1.Experience",
            "Flight Crew Last 90 Days 150; Flight Crew Total 5,000; Flight Crew Type 662.8; \
             Air Traffic Control Time Certified In Pos 1 (yrs) 2.5; many years",
        ),
        ("Events.Miss Distance", "Horizontal 3000; Vertical 0"),
    ]);
    let person = &report["persons"][0];
    assert_eq!(person["flight_hours_total"].to_string(), "5000");
    assert_eq!(person["flight_hours_90_days"].to_string(), "150");
    assert_eq!(person["flight_hours_type"].to_string(), "662.8");
    let label = "Air Traffic Control Time Certified In Pos 1 (yrs)";
    assert_eq!(person["experience"][label].to_string(), "2.5");
    assert_eq!(report["event"]["miss_horizontal_ft"].to_string(), "3000");
    assert_eq!(report["event"]["miss_vertical_ft"].to_string(), "0");
    assert_eq!(report["unread"], json!(["Person 1.Experience=many years"]));
}

#[test]
fn visibility_is_the_number_among_the_weather() {
    let weather = |text| with(&[("Environment.Weather Elements / Visibility", text)]);
    assert_eq!(weather("Fog; 0.50")["weather"], json!(["Fog"]));
    assert_eq!(weather("Fog; 0.50")["visibility_sm"].to_string(), "0.5");
    assert_eq!(weather("10").get("weather"), None);
    assert_eq!(weather("Mist3")["weather"], json!(["Mist3"]));
}

#[test]
fn a_clear_sky_is_not_a_ceiling() {
    let clear = with(&[("Environment.Ceiling", "CLR")]);
    assert_eq!((clear.get("ceiling_ft"), &clear["is_sky_clear"]), (None, &json!(true)));
    assert_eq!(with(&[("Environment.Ceiling", "900")])["ceiling_ft"].to_string(), "900");
}

#[test]
fn the_part_of_the_regulations_is_a_number() {
    for (raw, part) in [
        ("Part 91", Some("91")),
        ("Other 107", Some("107")),
        ("Other Part 107", Some("107")),
        ("Other Military", None),
    ] {
        let report = with(&[("Aircraft 1.Operating Under FAR Part", raw)]);
        assert_eq!(report["aircraft"][0].get("far_part").and_then(Value::as_str), part, "{raw}");
        assert_eq!(report["aircraft"][0]["operating_under"], raw);
    }
}

#[test]
fn values_that_no_column_holds_are_listed() {
    let report = with(&[
        ("Time.Local Time Of Day", "noon"),
        ("Place.Altitude.MSL.Single Value", "-100"),
        ("Aircraft 1.Crew Size", "9999999999"),
        ("Aircraft 3.Colour", "red"),
    ]);
    assert_eq!(
        report["unread"],
        json!([
            "Aircraft 1.Crew Size=9999999999",
            "Aircraft 3.Colour=red",
            "Place.Altitude.MSL.Single Value=-100",
            "Time.Local Time Of Day=noon"
        ])
    );
    assert_eq!(report["aircraft"], json!([]));
}

#[test]
fn rows_that_are_not_reports_are_rejected() {
    let reject = |members: &[(&str, &str)]| {
        let row: Map<String, Value> =
            members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        convert_report(&Value::Object(row).to_string()).unwrap_err()
    };
    assert_eq!(reject(&[]), Rejection::Number(String::new()));
    assert_eq!(reject(&[("ACN", "12 34")]), Rejection::Number("12 34".into()));
    for date in ["2019-07", "201913", "190001", "20190712"] {
        let found = reject(&[("ACN", "1"), ("Time.Date", date)]);
        assert_eq!(found, Rejection::Date(date.into()));
    }
    assert_eq!(reject(&[("ACN", "1"), ("Time.Date", "201907")]), Rejection::NoText);
    for row in ["", "[]", "{", "{\"ACN\": 1}"] {
        assert_eq!(convert_report(row), Err(Rejection::NotAnObject), "{row}");
    }
}

const SOME_NAMES: [&str; 9] = [
    "ACN",
    "Time.Date",
    "Report 1.Narrative",
    "Person 1.Experience",
    "Events.Miss Distance",
    "Environment.Weather Elements / Visibility",
    "Aircraft 2.Operating Under FAR Part",
    "Place.Altitude.AGL.Single Value",
    "unknown",
];

proptest::proptest! {
    #[test]
    fn any_row_is_a_report_that_can_be_stored_or_is_rejected(
        row in proptest::collection::btree_map(proptest::sample::select(&SOME_NAMES[..]), "\\PC{0,30}", 0..9),
        text in "(?s).{0,60}",
    ) {
        let _ = convert_report(&text);
        let mut row: Map<String, Value> =
            row.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        for (name, value) in MINIMAL {
            row.entry(name).or_insert(value.into());
        }
        row.insert("Report 1.Callback".into(), text.clone().into());
        row.insert(text.clone(), text.into());
        match convert_report(&Value::Object(row).to_string()) {
            // PostgreSQL stores neither NUL nor null.
            Ok(report) => {
                let json = report.to_string();
                assert!(!json.contains("\\u0000") && !json.contains("null"), "{json}");
            }
            Err(reason) => assert!(!reason.to_string().is_empty()),
        }
    }

    #[test]
    fn numbers_keep_their_value(number in 0.0..1e9_f64) {
        let read = values::number(&number.to_string()).unwrap();
        assert_eq!(read.to_string().parse::<f64>().unwrap(), number);
    }
}
