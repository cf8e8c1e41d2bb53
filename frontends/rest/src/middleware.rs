//! What every request passes first: it gets a number, is timed, counted and logged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tracing::Instrument;

use crate::answer::NEXT_PAGE_HEADER;
use crate::cache::IsShared;
use crate::error::{Problem, REQUEST_ID};
use crate::limit::{Peer, caller_network};
use crate::outage;
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
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| Peer(info.0.ip()));
    let caller = peer.map(|peer| peer.address(request.headers(), &app.settings.trusted_proxies));
    let caller = caller.map_or_else(String::new, |address| caller_network(address).to_string());
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
    let response = answered.instrument(span.clone()).await;
    let mut response = within_budget(&app, &caller, response);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    link_next_page(&mut response, &method, &uri);
    app.metrics.answered(known(&method), &endpoint, status, took);
    span.in_scope(|| {
        span.record("http.status", status);
        let duration_ms = took.as_secs_f64() * 1000.0;
        // In an outage each of these lines would say the same.
        if status == 503 && outage::is_under_way() {
            tracing::debug!(status, duration_ms, "answered");
        } else {
            tracing::info!(status, duration_ms, "answered");
        }
    });
    tell(response.headers_mut(), &id);
    response
}

/// Smaller responses are not worth counting.
const LARGE: u64 = 64 << 10;

/// Large responses stay in memory until they are read: not more of them than fit.
fn within_budget(app: &App, caller: &str, response: Response) -> Response {
    let size = response.body().size_hint().exact().filter(|size| *size > LARGE);
    let is_shared = response.extensions().get::<IsShared>().is_some();
    let Some(size) = size.and_then(|size| usize::try_from(size).ok()).filter(|_| !is_shared) else {
        return response;
    };
    let mut held = app.responses.reserve(caller.to_owned());
    if held.grow(size, usize::MAX).is_err() {
        return Problem::overloaded("too many large responses wait for their readers")
            .into_response();
    }
    response.map(|body| {
        // Held for as long as the body is.
        Body::new(body.map_frame(move |frame| {
            let _ = &held;
            frame
        }))
    })
}

/// `Link: <…>; rel="next"` (RFC 8288), where a list goes on.
fn link_next_page(response: &mut Response, method: &Method, uri: &Uri) {
    let next = response.headers().get(NEXT_PAGE_HEADER).and_then(|v| v.to_str().ok());
    let Some(next) = next.filter(|_| method == Method::GET) else { return };
    let others = uri.query().unwrap_or_default().split('&');
    let mut query: Vec<&str> =
        others.filter(|pair| !pair.is_empty() && !pair.starts_with("page=")).collect();
    let page = format!("page={next}");
    query.push(&page);
    let link = format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"));
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
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
