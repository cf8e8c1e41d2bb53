//! One random forest of several.
//!
//! XGBoost grows all parallel trees of a forest in one call, which cannot be interrupted. So a forest is
//! grown in parts, each with its share of the learning rate, and the parts are laid together: what
//! XGBoost says of a row is the sum over the trees, in whichever part they grew.

use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("not a model of trees as XGBoost writes it: {0}")]
    Shape(String),
    #[error("there is no part")]
    Empty,
}

/// The parts, each as XGBoost's JSON and of the same classes, as one model of one round.
pub fn merge(parts: &[Vec<u8>]) -> Result<Vec<u8>, MergeError> {
    let mut parts = parts.iter().map(|part| read(part));
    let mut whole = parts.next().ok_or(MergeError::Empty)??;
    for part in parts {
        let part = part?;
        extend(&mut whole, &part, "trees")?;
        extend(&mut whole, &part, "tree_info")?;
    }
    number(&mut whole)?;
    Ok(whole.to_string().into_bytes())
}

fn read(part: &[u8]) -> Result<Value, MergeError> {
    serde_json::from_slice(part).map_err(|e| MergeError::Shape(e.to_string()))
}

const MODEL: &str = "/learner/gradient_booster/model";

fn list<'a>(model: &'a mut Value, name: &str) -> Result<&'a mut Vec<Value>, MergeError> {
    let found = model.pointer_mut(&format!("{MODEL}/{name}")).and_then(Value::as_array_mut);
    found.ok_or_else(|| MergeError::Shape(format!("no {name}")))
}

fn extend(whole: &mut Value, part: &Value, name: &str) -> Result<(), MergeError> {
    let more = part.pointer(&format!("{MODEL}/{name}")).and_then(Value::as_array);
    let more = more.ok_or_else(|| MergeError::Shape(format!("no {name}")))?;
    list(whole, name)?.extend(more.iter().cloned());
    Ok(())
}

/// Trees are numbered, and counted in the parameters.
fn number(whole: &mut Value) -> Result<(), MergeError> {
    let trees = list(whole, "trees")?;
    for (id, tree) in trees.iter_mut().enumerate() {
        let tree = tree.as_object_mut().ok_or_else(|| MergeError::Shape("a tree".into()))?;
        tree.insert("id".into(), json!(id));
    }
    let count = trees.len();
    let classes = list(whole, "tree_info")?.iter().filter_map(Value::as_u64).max().unwrap_or(0) + 1;
    let parallel = count as u64 / classes;
    let parameters = whole.pointer_mut(&format!("{MODEL}/gbtree_model_param"));
    let parameters = parameters.and_then(Value::as_object_mut);
    let parameters = parameters.ok_or_else(|| MergeError::Shape("no parameters".into()))?;
    parameters.insert("num_trees".into(), json!(count.to_string()));
    parameters.insert("num_parallel_tree".into(), json!(parallel.to_string()));
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn part(trees: usize) -> Vec<u8> {
        let tree = json!({"id": 0, "split_conditions": [0.25]});
        let model = json!({"trees": vec![tree; trees], "tree_info": vec![0; trees],
            "gbtree_model_param": {"num_trees": trees.to_string(), "num_parallel_tree": trees.to_string()}});
        json!({"learner": {"gradient_booster": {"model": model}}}).to_string().into_bytes()
    }

    #[test]
    fn trees_of_all_parts_are_numbered_in_turn() {
        let whole: Value = serde_json::from_slice(&merge(&[part(3), part(2)]).unwrap()).unwrap();
        let model = whole.pointer(MODEL).unwrap();
        let ids: Vec<_> =
            model["trees"].as_array().unwrap().iter().map(|t| t["id"].as_u64()).collect();
        assert_eq!(ids, (0..5).map(Some).collect::<Vec<_>>());
        assert_eq!(model["tree_info"].as_array().unwrap().len(), 5);
        assert_eq!(model["gbtree_model_param"]["num_parallel_tree"], "5");
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert_eq!(merge(&[]), Err(MergeError::Empty));
        for bad in ["", "[]", "{\"learner\": {}}"] {
            assert!(matches!(merge(&[bad.into(), part(1)]), Err(MergeError::Shape(_))), "{bad}");
        }
    }
}
