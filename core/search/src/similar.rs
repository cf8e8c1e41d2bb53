//! Events that are like one: by the words that tell it from others, and by facts.
//!
//! Text: the weightiest words of the event (BM25) are a question put to all others, and its answer is
//! measured against what the event itself would answer. Facts: each kind has a weight. Both are
//! shares from 0 to 1.

use super::index::{Index, Segment};
use super::rank::{Bm25, Hit};
use super::words::{self, Damaged};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// So many words of an event tell what it was about; more of them add time and noise.
const WORDS: usize = 30;

/// How much text counts where an event has both.
const TEXT: f64 = 0.6;

/// Kinds of facts that make events alike, and how much. A model is of one make, so that both count.
const KINDS: &[(&str, f64)] = &[
    ("category", 1.0),
    ("event", 3.0),
    ("far", 1.0),
    ("make", 1.5),
    ("model", 3.0),
    ("phase", 2.0),
    ("place", 2.0),
    ("purpose", 1.0),
    ("state", 0.5),
    ("weather", 1.0),
];

/// What an event is compared by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Likeness {
    words: Vec<(String, u32)>,
    length: u32,
    facts: Vec<(String, f64)>,
}

/// An event that is like another one, and what they share, weightiest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    pub ev_id: String,
    /// From 0 to 1.
    pub score: f64,
    pub words: Vec<String>,
    pub facts: Vec<String>,
}

impl Likeness {
    /// Of words as PostgreSQL sends them, and facts such as `state=AK`.
    pub fn new(words: &[u8], facts: &[String]) -> Result<Likeness, Damaged> {
        let mut likeness = Likeness::default();
        words::each(words, |word, count| {
            likeness.length = likeness.length.saturating_add(count);
            likeness.words.push((word.to_owned(), count));
        })?;
        likeness.facts = facts.iter().filter_map(|f| Some((f.clone(), weight(f)?))).collect();
        likeness.facts.sort_by(|a, b| a.0.cmp(&b.0));
        likeness.facts.dedup();
        Ok(likeness)
    }

    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_str())
    }

    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|(fact, _)| fact.as_str())
    }

    /// Keeps the weightiest words, given in how many events each is; one that stands nowhere else
    /// makes nothing alike.
    pub fn keep_weightiest(&mut self, bm25: &Bm25, docs: &HashMap<String, u64>) {
        let length = self.length;
        let value = |word: &str, count: u32| {
            let docs = docs.get(word).copied().unwrap_or(0);
            if docs < 2 { 0.0 } else { bm25.share(bm25.worth(docs), count, length) }
        };
        let mut valued: Vec<_> =
            self.words.drain(..).map(|(w, count)| (value(&w, count), w, count)).collect();
        valued.retain(|(value, ..)| *value > 0.0);
        valued.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.words = valued.into_iter().take(WORDS).map(|(_, w, count)| (w, count)).collect();
    }
}

fn weight(fact: &str) -> Option<f64> {
    let (kind, _) = fact.split_once('=')?;
    KINDS.iter().find(|(k, _)| *k == kind).map(|(_, weight)| *weight)
}

/// The words of an event as a question: what each is worth, and its part of the score.
struct Measure<'l> {
    words: Vec<(&'l str, f64, f64)>,
    facts: Vec<(&'l str, f64)>,
}

impl<'l> Measure<'l> {
    fn new(like: &'l Likeness, bm25: &Bm25, index: &Index) -> Measure<'l> {
        let own: Vec<_> = like
            .words
            .iter()
            .map(|(word, count)| {
                let worth = bm25.worth(index.docs_with(word));
                (word.as_str(), worth, bm25.share(worth, *count, like.length))
            })
            .collect();
        // What the event itself would answer is the measure of all.
        let whole: f64 = own.iter().map(|(_, _, own)| own * own).sum();
        let all: f64 = like.facts.iter().map(|(_, weight)| weight).sum();
        let text = match (whole > 0.0, all > 0.0) {
            (true, true) => TEXT,
            (true, false) => 1.0,
            _ => 0.0,
        };
        let words = own.into_iter().map(|(w, worth, own)| (w, worth, text * own / whole)).collect();
        let facts = like.facts.iter().map(|(f, weight)| (f.as_str(), (1.0 - text) * weight / all));
        Measure { words, facts: facts.collect() }
    }

    /// The score of every document of a segment.
    fn scores(&self, segment: &Segment, bm25: &Bm25, poll: &dyn Fn()) -> Vec<f64> {
        let mut scores = vec![0.0; segment.docs as usize];
        for (word, worth, part) in &self.words {
            poll();
            for (doc, count) in segment.word(word) {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += part * bm25.share(*worth, count, segment.length(doc));
                }
            }
        }
        // A short text may answer better than the event itself; it is no more than as like.
        let most: f64 = 1.0 - self.facts.iter().map(|(_, part)| part).sum::<f64>();
        scores.iter_mut().for_each(|score| *score = score.min(most));
        for (fact, part) in &self.facts {
            poll();
            for (doc, _) in segment.fact(fact) {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += part;
                }
            }
        }
        scores
    }

    /// What a document shares.
    fn shared(&self, segment: &Segment, doc: u32) -> (Vec<String>, Vec<String>) {
        let has = |mut list: super::postings::Reader| {
            list.find(|(d, _)| *d >= doc).is_some_and(|(d, _)| d == doc)
        };
        let words = self.words.iter().filter(|(w, ..)| has(segment.word(w)));
        let mut facts: Vec<_> = self.facts.iter().filter(|(f, _)| has(segment.fact(f))).collect();
        facts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let owned = |text: &&str| (*text).to_owned();
        (words.map(|(w, ..)| owned(w)).collect(), facts.iter().map(|(f, _)| owned(f)).collect())
    }
}

/// The events most like one, never itself; of equal ones the later first.
pub fn similar(
    index: &Index,
    bm25: &Bm25,
    ev_id: &str,
    like: &Likeness,
    most: usize,
    poll: &dyn Fn(),
) -> Vec<Alike> {
    let measure = Measure::new(like, bm25, index);
    let mut best: BinaryHeap<Reverse<(Hit, usize, u32)>> = BinaryHeap::new();
    for (at, segment) in index.segments.iter().enumerate() {
        let scores = measure.scores(segment, bm25, poll);
        for ((id, doc), rank) in segment.ids.lines().zip(0_u32..).zip(scores) {
            let worst = best.peek().filter(|_| best.len() >= most).map(|w| w.0.0);
            let hit = Hit { rank, ev_id: id };
            if rank > 0.0 && id != ev_id && worst.is_none_or(|w| hit > w) && segment.is_live(doc) {
                best.push(Reverse((hit, at, doc)));
                if best.len() > most {
                    best.pop();
                }
            }
        }
    }
    let mut best = best.into_vec();
    best.sort();
    let alike = |Reverse((hit, at, doc)): Reverse<(Hit, usize, u32)>| {
        let shared = index.segments.get(at).map(|s| measure.shared(s, doc));
        let (words, facts) = shared.unwrap_or_default();
        Alike { ev_id: hit.ev_id.to_owned(), score: hit.rank, words, facts }
    };
    best.into_iter().map(alike).collect()
}
