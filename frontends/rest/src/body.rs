//! Reads a request's body: after the gate, within a size, a time and a budget of bytes.

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
use crate::budget::{Exhausted, Reservation};
use crate::config::Settings;
use crate::error::Problem;
use crate::state::App;

/// The one route with large bodies.
const BATCH: &str = "/api/v1/predictions/batch";

/// Who has no token may have so many small bodies under way.
const ANONYMOUS_BODIES: usize = 4;

/// Around routes that take a body. Nothing here unpacks what is compressed.
pub async fn read_body(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Problem::new(status, "unsupported_media_type", "compressed bodies are not taken")
            .hint("Send the body uncompressed.")
            .into_response();
    }
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let limits = Limits::new(&app.settings, &caller, parts.uri.path());
    let mut reservation = app.bodies.reserve(caller.counted_as());
    let reading = limits.read(body, &mut reservation);
    let patience = Duration::from_millis(app.settings.body_timeout_ms);
    match tokio::time::timeout(patience, reading).await {
        // The reservation is held until the response is made.
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => {
            let status = StatusCode::REQUEST_TIMEOUT;
            Problem::new(status, "timeout", "the body did not come in time")
                .details(format!("body_timeout_ms is {}", app.settings.body_timeout_ms))
                .into_response()
        }
    }
}

struct Limits {
    most: usize,
    /// Of all bodies of this caller together.
    share: usize,
}

impl Limits {
    fn new(settings: &Settings, caller: &Caller, path: &str) -> Limits {
        if caller.name.is_none() {
            let most = settings.max_body_bytes;
            return Limits { most, share: most.saturating_mul(ANONYMOUS_BODIES) };
        }
        let is_batch = path == BATCH;
        let most = if is_batch { settings.max_batch_bytes } else { settings.max_body_bytes };
        Limits { most, share: usize::MAX }
    }

    async fn read(&self, mut body: Body, held: &mut Reservation) -> Result<Bytes, Problem> {
        let announced = body.size_hint().lower();
        if announced > self.most as u64 {
            return Err(self.too_large());
        }
        // What is only announced takes no memory before it comes; growing would take twice as much.
        let announced = usize::try_from(announced).unwrap_or(0);
        let mut all = BytesMut::with_capacity(announced);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Problem::bad_input("the body broke off"))?;
            let Ok(part) = frame.into_data() else { continue };
            if all.len() + part.len() > self.most {
                return Err(self.too_large());
            }
            held.grow(part.len(), self.share).map_err(refused)?;
            all.extend_from_slice(&part);
        }
        Ok(all.freeze())
    }

    fn too_large(&self) -> Problem {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Problem::new(status, "too_large", "the body is too large")
            .details(format!("a body may have {} bytes here", self.most))
            .hint("Send fewer rows at once. Batches of predictions may be larger with a token.")
    }
}

fn refused(exhausted: Exhausted) -> Problem {
    match exhausted {
        Exhausted::Everybody => Problem::overloaded("too many request bodies are under way"),
        Exhausted::Caller => Problem {
            retry_after: Some(1),
            ..Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                "too many of your request bodies are under way",
            )
            .hint("Wait for the responses to earlier requests.")
        },
    }
}
