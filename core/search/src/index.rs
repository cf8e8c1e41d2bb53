//! A part of the index as it is read for one question.

use super::docset::DocSet;
use super::postings::Reader;
use std::collections::HashMap;

/// A segment: documents by number, and the lists of the terms that were asked for.
#[derive(Debug, Default)]
pub struct Segment {
    pub docs: u32,
    /// Four bytes a document.
    pub lengths: Vec<u8>,
    /// The event of each document, one a line.
    pub ids: String,
    /// One bit a document that stands no more, the lowest bit of a byte first; may end early.
    pub dead: Vec<u8>,
    lists: HashMap<String, Stored>,
    facts: HashMap<String, Stored>,
}

#[derive(Debug)]
struct Stored {
    docs: u32,
    bytes: Vec<u8>,
}

impl Segment {
    /// As yet without lists.
    pub fn new(docs: u32, lengths: Vec<u8>, ids: String, dead: Vec<u8>) -> Segment {
        Segment { docs, lengths, ids, dead, lists: HashMap::new(), facts: HashMap::new() }
    }

    pub fn add_list(&mut self, fact: bool, term: String, docs: u32, bytes: Vec<u8>) {
        let lists = if fact { &mut self.facts } else { &mut self.lists };
        lists.insert(term, Stored { docs, bytes });
    }

    /// Documents and counts of a word; dead documents are among them.
    pub fn word(&self, term: &str) -> Reader<'_> {
        Reader::new(self.lists.get(term).map_or(&[], |s| &s.bytes))
    }

    pub fn fact(&self, term: &str) -> Reader<'_> {
        Reader::new(self.facts.get(term).map_or(&[], |s| &s.bytes))
    }

    /// The facts that were asked for and are there.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.facts.keys().map(String::as_str)
    }

    pub fn set(&self, list: Reader) -> DocSet {
        let mut set = DocSet::none(self.docs);
        list.for_each(|(doc, _)| set.add(doc));
        set
    }

    pub fn is_live(&self, doc: u32) -> bool {
        let byte = self.dead.get((doc / 8) as usize).copied().unwrap_or(0);
        byte >> (doc % 8) & 1 == 0
    }

    pub fn live(&self) -> DocSet {
        if !self.has_dead() {
            return DocSet::all(self.docs);
        }
        let mut set = DocSet::none(self.docs);
        (0..self.docs).filter(|d| self.is_live(*d)).for_each(|d| set.add(d));
        set
    }

    /// In how many documents that stand a word is.
    pub fn live_docs(&self, term: &str) -> u32 {
        let Some(stored) = self.lists.get(term) else { return 0 };
        if !self.has_dead() {
            return stored.docs;
        }
        self.live_in(self.word(term))
    }

    /// How many of a list stand.
    pub fn live_in(&self, list: Reader) -> u32 {
        u32::try_from(list.filter(|(doc, _)| self.is_live(*doc)).count()).unwrap_or(u32::MAX)
    }

    pub fn has_dead(&self) -> bool {
        self.dead.iter().any(|byte| *byte != 0)
    }

    pub fn length(&self, doc: u32) -> u32 {
        let (lengths, _) = self.lengths.as_chunks::<4>();
        lengths.get(doc as usize).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// The whole index: what the rank of a document depends on beside the document.
#[derive(Debug, Default)]
pub struct Index {
    pub segments: Vec<Segment>,
}

/// How many documents stand, and how long they are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    pub docs: u64,
    pub length: u64,
}

impl Index {
    pub fn extent(&self) -> Extent {
        let mut extent = Extent::default();
        for segment in &self.segments {
            for doc in segment.live().iter() {
                extent.docs += 1;
                extent.length += u64::from(segment.length(doc));
            }
        }
        extent
    }

    /// In how many documents a word is.
    pub fn docs_with(&self, term: &str) -> u64 {
        self.segments.iter().map(|s| u64::from(s.live_docs(term))).sum()
    }
}
