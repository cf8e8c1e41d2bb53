//! `ntsb predict` and `ntsb explain`: what a model says of an accident, and why.
//!
//! Which facts there are, what they may be and which model answers is the database's to say.

mod batch;
mod explain;
mod rows;

use serde_json::{Map, Value, json};
use tokio_postgres::types::ToSql;

use crate::answer::{Answer, Column, Kind, Question, cell};
use crate::args::{FactArgs, Output, PredictArgs};
use crate::failure::Failure;
use crate::terminal::Terminal;

pub use explain::run as explain;

pub async fn run(
    args: &PredictArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if let Some(input) = &args.input {
        return batch::run(args, input, dsn, terminal).await;
    }
    let asked = Asked::of(args);
    let told = Told::of(args.event.as_deref(), &args.facts)?;
    let mut question =
        Question::new(asked.sql(told.sql())).with(told.value()).with(args.model.clone());
    question.values.extend(asked.third());
    let answer = question.answer(dsn, terminal).await?;
    match args.output.output {
        Output::Table if args.causes => causes(&answer, terminal),
        Output::Table => probabilities(&answer, terminal),
        _ => answer.show(args.output, terminal),
    }
}

/// What is asked of a model.
pub enum Asked {
    Severity,
    Target(String),
    /// So many of each kind.
    Causes(i32),
}

impl Asked {
    pub fn of(args: &PredictArgs) -> Asked {
        match &args.target {
            Some(target) => Asked::Target(target.clone()),
            None if args.causes => Asked::Causes(args.top),
            None => Asked::Severity,
        }
    }

    /// A query for the answer, of SQL for facts; `$2` is the model.
    pub fn sql(&self, facts: &str) -> String {
        match self {
            Asked::Severity => format!("SELECT * FROM ntsb_predict_severity({facts}, $2::text)"),
            Asked::Target(_) => format!("SELECT * FROM ntsb_predict({facts}, $3::text, $2::text)"),
            Asked::Causes(_) => {
                format!("SELECT * FROM ntsb_predict_causes({facts}, $3::integer, $2::text)")
            }
        }
    }

    /// The value of `$3`.
    pub fn third(&self) -> Option<Box<dyn ToSql + Sync + Send>> {
        match self {
            Asked::Severity => None,
            Asked::Target(target) => Some(Box::new(target.clone())),
            Asked::Causes(top) => Some(Box::new(*top)),
        }
    }
}

/// Whose answer is wanted.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// As JSON.
    Facts(String),
    Event(String),
}

impl Told {
    fn of(event: Option<&str>, facts: &FactArgs) -> Result<Told, Failure> {
        if let Some(event) = event {
            return Ok(Told::Event(event.to_owned()));
        }
        let facts = facts.told().map_err(Failure::Usage)?;
        if facts.is_empty() {
            return Err(Failure::Usage(
                "nothing is told of the accident\nhint: Tell a fact, such as --make Cessna, or \
                 name an event of the warehouse by --event."
                    .to_owned(),
            ));
        }
        Ok(Told::Facts(Value::Object(facts).to_string()))
    }

    /// SQL for the facts as jsonb, of the value `$1`.
    pub fn sql(&self) -> &'static str {
        match self {
            Told::Facts(_) => FACTS,
            Told::Event(_) => EVENT,
        }
    }

    pub fn value(&self) -> String {
        let (Told::Facts(value) | Told::Event(value)) = self;
        value.clone()
    }
}

const FACTS: &str = "$1::text::jsonb";
const EVENT: &str = "ntsb_event_facts($1::text)";

/// For people: what the model says, and how likely each class is.
fn probabilities(answer: &Answer, terminal: &Terminal) -> Result<(), Failure> {
    for object in answer.objects()? {
        let mut classes: Vec<(&String, f64)> = object
            .get("probabilities")
            .and_then(Value::as_object)
            .map(|all| all.iter().map(|(class, p)| (class, p.as_f64().unwrap_or(0.0))).collect())
            .unwrap_or_default();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let row = |(class, p): &(&String, f64)| json!({ "answer": class, "probability": p });
        let rows = classes.iter().map(|class| row(class).to_string()).collect();
        let columns =
            vec![Column::new("answer", Kind::Text), Column::new("probability", Kind::Number)];
        Answer::of(columns, rows).show_table(terminal)?;
        terminal.result(&format!("\n{}\n", sentence(&object)))?;
    }
    Ok(())
}

fn sentence(object: &Map<String, Value>) -> String {
    let model = cell(object.get("model_version"));
    let said = cell(object.get("predicted_severity").or(object.get("predicted")));
    match is_decided(object) {
        true => format!("{model} answers {said}."),
        false => format!("Undecided: {model} is not sure enough to answer; {said} is a guess."),
    }
}

fn causes(answer: &Answer, terminal: &Terminal) -> Result<(), Failure> {
    answer.show_table(terminal)?;
    for first in answer.objects()?.iter().filter(|o| o.get("rank") == Some(&json!(1))) {
        if !is_decided(first) {
            let (model, target) = (cell(first.get("model_version")), cell(first.get("target")));
            terminal.result(&format!(
                "\nUndecided: {model} is not sure enough to answer of {target}; these are guesses.\n"
            ))?;
        }
    }
    Ok(())
}

pub fn is_decided(object: &Map<String, Value>) -> bool {
    object.get("decided") == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_guess_is_called_one() {
        let of = |decided| {
            let answer = json!({"predicted": "FATL", "decided": decided, "model_version": "m:2"});
            sentence(answer.as_object().unwrap())
        };
        assert_eq!(of(true), "m:2 answers FATL.");
        assert!(of(false).starts_with("Undecided: ") && of(false).ends_with("FATL is a guess."));
    }
}
