//! `ntsb drift`: whether events still look like those before.

use serde_json::{Map, Value};

use crate::answer::{Answer, Question, cell};
use crate::args::{DriftArgs, Output};
use crate::failure::Failure;
use crate::terminal::Terminal;

const DETECT: &str =
    "SELECT * FROM ntsb_detect_drift($1::text::daterange, $2::text::daterange, $3, $4, $5)";

pub async fn run(args: &DriftArgs, dsn: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let answer = Question::new(DETECT)
        .with(args.reference.clone())
        .with(args.current.clone())
        .with(args.model.clone())
        .with(args.alarm_rate)
        .with(args.least_psi)
        .answer(dsn, terminal)
        .await?;
    let drifted = drifted(&answer)?;
    let fails = args.fail_on_drift && !drifted.is_empty();
    match args.output.output {
        Output::Table if answer.is_empty() => {
            terminal.result("Nothing to compare: one of these times has no events.\n")?;
        }
        Output::Table => {
            answer.show_table(terminal)?;
            if !fails {
                terminal.result(&format!("\n{}\n", sentence(&drifted)))?;
            }
        }
        _ => answer.show(args.output, terminal)?,
    }
    if fails { Err(Failure::Other(sentence(&drifted))) } else { Ok(()) }
}

fn drifted(answer: &Answer) -> Result<Vec<String>, Failure> {
    let has = |row: &&Map<String, Value>| row.get("drifted") == Some(&Value::Bool(true));
    let rows = answer.objects()?;
    Ok(rows.iter().filter(has).map(|row| cell(row.get("feature"))).collect())
}

fn sentence(drifted: &[String]) -> String {
    match drifted {
        [] => "Nothing drifted.".to_owned(),
        some => format!("Drifted, most of all first: {}", some.join(", ")),
    }
}
