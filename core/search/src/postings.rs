//! Posting lists: which documents of a segment hold a term, and how often.
//!
//! Documents are in ascending order. Each is stored as the gap from the previous one and the count,
//! both as varints of seven bits per byte. A common word takes two bytes per document.

/// Encodes a posting list.
#[derive(Debug, Default, Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The document after the last one.
    next: u32,
    doc_count: u32,
}

impl Writer {
    /// Appends a document. Documents must be added in ascending order, each once.
    pub fn add(&mut self, doc: u32, count: u32) {
        self.write_varint(doc.saturating_sub(self.next));
        self.write_varint(count);
        self.next = doc.saturating_add(1);
        self.doc_count += 1;
    }

    fn write_varint(&mut self, mut n: u32) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    /// How many documents were added.
    pub fn doc_count(&self) -> u32 {
        self.doc_count
    }

    /// The encoded list.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Iterates over a posting list. Stops at its end or at the first malformed byte.
#[derive(Debug, Clone)]
pub struct Reader<'b> {
    bytes: &'b [u8],
    next: u32,
}

impl<'b> Reader<'b> {
    /// Reads an encoded list from its start.
    pub fn new(bytes: &'b [u8]) -> Self {
        Reader { bytes, next: 0 }
    }

    fn read_varint(&mut self) -> Option<u32> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        if *first < 0x80 {
            return Some(u32::from(*first));
        }
        let mut n = u32::from(first & 0x7f);
        for shift in [7, 14, 21, 28] {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            n |= u32::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(n);
            }
        }
        None
    }
}

impl Iterator for Reader<'_> {
    /// Document and count.
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let gap = self.read_varint()?;
        let count = self.read_varint()?;
        let doc = self.next.checked_add(gap)?;
        self.next = doc.checked_add(1)?;
        Some((doc, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_list_round_trips(docs: BTreeMap<u16, u16>) {
            let mut writer = Writer::default();
            docs.iter().for_each(|(doc, count)| writer.add((*doc).into(), (*count).into()));
            prop_assert_eq!(writer.doc_count() as usize, docs.len());
            let bytes = writer.into_bytes();
            let read: Vec<_> = Reader::new(&bytes).collect();
            let expected: Vec<_> =
                docs.iter().map(|(d, c)| (u32::from(*d), u32::from(*c))).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn malformed_bytes_do_not_panic(bytes: Vec<u8>) {
            let docs: Vec<_> = Reader::new(&bytes).map(|(doc, _)| doc).collect();
            prop_assert!(docs.is_sorted());
        }
    }
}
