//! Writes a forest in its canonical form, in which it is stored and exported.
//!
//! No byte of the source is copied. Nodes are numbered level by level, unreachable nodes are left out,
//! categories are sorted, and only the data of the forest is written. The form is that of XGBoost 1.7,
//! which later versions read too.

use super::tree::{Node, NodeKind, NodeStats};
use super::{Forest, ForestError, MAX_BYTES, Objective, TreeInfo};

/// The version of XGBoost whose form is written.
const VERSION: [i32; 3] = [1, 7, 4];

/// The parent of a root in XGBoost's lists.
const NO_PARENT: i32 = i32::MAX;

/// A serialization format: JSON or UBJSON.
pub trait Format {
    fn begin_object(&mut self);
    fn end_object(&mut self);
    fn begin_array(&mut self, length: usize);
    fn end_array(&mut self);
    fn key(&mut self, key: &str);
    fn text(&mut self, text: &str);
    fn integer(&mut self, number: i32);
    fn bytes(&mut self, list: &[u8]);
    fn integers(&mut self, list: &[i32]);
    fn longs(&mut self, list: &[i64]);
    fn floats(&mut self, list: &[f32]);
    fn length(&self) -> usize;
}

impl Forest {
    /// Writes UBJSON. Equal forests give equal bytes, and reading the bytes gives an equal forest.
    pub fn to_ubj(&self) -> Result<Vec<u8>, ForestError> {
        let mut out = super::ubjson_out::Ubjson::default();
        self.write(&mut out)?;
        Ok(out.into_bytes())
    }

    /// Writes JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, ForestError> {
        let mut out = super::json_out::Json::default();
        self.write(&mut out)?;
        Ok(out.into_bytes())
    }

    fn write(&self, out: &mut dyn Format) -> Result<(), ForestError> {
        object(out, |out| {
            out.key("learner");
            object(out, |out| self.write_learner(out))?;
            out.key("version");
            out.begin_array(VERSION.len());
            VERSION.into_iter().for_each(|number| out.integer(number));
            out.end_array();
            Ok(())
        })
    }

    fn write_learner(&self, out: &mut dyn Format) -> Result<(), ForestError> {
        out.key("attributes");
        object(out, |_| Ok(()))?;
        for (key, list) in
            [("feature_names", &self.feature_names), ("feature_types", &self.feature_types)]
        {
            out.key(key);
            out.begin_array(list.len());
            list.iter().for_each(|text| out.text(text));
            out.end_array();
        }
        out.key("gradient_booster");
        object(out, |out| {
            out.key("model");
            object(out, |out| self.write_trees(out))?;
            write_texts(out, &[("name", "gbtree")]);
            Ok(())
        })?;
        self.write_parameters(out)
    }

    fn write_trees(&self, out: &mut dyn Format) -> Result<(), ForestError> {
        out.key("gbtree_model_param");
        object(out, |out| {
            let parallel_trees = self.parallel_trees.to_string();
            let trees = self.tree_count().to_string();
            write_texts(
                out,
                &[
                    ("num_parallel_tree", &parallel_trees),
                    ("num_trees", &trees),
                    ("size_leaf_vector", "0"),
                ],
            );
            Ok(())
        })?;
        out.key("tree_info");
        out.begin_array(self.tree_count());
        self.trees.iter().for_each(|tree| out.integer(tree.class as i32));
        out.end_array();
        out.key("trees");
        out.begin_array(self.tree_count());
        for (id, tree) in self.trees.iter().enumerate() {
            let end = self.trees.get(id + 1).map_or(self.nodes.len(), |next| next.root as usize);
            object(out, |out| self.write_tree(out, id, tree, end))?;
        }
        out.end_array();
        Ok(())
    }

    fn write_tree(
        &self,
        out: &mut dyn Format,
        id: usize,
        tree: &TreeInfo,
        end: usize,
    ) -> Result<(), ForestError> {
        let root = tree.root as usize;
        let nodes = self.nodes.get(root..end).unwrap_or_default();
        let stats = self.stats.get(root..end).unwrap_or_default();
        let mut lists = NodeLists::new(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            lists.set_node(self, index, *node, root);
        }
        lists.write(out, stats);
        out.key("id");
        out.integer(id as i32);
        out.key("tree_param");
        object(out, |out| {
            let (features, nodes) = (self.features.to_string(), nodes.len().to_string());
            write_texts(
                out,
                &[
                    ("num_deleted", "0"),
                    ("num_feature", &features),
                    ("num_nodes", &nodes),
                    ("size_leaf_vector", "0"),
                ],
            );
            Ok(())
        })?;
        if out.length() > MAX_BYTES {
            let what = "the number of bytes written";
            return Err(ForestError::TooLarge { what, found: out.length(), max: MAX_BYTES });
        }
        Ok(())
    }

    fn write_parameters(&self, out: &mut dyn Format) -> Result<(), ForestError> {
        let classes = match self.objective {
            Objective::Logistic => "0".to_owned(),
            Objective::Softprob { classes } => classes.to_string(),
        };
        let base = format!("{:E}", self.base_score);
        out.key("learner_model_param");
        object(out, |out| {
            let features = self.features.to_string();
            write_texts(
                out,
                &[
                    ("base_score", &base),
                    ("boost_from_average", "0"),
                    ("num_class", &classes),
                    ("num_feature", &features),
                    ("num_target", "1"),
                ],
            );
            Ok(())
        })?;
        let (name, parameters, parameter) = match self.objective {
            Objective::Logistic => ("binary:logistic", "reg_loss_param", ("scale_pos_weight", "1")),
            Objective::Softprob { .. } => {
                ("multi:softprob", "softmax_multiclass_param", ("num_class", classes.as_str()))
            }
        };
        out.key("objective");
        object(out, |out| {
            write_texts(out, &[("name", name)]);
            out.key(parameters);
            object(out, |out| {
                write_texts(out, &[parameter]);
                Ok(())
            })
        })
    }
}

fn object(
    out: &mut dyn Format,
    write_members: impl FnOnce(&mut dyn Format) -> Result<(), ForestError>,
) -> Result<(), ForestError> {
    out.begin_object();
    write_members(out)?;
    out.end_object();
    Ok(())
}

fn write_texts(out: &mut dyn Format, members: &[(&str, &str)]) {
    for (key, text) in members {
        out.key(key);
        out.text(text);
    }
}

/// A tree as the parallel lists of XGBoost, with one element per node.
struct NodeLists {
    left: Vec<i32>,
    right: Vec<i32>,
    parents: Vec<i32>,
    features: Vec<i32>,
    conditions: Vec<f32>,
    missing_left: Vec<u8>,
    kinds: Vec<u8>,
    categories: Vec<i32>,
    categorical: Vec<i32>,
    segments: Vec<i64>,
    sizes: Vec<i64>,
}

impl NodeLists {
    fn new(nodes: usize) -> NodeLists {
        NodeLists {
            left: vec![-1; nodes],
            right: vec![-1; nodes],
            parents: vec![NO_PARENT; nodes],
            features: vec![0; nodes],
            conditions: vec![0.0; nodes],
            missing_left: vec![0; nodes],
            kinds: vec![0; nodes],
            categories: Vec::new(),
            categorical: Vec::new(),
            segments: Vec::new(),
            sizes: Vec::new(),
        }
    }

    fn set_node(&mut self, forest: &Forest, index: usize, node: Node, root: usize) {
        match node.kind(forest.features) {
            NodeKind::Leaf { value } => set(&mut self.conditions, index, value),
            NodeKind::LessThan { feature, threshold, missing_left } => {
                set(&mut self.conditions, index, threshold);
                self.set_split(index, node.left() - root, feature, missing_left);
            }
            NodeKind::InSet { feature, set: categories, missing_left } => {
                self.set_split(index, node.left() - root, feature, missing_left);
                set(&mut self.kinds, index, 1);
                let before = self.categories.len();
                self.categories.extend(forest.sets.members(categories).map(|c| c as i32));
                self.categorical.push(index as i32);
                self.segments.push(before as i64);
                self.sizes.push((self.categories.len() - before) as i64);
            }
        }
    }

    fn set_split(&mut self, index: usize, left: usize, feature: usize, missing_left: bool) {
        set(&mut self.left, index, left as i32);
        set(&mut self.right, index, left as i32 + 1);
        set(&mut self.features, index, feature as i32);
        set(&mut self.missing_left, index, missing_left.into());
        set(&mut self.parents, left, index as i32);
        set(&mut self.parents, left + 1, index as i32);
    }

    fn write(&self, out: &mut dyn Format, stats: &[NodeStats]) {
        for (key, list) in [
            ("left_children", &self.left),
            ("right_children", &self.right),
            ("parents", &self.parents),
            ("split_indices", &self.features),
            ("categories", &self.categories),
            ("categories_nodes", &self.categorical),
        ] {
            out.key(key);
            out.integers(list);
        }
        for (key, list) in
            [("categories_segments", &self.segments), ("categories_sizes", &self.sizes)]
        {
            out.key(key);
            out.longs(list);
        }
        for (key, list) in [("default_left", &self.missing_left), ("split_type", &self.kinds)] {
            out.key(key);
            out.bytes(list);
        }
        let list = |value: fn(&NodeStats) -> f32| stats.iter().map(value).collect::<Vec<_>>();
        for (key, list) in [
            ("split_conditions", &self.conditions),
            ("sum_hessian", &list(|s| s.cover)),
            ("loss_changes", &list(|s| s.gain)),
            ("base_weights", &list(|s| s.weight)),
        ] {
            out.key(key);
            out.floats(list);
        }
    }
}

fn set<T>(list: &mut [T], index: usize, value: T) {
    if let Some(element) = list.get_mut(index) {
        *element = value;
    }
}
