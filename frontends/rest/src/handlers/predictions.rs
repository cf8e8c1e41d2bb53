//! What the models say of an accident that is described.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{Given, Sent};
use crate::answer;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::predictions::{BatchAnswer, Cause, Contribution, Described, Prediction};
use crate::state::App;

type Shared = State<Arc<App>>;

const MOST_ROWS: usize = 10_000;

const SEVERITY: &str = "SELECT ntsb_prediction($1, 'severity')::text";
const EXPLAIN: &str =
    "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text FROM ntsb_explain_severity($1) p";
const CAUSES: &str = "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text FROM ntsb_predict_causes($1, coalesce($2, 5)) p";
const BATCH: &str = "SELECT result::text, error::text FROM ntsb_predict_batch($1, coalesce($2, 'severity')) ORDER BY n";
const TELL: &str = "SELECT pg_notify('ntsb_prediction', $1)";

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
    Sent(row): Sent<Value>,
) -> Result<Response, Problem> {
    app.predicted(&caller, "severity", Question::new(SEVERITY).json(described(row)?)).await
}

fn described(row: Value) -> Result<Value, Problem> {
    if row.is_object() {
        return Ok(row);
    }
    Err(Problem::bad_input("an accident is described by an object")
        .hint(r#"{"acft_make": "CESSNA", "wx_cond_basic": "IMC"}"#))
}

/// Which facts drew the prediction where
#[utoipa::path(post, path = "/api/v1/predictions/severity/explain", tag = "predictions",
    request_body(content = Described, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = [Contribution]), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn explain(
    State(app): Shared,
    caller: Caller,
    Sent(row): Sent<Value>,
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
    Sent(row): Sent<Value>,
) -> Result<Response, Problem> {
    app.predicted(&caller, "causes", Question::new(CAUSES).json(described(row)?).int(most.k)).await
}

/// Many accidents at once
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Accidents, each described by an object; 1 to 10,000
    #[schema(value_type = Vec<serde_json::Value>, min_items = 1, max_items = 10_000)]
    pub rows: Vec<Value>,
    /// severity or causes; default severity
    #[schema(pattern = "^(severity|causes)$")]
    pub question: Option<String>,
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
    if !(1..=MOST_ROWS).contains(&count) {
        return Err(Problem::bad_input(format!("{count} rows")).hint("Send 1 to 10,000 rows."));
    }
    let began = Instant::now();
    let asked = batch.question.clone().unwrap_or_else(|| "severity".into());
    let question = Question::new(BATCH).json(Value::Array(batch.rows)).text(batch.question);
    let rows = app.rows(&caller, question).await?;
    let (mut results, mut failed) = (String::new(), 0);
    for row in &rows {
        let (result, error): (Option<&str>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
        app.count_prediction(&asked, result.and_then(|r| serde_json::from_str(r).ok()).as_ref());
        failed += usize::from(error.is_some());
        let comma = if results.is_empty() { "" } else { "," };
        // As the database wrote it: numbers keep all their digits.
        let (result, error) = (result.unwrap_or("null"), error.unwrap_or("null"));
        results += &format!(r#"{comma}{{"result":{result},"error":{error}}}"#);
    }
    app.tell_of_batch(&caller, count, failed, began).await;
    let body = format!(r#"{{"results":[{results}],"count":{count},"failed":{failed}}}"#);
    Ok(answer::json(body.into_bytes()))
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

    /// Those who follow along learn that it is done; the answer does not depend on it.
    async fn tell_of_batch(&self, caller: &Caller, rows: usize, failed: usize, began: Instant) {
        let note = json!({ "rows": rows, "failed": failed, "by": caller.name,
                           "took_ms": began.elapsed().as_millis() });
        let question = Question::new(TELL).text(note.to_string()).writing();
        if let Err(problem) = self.rows(caller, question).await {
            tracing::warn!(problem = problem.message, "nobody was told of the predictions");
        }
    }
}
