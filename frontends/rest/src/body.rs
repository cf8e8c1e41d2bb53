//! Middleware that reads the request body, within limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::auth::Caller;
use crate::budget::{ByteBudget, Exhausted, Reservation};
use crate::config::Settings;
use crate::error::Problem;

/// The only route with large bodies.
const BATCH_PATH: &str = "/api/v1/predictions/batch";

/// How many bodies of maximum size a caller without a token may have in memory.
const ANONYMOUS_BODIES: usize = 4;

pub struct BodyReader {
    pub budget: Arc<ByteBudget>,
    max_body_bytes: usize,
    max_batch_bytes: usize,
    timeout: Duration,
}

impl BodyReader {
    pub fn new(settings: &Settings) -> BodyReader {
        BodyReader {
            budget: ByteBudget::new(settings.max_bytes_in_flight, settings.max_caller_bytes),
            max_body_bytes: settings.max_body_bytes,
            max_batch_bytes: settings.max_batch_bytes,
            timeout: Duration::from_millis(settings.body_timeout_ms),
        }
    }

    fn limits(&self, caller: &Caller, path: &str) -> Limits {
        if caller.name.is_none() {
            let max_bytes = self.max_body_bytes;
            let caller_max = max_bytes.saturating_mul(ANONYMOUS_BODIES);
            return Limits { max_bytes, caller_max };
        }
        let is_batch = path == BATCH_PATH;
        let max_bytes = if is_batch { self.max_batch_bytes } else { self.max_body_bytes };
        Limits { max_bytes, caller_max: usize::MAX }
    }
}

/// Reads the body before the handler runs. Compressed bodies are rejected.
pub async fn read_body(
    State(reader): State<Arc<BodyReader>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let message = "compressed request bodies are not supported";
        return Problem::new(status, "unsupported_media_type", message)
            .hint("Send the body uncompressed.")
            .into_response();
    }
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let limits = reader.limits(&caller, parts.uri.path());
    let mut reservation = reader.budget.reserve(caller.rate_key());
    let read = limits.read(body, &mut reservation);
    match tokio::time::timeout(reader.timeout, read).await {
        // The reservation lasts until the response is ready.
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => {
            let status = StatusCode::REQUEST_TIMEOUT;
            Problem::new(status, "timeout", "the request body did not arrive in time")
                .details(format!("body_timeout_ms is {}", reader.timeout.as_millis()))
                .into_response()
        }
    }
}

struct Limits {
    max_bytes: usize,
    /// For all bodies of this caller together.
    caller_max: usize,
}

impl Limits {
    async fn read(&self, mut body: Body, reservation: &mut Reservation) -> Result<Bytes, Problem> {
        let announced = body.size_hint().lower();
        if announced > self.max_bytes as u64 {
            return Err(self.too_large());
        }
        // Announced bytes take no memory before they arrive. Growing the buffer would take twice as much.
        let announced = usize::try_from(announced).unwrap_or(0);
        let mut bytes = BytesMut::with_capacity(announced);
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|_| Problem::bad_input("the request body was interrupted"))?;
            let Ok(chunk) = frame.into_data() else { continue };
            if bytes.len() + chunk.len() > self.max_bytes {
                return Err(self.too_large());
            }
            reservation.grow(chunk.len(), self.caller_max).map_err(budget_problem)?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    fn too_large(&self) -> Problem {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Problem::new(status, "too_large", "the request body is too large")
            .details(format!("the maximum here is {} bytes", self.max_bytes))
            .hint("Send fewer rows at once. With a token, a batch of predictions may be larger.")
    }
}

fn budget_problem(exhausted: Exhausted) -> Problem {
    match exhausted {
        Exhausted::Total => Problem::overloaded("too many request bodies are being received"),
        Exhausted::Caller => Problem {
            retry_after: Some(1),
            ..Problem::too_many("too many request bodies of yours are being received")
                .hint("Wait for the responses to earlier requests.")
        },
    }
}
