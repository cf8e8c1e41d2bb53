//! Predictions for an accident that the caller describes.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{JsonBody, QueryParams};
use crate::auth::Caller;
use crate::database::{Database, Query};
use crate::error::{ErrorBody, Problem};
use crate::facts::check_facts;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::response::{Responder, json_response, serialized};
use crate::schema::predictions::{
    AccidentFacts, BatchResponse, BatchResult, Contribution, PredictedCause, Prediction,
};

const MAX_ROWS: usize = 10_000;

const SEVERITY: &str = "SELECT ntsb_internal.predict_row($1, 'severity')::text";

static EXPLAIN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text
         FROM (SELECT {} FROM ntsb_explain_severity($1)) p",
        Contribution::select_list()
    )
});

static CAUSES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')::text
         FROM (SELECT {} FROM ntsb_predict_causes($1, coalesce($2, 5))) p",
        PredictedCause::select_list()
    )
});

const BATCH: &str = "SELECT result::text, error::text FROM ntsb_predict_batch($1, coalesce($2, 'severity')) ORDER BY n";

/// Predict severity
///
/// The body holds the known facts of the accident (`ntsb.feature`). The response has the most probable severity as
/// code and label (Fatal, Serious, Minor, None) and the probability of each severity.
#[utoipa::path(post, path = "/api/v1/predictions/severity", tag = "predictions", request_body(content = AccidentFacts, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = Prediction), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn severity(
    State(database): State<Arc<Database>>,
    State(metrics): State<Arc<Metrics>>,
    caller: Caller,
    JsonBody(facts): JsonBody<Box<RawValue>>,
) -> Result<Response, Problem> {
    let query = Query::new(SEVERITY).json(checked_facts(facts)?);
    predict(&database, &metrics, &caller, "severity", &query).await
}

fn checked_facts(facts: Box<RawValue>) -> Result<String, Problem> {
    check_facts(facts.get())?;
    Ok(String::from(Box::<str>::from(facts)))
}

/// Explain a prediction (SHAP values)
#[utoipa::path(post, path = "/api/v1/predictions/severity/explain", tag = "predictions",
    request_body(content = AccidentFacts, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = [Contribution]), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn explain(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    JsonBody(facts): JsonBody<Box<RawValue>>,
) -> Result<Response, Problem> {
    let query = Query::new(EXPLAIN.as_str()).json(checked_facts(facts)?);
    responder.json_value(&caller, &query).await
}

/// Number of causes
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CauseCount {
    /// Number of causes per target; default 5
    #[param(minimum = 1, maximum = 100)]
    pub k: Option<i32>,
}

/// Predict causes
#[utoipa::path(post, path = "/api/v1/predictions/causes", operation_id = "predict_causes", tag = "predictions", params(CauseCount),
    request_body(content = AccidentFacts, example = json!({"acft_make": "CESSNA", "wx_cond_basic": "IMC", "far_part": "091"})),
    responses((status = 200, body = [PredictedCause]), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn causes(
    State(database): State<Arc<Database>>,
    State(metrics): State<Arc<Metrics>>,
    caller: Caller,
    QueryParams(params): QueryParams<CauseCount>,
    JsonBody(facts): JsonBody<Box<RawValue>>,
) -> Result<Response, Problem> {
    let query = Query::new(CAUSES.as_str()).json(checked_facts(facts)?).int(params.k);
    predict(&database, &metrics, &caller, "causes", &query).await
}

/// A batch of accidents
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// 1 to 10,000 accidents, each an object of facts
    #[schema(value_type = Vec<serde_json::Value>, min_items = 1, max_items = 10_000)]
    #[serde(deserialize_with = "deserialize_rows")]
    pub rows: Vec<Box<RawValue>>,
    /// severity or causes; default severity
    #[schema(pattern = "^(severity|causes)$")]
    pub target: Option<String>,
}

/// Stops at the maximum, so that a longer list does not fill the memory.
fn deserialize_rows<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Box<RawValue>>, D::Error> {
    struct Rows;
    impl<'de> Visitor<'de> for Rows {
        type Value = Vec<Box<RawValue>>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("a list of 1 to 10,000 objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut rows = Vec::new();
            while let Some(row) = sequence.next_element()? {
                if rows.len() == MAX_ROWS {
                    return Err(A::Error::custom("rows has more than 10,000 entries"));
                }
                rows.push(row);
            }
            Ok(rows)
        }
    }
    from.deserialize_seq(Rows)
}

/// Batch prediction: a result or an error per row
#[utoipa::path(post, path = "/api/v1/predictions/batch", tag = "predictions", request_body = Batch,
    responses((status = 200, body = BatchResponse), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn batch(
    State(database): State<Arc<Database>>,
    State(metrics): State<Arc<Metrics>>,
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    JsonBody(batch): JsonBody<Batch>,
) -> Result<Response, Problem> {
    if batch.rows.is_empty() {
        return Err(Problem::bad_input("rows must have 1 to 10,000 entries, got 0"));
    }
    let start = Instant::now();
    let results = predict_batch(&database, &metrics, &caller, batch).await?;
    let failed = results.iter().filter(|result| result.error.is_some()).count();
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    // Live readers learn that a batch is done, but not whose.
    let data = json!({ "rows": results.len(), "failed": failed, "took_ms": took_ms });
    hub.publish(json!({ "type": "prediction", "data": data }).to_string());
    let to_i64 = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (count, failed) = (to_i64(results.len()), to_i64(failed));
    serialized(&BatchResponse { results, count, failed })
}

/// Predicts the valid rows with one query. PostgreSQL would reject the whole batch for one invalid row.
async fn predict_batch(
    database: &Database,
    metrics: &Metrics,
    caller: &Caller,
    batch: Batch,
) -> Result<Vec<BatchResult>, Problem> {
    let target = batch.target.clone().unwrap_or_else(|| "severity".into());
    let checks: Vec<_> = batch.rows.iter().map(|row| check_facts(row.get())).collect();
    let valid = batch.rows.iter().zip(&checks).filter(|(_, check)| check.is_ok());
    let valid: Vec<&str> = valid.map(|(row, _)| row.get()).collect();
    let valid = format!("[{}]", valid.join(","));
    drop(batch.rows);
    let query = Query::new(BATCH).json(valid).text(batch.target);
    let predicted = database.rows(caller, &query).await?;
    let mut predicted = predicted.iter();
    let mut results = Vec::with_capacity(checks.len());
    for check in checks {
        let result = match check {
            Err(bad) => BatchResult { result: None, error: Some(bad.raw_json()?) },
            Ok(()) => {
                let row = predicted.next().ok_or_else(Problem::internal)?;
                BatchResult {
                    result: raw_json(row.try_get(0)?)?,
                    error: raw_json(row.try_get(1)?)?,
                }
            }
        };
        let parsed = result.result.as_deref().and_then(|r| serde_json::from_str(r.get()).ok());
        record_prediction(metrics, &target, parsed.as_ref());
        results.push(result);
    }
    Ok(results)
}

/// JSON text as the database wrote it, so that numbers keep all their digits.
fn raw_json(text: Option<String>) -> Result<Option<Box<RawValue>>, Problem> {
    text.map(RawValue::from_string).transpose().map_err(|error| {
        tracing::error!(%error, "the database returned invalid JSON");
        Problem::internal()
    })
}

/// Responds with the JSON that a prediction query returns.
async fn predict(
    database: &Database,
    metrics: &Metrics,
    caller: &Caller,
    target: &str,
    query: &Query,
) -> Result<Response, Problem> {
    let rows = database.rows(caller, query).await;
    if rows.is_err() {
        record_prediction(metrics, target, None);
    }
    let rows = rows?;
    let text: &str = rows.first().ok_or_else(Problem::internal)?.try_get(0)?;
    record_prediction(metrics, target, serde_json::from_str(text).ok().as_ref());
    Ok(json_response(text.as_bytes().to_vec()))
}

/// Records the confidence of a severity, or the probability of the most probable cause.
fn record_prediction(metrics: &Metrics, target: &str, result: Option<&Value>) {
    let outcome = if result.is_some() { "ok" } else { "error" };
    let first = result.and_then(|all| if all.is_array() { all.get(0) } else { Some(all) });
    let probability = first.and_then(|p| p.get("confidence").or_else(|| p.get("probability")));
    metrics.record_prediction(target, outcome, probability.and_then(Value::as_f64));
}
