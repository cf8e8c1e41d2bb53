//! The REST service: requests, latency, objectives, predictions and resources.

use super::model::{Dashboard, Kind, Panel, Source, Unit, Variable};

const JOB: &str = r#"job="ntsb-rest""#;
/// Requests that count for the objectives, as in deploy/monitoring/prometheus/rules/slo.yml.
const REQUESTS: &str = r#"job="ntsb-rest",endpoint!~"/health.*|/metrics",endpoint=~"$endpoint""#;

fn panel(kind: Kind, title: &'static str, unit: Unit) -> Panel {
    Panel::new(kind, title, Source::Prometheus, unit)
}

pub fn dashboard() -> Dashboard {
    Dashboard {
        uid: "ntsb-service",
        title: "NTSB: service",
        description: "Requests, latency, service level objectives, predictions and resources of ntsb-rest",
        from: "now-6h",
        variables: vec![Variable {
            name: "endpoint",
            label: "Endpoint",
            source: Source::Prometheus,
            query: "label_values(api_requests_total, endpoint)",
            all_value: ".*",
        }],
        rows: vec![
            ("Objectives", objectives()),
            ("Requests", requests()),
            ("Predictions", predictions()),
            ("Resources", resources()),
        ],
    }
}

fn objectives() -> Vec<Panel> {
    vec![
        panel(Kind::Stat, "Availability (1 day)", Unit::Share)
            .describe("Share of the time in which the service reached the database. Objective: 99.9 %")
            .query("1 - ntsb:unavailable:ratio1d", "available"),
        panel(Kind::Stat, "Failed requests (1 day)", Unit::Share)
            .describe("Share of the requests answered with a status of 500 or above. Objective: less than 1 %")
            .limit(0.01)
            .query("ntsb:errors:ratio_rate1d", "failed"),
        panel(Kind::Stat, "Slow requests (1 day)", Unit::Share)
            .describe("Share of the responses that started after 100 ms. Objective: at most 5 %")
            .limit(0.05)
            .query("ntsb:slow:ratio_rate1d", "slow"),
        panel(Kind::Stat, "Throughput", Unit::PerSecond).query("ntsb:requests:rate5m", "requests"),
        panel(Kind::TimeSeries, "Burn rate of the error budgets (1 hour)", Unit::Number)
            .describe("1: the budget lasts exactly 30 days. Alerts: 14.4 in 1 hour, 6 in 6 hours, 3 in 1 day, 1 in 3 days")
            .limit(14.4)
            .query("ntsb:unavailable:ratio1h / 0.001", "availability")
            .query("ntsb:errors:ratio_rate1h / 0.01", "errors")
            .query("ntsb:slow:ratio_rate1h / 0.05", "latency"),
        panel(Kind::TimeSeries, "Firing alerts", Unit::Number)
            .query(r#"count by (alertname) (ALERTS{alertstate="firing"}) or vector(0)"#, "{{alertname}}"),
    ]
}

fn requests() -> Vec<Panel> {
    let duration = format!(
        "sum by (le) (rate(api_request_duration_seconds_bucket{{{REQUESTS}}}[$__rate_interval]))"
    );
    let by_endpoint = format!(
        "topk(10, histogram_quantile(0.95, sum by (le, endpoint) \
         (rate(api_request_duration_seconds_bucket{{{REQUESTS}}}[$__rate_interval]))))"
    );
    vec![
        panel(Kind::TimeSeries, "Requests by status", Unit::PerSecond).query(
            format!("sum by (status) (rate(api_requests_total{{{REQUESTS}}}[$__rate_interval]))"),
            "{{status}}",
        ),
        panel(Kind::TimeSeries, "Requests by endpoint", Unit::PerSecond).query(
            format!("topk(10, sum by (endpoint) (rate(api_requests_total{{{REQUESTS}}}[$__rate_interval])))"),
            "{{endpoint}}",
        ),
        panel(Kind::TimeSeries, "Response time", Unit::Seconds)
            .describe("Time until the response starts")
            .limit(0.2)
            .query(format!("histogram_quantile(0.5, {duration})"), "median")
            .query(format!("histogram_quantile(0.95, {duration})"), "95th percentile")
            .query(format!("histogram_quantile(0.99, {duration})"), "99th percentile"),
        panel(Kind::TimeSeries, "95th percentile by endpoint", Unit::Seconds)
            .query(by_endpoint, "{{endpoint}}"),
        panel(Kind::TimeSeries, "Response cache", Unit::PerSecond).query(
            format!("sum by (outcome) (rate(cache_requests_total{{{JOB}}}[$__rate_interval]))"),
            "{{outcome}}",
        ),
        panel(Kind::TimeSeries, "Database queries by outcome", Unit::PerSecond).query(
            format!("sum by (outcome) (rate(database_queries_total{{{JOB}}}[$__rate_interval]))"),
            "{{outcome}}",
        ),
    ]
}

fn predictions() -> Vec<Panel> {
    vec![
        panel(Kind::TimeSeries, "Predicted rows", Unit::PerSecond).query(
            format!("sum by (model, outcome) (rate(ml_predictions_total{{{JOB}}}[$__rate_interval]))"),
            "{{model}} {{outcome}}",
        ),
        panel(Kind::TimeSeries, "Mean confidence", Unit::Share)
            .describe("Mean probability of the predicted class. The alert LowPredictionConfidence fires below 0.7")
            .query(
                format!(
                    "sum(increase(ml_prediction_confidence_sum{{{JOB}}}[15m])) \
                     / sum(increase(ml_prediction_confidence_count{{{JOB}}}[15m]))"
                ),
                "confidence",
            ),
    ]
}

fn resources() -> Vec<Panel> {
    let each = |name: &str| format!("{name}{{{JOB}}}");
    vec![
        panel(Kind::TimeSeries, "Memory", Unit::Bytes)
            .limit(512.0 * 1024.0 * 1024.0)
            .query(each("process_resident_memory_bytes"), "{{instance}}")
            .query(each("cache_bytes"), "{{instance}} cache")
            .query(each("http_bytes_in_flight"), "{{instance}} {{of}}"),
        panel(Kind::TimeSeries, "Connections", Unit::Number)
            .query(each("http_connections"), "{{instance}} HTTP")
            .query(each("websocket_connections"), "{{instance}} WebSocket")
            .query(each("process_open_fds"), "{{instance}} open files"),
        panel(Kind::TimeSeries, "Connections to the database", Unit::Number)
            .query(each("database_pool_connections"), "{{instance}} {{state}}"),
        panel(Kind::TimeSeries, "Processors in use", Unit::Number).query(
            format!("rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval])"),
            "{{instance}}",
        ),
    ]
}
