//! Finds events similar to one event, by its most distinctive words and by its facts.
//!
//! Words: the event's words with the highest BM25 scores are a query to all other events. The text
//! score is the rank relative to the rank of the event itself. Facts: the fact score is the sum of the
//! weights of the shared facts. Both scores are from 0 to 1.

use super::index::{Index, Segment};
use super::rank::{Bm25, Hit};
use super::words::{self, MalformedTsvector};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// How many words describe an event. More words take time and add noise.
const MAX_WORDS: usize = 30;

/// The weight of the text score where an event has both text and facts.
const TEXT_WEIGHT: f64 = 0.6;

/// The weights of the kinds of facts. Events of the same model are of the same make, so both count.
const FACT_WEIGHTS: &[(&str, f64)] = &[
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

/// The words and facts by which an event is compared with others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventProfile {
    words: Vec<(String, u32)>,
    length: u32,
    facts: Vec<(String, f64)>,
}

/// An event that is similar to another one, and what they share.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarEvent {
    /// The event.
    pub ev_id: String,
    /// The similarity, from 0 to 1.
    pub score: f64,
    /// Shared words, highest score first.
    pub words: Vec<String>,
    /// Shared facts, highest weight first.
    pub facts: Vec<String>,
}

impl EventProfile {
    /// Creates a profile from words as `tsvectorsend` encodes them, and facts such as `state=AK`.
    pub fn new(words: &[u8], facts: &[String]) -> Result<EventProfile, MalformedTsvector> {
        let mut profile = EventProfile::default();
        words::for_each_lexeme(words, |word, count| {
            profile.length = profile.length.saturating_add(count);
            profile.words.push((word.to_owned(), count));
        })?;
        profile.facts = facts.iter().filter_map(|f| Some((f.clone(), fact_weight(f)?))).collect();
        profile.facts.sort_by(|a, b| a.0.cmp(&b.0));
        profile.facts.dedup();
        Ok(profile)
    }

    /// The words of the event.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_str())
    }

    /// The facts of the event that have a weight.
    pub fn facts(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|(fact, _)| fact.as_str())
    }

    /// Keeps the words with the highest BM25 scores. Drops words that no other event has.
    /// `doc_frequencies` says how many events have each word.
    pub fn keep_top_words(&mut self, bm25: &Bm25, doc_frequencies: &HashMap<String, u64>) {
        let length = self.length;
        let score = |word: &str, count: u32| {
            let frequency = doc_frequencies.get(word).copied().unwrap_or(0);
            if frequency < 2 { 0.0 } else { bm25.word_score(bm25.idf(frequency), count, length) }
        };
        let mut scored: Vec<_> =
            self.words.drain(..).map(|(w, count)| (score(&w, count), w, count)).collect();
        scored.retain(|(score, ..)| *score > 0.0);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.words = scored.into_iter().take(MAX_WORDS).map(|(_, w, count)| (w, count)).collect();
    }
}

fn fact_weight(fact: &str) -> Option<f64> {
    let (kind, _) = fact.split_once('=')?;
    FACT_WEIGHTS.iter().find(|(k, _)| *k == kind).map(|(_, weight)| *weight)
}

/// Scores documents against the profile of an event.
struct Scorer<'p> {
    /// Word, inverse document frequency, weight in the score.
    words: Vec<(&'p str, f64, f64)>,
    /// Fact, weight in the score.
    facts: Vec<(&'p str, f64)>,
}

impl<'p> Scorer<'p> {
    fn new(profile: &'p EventProfile, bm25: &Bm25, index: &Index) -> Scorer<'p> {
        let own_scores: Vec<_> = profile
            .words
            .iter()
            .map(|(word, count)| {
                let idf = bm25.idf(index.doc_frequency(word));
                (word.as_str(), idf, bm25.word_score(idf, *count, profile.length))
            })
            .collect();
        // The event itself gets the text score 1.
        let own_rank: f64 = own_scores.iter().map(|(_, _, own)| own * own).sum();
        let total_weight: f64 = profile.facts.iter().map(|(_, weight)| weight).sum();
        let text = match (own_rank > 0.0, total_weight > 0.0) {
            (true, true) => TEXT_WEIGHT,
            (true, false) => 1.0,
            _ => 0.0,
        };
        let words = own_scores.into_iter().map(|(w, idf, own)| (w, idf, text * own / own_rank));
        let fact =
            |(f, weight): &'p (String, f64)| (f.as_str(), (1.0 - text) * weight / total_weight);
        Scorer { words: words.collect(), facts: profile.facts.iter().map(fact).collect() }
    }

    /// The score of every document of a segment.
    fn score_docs(&self, segment: &Segment, bm25: &Bm25, poll: &dyn Fn()) -> Vec<f64> {
        let mut scores = vec![0.0; segment.doc_count as usize];
        for (word, idf, weight) in &self.words {
            poll();
            for (doc, count) in segment.word_postings(word) {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += weight * bm25.word_score(*idf, count, segment.doc_length(doc));
                }
            }
        }
        // A short text may rank higher than the event itself. Its text score is capped at 1.
        let max_text_score: f64 = 1.0 - self.facts.iter().map(|(_, weight)| weight).sum::<f64>();
        scores.iter_mut().for_each(|score| *score = score.min(max_text_score));
        for (fact, weight) in &self.facts {
            poll();
            for (doc, _) in segment.fact_postings(fact) {
                if let Some(score) = scores.get_mut(doc as usize) {
                    *score += weight;
                }
            }
        }
        scores
    }

    /// The words and facts that a document shares with the event.
    fn shared_terms(&self, segment: &Segment, doc: u32) -> (Vec<String>, Vec<String>) {
        let has = |mut list: super::postings::Reader| {
            list.find(|(d, _)| *d >= doc).is_some_and(|(d, _)| d == doc)
        };
        let words = self.words.iter().filter(|(w, ..)| has(segment.word_postings(w)));
        let mut facts: Vec<_> =
            self.facts.iter().filter(|(f, _)| has(segment.fact_postings(f))).collect();
        facts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let owned = |text: &&str| (*text).to_owned();
        (words.map(|(w, ..)| owned(w)).collect(), facts.iter().map(|(f, _)| owned(f)).collect())
    }
}

/// Finds the `max_rows` events most similar to `ev_id`, without itself. Of events with equal scores the
/// greater `ev_id` comes first. `poll` is called every few milliseconds and may unwind to cancel.
pub fn find_similar(
    index: &Index,
    bm25: &Bm25,
    ev_id: &str,
    profile: &EventProfile,
    max_rows: usize,
    poll: &dyn Fn(),
) -> Vec<SimilarEvent> {
    let scorer = Scorer::new(profile, bm25, index);
    let mut best: BinaryHeap<Reverse<(Hit, usize, u32)>> = BinaryHeap::new();
    for (at, segment) in index.segments.iter().enumerate() {
        let scores = scorer.score_docs(segment, bm25, poll);
        for ((id, doc), rank) in segment.ids.lines().zip(0_u32..).zip(scores) {
            let worst = best.peek().filter(|_| best.len() >= max_rows).map(|w| w.0.0);
            let hit = Hit { rank, ev_id: id };
            if rank > 0.0 && id != ev_id && worst.is_none_or(|w| hit > w) && segment.is_live(doc) {
                best.push(Reverse((hit, at, doc)));
                if best.len() > max_rows {
                    best.pop();
                }
            }
        }
    }
    let mut best = best.into_vec();
    best.sort();
    let describe = |Reverse((hit, at, doc)): Reverse<(Hit, usize, u32)>| {
        let shared = index.segments.get(at).map(|s| scorer.shared_terms(s, doc));
        let (words, facts) = shared.unwrap_or_default();
        SimilarEvent { ev_id: hit.ev_id.to_owned(), score: hit.rank, words, facts }
    };
    best.into_iter().map(describe).collect()
}
