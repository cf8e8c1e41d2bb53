//! A k-d tree of unit vectors, which finds the nearest points exactly and in a deterministic order.
//!
//! At equal distance, the point with the lower index is the nearer one. Each node has the lowest index
//! of its points, so that a search does not visit all of a thousand events at one airport.

use super::point::{Point, UnitVector};

const MAX_LEAF_POINTS: usize = 8;

#[derive(Debug)]
pub struct KdTree {
    /// All points, in an order in which neighbours are close to each other.
    pub order: Vec<u32>,
    vectors: Vec<UnitVector>,
    /// A complete binary tree. The children of node n are 2n + 1 and 2n + 2.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    low: [f64; 3],
    high: [f64; 3],
    /// The lowest index of its points.
    first: u32,
}

impl Node {
    const EMPTY: Node =
        Node { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3], first: u32::MAX };

    fn bounding(points: &[(UnitVector, u32)]) -> Node {
        let mut node = Node::EMPTY;
        for (vector, index) in points {
            for (axis, value) in vector.0.iter().enumerate() {
                node.low[axis] = node.low[axis].min(*value);
                node.high[axis] = node.high[axis].max(*value);
            }
            node.first = node.first.min(*index);
        }
        node
    }

    fn widest_axis(&self) -> usize {
        let width = |axis: usize| self.high[axis] - self.low[axis];
        (1..3).fold(0, |best, axis| if width(axis) > width(best) { axis } else { best })
    }

    /// The squared distance to the nearest point of the bounding box.
    #[inline]
    fn squared_chord(&self, vector: &UnitVector) -> f64 {
        let gap = |axis: usize| {
            (self.low[axis] - vector.0[axis]).max(vector.0[axis] - self.high[axis]).max(0.0)
        };
        let [a, b, c] = [gap(0), gap(1), gap(2)];
        a * a + b * b + c * c
    }
}

impl KdTree {
    pub fn new(points: &[Point], poll: &mut dyn FnMut()) -> KdTree {
        let mut sorted: Vec<(UnitVector, u32)> =
            points.iter().map(Point::unit_vector).zip(0..points.len() as u32).collect();
        let mut nodes = Vec::new();
        split(&mut sorted, 0, &mut nodes, poll);
        let (vectors, order) = sorted.into_iter().unzip();
        KdTree { order, vectors, nodes }
    }

    /// Finds the points nearest to the point in a slot, without that point.
    pub fn find_nearest(&self, slot: usize, nearest: &mut NearestPoints) {
        nearest.found.clear();
        let search = Search { tree: self, vector: &self.vectors[slot], own: self.order[slot] };
        search.visit(0, 0..self.vectors.len(), nearest);
    }
}

fn split(
    points: &mut [(UnitVector, u32)],
    number: usize,
    nodes: &mut Vec<Node>,
    poll: &mut dyn FnMut(),
) {
    if nodes.len() <= number {
        nodes.resize(number + 1, Node::EMPTY);
    }
    let node = Node::bounding(points);
    nodes[number] = node;
    if points.len() <= MAX_LEAF_POINTS {
        return;
    }
    if points.len() > 10_000 {
        poll();
    }
    let axis = node.widest_axis();
    let by = |(a, i): &(UnitVector, u32), (b, j): &(UnitVector, u32)| {
        a.0[axis].total_cmp(&b.0[axis]).then(i.cmp(j))
    };
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, by);
    let (left, right) = points.split_at_mut(middle);
    split(left, 2 * number + 1, nodes, poll);
    split(right, 2 * number + 2, nodes, poll);
}

/// The nearest points so far.
#[derive(Debug)]
pub struct NearestPoints {
    /// Squared chord and index, the nearest first.
    pub found: Vec<(f64, u32)>,
    max_count: usize,
}

impl NearestPoints {
    pub fn new(max_count: usize) -> NearestPoints {
        NearestPoints { found: Vec::with_capacity(max_count + 1), max_count }
    }

    /// True if a point at this distance or further, with this index or a higher one, can be added.
    #[inline]
    fn accepts(&self, squared_chord: f64, first: u32) -> bool {
        match self.found.last() {
            Some((worst, last)) if self.found.len() == self.max_count => {
                squared_chord < *worst || squared_chord == *worst && first < *last
            }
            _ => true,
        }
    }

    fn add(&mut self, squared_chord: f64, point: u32) {
        if self.found.len() == self.max_count {
            self.found.pop();
        }
        let at = self
            .found
            .partition_point(|(c, p)| *c < squared_chord || *c == squared_chord && *p < point);
        self.found.insert(at, (squared_chord, point));
    }
}

struct Search<'t> {
    tree: &'t KdTree,
    vector: &'t UnitVector,
    own: u32,
}

impl Search<'_> {
    fn visit(&self, number: usize, slots: std::ops::Range<usize>, nearest: &mut NearestPoints) {
        if slots.len() <= MAX_LEAF_POINTS {
            return self.visit_leaf(slots, nearest);
        }
        let middle = slots.start + slots.len() / 2;
        let (left, right) = (2 * number + 1, 2 * number + 2);
        let [near, far] =
            [left, right].map(|child| self.tree.nodes[child].squared_chord(self.vector));
        let mut children = [(left, near, slots.start..middle), (right, far, middle..slots.end)];
        if far < near {
            children.reverse();
        }
        for (child, squared_chord, slots) in children {
            if nearest.accepts(squared_chord, self.tree.nodes[child].first) {
                self.visit(child, slots, nearest);
            }
        }
    }

    fn visit_leaf(&self, slots: std::ops::Range<usize>, nearest: &mut NearestPoints) {
        for slot in slots {
            let point = self.tree.order[slot];
            let squared_chord = self.tree.vectors[slot].squared_chord(self.vector);
            if point != self.own && nearest.accepts(squared_chord, point) {
                nearest.add(squared_chord, point);
            }
        }
    }
}
