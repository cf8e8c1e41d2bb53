//! The accidents of 1962 to 1981, read from a synthetic folder in the format of PRE1982.MDB.

use std::collections::HashSet;

use ntsb_cli::source::Source;

use crate::fixtures::{Row, Scratch, fixture_path, open, read_all, read_error};

/// Formats the rows of a table as `column=value`, without nulls.
fn format_rows(source: &Source, table: &str, rows: &[(&str, Vec<Row>)]) -> Vec<String> {
    let columns = &source.tables.iter().find(|t| t.table.name == table).unwrap().columns;
    let rows = &rows.iter().find(|(name, _)| *name == table).unwrap().1;
    let line = |row: &Row| {
        let filled = columns.iter().zip(row).filter_map(|((_, c), v)| Some((c.name, v.as_ref()?)));
        filled.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(line).collect()
}

#[test]
fn the_wide_tables_are_converted_to_those_of_later_files() {
    let mut source = open(&fixture_path("pre1982")).unwrap();
    let rows = read_all(&mut source).unwrap();
    let counts: Vec<_> = rows.iter().map(|(table, rows)| (*table, rows.len())).collect();
    assert_eq!(
        counts,
        [
            ("events", 48),
            ("aircraft", 48),
            ("injury", 185),
            ("narratives", 24),
            ("flight_crew", 40),
            ("flight_time", 36),
            ("legacy_event", 48),
            ("legacy_cause", 45),
            ("ct_pre1982", 8),
        ]
    );
    let events = format_rows(&source, "events", &rows);
    assert_eq!(
        events[0],
        "ev_id=19620723L00040 ev_type=ACC ev_date=1962-07-23 ev_dow=Mo ev_time=0825 \
         ev_city=CLEVELAND ev_state=OH ev_country=USA apt_name=LOST NATION ev_highest_injury=SERS \
         inj_tot_f=0 inj_tot_s=1 inj_tot_m=2 inj_tot_n=1 inj_tot_t=3"
    );
    assert!(events[2].contains("ev_city=MEXICO CITY ev_state=OF ev_country=MX"), "{}", events[2]);
    assert!(events[8].starts_with("ev_id=19750615LA0015 "), "{}", events[8]);
    assert!(events[9].starts_with("ev_id=19620101L00048 ev_type=ACC ev_date=02/30/75"));
    assert!(events[10].starts_with("ev_id=4? "), "{}", events[10]);
    let ids: HashSet<_> = events.iter().filter_map(|e| e.split(' ').next()).collect();
    assert_eq!(ids.len(), 47, "one number is used twice");
    let causes = format_rows(&source, "legacy_cause", &rows);
    assert!(causes[0].ends_with("text_p=PILOT IN COMMAND text_s=MADE-UP TEXT OF 6404"));
    let texts = format_rows(&source, "narratives", &rows);
    assert!(texts[0].starts_with("ev_id=19620723L00040 aircraft_key=1 narr_accp=ENG QUIT"));
    let legacy = format_rows(&source, "legacy_event", &rows);
    assert!(legacy[0].contains(" light_cond=B type_weathr=A "), "{}", legacy[0]);
}

#[test]
fn reading_twice_gives_the_same_rows() {
    let read = || read_all(&mut open(&fixture_path("pre1982")).unwrap()).unwrap();
    assert_eq!(read(), read());
}

#[test]
fn warnings_are_not_repeated() {
    let mut source = open(&fixture_path("pre1982")).unwrap();
    read_all(&mut source).unwrap();
    assert_eq!(
        source.warnings,
        [
            "tblsecondhalf: unknown column MADE_UP_A; skipped",
            "tblsecondhalf: unknown column MADE_UP_B; skipped",
            "unknown table tblOccurrences; skipped",
            "unknown table tblSeqOfEvents; skipped",
        ]
    );
}

#[test]
fn the_first_half_is_sufficient() {
    let scratch = Scratch::new();
    let first = std::fs::read(fixture_path("pre1982/tblFirstHalf.csv")).unwrap();
    scratch.file("TBLFIRSTHALF.CSV", first);
    let mut source = open(scratch.path()).unwrap();
    let rows = read_all(&mut source).unwrap();
    assert!(!rows.iter().any(|(table, _)| ["narratives", "ct_pre1982"].contains(table)));
    let causes = format_rows(&source, "legacy_cause", &rows);
    assert!(causes[0].ends_with("code_p=64 code_m=A code_s=04"), "{}", causes[0]);
    let expected = ["the file has no table tblsecondhalf", "the file has no table ct_pre1982"];
    assert_eq!(source.warnings, expected);
}

#[test]
fn a_short_record_is_an_error() {
    let scratch = Scratch::new();
    scratch.file("tblFirstHalf.csv", "RecNum,LOCATION\n40,\"A,OHIO\"\n41\n");
    let message = read_error(scratch.path());
    assert!(message.contains("line 3: the row has 1 values, the header 2"), "{message}");
}
