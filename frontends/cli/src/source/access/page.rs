//! The page that rows are being read from, kept because the neighbours of a row lie on it, too.

use jetdb::{FileError, PageReader};

#[derive(Default)]
pub struct CurrentPage {
    kept: Option<(u32, Vec<u8>)>,
}

impl CurrentPage {
    /// The bytes of a page of the file.
    pub fn read(&mut self, pages: &mut PageReader, number: u32) -> Result<&[u8], FileError> {
        if self.kept.as_ref().is_none_or(|(kept, _)| *kept != number) {
            self.kept = Some((number, pages.read_page_copy(number)?));
        }
        Ok(self.kept.as_ref().map_or(&[], |(_, bytes)| bytes.as_slice()))
    }
}
