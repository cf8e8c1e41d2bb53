//! Traces of a request through the whole service.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Uri};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tower::ServiceExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Settings;
use crate::state::App;
use crate::trace::span_layer;

/// The spans of one request to a service without a database. The attempted query is traced all the same.
fn request_spans() -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let _guard = tracing_subscriber::registry().with(span_layer(&provider)).set_default();
    let settings = Settings {
        database: "host=127.0.0.1 port=1 user=nobody".into(),
        pool_wait_ms: 200,
        ..Settings::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap_or_else(|e| panic!("{e}")).block_on(async {
        let app = App::new(settings).await.unwrap_or_else(|e| panic!("{e}"));
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::from_static("/api/v1/stats/summary");
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        request
            .headers_mut()
            .insert("traceparent", traceparent.parse().unwrap_or_else(|e| panic!("{e}")));
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = crate::router::router(&app).oneshot(request).await;
        assert_eq!(response.map(|r| r.status().as_u16()), Ok(503));
    });
    exporter.get_finished_spans().unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_query_span_is_a_child_of_its_request_and_that_of_the_clients_span() {
    let spans = request_spans();
    let find = |name: &str| {
        let mut found = spans.iter().filter(|span| span.name == name);
        found.next().unwrap_or_else(|| panic!("no span {name} in {spans:?}"))
    };
    let (request, query) = (find("GET /api/v1/stats/summary"), find("database"));
    assert_eq!(request.parent_span_id.to_string(), "00f067aa0ba902b7");
    assert_eq!(query.parent_span_id, request.span_context.span_id());
    for span in [request, query] {
        let trace_id = span.span_context.trace_id().to_string();
        assert_eq!(trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    }
    let attribute = |key: &str| {
        let mut found = request.attributes.iter().filter(|pair| pair.key.as_str() == key);
        found.next().map(|pair| pair.value.clone())
    };
    assert_eq!(attribute("http.route"), Some("/api/v1/stats/summary".into()));
    assert_eq!(attribute("http.status"), Some(503.into()));
}
