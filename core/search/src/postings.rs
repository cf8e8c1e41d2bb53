//! Which documents of a segment hold a term, and how often: a list in order of document, each as the
//! distance from the one before and the count, as numbers of seven bits a byte. Two bytes a document
//! for a common word.

/// A list that grows.
#[derive(Debug, Default, Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The document after the last one.
    next: u32,
    docs: u32,
}

impl Writer {
    /// Documents come in order, each once.
    pub fn add(&mut self, doc: u32, count: u32) {
        self.number(doc.saturating_sub(self.next));
        self.number(count);
        self.next = doc.saturating_add(1);
        self.docs += 1;
    }

    fn number(&mut self, mut n: u32) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    pub fn docs(&self) -> u32 {
        self.docs
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads a list; ends at its end or where it is damaged.
#[derive(Debug, Clone)]
pub struct Reader<'b> {
    bytes: &'b [u8],
    next: u32,
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Reader { bytes, next: 0 }
    }

    fn number(&mut self) -> Option<u32> {
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
        let distance = self.number()?;
        let count = self.number()?;
        let doc = self.next.checked_add(distance)?;
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
        fn what_was_written_is_read(docs: BTreeMap<u16, u16>) {
            let mut writer = Writer::default();
            docs.iter().for_each(|(doc, count)| writer.add((*doc).into(), (*count).into()));
            prop_assert_eq!(writer.docs() as usize, docs.len());
            let bytes = writer.into_bytes();
            let read: Vec<_> = Reader::new(&bytes).collect();
            let given: Vec<_> = docs.iter().map(|(d, c)| (u32::from(*d), u32::from(*c))).collect();
            prop_assert_eq!(read, given);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let docs: Vec<_> = Reader::new(&bytes).map(|(doc, _)| doc).collect();
            prop_assert!(docs.is_sorted());
        }
    }
}
