//! Deserializes lists with a limit, so that a too long list is an error before it is read completely.

use super::document::Tree;
use super::{MAX_NODES, MAX_TREES};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::marker::PhantomData;

/// The number of lists of a tree, each with one element per node.
const LISTS_PER_TREE: usize = 12;

struct BoundedList<T> {
    max_len: usize,
    weight: fn(&T) -> usize,
    max_weight: usize,
    element: PhantomData<T>,
}

/// Deserializes a list of at most `MAX` elements.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MAX: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let max_weight = usize::MAX;
    let list = BoundedList { max_len: MAX, weight: |_| 0, max_weight, element: PhantomData };
    deserializer.deserialize_seq(list)
}

/// Deserializes trees that together have at most the nodes of the largest accepted model.
pub fn trees<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tree>, D::Error> {
    let (max_len, max_weight) = (MAX_TREES, LISTS_PER_TREE * MAX_NODES);
    let weight = Tree::element_count;
    deserializer.deserialize_seq(BoundedList { max_len, weight, max_weight, element: PhantomData })
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for BoundedList<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "a list of at most {} elements", self.max_len)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let (mut elements, mut weight) = (Vec::new(), 0_usize);
        while let Some(element) = list.next_element()? {
            weight = weight.saturating_add((self.weight)(&element));
            if elements.len() == self.max_len || weight > self.max_weight {
                return Err(A::Error::custom(format_args!(
                    "a list is longer than {} elements, or its trees have more than {MAX_NODES} nodes",
                    self.max_len
                )));
            }
            elements.push(element);
        }
        Ok(elements)
    }
}
