//! Runs the `ntsb` command as a user would.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::database::Database;
use crate::process::{ChildProcess, ProcessOutput, run};
use crate::server::Server;

/// The `ntsb` command for a database, without arguments.
pub fn ntsb_command(server: &Server, database: &str) -> Command {
    server.command(server.ntsb_binary(), database)
}

/// The command `ntsb load OPTIONS FILE`.
pub fn load_command(database: &Database, options: &[&str], file: &Path) -> Command {
    let mut command = ntsb_command(&database.server, &database.name);
    command.arg("load").args(options).arg(file);
    command
}

pub fn run_ntsb(database: &Database, arguments: &[&str]) -> ProcessOutput {
    let mut command = ntsb_command(&database.server, &database.name);
    command.args(arguments);
    run(command)
}

/// Runs a command that must succeed and returns its stdout.
pub fn run_ntsb_ok(database: &Database, arguments: &[&str]) -> String {
    let output = run_ntsb(database, arguments);
    assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.all_output());
    output.stdout
}

/// Runs a command that must succeed with `--output json` and parses its output.
pub fn run_ntsb_json(database: &Database, arguments: &[&str]) -> Value {
    let text = run_ntsb_ok(database, &[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}"))
}

/// Loads a file, which must succeed, and returns the report of `--json`.
pub fn load(database: &Database, options: &[&str], file: &Path) -> LoadReport {
    load_within(database, options, file, Duration::from_secs(120)).0
}

/// Also returns the peak memory of the command in MiB.
pub fn load_within(
    database: &Database,
    options: &[&str],
    file: &Path,
    limit: Duration,
) -> (LoadReport, u64) {
    let command = load_command(database, &[options, &["--json"]].concat(), file);
    let output = ChildProcess::start(command).finish_within(limit);
    assert_eq!(output.code, Some(0), "loading {}:\n{}", file.display(), output.all_output());
    (LoadReport::parse(&output.stdout), output.peak_mib)
}

/// The JSON report of a load.
#[derive(Debug, PartialEq)]
pub struct LoadReport {
    pub batch_id: i64,
    pub mode: String,
    pub dry_run: bool,
    pub warnings: Vec<String>,
    /// In the order of the output.
    pub tables: Vec<(String, Counts)>,
    pub total: Counts,
}

/// Row counts by name: staged, inserted, and so on.
pub type Counts = BTreeMap<String, i64>;

impl LoadReport {
    pub fn parse(stdout: &str) -> LoadReport {
        let report: Value = serde_json::from_str(stdout).unwrap();
        let tables = report["tables"].as_array().unwrap();
        let warnings = report["warnings"].as_array().unwrap();
        LoadReport {
            batch_id: report["batch_id"].as_i64().unwrap(),
            mode: report["mode"].as_str().unwrap().to_owned(),
            dry_run: report["dry_run"].as_bool().unwrap(),
            warnings: warnings.iter().map(|w| w.as_str().unwrap().to_owned()).collect(),
            tables: tables
                .iter()
                .map(|t| (t["table"].as_str().unwrap().to_owned(), parse_counts(t)))
                .collect(),
            total: parse_counts(&report["total"]),
        }
    }

    /// For example `count("events", "inserted")`.
    pub fn count(&self, table: &str, what: &str) -> i64 {
        let (_, counts) = self.tables.iter().find(|(name, _)| name == table).unwrap();
        counts[what]
    }

    /// Counts the rows inserted, updated and withdrawn in all tables.
    pub fn count_changed(&self) -> i64 {
        self.total["inserted"] + self.total["updated"] + self.total["withdrawn"]
    }

    /// Panics unless each staged row has exactly one outcome.
    pub fn assert_counts_add_up(&self) {
        for (table, counts) in &self.tables {
            let outcomes = ["inserted", "updated", "unchanged", "stale", "duplicates", "rejected"];
            let sum: i64 = outcomes.iter().map(|outcome| counts[*outcome]).sum();
            assert_eq!(counts["staged"], sum, "{table}: {counts:?}");
        }
    }
}

fn parse_counts(value: &Value) -> Counts {
    let numbers = value.as_object().unwrap().iter();
    numbers.filter_map(|(name, number)| Some((name.clone(), number.as_i64()?))).collect()
}
