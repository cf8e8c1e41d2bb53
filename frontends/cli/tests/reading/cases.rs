//! Cases as JSON, in every wrapping in which they come.

use std::fs::read_to_string;

use ntsb_cli::source::SourceError;

use crate::files::{Row, Scratch, error, fixture, open, read_all};

type Tables = Vec<(&'static str, Vec<Row>)>;

fn read(text: &str) -> (Tables, Vec<String>) {
    let scratch = Scratch::new();
    let mut source = open(&scratch.file("cases.json", text)).unwrap();
    let rows = read_all(&mut source).unwrap();
    (rows, source.warnings)
}

fn refused(text: &str) -> String {
    error(&Scratch::new().file("cases.json", text))
}

#[test]
fn made_up_cases_of_both_forms() {
    let mut source = open(&fixture("cases.json")).unwrap();
    let rows = read_all(&mut source).unwrap();
    let counts: Vec<_> = rows.iter().map(|(table, rows)| (*table, rows.len())).collect();
    assert_eq!(
        counts,
        [
            ("events", 7),
            ("aircraft", 6),
            ("engines", 2),
            ("injury", 29),
            ("events_sequence", 5),
            ("findings", 4),
            ("narratives", 4),
            ("flight_crew", 2),
            ("flight_time", 4),
        ]
    );
    assert_eq!(
        source.warnings,
        [
            "cases that are not of aviation, left out: 1",
            "aircraft.acft_fire: values without a certain code, left out: 1 (Smouldering)",
            "injury: aircraft whose several flight crew are counted without roles, left out but \
             for ABRD: 1",
            "flight_time.flight_craft: values without a certain code, left out: 2 (Hang glider)",
        ]
    );
}

#[test]
fn lines_an_array_and_pages_hold_the_same_cases() {
    let lines = read_to_string(fixture("cases.json")).unwrap();
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
fn two_pages_behind_one_another() {
    let page = |number, more| {
        format!(r#"{{"data": [{{"mKey": {number}, "ntsbNumber": "X"}}], "hasMore": {more}}}"#)
    };
    let (rows, warnings) = read(&format!("{}\n{}", page(1, true), page(2, false)));
    assert_eq!((rows[0].1.len(), warnings.len()), (2, 0));
    let (_, warnings) = read(&page(1, true));
    assert_eq!(warnings, ["the last page says that more cases follow (hasMore)"]);
}

#[test]
fn what_is_no_case_is_named_with_its_place() {
    for (text, told) in [
        ("", "is empty (0 bytes)"),
        ("[]", "holds no case of aviation (of others 0)"),
        (r#"{"data": null, "hasMore": false}"#, "holds no case of aviation"),
        (r#"{"mKey": 1, "mode": "Marine"}"#, "holds no case of aviation (of others 1)"),
        (r#"{"a": 1}"#, "value 1 has neither cm_mkey"),
        ("[{\"mKey\": 1},\n 5]", "value 2 is no JSON object"),
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
        let message = refused(text);
        assert!(message.contains(told), "{text:?}: {message}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let scratch = Scratch::new();
    let message = error(&scratch.file("cases.json", b"{\"mKey\": 1, \"cm_city\": \"\xE9\"}"));
    assert!(message.contains("line 1: invalid unicode code point"), "{message}");
}

#[test]
fn nul_is_replaced_and_counted() {
    let case = r#"{"mKey": 1, "ntsbNumber": "ERA25\u0000LA"}"#;
    let (rows, warnings) = read(&format!("{case}\n{}", case.replace("1,", "2,")));
    let values: Vec<_> = rows[0].1.iter().flatten().flatten().collect();
    assert!(values.iter().any(|value| *value == "ERA25\u{FFFD}LA"), "{values:?}");
    assert!(values.iter().all(|value| !value.contains('\0')), "{values:?}");
    let told =
        "events: 2 values were stored with U+FFFD in place of NUL, which PostgreSQL cannot hold";
    assert_eq!(warnings, [told]);
}

#[test]
fn deep_nesting_is_refused_and_does_not_break_the_stack() {
    let message = refused(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    assert!(message.contains("recursion limit exceeded"), "{message}");
}

#[test]
fn a_case_without_the_lists_gives_its_event_alone() {
    let (rows, warnings) = read(r#"{"cm_mkey": 1, "cm_ntsbNum": "XXX25LA001"}"#);
    assert_eq!(rows.iter().map(|(_, rows)| rows.len()).sum::<usize>(), 1);
    assert!(warnings.is_empty());
}

#[test]
fn a_taker_that_stops_is_heard() {
    struct Stops;
    impl ntsb_cli::source::RowSink for Stops {
        fn value(&mut self, _: Option<&str>) {}
        fn end_row(&mut self) -> Result<(), SourceError> {
            Err(SourceError::Stopped)
        }
    }
    let mut source = open(&fixture("cases.json")).unwrap();
    assert!(matches!(source.read(0, &mut Stops), Err(SourceError::Stopped)));
}
