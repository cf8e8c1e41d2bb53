//! Builds a forest from the document of a model and checks it completely.

use super::document::{Document, Learner, Tree};
use super::error::ForestError;
use super::json;
use super::parameters::{VALUE_LIMIT, check_features, check_single, check_version, parse_count};
use super::tree::{BLOCK_TREES, Block, CategorySets, Node, NodeKind, NodeStats};
use super::{Forest, MAX_FEATURES, MAX_NODES, MAX_TREES, Objective, TreeInfo};

const MAX_CLASSES: usize = 1_000;
const MAX_DEPTH: u32 = 128;
/// Categories must be less than this.
const CATEGORY_LIMIT: i32 = 1 << 20;
/// Maximum number of bits of all category sets together.
const MAX_SET_BITS: usize = 1 << 28;

impl Forest {
    pub(super) fn build(document: Document) -> Result<Forest, ForestError> {
        check_version(&document.version)?;
        let Learner {
            feature_names,
            feature_types,
            gradient_booster,
            learner_model_param: p,
            objective,
        } = document.learner;
        check_single("the number of targets", p.num_target.as_deref())?;
        let features = parse_count("the number of features", &p.num_feature, 1, MAX_FEATURES)?;
        let classes = parse_count("the number of classes", &p.num_class, 0, MAX_CLASSES)?;
        let objective = Objective::parse(&objective.name, classes)?;
        let scores = objective.parse_base_scores(&p.base_score)?;
        // With one score per class, each becomes a tree.
        let base_score = if let [only] = scores[..] { only } else { 0.0 };
        check_features(features, &feature_names, &feature_types)?;
        let trees = match gradient_booster.model {
            Some(model) if gradient_booster.name == "gbtree" => model,
            _ => {
                return Err(ForestError::unsupported(
                    "the booster",
                    gradient_booster.name,
                    "gbtree",
                ));
            }
        };
        let num_trees = &trees.gbtree_model_param.num_trees;
        let tree_count = parse_count("the number of trees", num_trees, 0, MAX_TREES)?;
        if tree_count != trees.trees.len() || tree_count != trees.tree_info.len() {
            let what = format_args!("num_trees must be the number of trees, got {tree_count}");
            return Err(ForestError::tree(trees.trees.len(), what));
        }
        let parallel_trees = trees.gbtree_model_param.num_parallel_tree.as_deref().unwrap_or("1");
        let parallel_trees =
            parse_count("the number of parallel trees", parallel_trees, 1, MAX_TREES)?;
        // Normalised, because the number means nothing without trees.
        let parallel_trees = if tree_count == 0 { 1 } else { parallel_trees };
        let mut forest = Forest {
            features,
            feature_names,
            feature_types,
            objective,
            base_score,
            base_margin: objective.base_margin(base_score),
            parallel_trees,
            ..Forest::default()
        };
        if tree_count % (forest.margin_count() * parallel_trees) != 0 {
            let what = "the number of trees must be a multiple of the trees per round";
            return Err(ForestError::tree(tree_count, what));
        }
        if scores.len() > 1 {
            forest.add_base_scores(&scores);
        }
        for (tree, class) in trees.trees.iter().zip(&trees.tree_info) {
            forest.add_tree(tree, *class)?;
        }
        if forest.tree_count() > MAX_TREES {
            let (what, found) = ("the number of trees", forest.tree_count());
            return Err(ForestError::TooLarge { what, found, max: MAX_TREES });
        }
        forest.blocks = forest.trees.chunks(BLOCK_TREES).map(build_block).collect();
        Ok(forest)
    }

    /// Adds a round of leaves for base scores that differ between classes. Only XGBoost 3.1 and later
    /// supports such scores. As leaves, all versions compute the same margins in the same order.
    fn add_base_scores(&mut self, scores: &[f32]) {
        for (class, score) in scores.iter().enumerate() {
            let zeros = std::iter::repeat_n(0.0, self.parallel_trees - 1);
            for value in std::iter::once(*score).chain(zeros) {
                let root = self.nodes.len() as u32;
                self.nodes.push(Node::new(NodeKind::Leaf { value }, root, root, self.features));
                self.stats.push(NodeStats { cover: 1.0, gain: 0.0, weight: value });
                self.trees.push(TreeInfo { root, depth: 0, class, has_sets: false });
            }
        }
    }

    fn add_tree(&mut self, tree: &Tree, class: i32) -> Result<(), ForestError> {
        let index = self.trees.len();
        let error = |what: String| ForestError::tree(index, what);
        let valid = usize::try_from(class).ok().filter(|c| *c < self.margin_count());
        let class = valid.ok_or_else(|| error(format!("its class {class} does not exist")))?;
        let builder = TreeBuilder::new(tree, self.features).map_err(error)?;
        let before = self.sets.len();
        let (root, depth) = builder.append_to(self).map_err(error)?;
        let has_sets = self.sets.len() > before;
        self.trees.push(TreeInfo { root, depth, class, has_sets });
        Ok(())
    }
}

fn build_block(trees: &[TreeInfo]) -> Block {
    let first = trees.first().map_or(0, |t| t.root);
    let mut roots = [first; BLOCK_TREES];
    for (root, tree) in roots.iter_mut().zip(trees) {
        *root = tree.root;
    }
    Block {
        roots,
        tree_count: trees.len(),
        depth: trees.iter().map(|t| t.depth).max().unwrap_or(0),
        has_sets: trees.iter().any(|t| t.has_sets),
    }
}

/// Appends a tree of a document to a forest.
struct TreeBuilder<'t> {
    tree: &'t Tree,
    features: usize,
    /// For each node that splits by categories, its index in the lists of categories.
    category_lists: Vec<Option<usize>>,
}

impl<'t> TreeBuilder<'t> {
    fn new(tree: &'t Tree, features: usize) -> Result<TreeBuilder<'t>, String> {
        if !matches!(tree.tree_param.size_leaf_vector.as_deref(), None | Some("0" | "1")) {
            return Err("leaves with vectors are not supported".into());
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
        let optional = [tree.split_type.len(), tree.base_weights.len()];
        if nodes == 0
            || lengths.iter().any(|n| *n != nodes)
            || optional.iter().any(|n| *n != nodes && *n != 0)
        {
            return Err(format!("each of its lists must have {nodes} elements, one per node"));
        }
        if tree.tree_param.num_nodes.parse() != Ok(nodes) {
            let found = &tree.tree_param.num_nodes;
            return Err(format!("num_nodes must be {nodes}, the number of nodes, got {found:?}"));
        }
        Ok(TreeBuilder { tree, features, category_lists: category_lists(tree)? })
    }

    /// Appends the nodes that are reachable from the root, level by level with adjacent children.
    /// Returns the root and the depth.
    fn append_to(&self, forest: &mut Forest) -> Result<(u32, u32), String> {
        let root = forest.nodes.len();
        if root + self.category_lists.len() > MAX_NODES {
            return Err(format!("all trees together must have at most {MAX_NODES} nodes"));
        }
        let mut seen = vec![false; self.category_lists.len()];
        let (mut level, mut depth) = (vec![0_usize], 0);
        loop {
            let mut below = Vec::new();
            let next_level = forest.nodes.len() + level.len();
            for source in level {
                match seen.get_mut(source) {
                    Some(seen) if !*seen => *seen = true,
                    _ => return Err(format!("node {source} is missing or has two parents")),
                }
                let left = next_level + below.len();
                let index = forest.nodes.len();
                let kind = self.node_kind(source, &mut forest.sets, &mut below)?;
                forest.nodes.push(Node::new(kind, index as u32, left as u32, self.features));
                forest.stats.push(self.node_stats(source)?);
            }
            if below.is_empty() {
                return Ok((root as u32, depth));
            }
            if depth == MAX_DEPTH {
                return Err(format!("it is deeper than {MAX_DEPTH} levels"));
            }
            (level, depth) = (below, depth + 1);
        }
    }

    /// The kind of a node. Appends the children of a split to `below`.
    fn node_kind(
        &self,
        node: usize,
        sets: &mut CategorySets,
        below: &mut Vec<usize>,
    ) -> Result<NodeKind, String> {
        let left = get(&self.tree.left_children, node)?;
        let right = get(&self.tree.right_children, node)?;
        let condition = get(&self.tree.split_conditions, node)?;
        if left == -1 && right == -1 {
            return (condition.abs() < VALUE_LIMIT)
                .then_some(NodeKind::Leaf { value: condition })
                .ok_or_else(|| format!("leaf {node} has the invalid value {condition}"));
        }
        for child in [left, right] {
            below.push(
                usize::try_from(child).map_err(|_| format!("node {node} has child {child}"))?,
            );
        }
        let feature = get(&self.tree.split_indices, node)?;
        let feature = usize::try_from(feature).ok().filter(|f| *f < self.features);
        let feature = feature.ok_or_else(|| format!("node {node} splits by an unknown feature"))?;
        let missing_left = get(&self.tree.default_left, node)? != 0;
        match self.tree.split_type.get(node).copied().unwrap_or(0) {
            0 if is_finite(condition) => {
                Ok(NodeKind::LessThan { feature, threshold: condition, missing_left })
            }
            0 => Err(format!("node {node} has the invalid threshold {condition}")),
            1 => {
                let categories = self.categories(node)?;
                let set = sets.add(categories.iter().filter_map(|c| u32::try_from(*c).ok()));
                if sets.word_count() * 32 > MAX_SET_BITS {
                    return Err(format!(
                        "all category sets together must have at most {MAX_SET_BITS} bits"
                    ));
                }
                Ok(NodeKind::InSet { feature, set, missing_left })
            }
            other => Err(format!("node {node} has the unknown split type {other}")),
        }
    }

    fn categories(&self, node: usize) -> Result<&'t [i32], String> {
        let list = self.category_lists.get(node).copied().flatten();
        let categories = list.and_then(|list| {
            let start = usize::try_from(*self.tree.categories_segments.get(list)?).ok()?;
            let size = usize::try_from(*self.tree.categories_sizes.get(list)?).ok()?;
            self.tree.categories.get(start..start.checked_add(size)?)
        });
        categories
            .filter(|list| !list.is_empty() && list.iter().all(|c| (0..CATEGORY_LIMIT).contains(c)))
            .ok_or_else(|| format!("node {node} has a missing or invalid list of categories"))
    }

    fn node_stats(&self, node: usize) -> Result<NodeStats, String> {
        let cover = get(&self.tree.sum_hessian, node)?;
        let gain = get(&self.tree.loss_changes, node)?;
        let weight = self.tree.base_weights.get(node).copied().unwrap_or(0.0);
        if cover >= 0.0 && [cover, gain, weight].into_iter().all(is_finite) {
            return Ok(NodeStats { cover, gain, weight });
        }
        Err(format!(
            "node {node} has invalid statistics: cover {cover}, gain {gain}, weight {weight}"
        ))
    }
}

fn is_finite(value: f32) -> bool {
    value.abs() < json::NOT_FINITE
}

fn get<T: Copy>(list: &[T], node: usize) -> Result<T, String> {
    list.get(node).copied().ok_or_else(|| format!("node {node} does not exist"))
}

/// For each node, the index of its list of categories. XGBoost writes the nodes in order and their
/// categories without gaps. Anything else is an error.
fn category_lists(tree: &Tree) -> Result<Vec<Option<usize>>, String> {
    let nodes = &tree.categories_nodes;
    let counts = [tree.categories_segments.len(), tree.categories_sizes.len()];
    if counts != [nodes.len(); 2] {
        return Err(format!(
            "categories_segments and categories_sizes must have {} elements, got {counts:?}",
            nodes.len()
        ));
    }
    let mut indexes = vec![None; tree.left_children.len()];
    let (mut last, mut end) = (-1, 0_i64);
    let lists = nodes.iter().zip(&tree.categories_segments).zip(&tree.categories_sizes);
    for (list, ((node, segment), size)) in lists.enumerate() {
        let slot = usize::try_from(*node).ok().filter(|_| *node > last);
        let slot = slot.and_then(|n| indexes.get_mut(n).zip(tree.split_type.get(n)));
        match slot {
            Some((slot, 1)) => *slot = Some(list),
            _ => return Err(format!("node {node} has categories but does not split by them")),
        }
        if *segment != end || *size < 0 {
            return Err(format!(
                "the categories of node {node} must begin at {end} with a size of at least 0, \
                 got {segment} and {size}"
            ));
        }
        (last, end) = (*node, end.saturating_add(*size));
    }
    if usize::try_from(end) == Ok(tree.categories.len()) {
        return Ok(indexes);
    }
    Err(format!("categories must have {end} elements, got {}", tree.categories.len()))
}
