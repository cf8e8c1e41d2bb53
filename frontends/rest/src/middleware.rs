//! The outermost middleware: gives each request an ID and a trace, measures and logs it, and adds the headers
//! that every response has.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use ipnet::IpNet;
use tracing::Instrument;

use crate::budget::ByteBudget;
use crate::cache::IsShared;
use crate::config::Settings;
use crate::error::{Problem, REQUEST_ID};
use crate::limit::{Peer, caller_network};
use crate::metrics::Metrics;
use crate::outage;
use crate::response::NEXT_PAGE_HEADER;
use crate::trace::TraceContext;

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Sent with every response. The pages under /docs run scripts, but only the service's own.
const SECURITY_HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    ),
];

/// Smaller responses are not counted against the budget.
const LARGE_RESPONSE_BYTES: u64 = 64 << 10;

pub struct RequestMonitor {
    /// For large responses that wait for their readers.
    pub budget: Arc<ByteBudget>,
    trusted_proxies: Vec<IpNet>,
    metrics: Arc<Metrics>,
}

impl RequestMonitor {
    pub fn new(settings: &Settings, metrics: Arc<Metrics>) -> RequestMonitor {
        let budget = ByteBudget::new(settings.max_bytes_in_flight, settings.max_caller_bytes);
        RequestMonitor { budget, trusted_proxies: settings.trusted_proxies.clone(), metrics }
    }

    fn client_network(&self, request: &Request) -> String {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|info| Peer(info.0.ip()));
        let address = peer.map(|p| p.client_address(request.headers(), &self.trusted_proxies));
        address.map_or_else(String::new, |address| caller_network(address).to_string())
    }

    /// Large responses stay in memory until they are read, so their number is limited.
    fn limit_memory(&self, client: &str, response: Response) -> Response {
        let size = response.body().size_hint().exact().filter(|size| *size > LARGE_RESPONSE_BYTES);
        let is_shared = response.extensions().get::<IsShared>().is_some();
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|_| !is_shared);
        let Some(size) = size else { return response };
        let mut reservation = self.budget.reserve(client.to_owned());
        if reservation.grow(size, usize::MAX).is_err() {
            return Problem::overloaded("too many large responses are waiting for their readers")
                .into_response();
        }
        response.map(|body| {
            // The reservation lasts as long as the body.
            Body::new(body.map_frame(move |frame| {
                let _ = &reservation;
                frame
            }))
        })
    }
}

pub async fn monitor_request(
    State(monitor): State<Arc<RequestMonitor>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let context = TraceContext::from_headers(request.headers());
    let id = request_id(request.headers(), &context);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let client = monitor.client_network(&request);
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
    context.set_parent(&span);
    let handled = REQUEST_ID.scope(id.clone(), context.scope(next.run(request)));
    let response = handled.instrument(span.clone()).await;
    let mut response = monitor.limit_memory(&client, response);
    let (status, elapsed) = (response.status().as_u16(), start.elapsed());
    link_next_page(&mut response, &method, &uri);
    monitor.metrics.record_request(method_label(&method), &endpoint, status, elapsed);
    span.in_scope(|| {
        // Signed, as OpenTelemetry has no unsigned numbers and would show text.
        span.record("http.status", i64::from(status));
        let duration_ms = elapsed.as_secs_f64() * 1000.0;
        // During an outage these lines would all be the same.
        if status == 503 && outage::is_ongoing() {
            tracing::debug!(status, duration_ms, "answered");
        } else {
            tracing::info!(status, duration_ms, "answered");
        }
    });
    add_common_headers(response.headers_mut(), &id);
    response
}

/// Adds `Link: <…>; rel="next"` (RFC 8288) if the list has another page.
fn link_next_page(response: &mut Response, method: &Method, uri: &Uri) {
    let next = response.headers().get(NEXT_PAGE_HEADER).and_then(|v| v.to_str().ok());
    let Some(next) = next.filter(|_| method == Method::GET) else { return };
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut query: Vec<&str> =
        pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("page=")).collect();
    let page = format!("page={next}");
    query.push(&page);
    let link = format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"));
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
}

/// The method as a metric label. Invented methods must not fill the memory of the metrics.
fn method_label(method: &Method) -> &'static str {
    ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"]
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("OTHER")
}

/// The client's own ID if it is safe to log, or else the trace ID.
fn request_id(headers: &HeaderMap, context: &TraceContext) -> String {
    let id = headers.get(REQUEST_ID_HEADER).and_then(|v| v.to_str().ok());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    let id = id.filter(|id| (1..=64).contains(&id.len()) && id.chars().all(is_plain));
    id.unwrap_or(&context.trace_id).to_owned()
}

fn add_common_headers(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID_HEADER, id);
    }
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
