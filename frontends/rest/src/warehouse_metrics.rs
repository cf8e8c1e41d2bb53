//! The metrics of the warehouse (`ntsb_metrics()`). They are read when the service's metrics are requested, at most once
//! per `metrics_read_ms`, whoever asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};
use tokio::sync::Mutex;
use tokio_postgres::Row;

use crate::database::{Database, Query};
use crate::error::Problem;

const METRICS: &str = "SELECT name, labels::text, value, kind, help FROM ntsb_metrics()";

/// Prometheus waits 10 s for all metrics, and those of the service itself are needed most while the database is down.
const READ_TIMEOUT: Duration = Duration::from_secs(4);

/// What the last attempt to read the metrics found.
#[derive(Clone, Default)]
pub struct Reading {
    /// Whether the database answered, be it with an error.
    pub is_database_up: bool,
    /// Empty if the metrics could not be read: outdated values would hide that.
    pub families: Arc<Vec<MetricFamily>>,
}

pub struct WarehouseMetrics {
    database: Arc<Database>,
    min_interval: Duration,
    last: Mutex<Option<(Instant, Reading)>>,
}

impl WarehouseMetrics {
    pub fn new(database: Arc<Database>, min_interval: Duration) -> WarehouseMetrics {
        WarehouseMetrics { database, min_interval, last: Mutex::default() }
    }

    /// The last reading, or a new one if that is too old.
    pub async fn read(&self) -> Reading {
        let mut last = self.last.lock().await;
        if let Some((at, reading)) = &*last
            && at.elapsed() < self.min_interval
        {
            return reading.clone();
        }
        let reading = self.query().await;
        *last = Some((Instant::now(), reading.clone()));
        reading
    }

    async fn query(&self) -> Reading {
        let query = Query::new(METRICS);
        let rows = tokio::time::timeout(READ_TIMEOUT, self.database.viewer_rows(&query)).await;
        let Ok(rows) = rows else {
            tracing::warn!("could not read the metrics of the warehouse in time");
            return Reading::default();
        };
        match rows.and_then(|rows| rows.iter().map(Sample::from_row).collect()) {
            Ok(samples) => {
                Reading { is_database_up: true, families: Arc::new(to_families(samples)) }
            }
            // An outage is logged where it is noticed.
            Err(problem) if problem.code == "unavailable" => Reading::default(),
            Err(problem) => {
                let details = problem.details.unwrap_or_default();
                tracing::warn!(
                    error = problem.message,
                    details,
                    "could not read the metrics of the warehouse"
                );
                Reading { is_database_up: true, families: Arc::default() }
            }
        }
    }
}

/// A row of `ntsb_metrics()`.
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
    kind: String,
    help: String,
}

impl Sample {
    fn from_row(row: &Row) -> Result<Sample, Problem> {
        let labels: &str = row.try_get(1)?;
        let labels = serde_json::from_str(labels).map_err(|error| {
            tracing::error!(%error, labels, "unexpected labels of a metric");
            Problem::internal()
        })?;
        Ok(Sample {
            name: row.try_get(0)?,
            labels,
            value: row.try_get(2)?,
            kind: row.try_get(3)?,
            help: row.try_get(4)?,
        })
    }

    /// Prometheus' text format does not escape names.
    fn has_valid_names(&self) -> bool {
        is_valid_name(&self.name) && self.labels.keys().all(|name| is_valid_name(name))
    }

    fn to_metric(&self) -> Metric {
        let labels = self.labels.iter().map(|(name, value)| {
            let mut label = LabelPair::default();
            label.set_name(name.clone());
            label.set_value(value.clone());
            label
        });
        let mut metric = Metric::from_label(labels.collect());
        if self.kind == "counter" {
            let mut counter = Counter::default();
            counter.set_value(self.value);
            metric.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(self.value);
            metric.set_gauge(gauge);
        }
        metric
    }
}

fn is_valid_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.bytes().next().is_some_and(|b| !b.is_ascii_digit())
}

/// Groups the samples by name, in the order of the names.
fn to_families(samples: Vec<Sample>) -> Vec<MetricFamily> {
    let mut families: BTreeMap<String, MetricFamily> = BTreeMap::new();
    for sample in samples.into_iter().filter(Sample::has_valid_names) {
        let family = families.entry(sample.name.clone()).or_insert_with(|| {
            let is_counter = sample.kind == "counter";
            let mut family = MetricFamily::default();
            family.set_name(sample.name.clone());
            family.set_help(sample.help.clone());
            family.set_field_type(if is_counter { MetricType::COUNTER } else { MetricType::GAUGE });
            family
        });
        family.mut_metric().push(sample.to_metric());
    }
    families.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus::TextEncoder;

    fn sample(name: &str, label: (&str, &str), value: f64, kind: &str) -> Sample {
        let labels = BTreeMap::from([(label.0.to_owned(), label.1.to_owned())]);
        Sample { name: name.into(), labels, value, kind: kind.into(), help: "Help".into() }
    }

    fn encode(samples: Vec<Sample>) -> String {
        TextEncoder::new().encode_to_string(&to_families(samples)).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn samples_of_one_name_are_one_family() {
        let text = encode(vec![
            sample("ntsb_b", ("source", "metar"), 2.5, "gauge"),
            sample("ntsb_a_total", ("of", "x"), 3.0, "counter"),
            sample("ntsb_b", ("source", "asrs"), 0.0, "gauge"),
        ]);
        let expected = "# HELP ntsb_a_total Help\n# TYPE ntsb_a_total counter\nntsb_a_total{of=\"x\"} 3\n\
            # HELP ntsb_b Help\n# TYPE ntsb_b gauge\nntsb_b{source=\"metar\"} 2.5\nntsb_b{source=\"asrs\"} 0\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn no_text_of_the_database_can_add_a_metric() {
        let text = encode(vec![
            sample("ntsb_a", ("kind", "x\"} 1\nup 0 # \\"), 1.0, "gauge"),
            sample("ntsb_a\nup 0", ("kind", "x"), 1.0, "gauge"),
            sample("ntsb_a", ("kind\"} 1\nup", "x"), 1.0, "gauge"),
            sample("", ("kind", "x"), 1.0, "gauge"),
            sample("1up", ("kind", "x"), 1.0, "gauge"),
        ]);
        let expected = "# HELP ntsb_a Help\n# TYPE ntsb_a gauge\n\
            ntsb_a{kind=\"x\\\"} 1\\nup 0 # \\\\\"} 1\n";
        assert_eq!(text, expected);
    }
}
