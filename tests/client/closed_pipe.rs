//! Whoever reads a command's stdout may stop at any time, as `| head -1` does.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use ntsb_tests::database::Database;
use ntsb_tests::ntsb::{command, ntsb};

/// Reads so many lines and closes the pipe; the exit code and what was said.
fn read_lines(database: &Database, arguments: &[&str], lines: usize) -> (Option<i32>, String) {
    let mut command = command(&database.server, &database.name);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..lines {
        stdout.read_until(b'\n', &mut Vec::new()).unwrap();
    }
    drop(stdout);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn every_command_ends_silently_with_0() {
    let database = Database::with_sample();
    // More than a pipe holds.
    database.execute(
        "CREATE VIEW ntsb.wide AS SELECT n, repeat(md5(n::text), 40) AS words, 1.0::float8 AS lat, 1.0::float8 AS lon
         FROM generate_series(1, 3000) n",
    );
    let exports = ["csv", "geojson", "parquet"].map(|form| ["export", "wide", "--format", form]);
    for arguments in &exports {
        // Parquet has no lines; what comes first is enough.
        assert_eq!(read_lines(&database, arguments, 1), (Some(0), String::new()), "{arguments:?}");
    }
    let others: [&[&str]; 14] = [
        &["search", "engine"],
        &["search", "engine", "--output", "csv"],
        &["search", "engine", "--output", "json"],
        &["near", "61", "-150", "--km", "5000"],
        &["stats", "year"],
        &["status"],
        &["status", "--json"],
        &["history", "20080115X00050"],
        &["quarantine", "list"],
        &["models", "--output", "csv"],
        &["forecast"],
        &["completions", "bash"],
        &["--help"],
        &["verify"],
    ];
    for arguments in others.into_iter().chain(exports.iter().map(|a| &a[..])) {
        let whole = ntsb(&database, arguments);
        let expected = if whole.code == Some(0) { String::new() } else { whole.stderr };
        let (code, said) = read_lines(&database, arguments, 0);
        assert_eq!((code, said), (whole.code, expected), "{arguments:?}");
    }
}
