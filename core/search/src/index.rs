//! The part of the index that one query reads.

use super::docset::DocSet;
use super::postings::Reader;
use std::collections::HashMap;

/// A segment: its documents by number, and the posting lists of the query's terms.
#[derive(Debug, Default)]
pub struct Segment {
    /// How many documents the segment has, dead ones included.
    pub doc_count: u32,
    /// The lengths of the documents, four little-endian bytes each.
    pub lengths: Vec<u8>,
    /// The `ev_id` of each document, one per line.
    pub ids: String,
    /// A bitmap of deleted documents, lowest bit of a byte first. Missing bytes are zero.
    pub dead: Vec<u8>,
    words: HashMap<String, StoredList>,
    facts: HashMap<String, StoredList>,
}

#[derive(Debug)]
struct StoredList {
    doc_count: u32,
    bytes: Vec<u8>,
}

impl Segment {
    /// Creates a segment without posting lists.
    pub fn new(doc_count: u32, lengths: Vec<u8>, ids: String, dead: Vec<u8>) -> Segment {
        Segment { doc_count, lengths, ids, dead, words: HashMap::new(), facts: HashMap::new() }
    }

    /// Adds the posting list of a word or fact.
    pub fn add_list(&mut self, is_fact: bool, term: String, doc_count: u32, bytes: Vec<u8>) {
        let lists = if is_fact { &mut self.facts } else { &mut self.words };
        lists.insert(term, StoredList { doc_count, bytes });
    }

    /// The documents and counts of a word, dead documents included.
    pub fn word_postings(&self, word: &str) -> Reader<'_> {
        Reader::new(self.words.get(word).map_or(&[], |s| &s.bytes))
    }

    /// The documents of a fact, dead documents included.
    pub fn fact_postings(&self, fact: &str) -> Reader<'_> {
        Reader::new(self.facts.get(fact).map_or(&[], |s| &s.bytes))
    }

    /// The documents of a posting list as a set.
    pub fn doc_set(&self, list: Reader) -> DocSet {
        let mut set = DocSet::empty(self.doc_count);
        list.for_each(|(doc, _)| set.insert(doc));
        set
    }

    /// Whether a document is not deleted.
    pub fn is_live(&self, doc: u32) -> bool {
        let byte = self.dead.get((doc / 8) as usize).copied().unwrap_or(0);
        byte >> (doc % 8) & 1 == 0
    }

    /// The documents that are not deleted.
    pub fn live_docs(&self) -> DocSet {
        if !self.has_dead() {
            return DocSet::full(self.doc_count);
        }
        let mut set = DocSet::empty(self.doc_count);
        (0..self.doc_count).filter(|d| self.is_live(*d)).for_each(|d| set.insert(d));
        set
    }

    /// How many live documents have a word.
    pub fn live_count(&self, word: &str) -> u32 {
        let Some(stored) = self.words.get(word) else { return 0 };
        if !self.has_dead() {
            return stored.doc_count;
        }
        self.count_live(self.word_postings(word))
    }

    /// How many documents of a posting list are live.
    pub fn count_live(&self, list: Reader) -> u32 {
        u32::try_from(list.filter(|(doc, _)| self.is_live(*doc)).count()).unwrap_or(u32::MAX)
    }

    /// Whether any document is deleted.
    pub fn has_dead(&self) -> bool {
        self.dead.iter().any(|byte| *byte != 0)
    }

    /// The length of a document: the sum of its word counts.
    pub fn doc_length(&self, doc: u32) -> u32 {
        let (lengths, _) = self.lengths.as_chunks::<4>();
        lengths.get(doc as usize).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// All segments of the index.
#[derive(Debug, Default)]
pub struct Index {
    /// The segments, in any order.
    pub segments: Vec<Segment>,
}

/// The size of all live documents together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CorpusSize {
    /// How many documents are live.
    pub doc_count: u64,
    /// The sum of their lengths.
    pub total_length: u64,
}

impl Index {
    /// Counts the live documents and sums their lengths.
    pub fn corpus_size(&self) -> CorpusSize {
        let mut size = CorpusSize::default();
        for segment in &self.segments {
            for doc in segment.live_docs().iter() {
                size.doc_count += 1;
                size.total_length += u64::from(segment.doc_length(doc));
            }
        }
        size
    }

    /// How many live documents have a word.
    pub fn doc_frequency(&self, word: &str) -> u64 {
        self.segments.iter().map(|s| u64::from(s.live_count(word))).sum()
    }
}
