//! Rows that Access deleted or moved. Deleted rows must not be read, moved rows must be read once.

use crate::fixtures::{Row, Scratch, open, read_all, read_error, unpack_fixture};

const PAGE: usize = 4096;
const POINTER: u16 = 0x4000;
const HIDDEN: u16 = 0x8000;

/// A change of the first row of `events`.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    /// Deleted as Access does it.
    Deleted,
    /// Deleted as other programs do it.
    Hidden,
    Moved,
    MovedTwice,
    MovedAndDeleted,
}

fn u16_at(file: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([file[at], file[at + 1]])
}

fn u32_at(file: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]])
}

fn put_u16(file: &mut [u8], at: usize, value: u16) {
    file[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

/// The offsets of the definition of `events`, found by a unique column, and of a data page of it with
/// free space.
fn find_events(file: &[u8]) -> (usize, usize) {
    let column: Vec<u8> = "ev_nr_apt_id".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has_column =
        |page: usize| file[page..page + PAGE].windows(column.len()).any(|w| w == column);
    let data: Vec<usize> = (0..file.len()).step_by(PAGE).filter(|at| file[*at] == 1).collect();
    let owner = |page: usize| u32_at(file, page + 4) as usize * PAGE;
    let has_space = |page: usize| {
        let count = usize::from(u16_at(file, page + 12));
        let is_flagged = (0..count).any(|n| u16_at(file, page + 14 + 2 * n) >= POINTER);
        count > 1 && u16_at(file, page + 2) >= 24 && !is_flagged
    };
    let events_definition = |page: usize| {
        let owner = owner(page);
        (owner < file.len() && file[owner] == 2 && definition_pages(file, owner).any(has_column))
            .then_some(owner)
    };
    let found = data
        .into_iter()
        .find_map(|page| Some((events_definition(page)?, page)).filter(|_| has_space(page)));
    found.expect("a page of events with free space")
}

/// The offsets of the pages of a table definition.
fn definition_pages(file: &[u8], first: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(first), |page| {
        let next = u32_at(file, page + 4) as usize * PAGE;
        (next != 0).then_some(next)
    })
}

/// Adds a pointer to a slot of the same page. Returns the index of its slot.
fn add_pointer(file: &mut [u8], page: usize, target: u8, flags: u16) -> u8 {
    let count = u16_at(file, page + 12);
    let offset = (u16_at(file, page + 14 + 2 * (usize::from(count) - 1)) & 0x1FFF) - 4;
    let at = page + usize::from(offset);
    file[at] = target;
    file[at + 1..at + 4].copy_from_slice(&((page / PAGE) as u32).to_le_bytes()[..3]);
    put_u16(file, page + 14 + 2 * usize::from(count), offset | flags);
    put_u16(file, page + 12, count + 1);
    let free = u16_at(file, page + 2) - 6;
    put_u16(file, page + 2, free);
    count as u8
}

fn file_with(change: Change) -> Vec<u8> {
    let mut file = unpack_fixture("up08NOV.zip");
    let (definition, page) = find_events(&file);
    let slot = u16_at(&file, page + 14);
    match change {
        Change::Deleted => put_u16(&mut file, page + 14, slot | HIDDEN | POINTER),
        Change::Hidden => put_u16(&mut file, page + 14, slot | HIDDEN),
        Change::Moved | Change::MovedAndDeleted | Change::MovedTwice => {
            put_u16(&mut file, page + 14, slot | HIDDEN);
            match change {
                Change::Moved => add_pointer(&mut file, page, 0, POINTER),
                Change::MovedAndDeleted => add_pointer(&mut file, page, 0, POINTER | HIDDEN),
                _ => {
                    let hidden_pointer = add_pointer(&mut file, page, 0, POINTER | HIDDEN);
                    add_pointer(&mut file, page, hidden_pointer, POINTER)
                }
            };
        }
    }
    if matches!(change, Change::Deleted | Change::Hidden | Change::MovedAndDeleted) {
        let rows = u32_at(&file, definition + 16) - 1;
        file[definition + 16..definition + 20].copy_from_slice(&rows.to_le_bytes());
    }
    file
}

fn read_events(bytes: &[u8]) -> Vec<Row> {
    let mut source = open(&Scratch::new().file("up08NOV.mdb", bytes)).unwrap();
    let tables = read_all(&mut source).unwrap();
    let mut rows = tables.into_iter().find(|(name, _)| *name == "events").unwrap().1;
    rows.sort();
    rows
}

#[test]
fn a_moved_row_is_read_once() {
    let original = read_events(&unpack_fixture("up08NOV.zip"));
    assert_eq!(original.len(), 40);
    for change in [Change::Moved, Change::MovedTwice] {
        assert!(read_events(&file_with(change)) == original);
    }
}

#[test]
fn a_deleted_row_is_not_read() {
    let original = read_events(&unpack_fixture("up08NOV.zip"));
    for change in [Change::Deleted, Change::Hidden, Change::MovedAndDeleted] {
        let rows = read_events(&file_with(change));
        assert_eq!(rows.len(), 39);
        assert!(rows.iter().all(|row| original.contains(row)));
    }
}

#[test]
fn surplus_rows_are_an_error() {
    let mut bytes = unpack_fixture("up08NOV.zip");
    let (definition, _) = find_events(&bytes);
    let rows = u32_at(&bytes, definition + 16) - 1;
    bytes[definition + 16..definition + 20].copy_from_slice(&rows.to_le_bytes());
    let message = read_error(&Scratch::new().file("up.mdb", &bytes));
    assert!(message.contains("table events should have 39 rows, but 40 were found"), "{message}");
    assert!(message.contains("download it again"), "{message}");
}

/// Files written by Access and Jackcess, if they are available in `NTSB_DATA`.
#[test]
fn files_of_other_programs_have_the_expected_rows() {
    let Some(data) = std::env::var_os("NTSB_DATA") else { return };
    let folder = std::path::Path::new(&data).join("../cases/access_rows");
    for (name, rows) in [("deleted", 39), ("moved", 40), ("moved_deleted", 39)] {
        let file = folder.join(format!("up08NOV_{name}.mdb"));
        if let Ok(bytes) = std::fs::read(file) {
            assert_eq!(read_events(&bytes).len(), rows, "{name}");
        }
    }
}
