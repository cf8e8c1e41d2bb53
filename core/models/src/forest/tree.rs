//! Nodes laid out so that a step is one comparison without a branch.
//!
//! The children of a node lie side by side, so a step adds 0 or 1 to the place of the left one. A row is
//! spread into two copies, in which a missing value is minus and plus infinity: a node whose missing
//! values go left reads the first copy, one whose go right the second. A leaf reads a slot that holds
//! NaN, which is at least nothing, and so leads to itself: all trees of a block can take the same number
//! of steps side by side, which hides the wait for memory.

/// Set in `Node::slot` where the split asks for membership in a set.
const IN_SET: u32 = 1 << 31;

/// XGBoost's bound of what is a category.
const CATEGORIES: f32 = 16_777_216.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Less than this goes left. A leaf's value; the number of a set where the split asks for one.
    threshold: f32,
    /// Which value of the spread row.
    slot: u32,
    left: u32,
}

/// What XGBoost recorded of a node when it grew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grown {
    pub cover: f32,
    pub gain: f32,
    /// What the node would answer if it were a leaf, before the learning rate.
    pub weight: f32,
}

/// What a node asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    Leaf { value: f32 },
    Less { feature: usize, than: f32, missing_left: bool },
    Within { feature: usize, set: usize, missing_left: bool },
}

/// Members of the categorical splits, a bit each; members go right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sets {
    bits: Vec<u32>,
    ends: Vec<usize>,
}

impl Sets {
    /// Adds a set and says its number.
    pub fn add(&mut self, members: impl Iterator<Item = u32> + Clone) -> usize {
        let words = members.clone().max().map_or(0, |most| most as usize / 32 + 1);
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

    /// The members of a set, least first.
    pub fn members(&self, set: usize) -> impl Iterator<Item = u32> + '_ {
        let words = self.bits_of(set).iter().enumerate();
        let bits = |(at, word): (usize, &u32)| {
            let (at, word) = (at as u32 * 32, *word);
            (0..32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at + bit)
        };
        words.flat_map(bits)
    }

    fn bits_of(&self, set: usize) -> &[u32] {
        let start = set.checked_sub(1).and_then(|s| self.ends.get(s)).copied().unwrap_or(0);
        self.ends.get(set).and_then(|end| self.bits.get(start..*end)).unwrap_or_default()
    }

    /// Of 32 bits each.
    pub fn words(&self) -> usize {
        self.bits.len()
    }

    /// Fractions count as the whole number below; what is no category is a member of nothing.
    fn holds(&self, set: usize, value: f32) -> bool {
        if !(0.0..CATEGORIES).contains(&value) {
            return false;
        }
        let category = value as usize;
        let word = self.bits_of(set).get(category / 32).copied().unwrap_or(0);
        word >> (category % 32) & 1 == 1
    }
}

impl Node {
    pub fn new(ask: Ask, at: u32, left: u32, features: usize) -> Node {
        let slot = |feature: usize, missing_left: bool| {
            (feature + if missing_left { 0 } else { features }) as u32
        };
        match ask {
            Ask::Leaf { value } => Node { threshold: value, slot: 2 * features as u32, left: at },
            Ask::Less { feature, than, missing_left } => {
                Node { threshold: than, slot: slot(feature, missing_left), left }
            }
            Ask::Within { feature, set, missing_left } => Node {
                threshold: f32::from_bits(set as u32),
                slot: slot(feature, missing_left) | IN_SET,
                left,
            },
        }
    }

    /// What the node asks: the opposite of [`Node::new`].
    pub fn ask(self, features: usize) -> Ask {
        let Some(feature) = self.feature(features) else {
            return Ask::Leaf { value: self.threshold };
        };
        let missing_left = ((self.slot & !IN_SET) as usize) < features;
        if self.slot & IN_SET == 0 {
            return Ask::Less { feature, than: self.threshold, missing_left };
        }
        Ask::Within { feature, set: self.threshold.to_bits() as usize, missing_left }
    }

    /// The value of the leaf at which a walk ended.
    pub fn value(self) -> f32 {
        self.threshold
    }

    pub fn left(self) -> usize {
        self.left as usize
    }

    /// The feature that it asks for; none of a leaf.
    pub fn feature(self, features: usize) -> Option<usize> {
        let slot = (self.slot & !IN_SET) as usize;
        (slot < 2 * features).then(|| slot % features)
    }

    #[inline(always)]
    fn next(self, row: &[f32]) -> u32 {
        let value = row.get(self.slot as usize).copied().unwrap_or(f32::NAN);
        self.left + u32::from(value >= self.threshold)
    }

    /// As `next`, of a node that may ask for a set. Plus infinity stands for a missing value.
    #[inline(always)]
    pub fn next_of_any(self, row: &[f32], sets: &Sets) -> u32 {
        if self.slot & IN_SET == 0 {
            return self.next(row);
        }
        let slot = (self.slot & !IN_SET) as usize;
        let value = row.get(slot).copied().unwrap_or(f32::NAN);
        let right = value == f32::INFINITY || sets.holds(self.threshold.to_bits() as usize, value);
        self.left + u32::from(right)
    }
}

/// A row as nodes read it: both copies, and the slot of leaves.
pub fn spread(row: &[f32], features: usize) -> Vec<f32> {
    let mut spread = Vec::with_capacity(2 * features + 1);
    for missing in [f32::NEG_INFINITY, f32::INFINITY] {
        let values = row.iter().copied().chain(std::iter::repeat(f32::NAN)).take(features);
        spread.extend(values.map(|value| if value.is_nan() { missing } else { value }));
    }
    spread.push(f32::NAN);
    spread
}

/// Trees that are walked side by side.
pub const ABREAST: usize = 8;

/// Up to `ABREAST` trees in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub roots: [u32; ABREAST],
    pub trees: usize,
    pub depth: u32,
    pub has_sets: bool,
}

impl Block {
    /// The leaves at which a row ends.
    #[inline]
    pub fn walk(&self, nodes: &[Node], sets: &Sets, row: &[f32]) -> [u32; ABREAST] {
        if self.has_sets {
            self.steps(nodes, |node| node.next_of_any(row, sets))
        } else {
            self.steps(nodes, |node| node.next(row))
        }
    }

    #[inline(always)]
    fn steps(&self, nodes: &[Node], next: impl Fn(Node) -> u32) -> [u32; ABREAST] {
        let mut at = self.roots;
        for _ in 0..self.depth {
            for place in &mut at {
                if let Some(node) = nodes.get(*place as usize) {
                    *place = next(*node);
                }
            }
        }
        at
    }
}
