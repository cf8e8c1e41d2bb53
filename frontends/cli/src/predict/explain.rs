//! What each fact adds to what a model says.

use serde_json::{Map, Value};

use super::Told;
use crate::answer::{Question, cell};
use crate::args::{ExplainArgs, Output};
use crate::failure::Failure;
use crate::terminal::Terminal;

pub async fn run(
    args: &ExplainArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let told = Told::of(args.event.as_deref(), &args.facts)?;
    // The base is no feature.
    let limit = args.limit.map(|features| features.saturating_add(1));
    let question = Question::new(format!(
        "SELECT * FROM ntsb_explain_severity({}, $3::text, $2::text) LIMIT $4::bigint",
        told.sql()
    ))
    .with(told.value())
    .with(args.model.clone())
    .with(args.severity.clone())
    .with(limit);
    let answer = question.answer(dsn, terminal).await?;
    if args.output.output != Output::Table {
        return answer.show(args.output, terminal);
    }
    let sentence = answer.objects()?.first().map(sentence).unwrap_or_default();
    answer.only(&["feature", "value", "contribution"]).show_table(terminal)?;
    terminal.result(&sentence)
}

fn sentence(line: &Map<String, Value>) -> String {
    let (severity, margin) = (cell(line.get("severity")), cell(line.get("margin")));
    format!(
        "\nWhat speaks for {severity} (above 0) and against it: all add up to its margin, {margin}.\n"
    )
}
