//! Health probes and metrics.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::database::Database;
use crate::error::{ErrorBody, Problem};
use crate::readiness::ReadinessCheck;
use crate::response::serialized;
use crate::schema::service::{Health, Readiness};
use crate::state::App;

/// Liveness probe
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Result<Response, Problem> {
    serialized(&Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into() })
}

/// Readiness probe: the database answers and holds a warehouse
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = Readiness), (status = 503, body = ErrorBody)))]
pub async fn ready(
    State(check): State<Arc<ReadinessCheck>>,
    State(database): State<Arc<Database>>,
) -> Result<Response, Problem> {
    // Whatever the reason, requests should go to another instance.
    check
        .run()
        .await
        .map_err(|error| Problem::overloaded("the service is not ready").details(error))?;
    let pools = database.pool_status();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    serialized(&Readiness {
        replicas: count(pools.replicas),
        replicas_well: count(pools.healthy_replicas),
        status: "ready".into(),
    })
}

/// Prometheus metrics
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let warehouse = app.warehouse_metrics.read().await;
    let text = app.metrics.encode(&app.gauges(), &warehouse).map_err(|error| {
        tracing::error!(%error, "could not encode the metrics");
        Problem::internal()
    })?;
    let media_type = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

/// Prometheus metrics, the same as /metrics
#[utoipa::path(get, path = "/health/metrics", operation_id = "metrics_too", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn health_metrics(state: State<App>) -> Result<Response, Problem> {
    metrics(state).await
}
