//! The README's questions give the answers that it shows.

use ntsb_tests::database::Database;
use ntsb_tests::fixture;
use ntsb_tests::ntsb::load;
use ntsb_tests::process::succeed;
use ntsb_tests::server::server;

const README: &str = include_str!("../../README.md");

/// Questions with their answers: an `sql` block, and the `text` block right after it.
fn questions() -> Vec<(&'static str, &'static str)> {
    let after_fence = |text: &'static str| text.split_once("```");
    let mut all = Vec::new();
    for rest in README.split("```sql\n").skip(1) {
        let (question, rest) = after_fence(rest).expect("an end of the question");
        let answer = rest.strip_prefix("\n\n```text\n").expect("an answer after each question");
        let (answer, _) = after_fence(answer).expect("an end of the answer");
        all.push((question, answer));
    }
    all
}

/// Without the blanks that psql puts at the ends of lines.
fn trimmed(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn the_readme_shows_what_the_sample_answers() {
    let database = Database::with_sample();
    load(&database, &[], &fixture("up08NOV.zip"));
    let all = questions();
    assert!(all.len() >= 5, "{} questions", all.len());
    for (question, answer) in all {
        let mut psql = server().command("psql", &database.name);
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", question]);
        assert_eq!(trimmed(&succeed(psql)), trimmed(answer), "{question}");
    }
}
