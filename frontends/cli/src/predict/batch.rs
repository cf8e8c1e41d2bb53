//! Many rows: asked about while they are read, answered in their order.

use std::path::Path;
use std::pin::pin;

use futures_util::stream::{StreamExt, poll_fn};
use serde_json::{Map, Value, json};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::rows::{Incoming, read};
use super::{Asked, EVENT, FACTS, Told, is_decided};
use crate::answer::{Column, Kind, Stream, as_json, columns_of};
use crate::args::PredictArgs;
use crate::connect::connect;
use crate::failure::{Failure, lost, server_message};
use crate::terminal::Terminal;

/// How many questions are under way at once: the server answers one while the next are on their way.
const UNDER_WAY: usize = 64;

/// Names of rows that failed, beyond which they are only counted.
const NAMED: usize = 10;

/// What an event is called, in facts too.
const KEY: &str = "ev_id";

pub async fn run(
    args: &PredictArgs,
    input: &Path,
    dsn: Option<&str>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut incoming = read(input, args.format)?;
    let client = connect(dsn, terminal).await?;
    let asker = Asker::prepare(&client, args).await?;
    let mut out = Stream::new(asker.columns(&client).await?, args.output, terminal);
    let rows = poll_fn(move |context| incoming.poll_recv(context)).zip(numbers());
    let mut answers = pin!(rows.map(|(row, number)| asker.ask(row, number)).buffered(UNDER_WAY));
    let mut tally = Tally::default();
    while let Some(answered) = answers.next().await {
        for row in tally.lines(answered?, out.columns())? {
            out.push(row)?;
        }
    }
    out.end(&tally.hidden())?;
    tally.verdict(terminal)
}

fn numbers() -> impl futures_util::Stream<Item = u64> {
    futures_util::stream::iter(1..)
}

/// Asks about one row after another.
struct Asker<'a> {
    client: &'a Client,
    asked: Asked,
    of_facts: Statement,
    of_event: Statement,
    model: Option<String>,
    third: Option<Box<dyn ToSql + Sync + Send>>,
    id: Option<&'a str>,
}

struct Answered {
    number: u64,
    id: Option<String>,
    outcome: Outcome,
}

enum Outcome {
    /// As JSON.
    Rows(Vec<String>),
    Failed {
        why: String,
        in_full: String,
    },
}

impl<'a> Asker<'a> {
    async fn prepare(client: &'a Client, args: &'a PredictArgs) -> Result<Asker<'a>, Failure> {
        let asked = Asked::of(args);
        Ok(Asker {
            client,
            of_facts: client.prepare(&as_json(&asked.sql(FACTS))).await?,
            of_event: client.prepare(&as_json(&asked.sql(EVENT))).await?,
            third: asked.third(),
            asked,
            model: args.model.clone(),
            id: args.id.as_deref(),
        })
    }

    /// Those of the answer, between what says of which row it is and why there is none.
    async fn columns(&self, client: &Client) -> Result<Vec<Column>, Failure> {
        let mut columns = vec![Column::new("row", Kind::Number), Column::new("id", Kind::Text)];
        columns.extend(columns_of(client, &self.asked.sql(FACTS)).await?);
        columns.push(Column::new("error", Kind::Text));
        Ok(columns)
    }

    async fn ask(&self, row: Incoming, number: u64) -> Result<Answered, Failure> {
        let facts = match row? {
            Ok(facts) => facts,
            Err(why) => {
                return Ok(Answered { number, id: None, outcome: Outcome::failed(why) });
            }
        };
        let (id, told) = told(facts, self.id);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&self.model];
        values.extend(self.third.iter().map(|v| v.as_ref() as &(dyn ToSql + Sync)));
        let value = told.value();
        values.insert(0, &value);
        let statement = match told {
            Told::Facts(_) => &self.of_facts,
            Told::Event(_) => &self.of_event,
        };
        let outcome = match self.client.query(statement, &values).await {
            Ok(rows) => {
                let rows = rows.iter().map(|row| row.try_get(0));
                Outcome::Rows(rows.collect::<Result<_, _>>()?)
            }
            Err(error) => match error.as_db_error().filter(|db| !lost(&error) && is_of_row(db)) {
                Some(db) => {
                    Outcome::Failed { why: db.message().to_owned(), in_full: server_message(db) }
                }
                None => return Err(error.into()),
            },
        };
        Ok(Answered { number, id, outcome })
    }
}

/// What a row is called, and whether it tells facts or names an event. A column `id` is no fact.
fn told(row: Value, id: Option<&str>) -> (Option<String>, Told) {
    let Value::Object(mut facts) = row else { return (None, Told::Facts(row.to_string())) };
    let called = |name: &&String| name.eq_ignore_ascii_case(id.unwrap_or(KEY));
    let column = facts.keys().find(called).cloned();
    let known = |value: &&Value| !value.is_null();
    let name = column.as_ref().and_then(|column| facts.get(column)).filter(known).map(text);
    let is_alone = facts.iter().all(|(name, value)| name == KEY || value.is_null());
    if let Some(event) = facts.get(KEY).filter(known).filter(|_| is_alone) {
        return (name, Told::Event(text(event)));
    }
    if let (Some(column), Some(_)) = (column, id) {
        facts.remove(&column);
    }
    (name, Told::Facts(Value::Object(facts).to_string()))
}

impl Outcome {
    fn failed(why: String) -> Outcome {
        Outcome::Failed { in_full: why.clone(), why }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether it is the row's fault, rather than that of everything that is asked: a value that cannot be,
/// or an event that is not there.
fn is_of_row(error: &DbError) -> bool {
    error.code().code().starts_with("22") || error.code() == &SqlState::NO_DATA_FOUND
}

/// What came of the rows.
#[derive(Default)]
struct Tally {
    rows: u64,
    answers: u64,
    undecided: u64,
    failed: u64,
    /// The first of those that failed.
    named: Vec<String>,
    first: Option<String>,
    has_ids: bool,
}

impl Tally {
    /// The lines of a row in the answer, as JSON.
    fn lines(&mut self, answered: Answered, columns: &[Column]) -> Result<Vec<String>, Failure> {
        let Answered { number, id, outcome } = answered;
        self.rows += 1;
        self.has_ids |= id.is_some();
        match outcome {
            Outcome::Rows(rows) => {
                self.count(&rows)?;
                Ok(rows.iter().map(|row| framed(number, id.as_deref(), row)).collect())
            }
            Outcome::Failed { why, in_full } => {
                self.failed += 1;
                if self.named.len() < NAMED {
                    self.named.push(number.to_string());
                }
                self.first.get_or_insert_with(|| format!("row {number}: {in_full}"));
                Ok(vec![without_answer(number, id.as_deref(), &why, columns)])
            }
        }
    }

    fn count(&mut self, rows: &[String]) -> Result<(), Failure> {
        for row in rows {
            let row: Map<String, Value> = serde_json::from_str(row)
                .map_err(|e| Failure::Other(format!("the answer is not readable: {e}")))?;
            self.answers += 1;
            self.undecided += u64::from(!is_decided(&row));
        }
        Ok(())
    }

    /// What a table shows only where there is some of it, and what is too wide for one.
    fn hidden(&self) -> Vec<&'static str> {
        let hidden = [("probabilities", true), ("id", !self.has_ids), ("error", self.failed == 0)];
        hidden.iter().filter(|(_, hide)| *hide).map(|(name, _)| *name).collect()
    }

    fn verdict(self, terminal: &Terminal) -> Result<(), Failure> {
        if self.undecided > 0 {
            let Tally { undecided, answers, .. } = self;
            terminal.line(&format!("{undecided} of {answers} answers are undecided: guesses"));
        }
        let Some(first) = self.first else { return Ok(()) };
        let more = if self.failed > NAMED as u64 { ", …" } else { "" };
        let (rows, named) = (self.rows, self.named.join(", "));
        let failed = self.failed;
        Err(Failure::Other(format!("{failed} of {rows} rows failed: {named}{more}\n{first}")))
    }
}

/// An answer that says of which row it is.
fn framed(number: u64, id: Option<&str>, row: &str) -> String {
    let row = row.trim();
    let rest = row.strip_prefix('{').and_then(|row| row.strip_suffix('}')).unwrap_or(row);
    format!("{{\"row\":{number},\"id\":{},{rest},\"error\":null}}", json!(id))
}

/// The same columns, of a row that failed.
fn without_answer(number: u64, id: Option<&str>, why: &str, columns: &[Column]) -> String {
    let value = |name: &str| match name {
        "row" => json!(number),
        "id" => json!(id),
        "error" => json!(why),
        _ => Value::Null,
    };
    let cells: Vec<_> =
        columns.iter().map(|c| format!("{}:{}", json!(c.name()), value(c.name()))).collect();
    format!("{{{}}}", cells.join(","))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn answered(number: u64, outcome: Outcome) -> Answered {
        Answered { number, id: (number == 2).then(|| "N12".to_owned()), outcome }
    }

    #[test]
    fn a_row_tells_facts_or_names_an_event() {
        let facts = |facts: Value| Told::Facts(facts.to_string());
        let event = || Told::Event("20080115X00050".to_owned());
        let alone = json!({"ev_id": "20080115X00050", "lat": null});
        let both = json!({"ev_id": "20080115X00050", "lat": 1});
        let id = || Some("20080115X00050".to_owned());
        assert_eq!(told(alone.clone(), None), (id(), event()));
        assert_eq!(told(alone, Some("ev_id")), (id(), event()));
        assert_eq!(told(both.clone(), None), (id(), facts(both.clone())));
        assert_eq!(told(both, Some("EV_ID")), (id(), facts(json!({"lat": 1}))));
        let flight = json!({"flight": 12, "lat": 1});
        assert_eq!(told(flight.clone(), None), (None, facts(flight.clone())));
        assert_eq!(told(flight, Some("flight")).0, Some("12".to_owned()));
        assert_eq!(told(json!({"ev_id": null}), None).0, None);
        assert_eq!(told(json!([1]), None), (None, facts(json!([1]))));
    }

    #[test]
    fn answers_and_failures_have_the_same_columns() {
        let columns = ["row", "id", "predicted", "decided", "error"];
        let columns = columns.map(|name| Column::new(name, Kind::Text));
        let mut tally = Tally::default();
        let good = Outcome::Rows(vec![r#"{"predicted":"F\"}","decided":false}"#.to_owned()]);
        let lines = tally.lines(answered(1, good), &columns).unwrap();
        let expected = r#"{"row":1,"id":null,"predicted":"F\"}","decided":false,"error":null}"#;
        assert_eq!(lines, [expected]);
        assert_eq!(tally.hidden(), ["probabilities", "id", "error"]);
        let lines = tally.lines(answered(2, Outcome::failed("no".to_owned())), &columns).unwrap();
        let expected = r#"{"row":2,"id":"N12","predicted":null,"decided":null,"error":"no"}"#;
        assert_eq!(lines, [expected]);
        assert_eq!((tally.undecided, tally.answers, tally.hidden()), (1, 1, vec!["probabilities"]));
        let failure = tally.verdict(&Terminal::new()).unwrap_err();
        assert_eq!(failure.to_string(), "1 of 2 rows failed: 2\nrow 2: no");
        assert_eq!(failure.exit_code(), 1);
    }
}
