//! Merges the parts of a random forest.
//!
//! XGBoost grows all parallel trees of a forest in one call, which cannot be interrupted. So a forest is
//! grown in parts, each with its share of the learning rate, and the parts are merged. The margin of a
//! row is the sum over all trees, so the result does not depend on the part in which a tree was grown.

use serde_json::{Value, json};

/// Why parts cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A part is not a tree model.
    #[error("a part is not a tree model in XGBoost's JSON: {0}")]
    Shape(String),
    /// There are no parts.
    #[error("there are no parts to merge")]
    Empty,
}

/// Merges parts, each in XGBoost's JSON and with the same classes, to one model of one round.
pub fn merge_forests(parts: &[Vec<u8>]) -> Result<Vec<u8>, MergeError> {
    let mut parts = parts.iter().map(|part| parse_part(part));
    let mut merged = parts.next().ok_or(MergeError::Empty)??;
    for part in parts {
        let part = part?;
        append_list(&mut merged, &part, "trees")?;
        append_list(&mut merged, &part, "tree_info")?;
    }
    number_trees(&mut merged)?;
    Ok(merged.to_string().into_bytes())
}

fn parse_part(part: &[u8]) -> Result<Value, MergeError> {
    serde_json::from_slice(part).map_err(|e| MergeError::Shape(e.to_string()))
}

const MODEL: &str = "/learner/gradient_booster/model";

fn list_mut<'a>(model: &'a mut Value, name: &str) -> Result<&'a mut Vec<Value>, MergeError> {
    let found = model.pointer_mut(&format!("{MODEL}/{name}")).and_then(Value::as_array_mut);
    found.ok_or_else(|| MergeError::Shape(format!("no {name}")))
}

fn append_list(merged: &mut Value, part: &Value, name: &str) -> Result<(), MergeError> {
    let list = part.pointer(&format!("{MODEL}/{name}")).and_then(Value::as_array);
    let list = list.ok_or_else(|| MergeError::Shape(format!("no {name}")))?;
    list_mut(merged, name)?.extend(list.iter().cloned());
    Ok(())
}

/// Numbers the trees consecutively and updates their counts in the parameters.
fn number_trees(merged: &mut Value) -> Result<(), MergeError> {
    let trees = list_mut(merged, "trees")?;
    for (id, tree) in trees.iter_mut().enumerate() {
        let tree = tree
            .as_object_mut()
            .ok_or_else(|| MergeError::Shape("a tree is not an object".into()))?;
        tree.insert("id".into(), json!(id));
    }
    let count = trees.len();
    let classes =
        list_mut(merged, "tree_info")?.iter().filter_map(Value::as_u64).max().unwrap_or(0) + 1;
    let parallel = count as u64 / classes;
    let parameters = merged.pointer_mut(&format!("{MODEL}/gbtree_model_param"));
    let parameters = parameters.and_then(Value::as_object_mut);
    let parameters = parameters.ok_or_else(|| MergeError::Shape("no gbtree_model_param".into()))?;
    parameters.insert("num_trees".into(), json!(count.to_string()));
    parameters.insert("num_parallel_tree".into(), json!(parallel.to_string()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(trees: usize) -> Vec<u8> {
        let tree = json!({"id": 0, "split_conditions": [0.25]});
        let model = json!({"trees": vec![tree; trees], "tree_info": vec![0; trees],
            "gbtree_model_param": {"num_trees": trees.to_string(), "num_parallel_tree": trees.to_string()}});
        json!({"learner": {"gradient_booster": {"model": model}}}).to_string().into_bytes()
    }

    #[test]
    fn trees_of_all_parts_are_numbered_consecutively() {
        let merged: Value =
            serde_json::from_slice(&merge_forests(&[part(3), part(2)]).unwrap()).unwrap();
        let model = merged.pointer(MODEL).unwrap();
        let ids: Vec<_> =
            model["trees"].as_array().unwrap().iter().map(|t| t["id"].as_u64()).collect();
        assert_eq!(ids, (0..5).map(Some).collect::<Vec<_>>());
        assert_eq!(model["tree_info"].as_array().unwrap().len(), 5);
        assert_eq!(model["gbtree_model_param"]["num_parallel_tree"], "5");
    }

    #[test]
    fn invalid_parts_are_rejected() {
        assert_eq!(merge_forests(&[]), Err(MergeError::Empty));
        for bad in ["", "[]", "{\"learner\": {}}"] {
            assert!(
                matches!(merge_forests(&[bad.into(), part(1)]), Err(MergeError::Shape(_))),
                "{bad}"
            );
        }
    }
}
