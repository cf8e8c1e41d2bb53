//! Ranks documents by BM25 (Robertson and Zaragoza 2009). A word counts more the rarer it is, the more
//! often the document has it, and the shorter the document is.
//!
//! A rank depends on the live documents only, not on how they are spread over segments. An index with
//! many changes ranks like a rebuilt one.

use super::docset::{DocSet, candidates};
use super::index::{Index, Segment};
use super::query::SearchQuery;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// BM25's saturation of word counts, with its usual value.
const K1: f64 = 1.2;
/// BM25's length normalization, with its usual value.
const B: f64 = 0.75;

/// Facts that documents must have: at least one of each group.
pub type FactFilters = Vec<Vec<String>>;

/// BM25 over an index.
#[derive(Debug, Clone, Copy)]
pub struct Bm25 {
    doc_count: f64,
    average_length: f64,
}

impl Bm25 {
    /// Computes the statistics of an index that BM25 needs.
    pub fn new(index: &Index) -> Bm25 {
        let size = index.corpus_size();
        let doc_count = size.doc_count as f64;
        let average_length = (size.total_length as f64 / doc_count.max(1.0)).max(1.0);
        Bm25 { doc_count, average_length }
    }

    /// The inverse document frequency of a word that `doc_frequency` documents have.
    pub fn idf(&self, doc_frequency: u64) -> f64 {
        let frequency = doc_frequency as f64;
        ((self.doc_count - frequency + 0.5) / (frequency + 0.5)).max(0.0).ln_1p()
    }

    /// What a word adds to the rank of a document that has it `count` times.
    pub fn word_score(&self, idf: f64, count: u32, doc_length: u32) -> f64 {
        let count = f64::from(count);
        let norm = K1 * (1.0 - B + B * f64::from(doc_length) / self.average_length);
        idf * count * (K1 + 1.0) / (count + norm)
    }
}

/// A document that matches a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit<'i> {
    /// The BM25 rank.
    pub rank: f64,
    /// The event.
    pub ev_id: &'i str,
}

impl Eq for Hit<'_> {}

/// By rank, then by `ev_id`. The greatest hit is the best.
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

/// The hits of a query, best first. Iterating over the first few is cheap.
#[derive(Debug)]
pub struct RankedHits<'i> {
    hits: BinaryHeap<Hit<'i>>,
}

impl<'i> Iterator for RankedHits<'i> {
    type Item = Hit<'i>;

    fn next(&mut self) -> Option<Hit<'i>> {
        self.hits.pop()
    }
}

/// Finds the documents that may match a query, ranked lower than `after`. Phrases still have to be
/// checked if the query is not exact. `poll` is called every few milliseconds and may unwind to cancel.
pub fn find_hits<'i>(
    index: &'i Index,
    query: &SearchQuery,
    filters: &FactFilters,
    after: Option<Hit>,
    poll: &dyn Fn(),
) -> RankedHits<'i> {
    let bm25 = Bm25::new(index);
    let mut terms = Vec::new();
    for at in query.positive_terms() {
        let Some(term) = query.terms.get(at) else { continue };
        poll();
        terms.push((term.as_str(), bm25.idf(index.doc_frequency(term))));
    }
    let mut hits = Vec::new();
    for segment in &index.segments {
        let matches = matching_docs(segment, query, filters);
        if matches.count() == 0 {
            continue;
        }
        let ranks = rank_docs(segment, &bm25, &terms, poll);
        let ids: Vec<&str> = segment.ids.split('\n').collect();
        for doc in matches.iter() {
            let (Some(rank), Some(ev_id)) = (ranks.get(doc as usize), ids.get(doc as usize)) else {
                continue;
            };
            let hit = Hit { rank: *rank, ev_id };
            if after.is_none_or(|after| hit < after) {
                hits.push(hit);
            }
        }
    }
    RankedHits { hits: hits.into() }
}

fn matching_docs(segment: &Segment, query: &SearchQuery, filters: &FactFilters) -> DocSet {
    let Some(root) = &query.root else { return DocSet::empty(segment.doc_count) };
    let word_docs = |at: usize| {
        let word = query.terms.get(at).map_or("", String::as_str);
        segment.doc_set(segment.word_postings(word))
    };
    let mut docs = candidates(root, segment.doc_count, &word_docs);
    docs.intersect(&segment.live_docs());
    for group in filters {
        let mut with_fact = DocSet::empty(segment.doc_count);
        for fact in group {
            segment.fact_postings(fact).for_each(|(doc, _)| with_fact.insert(doc));
        }
        docs.intersect(&with_fact);
    }
    docs
}

/// The rank of every document of a segment. The order of the terms fixes the order of the
/// floating-point sum.
fn rank_docs(segment: &Segment, bm25: &Bm25, terms: &[(&str, f64)], poll: &dyn Fn()) -> Vec<f64> {
    let mut ranks = vec![0.0; segment.doc_count as usize];
    for (term, idf) in terms {
        poll();
        for (doc, count) in segment.word_postings(term) {
            if let Some(rank) = ranks.get_mut(doc as usize) {
                *rank += bm25.word_score(*idf, count, segment.doc_length(doc));
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests;
