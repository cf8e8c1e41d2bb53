//! The reader of a command's stdout may close the pipe at any time, as `| head -1` does.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use ntsb_tests::cli::{ntsb_command, run_ntsb};
use ntsb_tests::database::Database;

/// Reads `lines` lines of stdout and closes the pipe. Returns the exit code and stderr.
fn read_lines(database: &Database, arguments: &[&str], lines: usize) -> (Option<i32>, String) {
    let mut command = ntsb_command(&database.server, &database.name);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..lines {
        stdout.read_until(b'\n', &mut Vec::new()).unwrap();
    }
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code(), stderr)
}

#[test]
fn every_command_exits_quietly_when_the_pipe_closes() {
    let database = Database::with_sample();
    // More than the buffer of a pipe.
    database.execute(
        "CREATE VIEW ntsb.wide AS SELECT n, repeat(md5(n::text), 40) AS words, 1.0::float8 AS lat, 1.0::float8 AS lon
         FROM generate_series(1, 3000) n",
    );
    let exports =
        ["csv", "geojson", "parquet"].map(|format| ["export", "wide", "--format", format]);
    for arguments in &exports {
        // Parquet has no lines, so this reads up to the first newline byte.
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
        let complete = run_ntsb(&database, arguments);
        let expected = if complete.code == Some(0) { String::new() } else { complete.stderr };
        let (code, stderr) = read_lines(&database, arguments, 0);
        assert_eq!((code, stderr), (complete.code, expected), "{arguments:?}");
    }
}
