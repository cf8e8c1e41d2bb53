//! Prometheus metrics. The label `endpoint` is the route's template, never the requested path.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::warehouse_metrics::Reading;

pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_duration: HistogramVec,
    predictions: IntCounterVec,
    confidence: Histogram,
    queries: IntCounterVec,
    query_duration: Histogram,
    cache_lookups: IntCounterVec,
    cache_entries: IntGauge,
    cache_bytes: IntGauge,
    bytes_in_flight: IntGaugeVec,
    pool: IntGaugeVec,
    healthy_replicas: IntGauge,
    database_up: IntGauge,
    pub sockets: IntGauge,
    pub dropped_sockets: IntCounter,
    pub connections: IntGauge,
    pub refused_connections: IntCounter,
}

/// Values that are read when the metrics are requested.
pub struct Gauges {
    pub open_connections: usize,
    pub idle_connections: usize,
    /// Requests that wait for a connection.
    pub waiting: usize,
    pub healthy_replicas: usize,
    /// Cached responses and their bytes.
    pub cache: (u64, u64),
    pub request_bytes: usize,
    pub response_bytes: usize,
}

/// The upper bounds of the duration buckets. Objectives and alerts need those of 0.1 and 0.2.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.5, 10.0];

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
                "HTTP requests",
                &["method", "endpoint", "status"],
            )?,
            request_duration: HistogramVec::new(
                seconds("api_request_duration_seconds", "Time until the response starts"),
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
            queries: counters("database_queries_total", "Database queries", &["outcome"])?,
            query_duration: Histogram::with_opts(seconds(
                "database_query_duration_seconds",
                "Time of a database query, including the wait for a connection",
            ))?,
            cache_lookups: counters(
                "cache_requests_total",
                "Lookups in the response cache",
                &["outcome"],
            )?,
            cache_entries: IntGauge::new("cache_entries", "Responses in the cache")?,
            cache_bytes: IntGauge::new("cache_bytes", "Bytes of the responses in the cache")?,
            bytes_in_flight: IntGaugeVec::new(
                Opts::new("http_bytes_in_flight", "Bytes of request and response bodies in memory"),
                &["of"],
            )?,
            pool: IntGaugeVec::new(
                Opts::new("database_pool_connections", "Connections to the primary"),
                &["state"],
            )?,
            healthy_replicas: IntGauge::new(
                "database_replicas_well",
                "Replicas that are used for reads",
            )?,
            database_up: IntGauge::new("database_up", "Whether the primary answers queries")?,
            sockets: IntGauge::new("websocket_connections", "Open WebSockets")?,
            dropped_sockets: IntCounter::new(
                "websocket_dropped_total",
                "WebSockets closed because their reader was too slow",
            )?,
            connections: IntGauge::new("http_connections", "Open connections")?,
            refused_connections: IntCounter::new(
                "http_connections_refused_total",
                "Connections closed because their address had max_connections_per_address",
            )?,
        };
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        #[cfg(target_os = "linux")]
        self.registry
            .register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let all: [Box<dyn prometheus::core::Collector>; 17] = [
            Box::new(self.requests.clone()),
            Box::new(self.request_duration.clone()),
            Box::new(self.predictions.clone()),
            Box::new(self.confidence.clone()),
            Box::new(self.queries.clone()),
            Box::new(self.query_duration.clone()),
            Box::new(self.cache_lookups.clone()),
            Box::new(self.cache_entries.clone()),
            Box::new(self.pool.clone()),
            Box::new(self.healthy_replicas.clone()),
            Box::new(self.database_up.clone()),
            Box::new(self.sockets.clone()),
            Box::new(self.dropped_sockets.clone()),
            Box::new(self.connections.clone()),
            Box::new(self.cache_bytes.clone()),
            Box::new(self.bytes_in_flight.clone()),
            Box::new(self.refused_connections.clone()),
        ];
        all.into_iter().try_for_each(|metric| self.registry.register(metric))
    }

    pub fn record_request(&self, method: &str, endpoint: &str, status: u16, elapsed: Duration) {
        let status = status.to_string();
        self.requests.with_label_values(&[method, endpoint, status.as_str()]).inc();
        self.request_duration.with_label_values(&[method, endpoint]).observe(elapsed.as_secs_f64());
    }

    /// `outcome` is `ok` or the code of the error.
    pub fn record_query(&self, outcome: &str, elapsed: Duration) {
        self.queries.with_label_values(&[outcome]).inc();
        self.query_duration.observe(elapsed.as_secs_f64());
    }

    pub fn record_cache_lookup(&self, is_hit: bool) {
        self.cache_lookups.with_label_values(&[if is_hit { "hit" } else { "miss" }]).inc();
    }

    /// `outcome` is `ok` or `error`, `probability` that of the predicted class.
    pub fn record_prediction(&self, model: &str, outcome: &str, probability: Option<f64>) {
        self.predictions.with_label_values(&[model, outcome]).inc();
        if let Some(probability) = probability {
            self.confidence.observe(probability);
        }
    }

    /// Sets the gauges and writes all metrics in Prometheus' text format.
    pub fn encode(
        &self,
        gauges: &Gauges,
        warehouse: &Reading,
    ) -> Result<Vec<u8>, prometheus::Error> {
        let to_i64 = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let states = [
            ("open", gauges.open_connections),
            ("idle", gauges.idle_connections),
            ("waited_for", gauges.waiting),
        ];
        for (state, count) in states {
            self.pool.with_label_values(&[state]).set(to_i64(count));
        }
        self.healthy_replicas.set(to_i64(gauges.healthy_replicas));
        self.database_up.set(warehouse.is_database_up.into());
        self.cache_entries.set(i64::try_from(gauges.cache.0).unwrap_or(i64::MAX));
        self.cache_bytes.set(i64::try_from(gauges.cache.1).unwrap_or(i64::MAX));
        let in_flight = [("requests", gauges.request_bytes), ("responses", gauges.response_bytes)];
        for (of, bytes) in in_flight {
            self.bytes_in_flight.with_label_values(&[of]).set(to_i64(bytes));
        }
        let mut out = Vec::with_capacity(16 << 10);
        TextEncoder::new().encode(&self.registry.gather(), &mut out)?;
        TextEncoder::new().encode(&warehouse.families, &mut out)?;
        Ok(out)
    }
}
