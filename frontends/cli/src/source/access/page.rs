//! Caches the current page: consecutive rows are on the same page.

use jetdb::{FileError, PageReader};

#[derive(Default)]
pub struct PageCache {
    page: Option<(u32, Vec<u8>)>,
}

impl PageCache {
    /// Returns the bytes of a page and reads it if it is not cached.
    pub fn read(&mut self, pages: &mut PageReader, number: u32) -> Result<&[u8], FileError> {
        if self.page.as_ref().is_none_or(|(cached, _)| *cached != number) {
            self.page = Some((number, pages.read_page_copy(number)?));
        }
        Ok(self.page.as_ref().map_or(&[], |(_, bytes)| bytes.as_slice()))
    }
}
