//! Cases as JSON: lines, arrays, pages and invalid input.

use std::fs::read_to_string;

use ntsb_cli::source::SourceError;

use crate::fixtures::{Row, Scratch, fixture_path, open, read_all, read_error};

type Tables = Vec<(&'static str, Vec<Row>)>;

fn read(text: &str) -> (Tables, Vec<String>) {
    let scratch = Scratch::new();
    let mut source = open(&scratch.file("cases.json", text)).unwrap();
    let rows = read_all(&mut source).unwrap();
    (rows, source.warnings)
}

fn case_error(text: &str) -> String {
    read_error(&Scratch::new().file("cases.json", text))
}

#[test]
fn cases_of_api_and_query_tool_are_converted() {
    let mut source = open(&fixture_path("cases.json")).unwrap();
    let rows = read_all(&mut source).unwrap();
    let counts: Vec<_> = rows.iter().map(|(table, rows)| (*table, rows.len())).collect();
    assert_eq!(
        counts,
        [
            ("events", 7),
            ("ntsb_admin", 7),
            ("dt_events", 0),
            ("aircraft", 6),
            ("dt_aircraft", 0),
            ("engines", 2),
            ("injury", 29),
            ("events_sequence", 5),
            ("findings", 4),
            ("narratives", 4),
            ("flight_crew", 2),
            ("flight_time", 4),
            ("dt_flight_crew", 0),
            ("case_record", 7),
            ("sequence_group", 5),
        ]
    );
    assert_eq!(
        source.warnings,
        [
            "skipped cases of other modes than aviation: 1",
            "aircraft.acft_fire: skipped values without a known code: 1 (Smouldering)",
            "injury: aircraft with several flight crew members and no injuries by role (only ABRD \
             was loaded): 1",
            "flight_time.flight_craft: skipped values without a known code: 2 (Hang glider)",
        ]
    );
}

#[test]
fn lines_arrays_and_pages_give_the_same_cases() {
    let lines = read_to_string(fixture_path("cases.json")).unwrap();
    let expected = read(&lines);
    let array = format!("\u{FEFF} [{}]\n", lines.trim_end().replace('\n', ","));
    assert_eq!(read(&array), expected);
    for list in ["data", "results"] {
        let page = format!(
            r#"{{"pageSize": 8, "hasMore": false, "{list}": {array}, "nextMarker": null}}"#,
            array = array.trim_start_matches('\u{FEFF}')
        );
        assert_eq!(read(&page), expected);
    }
    let pretty: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pretty = pretty.iter().map(|case| format!("{case:#}\n\n")).collect::<String>();
    assert_eq!(read(&pretty).0.len(), expected.0.len());
    assert_eq!(read(&pretty).1, expected.1);
}

#[test]
fn concatenated_pages_are_read() {
    let page = |number, more| {
        format!(r#"{{"data": [{{"mKey": {number}, "ntsbNumber": "X"}}], "hasMore": {more}}}"#)
    };
    let (rows, warnings) = read(&format!("{}\n{}", page(1, true), page(2, false)));
    assert_eq!((rows[0].1.len(), warnings.len()), (2, 0));
    let (_, warnings) = read(&page(1, true));
    assert_eq!(warnings, ["the last page is not the end of the list (hasMore is true)"]);
}

#[test]
fn invalid_cases_are_reported_with_their_position() {
    for (text, expected) in [
        ("", "is empty (0 bytes)"),
        ("[]", "no aviation cases (cases of other modes: 0)"),
        (r#"{"data": null, "hasMore": false}"#, "no aviation cases"),
        (r#"{"mKey": 1, "mode": "Marine"}"#, "no aviation cases (cases of other modes: 1)"),
        (r#"{"a": 1}"#, "value 1 is not a case: it has neither cm_mkey"),
        ("[{\"mKey\": 1},\n 5]", "value 2 is not a JSON object"),
        ("{\"mKey\": 1}\n{\"mKey\": 2}\n7", "line 3: invalid type: integer"),
        ("{\"mKey\": 1}\n\n{\"mKey\": 2,\n\"x\": tru}", "line 4: expected ident"),
        ("{\"mKey\": 1}\n{\"mKey\": 2", "line 2: EOF while parsing an object"),
        ("[{\"mKey\": 1}", "EOF while parsing a list"),
        ("{\"mKey\": 1} nonsense", "line 1: expected ident"),
        (
            r#"[{"ntsbnumber": "X", "mkey": 1, "lastChangeDateTimeUtc": "2025-01-01T00:00:00"}]"#,
            "fetch the case itself",
        ),
    ] {
        let message = case_error(text);
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

#[test]
fn invalid_utf8_is_an_error() {
    let scratch = Scratch::new();
    let message = read_error(&scratch.file("cases.json", b"{\"mKey\": 1, \"cm_city\": \"\xE9\"}"));
    assert!(message.contains("line 1: invalid unicode code point"), "{message}");
}

#[test]
fn nul_is_replaced_and_counted() {
    let case = r#"{"mKey": 1, "ntsbNumber": "ERA25\u0000LA"}"#;
    let (rows, warnings) = read(&format!("{case}\n{}", case.replace("1,", "2,")));
    let values: Vec<_> = rows[0].1.iter().flatten().flatten().collect();
    assert!(values.iter().any(|value| *value == "ERA25\u{FFFD}LA"), "{values:?}");
    assert!(values.iter().all(|value| !value.contains('\0')), "{values:?}");
    let expected = "events: NUL, which PostgreSQL cannot store, was replaced by U+FFFD in 2 values";
    assert_eq!(warnings, [expected]);
}

#[test]
fn deep_nesting_is_an_error_without_a_stack_overflow() {
    let message = case_error(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert!(message.contains("recursion limit exceeded"), "{message}");
}

#[test]
fn a_case_without_lists_gives_only_an_event_and_its_record() {
    let (rows, warnings) = read(r#"{"cm_mkey": 1, "cm_ntsbNum": "XXX25LA001"}"#);
    let filled = rows.iter().filter(|(_, rows)| !rows.is_empty());
    let filled: Vec<_> = filled.map(|(table, rows)| (*table, rows.len())).collect();
    assert_eq!(filled, [("events", 1), ("case_record", 1)]);
    assert!(warnings.is_empty());
}

#[test]
fn an_error_of_the_sink_stops_the_reader() {
    struct FailingSink;
    impl ntsb_cli::source::RowSink for FailingSink {
        fn value(&mut self, _: Option<&str>) {}
        fn end_row(&mut self) -> Result<(), SourceError> {
            Err(SourceError::Stopped)
        }
    }
    let mut source = open(&fixture_path("cases.json")).unwrap();
    assert!(matches!(source.read(0, &mut FailingSink), Err(SourceError::Stopped)));
}
