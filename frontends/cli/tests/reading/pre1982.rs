//! The accidents of 1962 to 1981, read from a made-up folder of their shape.

use std::collections::HashSet;

use ntsb_cli::source::Source;

use crate::files::{Row, Scratch, error, fixture, open, read_all};

/// The rows of one table, as `column=value` of what is not null.
fn told(source: &Source, table: &str, rows: &[(&str, Vec<Row>)]) -> Vec<String> {
    let columns = &source.tables.iter().find(|t| t.table.name == table).unwrap().columns;
    let rows = &rows.iter().find(|(name, _)| *name == table).unwrap().1;
    let line = |row: &Row| {
        let filled = columns.iter().zip(row).filter_map(|((_, c), v)| Some((c.name, v.as_ref()?)));
        filled.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(line).collect()
}

#[test]
fn the_wide_tables_become_those_of_later_files() {
    let mut source = open(&fixture("pre1982")).unwrap();
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
    let events = told(&source, "events", &rows);
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
    let causes = told(&source, "legacy_cause", &rows);
    assert!(causes[0].ends_with("text_p=PILOT IN COMMAND text_s=MADE-UP TEXT OF 6404"));
    let texts = told(&source, "narratives", &rows);
    assert!(texts[0].starts_with("ev_id=19620723L00040 aircraft_key=1 narr_accp=ENG QUIT"));
    let kept = told(&source, "legacy_event", &rows);
    assert!(kept[0].contains(" light_cond=B type_weathr=A "), "{}", kept[0]);
}

#[test]
fn a_second_reading_gives_the_same() {
    let read = || read_all(&mut open(&fixture("pre1982")).unwrap()).unwrap();
    assert_eq!(read(), read());
}

#[test]
fn what_is_not_read_is_said_once() {
    let mut source = open(&fixture("pre1982")).unwrap();
    read_all(&mut source).unwrap();
    assert_eq!(
        source.warnings,
        [
            "tblsecondhalf: column MADE_UP_A is not known; left out",
            "tblsecondhalf: column MADE_UP_B is not known; left out",
            "table tblOccurrences is not known; left out",
            "table tblSeqOfEvents is not known; left out",
        ]
    );
}

#[test]
fn the_first_half_alone_will_do() {
    let scratch = Scratch::new();
    let first = std::fs::read(fixture("pre1982/tblFirstHalf.csv")).unwrap();
    scratch.file("TBLFIRSTHALF.CSV", first);
    let mut source = open(scratch.path()).unwrap();
    let rows = read_all(&mut source).unwrap();
    assert!(!rows.iter().any(|(table, _)| ["narratives", "ct_pre1982"].contains(table)));
    let causes = told(&source, "legacy_cause", &rows);
    assert!(causes[0].ends_with("code_p=64 code_m=A code_s=04"), "{}", causes[0]);
    let told = ["the file has no table tblsecondhalf", "the file has no table ct_pre1982"];
    assert_eq!(source.warnings, told);
}

#[test]
fn a_record_cut_short_is_refused() {
    let scratch = Scratch::new();
    scratch.file("tblFirstHalf.csv", "RecNum,LOCATION\n40,\"A,OHIO\"\n41\n");
    let message = error(scratch.path());
    assert!(message.contains("line 3: 1 values, where the header has 2"), "{message}");
}
