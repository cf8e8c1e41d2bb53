//! Rules, routes and dashboards in deploy/monitoring, in a real Prometheus and Alertmanager.

mod acceleration;
mod configurations;
mod dashboards;
mod live;
mod routes;
mod rules;
mod stack;
mod traces;

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file or folder of deploy/monitoring.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/monitoring").join(name)
}

fn read(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files of a folder, by name.
fn list(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The text of all rule files.
fn read_rules() -> String {
    list("prometheus/rules").iter().map(|name| read(&format!("prometheus/rules/{name}"))).collect()
}

/// The names of all alerts, sorted.
fn alert_names() -> Vec<String> {
    let rules = read_rules();
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    names
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}
