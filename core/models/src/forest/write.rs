//! A forest written out again, in the one form in which it is stored and handed on.
//!
//! Nothing of the bytes that were read is in it: nodes are numbered level by level, nodes that no tree
//! leads to are left out, categories are sorted, and what the forest does not need is not written.
//! It is the form of XGBoost 1.7, which later versions read, too.

use super::tree::{Ask, Grown, Node};
use super::{Forest, ForestError, MOST_BYTES, Objective, Planted};

/// The version whose form it is.
const VERSION: [i32; 3] = [1, 7, 4];

/// XGBoost's parent of a root.
const NO_PARENT: i32 = i32::MAX;

/// A format of XGBoost's.
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
    /// As UBJSON: equal forests give equal bytes, and reading them gives an equal forest.
    pub fn to_ubj(&self) -> Result<Vec<u8>, ForestError> {
        let mut out = super::ubjson_out::Ubjson::default();
        self.write(&mut out)?;
        Ok(out.into_bytes())
    }

    /// As JSON.
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
            texts(out, &[("name", "gbtree")]);
            Ok(())
        })?;
        self.write_parameters(out)
    }

    fn write_trees(&self, out: &mut dyn Format) -> Result<(), ForestError> {
        out.key("gbtree_model_param");
        object(out, |out| {
            let (parallel, trees) = (self.parallel.to_string(), self.trees().to_string());
            texts(
                out,
                &[
                    ("num_parallel_tree", &parallel),
                    ("num_trees", &trees),
                    ("size_leaf_vector", "0"),
                ],
            );
            Ok(())
        })?;
        out.key("tree_info");
        out.begin_array(self.trees());
        self.planted.iter().for_each(|tree| out.integer(tree.class as i32));
        out.end_array();
        out.key("trees");
        out.begin_array(self.trees());
        for (id, tree) in self.planted.iter().enumerate() {
            let end = self.planted.get(id + 1).map_or(self.nodes.len(), |next| next.root as usize);
            object(out, |out| self.write_tree(out, id, tree, end))?;
        }
        out.end_array();
        Ok(())
    }

    fn write_tree(
        &self,
        out: &mut dyn Format,
        id: usize,
        tree: &Planted,
        end: usize,
    ) -> Result<(), ForestError> {
        let root = tree.root as usize;
        let nodes = self.nodes.get(root..end).unwrap_or_default();
        let grown = self.grown.get(root..end).unwrap_or_default();
        let mut lists = Lists::of(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            lists.push(self, at, *node, root);
        }
        lists.write(out, grown);
        out.key("id");
        out.integer(id as i32);
        out.key("tree_param");
        object(out, |out| {
            let (features, nodes) = (self.features.to_string(), nodes.len().to_string());
            texts(
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
        if out.length() > MOST_BYTES {
            let what = "the number of bytes written";
            return Err(ForestError::TooLarge { what, found: out.length(), most: MOST_BYTES });
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
            texts(
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
            texts(out, &[("name", name)]);
            out.key(parameters);
            object(out, |out| {
                texts(out, &[parameter]);
                Ok(())
            })
        })
    }
}

fn object(
    out: &mut dyn Format,
    inside: impl FnOnce(&mut dyn Format) -> Result<(), ForestError>,
) -> Result<(), ForestError> {
    out.begin_object();
    inside(out)?;
    out.end_object();
    Ok(())
}

fn texts(out: &mut dyn Format, texts: &[(&str, &str)]) {
    for (key, text) in texts {
        out.key(key);
        out.text(text);
    }
}

/// A tree as XGBoost has it, list by list.
struct Lists {
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

impl Lists {
    fn of(nodes: usize) -> Lists {
        Lists {
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

    fn push(&mut self, forest: &Forest, at: usize, node: Node, root: usize) {
        match node.ask(forest.features) {
            Ask::Leaf { value } => put(&mut self.conditions, at, value),
            Ask::Less { feature, than, missing_left } => {
                put(&mut self.conditions, at, than);
                self.split(at, node.left() - root, feature, missing_left);
            }
            Ask::Within { feature, set, missing_left } => {
                self.split(at, node.left() - root, feature, missing_left);
                put(&mut self.kinds, at, 1);
                let before = self.categories.len();
                self.categories.extend(forest.sets.members(set).map(|member| member as i32));
                self.categorical.push(at as i32);
                self.segments.push(before as i64);
                self.sizes.push((self.categories.len() - before) as i64);
            }
        }
    }

    fn split(&mut self, at: usize, left: usize, feature: usize, missing_left: bool) {
        put(&mut self.left, at, left as i32);
        put(&mut self.right, at, left as i32 + 1);
        put(&mut self.features, at, feature as i32);
        put(&mut self.missing_left, at, missing_left.into());
        put(&mut self.parents, left, at as i32);
        put(&mut self.parents, left + 1, at as i32);
    }

    fn write(&self, out: &mut dyn Format, grown: &[Grown]) {
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
        let of = |what: fn(&Grown) -> f32| grown.iter().map(what).collect::<Vec<_>>();
        for (key, list) in [
            ("split_conditions", &self.conditions),
            ("sum_hessian", &of(|g| g.cover)),
            ("loss_changes", &of(|g| g.gain)),
            ("base_weights", &of(|g| g.weight)),
        ] {
            out.key(key);
            out.floats(list);
        }
    }
}

fn put<T>(list: &mut [T], at: usize, value: T) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}
