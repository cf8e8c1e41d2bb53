//! Builds an index segment from documents.

use super::postings::Writer;
use super::words::{self, MalformedTsvector};
use std::collections::HashMap;

/// Collects the posting lists of one segment. It takes about as much memory as the stored segment.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    words: Terms,
    facts: Terms,
    lengths: Vec<u8>,
    ids: String,
    doc_count: u32,
}

/// A posting list that is ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingList {
    /// Whether the term is a fact, such as `state=AK`, and not a word.
    pub is_fact: bool,
    /// The word or fact.
    pub term: Box<str>,
    /// How many documents the list holds.
    pub doc_count: u32,
    /// The encoded list, see [`super::postings`].
    pub bytes: Vec<u8>,
}

impl SegmentBuilder {
    /// Adds the next document: its words as `tsvectorsend` encodes them, and its facts.
    pub fn add_document<'f>(
        &mut self,
        ev_id: &str,
        words: &[u8],
        facts: impl IntoIterator<Item = &'f str>,
    ) -> Result<(), MalformedTsvector> {
        let mut length = 0_u32;
        words::for_each_lexeme(words, |word, count| {
            length = length.saturating_add(count);
            self.words.add(word, self.doc_count, count);
        })?;
        let mut facts: Vec<_> = facts.into_iter().collect();
        facts.sort_unstable();
        facts.dedup();
        for fact in facts {
            self.facts.add(fact, self.doc_count, 1);
        }
        self.lengths.extend_from_slice(&length.to_le_bytes());
        if self.doc_count > 0 {
            self.ids.push('\n');
        }
        self.ids.push_str(ev_id);
        self.doc_count += 1;
        Ok(())
    }

    /// How many documents the segment has.
    pub fn doc_count(&self) -> u32 {
        self.doc_count
    }

    /// The lengths of the documents, four little-endian bytes each.
    pub fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// The `ev_id` of each document, one per line.
    pub fn ids(&self) -> &str {
        &self.ids
    }

    /// The posting lists: words first, then facts, each sorted by term.
    pub fn into_lists(self) -> Vec<PostingList> {
        let mut lists = Vec::with_capacity(self.words.lists.len() + self.facts.lists.len());
        for (is_fact, terms) in [(false, self.words), (true, self.facts)] {
            lists.extend(terms.lists.into_iter().map(|(term, writer)| {
                let doc_count = writer.doc_count();
                PostingList { is_fact, term, doc_count, bytes: writer.into_bytes() }
            }));
        }
        lists.sort_unstable_by(|a, b| (a.is_fact, &a.term).cmp(&(b.is_fact, &b.term)));
        lists
    }
}

/// Posting lists under construction, by term.
#[derive(Debug, Default)]
struct Terms {
    positions: HashMap<Box<str>, usize>,
    lists: Vec<(Box<str>, Writer)>,
}

impl Terms {
    fn add(&mut self, term: &str, doc: u32, count: u32) {
        let position = self.positions.get(term).copied().unwrap_or(self.lists.len());
        match self.lists.get_mut(position) {
            Some((_, writer)) => writer.add(doc, count),
            None => {
                let mut writer = Writer::default();
                writer.add(doc, count);
                self.positions.insert(term.into(), position);
                self.lists.push((term.into(), writer));
            }
        }
    }
}
