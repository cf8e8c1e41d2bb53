//! The questions that documents show give the answers that they show.
//!
//! An `sql` block is asked of the sample, and the `text` block right after it is its answer. After a
//! change that was meant, ACCEPT=1 writes the new answers into the documents.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::{load, ntsb};
use ntsb_tests::process::run;
use ntsb_tests::server::server;

const QUESTION: &str = "```sql\n";
const ANSWER: &str = "\n\n```text\n";
const END: &str = "```";

pub fn path(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document)
}

/// The sample with its increment and a list of airports, and all that is derived.
fn sample() -> Database {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let airports = fixture("airports/airports.csv");
    ntsb(&database, &["load-airports", airports.to_str().unwrap()]);
    database.execute("CALL ntsb_refresh()");
    database
}

/// What psql says, without the blanks that it puts at the ends of lines. An error is an answer too.
fn ask(database: &Database, question: &str) -> String {
    let mut psql = server().command("psql", &database.name);
    psql.args(["-X", "-q", "-c", question]);
    let finished = run(psql);
    let said = format!("{}{}", finished.stdout, finished.stderr);
    let lines: Vec<_> = said.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// The document with the answers that the database gives, and how many they are.
fn answered(text: &str, database: &Database) -> (String, usize) {
    let mut parts = text.split(QUESTION);
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for part in parts {
        let (question, rest) = part.split_once(END).expect("an end of the question");
        let rest = rest.strip_prefix(ANSWER).unwrap_or_else(|| panic!("no answer to {question}"));
        let (_, rest) = rest.split_once(END).expect("an end of the answer");
        let answer = ask(database, question);
        out += &format!("{QUESTION}{question}{END}{ANSWER}{answer}{END}{rest}");
        count += 1;
    }
    (out, count)
}

pub fn check(document: &str, at_least: usize) {
    let database = sample();
    let shown = fs::read_to_string(path(document)).unwrap();
    let (found, count) = answered(&shown, &database);
    assert!(count >= at_least, "{document} has {count} questions");
    if env::var_os("ACCEPT").is_some() {
        fs::write(path(document), &found).unwrap();
    }
    for (shown, found) in shown.split(QUESTION).zip(found.split(QUESTION)) {
        assert_eq!(shown, found, "{document}");
    }
    assert!(!found.contains("does not exist\nLINE"), "{document} asks for what does not exist");
}

#[test]
fn the_readme_shows_what_the_sample_answers() {
    check("README.md", 5);
}

#[test]
fn questions_that_people_ask_have_these_answers() {
    check("docs/questions.md", 20);
}

#[test]
fn the_page_on_tools_shows_what_they_would_see() {
    check("docs/bi.md", 1);
}

#[test]
fn the_page_on_geography_shows_what_the_sample_answers() {
    check("docs/geo.md", 8);
}

#[test]
fn the_page_on_time_shows_what_the_sample_answers() {
    check("docs/timeseries.md", 9);
}

#[test]
fn the_page_on_models_shows_what_the_sample_answers() {
    check("docs/models.md", 5);
}

#[test]
fn the_page_on_predictions_shows_what_the_sample_answers() {
    check("docs/predictions.md", 9);
}
