//! Logs as JSON lines, traces by OpenTelemetry, and the number of the trace that a request belongs to:
//! the caller's own (W3C Trace Context) where it gives one.

use axum::http::HeaderMap;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::runtime::Tokio;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_sdk::trace::span_processor_with_async_runtime::BatchSpanProcessor;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::Settings;

tokio::task_local! {
    static TRACE_ID: String;
}

/// The caller's trace, or a new one.
pub struct Context {
    pub trace: String,
    parent: Option<SpanContext>,
}

impl Context {
    pub fn of(headers: &HeaderMap) -> Context {
        let line = headers.get("traceparent").and_then(|v| v.to_str().ok());
        match line.and_then(parent) {
            Some(parent) => Context { trace: parent.trace_id().to_string(), parent: Some(parent) },
            None => Context { trace: fresh().to_string(), parent: None },
        }
    }

    /// Spans of this request hang below the caller's.
    pub fn adopt(&self, span: &Span) {
        let parent = self.parent.clone().or_else(|| {
            let id = TraceId::from_hex(&self.trace).ok()?;
            let root = SpanId::from_bytes(fresh().to_bytes().first_chunk::<8>().copied()?);
            Some(SpanContext::new(id, root, TraceFlags::SAMPLED, true, TraceState::NONE))
        });
        if let Some(parent) = parent {
            let context = opentelemetry::Context::new().with_remote_span_context(parent);
            // Fails where no traces are kept, which is as well.
            let _ = span.set_parent(context);
        }
    }

    pub async fn within<F: Future>(self, future: F) -> F::Output {
        TRACE_ID.scope(self.trace, future).await
    }
}

pub fn fresh() -> TraceId {
    TraceId::from_bytes(rand_bytes())
}

fn rand_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Numbers that only have to differ.
    let seed = std::collections::hash_map::RandomState::new();
    for (at, half) in bytes.chunks_mut(8).enumerate() {
        use std::hash::BuildHasher;
        half.copy_from_slice(&seed.hash_one((at, std::time::Instant::now())).to_be_bytes());
    }
    bytes
}

/// `00-<32 digits>-<16 digits>-<2 digits>`; what is not of this form is as if it were not there.
fn parent(line: &str) -> Option<SpanContext> {
    let mut parts = line.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let plain = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let whole = plain(version, 2) && plain(trace, 32) && plain(span, 16) && plain(flags, 2);
    if !whole || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

/// Of the request that is being answered: hexadecimal digits, or nothing.
pub fn current_id() -> String {
    TRACE_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Sends what is left when dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            let _ = provider.shutdown();
        }
    }
}

pub fn start(settings: &Settings) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|e| format!("log: {e}"))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let provider = settings.otlp_endpoint.as_deref().map(provider).transpose()?;
    tracing_subscriber::registry()
        .with(provider.as_ref().map(spans))
        .with(lines)
        .try_init()
        .map_err(|e| format!("logs: {e}"))?;
    Ok(Telemetry(provider))
}

/// Makes the spans of requests those of OpenTelemetry.
fn spans<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("ntsb-rest"))
        .with_filter(EnvFilter::new("ntsb_rest=info"))
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|e| format!("otlp_endpoint: {e}"))?;
    let resource = Resource::builder().with_service_name("ntsb-rest").build();
    // Within the service's own runtime, as the exporter's connections belong to one.
    let sender = BatchSpanProcessor::builder(exporter, Tokio).build();
    Ok(SdkTracerProvider::builder().with_span_processor(sender).with_resource(resource).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::extract::ConnectInfo;
    use axum::http::Request;
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
    use tower::ServiceExt;

    /// Of one request, to a service whose database is away: what it tried is traced all the same.
    fn traced() -> Vec<SpanData> {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let _own = tracing_subscriber::registry().with(spans(&provider)).set_default();
        let settings = Settings {
            database: "host=127.0.0.1 port=1 user=nobody".into(),
            pool_wait_ms: 200,
            ..Settings::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap_or_else(|e| panic!("{e}")).block_on(async {
            let app = crate::state::App::start(settings).await.unwrap_or_else(|e| panic!("{e}"));
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = axum::http::Uri::from_static("/api/v1/stats/summary");
            let line = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            request
                .headers_mut()
                .insert("traceparent", line.parse().unwrap_or_else(|e| panic!("{e}")));
            let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = crate::router::router(&app).oneshot(request).await;
            assert_eq!(answered.map(|a| a.status().as_u16()), Ok(503));
        });
        exporter.get_finished_spans().unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn questions_hang_below_their_request_and_that_below_the_callers_span() {
        let spans = traced();
        let named = |name: &str| {
            let mut found = spans.iter().filter(|span| span.name == name);
            found.next().unwrap_or_else(|| panic!("no span {name} in {spans:?}"))
        };
        let (request, question) = (named("GET /api/v1/stats/summary"), named("database"));
        assert_eq!(request.parent_span_id.to_string(), "00f067aa0ba902b7");
        assert_eq!(question.parent_span_id, request.span_context.span_id());
        for span in [request, question] {
            assert_eq!(
                span.span_context.trace_id().to_string(),
                "4bf92f3577b34da6a3ce929d0e0e4736"
            );
        }
        let told = |key: &str| {
            let mut found = request.attributes.iter().filter(|pair| pair.key.as_str() == key);
            found.next().map(|pair| pair.value.to_string())
        };
        assert_eq!(told("http.route").as_deref(), Some("/api/v1/stats/summary"));
        assert_eq!(told("http.status").as_deref(), Some("503"));
    }

    #[test]
    fn a_trace_of_another_form_is_not_taken_up() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(parent(good).is_some());
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473'-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert!(parent(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn numbers_of_traces_differ() {
        let some: std::collections::HashSet<_> = (0..1000).map(|_| fresh()).collect();
        assert_eq!(some.len(), 1000);
    }
}
