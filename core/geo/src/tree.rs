//! A k-d tree over unit vectors: the nearest points, exactly and in a fixed order.
//!
//! Of points equally far away the one that comes first in the list is the nearer. Each node knows
//! the first of its points, so that a thousand events at one airport do not all have to be looked at.

use super::place::{Place, Spot};

const LEAF: usize = 8;

#[derive(Debug)]
pub struct Tree {
    /// Points so that neighbours lie close to each other.
    pub order: Vec<u32>,
    spots: Vec<Spot>,
    /// A complete binary tree: the children of node n are 2n + 1 and 2n + 2.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    low: [f64; 3],
    high: [f64; 3],
    /// The first point of the list that is in it.
    first: u32,
}

impl Node {
    const EMPTY: Node =
        Node { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3], first: u32::MAX };

    fn of(spots: &[(Spot, u32)]) -> Node {
        let mut node = Node::EMPTY;
        for (spot, at) in spots {
            for (axis, value) in spot.0.iter().enumerate() {
                node.low[axis] = node.low[axis].min(*value);
                node.high[axis] = node.high[axis].max(*value);
            }
            node.first = node.first.min(*at);
        }
        node
    }

    fn widest(&self) -> usize {
        let width = |axis: usize| self.high[axis] - self.low[axis];
        (1..3).fold(0, |best, axis| if width(axis) > width(best) { axis } else { best })
    }

    /// The square of the distance to the nearest corner, edge or side.
    #[inline]
    fn chord2(&self, spot: &Spot) -> f64 {
        let gap = |axis: usize| {
            (self.low[axis] - spot.0[axis]).max(spot.0[axis] - self.high[axis]).max(0.0)
        };
        let [a, b, c] = [gap(0), gap(1), gap(2)];
        a * a + b * b + c * c
    }
}

impl Tree {
    pub fn new(places: &[Place], poll: &mut dyn FnMut()) -> Tree {
        let mut sorted: Vec<(Spot, u32)> =
            places.iter().map(Place::spot).zip(0..places.len() as u32).collect();
        let mut nodes = Vec::new();
        split(&mut sorted, 0, &mut nodes, poll);
        let (spots, order) = sorted.into_iter().unzip();
        Tree { order, spots, nodes }
    }

    /// The nearest points to that of a slot, which is not among them; nearest first.
    pub fn nearest(&self, slot: usize, nearest: &mut Nearest) {
        nearest.found.clear();
        let search = Search { tree: self, spot: &self.spots[slot], own: self.order[slot] };
        search.visit(0, 0..self.spots.len(), nearest);
    }
}

fn split(points: &mut [(Spot, u32)], number: usize, nodes: &mut Vec<Node>, poll: &mut dyn FnMut()) {
    if nodes.len() <= number {
        nodes.resize(number + 1, Node::EMPTY);
    }
    let node = Node::of(points);
    nodes[number] = node;
    if points.len() <= LEAF {
        return;
    }
    if points.len() > 10_000 {
        poll();
    }
    let axis = node.widest();
    let by =
        |(a, i): &(Spot, u32), (b, j): &(Spot, u32)| a.0[axis].total_cmp(&b.0[axis]).then(i.cmp(j));
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, by);
    let (left, right) = points.split_at_mut(middle);
    split(left, 2 * number + 1, nodes, poll);
    split(right, 2 * number + 2, nodes, poll);
}

/// The best so far, best first.
#[derive(Debug)]
pub struct Nearest {
    pub found: Vec<(f64, u32)>,
    wanted: usize,
}

impl Nearest {
    pub fn new(wanted: usize) -> Nearest {
        Nearest { found: Vec::with_capacity(wanted + 1), wanted }
    }

    /// Whether something at least so far away, and at the earliest so early in the list, could
    /// still be taken.
    #[inline]
    fn takes(&self, chord2: f64, first: u32) -> bool {
        match self.found.last() {
            Some((worst, last)) if self.found.len() == self.wanted => {
                chord2 < *worst || chord2 == *worst && first < *last
            }
            _ => true,
        }
    }

    fn add(&mut self, chord2: f64, point: u32) {
        if self.found.len() == self.wanted {
            self.found.pop();
        }
        let at = self.found.partition_point(|(c, p)| *c < chord2 || *c == chord2 && *p < point);
        self.found.insert(at, (chord2, point));
    }
}

struct Search<'t> {
    tree: &'t Tree,
    spot: &'t Spot,
    own: u32,
}

impl Search<'_> {
    fn visit(&self, number: usize, slots: std::ops::Range<usize>, nearest: &mut Nearest) {
        if slots.len() <= LEAF {
            return self.look(slots, nearest);
        }
        let middle = slots.start + slots.len() / 2;
        let (left, right) = (2 * number + 1, 2 * number + 2);
        let [near, far] = [left, right].map(|child| self.tree.nodes[child].chord2(self.spot));
        let mut children = [(left, near, slots.start..middle), (right, far, middle..slots.end)];
        if far < near {
            children.reverse();
        }
        for (child, chord2, slots) in children {
            if nearest.takes(chord2, self.tree.nodes[child].first) {
                self.visit(child, slots, nearest);
            }
        }
    }

    fn look(&self, slots: std::ops::Range<usize>, nearest: &mut Nearest) {
        for slot in slots {
            let point = self.tree.order[slot];
            let chord2 = self.tree.spots[slot].chord2(self.spot);
            if point != self.own && nearest.takes(chord2, point) {
                nearest.add(chord2, point);
            }
        }
    }
}
