//! Nodes in a layout in which a step is one comparison without a branch.
//!
//! The children of a node are adjacent, so a step adds 0 or 1 to the index of the left child. A row is
//! expanded to two copies, in which missing values are minus and plus infinity. A node whose missing
//! values go left reads the first copy, the others read the second. A leaf reads a slot with NaN, for
//! which the comparison is false, so a leaf leads to itself. Therefore all trees of a block can take
//! the same number of steps in parallel, which hides memory latency.

/// Flag in `Node::slot`: the split tests membership in a set of categories.
const IN_SET: u32 = 1 << 31;

/// XGBoost's upper bound of a category.
const CATEGORY_LIMIT: f32 = 16_777_216.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// A smaller value goes left. For a leaf its value, for a split by categories the bits of the
    /// index of its set.
    threshold: f32,
    /// Index in the expanded row.
    slot: u32,
    left: u32,
}

/// Statistics that XGBoost recorded when it grew the node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NodeStats {
    pub cover: f32,
    pub gain: f32,
    /// The value of the node if it were a leaf, before the learning rate.
    pub weight: f32,
}

/// The meaning of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NodeKind {
    Leaf {
        value: f32,
    },
    /// Values less than the threshold go left.
    LessThan {
        feature: usize,
        threshold: f32,
        missing_left: bool,
    },
    /// Categories in the set go right.
    InSet {
        feature: usize,
        set: usize,
        missing_left: bool,
    },
}

/// The category sets of all splits, as bit sets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CategorySets {
    bits: Vec<u32>,
    ends: Vec<usize>,
}

impl CategorySets {
    /// Adds a set and returns its index.
    pub fn add(&mut self, members: impl Iterator<Item = u32> + Clone) -> usize {
        let words = members.clone().max().map_or(0, |max| max as usize / 32 + 1);
        let start = self.bits.len();
        self.bits.resize(start + words, 0);
        for member in members {
            if let Some(word) = self.bits.get_mut(start + member as usize / 32) {
                *word |= 1 << (member % 32);
            }
        }
        self.ends.push(self.bits.len());
        self.ends.len() - 1
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The members of a set, in ascending order.
    pub fn members(&self, set: usize) -> impl Iterator<Item = u32> + '_ {
        let words = self.set_bits(set).iter().enumerate();
        let bits = |(at, word): (usize, &u32)| {
            let (at, word) = (at as u32 * 32, *word);
            (0..32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at + bit)
        };
        words.flat_map(bits)
    }

    fn set_bits(&self, set: usize) -> &[u32] {
        let start = set.checked_sub(1).and_then(|s| self.ends.get(s)).copied().unwrap_or(0);
        self.ends.get(set).and_then(|end| self.bits.get(start..*end)).unwrap_or_default()
    }

    /// The number of 32-bit words of all sets.
    pub fn word_count(&self) -> usize {
        self.bits.len()
    }

    /// True if a set contains the category. A fraction is rounded down. A value that is not a category is
    /// in no set.
    fn contains(&self, set: usize, value: f32) -> bool {
        if !(0.0..CATEGORY_LIMIT).contains(&value) {
            return false;
        }
        let category = value as usize;
        let word = self.set_bits(set).get(category / 32).copied().unwrap_or(0);
        word >> (category % 32) & 1 == 1
    }
}

impl Node {
    /// `index` is the index of the node itself, `left` that of its left child.
    pub fn new(kind: NodeKind, index: u32, left: u32, features: usize) -> Node {
        let slot = |feature: usize, missing_left: bool| {
            (feature + if missing_left { 0 } else { features }) as u32
        };
        match kind {
            NodeKind::Leaf { value } => {
                Node { threshold: value, slot: 2 * features as u32, left: index }
            }
            NodeKind::LessThan { feature, threshold, missing_left } => {
                Node { threshold, slot: slot(feature, missing_left), left }
            }
            NodeKind::InSet { feature, set, missing_left } => Node {
                threshold: f32::from_bits(set as u32),
                slot: slot(feature, missing_left) | IN_SET,
                left,
            },
        }
    }

    /// The inverse of [`Node::new`].
    pub fn kind(self, features: usize) -> NodeKind {
        let Some(feature) = self.feature(features) else {
            return NodeKind::Leaf { value: self.threshold };
        };
        let missing_left = ((self.slot & !IN_SET) as usize) < features;
        if self.slot & IN_SET == 0 {
            return NodeKind::LessThan { feature, threshold: self.threshold, missing_left };
        }
        NodeKind::InSet { feature, set: self.threshold.to_bits() as usize, missing_left }
    }

    /// The value of a leaf.
    pub fn value(self) -> f32 {
        self.threshold
    }

    pub fn left(self) -> usize {
        self.left as usize
    }

    /// The feature of a split, `None` for a leaf.
    pub fn feature(self, features: usize) -> Option<usize> {
        let slot = (self.slot & !IN_SET) as usize;
        (slot < 2 * features).then(|| slot % features)
    }

    /// The next node for an expanded row, if no split of the tree is by categories.
    #[inline(always)]
    fn next_numeric(self, row: &[f32]) -> u32 {
        let value = row.get(self.slot as usize).copied().unwrap_or(f32::NAN);
        self.left + u32::from(value >= self.threshold)
    }

    /// The next node for an expanded row. Plus infinity is a missing value that goes right.
    #[inline(always)]
    pub fn next(self, row: &[f32], sets: &CategorySets) -> u32 {
        if self.slot & IN_SET == 0 {
            return self.next_numeric(row);
        }
        let slot = (self.slot & !IN_SET) as usize;
        let value = row.get(slot).copied().unwrap_or(f32::NAN);
        let right =
            value == f32::INFINITY || sets.contains(self.threshold.to_bits() as usize, value);
        self.left + u32::from(right)
    }
}

/// Expands a row to the values that nodes read: two copies, and the slot of leaves.
pub fn expand_row(row: &[f32], features: usize) -> Vec<f32> {
    let mut expanded = Vec::with_capacity(2 * features + 1);
    for missing in [f32::NEG_INFINITY, f32::INFINITY] {
        let values = row.iter().copied().chain(std::iter::repeat(f32::NAN)).take(features);
        expanded.extend(values.map(|value| if value.is_nan() { missing } else { value }));
    }
    expanded.push(f32::NAN);
    expanded
}

/// The number of trees that are walked in parallel.
pub const BLOCK_TREES: usize = 8;

/// Up to `BLOCK_TREES` consecutive trees.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub roots: [u32; BLOCK_TREES],
    pub tree_count: usize,
    pub depth: u32,
    pub has_sets: bool,
}

impl Block {
    /// Finds the leaf of each tree for an expanded row.
    #[inline]
    pub fn find_leaves(
        &self,
        nodes: &[Node],
        sets: &CategorySets,
        row: &[f32],
    ) -> [u32; BLOCK_TREES] {
        if self.has_sets {
            self.walk(nodes, |node| node.next(row, sets))
        } else {
            self.walk(nodes, |node| node.next_numeric(row))
        }
    }

    #[inline(always)]
    fn walk(&self, nodes: &[Node], next: impl Fn(Node) -> u32) -> [u32; BLOCK_TREES] {
        let mut indexes = self.roots;
        for _ in 0..self.depth {
            for index in &mut indexes {
                if let Some(node) = nodes.get(*index as usize) {
                    *index = next(*node);
                }
            }
        }
        indexes
    }
}
