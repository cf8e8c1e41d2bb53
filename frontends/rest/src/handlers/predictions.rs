//! What the models say of an accident that is described.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio_postgres::Row;
use utoipa::{IntoParams, ToSchema};

use super::{Given, Sent};
use crate::answer;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::facts::{BadFacts, check_facts};
use crate::schema::predictions::{BatchAnswer, Cause, Contribution, Described, Prediction};
use crate::state::App;

type Shared = State<Arc<App>>;

const MOST_ROWS: usize = 10_000;

const SEVERITY: &str = "SELECT ntsb_internal.prediction($1, 'severity')::text";
const EXPLAIN: &str =
    "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text FROM ntsb_explain_severity($1) p";
const CAUSES: &str = "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text FROM ntsb_predict_causes($1, coalesce($2, 5)) p";
const BATCH: &str = "SELECT result::text, error::text FROM ntsb_predict_batch($1, coalesce($2, 'severity')) ORDER BY n";

/// How severe an accident would be
///
/// The body describes it by facts of `ntsb.feature`, as far as they are known; the answer has the most
/// probable severity as code and label (Fatal, Serious, Minor, None) and the probability of each.
#[utoipa::path(post, path = "/api/v1/predictions/severity", tag = "predictions", request_body(content = Described, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = Prediction), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn severity(
    State(app): Shared,
    caller: Caller,
    Sent(row): Sent<Box<RawValue>>,
) -> Result<Response, Problem> {
    app.predicted(&caller, "severity", Question::new(SEVERITY).json(described(row)?)).await
}

fn described(row: Box<RawValue>) -> Result<String, Problem> {
    check_facts(row.get())?;
    Ok(String::from(Box::<str>::from(row)))
}

/// Which facts drew the prediction where
#[utoipa::path(post, path = "/api/v1/predictions/severity/explain", tag = "predictions",
    request_body(content = Described, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = [Contribution]), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn explain(
    State(app): Shared,
    caller: Caller,
    Sent(row): Sent<Box<RawValue>>,
) -> Result<Response, Problem> {
    app.value(&caller, Question::new(EXPLAIN).json(described(row)?)).await
}

/// How many
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Most {
    /// So many causes; default 5
    #[param(minimum = 1, maximum = 100)]
    pub k: Option<i32>,
}

/// Which causes are probable
#[utoipa::path(post, path = "/api/v1/predictions/causes", operation_id = "predict_causes", tag = "predictions", params(Most),
    request_body(content = Described, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = [Cause]), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn causes(
    State(app): Shared,
    caller: Caller,
    Given(most): Given<Most>,
    Sent(row): Sent<Box<RawValue>>,
) -> Result<Response, Problem> {
    app.predicted(&caller, "causes", Question::new(CAUSES).json(described(row)?).int(most.k)).await
}

/// Many accidents at once
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Accidents, each described by an object; 1 to 10,000
    #[schema(value_type = Vec<serde_json::Value>, min_items = 1, max_items = 10_000)]
    #[serde(deserialize_with = "rows")]
    pub rows: Vec<Box<RawValue>>,
    /// severity or causes; default severity
    #[schema(pattern = "^(severity|causes)$")]
    pub question: Option<String>,
}

/// Not more of them in memory than may be asked.
fn rows<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Box<RawValue>>, D::Error> {
    struct Rows;
    impl<'de> Visitor<'de> for Rows {
        type Value = Vec<Box<RawValue>>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("a list of 1 to 10,000 objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self::Value, A::Error> {
            let mut rows = Vec::new();
            while let Some(row) = all.next_element()? {
                if rows.len() == MOST_ROWS {
                    return Err(A::Error::custom("rows has more than 10,000 entries"));
                }
                rows.push(row);
            }
            Ok(rows)
        }
    }
    from.deserialize_seq(Rows)
}

/// Many predictions at once: for each row a result, or why there is none
#[utoipa::path(post, path = "/api/v1/predictions/batch", tag = "predictions", request_body = Batch,
    responses((status = 200, body = BatchAnswer), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn batch(
    State(app): Shared,
    caller: Caller,
    Sent(batch): Sent<Batch>,
) -> Result<Response, Problem> {
    let count = batch.rows.len();
    if count == 0 {
        return Err(Problem::bad_input("rows must have 1 to 10,000 entries, got 0"));
    }
    let began = Instant::now();
    let asked = batch.question.clone().unwrap_or_else(|| "severity".into());
    // What the database would refuse the whole batch for is not sent.
    let refused: Vec<Option<BadFacts>> =
        batch.rows.iter().map(|row| check_facts(row.get()).err()).collect();
    let sent = batch.rows.iter().zip(&refused).filter(|(_, bad)| bad.is_none());
    let sent: Vec<&str> = sent.map(|(row, _)| row.get()).collect();
    let sent = format!("[{}]", sent.join(","));
    drop(batch.rows);
    let question = Question::new(BATCH).json(sent).text(batch.question);
    let answers = app.rows(&caller, question).await?;
    let (mut answers, mut results, mut failed) = (answers.iter(), Vec::new(), 0);
    for bad in refused {
        let outcome = match bad {
            Some(bad) => Outcome::refused(&bad),
            None => Outcome::read(answers.next().ok_or_else(Problem::internal)?)?,
        };
        app.count_prediction(&asked, outcome.parsed().as_ref());
        failed += usize::from(outcome.error.is_some());
        results.push(outcome.json());
    }
    app.tell_of_batch(count, failed, began);
    let results = results.join(",");
    let body = format!(r#"{{"results":[{results}],"count":{count},"failed":{failed}}}"#);
    Ok(answer::json(body.into_bytes()))
}

/// Of one row of a batch, as JSON: one of the two.
struct Outcome {
    result: Option<String>,
    error: Option<String>,
}

impl Outcome {
    fn refused(bad: &BadFacts) -> Outcome {
        Outcome { result: None, error: Some(bad.json()) }
    }

    fn read(row: &Row) -> Result<Outcome, Problem> {
        Ok(Outcome { result: row.try_get(0)?, error: row.try_get(1)? })
    }

    fn parsed(&self) -> Option<Value> {
        self.result.as_deref().and_then(|result| serde_json::from_str(result).ok())
    }

    /// As the database wrote it: numbers keep all their digits.
    fn json(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_else(|| "null".into());
        format!(r#"{{"result":{},"error":{}}}"#, text(&self.result), text(&self.error))
    }
}

impl App {
    async fn predicted(
        &self,
        caller: &Caller,
        asked: &str,
        question: Question,
    ) -> Result<Response, Problem> {
        let rows = self.rows(caller, question).await;
        if rows.is_err() {
            self.count_prediction(asked, None);
        }
        let rows = rows?;
        let text: &str = rows.first().ok_or_else(Problem::internal)?.try_get(0)?;
        self.count_prediction(asked, serde_json::from_str(text).ok().as_ref());
        Ok(answer::json(text.as_bytes().to_vec()))
    }

    /// The confidence of a severity, or the probability of the likeliest cause.
    fn count_prediction(&self, asked: &str, result: Option<&Value>) {
        let outcome = if result.is_some() { "ok" } else { "error" };
        self.metrics.predictions.with_label_values(&[asked, outcome]).inc();
        let first = result.and_then(|all| if all.is_array() { all.get(0) } else { Some(all) });
        let probability = first.and_then(|p| p.get("confidence").or_else(|| p.get("probability")));
        if let Some(p) = probability.and_then(Value::as_f64) {
            self.metrics.confidence.observe(p);
        }
    }

    /// Those who follow along at this service learn that it is done, and not by whom.
    fn tell_of_batch(&self, rows: usize, failed: usize, began: Instant) {
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let data = json!({ "rows": rows, "failed": failed, "took_ms": took_ms });
        self.live.tell(None, json!({ "type": "prediction", "data": data }).to_string());
    }
}
