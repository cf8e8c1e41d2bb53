//! From the document of a model to a forest that can be walked, or a word on what is wrong with it.

use super::document::{Document, Learner, Tree};
use super::error::ForestError;
use super::json;
use super::tree::{ABREAST, Ask, Block, Grown, Node, Sets};
use super::{Forest, MOST_FEATURES, MOST_NODES, MOST_TREES, Objective, Planted};

const MOST_CLASSES: usize = 1_000;
const DEEPEST: u32 = 128;
const MOST_CATEGORIES: i32 = 1 << 20;
/// Bits of all sets of categories together.
const MOST_MEMBERS: usize = 1 << 28;
/// Answers and base scores are below this, so that no sum of them grows out of its type.
const LARGEST: f32 = 1e30;
/// XGBoost's names of what a feature is.
const FEATURE_TYPES: [&str; 5] = ["float", "int", "i", "q", "c"];

const OBJECTIVES: &str = "multi:softprob or binary:logistic";

impl Forest {
    pub(super) fn build(document: Document) -> Result<Forest, ForestError> {
        version(&document.version)?;
        let Learner {
            feature_names,
            feature_types,
            gradient_booster,
            learner_model_param: p,
            objective,
        } = document.learner;
        single("the number of targets", p.num_target.as_deref())?;
        let features = count("the number of features", &p.num_feature, 1, MOST_FEATURES)?;
        let classes = count("the number of classes", &p.num_class, 0, MOST_CLASSES)?;
        let objective = Objective::named(&objective.name, classes)?;
        let scores = objective.base_scores(&p.base_score)?;
        // One for each class: each becomes a tree.
        let base_score = if let [only] = scores[..] { only } else { 0.0 };
        named(features, &feature_names, &feature_types)?;
        let trees = match gradient_booster.model {
            Some(model) if gradient_booster.name == "gbtree" => model,
            _ => {
                return Err(ForestError::unknown("the booster", gradient_booster.name, "gbtree"));
            }
        };
        let said =
            count("the number of trees", &trees.gbtree_model_param.num_trees, 0, MOST_TREES)?;
        if said != trees.trees.len() || said != trees.tree_info.len() {
            return Err(ForestError::tree(trees.trees.len(), format_args!("{said} are announced")));
        }
        let parallel = trees.gbtree_model_param.num_parallel_tree.as_deref().unwrap_or("1");
        let parallel = count("the number of parallel trees", parallel, 1, MOST_TREES)?;
        // Without a tree it means nothing.
        let parallel = if said == 0 { 1 } else { parallel };
        let mut forest = Forest {
            features,
            feature_names,
            feature_types,
            objective,
            base_score,
            base: objective.base_margin(base_score),
            parallel,
            ..Forest::default()
        };
        if said % (forest.margin_count() * parallel) != 0 {
            let what =
                "they are no whole number of rounds, of which each has a tree for each class";
            return Err(ForestError::tree(said, what));
        }
        if scores.len() > 1 {
            forest.plant_scores(&scores);
        }
        for (tree, class) in trees.trees.iter().zip(&trees.tree_info) {
            forest.plant(tree, *class)?;
        }
        if forest.trees() > MOST_TREES {
            let (what, found) = ("the number of trees", forest.trees());
            return Err(ForestError::TooLarge { what, found, most: MOST_TREES });
        }
        forest.blocks = forest.planted.chunks(ABREAST).map(abreast).collect();
        Ok(forest)
    }

    /// A round of leaves, for base scores that differ between classes: only XGBoost 3.1 and later know
    /// such, and all add up the same margins, in the same order.
    fn plant_scores(&mut self, scores: &[f32]) {
        for (class, score) in scores.iter().enumerate() {
            for value in std::iter::once(*score).chain(std::iter::repeat_n(0.0, self.parallel - 1))
            {
                let root = self.nodes.len() as u32;
                self.nodes.push(Node::new(Ask::Leaf { value }, root, root, self.features));
                self.grown.push(Grown { cover: 1.0, gain: 0.0, weight: value });
                self.planted.push(Planted { root, depth: 0, class, has_sets: false });
            }
        }
    }

    fn plant(&mut self, tree: &Tree, class: i32) -> Result<(), ForestError> {
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
    if matches!(version, [1, minor, ..] if *minor >= 7)
        || matches!(version, [2, ..] | [3, 0..=2, ..])
    {
        return Ok(());
    }
    let found: Vec<_> = version.iter().take(4).map(u32::to_string).collect();
    Err(ForestError::unknown("the version of XGBoost", found.join("."), "1.7 to 3.2"))
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

    /// One number, or since XGBoost 3.1 a list of one for each class.
    fn base_scores(self, text: &str) -> Result<Vec<f32>, ForestError> {
        let refused = || ForestError::unknown("the base score", text, "a number in range");
        let listed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let scores: Result<Vec<f32>, _> =
            listed.unwrap_or(text).split(',').map(str::parse).collect();
        let mut scores = scores.map_err(|_| refused())?;
        if scores.windows(2).all(|pair| pair.first() == pair.last()) {
            scores.truncate(1);
        }
        let (range, counts) = match self {
            Objective::Softprob { classes } => (-LARGEST..LARGEST, [1, classes]),
            // XGBoost keeps it as a probability.
            Objective::Logistic => (f32::MIN_POSITIVE..1.0, [1, 1]),
        };
        let fits = counts.contains(&scores.len()) && scores.iter().all(|s| range.contains(s));
        if fits { Ok(scores) } else { Err(refused()) }
    }

    /// What each margin begins with.
    fn base_margin(self, score: f32) -> f32 {
        match self {
            Objective::Softprob { .. } => score,
            Objective::Logistic => -(1.0 / score - 1.0).ln(),
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
        let optional = [tree.split_type.len(), tree.base_weights.len()];
        if nodes == 0
            || lengths.iter().any(|n| *n != nodes)
            || optional.iter().any(|n| *n != nodes && *n != 0)
        {
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
            return (condition.abs() < LARGEST)
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
            0 if is_number(condition) => Ok(Ask::Less { feature, than: condition, missing_left }),
            0 => Err(format!("node {node} compares with {condition}")),
            1 => {
                let members = self.members(node)?;
                let set = sets.add(members.iter().filter_map(|m| u32::try_from(*m).ok()));
                if sets.words() * 32 > MOST_MEMBERS {
                    return Err(format!("its sets are beyond {MOST_MEMBERS} categories"));
                }
                Ok(Ask::Within { feature, set, missing_left })
            }
            other => Err(format!("node {node} splits by the unknown type {other}")),
        }
    }

    fn members(&self, node: usize) -> Result<&'t [i32], String> {
        let place = self.listed.get(node).copied().flatten();
        let members = place.and_then(|place| {
            let start = usize::try_from(*self.tree.categories_segments.get(place)?).ok()?;
            let size = usize::try_from(*self.tree.categories_sizes.get(place)?).ok()?;
            self.tree.categories.get(start..start.checked_add(size)?)
        });
        members
            .filter(|m| !m.is_empty() && m.iter().all(|c| (0..MOST_CATEGORIES).contains(c)))
            .ok_or_else(|| format!("node {node} has no list of categories, or a bad one"))
    }

    fn grown(&self, node: usize) -> Result<Grown, String> {
        let cover = at(&self.tree.sum_hessian, node)?;
        let gain = at(&self.tree.loss_changes, node)?;
        let weight = self.tree.base_weights.get(node).copied().unwrap_or(0.0);
        if cover >= 0.0 && [cover, gain, weight].into_iter().all(is_number) {
            return Ok(Grown { cover, gain, weight });
        }
        Err(format!("node {node} was grown on {cover} with a gain of {gain} and weighs {weight}"))
    }
}

fn is_number(value: f32) -> bool {
    value.abs() < json::LARGEST
}

fn at<T: Copy>(list: &[T], node: usize) -> Result<T, String> {
    list.get(node).copied().ok_or_else(|| format!("node {node} does not exist"))
}

/// Of each node: the place of its categories. XGBoost lists the nodes in order, and the categories of
/// one behind those of the other: what is listed otherwise was not written by it.
fn listed(tree: &Tree) -> Result<Vec<Option<usize>>, String> {
    let nodes = &tree.categories_nodes;
    let counts = [tree.categories_segments.len(), tree.categories_sizes.len()];
    if counts != [nodes.len(); 2] {
        return Err(format!("{} nodes have categories, its lists {counts:?}", nodes.len()));
    }
    let mut listed = vec![None; tree.left_children.len()];
    let (mut last, mut end) = (-1, 0_i64);
    let lists = nodes.iter().zip(&tree.categories_segments).zip(&tree.categories_sizes);
    for (place, ((node, segment), size)) in lists.enumerate() {
        let slot = usize::try_from(*node).ok().filter(|_| *node > last);
        let slot = slot.and_then(|n| listed.get_mut(n).zip(tree.split_type.get(n)));
        match slot {
            Some((slot, 1)) => *slot = Some(place),
            _ => return Err(format!("categories of node {node}, which does not split by them")),
        }
        if *segment != end || *size < 0 {
            return Err(format!("the categories of node {node} begin at {segment}, not at {end}"));
        }
        (last, end) = (*node, end.saturating_add(*size));
    }
    if usize::try_from(end) == Ok(tree.categories.len()) {
        return Ok(listed);
    }
    Err(format!("its nodes have {end} categories, its list {}", tree.categories.len()))
}

/// Names and types of features, where the model has them.
fn named(features: usize, names: &[String], types: &[String]) -> Result<(), ForestError> {
    for (what, found) in
        [("the number of feature names", names.len()), ("the number of feature types", types.len())]
    {
        if found != 0 && found != features {
            return Err(ForestError::unknown(what, found, "that of its features"));
        }
    }
    if let Some(name) = names.iter().find(|name| name.chars().any(char::is_control)) {
        return Err(ForestError::unknown(
            "the name of a feature",
            name,
            "text without control characters",
        ));
    }
    match types.iter().find(|kind| !FEATURE_TYPES.contains(&kind.as_str())) {
        Some(kind) => {
            Err(ForestError::unknown("the type of a feature", kind, "float, int, i, q or c"))
        }
        None => Ok(()),
    }
}
