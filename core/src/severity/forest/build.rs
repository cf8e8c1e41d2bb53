//! From the document of a model to a forest that can be walked, or a word on what is wrong with it.

use super::document::{Document, Learner, Tree};
use super::error::ForestError;
use super::tree::{ABREAST, Ask, Block, Grown, Node, Sets};
use super::{Forest, Objective, Planted};

/// Bounds of a model: far above what helps with accidents, and low enough that a forged one cannot
/// hold up a backend.
const MOST_FEATURES: usize = 10_000;
const MOST_CLASSES: usize = 1_000;
const MOST_NODES: usize = 20_000_000;
pub const DEEPEST: u32 = 128;
const MOST_CATEGORIES: i64 = 1 << 20;
/// Bits of all sets of categories together.
const MOST_MEMBERS: usize = 1 << 28;

const OBJECTIVES: &str = "multi:softprob or binary:logistic";

impl Forest {
    pub(super) fn build(document: Document) -> Result<Forest, ForestError> {
        version(&document.version)?;
        let Learner { feature_names, gradient_booster, learner_model_param: p, objective } =
            document.learner;
        single("the number of targets", p.num_target.as_deref())?;
        let features = count("the number of features", &p.num_feature, 1, MOST_FEATURES)?;
        let classes = count("the number of classes", &p.num_class, 0, MOST_CLASSES)?;
        let objective = Objective::named(&objective.name, classes)?;
        let base = objective.base_margin(&p.base_score)?;
        let trees = match gradient_booster.model {
            Some(model) if gradient_booster.name == "gbtree" => model,
            _ => {
                return Err(ForestError::unknown("the booster", gradient_booster.name, "gbtree"));
            }
        };
        let said =
            count("the number of trees", &trees.gbtree_model_param.num_trees, 0, MOST_NODES)?;
        if said != trees.trees.len() || said != trees.tree_info.len() {
            return Err(ForestError::tree(trees.trees.len(), format_args!("{said} are announced")));
        }
        let mut forest = Forest::empty(features, objective, base, feature_names);
        for (tree, class) in trees.trees.iter().zip(&trees.tree_info) {
            forest.plant(tree, *class)?;
        }
        forest.blocks = forest.planted.chunks(ABREAST).map(abreast).collect();
        Ok(forest)
    }

    fn plant(&mut self, tree: &Tree, class: i64) -> Result<(), ForestError> {
        let number = self.planted.len();
        let class = usize::try_from(class).ok().filter(|c| *c < self.margin_count());
        let class = class.ok_or_else(|| ForestError::tree(number, "it adds to no known class"))?;
        let fault = |what: String| ForestError::tree(number, what);
        let graft = Graft::new(tree, self.features).map_err(fault)?;
        let before = self.sets.len();
        let (root, depth) = graft.onto(self).map_err(fault)?;
        let has_sets = self.sets.len() > before;
        self.planted.push(Planted { root, depth, class, has_sets });
        Ok(())
    }
}

fn abreast(trees: &[Planted]) -> Block {
    let first = trees.first().map_or(0, |t| t.root);
    let mut roots = [first; ABREAST];
    for (root, tree) in roots.iter_mut().zip(trees) {
        *root = tree.root;
    }
    Block {
        roots,
        trees: trees.len(),
        depth: trees.iter().map(|t| t.depth).max().unwrap_or(0),
        has_sets: trees.iter().any(|t| t.has_sets),
    }
}

fn version(version: &[u32]) -> Result<(), ForestError> {
    if matches!(version, [1, minor, ..] if *minor >= 7) || matches!(version, [2, ..]) {
        return Ok(());
    }
    let found: Vec<_> = version.iter().take(4).map(u32::to_string).collect();
    Err(ForestError::unknown("the version of XGBoost", found.join("."), "1.7 to 2"))
}

fn single(what: &'static str, text: Option<&str>) -> Result<(), ForestError> {
    match text {
        None | Some("0" | "1") => Ok(()),
        Some(found) => Err(ForestError::unknown(what, found, "1")),
    }
}

fn count(what: &'static str, text: &str, least: usize, most: usize) -> Result<usize, ForestError> {
    let count = text.parse::<usize>().ok().filter(|n| *n >= least);
    let count = count.ok_or_else(|| ForestError::unknown(what, text, "a positive number"))?;
    if count > most {
        return Err(ForestError::TooLarge { what, found: count, most });
    }
    Ok(count)
}

impl Objective {
    fn named(name: &str, classes: usize) -> Result<Objective, ForestError> {
        match (name, classes) {
            ("binary:logistic", 0 | 1) => Ok(Objective::Logistic),
            ("multi:softprob", 2..) => Ok(Objective::Softprob { classes }),
            ("binary:logistic" | "multi:softprob", _) => Err(ForestError::unknown(
                "the number of classes",
                classes,
                "what its objective asks",
            )),
            _ => Err(ForestError::unknown("the objective", name, OBJECTIVES)),
        }
    }

    /// XGBoost keeps the base as a probability where the objective is one of two classes.
    fn base_margin(self, text: &str) -> Result<f32, ForestError> {
        let refused = || ForestError::unknown("the base score", text, "one number in range");
        let score = text.parse::<f32>().ok().filter(|s| s.is_finite()).ok_or_else(refused)?;
        match self {
            Objective::Softprob { .. } => Ok(score),
            Objective::Logistic if score > 0.0 && score < 1.0 => Ok(-(1.0 / score - 1.0).ln()),
            Objective::Logistic => Err(refused()),
        }
    }
}

/// A tree of a document on its way into the forest.
struct Graft<'t> {
    tree: &'t Tree,
    features: usize,
    /// Of each node: its place in the lists of categories, where it has one.
    listed: Vec<Option<usize>>,
}

impl<'t> Graft<'t> {
    fn new(tree: &'t Tree, features: usize) -> Result<Graft<'t>, String> {
        if !matches!(tree.tree_param.size_leaf_vector.as_deref(), None | Some("0" | "1")) {
            return Err("its leaves hold vectors, which are not known here".into());
        }
        let nodes = tree.left_children.len();
        let lengths = [
            tree.right_children.len(),
            tree.split_indices.len(),
            tree.split_conditions.len(),
            tree.default_left.len(),
            tree.sum_hessian.len(),
            tree.loss_changes.len(),
        ];
        let typed = tree.split_type.is_empty() || tree.split_type.len() == nodes;
        if nodes == 0 || lengths.iter().any(|n| *n != nodes) || !typed {
            return Err(format!("its lists differ in length from {nodes} nodes"));
        }
        if tree.tree_param.num_nodes.parse() != Ok(nodes) {
            return Err(format!("it has {nodes} nodes and says otherwise"));
        }
        Ok(Graft { tree, features, listed: listed(tree)? })
    }

    /// Lays the nodes that the root leads to out level by level, children side by side.
    fn onto(&self, forest: &mut Forest) -> Result<(u32, u32), String> {
        let root = forest.nodes.len();
        if root + self.listed.len() > MOST_NODES {
            return Err(format!("it is beyond {MOST_NODES} nodes"));
        }
        let mut seen = vec![false; self.listed.len()];
        let (mut level, mut depth) = (vec![0_usize], 0);
        loop {
            let mut below = Vec::new();
            let next_level = forest.nodes.len() + level.len();
            for old in level {
                match seen.get_mut(old) {
                    Some(seen) if !*seen => *seen = true,
                    _ => return Err(format!("node {old} is missing or has two parents")),
                }
                let left = next_level + below.len();
                let at = forest.nodes.len();
                let ask = self.ask(old, &mut forest.sets, &mut below)?;
                forest.nodes.push(Node::new(ask, at as u32, left as u32, self.features));
                forest.grown.push(self.grown(old)?);
            }
            if below.is_empty() {
                return Ok((root as u32, depth));
            }
            if depth == DEEPEST {
                return Err(format!("it is deeper than {DEEPEST} levels"));
            }
            (level, depth) = (below, depth + 1);
        }
    }

    fn ask(&self, node: usize, sets: &mut Sets, below: &mut Vec<usize>) -> Result<Ask, String> {
        let (left, right) =
            (at(&self.tree.left_children, node)?, at(&self.tree.right_children, node)?);
        let condition = at(&self.tree.split_conditions, node)?;
        if left == -1 && right == -1 {
            let finite = condition.is_finite();
            return finite
                .then_some(Ask::Leaf { value: condition })
                .ok_or_else(|| format!("leaf {node} is {condition}"));
        }
        for child in [left, right] {
            below
                .push(usize::try_from(child).map_err(|_| format!("node {node} leads to {child}"))?);
        }
        let feature = at(&self.tree.split_indices, node)?;
        let feature = usize::try_from(feature).ok().filter(|f| *f < self.features);
        let feature = feature.ok_or_else(|| format!("node {node} asks for an unknown feature"))?;
        let missing_left = at(&self.tree.default_left, node)? != 0;
        match self.tree.split_type.get(node).copied().unwrap_or(0) {
            0 if condition.is_finite() => Ok(Ask::Less { feature, than: condition, missing_left }),
            0 => Err(format!("node {node} compares with {condition}")),
            1 => {
                let members = self.members(node)?;
                let set = sets.add(members.iter().map(|m| *m as u32));
                if sets.words() * 32 > MOST_MEMBERS {
                    return Err(format!("its sets are beyond {MOST_MEMBERS} categories"));
                }
                Ok(Ask::Within { feature, set, missing_left })
            }
            other => Err(format!("node {node} splits by the unknown type {other}")),
        }
    }

    fn members(&self, node: usize) -> Result<&'t [i64], String> {
        let place = self.listed.get(node).copied().flatten();
        let members = place.and_then(|place| {
            let start = usize::try_from(*self.tree.categories_segments.get(place)?).ok()?;
            let size = usize::try_from(*self.tree.categories_sizes.get(place)?).ok()?;
            self.tree.categories.get(start..start.checked_add(size)?)
        });
        members
            .filter(|m| m.iter().all(|c| (0..MOST_CATEGORIES).contains(c)))
            .ok_or_else(|| format!("node {node} has no list of categories, or a bad one"))
    }

    fn grown(&self, node: usize) -> Result<Grown, String> {
        let cover = at(&self.tree.sum_hessian, node)?;
        let gain = at(&self.tree.loss_changes, node)?;
        if cover.is_finite() && cover >= 0.0 && gain.is_finite() {
            return Ok(Grown { cover, gain });
        }
        Err(format!("node {node} was grown on {cover} with a gain of {gain}"))
    }
}

fn at<T: Copy>(list: &[T], node: usize) -> Result<T, String> {
    list.get(node).copied().ok_or_else(|| format!("node {node} does not exist"))
}

fn listed(tree: &Tree) -> Result<Vec<Option<usize>>, String> {
    let mut listed = vec![None; tree.left_children.len()];
    for (place, node) in tree.categories_nodes.iter().enumerate() {
        let slot = usize::try_from(*node).ok().and_then(|n| listed.get_mut(n));
        *slot.ok_or_else(|| format!("categories of node {node}, which does not exist"))? =
            Some(place);
    }
    Ok(listed)
}
