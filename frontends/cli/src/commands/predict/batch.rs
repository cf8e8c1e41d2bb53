//! Batch prediction. Rows are predicted while the file is read, and results keep the input order.

use std::path::Path;
use std::pin::pin;

use futures_util::stream::{StreamExt, poll_fn};
use serde_json::{Map, Value, json};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::rows::{InputRow, start_reading};
use super::{EVENT_SQL, FACTS_SQL, PredictionKind, Subject, is_decided};
use crate::args::PredictArgs;
use crate::database::{connect, describe_columns, wrap_as_json};
use crate::failure::{Failure, format_server_message};
use crate::output::{Column, ColumnKind, RowWriter, Terminal};

/// Queries in flight at once. Pipelining hides the round-trip time.
const MAX_QUERIES_IN_FLIGHT: usize = 64;

/// Failed rows that the error message lists; the others are only counted.
const MAX_LISTED_ROWS: usize = 10;

/// The fact that identifies an event.
const EV_ID: &str = "ev_id";

pub async fn run(
    args: &PredictArgs,
    input: &Path,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut rows = start_reading(input, args.format)?;
    let client = connect(dsn, terminal).await?;
    let predictor = BatchPredictor::prepare(&client, args).await?;
    let mut writer = RowWriter::new(predictor.columns(&client).await?, args.output, terminal);
    let rows = poll_fn(move |context| rows.poll_recv(context)).zip(row_numbers());
    let results = rows.map(|(row, number)| predictor.predict(row, number));
    let mut results = pin!(results.buffered(MAX_QUERIES_IN_FLIGHT));
    let mut summary = Summary::default();
    while let Some(result) = results.next().await {
        for row in summary.add(result?, writer.columns())? {
            writer.push(row)?;
        }
    }
    writer.finish(&summary.hidden_columns())?;
    summary.report(terminal)
}

fn row_numbers() -> impl futures_util::Stream<Item = u64> {
    futures_util::stream::iter(1..)
}

/// Predicts row by row with prepared statements.
struct BatchPredictor<'a> {
    client: &'a Client,
    kind: PredictionKind,
    facts_statement: Statement,
    event_statement: Statement,
    model: Option<String>,
    third_parameter: Option<Box<dyn ToSql + Sync + Send>>,
    id_column: Option<&'a str>,
}

struct RowResult {
    number: u64,
    id: Option<String>,
    outcome: Outcome,
}

enum Outcome {
    /// The rows of the prediction, in JSON.
    Rows(Vec<String>),
    Failed {
        error: String,
        /// The error with detail, hint and SQLSTATE.
        full_error: String,
    },
}

impl<'a> BatchPredictor<'a> {
    async fn prepare(
        client: &'a Client,
        args: &'a PredictArgs,
    ) -> Result<BatchPredictor<'a>, Failure> {
        let kind = PredictionKind::from_args(args);
        Ok(BatchPredictor {
            client,
            facts_statement: client.prepare(&wrap_as_json(&kind.sql(FACTS_SQL))).await?,
            event_statement: client.prepare(&wrap_as_json(&kind.sql(EVENT_SQL))).await?,
            third_parameter: kind.third_parameter(),
            kind,
            model: args.model.clone(),
            id_column: args.id.as_deref(),
        })
    }

    /// The columns of the prediction, between row number and ID and the error.
    async fn columns(&self, client: &Client) -> Result<Vec<Column>, Failure> {
        let mut columns =
            vec![Column::new("row", ColumnKind::Number), Column::new("id", ColumnKind::Text)];
        columns.extend(describe_columns(client, &self.kind.sql(FACTS_SQL)).await?);
        columns.push(Column::new("error", ColumnKind::Text));
        Ok(columns)
    }

    async fn predict(&self, row: InputRow, number: u64) -> Result<RowResult, Failure> {
        let facts = match row? {
            Ok(facts) => facts,
            Err(error) => {
                return Ok(RowResult { number, id: None, outcome: Outcome::failed(error) });
            }
        };
        let (id, subject) = split_id(facts, self.id_column);
        let value = subject.value();
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&value, &self.model];
        values.extend(self.third_parameter.iter().map(|v| v.as_ref() as &(dyn ToSql + Sync)));
        let statement = match subject {
            Subject::Facts(_) => &self.facts_statement,
            Subject::Event(_) => &self.event_statement,
        };
        let outcome = match self.client.query(statement, &values).await {
            Ok(rows) => {
                let rows = rows.iter().map(|row| row.try_get(0));
                Outcome::Rows(rows.collect::<Result<_, _>>()?)
            }
            Err(error) => match error.as_db_error().filter(|db| is_row_error(db)) {
                Some(db) => Outcome::Failed {
                    error: db.message().to_owned(),
                    full_error: format_server_message(db),
                },
                None => return Err(error.into()),
            },
        };
        Ok(RowResult { number, id, outcome })
    }
}

/// Splits a row into its ID and its facts or event. A column that is declared as ID is not a fact.
fn split_id(row: Value, id_column: Option<&str>) -> (Option<String>, Subject) {
    let Value::Object(mut facts) = row else { return (None, Subject::Facts(row.to_string())) };
    let is_id = |name: &&String| name.eq_ignore_ascii_case(id_column.unwrap_or(EV_ID));
    let column = facts.keys().find(is_id).cloned();
    let is_known = |value: &&Value| !value.is_null();
    let id = column.as_ref().and_then(|column| facts.get(column)).filter(is_known).map(to_text);
    let has_only_ev_id = facts.iter().all(|(name, value)| name == EV_ID || value.is_null());
    if let Some(event) = facts.get(EV_ID).filter(is_known).filter(|_| has_only_ev_id) {
        return (id, Subject::Event(to_text(event)));
    }
    if let (Some(column), Some(_)) = (column, id_column) {
        facts.remove(&column);
    }
    (id, Subject::Facts(Value::Object(facts).to_string()))
}

impl Outcome {
    fn failed(error: String) -> Outcome {
        Outcome::Failed { full_error: error.clone(), error }
    }
}

fn to_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the error concerns this row only (an invalid value or an unknown event), so that the other
/// rows can still be predicted.
fn is_row_error(error: &DbError) -> bool {
    error.code().code().starts_with("22") || error.code() == &SqlState::NO_DATA_FOUND
}

/// Counts results and failures.
#[derive(Default)]
struct Summary {
    rows: u64,
    predictions: u64,
    undecided: u64,
    failed: u64,
    /// The numbers of the first failed rows.
    failed_rows: Vec<String>,
    first_error: Option<String>,
    has_ids: bool,
}

impl Summary {
    /// Counts a result. Returns its output rows in JSON.
    fn add(&mut self, result: RowResult, columns: &[Column]) -> Result<Vec<String>, Failure> {
        let RowResult { number, id, outcome } = result;
        self.rows += 1;
        self.has_ids |= id.is_some();
        match outcome {
            Outcome::Rows(rows) => {
                self.count_predictions(&rows)?;
                Ok(rows.iter().map(|row| add_row_number(number, id.as_deref(), row)).collect())
            }
            Outcome::Failed { error, full_error } => {
                self.failed += 1;
                if self.failed_rows.len() < MAX_LISTED_ROWS {
                    self.failed_rows.push(number.to_string());
                }
                self.first_error.get_or_insert_with(|| format!("row {number}: {full_error}"));
                Ok(vec![failed_row(number, id.as_deref(), &error, columns)])
            }
        }
    }

    fn count_predictions(&mut self, rows: &[String]) -> Result<(), Failure> {
        for row in rows {
            let row: Map<String, Value> = serde_json::from_str(row).map_err(|e| {
                Failure::Other(format!("unexpected response from the database (invalid JSON): {e}"))
            })?;
            self.predictions += 1;
            self.undecided += u64::from(!is_decided(&row));
        }
        Ok(())
    }

    /// Columns that a table omits because they are empty or too wide.
    fn hidden_columns(&self) -> Vec<&'static str> {
        let columns = [("probabilities", true), ("id", !self.has_ids), ("error", self.failed == 0)];
        columns.iter().filter(|(_, is_hidden)| *is_hidden).map(|(name, _)| *name).collect()
    }

    fn report(self, terminal: &Terminal) -> Result<(), Failure> {
        if self.undecided > 0 {
            let Summary { undecided, predictions, .. } = self;
            terminal.message(&format!(
                "{undecided} of {predictions} predictions are undecided (guesses)"
            ));
        }
        let Some(first_error) = self.first_error else { return Ok(()) };
        let more = if self.failed > MAX_LISTED_ROWS as u64 { ", …" } else { "" };
        let (failed, rows, list) = (self.failed, self.rows, self.failed_rows.join(", "));
        Err(Failure::Other(format!("{failed} of {rows} rows failed: {list}{more}\n{first_error}")))
    }
}

/// Adds the row number, the ID and a null error to a prediction in JSON.
fn add_row_number(number: u64, id: Option<&str>, row: &str) -> String {
    let row = row.trim();
    let rest = row.strip_prefix('{').and_then(|row| row.strip_suffix('}')).unwrap_or(row);
    format!("{{\"row\":{number},\"id\":{},{rest},\"error\":null}}", json!(id))
}

/// The output of a failed row, with the same columns.
fn failed_row(number: u64, id: Option<&str>, error: &str, columns: &[Column]) -> String {
    let value = |name: &str| match name {
        "row" => json!(number),
        "id" => json!(id),
        "error" => json!(error),
        _ => Value::Null,
    };
    let cells: Vec<_> =
        columns.iter().map(|c| format!("{}:{}", json!(c.name()), value(c.name()))).collect();
    format!("{{{}}}", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(number: u64, outcome: Outcome) -> RowResult {
        RowResult { number, id: (number == 2).then(|| "N12".to_owned()), outcome }
    }

    #[test]
    fn a_row_has_facts_or_names_an_event() {
        let facts = |facts: Value| Subject::Facts(facts.to_string());
        let event = || Subject::Event("20080115X00050".to_owned());
        let alone = json!({"ev_id": "20080115X00050", "lat": null});
        let both = json!({"ev_id": "20080115X00050", "lat": 1});
        let id = || Some("20080115X00050".to_owned());
        assert_eq!(split_id(alone.clone(), None), (id(), event()));
        assert_eq!(split_id(alone, Some("ev_id")), (id(), event()));
        assert_eq!(split_id(both.clone(), None), (id(), facts(both.clone())));
        assert_eq!(split_id(both, Some("EV_ID")), (id(), facts(json!({"lat": 1}))));
        let flight = json!({"flight": 12, "lat": 1});
        assert_eq!(split_id(flight.clone(), None), (None, facts(flight.clone())));
        assert_eq!(split_id(flight, Some("flight")).0, Some("12".to_owned()));
        assert_eq!(split_id(json!({"ev_id": null}), None).0, None);
        assert_eq!(split_id(json!([1]), None), (None, facts(json!([1]))));
    }

    #[test]
    fn predictions_and_failures_have_the_same_columns() {
        let columns = ["row", "id", "predicted", "decided", "error"];
        let columns = columns.map(|name| Column::new(name, ColumnKind::Text));
        let mut summary = Summary::default();
        let prediction = Outcome::Rows(vec![r#"{"predicted":"F\"}","decided":false}"#.to_owned()]);
        let rows = summary.add(result(1, prediction), &columns).unwrap();
        let expected = r#"{"row":1,"id":null,"predicted":"F\"}","decided":false,"error":null}"#;
        assert_eq!(rows, [expected]);
        assert_eq!(summary.hidden_columns(), ["probabilities", "id", "error"]);
        let failed = Outcome::failed("no".to_owned());
        let rows = summary.add(result(2, failed), &columns).unwrap();
        let expected = r#"{"row":2,"id":"N12","predicted":null,"decided":null,"error":"no"}"#;
        assert_eq!(rows, [expected]);
        assert_eq!((summary.undecided, summary.predictions), (1, 1));
        assert_eq!(summary.hidden_columns(), ["probabilities"]);
        let failure = summary.report(&Terminal::new()).unwrap_err();
        assert_eq!(failure.to_string(), "1 of 2 rows failed: 2\nrow 2: no");
        assert_eq!(failure.exit_code(), 1);
    }
}
