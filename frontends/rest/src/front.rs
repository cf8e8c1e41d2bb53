//! What every request passes first: it gets a number, is timed, counted and logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use tracing::Instrument;

use crate::error::{Problem, REQUEST_ID};
use crate::state::App;
use crate::trace::Context;

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Said with every answer. The pages under /docs run scripts, all of them the service's own.
const SECURITY: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    ),
];

pub async fn front(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let context = Context::of(request.headers());
    let id = number(request.headers(), &context);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let endpoint = route.map_or("(none)", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {endpoint}"),
        otel.kind = "server",
        request_id = id,
        http.method = %method,
        http.route = endpoint,
        user = tracing::field::Empty,
        http.status = tracing::field::Empty,
    );
    context.adopt(&span);
    let answered = REQUEST_ID.scope(id.clone(), context.within(next.run(request)));
    let mut response = answered.instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(known(&method), &endpoint, status, took);
    span.in_scope(|| {
        span.record("http.status", status);
        tracing::info!(status, duration_ms = took.as_secs_f64() * 1000.0, "answered");
    });
    tell(response.headers_mut(), &id);
    response
}

/// Methods that somebody makes up must not fill the memory of the metrics.
fn known(method: &axum::http::Method) -> &'static str {
    ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"]
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("OTHER")
}

/// The caller's own number, if it is one that can stand in a log; or that of the trace.
fn number(headers: &HeaderMap, context: &Context) -> String {
    let given = headers.get(REQUEST_ID_HEADER).and_then(|v| v.to_str().ok());
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    let given = given.filter(|id| (1..=64).contains(&id.len()) && id.chars().all(plain));
    given.unwrap_or(&context.trace).to_owned()
}

fn tell(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A body has to come within a time, and as it is: nothing here unpacks what is compressed.
pub async fn whole_body(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Problem::new(status, "unsupported_media_type", "compressed bodies are not taken")
            .hint("Send the body as it is.")
            .into_response();
    }
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let is_batch = parts.uri.path() == BATCH;
    let settings = &app.settings;
    let most = if is_batch { settings.max_batch_bytes } else { settings.max_body_bytes };
    let read = Limited::new(body, most).collect();
    match tokio::time::timeout(Duration::from_millis(settings.body_timeout_ms), read).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body.to_bytes()))).await,
        Ok(Err(_)) => {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(status, "too_large", "the body is too large").into_response()
        }
        Err(_) => {
            let status = StatusCode::REQUEST_TIMEOUT;
            Problem::new(status, "timeout", "the body did not come in time").into_response()
        }
    }
}

/// The one route with large bodies.
const BATCH: &str = "/api/v1/predictions/batch";
