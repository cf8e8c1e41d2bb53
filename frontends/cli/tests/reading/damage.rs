//! Access files with something wrong inside. What jetdb passes over in silence is found out.

use std::fs::File;
use std::io::Cursor;

use jetdb::{PageReader, TableDef};

use crate::files::{Scratch, error, fixture, open, read_all, unpacked};

const PAGE: usize = 4096;

fn definition(bytes: &[u8], name: &str) -> TableDef {
    let mut pages = PageReader::open_reader(Cursor::new(bytes.to_vec())).unwrap();
    let catalog = jetdb::read_catalog(&mut pages).unwrap();
    let entry = jetdb::find_table(&catalog, name).unwrap();
    jetdb::read_table_def(&mut pages, name, entry.table_page).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Replaces text of the same length, compressed or not, everywhere.
fn rename(bytes: &mut [u8], from: &str, to: &str) {
    for (from, to) in [(utf16(from), utf16(to)), (from.into(), to.into())] {
        let mut at = 0;
        while let Some(found) = bytes[at..].windows(from.len()).position(|w| w == from) {
            at += found;
            bytes[at..at + to.len()].copy_from_slice(&to);
        }
    }
}

#[test]
fn rows_on_a_page_that_is_damaged_are_missed() {
    let mut bytes = unpacked("sample.zip");
    let events = definition(&bytes, "events");
    let page = events.data_pages[3] as usize * PAGE;
    bytes[page] = 0;
    let message = error(&Scratch::new().file("sample.mdb", bytes));
    assert!(message.contains("table events should hold 2500 rows and 24"), "{message}");
}

#[test]
fn a_long_text_that_cannot_be_read_is_not_taken_for_null() {
    let mut bytes = unpacked("sample.zip");
    let long_values: Vec<usize> = (0..bytes.len() / PAGE)
        .map(|page| page * PAGE)
        .filter(|at| bytes[*at] == 1 && &bytes[at + 4..at + 8] == b"LVAL")
        .collect();
    assert!(!long_values.is_empty());
    for at in long_values {
        // No row on the page any more.
        bytes[at + 12..at + 14].fill(0);
    }
    let message = error(&Scratch::new().file("sample.mdb", bytes));
    assert!(message.contains("holds a value that cannot be read"), "{message}");
}

#[test]
fn a_file_without_events_is_not_an_ntsb_file() {
    let mut bytes = unpacked("up08NOV.zip");
    rename(&mut bytes, "events", "evenly");
    let message = error(&Scratch::new().file("up.mdb", bytes));
    assert!(message.contains("has no events table"), "{message}");
    assert!(message.contains("so it is not an NTSB file"), "{message}");
}

#[test]
fn a_key_column_that_is_missing_is_named() {
    let mut bytes = unpacked("up08NOV.zip");
    rename(&mut bytes, "finding_no", "finding_nr");
    let message = error(&Scratch::new().file("up.mdb", bytes));
    assert!(message.contains("table findings lacks the key column finding_no"), "{message}");
}

#[test]
fn unknown_columns_and_tables_are_noted_and_left_out() {
    let mut bytes = unpacked("up08NOV.zip");
    rename(&mut bytes, "ev_city", "ev_town");
    rename(&mut bytes, "narratives", "narration_");
    let scratch = Scratch::new();
    let mut source = open(&scratch.file("up.mdb", bytes)).unwrap();
    let warnings = source.warnings.join("\n");
    assert!(warnings.contains("events: column ev_town is not known; left out"), "{warnings}");
    assert!(warnings.contains("table narration_ is not known; left out"), "{warnings}");
    assert!(warnings.contains("the file has no table narratives"), "{warnings}");
    let events = source.tables.iter().find(|t| t.table.name == "events").unwrap();
    assert!(events.columns.iter().all(|(_, column)| column.name != "ev_city"));
    read_all(&mut source).unwrap();
}

/// Whatever is done to the bytes, the reader ends with rows or an error, never with a panic.
#[test]
fn no_damage_makes_the_reader_panic() {
    let good = unpacked("up08NOV.zip");
    let scratch = Scratch::new();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap()
    };
    let rounds = std::env::var("NTSB_DAMAGE_ROUNDS").ok().and_then(|n| n.parse().ok());
    for _ in 0..rounds.unwrap_or(60) {
        let mut bytes = good.clone();
        for _ in 0..=next(30) {
            let at = next(bytes.len());
            bytes[at] = u8::try_from(next(256)).unwrap();
        }
        let path = scratch.file("up.mdb", bytes);
        let _ = open(&path).and_then(|mut source| read_all(&mut source));
    }
}

#[test]
fn the_file_itself_is_left_alone() {
    let before = File::open(fixture("sample.zip")).unwrap().metadata().unwrap();
    open(&fixture("sample.zip")).unwrap();
    let after = File::open(fixture("sample.zip")).unwrap().metadata().unwrap();
    assert_eq!(
        (before.len(), before.modified().unwrap()),
        (after.len(), after.modified().unwrap())
    );
}
