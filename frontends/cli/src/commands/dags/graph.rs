//! `ntsb dag graph`: the tasks of pipelines as a Mermaid flowchart.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::args::GraphArgs;
use crate::database::connect;
use crate::failure::Failure;
use crate::output::Terminal;

const TASKS: &str = "
    SELECT d.dag, coalesce(d.schedule, 'on request') AS schedule, t.task, t.depends_on
    FROM ntsb.dag d JOIN ntsb.dag_task t USING (dag)
    WHERE $1::text IS NULL OR d.dag = $1 ORDER BY d.dag, t.position";

struct Task {
    dag: String,
    schedule: String,
    name: String,
    depends_on: Vec<String>,
}

pub async fn print_graph(
    args: &GraphArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = connect(dsn, terminal).await?;
    let mut tasks = Vec::new();
    for row in client.query(TASKS, &[&args.name]).await? {
        tasks.push(Task {
            dag: row.try_get(0)?,
            schedule: row.try_get(1)?,
            name: row.try_get(2)?,
            depends_on: row.try_get(3)?,
        });
    }
    match &args.name {
        Some(name) if tasks.is_empty() => Err(Failure::Other(format!(
            "pipeline {name:?} does not exist\nhint: ntsb dag list shows the pipelines."
        ))),
        _ => terminal.print(&draw(&tasks)),
    }
}

/// Nodes are numbered, because Mermaid reads some names, such as `end`, as keywords.
fn draw(tasks: &[Task]) -> String {
    let mut text = "flowchart LR\n".to_owned();
    let number = |dag: &str, name: &str| {
        tasks
            .iter()
            .position(|task| task.dag == dag && task.name == name)
            .map_or(0, |position| position + 1)
    };
    let mut dags: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
    for task in tasks {
        dags.entry(&task.dag).or_default().push(task);
    }
    for (place, (dag, members)) in dags.iter().enumerate() {
        let schedule = members.first().map_or("", |task| task.schedule.as_str());
        let _ = writeln!(text, "    subgraph g{}[\"{dag}: {schedule}\"]", place + 1);
        for task in members {
            let _ = writeln!(text, "        t{}[\"{}\"]", number(dag, &task.name), task.name);
        }
        for task in members {
            for dependency in &task.depends_on {
                let (from, to) = (number(dag, dependency), number(dag, &task.name));
                let _ = writeln!(text, "        t{from} --> t{to}");
            }
        }
        text += "    end\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_arrows_within_their_pipeline() {
        let task = |dag: &str, name: &str, depends_on: &[&str]| Task {
            dag: dag.to_owned(),
            schedule: "30 9 * * *".to_owned(),
            name: name.to_owned(),
            depends_on: depends_on.iter().map(|d| (*d).to_owned()).collect(),
        };
        let tasks = [task("a", "star", &[]), task("a", "views", &["star"]), task("b", "star", &[])];
        let expected = "flowchart LR\n    subgraph g1[\"a: 30 9 * * *\"]\n        t1[\"star\"]\n        t2[\"views\"]\n        \
                        t1 --> t2\n    end\n    subgraph g2[\"b: 30 9 * * *\"]\n        t3[\"star\"]\n    end\n";
        assert_eq!(draw(&tasks), expected);
    }
}
