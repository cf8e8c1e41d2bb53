//! Logs as JSON lines, OpenTelemetry traces, and the trace ID of the current request. A client may continue its own
//! trace with `traceparent` (W3C Trace Context).

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

/// The client's trace, or a new one.
pub struct TraceContext {
    pub trace_id: String,
    parent: Option<SpanContext>,
}

impl TraceContext {
    pub fn from_headers(headers: &HeaderMap) -> TraceContext {
        let traceparent = headers.get("traceparent").and_then(|v| v.to_str().ok());
        match traceparent.and_then(parse_traceparent) {
            Some(parent) => {
                TraceContext { trace_id: parent.trace_id().to_string(), parent: Some(parent) }
            }
            None => TraceContext { trace_id: new_trace_id().to_string(), parent: None },
        }
    }

    /// Makes the client's span the parent of this one.
    pub fn set_parent(&self, span: &Span) {
        let parent = self.parent.clone().or_else(|| {
            let id = TraceId::from_hex(&self.trace_id).ok()?;
            let root = SpanId::from_bytes(new_trace_id().to_bytes().first_chunk::<8>().copied()?);
            Some(SpanContext::new(id, root, TraceFlags::SAMPLED, true, TraceState::NONE))
        });
        if let Some(parent) = parent {
            let context = opentelemetry::Context::new().with_remote_span_context(parent);
            // Fails if tracing is off, which does not matter.
            let _ = span.set_parent(context);
        }
    }

    /// Runs a future for which `current_id` returns this trace ID.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        TRACE_ID.scope(self.trace_id, future).await
    }
}

pub fn new_trace_id() -> TraceId {
    TraceId::from_bytes(random_bytes())
}

/// The numbers only have to differ. They are not secret.
fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let seed = std::collections::hash_map::RandomState::new();
    for (at, half) in bytes.chunks_mut(8).enumerate() {
        use std::hash::BuildHasher;
        half.copy_from_slice(&seed.hash_one((at, std::time::Instant::now())).to_be_bytes());
    }
    bytes
}

/// Parses `00-<32 digits>-<16 digits>-<2 digits>`. Anything else is ignored.
fn parse_traceparent(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_valid = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    if !is_valid || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

/// The trace ID of the current request: hexadecimal digits, or empty outside a request.
pub fn current_id() -> String {
    TRACE_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Sends the remaining spans when it is dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging and tracing.
pub fn start(settings: &Settings) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|e| format!("log: {e}"))?;
    let logs = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let provider = settings.otlp_endpoint.as_deref().map(new_provider).transpose()?;
    tracing_subscriber::registry()
        .with(provider.as_ref().map(span_layer))
        .with(logs)
        .try_init()
        .map_err(|e| format!("logs: {e}"))?;
    Ok(Telemetry(provider))
}

/// Exports the service's spans to OpenTelemetry.
pub fn span_layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("ntsb-rest"))
        .with_filter(EnvFilter::new("ntsb_rest=info"))
}

fn new_provider(endpoint: &str) -> Result<SdkTracerProvider, String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|e| format!("otlp_endpoint: {e}"))?;
    let resource = Resource::builder().with_service_name("ntsb-rest").build();
    // The exporter's connections need the service's own runtime.
    let processor = BatchSpanProcessor::builder(exporter, Tokio).build();
    Ok(SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_traceparent_is_ignored() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(parse_traceparent(good).is_some());
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473'-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert!(parse_traceparent(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn trace_ids_differ() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| new_trace_id()).collect();
        assert_eq!(ids.len(), 1000);
    }
}
