//! The graph of the tasks of a pipeline: each task once, only known tasks, no cycle.

use std::collections::{BTreeMap, BTreeSet};

/// The most tasks of a pipeline.
pub const MAX_TASKS: usize = 100;

const MAX_NAME: usize = 48;

/// A task and the tasks that must succeed before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Name of the task.
    pub name: String,
    /// Names of the tasks that it depends on.
    pub depends_on: Vec<String>,
}

/// Why tasks are no pipeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// There is no task, or too many.
    #[error("a pipeline must have 1 to {MAX_TASKS} tasks, got {0}")]
    Count(usize),
    /// A name has characters that are not allowed.
    #[error(
        "the name of a task must be lower-case letters, digits and _, start with a letter and have at most {MAX_NAME} \
         characters, got {0:?}"
    )]
    Name(String),
    /// Two tasks have the same name.
    #[error("task {0} is defined twice")]
    Duplicate(String),
    /// A task depends on one that does not exist.
    #[error("task {task} depends on {unknown:?}, which is no task of this pipeline")]
    Unknown {
        /// The task.
        task: String,
        /// What it depends on.
        unknown: String,
    },
    /// Tasks depend on each other. The first is repeated at the end.
    #[error("the tasks depend on each other in a cycle: {}", .0.join(" -> "))]
    Cycle(Vec<String>),
}

/// Checks the tasks of a pipeline, and returns their positions in an order in which they can run.
pub fn check_tasks(tasks: &[Task]) -> Result<Vec<usize>, GraphError> {
    if !(1..=MAX_TASKS).contains(&tasks.len()) {
        return Err(GraphError::Count(tasks.len()));
    }
    let mut positions = BTreeMap::new();
    for (position, task) in tasks.iter().enumerate() {
        if !is_name(&task.name) {
            return Err(GraphError::Name(task.name.chars().take(2 * MAX_NAME).collect()));
        }
        if positions.insert(task.name.as_str(), position).is_some() {
            return Err(GraphError::Duplicate(task.name.clone()));
        }
    }
    for task in tasks {
        if let Some(unknown) =
            task.depends_on.iter().find(|name| !positions.contains_key(name.as_str()))
        {
            let unknown = unknown.chars().take(2 * MAX_NAME).collect();
            return Err(GraphError::Unknown { task: task.name.clone(), unknown });
        }
    }
    sort(tasks, &positions)
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(allowed)
}

/// Takes the first task whose dependencies are done, until none is left or only cycles are.
fn sort(tasks: &[Task], positions: &BTreeMap<&str, usize>) -> Result<Vec<usize>, GraphError> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut order = Vec::with_capacity(tasks.len());
    while order.len() < tasks.len() {
        let is_ready = |task: &Task| {
            !done.contains(task.name.as_str())
                && task.depends_on.iter().all(|d| done.contains(d.as_str()))
        };
        match tasks.iter().position(is_ready) {
            Some(position) => {
                order.push(position);
                done.extend(tasks.get(position).map(|task| task.name.as_str()));
            }
            None => return Err(GraphError::Cycle(find_cycle(tasks, positions, &done))),
        }
    }
    Ok(order)
}

/// Follows dependencies that are not done: each task left has one, so a task must come up again.
fn find_cycle(
    tasks: &[Task],
    positions: &BTreeMap<&str, usize>,
    done: &BTreeSet<&str>,
) -> Vec<String> {
    let mut path: Vec<&str> = Vec::new();
    let mut next = tasks.iter().find(|task| !done.contains(task.name.as_str()));
    while let Some(task) = next {
        if let Some(start) = path.iter().position(|name| *name == task.name) {
            let cycle = path.iter().skip(start).copied().chain([task.name.as_str()]);
            return cycle.map(str::to_owned).collect();
        }
        path.push(&task.name);
        let dependency = task.depends_on.iter().find(|name| !done.contains(name.as_str()));
        next = dependency.and_then(|name| tasks.get(*positions.get(name.as_str())?));
    }
    path.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tasks(definition: &[(&str, &[&str])]) -> Vec<Task> {
        let task = |(name, depends_on): &(&str, &[&str])| Task {
            name: (*name).to_owned(),
            depends_on: depends_on.iter().map(|d| (*d).to_owned()).collect(),
        };
        definition.iter().map(task).collect()
    }

    #[test]
    fn tasks_run_after_those_that_they_depend_on() {
        let diamond = tasks(&[("d", &["b", "c"]), ("b", &["a"]), ("c", &["a"]), ("a", &[])]);
        assert_eq!(check_tasks(&diamond), Ok(vec![3, 1, 2, 0]));
    }

    #[test]
    fn a_cycle_is_named() {
        let cycle = tasks(&[
            ("start", &[]),
            ("a", &["start", "c"]),
            ("b", &["a"]),
            ("c", &["b"]),
            ("d", &["c"]),
        ]);
        let error = check_tasks(&cycle).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the tasks depend on each other in a cycle: a -> c -> b -> a"
        );
        let error = check_tasks(&tasks(&[("a", &["a"])])).unwrap_err();
        assert_eq!(error, GraphError::Cycle(vec!["a".to_owned(), "a".to_owned()]));
    }

    #[test]
    fn unknown_and_repeated_tasks_and_other_names_are_refused() {
        let unknown = check_tasks(&tasks(&[("a", &["b"])])).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "task a depends on \"b\", which is no task of this pipeline"
        );
        assert_eq!(
            check_tasks(&tasks(&[("a", &[]), ("a", &[])])),
            Err(GraphError::Duplicate("a".to_owned()))
        );
        assert_eq!(check_tasks(&[]), Err(GraphError::Count(0)));
        for name in ["", "A", "1a", "a-b", "a b", "a\"b", "é", "a;DROP TABLE x", &"a".repeat(49)] {
            assert!(
                matches!(check_tasks(&tasks(&[(name, &[])])), Err(GraphError::Name(_))),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_order_respects_each_dependency(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..30)) {
            let mut graph: Vec<Task> =
                (0..12).map(|n| Task { name: format!("t{n}"), depends_on: Vec::new() }).collect();
            for (from, to) in edges {
                graph[from].depends_on.push(format!("t{to}"));
            }
            match check_tasks(&graph) {
                Ok(order) => {
                    for (place, position) in order.iter().enumerate() {
                        for dependency in &graph[*position].depends_on {
                            let before = order[..place].iter().any(|p| graph[*p].name == *dependency);
                            prop_assert!(before);
                        }
                    }
                }
                Err(GraphError::Cycle(cycle)) => {
                    prop_assert_eq!(cycle.first(), cycle.last());
                    for pair in cycle.windows(2) {
                        let task = graph.iter().find(|task| task.name == pair[0]).unwrap();
                        prop_assert!(task.depends_on.contains(&pair[1]));
                    }
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}
