//! Sets of documents of a segment.

use super::query::Query;

/// One bit a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocSet {
    bits: Vec<u64>,
    docs: u32,
}

impl DocSet {
    pub fn none(docs: u32) -> Self {
        DocSet { bits: vec![0; docs.div_ceil(64) as usize], docs }
    }

    pub fn all(docs: u32) -> Self {
        let mut set = DocSet::none(docs);
        set.invert();
        set
    }

    /// A document outside of the segment is none.
    pub fn add(&mut self, doc: u32) {
        if doc < self.docs
            && let Some(word) = self.bits.get_mut((doc / 64) as usize)
        {
            *word |= 1 << (doc % 64);
        }
    }

    pub fn has(&self, doc: u32) -> bool {
        self.bits.get((doc / 64) as usize).is_some_and(|w| w >> (doc % 64) & 1 == 1)
    }

    pub fn keep(&mut self, other: &DocSet) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a &= b);
    }

    pub fn join(&mut self, other: &DocSet) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a |= b);
    }

    pub fn invert(&mut self) {
        self.bits.iter_mut().for_each(|w| *w = !*w);
        // Beyond the last document there is none.
        if let (Some(last), rest @ 1..) = (self.bits.last_mut(), self.docs % 64) {
            *last &= (1 << rest) - 1;
        }
    }

    pub fn count(&self) -> u32 {
        self.bits.iter().map(|w| w.count_ones()).sum()
    }

    /// In order.
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

/// The documents that may satisfy a query; where words must stand is not looked at, so that they are
/// all that do if the query has no phrase. `word` gives the documents of a word.
pub fn candidates(query: &Query, docs: u32, word: &dyn Fn(usize) -> DocSet) -> DocSet {
    Bounds { docs, word }.of(query, true)
}

struct Bounds<'w> {
    docs: u32,
    word: &'w dyn Fn(usize) -> DocSet,
}

impl Bounds<'_> {
    /// At least (`most`) or at most the documents that satisfy a query.
    fn of(&self, query: &Query, most: bool) -> DocSet {
        match query {
            Query::Word(at) => (self.word)(*at),
            Query::Not(part) => {
                let mut set = self.of(part, !most);
                set.invert();
                set
            }
            Query::All(parts) => self.fold(parts, most, DocSet::all(self.docs), DocSet::keep),
            Query::Any(parts) => self.fold(parts, most, DocSet::none(self.docs), DocSet::join),
            Query::Phrase(_) if !most => DocSet::none(self.docs),
            Query::Phrase(parts) => {
                // What must not stand at a place may stand at another one.
                let parts = parts.iter().filter(|p| !matches!(p, Query::Not(_)));
                self.fold(parts, true, DocSet::all(self.docs), DocSet::keep)
            }
        }
    }

    fn fold<'q>(
        &self,
        parts: impl IntoIterator<Item = &'q Query>,
        most: bool,
        unit: DocSet,
        join: fn(&mut DocSet, &DocSet),
    ) -> DocSet {
        parts.into_iter().fold(unit, |mut set, part| {
            join(&mut set, &self.of(part, most));
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
        fn it_is_a_set(docs in 0_u32..200, a: BTreeSet<u8>, b: BTreeSet<u8>) {
            let set = |of: &BTreeSet<u8>| {
                let mut set = DocSet::none(docs);
                of.iter().for_each(|d| set.add((*d).into()));
                set
            };
            let inside = |of: &BTreeSet<u8>| -> BTreeSet<u32> {
                of.iter().map(|d| u32::from(*d)).filter(|d| *d < docs).collect()
            };
            let (mut both, mut either, mut not) = (set(&a), set(&a), set(&a));
            both.keep(&set(&b));
            either.join(&set(&b));
            not.invert();
            let (a, b) = (inside(&a), inside(&b));
            prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), &a & &b);
            prop_assert_eq!(either.iter().collect::<BTreeSet<_>>(), &a | &b);
            prop_assert_eq!(not.count() as usize, docs as usize - a.len());
            prop_assert!(not.iter().all(|d| d < docs && !a.contains(&d) && not.has(d)));
        }
    }
}
