//! Damaged Access files. Damage that jetdb ignores must be detected.

use std::fs::File;
use std::io::Cursor;

use jetdb::{PageReader, TableDef};

use crate::fixtures::{Scratch, fixture_path, open, read_all, read_error, unpack_fixture};

const PAGE: usize = 4096;

fn table_definition(bytes: &[u8], name: &str) -> TableDef {
    let mut pages = PageReader::open_reader(Cursor::new(bytes.to_vec())).unwrap();
    let catalog = jetdb::read_catalog(&mut pages).unwrap();
    let entry = jetdb::find_table(&catalog, name).unwrap();
    jetdb::read_table_def(&mut pages, name, entry.table_page).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Replaces all occurrences of a text, compressed or not, by one of the same length.
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
fn a_damaged_page_is_detected_by_the_row_count() {
    let mut bytes = unpack_fixture("sample.zip");
    let events = table_definition(&bytes, "events");
    let page = events.data_pages[3] as usize * PAGE;
    bytes[page] = 0;
    let message = read_error(&Scratch::new().file("sample.mdb", bytes));
    assert!(message.contains("table events should have 2500 rows, but only 24"), "{message}");
}

#[test]
fn an_unreadable_long_text_is_not_null() {
    let mut bytes = unpack_fixture("sample.zip");
    let long_values: Vec<usize> = (0..bytes.len() / PAGE)
        .map(|page| page * PAGE)
        .filter(|at| bytes[*at] == 1 && &bytes[at + 4..at + 8] == b"LVAL")
        .collect();
    assert!(!long_values.is_empty());
    for at in long_values {
        // Sets the number of rows on the page to 0.
        bytes[at + 12..at + 14].fill(0);
    }
    let message = read_error(&Scratch::new().file("sample.mdb", bytes));
    assert!(message.contains("cannot be read; the file is damaged"), "{message}");
}

#[test]
fn a_file_without_events_is_not_an_ntsb_file() {
    let mut bytes = unpack_fixture("up08NOV.zip");
    rename(&mut bytes, "events", "evenly");
    let message = read_error(&Scratch::new().file("up.mdb", bytes));
    assert!(message.contains("not an NTSB file: it has no table events"), "{message}");
}

#[test]
fn a_missing_key_column_is_an_error() {
    let mut bytes = unpack_fixture("up08NOV.zip");
    rename(&mut bytes, "finding_no", "finding_nr");
    let message = read_error(&Scratch::new().file("up.mdb", bytes));
    assert!(message.contains("table findings has no key column finding_no"), "{message}");
}

#[test]
fn unknown_columns_and_tables_are_skipped_with_a_warning() {
    let mut bytes = unpack_fixture("up08NOV.zip");
    rename(&mut bytes, "ev_city", "ev_town");
    rename(&mut bytes, "narratives", "narration_");
    let scratch = Scratch::new();
    let mut source = open(&scratch.file("up.mdb", bytes)).unwrap();
    let warnings = source.warnings.join("\n");
    assert!(warnings.contains("events: unknown column ev_town; skipped"), "{warnings}");
    assert!(warnings.contains("unknown table narration_; skipped"), "{warnings}");
    assert!(warnings.contains("the file has no table narratives"), "{warnings}");
    let events = source.tables.iter().find(|t| t.table.name == "events").unwrap();
    assert!(events.columns.iter().all(|(_, column)| column.name != "ev_city"));
    read_all(&mut source).unwrap();
}

#[test]
fn random_damage_never_makes_the_reader_panic() {
    let good = unpack_fixture("up08NOV.zip");
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
fn opening_does_not_change_the_file() {
    let before = File::open(fixture_path("sample.zip")).unwrap().metadata().unwrap();
    open(&fixture_path("sample.zip")).unwrap();
    let after = File::open(fixture_path("sample.zip")).unwrap().metadata().unwrap();
    assert_eq!(
        (before.len(), before.modified().unwrap()),
        (after.len(), after.modified().unwrap())
    );
}
