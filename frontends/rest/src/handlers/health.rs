//! Whether the service lives and can answer, and what it counts.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer;
use crate::ask::Question;
use crate::error::{ErrorBody, Problem};
use crate::live::service;
use crate::schema::health::{Health, Readiness};
use crate::state::App;

/// That the service lives
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Response {
    answer::json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }).to_string().into())
}

const READY: &str = "SELECT count(*) FROM ntsb.mv_yearly_stats";

/// That the service can answer: the database does, and holds a warehouse
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = Readiness), (status = 503, body = ErrorBody)))]
pub async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.rows(&service(), Question::new(READY)).await.map_err(|problem| {
        // Whatever it is, requests should go elsewhere.
        Problem::overloaded("the service is not ready").details(problem.message)
    })?;
    let replicas = app.pools.replicas();
    let well = replicas.iter().filter(|(_, is_well)| *is_well).count();
    let body = json!({ "status": "ready", "replicas": replicas.len(), "replicas_well": well });
    Ok(answer::json(body.to_string().into()))
}

/// Metrics, as Prometheus reads them
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let text = app.metrics.text(&app).map_err(|error| {
        tracing::error!(%error, "the metrics cannot be written");
        Problem::internal()
    })?;
    let media = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, media)], text).into_response())
}

/// The same as /metrics
#[utoipa::path(get, path = "/health/metrics", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics_too(state: State<Arc<App>>) -> Result<Response, Problem> {
    metrics(state).await
}
