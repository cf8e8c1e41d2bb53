//! Distinguishes rows from the remains of deleted or moved rows.
//!
//! Each row of a data page has a slot: the offset of the row and two flags. A row that no longer fits its
//! page is moved: its slot becomes a pointer (flag 0x4000) to a hidden slot (flag 0x8000) on another
//! page. Hidden slots keep a scan of the pages from reading the row twice. The slot of a deleted row is
//! also hidden, with or without the pointer flag. When a moved row is deleted, its pointer is hidden and
//! the data stays as it was. So a hidden slot contains a row if and only if a visible pointer leads to
//! it. The crate jetdb confuses the two flags: it skips pointers and returns every hidden slot without
//! the pointer flag as a row.

use std::collections::HashSet;

use jetdb::{FileError, PageReader, TableDef};

use super::page::PageCache;

const POINTER: u16 = 0x4000;
const HIDDEN: u16 = 0x8000;
const OFFSET: u16 = 0x1FFF;

/// The first byte of a data page.
const DATA_PAGE: u8 = 1;

/// Maximum length of a chain of pointers. A longer one is a cycle.
const MAX_MOVES: usize = 16;

/// The page number and the index of a slot.
type SlotId = (u32, u16);

/// The slots of the moved rows of a table. They are searched when the first hidden slot is found; most
/// tables have none.
#[derive(Default)]
pub struct MovedRows {
    slots: Option<HashSet<SlotId>>,
}

impl MovedRows {
    /// Whether a slot that jetdb returns as a row of this page contains one.
    pub fn is_row(
        &mut self,
        pages: &mut PageReader,
        definition: &TableDef,
        page: &[u8],
        slot: SlotId,
    ) -> Result<bool, FileError> {
        let count_offset = pages.format().data_row_count_pos;
        if slot_entry(page, count_offset, slot.1).is_none_or(|entry| entry & HIDDEN == 0) {
            return Ok(true);
        }
        let slots = match &mut self.slots {
            Some(slots) => slots,
            none => none.insert(find_moved_rows(pages, definition)?),
        };
        Ok(slots.contains(&slot))
    }
}

/// The slots that the visible pointers of a table lead to.
fn find_moved_rows(
    pages: &mut PageReader,
    definition: &TableDef,
) -> Result<HashSet<SlotId>, FileError> {
    let count_offset = pages.format().data_row_count_pos;
    let mut slots = HashSet::new();
    for number in &definition.data_pages {
        let page = pages.read_page_copy(*number)?;
        let indexes = 0..slot_count(&page, count_offset);
        let entries = indexes.filter_map(|index| slot_entry(&page, count_offset, index));
        for entry in entries.filter(|entry| entry & (POINTER | HIDDEN) == POINTER) {
            let target = read_pointer(&page, entry);
            slots.extend(target.and_then(|slot| follow_pointers(pages, slot)));
        }
    }
    Ok(slots)
}

/// Follows a chain of pointers: a row that moved again leaves a hidden pointer behind. An invalid pointer
/// leads to no row; the row count then shows that one is missing.
fn follow_pointers(pages: &mut PageReader, mut slot: SlotId) -> Option<SlotId> {
    let count_offset = pages.format().data_row_count_pos;
    let mut page_cache = PageCache::default();
    for _ in 0..MAX_MOVES {
        let page = page_cache.read(pages, slot.0).ok()?;
        let entry = slot_entry(page, count_offset, slot.1)?;
        if entry & POINTER == 0 {
            return Some(slot);
        }
        slot = read_pointer(page, entry)?;
    }
    None
}

/// The number of slots of a page. The count is at `count_offset`.
fn slot_count(page: &[u8], count_offset: usize) -> u16 {
    if page.first() == Some(&DATA_PAGE) { u16_at(page, count_offset).unwrap_or(0) } else { 0 }
}

/// The offset and flags of a slot.
fn slot_entry(page: &[u8], count_offset: usize, index: u16) -> Option<u16> {
    if index >= slot_count(page, count_offset) {
        return None;
    }
    u16_at(page, count_offset + 2 + 2 * usize::from(index))
}

/// Reads a pointer: the slot index in one byte and the page number in three.
fn read_pointer(page: &[u8], entry: u16) -> Option<SlotId> {
    let start = usize::from(entry & OFFSET);
    let bytes = page.get(start..start + 4)?;
    let [index, low, middle, high] = <[u8; 4]>::try_from(bytes).ok()?;
    Some((u32::from_le_bytes([low, middle, high, 0]), u16::from(index)))
}

fn u16_at(page: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(page.get(offset..offset + 2)?.try_into().ok()?))
}
