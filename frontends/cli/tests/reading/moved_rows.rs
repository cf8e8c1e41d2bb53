//! Rows that Access deleted or moved: what is deleted does not come back, what is moved comes once.

use crate::files::{Row, Scratch, error, open, read_all, unpacked};

const PAGE: usize = 4096;
const POINTER: u16 = 0x4000;
const HIDDEN: u16 = 0x8000;

/// What becomes of the first row of `events`.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// As Access deletes it.
    Deleted,
    /// As other programs do.
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

fn put(file: &mut [u8], at: usize, value: u16) {
    file[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

/// The definition of `events`, by a column that no other table has, and a page of its rows with room.
fn events(file: &[u8]) -> (usize, usize) {
    let column: Vec<u8> = "ev_nr_apt_id".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let names_it = |page: usize| file[page..page + PAGE].windows(column.len()).any(|w| w == column);
    let data: Vec<usize> = (0..file.len()).step_by(PAGE).filter(|at| file[*at] == 1).collect();
    let owner = |page: usize| u32_at(file, page + 4) as usize * PAGE;
    let has_room = |page: usize| {
        let count = usize::from(u16_at(file, page + 12));
        let flagged = (0..count).any(|n| u16_at(file, page + 14 + 2 * n) >= POINTER);
        count > 1 && u16_at(file, page + 2) >= 24 && !flagged
    };
    let definition_of = |page: usize| {
        let owner = owner(page);
        (owner < file.len() && file[owner] == 2 && chain(file, owner).any(names_it))
            .then_some(owner)
    };
    let found = data
        .into_iter()
        .find_map(|page| Some((definition_of(page)?, page)).filter(|_| has_room(page)));
    found.expect("a page of events with room")
}

/// The pages of a definition.
fn chain(file: &[u8], first: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(first), |page| {
        let next = u32_at(file, page + 4) as usize * PAGE;
        (next != 0).then_some(next)
    })
}

/// Adds a slot that leads to a row of the same page, and gives its number.
fn point(file: &mut [u8], page: usize, to: u8, flags: u16) -> u8 {
    let count = u16_at(file, page + 12);
    let low = (u16_at(file, page + 14 + 2 * (usize::from(count) - 1)) & 0x1FFF) - 4;
    let at = page + usize::from(low);
    file[at] = to;
    file[at + 1..at + 4].copy_from_slice(&((page / PAGE) as u32).to_le_bytes()[..3]);
    put(file, page + 14 + 2 * usize::from(count), low | flags);
    put(file, page + 12, count + 1);
    let free = u16_at(file, page + 2) - 6;
    put(file, page + 2, free);
    count as u8
}

fn file_with(fate: Fate) -> Vec<u8> {
    let mut file = unpacked("up08NOV.zip");
    let (definition, page) = events(&file);
    let slot = u16_at(&file, page + 14);
    match fate {
        Fate::Deleted => put(&mut file, page + 14, slot | HIDDEN | POINTER),
        Fate::Hidden => put(&mut file, page + 14, slot | HIDDEN),
        Fate::Moved | Fate::MovedAndDeleted | Fate::MovedTwice => {
            put(&mut file, page + 14, slot | HIDDEN);
            match fate {
                Fate::Moved => point(&mut file, page, 0, POINTER),
                Fate::MovedAndDeleted => point(&mut file, page, 0, POINTER | HIDDEN),
                _ => {
                    let between = point(&mut file, page, 0, POINTER | HIDDEN);
                    point(&mut file, page, between, POINTER)
                }
            };
        }
    }
    if matches!(fate, Fate::Deleted | Fate::Hidden | Fate::MovedAndDeleted) {
        let rows = u32_at(&file, definition + 16) - 1;
        file[definition + 16..definition + 20].copy_from_slice(&rows.to_le_bytes());
    }
    file
}

fn rows_of_events(bytes: &[u8]) -> Vec<Row> {
    let mut source = open(&Scratch::new().file("up08NOV.mdb", bytes)).unwrap();
    let tables = read_all(&mut source).unwrap();
    let mut rows = tables.into_iter().find(|(name, _)| *name == "events").unwrap().1;
    rows.sort();
    rows
}

#[test]
fn a_moved_row_comes_once_and_whole() {
    let untouched = rows_of_events(&unpacked("up08NOV.zip"));
    assert_eq!(untouched.len(), 40);
    for fate in [Fate::Moved, Fate::MovedTwice] {
        assert!(rows_of_events(&file_with(fate)) == untouched);
    }
}

#[test]
fn a_deleted_row_does_not_come_back_whether_it_was_moved_or_not() {
    let untouched = rows_of_events(&unpacked("up08NOV.zip"));
    for fate in [Fate::Deleted, Fate::Hidden, Fate::MovedAndDeleted] {
        let rows = rows_of_events(&file_with(fate));
        assert_eq!(rows.len(), 39);
        assert!(rows.iter().all(|row| untouched.contains(row)));
    }
}

#[test]
fn more_rows_than_the_file_announces_are_refused() {
    let mut bytes = unpacked("up08NOV.zip");
    let (definition, _) = events(&bytes);
    let rows = u32_at(&bytes, definition + 16) - 1;
    bytes[definition + 16..definition + 20].copy_from_slice(&rows.to_le_bytes());
    let message = error(&Scratch::new().file("up.mdb", &bytes));
    assert!(message.contains("table events should hold 39 rows and 40 were found"), "{message}");
    assert!(message.contains("fetch it again"), "{message}");
}

/// What Access and jackcess left behind in files made for the purpose, where they are at hand.
#[test]
fn files_of_the_collection_of_cases() {
    let Some(data) = std::env::var_os("NTSB_DATA") else { return };
    let folder = std::path::Path::new(&data).join("../cases/access_rows");
    for (name, rows) in [("deleted", 39), ("moved", 40), ("moved_deleted", 39)] {
        let file = folder.join(format!("up08NOV_{name}.mdb"));
        if let Ok(bytes) = std::fs::read(file) {
            assert_eq!(rows_of_events(&bytes).len(), rows, "{name}");
        }
    }
}
