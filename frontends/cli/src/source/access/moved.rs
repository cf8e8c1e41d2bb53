//! Tells rows from what a deletion or a move has left of them.
//!
//! Each row of a data page has a slot: the offset of the row and two flags. A row that grew too large
//! for its page is moved: its slot becomes a pointer (flag 0x4000) to a slot on another page that is
//! hidden (0x8000), so that nobody who goes through the pages reads the row twice. A deleted row is
//! hidden, too, with a pointer's flag beside it or without. When a moved row is deleted, its pointer
//! is hidden and the data stays as it was. So a hidden slot holds a row if, and only if, a pointer
//! that is not hidden leads to it. The crate jetdb takes the two flags for each other: it passes over
//! pointers and gives every hidden slot without a pointer's flag as a row.

use std::collections::HashSet;

use jetdb::{FileError, PageReader, TableDef};

use super::page::CurrentPage;

const POINTER: u16 = 0x4000;
const HIDDEN: u16 = 0x8000;
const OFFSET: u16 = 0x1FFF;

/// The first byte of a page of rows.
const DATA_PAGE: u8 = 1;

/// Pointers that lead to pointers: more than this is a circle.
const MOST_MOVES: usize = 16;

/// A slot, by page and number.
type Place = (u32, u16);

/// Where the moved rows of a table are now; looked for when the first hidden slot is met, which most
/// tables have none of.
#[derive(Default)]
pub struct MovedRows {
    places: Option<HashSet<Place>>,
}

impl MovedRows {
    /// Whether what jetdb gives as a row of this page is one.
    pub fn is_row(
        &mut self,
        pages: &mut PageReader,
        definition: &TableDef,
        page: &[u8],
        place: Place,
    ) -> Result<bool, FileError> {
        let at = pages.format().data_row_count_pos;
        if slot(page, at, place.1).is_none_or(|slot| slot & HIDDEN == 0) {
            return Ok(true);
        }
        let places = match &mut self.places {
            Some(places) => places,
            none => none.insert(moved_to(pages, definition)?),
        };
        Ok(places.contains(&place))
    }
}

/// The slots that the pointers of a table lead to.
fn moved_to(pages: &mut PageReader, definition: &TableDef) -> Result<HashSet<Place>, FileError> {
    let at = pages.format().data_row_count_pos;
    let mut places = HashSet::new();
    for number in &definition.data_pages {
        let page = pages.read_page_copy(*number)?;
        let slots = (0..rows(&page, at)).filter_map(|row| slot(&page, at, row));
        for slot in slots.filter(|slot| slot & (POINTER | HIDDEN) == POINTER) {
            places.extend(pointer(&page, slot).and_then(|place| follow(pages, place)));
        }
    }
    Ok(places)
}

/// Where a pointer leads in the end. A row that moved again has left a pointer behind, hidden as its
/// data was. A pointer to nowhere leads to no row: the count of rows tells that one is missing.
fn follow(pages: &mut PageReader, mut place: Place) -> Option<Place> {
    let at = pages.format().data_row_count_pos;
    let mut current = CurrentPage::default();
    for _ in 0..MOST_MOVES {
        let page = current.read(pages, place.0).ok()?;
        let slot = slot(page, at, place.1)?;
        if slot & POINTER == 0 {
            return Some(place);
        }
        place = pointer(page, slot)?;
    }
    None
}

/// The number of slots of a page, which has their count at `at`.
fn rows(page: &[u8], at: usize) -> u16 {
    if page.first() == Some(&DATA_PAGE) { u16_at(page, at).unwrap_or(0) } else { 0 }
}

fn slot(page: &[u8], at: usize, row: u16) -> Option<u16> {
    if row >= rows(page, at) { None } else { u16_at(page, at + 2 + 2 * usize::from(row)) }
}

/// The number of a row and, in three bytes, that of its page.
fn pointer(page: &[u8], slot: u16) -> Option<Place> {
    let start = usize::from(slot & OFFSET);
    let bytes = page.get(start..start + 4)?;
    let [row, low, middle, high] = <[u8; 4]>::try_from(bytes).ok()?;
    Some((u32::from_le_bytes([low, middle, high, 0]), u16::from(row)))
}

fn u16_at(page: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(page.get(at..at + 2)?.try_into().ok()?))
}
