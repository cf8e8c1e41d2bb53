//! Lists that end where they grow too long, while they are read.

use super::document::Tree;
use super::{MOST_NODES, MOST_TREES};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::marker::PhantomData;

/// Lists of a tree, for each of its nodes.
const LISTS: usize = 12;

struct Bounded<T> {
    most: usize,
    weigh: fn(&T) -> usize,
    heaviest: usize,
    kind: PhantomData<T>,
}

/// At most `MOST` elements.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    reader: D,
) -> Result<Vec<T>, D::Error> {
    let heaviest = usize::MAX;
    reader.deserialize_seq(Bounded { most: MOST, weigh: |_| 0, heaviest, kind: PhantomData })
}

/// Trees that together are no larger than the largest model.
pub fn trees<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Tree>, D::Error> {
    let (most, heaviest) = (MOST_TREES, LISTS * MOST_NODES);
    reader.deserialize_seq(Bounded { most, weigh: Tree::elements, heaviest, kind: PhantomData })
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "a list of at most {} elements", self.most)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let (mut found, mut weight) = (Vec::new(), 0_usize);
        while let Some(element) = list.next_element()? {
            weight = weight.saturating_add((self.weigh)(&element));
            if found.len() == self.most || weight > self.heaviest {
                return Err(A::Error::custom(format_args!(
                    "a list is longer than {} elements, or its trees have more than {MOST_NODES} nodes",
                    self.most
                )));
            }
            found.push(element);
        }
        Ok(found)
    }
}
