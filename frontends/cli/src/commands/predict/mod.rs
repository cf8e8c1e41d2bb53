//! `ntsb predict` and `ntsb explain`.
//!
//! The database validates the facts and chooses the model.

mod batch;
mod explain;
mod rows;

use serde_json::{Map, Value, json};
use tokio_postgres::types::ToSql;

use crate::args::{FactArgs, Output, PredictArgs};
use crate::database::Query;
use crate::failure::Failure;
use crate::output::{Column, ColumnKind, ResultSet, Terminal, format_value};

pub use explain::run as explain;

pub async fn run(
    args: &PredictArgs,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if let Some(input) = &args.input {
        return batch::run(args, input, dsn, terminal).await;
    }
    let kind = PredictionKind::from_args(args);
    let subject = Subject::from_args(args.event.as_deref(), &args.facts)?;
    let mut query =
        Query::new(kind.sql(subject.facts_sql())).bind(subject.value()).bind(args.model.clone());
    query.values.extend(kind.third_parameter());
    let result = query.run(dsn, terminal).await?;
    match args.output.output {
        Output::Table if args.causes => print_causes(&result, terminal),
        Output::Table => print_probabilities(&result, terminal),
        _ => result.print(args.output, terminal),
    }
}

/// What to predict.
pub enum PredictionKind {
    Severity,
    Target(String),
    /// This number of causes of each kind.
    Causes(i32),
}

impl PredictionKind {
    pub fn from_args(args: &PredictArgs) -> PredictionKind {
        match &args.target {
            Some(target) => PredictionKind::Target(target.clone()),
            None if args.causes => PredictionKind::Causes(args.top),
            None => PredictionKind::Severity,
        }
    }

    /// The prediction query. `facts` is a SQL expression and `$2` is the model.
    pub fn sql(&self, facts: &str) -> String {
        match self {
            PredictionKind::Severity => {
                format!("SELECT * FROM ntsb_predict_severity({facts}, $2::text)")
            }
            PredictionKind::Target(_) => {
                format!("SELECT * FROM ntsb_predict({facts}, $3::text, $2::text)")
            }
            PredictionKind::Causes(_) => {
                format!("SELECT * FROM ntsb_predict_causes({facts}, $3::integer, $2::text)")
            }
        }
    }

    /// The value of `$3`, if the query has one.
    pub fn third_parameter(&self) -> Option<Box<dyn ToSql + Sync + Send>> {
        match self {
            PredictionKind::Severity => None,
            PredictionKind::Target(target) => Some(Box::new(target.clone())),
            PredictionKind::Causes(top) => Some(Box::new(*top)),
        }
    }
}

/// The accident to predict.
#[derive(Debug, PartialEq, Eq)]
pub enum Subject {
    /// Facts in JSON.
    Facts(String),
    /// The ev_id of an event of the warehouse.
    Event(String),
}

impl Subject {
    fn from_args(event: Option<&str>, facts: &FactArgs) -> Result<Subject, Failure> {
        if let Some(event) = event {
            return Ok(Subject::Event(event.to_owned()));
        }
        let facts = facts.to_map().map_err(Failure::Usage)?;
        if facts.is_empty() {
            return Err(Failure::Usage(
                "no facts given\nhint: Pass the facts you know, such as --make Cessna, or an event \
                 of the warehouse with --event."
                    .to_owned(),
            ));
        }
        Ok(Subject::Facts(Value::Object(facts).to_string()))
    }

    /// A SQL expression for the facts as jsonb, with the value `$1`.
    pub fn facts_sql(&self) -> &'static str {
        match self {
            Subject::Facts(_) => FACTS_SQL,
            Subject::Event(_) => EVENT_SQL,
        }
    }

    /// The value of `$1`.
    pub fn value(&self) -> String {
        let (Subject::Facts(value) | Subject::Event(value)) = self;
        value.clone()
    }
}

const FACTS_SQL: &str = "$1::text::jsonb";
const EVENT_SQL: &str = "ntsb_event_facts($1::text)";

/// Prints a table of the class probabilities and the predicted class.
fn print_probabilities(result: &ResultSet, terminal: &Terminal) -> Result<(), Failure> {
    for object in result.parse_rows()? {
        let mut classes: Vec<(&String, f64)> = object
            .get("probabilities")
            .and_then(Value::as_object)
            .map(|all| all.iter().map(|(class, p)| (class, p.as_f64().unwrap_or(0.0))).collect())
            .unwrap_or_default();
        classes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let row = |(class, p): &(&String, f64)| json!({ "class": class, "probability": p });
        let rows = classes.iter().map(|class| row(class).to_string()).collect();
        let columns = vec![
            Column::new("class", ColumnKind::Text),
            Column::new("probability", ColumnKind::Number),
        ];
        ResultSet::new(columns, rows).print_table(terminal)?;
        terminal.print(&format!("\n{}\n", summarize(&object)))?;
    }
    Ok(())
}

fn summarize(object: &Map<String, Value>) -> String {
    let model = format_value(object.get("model_version"));
    let class = format_value(object.get("predicted_severity").or(object.get("predicted")));
    match is_decided(object) {
        true => format!("{model} predicts {class}."),
        false => format!("Undecided: the confidence of {model} is too low; {class} is a guess."),
    }
}

fn print_causes(result: &ResultSet, terminal: &Terminal) -> Result<(), Failure> {
    result.print_table(terminal)?;
    for first in result.parse_rows()?.iter().filter(|row| row.get("rank") == Some(&json!(1))) {
        if !is_decided(first) {
            let model = format_value(first.get("model_version"));
            let target = format_value(first.get("target"));
            terminal.print(&format!(
                "\nUndecided: the confidence of {model} for {target} is too low; these are guesses.\n"
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
    use super::*;

    #[test]
    fn an_undecided_prediction_is_called_a_guess() {
        let summary = |decided| {
            let row = json!({"predicted": "FATL", "decided": decided, "model_version": "m:2"});
            summarize(row.as_object().unwrap())
        };
        assert_eq!(summary(true), "m:2 predicts FATL.");
        assert!(summary(false).starts_with("Undecided: "));
        assert!(summary(false).ends_with("FATL is a guess."));
    }
}
