//! What Prometheus reads. An endpoint is the route's template, never what somebody asked for.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

use crate::error::Problem;
use crate::state::App;

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    pub predictions: IntCounterVec,
    pub confidence: Histogram,
    queries: IntCounterVec,
    query_duration: Histogram,
    cache: IntCounterVec,
    cached: IntGauge,
    cached_bytes: IntGauge,
    bytes_in_flight: prometheus::IntGaugeVec,
    pool: prometheus::IntGaugeVec,
    replicas: IntGauge,
    pub sockets: IntGauge,
    pub dropped_sockets: IntCounter,
    pub connections: IntGauge,
    pub refused_connections: IntCounter,
}

const SECONDS: [f64; 13] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

impl Metrics {
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let counters = |name: &str, help: &str, labels: &[&str]| {
            IntCounterVec::new(Opts::new(name, help), labels)
        };
        let seconds =
            |name: &str, help: &str| HistogramOpts::new(name, help).buckets(SECONDS.into());
        let tenths = (1..=10).map(|n| f64::from(n) / 10.0).collect();
        let metrics = Metrics {
            registry: Registry::new(),
            requests: counters(
                "api_requests_total",
                "Requests answered",
                &["method", "endpoint", "status"],
            )?,
            durations: HistogramVec::new(
                seconds("api_request_duration_seconds", "Time until the answer begins"),
                &["method", "endpoint"],
            )?,
            predictions: counters("ml_predictions_total", "Rows predicted", &["model", "outcome"])?,
            confidence: Histogram::with_opts(
                HistogramOpts::new(
                    "ml_prediction_confidence",
                    "Probability of the predicted class",
                )
                .buckets(tenths),
            )?,
            queries: counters("database_queries_total", "Questions to the database", &["outcome"])?,
            query_duration: Histogram::with_opts(seconds(
                "database_query_duration_seconds",
                "Time of a question, with the wait for a connection",
            ))?,
            cache: counters("cache_requests_total", "Questions to the kept answers", &["outcome"])?,
            cached: IntGauge::new("cache_entries", "Responses in the cache")?,
            cached_bytes: IntGauge::new("cache_bytes", "Bytes of the responses in the cache")?,
            bytes_in_flight: prometheus::IntGaugeVec::new(
                Opts::new("http_bytes_in_flight", "Bytes of bodies in memory"),
                &["of"],
            )?,
            pool: prometheus::IntGaugeVec::new(
                Opts::new("database_pool_connections", "Connections to the primary"),
                &["state"],
            )?,
            replicas: IntGauge::new("database_replicas_well", "Replicas that answer reads")?,
            sockets: IntGauge::new("websocket_connections", "Open WebSockets")?,
            dropped_sockets: IntCounter::new(
                "websocket_dropped_total",
                "WebSockets closed as their reader was too slow",
            )?,
            connections: IntGauge::new("http_connections", "Open connections")?,
            refused_connections: IntCounter::new(
                "http_connections_refused_total",
                "Connections closed as their address had max_connections_per_address",
            )?,
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        let all: [Box<dyn prometheus::core::Collector>; 16] = [
            Box::new(self.requests.clone()),
            Box::new(self.durations.clone()),
            Box::new(self.predictions.clone()),
            Box::new(self.confidence.clone()),
            Box::new(self.queries.clone()),
            Box::new(self.query_duration.clone()),
            Box::new(self.cache.clone()),
            Box::new(self.cached.clone()),
            Box::new(self.pool.clone()),
            Box::new(self.replicas.clone()),
            Box::new(self.sockets.clone()),
            Box::new(self.dropped_sockets.clone()),
            Box::new(self.connections.clone()),
            Box::new(self.cached_bytes.clone()),
            Box::new(self.bytes_in_flight.clone()),
            Box::new(self.refused_connections.clone()),
        ];
        all.into_iter().try_for_each(|metric| self.registry.register(metric))
    }

    pub fn answered(&self, method: &str, endpoint: &str, status: u16, took: Duration) {
        let status = status.to_string();
        self.requests.with_label_values(&[method, endpoint, status.as_str()]).inc();
        self.durations.with_label_values(&[method, endpoint]).observe(took.as_secs_f64());
    }

    pub fn queried<T>(&self, asked: &Result<T, Problem>, took: Duration) {
        let outcome = asked.as_ref().map_or_else(|problem| problem.code, |_| "ok");
        self.queries.with_label_values(&[outcome]).inc();
        self.query_duration.observe(took.as_secs_f64());
    }

    pub fn cache_asked(&self, is_hit: bool) {
        self.cache.with_label_values(&[if is_hit { "hit" } else { "miss" }]).inc();
    }

    /// Of now, in Prometheus' own text.
    pub fn text(&self, app: &App) -> Result<Vec<u8>, prometheus::Error> {
        let (status, well) = app.pools.status();
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let states =
            [("open", status.size), ("idle", status.available), ("waited_for", status.waiting)];
        for (state, count) in states {
            self.pool.with_label_values(&[state]).set(number(count));
        }
        self.replicas.set(number(well));
        let (cached, bytes) = app.cache.size();
        self.cached.set(number(cached));
        self.cached_bytes.set(number(bytes));
        for (of, budget) in [("requests", &app.bodies), ("responses", &app.responses)] {
            self.bytes_in_flight.with_label_values(&[of]).set(number(budget.used()));
        }
        let mut out = Vec::with_capacity(16 << 10);
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        Ok(out)
    }
}
