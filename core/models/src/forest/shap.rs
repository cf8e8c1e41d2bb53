//! What each feature adds to a margin: exact SHAP values of trees by their paths (Lundberg, Erion and
//! Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2).
//!
//! Where a feature is unknown, a row goes both ways at a split, in the shares in which the rows that grew
//! the tree did. The values of a row and the base, which is the answer where nothing is known, add up to
//! its margin.

use super::Forest;
use super::tree::{Node, spread};

/// Of one margin.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    pub of_features: Vec<f64>,
    pub base: f64,
}

/// A feature on the way from the root: the share of a row that passes without and with its value.
#[derive(Debug, Clone, Copy)]
struct Step {
    feature: Option<usize>,
    without: f64,
    with: f64,
}

/// The features passed so far, each once, and what the sets of them weigh by their number.
#[derive(Debug, Clone, Default)]
struct Way {
    steps: Vec<Step>,
    weights: Vec<f64>,
}

impl Way {
    /// Adds a feature: each set of those before goes on without it and, one larger, with it.
    fn extend(&mut self, step: Step) {
        let before = self.steps.len();
        let whole = (before + 1) as f64;
        self.steps.push(step);
        self.weights.push(if before == 0 { 1.0 } else { 0.0 });
        if before == 0 {
            return;
        }
        let mut smaller = 0.0;
        for (size, weight) in self.weights.iter_mut().enumerate() {
            let (outside, own) = ((before - size) as f64, *weight);
            *weight = (step.without * own * outside + step.with * smaller * size as f64) / whole;
            smaller = own;
        }
    }

    /// The weights as they were before a feature was added, largest set first.
    fn weights_before(&self, step: Step) -> impl Iterator<Item = f64> + '_ {
        let last = self.weights.len().saturating_sub(1);
        let whole = self.weights.len() as f64;
        let mut larger = self.weights.get(last).copied().unwrap_or(0.0);
        self.weights.iter().take(last).enumerate().rev().map(move |(size, weight)| {
            let outside = (last - size) as f64;
            if step.with == 0.0 {
                return weight * whole / (step.without * outside);
            }
            let own = larger * whole / ((size + 1) as f64 * step.with);
            larger = weight - own * step.without * outside / whole;
            own
        })
    }

    /// Takes a feature out again.
    fn remove(&mut self, feature: usize) -> Option<Step> {
        let place = self.steps.iter().position(|s| s.feature == Some(feature))?;
        let step = self.steps.remove(place);
        let mut weights: Vec<f64> = self.weights_before(step).collect();
        weights.reverse();
        self.weights = weights;
        Some(step)
    }

    /// Shares out the value of a leaf.
    fn share(&self, value: f64, of_features: &mut [f64]) {
        for step in &self.steps {
            if let Some(of) = step.feature.and_then(|f| of_features.get_mut(f)) {
                let weight: f64 = self.weights_before(*step).sum();
                *of += weight * (step.with - step.without) * value;
            }
        }
    }
}

/// One tree on its way through.
struct Walk<'f> {
    forest: &'f Forest,
    row: &'f [f32],
    of_features: &'f mut [f64],
    poll: &'f dyn Fn(),
}

impl Walk<'_> {
    fn below(&mut self, at: usize, mut way: Way, step: Step) {
        // Nothing passes here, with or without: no leaf below has a share to give.
        if step.with == 0.0 && step.without == 0.0 {
            return;
        }
        (self.poll)();
        way.extend(step);
        let Some(node) = self.forest.nodes.get(at).copied() else { return };
        let Some(feature) = node.feature(self.forest.features) else {
            return way.share(node.value().into(), self.of_features);
        };
        let passed = way.remove(feature).unwrap_or(Step { feature: None, without: 1.0, with: 1.0 });
        let taken = node.next_of_any(self.row, &self.forest.sets) as usize;
        for child in [node.left(), node.left() + 1] {
            let step = Step {
                feature: Some(feature),
                without: passed.without * self.forest.share(at, child),
                with: if child == taken { passed.with } else { 0.0 },
            };
            self.below(child, way.clone(), step);
        }
    }
}

impl Forest {
    /// What each feature adds to each margin of a row. `poll` is called at each node and may end it.
    pub fn contributions(&self, row: &[f32], poll: &dyn Fn()) -> Vec<Contributions> {
        let row = spread(row, self.features);
        let none = Contributions { of_features: vec![0.0; self.features], base: self.base.into() };
        let mut margins = vec![none; self.margin_count()];
        for tree in &self.planted {
            let Some(margin) = margins.get_mut(tree.class) else { continue };
            let root = tree.root as usize;
            margin.base += self.mean(root);
            let of_features = &mut margin.of_features;
            let mut walk = Walk { forest: self, row: &row, of_features, poll };
            walk.below(root, Way::default(), Step { feature: None, without: 1.0, with: 1.0 });
        }
        margins
    }

    /// The share of the rows of a node that went to a child.
    fn share(&self, node: usize, child: usize) -> f64 {
        let cover = |at: usize| self.grown.get(at).map_or(0.0, |grown| f64::from(grown.cover));
        if cover(node) > 0.0 { cover(child) / cover(node) } else { 0.0 }
    }

    /// What a tree answers on average.
    fn mean(&self, at: usize) -> f64 {
        let Some(node) = self.nodes.get(at).copied() else { return 0.0 };
        if node.feature(self.features).is_none() {
            return Node::value(node).into();
        }
        let children = [node.left(), node.left() + 1];
        children.into_iter().map(|child| self.share(at, child) * self.mean(child)).sum()
    }
}
