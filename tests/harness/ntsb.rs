//! The command `ntsb`, run as a user runs it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::database::Database;
use crate::process::{Finished, Running, run};
use crate::server::Server;

/// On a database, without arguments yet.
pub fn command(server: &Server, database: &str) -> Command {
    server.command(server.ntsb(), database)
}

/// `ntsb load` with options, of a file.
pub fn load_command(database: &Database, options: &[&str], file: &Path) -> Command {
    let mut command = command(&database.server, &database.name);
    command.arg("load").args(options).arg(file);
    command
}

pub fn ntsb(database: &Database, arguments: &[&str]) -> Finished {
    let mut command = command(&database.server, &database.name);
    command.args(arguments);
    run(command)
}

/// What a command prints that must succeed.
pub fn printed(database: &Database, arguments: &[&str]) -> String {
    let finished = ntsb(database, arguments);
    assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.said());
    finished.stdout
}

/// Its answer as JSON.
pub fn answered(database: &Database, arguments: &[&str]) -> Value {
    let text = printed(database, &[arguments, &["--output", "json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}"))
}

/// Loads a file, which must succeed, and gives what `--json` says of it.
pub fn load(database: &Database, options: &[&str], file: &Path) -> Report {
    load_within(database, options, file, Duration::from_secs(120)).0
}

/// Also gives the most memory that the command had, in MiB.
pub fn load_within(
    database: &Database,
    options: &[&str],
    file: &Path,
    limit: Duration,
) -> (Report, u64) {
    let command = load_command(database, &[options, &["--json"]].concat(), file);
    let finished = Running::start(command).finish_within(limit);
    assert_eq!(finished.code, Some(0), "loading {}:\n{}", file.display(), finished.said());
    (Report::read(&finished.stdout), finished.peak)
}

/// What a load says that it did.
#[derive(Debug, PartialEq)]
pub struct Report {
    pub batch_id: i64,
    pub mode: String,
    pub dry_run: bool,
    pub warnings: Vec<String>,
    /// Table by table, in the order of the output.
    pub tables: Vec<(String, Counts)>,
    pub total: Counts,
}

/// staged, inserted, ... by name.
pub type Counts = BTreeMap<String, i64>;

impl Report {
    pub fn read(stdout: &str) -> Report {
        let report: Value = serde_json::from_str(stdout).unwrap();
        let tables = report["tables"].as_array().unwrap();
        let warnings = report["warnings"].as_array().unwrap();
        Report {
            batch_id: report["batch_id"].as_i64().unwrap(),
            mode: report["mode"].as_str().unwrap().to_owned(),
            dry_run: report["dry_run"].as_bool().unwrap(),
            warnings: warnings.iter().map(|w| w.as_str().unwrap().to_owned()).collect(),
            tables: tables
                .iter()
                .map(|t| (t["table"].as_str().unwrap().to_owned(), counts(t)))
                .collect(),
            total: counts(&report["total"]),
        }
    }

    /// Such as `of("events", "inserted")`.
    pub fn of(&self, table: &str, what: &str) -> i64 {
        let (_, counts) = self.tables.iter().find(|(name, _)| name == table).unwrap();
        counts[what]
    }

    /// Rows inserted, updated and withdrawn, in all tables.
    pub fn changed(&self) -> i64 {
        self.total["inserted"] + self.total["updated"] + self.total["withdrawn"]
    }

    /// Each staged row came to exactly one end.
    pub fn assert_nothing_lost(&self) {
        for (table, counts) in &self.tables {
            let ends = ["inserted", "updated", "unchanged", "stale", "duplicates", "rejected"];
            let sum: i64 = ends.iter().map(|end| counts[*end]).sum();
            assert_eq!(counts["staged"], sum, "{table}: {counts:?}");
        }
    }
}

fn counts(value: &Value) -> Counts {
    let numbers = value.as_object().unwrap().iter();
    numbers.filter_map(|(name, number)| Some((name.clone(), number.as_i64()?))).collect()
}
