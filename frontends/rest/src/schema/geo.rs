//! Rows of spatial analyses.

use serde::Serialize;
use utoipa::ToSchema;

row_type! {
    /// Gi* statistic of an event or a cell
    HotSpot {
        ev_id: Option<String>,
        lat: f64,
        lon: f64,
        events: i64,
        value: f64,
        z: Option<f64>,
        p: Option<f64>,
        q: Option<f64>,
        p_sim: Option<f64>,
        /// hot or cold
        kind: Option<String>,
    }
}

row_type! {
    /// Accident density of one cell
    DensityCell {
        lat: f64,
        lon: f64,
        events: i64,
        fatal_events: i64,
        area_km2: f64,
        events_per_1000_km2: f64,
        density_per_1000_km2: Option<f64>,
    }
}

row_type! {
    /// An accident near a location
    Near {
        ev_id: Option<String>,
        ev_date: Option<String>,
        place: Option<String>,
        aircraft: Option<String>,
        severity: Option<String>,
        fatalities: Option<i64>,
        lat: f64,
        lon: f64,
        /// Distance in kilometres
        km: Option<f64>,
    }
}

/// A GeoJSON FeatureCollection (RFC 7946)
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only a description of what PostgreSQL returns")]
pub struct Features {
    /// FeatureCollection
    pub r#type: String,
    #[schema(value_type = Vec<Object>)]
    pub features: Vec<serde_json::Value>,
}
