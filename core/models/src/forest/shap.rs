//! Exact SHAP values of trees (Lundberg, Erion and Lee 2018, "Consistent individualized feature
//! attribution for tree ensembles", algorithm 2, path-dependent).
//!
//! If a feature is unknown, a row takes both branches of a split, weighted by the shares of the training
//! rows that took them. The base is the margin without any known feature. The base and the
//! contributions of a row add up to its margin.

use super::Forest;
use super::tree::{Node, expand_row};

/// The contributions of all features to one margin of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// One SHAP value per feature.
    pub by_feature: Vec<f64>,
    /// The margin without any known feature.
    pub base: f64,
}

/// A feature on the path from the root.
#[derive(Debug, Clone, Copy)]
struct PathFeature {
    feature: Option<usize>,
    /// The share of a row that stays on the path if the feature is unknown.
    unknown: f64,
    /// The same if it is known: 0 or 1.
    known: f64,
}

/// The start of a path, before any split.
const ROOT: PathFeature = PathFeature { feature: None, unknown: 1.0, known: 1.0 };

/// The distinct features on the path so far, and the weight of their subsets by size.
#[derive(Debug, Clone, Default)]
struct Path {
    features: Vec<PathFeature>,
    weights: Vec<f64>,
}

impl Path {
    /// Adds a feature. Each subset of the previous ones continues without it and, one larger, with it.
    fn extend(&mut self, feature: PathFeature) {
        let before = self.features.len();
        let total = (before + 1) as f64;
        self.features.push(feature);
        self.weights.push(if before == 0 { 1.0 } else { 0.0 });
        if before == 0 {
            return;
        }
        let mut smaller = 0.0;
        for (size, weight) in self.weights.iter_mut().enumerate() {
            let (outside, current) = ((before - size) as f64, *weight);
            *weight = (feature.unknown * current * outside + feature.known * smaller * size as f64)
                / total;
            smaller = current;
        }
    }

    /// The weights without a feature, the largest subset first.
    fn weights_without(&self, feature: PathFeature) -> impl Iterator<Item = f64> + '_ {
        let last = self.weights.len().saturating_sub(1);
        let total = self.weights.len() as f64;
        let mut larger = self.weights.get(last).copied().unwrap_or(0.0);
        self.weights.iter().take(last).enumerate().rev().map(move |(size, weight)| {
            let outside = (last - size) as f64;
            if feature.known == 0.0 {
                return weight * total / (feature.unknown * outside);
            }
            let current = larger * total / ((size + 1) as f64 * feature.known);
            larger = weight - current * feature.unknown * outside / total;
            current
        })
    }

    /// Removes a feature.
    fn remove(&mut self, feature: usize) -> Option<PathFeature> {
        let index = self.features.iter().position(|f| f.feature == Some(feature))?;
        let removed = self.features.remove(index);
        let mut weights: Vec<f64> = self.weights_without(removed).collect();
        weights.reverse();
        self.weights = weights;
        Some(removed)
    }

    /// Adds the contributions of a leaf value.
    fn add_contributions(&self, value: f64, by_feature: &mut [f64]) {
        for feature in &self.features {
            if let Some(sum) = feature.feature.and_then(|f| by_feature.get_mut(f)) {
                let weight: f64 = self.weights_without(*feature).sum();
                *sum += weight * (feature.known - feature.unknown) * value;
            }
        }
    }
}

/// The recursion through one tree.
struct Walk<'f> {
    forest: &'f Forest,
    row: &'f [f32],
    by_feature: &'f mut [f64],
    poll: &'f dyn Fn(),
}

impl Walk<'_> {
    fn visit(&mut self, index: usize, mut path: Path, feature: PathFeature) {
        // No leaf below contributes, because no share of the row gets here.
        if feature.known == 0.0 && feature.unknown == 0.0 {
            return;
        }
        (self.poll)();
        path.extend(feature);
        let Some(node) = self.forest.nodes.get(index).copied() else { return };
        let Some(split) = node.feature(self.forest.features) else {
            return path.add_contributions(node.value().into(), self.by_feature);
        };
        let previous = path.remove(split).unwrap_or(ROOT);
        let taken = node.next(self.row, &self.forest.sets) as usize;
        for child in [node.left(), node.left() + 1] {
            let feature = PathFeature {
                feature: Some(split),
                unknown: previous.unknown * self.forest.cover_share(index, child),
                known: if child == taken { previous.known } else { 0.0 },
            };
            self.visit(child, path.clone(), feature);
        }
    }
}

impl Forest {
    /// The SHAP values of a row for each margin. `poll` is called at each node and may cancel by
    /// unwinding.
    pub fn contributions(&self, row: &[f32], poll: &dyn Fn()) -> Vec<Contributions> {
        let row = expand_row(row, self.features);
        let by_feature = vec![0.0; self.features];
        let initial = Contributions { by_feature, base: self.base_margin.into() };
        let mut margins = vec![initial; self.margin_count()];
        for tree in &self.trees {
            let Some(margin) = margins.get_mut(tree.class) else { continue };
            let root = tree.root as usize;
            margin.base += self.mean_value(root);
            let by_feature = &mut margin.by_feature;
            let mut walk = Walk { forest: self, row: &row, by_feature, poll };
            walk.visit(root, Path::default(), ROOT);
        }
        margins
    }

    /// The share of the training rows of a node that went to a child.
    fn cover_share(&self, node: usize, child: usize) -> f64 {
        let cover = |index: usize| self.stats.get(index).map_or(0.0, |s| f64::from(s.cover));
        if cover(node) > 0.0 { cover(child) / cover(node) } else { 0.0 }
    }

    /// The mean of the leaves below a node, weighted by their training rows.
    fn mean_value(&self, index: usize) -> f64 {
        let Some(node) = self.nodes.get(index).copied() else { return 0.0 };
        if node.feature(self.features).is_none() {
            return Node::value(node).into();
        }
        let children = [node.left(), node.left() + 1];
        children
            .into_iter()
            .map(|child| self.cover_share(index, child) * self.mean_value(child))
            .sum()
    }
}
