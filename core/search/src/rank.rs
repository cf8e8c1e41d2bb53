//! Ranks by BM25 (Robertson and Zaragoza 2009): a word counts the more, the rarer it is, the more
//! often it stands in the document, and the shorter the document is.
//!
//! The rank depends on the documents that stand and on nothing else: not on how they are spread over
//! segments, so that an index that followed many changes ranks as one that was built anew.

use super::docset::{DocSet, candidates};
use super::index::{Index, Segment};
use super::query::Question;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// How soon more of a word counts no more, and how much length counts; the usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// What documents must also be: in each group of facts one must hold.
pub type Filters = Vec<Vec<String>>;

/// BM25 over an index.
#[derive(Debug, Clone, Copy)]
pub struct Bm25 {
    docs: f64,
    average: f64,
}

impl Bm25 {
    pub fn of(index: &Index) -> Bm25 {
        let extent = index.extent();
        let docs = extent.docs as f64;
        Bm25 { docs, average: (extent.length as f64 / docs.max(1.0)).max(1.0) }
    }

    /// What a word is worth that so many documents have.
    pub fn worth(&self, docs: u64) -> f64 {
        let docs = docs as f64;
        ((self.docs - docs + 0.5) / (docs + 0.5)).max(0.0).ln_1p()
    }

    /// The share of a word in a document's rank.
    pub fn share(&self, worth: f64, count: u32, length: u32) -> f64 {
        let count = f64::from(count);
        let room = K1 * (1.0 - B + B * f64::from(length) / self.average);
        worth * count * (K1 + 1.0) / (count + room)
    }
}

/// A document that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit<'i> {
    pub rank: f64,
    pub ev_id: &'i str,
}

impl Eq for Hit<'_> {}

/// Higher ranks first, then later events.
impl Ord for Hit<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.total_cmp(&other.rank).then_with(|| self.ev_id.cmp(other.ev_id))
    }
}

impl PartialOrd for Hit<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a question finds, best first, as far as it is asked.
#[derive(Debug)]
pub struct Found<'i> {
    hits: BinaryHeap<Hit<'i>>,
}

impl<'i> Iterator for Found<'i> {
    type Item = Hit<'i>;

    fn next(&mut self) -> Option<Hit<'i>> {
        self.hits.pop()
    }
}

/// The documents that may answer a question, after `start` in their order. `poll` is called between
/// steps of some milliseconds.
pub fn find<'i>(
    index: &'i Index,
    question: &Question,
    filters: &Filters,
    start: Option<Hit>,
    poll: &dyn Fn(),
) -> Found<'i> {
    let bm25 = Bm25::of(index);
    let mut terms = Vec::new();
    for at in question.wanted() {
        let Some(term) = question.terms.get(at) else { continue };
        poll();
        terms.push((term.as_str(), bm25.worth(index.docs_with(term))));
    }
    let mut hits = Vec::new();
    for segment in &index.segments {
        let matches = matches(segment, question, filters);
        if matches.count() == 0 {
            continue;
        }
        let ranks = ranks(segment, &bm25, &terms, poll);
        let ids: Vec<&str> = segment.ids.split('\n').collect();
        for doc in matches.iter() {
            let (Some(rank), Some(ev_id)) = (ranks.get(doc as usize), ids.get(doc as usize)) else {
                continue;
            };
            let hit = Hit { rank: *rank, ev_id };
            if start.is_none_or(|start| hit < start) {
                hits.push(hit);
            }
        }
    }
    Found { hits: hits.into() }
}

fn matches(segment: &Segment, question: &Question, filters: &Filters) -> DocSet {
    let Some(query) = &question.query else { return DocSet::none(segment.docs) };
    let word = |at: usize| {
        let term = question.terms.get(at).map_or("", String::as_str);
        segment.set(segment.word(term))
    };
    let mut found = candidates(query, segment.docs, &word);
    found.keep(&segment.live());
    for group in filters {
        let mut any = DocSet::none(segment.docs);
        for fact in group {
            segment.fact(fact).for_each(|(doc, _)| any.add(doc));
        }
        found.keep(&any);
    }
    found
}

/// The rank of every document; terms are added in their order, so that the sum is always the same.
fn ranks(segment: &Segment, bm25: &Bm25, terms: &[(&str, f64)], poll: &dyn Fn()) -> Vec<f64> {
    let mut ranks = vec![0.0; segment.docs as usize];
    for (term, worth) in terms {
        poll();
        for (doc, count) in segment.word(term) {
            if let Some(rank) = ranks.get_mut(doc as usize) {
                *rank += bm25.share(*worth, count, segment.length(doc));
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests;
