//! Sets of documents of a segment.

use super::query::Node;

/// A bitmap with one bit per document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocSet {
    bits: Vec<u64>,
    doc_count: u32,
}

impl DocSet {
    /// The empty set of a segment of `doc_count` documents.
    pub fn empty(doc_count: u32) -> Self {
        DocSet { bits: vec![0; doc_count.div_ceil(64) as usize], doc_count }
    }

    /// The set of all documents of a segment of `doc_count` documents.
    pub fn full(doc_count: u32) -> Self {
        let mut set = DocSet::empty(doc_count);
        set.invert();
        set
    }

    /// Adds a document. Ignores documents outside of the segment.
    pub fn insert(&mut self, doc: u32) {
        if doc < self.doc_count
            && let Some(word) = self.bits.get_mut((doc / 64) as usize)
        {
            *word |= 1 << (doc % 64);
        }
    }

    /// Whether the set contains a document.
    pub fn contains(&self, doc: u32) -> bool {
        self.bits.get((doc / 64) as usize).is_some_and(|w| w >> (doc % 64) & 1 == 1)
    }

    /// Removes the documents that are not in `other`.
    pub fn intersect(&mut self, other: &DocSet) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a &= b);
    }

    /// Adds the documents of `other`.
    pub fn union(&mut self, other: &DocSet) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a |= b);
    }

    /// Replaces the set by its complement in the segment.
    pub fn invert(&mut self) {
        self.bits.iter_mut().for_each(|w| *w = !*w);
        // Clear the bits beyond the last document.
        if let (Some(last), rest @ 1..) = (self.bits.last_mut(), self.doc_count % 64) {
            *last &= (1 << rest) - 1;
        }
    }

    /// How many documents the set contains.
    pub fn count(&self) -> u32 {
        self.bits.iter().map(|w| w.count_ones()).sum()
    }

    /// The documents in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().zip(0_u32..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }
}

/// The documents that may match a query. Word positions are ignored, so the result is exact if the
/// query has no phrase. `word_docs` gives the documents of a word.
pub fn candidates(query: &Node, doc_count: u32, word_docs: &dyn Fn(usize) -> DocSet) -> DocSet {
    Bounds { doc_count, word_docs }.evaluate(query, Bound::Upper)
}

struct Bounds<'w> {
    doc_count: u32,
    word_docs: &'w dyn Fn(usize) -> DocSet,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// A subset of the matching documents.
    Lower,
    /// A superset of the matching documents.
    Upper,
}

impl Bounds<'_> {
    fn evaluate(&self, query: &Node, bound: Bound) -> DocSet {
        match query {
            Node::Word(at) => (self.word_docs)(*at),
            Node::Not(part) => {
                let opposite = if bound == Bound::Upper { Bound::Lower } else { Bound::Upper };
                let mut set = self.evaluate(part, opposite);
                set.invert();
                set
            }
            Node::All(parts) => {
                self.fold(parts, bound, DocSet::full(self.doc_count), DocSet::intersect)
            }
            Node::Any(parts) => {
                self.fold(parts, bound, DocSet::empty(self.doc_count), DocSet::union)
            }
            Node::Phrase(_) if bound == Bound::Lower => DocSet::empty(self.doc_count),
            Node::Phrase(parts) => {
                // A word that must not follow here may still occur elsewhere in the document.
                let parts = parts.iter().filter(|p| !matches!(p, Node::Not(_)));
                self.fold(parts, Bound::Upper, DocSet::full(self.doc_count), DocSet::intersect)
            }
        }
    }

    fn fold<'q>(
        &self,
        parts: impl IntoIterator<Item = &'q Node>,
        bound: Bound,
        initial: DocSet,
        combine: fn(&mut DocSet, &DocSet),
    ) -> DocSet {
        parts.into_iter().fold(initial, |mut set, part| {
            combine(&mut set, &self.evaluate(part, bound));
            set
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn set_operations_agree_with_btreeset(docs in 0_u32..200, a: BTreeSet<u8>, b: BTreeSet<u8>) {
            let set = |items: &BTreeSet<u8>| {
                let mut set = DocSet::empty(docs);
                items.iter().for_each(|d| set.insert((*d).into()));
                set
            };
            let inside = |items: &BTreeSet<u8>| -> BTreeSet<u32> {
                items.iter().map(|d| u32::from(*d)).filter(|d| *d < docs).collect()
            };
            let (mut both, mut either, mut not) = (set(&a), set(&a), set(&a));
            both.intersect(&set(&b));
            either.union(&set(&b));
            not.invert();
            let (a, b) = (inside(&a), inside(&b));
            prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), &a & &b);
            prop_assert_eq!(either.iter().collect::<BTreeSet<_>>(), &a | &b);
            prop_assert_eq!(not.count() as usize, docs as usize - a.len());
            prop_assert!(not.iter().all(|d| d < docs && !a.contains(&d) && not.contains(d)));
        }
    }
}
