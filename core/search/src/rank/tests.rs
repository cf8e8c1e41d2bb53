//! Compares ranks with the formula, for any distribution of documents over segments.

use super::*;
use crate::build::SegmentBuilder;
use crate::similar::{EventProfile, find_similar};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Words with their counts, and whether the document has the fact `state=AK`.
type Doc = (BTreeMap<u8, u8>, bool);

/// Encodes the words `a`, `b`, … with their counts as `tsvectorsend` does.
fn encode_tsvector(words: &BTreeMap<u8, u8>) -> Vec<u8> {
    let mut bytes = (words.len() as u32).to_be_bytes().to_vec();
    for (word, count) in words {
        bytes.extend([b'a' + word, 0, 0, *count]);
        (0..*count).for_each(|at| bytes.extend([0, at + 1]));
    }
    bytes
}

fn segment(docs: &[(usize, &Doc)], dead: &[u8]) -> Segment {
    let mut builder = SegmentBuilder::default();
    for (number, (words, has_fact)) in docs {
        let facts = if *has_fact { vec!["state=AK"] } else { vec![] };
        let ev_id = format!("{number:014}");
        assert_eq!(builder.add_document(&ev_id, &encode_tsvector(words), facts), Ok(()));
    }
    let (lengths, ids) = (builder.lengths().to_vec(), builder.ids().to_owned());
    let mut segment = Segment::new(builder.doc_count(), lengths, ids, dead.to_vec());
    for list in builder.into_lists() {
        segment.add_list(list.is_fact, list.term.into(), list.doc_count, list.bytes);
    }
    segment
}

/// The ranks by the formula of the documents that have both words.
fn expected_ranks(docs: &[Doc], words: [u8; 2]) -> BTreeMap<String, f64> {
    let n = docs.len() as f64;
    let length = |doc: &Doc| doc.0.values().map(|c| f64::from(*c)).sum::<f64>();
    let average = (docs.iter().map(length).sum::<f64>() / n).max(1.0);
    let with = |word: u8| docs.iter().filter(|d| d.0.contains_key(&word)).count() as f64;
    let mut ranks = BTreeMap::new();
    for (number, doc) in docs.iter().enumerate() {
        if words.iter().all(|w| doc.0.contains_key(w)) {
            let word_score = |word: &u8| {
                let (df, count) = (with(*word), f64::from(doc.0[word]));
                let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
                idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length(doc) / average))
            };
            let mut distinct = words.to_vec();
            distinct.dedup();
            ranks.insert(format!("{number:014}"), distinct.iter().map(word_score).sum());
        }
    }
    ranks
}

fn docs() -> impl Strategy<Value = Vec<Doc>> {
    let doc = (prop::collection::btree_map(0_u8..6, 1_u8..5, 1..5), any::<bool>());
    prop::collection::vec(doc, 1..60)
}

proptest! {
    #[test]
    fn ranks_match_the_formula_for_any_distribution_over_segments(
        docs in docs(),
        deleted in docs(),
        cut in 0_usize..60,
        words in [0_u8..6, 0_u8..6],
    ) {
        let numbered: Vec<_> = docs.iter().enumerate().collect();
        let (first, second) = numbered.split_at(cut.min(docs.len()));
        // One segment has only deleted documents.
        let dead: Vec<_> = deleted.iter().enumerate().map(|(at, doc)| (1000 + at, doc)).collect();
        let index = Index {
            segments: vec![segment(first, &[]), segment(&dead, &[0xff; 8]), segment(second, &[0])],
        };
        let letter = |w: u8| char::from(b'a' + w);
        let text = format!("'{}' & '{}'", letter(words[0]), letter(words[1]));
        let query = SearchQuery::parse(&text).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let no_filters = FactFilters::new();
        let found: Vec<_> = find_hits(&index, &query, &no_filters, None, &|| ()).collect();
        prop_assert!(found.is_sorted_by(|a, b| a > b));
        let expected = expected_ranks(&docs, words);
        prop_assert_eq!(found.len(), expected.len());
        for hit in &found {
            prop_assert!((hit.rank - expected[hit.ev_id]).abs() < 1e-9, "{:?}", hit);
        }
        // The second page continues where the first ended.
        let half = found.len() / 2;
        let after = half.checked_sub(1).map(|last| found[last]);
        let rest: Vec<_> = find_hits(&index, &query, &no_filters, after, &|| ()).collect();
        prop_assert_eq!(&rest[..], &found[half..]);
        // A fact filter keeps the documents that have the fact.
        let alaska = vec![vec!["state=AK".to_owned()]];
        let filtered: Vec<_> = find_hits(&index, &query, &alaska, None, &|| ()).collect();
        let expected: Vec<_> = found
            .iter()
            .filter(|hit| hit.ev_id.parse().is_ok_and(|n: usize| docs[n].1))
            .copied()
            .collect();
        prop_assert_eq!(filtered, expected);
    }

    #[test]
    fn similarity_is_from_0_to_1_and_excludes_the_event_itself(
        docs in docs(),
        own in 0_usize..60,
        max_rows in 1_usize..9,
    ) {
        let numbered: Vec<_> = docs.iter().enumerate().collect();
        let index = Index { segments: vec![segment(&numbered, &[])] };
        let own = own % docs.len();
        let facts = vec!["state=AK".to_owned(), "year=1999".to_owned()];
        let mut profile = EventProfile::new(&encode_tsvector(&docs[own].0), &facts)
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        let bm25 = Bm25::new(&index);
        let frequencies =
            profile.words().map(|w| (w.to_owned(), index.doc_frequency(w))).collect();
        profile.keep_top_words(&bm25, &frequencies);
        let own_id = format!("{own:014}");
        let found = find_similar(&index, &bm25, &own_id, &profile, max_rows, &|| ());
        prop_assert!(found.len() <= max_rows);
        prop_assert!(
            found.iter().all(|s| s.ev_id != own_id && s.score > 0.0 && s.score < 1.0 + 1e-9)
        );
        prop_assert!(found.is_sorted_by(|a, b| (a.score, &a.ev_id) > (b.score, &b.ev_id)));
        for similar in &found {
            let doc = &docs[similar.ev_id.parse::<usize>().unwrap_or(usize::MAX)];
            prop_assert_eq!(similar.facts.is_empty(), !doc.1);
            let in_doc = |w: &String| doc.0.contains_key(&(w.as_bytes()[0] - b'a'));
            prop_assert!(similar.words.iter().all(in_doc));
            prop_assert!(!similar.words.is_empty() || !similar.facts.is_empty());
        }
    }
}
