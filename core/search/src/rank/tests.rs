//! Ranks against the formula, over documents spread over segments in any way.

use super::*;
use crate::build::Builder;
use crate::similar::{Likeness, similar};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Words with their counts, and one fact.
type Doc = (BTreeMap<u8, u8>, bool);

/// As PostgreSQL sends a tsvector: word `a`, `b`, … so many times.
fn sent(words: &BTreeMap<u8, u8>) -> Vec<u8> {
    let mut bytes = (words.len() as u32).to_be_bytes().to_vec();
    for (word, count) in words {
        bytes.extend([b'a' + word, 0, 0, *count]);
        (0..*count).for_each(|at| bytes.extend([0, at + 1]));
    }
    bytes
}

fn segment(docs: &[(usize, &Doc)], dead: &[u8]) -> Segment {
    let mut builder = Builder::default();
    for (number, (words, fact)) in docs {
        let facts = if *fact { vec!["state=AK"] } else { vec![] };
        assert_eq!(builder.add(&format!("{number:014}"), &sent(words), facts), Ok(()));
    }
    let (lengths, ids) = (builder.lengths().to_vec(), builder.ids().to_owned());
    let mut segment = Segment::new(builder.docs(), lengths, ids, dead.to_vec());
    for list in builder.into_lists() {
        segment.add_list(list.fact, list.term.into(), list.docs, list.bytes);
    }
    segment
}

/// What the formula says of the documents in which both words are.
fn by_hand(docs: &[Doc], words: [u8; 2]) -> BTreeMap<String, f64> {
    let n = docs.len() as f64;
    let length = |doc: &Doc| doc.0.values().map(|c| f64::from(*c)).sum::<f64>();
    let average = (docs.iter().map(length).sum::<f64>() / n).max(1.0);
    let with = |word: u8| docs.iter().filter(|d| d.0.contains_key(&word)).count() as f64;
    let mut ranks = BTreeMap::new();
    for (number, doc) in docs.iter().enumerate() {
        if words.iter().all(|w| doc.0.contains_key(w)) {
            let share = |word: &u8| {
                let (df, count) = (with(*word), f64::from(doc.0[word]));
                let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
                idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length(doc) / average))
            };
            let mut distinct = words.to_vec();
            distinct.dedup();
            ranks.insert(format!("{number:014}"), distinct.iter().map(share).sum());
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
    fn ranks_are_those_of_the_formula_however_documents_are_spread(
        docs in docs(),
        gone in docs(),
        cut in 0_usize..60,
        words in [0_u8..6, 0_u8..6],
    ) {
        let numbered: Vec<_> = docs.iter().enumerate().collect();
        let (first, second) = numbered.split_at(cut.min(docs.len()));
        // A third segment holds what is dead.
        let dead: Vec<_> = gone.iter().enumerate().map(|(at, doc)| (1000 + at, doc)).collect();
        let index = Index {
            segments: vec![segment(first, &[]), segment(&dead, &[0xff; 8]), segment(second, &[0])],
        };
        let letter = |w: u8| char::from(b'a' + w);
        let text = format!("'{}' & '{}'", letter(words[0]), letter(words[1]));
        let question = Question::parse(&text).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let found: Vec<_> = find(&index, &question, &Filters::new(), None, &|| ()).collect();
        prop_assert!(found.is_sorted_by(|a, b| a > b));
        let expected = by_hand(&docs, words);
        prop_assert_eq!(found.len(), expected.len());
        for hit in &found {
            prop_assert!((hit.rank - expected[hit.ev_id]).abs() < 1e-9, "{:?}", hit);
        }
        // Two pages are the whole.
        let half = found.len() / 2;
        let start = half.checked_sub(1).map(|last| found[last]);
        let rest: Vec<_> = find(&index, &question, &Filters::new(), start, &|| ()).collect();
        prop_assert_eq!(&rest[..], &found[half..]);
        // Of these only some are in Alaska.
        let alaska = vec![vec!["state=AK".to_owned()]];
        let some: Vec<_> = find(&index, &question, &alaska, None, &|| ()).collect();
        let wanted: Vec<_> = found
            .iter()
            .filter(|hit| hit.ev_id.parse().is_ok_and(|n: usize| docs[n].1))
            .copied()
            .collect();
        prop_assert_eq!(some, wanted);
    }

    #[test]
    fn likeness_is_from_0_to_1_and_never_oneself(docs in docs(), one in 0_usize..60, most in 1_usize..9) {
        let numbered: Vec<_> = docs.iter().enumerate().collect();
        let index = Index { segments: vec![segment(&numbered, &[])] };
        let one = one % docs.len();
        let facts = vec!["state=AK".to_owned(), "year=1999".to_owned()];
        let mut like = Likeness::new(&sent(&docs[one].0), &facts)
            .map_err(|e| TestCaseError::fail(e.to_string()))?;
        let bm25 = Bm25::of(&index);
        let known = like.words().map(|w| (w.to_owned(), index.docs_with(w))).collect();
        like.keep_weightiest(&bm25, &known);
        let own = format!("{one:014}");
        let alike = similar(&index, &bm25, &own, &like, most, &|| ());
        prop_assert!(alike.len() <= most);
        prop_assert!(alike.iter().all(|a| a.ev_id != own && a.score > 0.0 && a.score < 1.0 + 1e-9));
        prop_assert!(alike.is_sorted_by(|a, b| (a.score, &a.ev_id) > (b.score, &b.ev_id)));
        for a in &alike {
            let doc = &docs[a.ev_id.parse::<usize>().unwrap_or(usize::MAX)];
            prop_assert_eq!(a.facts.is_empty(), !doc.1);
            prop_assert!(a.words.iter().all(|w| doc.0.contains_key(&(w.as_bytes()[0] - b'a'))));
            prop_assert!(!a.words.is_empty() || !a.facts.is_empty());
        }
    }
}
