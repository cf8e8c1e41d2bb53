//! What is computed.

use serde::Serialize;
use utoipa::ToSchema;

/// A stretch of time
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub bucket_start: String,
    pub value: Option<i64>,
    /// complete, unfinished, incomplete year or no data
    pub status: String,
}

/// What is to be expected
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    pub bucket_start: String,
    pub forecast: f64,
    pub lower: f64,
    pub upper: f64,
    pub fitted_from: String,
    pub fitted_to: String,
    pub fitted_buckets: i64,
}

/// An event or a cell
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HotSpot {
    pub ev_id: Option<String>,
    pub lat: f64,
    pub lon: f64,
    pub events: i64,
    pub value: f64,
    pub z: Option<f64>,
    pub p: Option<f64>,
    pub q: Option<f64>,
    pub p_sim: Option<f64>,
    /// hot or cold
    pub kind: Option<String>,
}

/// A cell
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DensityCell {
    pub lat: f64,
    pub lon: f64,
    pub events: i64,
    pub fatal_events: i64,
    pub area_km2: f64,
    pub events_per_1000_km2: f64,
    pub density_per_1000_km2: Option<f64>,
}

/// Two columns
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    pub column_a: String,
    pub column_b: String,
    /// pearson, spearman, cramers_v or eta
    pub method: String,
    pub coefficient: Option<f64>,
    pub p_value: Option<f64>,
    pub events: i64,
}

/// An accident near a place
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Near {
    pub ev_id: Option<String>,
    pub ev_date: Option<String>,
    pub place: Option<String>,
    pub aircraft: Option<String>,
    pub severity: Option<String>,
    pub fatalities: Option<i64>,
    pub lat: f64,
    pub lon: f64,
    pub km: Option<f64>,
}

/// GeoJSON (RFC 7946)
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Features {
    /// FeatureCollection
    pub r#type: String,
    #[schema(value_type = Vec<Object>)]
    pub features: Vec<serde_json::Value>,
}
