//! The spans that the service sends to an OpenTelemetry receiver.

use ntsb_tests::wait_for;
use ntsb_tests::web_server::Request;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;

use super::stack::Stack;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(request: &Request) -> Vec<ResourceSpans> {
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/traces"));
    assert_eq!(request.headers["content-type"], "application/x-protobuf");
    ExportTraceServiceRequest::decode(request.bytes.as_slice()).unwrap().resource_spans
}

fn attribute<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|pair| pair.key == key)?.value.as_ref()?.value.as_ref()
}

fn text(value: &str) -> Value {
    Value::StringValue(value.to_owned())
}

/// The span of a request, with the client's trace, and below it the span of its query.
pub fn check(stack: &Stack) {
    let address = format!("http://{}/api/v1/events/20240914902470", stack.service);
    let request = ureq::get(address).header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    assert_eq!(request.call().unwrap().status().as_u16(), 200);
    let mut resources: Vec<ResourceSpans> = Vec::new();
    let (request, query) = wait_for("the spans", 20, || {
        resources.extend(stack.traces.take_requests().iter().flat_map(decode));
        let spans: Vec<&Span> = resources
            .iter()
            .flat_map(|resource| &resource.scope_spans)
            .flat_map(|scope| &scope.spans)
            .filter(|span| hex(&span.trace_id) == TRACE)
            .collect();
        let find =
            |name: &str| spans.iter().find(|span| span.name == name).map(|span| (*span).clone());
        find("GET /api/v1/events/{ev_id}").zip(find("database"))
    });
    for resource in &resources {
        let attributes = &resource.resource.as_ref().unwrap().attributes;
        assert_eq!(attribute(attributes, "service.name"), Some(&text("ntsb-rest")));
    }
    assert_eq!(hex(&request.parent_span_id), PARENT);
    assert_eq!(query.parent_span_id, request.span_id);
    assert_eq!(attribute(&request.attributes, "http.route"), Some(&text("/api/v1/events/{ev_id}")));
    // The collector's sampling compares the status as a number.
    assert_eq!(attribute(&request.attributes, "http.status"), Some(&Value::IntValue(200)));
    assert!(request.start_time_unix_nano <= query.start_time_unix_nano);
    assert!(query.end_time_unix_nano <= request.end_time_unix_nano);
}
