//! Folders of CSV files: what is forgiven and what is not.

use std::path::PathBuf;

use crate::files::{Scratch, error, open, read_all};

/// A folder with these files; events is there unless given.
fn folder(scratch: &Scratch, files: &[(&str, &[u8])]) -> PathBuf {
    if !files.iter().any(|(name, _)| name.eq_ignore_ascii_case("events.csv")) {
        scratch.file("events.csv", "ev_id,ev_city\n\"20080115X00050\",\"X\"\n");
    }
    for (name, bytes) in files {
        scratch.file(name, bytes);
    }
    scratch.path().to_owned()
}

fn folder_error(files: &[(&str, &[u8])]) -> String {
    let scratch = Scratch::new();
    error(&folder(&scratch, files))
}

#[test]
fn names_may_be_in_any_case_and_values_stay_as_they_are() {
    let scratch = Scratch::new();
    let csv = "EV_ID,Ev_City,ev_state\r\n\"1\",\" A\nB \",\r\n\"2\",\"\",NONE\r\n";
    let mut source = open(&folder(&scratch, &[("EVENTS.CSV", csv.as_bytes())])).unwrap();
    let tables = read_all(&mut source).unwrap();
    let value = |text: &str| Some(text.to_owned());
    let expected =
        vec![vec![value("1"), value(" A\nB "), None], vec![value("2"), value(""), value("NONE")]];
    assert_eq!(tables, [("events", expected)]);
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_name() {
    let scratch = Scratch::new();
    let source = open(&folder(&scratch, &[("events.csv", b"\xEF\xBB\xBFev_id\n1\n")])).unwrap();
    assert_eq!(source.tables[0].columns.len(), 1);
    assert!(folder_error(&[("events.csv", b"\xFF\xFEe\0v\0")]).contains("save it as UTF-8"));
}

#[test]
fn utf16_without_a_mark_is_told_too() {
    let text: Vec<u16> = "ev_id,ev_city\n1,X\n".encode_utf16().collect();
    let little: Vec<u8> = text.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = text.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [little, big] {
        let message = folder_error(&[("events.csv", &bytes)]);
        assert!(message.ends_with("events.csv: is UTF-16; save it as UTF-8"), "{message}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_windows_1252_and_nul_is_replaced() {
    let scratch = Scratch::new();
    let csv = b"ev_id,ev_city\n1,\"Z\xFCrich \x93x\x94\"\n2,\"a\0b\"\n";
    let mut source = open(&folder(&scratch, &[("events.csv", csv)])).unwrap();
    let tables = read_all(&mut source).unwrap();
    assert_eq!(tables[0].1[0][1].as_deref(), Some("Z\u{FC}rich \u{201C}x\u{201D}"));
    assert_eq!(tables[0].1[1][1].as_deref(), Some("a\u{FFFD}b"));
    let warnings = source.warnings.join("\n");
    assert!(warnings.contains("events: 1 value was not UTF-8 and read as Windows-1252"));
    assert!(warnings.contains("events: 1 value was stored with U+FFFD in place of NUL"));
}

#[test]
fn wrong_quoting_names_file_and_line() {
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,\"a\"\n2,\"b\"c\n")]);
    assert!(message.contains("events.csv, line 3: something follows a closing quote"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,a\n2,\"b\n3,c\n")]);
    assert!(message.contains("events.csv, line 3: the quote that opens"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,a\"b\n")]);
    assert!(message.contains("events.csv, line 2: a quote within"), "{message}");
}

#[test]
fn a_narrative_of_ten_megabytes_is_read_and_a_quote_that_swallows_the_file_is_not() {
    let scratch = Scratch::new();
    let csv = |size: usize| format!("ev_id,ev_city\n1,X\n2,\"{}\"\n", "word ".repeat(size / 5));
    let path = folder(&scratch, &[("events.csv", csv(10 << 20).as_bytes())]);
    let tables = read_all(&mut open(&path).unwrap()).unwrap();
    assert_eq!(tables[0].1[1][1].as_ref().map(String::len), Some(10 << 20));
    let message = folder_error(&[("events.csv", csv(20 << 20).as_bytes())]);
    let told = "line 3: a row of more than 16 MiB; is the quote of line 3 closed?";
    assert!(message.contains(told), "{message}");
}

#[test]
fn what_is_unknown_is_left_out_and_what_is_missing_is_said() {
    let scratch = Scratch::new();
    let events = b"ev_id,made_up,ev_city\n\"1\",7,\"X\"\n";
    let path = folder(&scratch, &[("events.csv", events), ("weather.csv", b"a,b\n1,2\n")]);
    let mut source = open(&path).unwrap();
    let rows = read_all(&mut source).unwrap();
    assert_eq!(rows, [("events", vec![vec![Some("1".to_owned()), Some("X".to_owned())]])]);
    let noted = [
        "events: column made_up is not known; left out",
        "table weather is not known; left out",
        "the file has no table aircraft",
    ];
    for words in noted {
        assert!(source.warnings.iter().any(|warning| warning == words), "no {words}");
    }
}

#[test]
fn names_that_are_none_are_shown_and_cut() {
    let told = |csv: &str| folder_error(&[("events.csv", csv.as_bytes())]);
    let semicolons = told("ev_id;ev_city\n1;X\n");
    let shown = "lacks the key column ev_id (it has ev_id;ev_city); give";
    assert!(semicolons.contains(shown), "{semicolons}");
    assert!(semicolons.ends_with("in the first line and commas between"), "{semicolons}");
    let no_names = told("\"20080115X00050\",\"X\"\n");
    assert!(no_names.contains("(it has 20080115X00050, X); give"), "{no_names}");
    assert!(told("\n1,X\n").contains("(it has ); give"));
    assert!(told(&"x".repeat(5_000)).len() < 500);
}

#[test]
fn a_row_of_another_width_names_its_line() {
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,\"a\nb\"\n2\n")]);
    assert!(
        message.contains("line 4: 1 values, where the header has 2; mend the line"),
        "{message}"
    );
}

#[test]
fn files_and_columns_that_do_not_fit() {
    let message = folder_error(&[("aircraft.csv", b"ev_id,acft_make\n")]);
    assert!(message.contains("table aircraft lacks the key column aircraft_key"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,EV_ID\n")]);
    assert!(message.contains("has the column events.ev_id twice"), "{message}");
    let message = folder_error(&[("aircraft.csv", b"")]);
    assert!(message.contains("aircraft.csv: is empty"), "{message}");
}

#[test]
fn folders_without_what_is_needed() {
    let scratch = Scratch::new();
    assert!(error(scratch.path()).contains("holds no CSV file"));
    scratch.file("avall.mdb", "x");
    assert!(error(scratch.path()).contains("holds avall.mdb and no CSV file; give that file"));
    scratch.file("aircraft.csv", "ev_id,aircraft_key\n");
    assert!(error(scratch.path()).contains("has no events table (it has aircraft)"));
    scratch.file("tblFirstHalf.csv", "DATE_OCCURRENCE\n");
    assert!(error(scratch.path()).contains("table tblfirsthalf lacks the key column recnum"));
}
