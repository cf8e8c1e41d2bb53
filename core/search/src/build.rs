//! From documents to a segment of the index.

use super::postings::Writer;
use super::words::{self, Damaged};
use std::collections::HashMap;

/// Collects the lists of one segment, in about the memory that the segment takes when stored.
#[derive(Debug, Default)]
pub struct Builder {
    words: Terms,
    facts: Terms,
    lengths: Vec<u8>,
    ids: String,
    docs: u32,
}

/// A list ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Whether the term is a fact, such as `state=AK`, and not a word.
    pub fact: bool,
    pub term: Box<str>,
    pub docs: u32,
    pub bytes: Vec<u8>,
}

impl Builder {
    /// Takes up the next document: its words as PostgreSQL sends them, and its facts.
    pub fn add<'f>(
        &mut self,
        ev_id: &str,
        words: &[u8],
        facts: impl IntoIterator<Item = &'f str>,
    ) -> Result<(), Damaged> {
        let mut length = 0_u32;
        words::each(words, |word, count| {
            length = length.saturating_add(count);
            self.words.add(word, self.docs, count);
        })?;
        let mut facts: Vec<_> = facts.into_iter().collect();
        facts.sort_unstable();
        facts.dedup();
        for fact in facts {
            self.facts.add(fact, self.docs, 1);
        }
        self.lengths.extend_from_slice(&length.to_le_bytes());
        if self.docs > 0 {
            self.ids.push('\n');
        }
        self.ids.push_str(ev_id);
        self.docs += 1;
        Ok(())
    }

    pub fn docs(&self) -> u32 {
        self.docs
    }

    /// The length of each document, four bytes each.
    pub fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// The event of each document, one a line.
    pub fn ids(&self) -> &str {
        &self.ids
    }

    /// The lists in order of their terms.
    pub fn into_lists(self) -> Vec<List> {
        let mut lists = Vec::with_capacity(self.words.lists.len() + self.facts.lists.len());
        for (fact, terms) in [(false, self.words), (true, self.facts)] {
            lists.extend(terms.lists.into_iter().map(|(term, writer)| {
                let docs = writer.docs();
                List { fact, term, docs, bytes: writer.into_bytes() }
            }));
        }
        lists.sort_unstable_by(|a, b| (a.fact, &a.term).cmp(&(b.fact, &b.term)));
        lists
    }
}

/// Lists that grow, by term.
#[derive(Debug, Default)]
struct Terms {
    places: HashMap<Box<str>, usize>,
    lists: Vec<(Box<str>, Writer)>,
}

impl Terms {
    fn add(&mut self, term: &str, doc: u32, count: u32) {
        let place = self.places.get(term).copied().unwrap_or(self.lists.len());
        match self.lists.get_mut(place) {
            Some((_, writer)) => writer.add(doc, count),
            None => {
                let mut writer = Writer::default();
                writer.add(doc, count);
                self.places.insert(term.into(), place);
                self.lists.push((term.into(), writer));
            }
        }
    }
}
