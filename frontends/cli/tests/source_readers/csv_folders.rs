//! Folders of CSV files, valid and invalid.

use std::path::PathBuf;

use crate::fixtures::{Scratch, open, read_all, read_error};

/// Writes these files to the folder, and a valid events.csv unless there is one.
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
    read_error(&folder(&scratch, files))
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
fn utf16_without_a_byte_order_mark_is_detected() {
    let text: Vec<u16> = "ev_id,ev_city\n1,X\n".encode_utf16().collect();
    let little: Vec<u8> = text.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = text.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [little, big] {
        let message = folder_error(&[("events.csv", &bytes)]);
        assert!(message.ends_with("events.csv: the file is UTF-16; save it as UTF-8"), "{message}");
    }
}

#[test]
fn invalid_utf8_is_read_as_windows_1252_and_nul_is_replaced() {
    let scratch = Scratch::new();
    let csv = b"ev_id,ev_city\n1,\"Z\xFCrich \x93x\x94\"\n2,\"a\0b\"\n";
    let mut source = open(&folder(&scratch, &[("events.csv", csv)])).unwrap();
    let tables = read_all(&mut source).unwrap();
    assert_eq!(tables[0].1[0][1].as_deref(), Some("Z\u{FC}rich \u{201C}x\u{201D}"));
    assert_eq!(tables[0].1[1][1].as_deref(), Some("a\u{FFFD}b"));
    let warnings = source.warnings.join("\n");
    assert!(warnings.contains("events: invalid UTF-8 was read as Windows-1252 in 1 value"));
    assert!(
        warnings.contains("events: NUL, which PostgreSQL cannot store, was replaced by U+FFFD")
    );
}

#[test]
fn quoting_errors_have_file_and_line() {
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,\"a\"\n2,\"b\"c\n")]);
    assert!(message.contains("events.csv, line 3: text after a closing quote"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,a\n2,\"b\n3,c\n")]);
    assert!(message.contains("events.csv, line 3: the quote that opens"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,a\"b\n")]);
    assert!(message.contains("events.csv, line 2: quote in an unquoted value"), "{message}");
}

#[test]
fn a_value_of_10_mib_is_read_and_a_row_above_16_mib_is_rejected() {
    let scratch = Scratch::new();
    let csv = |size: usize| format!("ev_id,ev_city\n1,X\n2,\"{}\"\n", "word ".repeat(size / 5));
    let path = folder(&scratch, &[("events.csv", csv(10 << 20).as_bytes())]);
    let tables = read_all(&mut open(&path).unwrap()).unwrap();
    assert_eq!(tables[0].1[1][1].as_ref().map(String::len), Some(10 << 20));
    let message = folder_error(&[("events.csv", csv(20 << 20).as_bytes())]);
    let expected = "line 3: the row has more than 16 MiB; the quote on line 3 may not be closed";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn unknown_tables_and_columns_are_skipped_and_missing_tables_are_reported() {
    let scratch = Scratch::new();
    let events = b"ev_id,made_up,ev_city\n\"1\",7,\"X\"\n";
    let path = folder(&scratch, &[("events.csv", events), ("weather.csv", b"a,b\n1,2\n")]);
    let mut source = open(&path).unwrap();
    let rows = read_all(&mut source).unwrap();
    assert_eq!(rows, [("events", vec![vec![Some("1".to_owned()), Some("X".to_owned())]])]);
    let expected = [
        "events: unknown column made_up; skipped",
        "unknown table weather; skipped",
        "the file has no table aircraft",
    ];
    for text in expected {
        assert!(source.warnings.iter().any(|warning| warning == text), "no {text}");
    }
}

#[test]
fn a_header_without_the_key_is_shown_and_cut() {
    let message = |csv: &str| folder_error(&[("events.csv", csv.as_bytes())]);
    let semicolons = message("ev_id;ev_city\n1;X\n");
    let expected = "has no key column ev_id (found ev_id;ev_city); use";
    assert!(semicolons.contains(expected), "{semicolons}");
    assert!(semicolons.ends_with("comma-separated CSV with a header row"), "{semicolons}");
    let no_header = message("\"20080115X00050\",\"X\"\n");
    assert!(no_header.contains("(found 20080115X00050, X); use"), "{no_header}");
    assert!(message("\n1,X\n").contains("(found ); use"));
    assert!(message(&"x".repeat(5_000)).len() < 500);
}

#[test]
fn a_row_with_another_number_of_values_is_an_error() {
    let message = folder_error(&[("events.csv", b"ev_id,ev_city\n1,\"a\nb\"\n2\n")]);
    assert!(
        message.contains("line 4: the row has 1 values, the header 2; correct the line"),
        "{message}"
    );
}

#[test]
fn missing_keys_duplicate_columns_and_empty_files_are_errors() {
    let message = folder_error(&[("aircraft.csv", b"ev_id,acft_make\n")]);
    assert!(message.contains("table aircraft has no key column aircraft_key"), "{message}");
    let message = folder_error(&[("events.csv", b"ev_id,EV_ID\n")]);
    assert!(message.contains("duplicate column events.ev_id"), "{message}");
    let message = folder_error(&[("aircraft.csv", b"")]);
    assert!(message.contains("aircraft.csv: the file is empty"), "{message}");
}

#[test]
fn folders_without_events_are_errors() {
    let scratch = Scratch::new();
    assert!(read_error(scratch.path()).contains("no CSV files in the folder"));
    scratch.file("avall.mdb", "x");
    assert!(read_error(scratch.path()).contains("but found avall.mdb; give that file"));
    scratch.file("aircraft.csv", "ev_id,aircraft_key\n");
    assert!(read_error(scratch.path()).contains("no tblFirstHalf (found aircraft)"));
    scratch.file("tblFirstHalf.csv", "DATE_OCCURRENCE\n");
    assert!(read_error(scratch.path()).contains("table tblfirsthalf has no key column recnum"));
}
