//! Whether the service lives and can answer, and what it counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::sync::Mutex;

use crate::answer;
use crate::ask::Question;
use crate::error::{ErrorBody, Problem};
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
    app.check_readiness().await.map_err(|why| {
        // Whatever it is, requests should go elsewhere.
        Problem::overloaded("the service is not ready").details(why)
    })?;
    let (all, well) = (app.pools.replicas.len(), app.pools.status().1);
    let body = json!({ "status": "ready", "replicas": all, "replicas_well": well });
    Ok(answer::json(body.to_string().into()))
}

/// Whether the database answered, and when it was asked.
#[derive(Default)]
pub struct LastCheck(Mutex<Option<(Instant, Result<(), String>)>>);

/// Whoever asks more often gets the same answer.
const FRESH: Duration = Duration::from_millis(500);

impl App {
    async fn check_readiness(&self) -> Result<(), String> {
        let mut last = self.last_check.0.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < FRESH
        {
            return result.clone();
        }
        let asked = self.viewer_rows(Question::new(READY)).await;
        let result = asked.map(|_| ()).map_err(|problem| problem.message);
        *last = Some((Instant::now(), result.clone()));
        result
    }
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
